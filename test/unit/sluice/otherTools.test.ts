import assert from 'node:assert/strict';
import { stepId } from '../../../src/core/domain/ids.ts';
import { TempProject } from '../../support/project.ts';
import { kinds, start } from '../../support/runs.ts';

describe("A workflow of another tool's file", function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject('plain');
    for (const name of ['coder', 'code-reviewer', 'debugger']) {
      project.agent(name, `note('${name}: ' + fs.readFileSync(0, 'utf8').split('\\n')[0]);`);
    }
  });
  afterEach(() => project.dispose());

  it('runs as it is, a todo list whose tests fail with the branch todo of the failed parent', async () => {
    project.write(
      '.sluice/todos/login.json',
      JSON.stringify({
        title: 'Login',
        todos: [
          { id: 'code', title: 'Code it', agent_role: 'Coder' },
          {
            id: 'test',
            title: 'Test it',
            agent_role: 'coder',
            dependencies: ['code'],
            acceptance_criteria: { tests: [{ cmd: `"${process.execPath}" -e "process.exit(1)"` }] },
          },
          {
            id: 'mend',
            title: 'Mend it',
            agent_role: 'debugger',
            parent_id: 'test',
            branch_reason: 'test_failure',
            debug_instructions: 'Find out why.',
          },
          {
            id: 'not-needed',
            agent_role: 'debugger',
            parent_id: 'code',
            branch_reason: 'timeout',
          },
          { id: 'review', agent_role: 'CODE_REVIEWER', dependencies: ['test'] },
        ],
      }),
    );
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'login');
    assert.deepEqual(await ended, { kind: 'finished', status: 'degraded' });
    assert.deepEqual(kinds(sluice, run), {
      code: 'succeeded',
      test: 'failed',
      mend: 'succeeded',
      'not-needed': 'skipped',
      review: 'skipped',
    });
    assert.deepEqual(project.notes(), [
      'coder: Code it',
      'coder: Test it',
      'debugger: Find out why.',
    ]);
  });

  it('runs as it is, each of .claude/claude.json by its name', async () => {
    const text = JSON.stringify({
      workflows: {
        chain: ['coder', 'code-reviewer', 'coder'],
        graph: {
          name: 'A graph',
          steps: [
            { id: 'last', agent: 'code-reviewer', task: 'Look', dependencies: ['first'] },
            { id: 'first', agent: 'coder', task: 'Write' },
          ],
        },
      },
    });
    project.write('.claude/claude.json', text);
    const sluice = await project.open();
    assert.deepEqual(
      sluice.definitions.workflows.map(({ name, format, kind }) => [name, format, kind]),
      [
        ['chain', 'claude-json', 'valid'],
        ['graph', 'claude-json', 'valid'],
      ],
    );
    const chain = await start(sluice, 'chain');
    assert.deepEqual(await chain.ended, { kind: 'finished', status: 'succeeded' });
    const graph = await start(sluice, 'graph');
    assert.deepEqual(await graph.ended, { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(project.notes(), [
      ...['coder: ', 'code-reviewer: ', 'coder: '],
      ...['coder: Write', 'code-reviewer: Look'],
    ]);
    const column = text.indexOf('"last"') + 1;
    assert.deepEqual(sluice.locationOfStep('graph', stepId('last')), {
      file: '.claude/claude.json',
      range: { start: { line: 1, column }, end: { line: 1, column: column + '"last"'.length } },
    });
  });

  it('is found by its file too, where the file holds no other', async () => {
    const text = '{ "workflows": { "one": ["coder"] } }';
    project.write('elsewhere/one.json', text);
    project.write('elsewhere/two.json', text.replace('}', ', "two": ["coder"] }'));
    const sluice = await project.open();
    const one = await sluice.findWorkflow('elsewhere/one.json');
    assert.deepEqual([one?.name, one?.kind], ['one', 'valid']);
    const two = await sluice.findWorkflow('elsewhere/two.json');
    assert.deepEqual(
      two?.diagnostics.map(({ message }) => message),
      ['This file holds 2 workflows, so name one of them: one, two.'],
    );
    assert.deepEqual(await sluice.diagnosticsOf('elsewhere/two.json'), []);
  });

  it('may be a step of another workflow', async () => {
    project.write('.claude/claude.json', '{ "workflows": { "inner": ["coder"] } }');
    project.workflow('outer', { all: { workflow: 'inner' } });
    const sluice = await project.open();
    const { ended } = await start(sluice, 'outer');
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(project.notes(), ['coder: ']);
  });
});
