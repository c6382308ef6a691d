import assert from 'node:assert/strict';
import type { WorkflowEntry } from '../../../src/core/definitions/project.ts';
import { DEFAULT_CACHE_SETTINGS } from '../../../src/core/domain/cache.ts';
import type { Preflight } from '../../../src/core/preflight/report.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { start } from '../../support/runs.ts';

describe('A pre-flight of a folder', function () {
  this.timeout(20_000);

  let project: TempProject;
  beforeEach(() => {
    project = new TempProject();
    project.agent('works', `note('worked');`);
  });
  afterEach(() => project.dispose());

  async function preflight(
    sluice: Sluice,
    name: string,
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<Preflight> {
    const workflow: WorkflowEntry | undefined = await sluice.findWorkflow(name);
    assert.ok(workflow);
    return sluice.preflight({ workflow, inputs });
  }

  const told = ({ findings }: Preflight) => findings.map(({ message }) => message);

  it('starts nothing and leaves nothing behind', async () => {
    project.workflow('one', { only: { agent: 'works' } });
    const sluice = await project.open();
    const report = await preflight(sluice, 'one');
    assert.equal(report.verdict, 'ready');
    assert.deepEqual([project.notes(), project.copies(), sluice.runs()], [[], [], []]);
    assert.equal(report.steps[0]?.programs[0]?.file, process.execPath);
    assert.ok((report.folder.freeBytes ?? 0) > 0);
    assert.equal(report.folder.branch, 'main');
  });

  it('tells of the cache as a run would use it', async () => {
    project.workflow('one', { only: { agent: 'works', cache: { ttl: '2h' } } });
    const cacheSettings = () => DEFAULT_CACHE_SETTINGS;
    const sluice = await project.open(project.folder, { cacheSettings });
    const workflow = await sluice.findWorkflow('one');
    assert.ok(workflow);
    const cacheIn = async (useCache?: boolean) => {
      const { steps } = await sluice.preflight({
        workflow,
        inputs: {},
        ...(useCache === undefined ? {} : { useCache }),
      });
      return steps[0]?.cache;
    };
    const used = await cacheIn();
    assert.ok(used?.kind === 'use');
    assert.deepEqual([used.namespace, used.ttlMs], ['command_output', 7_200_000]);
    assert.deepEqual(await cacheIn(true), used);
    assert.deepEqual(await cacheIn(false), { kind: 'off', why: 'run' });
  });

  it('finds programs as a run would: in node_modules/.bin, on PATH, in the folder', async () => {
    const script = '#!/bin/sh\nexit 0\n';
    for (const file of ['node_modules/.bin/linter', 'tools/check', 'ignored/check']) {
      project.write(file, script);
      const fs = await import('node:fs');
      fs.chmodSync(`${project.folder}/${file}`, 0o755);
    }
    project.write('tools/plain', 'text');
    project.write('.gitignore', 'node_modules\nignored\n');
    const commands = {
      local: 'linter',
      path: './tools/check',
      plain: './tools/plain',
      unseen: './ignored/check',
      nowhere: 'no-such-program',
    };
    for (const [name, command] of Object.entries(commands)) {
      project.command(name, [command], { install: `get ${command}` });
    }
    project.workflow(
      'all',
      Object.fromEntries(Object.keys(commands).map((agent) => [agent, { agent }])),
    );
    const report = await preflight(await project.open(), 'all');
    assert.deepEqual(
      report.steps.map(({ step, programs }) => [step, programs[0]?.state]),
      [
        ['local', 'found'],
        ['path', 'found'],
        ['plain', 'unusable'],
        ['unseen', 'missing'],
        ['nowhere', 'missing'],
      ],
    );
    assert.deepEqual(told(report), [
      `"./tools/plain" could not be started: ${project.folder}/tools/plain is not executable`,
      'The command "./ignored/check" was not found',
      'The command "no-such-program" was not found',
      '"ignored/check" is ignored by Git, so it is not in the workspace copy the task works in',
    ]);
    assert.equal(report.findings[2]?.repair, 'Install it: get no-such-program');
    assert.equal(report.findings[2].at?.file, '.sluice/workflows/all.json');
  });

  it('tells every input that is wrong, and the steps all the same', async () => {
    project.workflow(
      'asks',
      { only: { agent: 'works', env: { A: '${{ inputs.name }}' } } },
      { inputs: { name: {}, size: { type: 'number' }, mode: { default: 'quick' } } },
    );
    const sluice = await project.open();
    const report = await preflight(sluice, 'asks', { size: 'big', other: '1' });
    assert.equal(report.verdict, 'cannot');
    assert.deepEqual(told(report).slice(0, 3), [
      'There is no input other',
      'The input name has no value',
      'The input size is "big", which is not a number',
    ]);
    assert.equal(report.steps.length, 1);
    const good = await preflight(sluice, 'asks', { size: '3', name: 'x' });
    assert.deepEqual(
      [good.verdict, good.workflow.inputs],
      ['ready', { name: 'x', size: '3', mode: 'quick' }],
    );
  });

  it('tells what is wrong in the file of a workflow that cannot be read', async () => {
    project.workflow('broken', { only: { agent: 'nobody' } });
    const report = await preflight(await project.open(), 'broken');
    assert.equal(report.verdict, 'cannot');
    assert.deepEqual(report.steps, []);
    const [finding] = report.findings;
    assert.match(finding?.message ?? '', /nobody/);
    assert.equal(finding?.at?.file, '.sluice/workflows/broken.json');
  });

  it('tells where a matrix has no values', async () => {
    project.workflow(
      'lanes',
      { each: { agent: 'works', matrix: { file: '${{ inputs.files }}' } } },
      { inputs: { files: { default: '' } } },
    );
    const report = await preflight(await project.open(), 'lanes');
    assert.deepEqual(told(report), [
      'Step each of lanes cannot be planned: its matrix has no values for file; give one or more',
    ]);
    assert.deepEqual(report.findings[0]?.at?.file, '.sluice/workflows/lanes.json');
    assert.notEqual(report.findings[0].at.range.start.column, 1);
  });

  it('knows how long steps took before', async () => {
    project.workflow('one', { only: { agent: 'works' } });
    project.workflow('two', { first: { agent: 'works' }, ask: { needs: 'first', gate: 'Well?' } });
    const sluice = await project.open();
    const { ended } = await start(sluice, 'one');
    await ended;
    const same = await preflight(sluice, 'one');
    const other = await preflight(sluice, 'two');
    const [time, agents] = [same.steps[0]?.time, other.steps[0]?.time];
    assert.ok(time?.kind === 'past' && agents?.kind === 'past');
    assert.deepEqual([time.of, time.samples, agents.of], ['step', 1, 'agent']);
    assert.equal(same.expected.wall.span?.likelyMs, time.likelyMs);
    assert.equal(same.expected.wall.unknownTasks, 0);
  });

  it('says that no branch is made outside of Git', async () => {
    const plain = new TempProject('plain');
    try {
      plain.agent('works', '');
      plain.workflow('one', { only: { agent: 'works' } });
      const report = await preflight(await plain.open(), 'one');
      assert.equal(report.verdict, 'warnings');
      assert.match(told(report)[0] ?? '', /not in a Git repository.*no branch is made/);
      assert.equal(report.folder.makesBranches, false);
    } finally {
      await plain.dispose();
    }
  });
});
