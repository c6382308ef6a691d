import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { RunId } from '../../../src/core/domain/ids.ts';
import type { TaskDetail } from '../../../src/core/projections/detailPicture.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { JOURNAL_START, type JournalPosition } from '../../../src/core/journal/reader.ts';
import { TaskDetails, type DetailParts } from '../../../src/core/taskDetails.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { plan, step, withModels } from '../../support/plans.ts';
import { TempProject } from '../../support/project.ts';
import { answer, reached, seen, start, taskId } from '../../support/runs.ts';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import {
  history,
  interrupted,
  RUN,
  stateAfter,
  started,
  succeeded,
  task,
} from '../projections/histories.ts';

describe('What there is to say about a task of a real run', function () {
  this.timeout(20_000);

  let project: TempProject;
  beforeEach(() => {
    project = new TempProject();
    project.agent('draft', `console.log('a draft'); fs.writeFileSync('a.md', 'text');`);
    project.agent('copy', `console.log('copied');`);
    project.workflow('pages', {
      draft: { agent: 'draft', prompt: 'Write it.', produces: ['a.md'] },
      review: { needs: 'draft', gate: 'Good?' },
      copy: {
        agent: 'copy',
        needs: ['draft', 'review'],
        prompt: 'Copy ${{ steps.draft.output }}!',
      },
    });
    project.repository.commit();
  });
  afterEach(() => project.dispose());

  const of = async (sluice: Sluice, run: RunId, id: string): Promise<TaskDetail> => {
    const face = { verbs: () => ['rerun'], gate: undefined, now: Date.now() };
    const told = await sluice.details.of(seen(sluice, run), taskId(id), face);
    assert.ok(told !== undefined);
    return told;
  };

  it('is what it was asked, what it said, made and tried, while the run goes on and after it', async () => {
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'pages');
    await reached(sluice, run, 'review', 'waiting');
    const draft = await of(sluice, run, 'draft');
    assert.equal(draft.prompt, 'Write it.');
    assert.deepEqual(
      [draft.output?.text, draft.output?.isLive, draft.output?.before],
      ['a draft\n', false, 0],
    );
    assert.deepEqual(draft.files, [{ path: 'a.md', change: 'added', bytes: 4 }]);
    assert.deepEqual(
      draft.attempts.map(({ attempt, outcome }) => [attempt, outcome]),
      [[1, 'succeeded']],
    );
    assert.deepEqual(draft.verbs, ['rerun']);

    const before = await of(sluice, run, 'copy');
    assert.deepEqual([before.attempts, before.output], [[], undefined]);

    await answer(sluice, run, 'review', 'approved');
    await ended;
    const copy = await of(sluice, run, 'copy');
    assert.equal(copy.prompt, 'Copy a draft!');
    assert.equal(copy.output?.text, 'copied\n');
    assert.equal(copy.attempts.length, 1);
  });

  it('has a document too, and there is none of a run that is not here', async () => {
    const sluice = await project.open();
    const { run } = await start(sluice, 'pages');
    await reached(sluice, run, 'review', 'waiting');
    assert.match(await sluice.taskPage(run, taskId('draft')), /a draft/);
    assert.match(await sluice.taskPage(RUN, taskId('draft')), /There is no run example-1/);
    assert.equal(
      await sluice.details.of(seen(sluice, run), task('nope'), {
        verbs: () => [],
        gate: undefined,
        now: 0,
      }),
      undefined,
    );
  });
});

