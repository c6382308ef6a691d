import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { RunId } from '../../../src/core/domain/ids.ts';
import type { MergePlace } from '../../../src/core/domain/merge.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { kinds, seen, start, taskId, taskOf } from '../../support/runs.ts';
import { digestCheckout, problemsIn } from '../../support/tempRepository.ts';

const SIGNAL = new AbortController().signal;
const LINES = Array.from({ length: 20 }, (_, n) => `line ${n + 1}`).join('\n');

/** Both make the same file: whoever owned it would have it alone. */
const STEPS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  one: { agent: 'first', produces: ['src/api.txt'] },
  two: { agent: 'second', produces: ['src/api.txt'] },
};

/** A program that puts its word at the end of these lines of a file. */
function edits(file: string, word: string, ...lines: readonly number[]): string {
  return `const at = ${JSON.stringify(file)}; const lines = fs.readFileSync(at, 'utf8').split('\\n');
    for (const n of ${JSON.stringify(lines)}) lines[n - 1] += ' ${word}';
    fs.writeFileSync(at, lines.join('\\n'));`;
}

describe('Results of a run', function () {
  this.timeout(30_000);

  let project: TempProject;
  let sluice: Sluice;
  let before: unknown;

  beforeEach(() => {
    project = new TempProject();
    project.write('src/api.txt', LINES);
    project.write('src/old.txt', 'old\n');
  });
  afterEach(async () => {
    assert.equal(problemsIn(project.folder), '', 'the repository is sound');
    await project.dispose();
  });

  /** Two tasks, one after the other, that change these; then it is over. */
  async function ran(
    first: string,
    second: string,
    fields: Readonly<Record<string, unknown>> = {},
    steps = STEPS,
  ): Promise<RunId> {
    project.agent('first', first);
    project.agent('second', second);
    project.workflow('change', steps, { 'max-parallel': 1, ...fields });
    project.repository.commit();
    before = digestCheckout(project.folder);
    sluice = await project.open();
    const started = await start(sluice, 'change');
    const end = await started.ended;
    assert.deepEqual(
      end,
      { kind: 'finished', status: 'succeeded' },
      JSON.stringify([...seen(sluice, started.run).state.tasks.values()]),
    );
    return started.run;
  }

  async function merged(run: RunId): Promise<MergePlace> {
    const place = await sluice.results.merge(run, { signal: SIGNAL });
    assert.ok(place.ok, place.ok ? '' : place.error);
    return place.value;
  }

  const refs = () =>
    project.repository
      .git('for-each-ref', '--format=%(refname)', 'refs/heads/ai', 'refs/tags')
      .split('\n')
      .filter((line) => line !== '');
  const show = (what: string) => project.repository.git('show', what);

  it('are all that tasks changed of what they own, removals too, each on its branch', async () => {
    const run = await ran(
      `${edits('src/api.txt', 'one', 1)} fs.rmSync('src/old.txt');`,
      `fs.writeFileSync('src/new.txt', 'new\\n', { mode: 0o755 });`,
      {},
      {
        one: { agent: 'first', owns: ['src/api.txt', 'src/old.txt'] },
        two: { agent: 'second', owns: ['src/new.txt'] },
      },
    );
    assert.deepEqual(
      sluice.results.changes(run, taskId('one')).map(({ path: at, was, is }) => [at, !was, !is]),
      [
        ['src/api.txt', false, false],
        ['src/old.txt', false, true],
      ],
    );
    const [changed] = sluice.results.changes(run, taskId('one'));
    assert.equal(Buffer.from(await sluice.results.bytes(changed!.was!)).toString(), LINES);
    assert.equal(
      project.repository.git('diff', '--name-status', 'HEAD', `ai/generated/${run}/one`),
      'M\tsrc/api.txt\nD\tsrc/old.txt',
    );
    assert.equal(
      project.repository.git('diff', '--summary', 'HEAD', `ai/generated/${run}/two`).trim(),
      'create mode 100755 src/new.txt',
    );
  });

  it('leave the checkout untouched, which the run says itself', async () => {
    const run = await ran(edits('src/api.txt', 'one', 1), edits('src/api.txt', 'two', 20));
    assert.deepEqual(digestCheckout(project.folder), before);
    const { checkout } = seen(sluice, run).state;
    assert.deepEqual([checkout.count, checkout.changes], [1, []]);
  });

  it('are merged into one branch in the order of the graph, where they can be', async () => {
    const run = await ran(edits('src/api.txt', 'one', 1), edits('src/api.txt', 'two', 20));
    const forecast = await sluice.results.forecast(run, SIGNAL);
    assert.ok(forecast.ok);
    assert.deepEqual([forecast.value.conflicts, forecast.value.clean], [[], ['src/api.txt']]);
    const place = await merged(run);
    assert.equal(place.kind, 'done');
    const lines = show(`ai/generated/${run}/merged:src/api.txt`).split('\n');
    assert.deepEqual([lines[0], lines[19]], ['line 1 one', 'line 20 two']);
    assert.equal(
      project.repository.git('log', '--merges', '--format=%s', `ai/generated/${run}/merged`),
      `Merge two of ${run}\nMerge one of ${run}`,
    );
    assert.deepEqual(digestCheckout(project.folder), before);
    assert.deepEqual(await merged(run), place, 'merged again it is the same');
  });

  it('that changed the same lines are foretold, and wait for a person who chooses', async () => {
    const run = await ran(edits('src/api.txt', 'one', 5), edits('src/api.txt', 'two', 5));
    const forecast = await sluice.results.forecast(run, SIGNAL);
    assert.ok(forecast.ok);
    assert.deepEqual(
      forecast.value.conflicts.map(({ path: at, kind, between }) => [at, kind, between]),
      [
        [
          'src/api.txt',
          'content',
          [
            { by: 'task', task: 'one' },
            { by: 'task', task: 'two' },
          ],
        ],
      ],
    );
    const stopped = await merged(run);
    assert.equal(stopped.kind, 'conflict');
    assert.deepEqual(
      refs().filter((ref) => ref.endsWith('/merged')),
      [],
    );
    const [open] = sluice.results.openConflicts();
    const [conflict] = open!.conflicts;
    const text = async (side: 'was' | 'ours' | 'theirs') =>
      Buffer.from(await sluice.results.bytes(conflict![side]!))
        .toString()
        .split('\n')[4];
    assert.deepEqual(
      [await text('was'), await text('ours'), await text('theirs')],
      ['line 5', 'line 5 one', 'line 5 two'],
    );
    const chosen = await sluice.results.choose(
      { run, task: taskId('two'), path: 'src/api.txt' },
      { bytes: Buffer.from('both\n'), executable: false },
    );
    assert.ok(chosen.ok);
    assert.equal((await merged(run)).kind, 'done');
    assert.equal(show(`ai/generated/${run}/merged:src/api.txt`), 'both');
    assert.deepEqual(sluice.results.openConflicts(), []);
    assert.deepEqual(digestCheckout(project.folder), before);
  });

  it('begin to be merged anew when a person asks, without what was chosen before', async () => {
    const two = `${edits('src/api.txt', 'two', 5)} fs.writeFileSync('src/old.txt', 'two\\n');`;
    const run = await ran(
      `${edits('src/api.txt', 'one', 5)} fs.writeFileSync('src/old.txt', 'one\\n');`,
      two,
      {},
      {
        one: { agent: 'first', produces: ['src/api.txt', 'src/old.txt'] },
        two: { agent: 'second', produces: ['src/api.txt', 'src/old.txt'] },
      },
    );
    assert.equal((await merged(run)).kind, 'conflict');
    const choose = async (file: string) => {
      const at = { run, task: taskId('two'), path: file };
      assert.ok((await sluice.results.choose(at, 'theirs')).ok);
    };
    const open = () =>
      sluice.results
        .openConflicts()[0]!
        .conflicts.map(({ path: at, choice }) => [at, choice])
        .toSorted();
    await choose('src/api.txt');
    assert.deepEqual(open(), [
      ['src/api.txt', 'theirs'],
      ['src/old.txt', undefined],
    ]);
    const onto = () => seen(sluice, run).state.merge?.onto;
    const before = onto();
    project.write('src/more.txt', 'more\n');
    const head = project.repository.commit();
    assert.equal((await merged(run)).kind, 'conflict');
    assert.deepEqual([onto(), open()], [before, [['src/old.txt', undefined]]], 'it goes on');

    const again = await sluice.results.merge(run, { signal: SIGNAL, anew: true });
    assert.ok(again.ok && again.value.kind === 'conflict');
    assert.equal(onto(), head);
    assert.deepEqual(open(), [
      ['src/api.txt', undefined],
      ['src/old.txt', undefined],
    ]);
    await choose('src/api.txt');
    await choose('src/old.txt');
    assert.equal((await merged(run)).kind, 'done');
    assert.equal(show(`ai/generated/${run}/merged:src/more.txt`), 'more');
  });

  it('conflict with what the branch has become since, which is foretold too', async () => {
    const run = await ran(edits('src/api.txt', 'one', 5), edits('src/api.txt', 'two', 15));
    project.write('src/api.txt', LINES.replace('line 5', 'line five'));
    project.repository.commit();
    const forecast = await sluice.results.forecast(run, SIGNAL);
    assert.ok(forecast.ok);
    assert.deepEqual(
      [
        forecast.value.base,
        forecast.value.baseMoved,
        forecast.value.conflicts.map(({ between }) => between),
      ],
      ['main', true, [[{ by: 'base' }, { by: 'task', task: 'one' }]]],
    );
    const stopped = await merged(run);
    assert.ok(stopped.kind === 'conflict' && stopped.task === 'one');
  });

  it('are validated between merges, and the first that breaks is named', async () => {
    // What the run itself validates is what it would be if everything was well.
    project.write(
      'check.js',
      `process.exit(process.cwd().includes('-merge-') && require('node:fs').existsSync('src/b.txt') ? 3 : 0)`,
    );
    const steps = (file: string) => ({
      one: { agent: 'first', produces: ['src/api.txt'] },
      two: { agent: 'second', produces: [file] },
    });
    const fields = { validate: [[process.execPath, 'check.js']] };
    const second = `fs.writeFileSync('src/a.txt', ''); fs.writeFileSync('src/b.txt', '');`;
    const run = await ran(edits('src/api.txt', 'one', 1), second, fields, steps('src/a.txt'));
    assert.equal(kinds(sluice, run)['validate'], 'succeeded');
    assert.equal((await merged(run)).kind, 'done');
    project.workflow('broken', steps('src/b.txt'), fields);
    await sluice.refreshDefinitions();
    const broken = await start(sluice, 'broken');
    await broken.ended;
    const place = await merged(broken.run);
    assert.ok(place.kind === 'broken', JSON.stringify(place));
    assert.deepEqual([place.task, place.code], ['two', 3]);
    assert.ok(!refs().includes(`refs/heads/ai/generated/${broken.run}/merged`));
    assert.deepEqual(
      project.copies().filter((name) => name.includes('-merge-')),
      [],
    );
  });

  it('are rolled back one by one, and the others stay', async () => {
    const run = await ran(edits('src/api.txt', 'one', 1), edits('src/api.txt', 'two', 20));
    const gone = await sluice.results.rollBack(run, taskId('one'));
    assert.ok(gone.ok, gone.ok ? '' : gone.error);
    assert.deepEqual(gone.value.refs.toSorted(), [
      `refs/heads/ai/generated/${run}/one`,
      `refs/tags/workflow_${run}_one`,
    ]);
    assert.deepEqual(refs(), [
      `refs/heads/ai/generated/${run}/two`,
      `refs/tags/workflow_${run}_two`,
    ]);
    assert.equal(seen(sluice, run).state.landings.get(taskId('one'))?.kind, 'undone');
    assert.equal(taskOf(sluice, run, 'one').kind, 'succeeded');
    const again = await sluice.results.rollBack(run, taskId('one'));
    assert.ok(!again.ok);
    await merged(run);
    const lines = show(`ai/generated/${run}/merged:src/api.txt`).split('\n');
    assert.deepEqual([lines[0], lines[19]], ['line 1', 'line 20 two']);
  });

  it('that were taken back are not under what comes of the task when it runs again', async () => {
    const run = await ran(edits('src/api.txt', 'one', 1), edits('src/api.txt', 'two', 20));
    const branch = `ai/generated/${run}/one`;
    const before = project.repository.git('rev-parse', branch);
    const gone = await sluice.results.rollBack(run, taskId('one'));
    assert.ok(gone.ok);
    const rerun = await sluice.request(run, {
      kind: 'rerun',
      task: taskId('one'),
      prompt: undefined,
      model: undefined,
      withoutCache: false,
      by: sluice.actor,
    });
    assert.deepEqual(rerun, { kind: 'accepted' });
    await sluice.active(run)?.ended;
    assert.equal(seen(sluice, run).state.landings.get(taskId('one'))?.kind, 'done');
    assert.notEqual(project.repository.git('rev-parse', branch), before);
    assert.equal(
      project.repository.git('rev-parse', `${branch}^`),
      project.repository.git('rev-parse', 'HEAD'),
    );
  });

  it('whose branch somebody moved stay where they are', async () => {
    const run = await ran(edits('src/api.txt', 'one', 1), edits('src/api.txt', 'two', 20));
    project.repository.git('branch', '-f', `ai/generated/${run}/one`, 'HEAD');
    const gone = await sluice.results.rollBack(run, taskId('one'));
    assert.ok(gone.ok);
    assert.deepEqual(
      gone.value.kept.map(({ ref }) => ref),
      [`refs/heads/ai/generated/${run}/one`],
    );
  });

  it('go with their run when it is dropped, and nothing else does', async () => {
    const run = await ran(edits('src/api.txt', 'one', 1), edits('src/api.txt', 'two', 20));
    await merged(run);
    project.repository.git('tag', 'mine');
    before = digestCheckout(project.folder);
    const other = await start(sluice, 'change');
    await other.ended;
    const kept = refs().filter((ref) => !ref.includes(run));
    const would = await sluice.results.dropping(run);
    const dropped = await sluice.results.drop(run);
    assert.ok(would.ok && dropped.ok);
    assert.equal(dropped.value.refs.length, 5);
    assert.deepEqual(would.value.refs.toSorted(), dropped.value.refs.toSorted());
    assert.deepEqual(refs(), kept);
    assert.deepEqual(
      sluice.runs().map((entry) => entry.run),
      [other.run],
    );
    assert.ok(!fs.existsSync(path.join(project.folder, '.git/sluice/runs', run)));
    assert.deepEqual(digestCheckout(project.folder), before);
    assert.deepEqual(sluice.results.prunable(60_000), []);
    assert.deepEqual(sluice.results.prunable(-60_000), [other.run]);
  });

  it('of a run that goes on are not dropped', async () => {
    project.agent('slow', `note('runs'); await sign('go');`);
    project.workflow('slow', { slow: { agent: 'slow' } });
    project.repository.commit();
    sluice = await project.open();
    const started = await start(sluice, 'slow');
    await project.noted('runs');
    const dropped = await sluice.results.drop(started.run);
    assert.ok(!dropped.ok);
    assert.match(dropped.error, /is running; cancel it first/);
    project.give('go');
    await started.ended;
  });

  it('go with what a killed program left at work for their run', async () => {
    project.agent('slow', `note('runs'); await sign('never');`);
    project.workflow('slow', { slow: { agent: 'slow' } });
    project.repository.commit();
    const killed = project.spawn('run', 'slow');
    await project.noted('runs');
    killed.process.kill('SIGKILL');
    await killed.ended;
    assert.equal(project.livingAttempts().length, process.platform === 'linux' ? 1 : 0);
    sluice = await project.open();
    const dropped = await sluice.results.drop('slow-1' as RunId);
    assert.ok(dropped.ok, dropped.ok ? '' : dropped.error);
    assert.deepEqual(project.livingAttempts(), []);
    assert.deepEqual(sluice.runs(), []);
  });

  it('are made of the commit where that is asked for, without what is not committed', async () => {
    project.agent('look', `console.log(fs.readFileSync('src/old.txt', 'utf8').trim());`);
    project.workflow('look', { look: { agent: 'look' } }, { base: 'head' });
    project.repository.commit();
    project.write('src/old.txt', 'not committed\n');
    sluice = await project.open();
    const onHead = await start(sluice, 'look');
    await onHead.ended;
    const onTree = await start(sluice, 'look', { baseTree: 'worktree' });
    await onTree.ended;
    const outputs = await Promise.all(
      [onHead.run, onTree.run].map(async (run) => {
        const task = taskOf(sluice, run, 'look');
        return task.kind === 'succeeded'
          ? Buffer.from(await sluice.results.bytes({ ...task.output, executable: false }))
              .toString()
              .trim()
          : task.kind;
      }),
    );
    assert.deepEqual(outputs, ['old', 'not committed']);
  });
});
