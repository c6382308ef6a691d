import assert from 'node:assert/strict';
import path from 'node:path';
import type { Sluice } from '../../../src/core/sluice.ts';
import { workflowOfAgent } from '../../../src/core/startRequest.ts';
import { TempProject } from '../../support/project.ts';

describe('The agents and workflows of a folder', function () {
  this.timeout(20_000);

  let project: TempProject;
  let sluice: Sluice;

  beforeEach(async () => {
    project = new TempProject('plain');
    project.write('.sluice/agents/tool.yaml', 'command: [tool]\n');
    project.write('.sluice/workflows/use.yaml', 'steps:\n  first: { agent: tool }\n');
    sluice = await project.open();
  });
  afterEach(() => project.dispose());

  const names = () => [
    ...sluice.definitions.agents.map(({ name, kind }) => `${kind} ${name}`),
    ...sluice.definitions.workflows.map(({ name, kind }) => `${kind} ${name}`),
  ];

  it('are read when it is opened, and again when that is asked for', async () => {
    assert.deepEqual(names(), ['valid tool', 'valid use']);
    let changes = 0;
    const listening = sluice.onDidChange(() => (changes += 1));
    project.write('.sluice/workflows/use.yaml', 'steps:\n  first: { agent: toll }\n');
    project.write('.sluice/workflows/more.yaml', '[tool]');
    await sluice.refreshDefinitions();
    assert.deepEqual(names(), ['valid tool', 'valid more', 'invalid use']);
    assert.equal(changes, 1);
    listening.dispose();
    await sluice.refreshDefinitions();
    assert.equal(changes, 1);
  });

  it('are found by name and by file, and a step by its place', async () => {
    for (const way of [
      'use',
      '.sluice/workflows/use.yaml',
      path.join(project.folder, '.sluice/workflows/use.yaml'),
    ]) {
      assert.equal((await sluice.findWorkflow(way))?.file, '.sluice/workflows/use.yaml', way);
    }
    for (const nothing of ['nothing', '.sluice', '.sluice/workflows/none.yaml', '']) {
      assert.equal(await sluice.findWorkflow(nothing), undefined, nothing);
    }
    const { steps } = workflowOfAgent(
      sluice.definitions.agents.flatMap((entry) => (entry.kind === 'valid' ? entry.agent : []))[0]!,
    );
    assert.deepEqual(
      steps.map(({ id }) => id),
      ['tool'],
    );
    const found = await sluice.findWorkflow('use');
    const [step] = found?.kind === 'valid' ? found.workflow.steps : [];
    assert.deepEqual(sluice.locationOfStep('use', step!.id), {
      file: '.sluice/workflows/use.yaml',
      range: { start: { line: 2, column: 3 }, end: { line: 2, column: 8 } },
    });
    assert.equal(sluice.locationOfStep('nothing', step!.id), undefined);
    assert.equal(sluice.locationOfStep('use', steps[0]!.id), undefined);
  });

  it('have their problems told file by file', async () => {
    project.write('.sluice/agents/bad.yaml', 'comand: [x]\n');
    project.write('elsewhere.yaml', '[nobody]');
    await sluice.refreshDefinitions();
    const codes = async (file: string) =>
      (await sluice.diagnosticsOf(file)).map(({ code }) => code);
    assert.deepEqual(await codes('.sluice/agents/tool.yaml'), []);
    assert.deepEqual(await codes('.sluice/agents/bad.yaml'), ['missing-field', 'unknown-field']);
    assert.deepEqual(await codes('.sluice/workflows/use.yaml'), []);
    assert.deepEqual(await codes(path.join(project.folder, 'elsewhere.yaml')), ['unknown-agent']);
    assert.deepEqual(await codes('none.yaml'), ['unreadable']);
  });

  it('may lose an agent between the choice of a workflow and its start', async () => {
    const entry = await sluice.findWorkflow('use');
    assert.equal(entry?.kind, 'valid');
    project.remove('.sluice/agents/tool.yaml');
    await sluice.refreshDefinitions();
    const { workflow } = entry;
    assert.deepEqual(
      await sluice.start({ workflow, inputs: {}, approveGate: () => false, leaveAtGates: false }),
      {
        ok: false,
        error: {
          kind: 'request',
          message: 'use needs the agent tool, which is not there any more.',
          at: undefined,
        },
      },
    );
  });
});