describe('The details of tasks', () => {
  const models = withModels(plan(step('a', [], { prompt: 'Say ${{ inputs.no }}' })));
  const blobs = new Map<string, Uint8Array>();
  let journal: readonly RunEvent[] = [];
  let reads: number[] = [];
  let rewound = false;
  let log: string | undefined;
  let project: TempProject;

  const parts = (): DetailParts => ({
    blobs: {
      read: (digest) => {
        const bytes = blobs.get(digest);
        return bytes === undefined
          ? Promise.reject(new Error('it is gone'))
          : Promise.resolve(bytes);
      },
      put: () => Promise.reject(new Error('nothing is kept here')),
      adopt: () => Promise.reject(new Error('nothing is kept here')),
      copy: () => Promise.reject(new Error('nothing is kept here')),
    },
    clock: new ManualClock(),
    entry: () => undefined,
    readJournal: (_run, from: JournalPosition = JOURNAL_START) => {
      const seq = rewound ? 0 : from.seq;
      reads.push(seq);
      const events = journal.slice(seq);
      const end = { ...from, seq: journal.length };
      return Promise.resolve({ events, anew: rewound, end });
    },
    logFile: () => log ?? '/nowhere',
  });

  const entryAfter = (...bodies: readonly EventBody[]) => {
    journal = history(bodies);
    const state = stateAfter(models, ...bodies);
    const driven = { kind: 'here' } as const;
    return { kind: 'readable', run: RUN, plan: models, state, driven, damage: undefined } as const;
  };
  const face = { verbs: () => [], gate: undefined, now: 0 };

  beforeEach(() => {
    project = new TempProject('plain');
    blobs.clear();
    reads = [];
    rewound = false;
    log = undefined;
  });
  afterEach(() => project.dispose());

  it('read of a journal what is new, once for all who ask at once', async () => {
    const details = new TaskDetails(parts());
    const first = entryAfter(started('a'));
    await Promise.all([details.of(first, task('a'), face), details.of(first, task('a'), face)]);
    const second = entryAfter(started('a'), interrupted('a'), started('a', 2));
    const told = await details.of(second, task('a'), face);
    assert.deepEqual(
      told?.attempts.map(({ outcome }) => outcome),
      ['cut off', 'running'],
    );
    assert.deepEqual(reads, [0, 2, 2]);
  });

  it('forget what a journal does not say any more', async () => {
    const details = new TaskDetails(parts());
    await details.of(entryAfter(started('a'), interrupted('a')), task('a'), face);
    rewound = true;
    const told = await details.of(entryAfter(started('a')), task('a'), face);
    assert.deepEqual(
      told?.attempts.map(({ outcome }) => outcome),
      ['running'],
    );
  });

  it('tell nothing that came after the moment the run is shown at', async () => {
    const details = new TaskDetails(parts());
    const past = entryAfter(started('a'));
    journal = history([started('a'), interrupted('a'), started('a', 2)]);
    const told = await details.of(past, task('a'), face);
    assert.deepEqual(
      told?.attempts.map(({ outcome }) => outcome),
      ['running'],
    );
  });

  it('show a prompt as it is written where its values are not known', async () => {
    const told = await new TaskDetails(parts()).of(entryAfter(), task('a'), face);
    assert.equal(told?.prompt, 'Say ${{ inputs.no }}');
  });

  it('follow a log that grows, and read no more of it than is shown', async () => {
    log = `${project.folder}/log`;
    const details = new TaskDetails(parts());
    fs.writeFileSync(log, 'one');
    assert.equal(
      (await details.of(entryAfter(started('a')), task('a'), face))?.output?.text,
      'one',
    );
    fs.appendFileSync(log, ' two');
    const grown = await details.of(entryAfter(started('a')), task('a'), face);
    assert.deepEqual([grown?.output?.text, grown?.output?.isLive], ['one two', true]);
    fs.writeFileSync(log, `${'€'.repeat(400_000)}end`);
    const long = (await details.of(entryAfter(started('a')), task('a'), face))?.output;
    assert.ok(long !== undefined && long.text.endsWith('€end') && !long.text.includes('\ufffd'));
    assert.equal(long.text.length, 40_000);
    assert.ok(long.before > 360_000);
  });

  it('say of what cannot be read any more that it cannot', async () => {
    const done = entryAfter(started('a'), succeeded('a'));
    const told = await new TaskDetails(parts()).of(done, task('a'), face);
    assert.equal(told?.output?.text, '(it cannot be read any more: it is gone)');
  });

  it('show no bytes that are no text', async () => {
    const done = entryAfter(started('a'), succeeded('a'));
    const at = done.state.tasks.get(task('a'));
    assert.ok(at?.kind === 'succeeded');
    blobs.set(at.output.digest, new Uint8Array([1, 0, 2]));
    const told = await new TaskDetails(parts()).of(done, task('a'), face);
    assert.match(told?.output?.text ?? '', /3 bytes of binary output/);
  });
});
