import assert from 'node:assert/strict';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { MissReason, Reuse } from '../../../src/core/domain/cache.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { runIdOf } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { openGates, reusedLines } from '../../../src/core/projections/gates.ts';
import { pictureOfRun } from '../../../src/core/projections/graph.ts';
import { ledgerLines } from '../../../src/core/projections/ledger.ts';
import { runReusedText, runReuse, savingsText } from '../../../src/core/projections/reasons.ts';
import { taskPage } from '../../../src/core/projections/taskPage.ts';
import { shownStatus, taskRows, type TaskRow } from '../../../src/core/projections/taskRows.ts';
import { taskVerbs } from '../../../src/core/projections/verbs.ts';
import { waitsForSame } from '../../../src/core/projections/waiting.ts';
import { gate, planWith, step, withModels, type PlanParts } from '../../support/plans.ts';
import {
  artifact,
  asked,
  failed,
  finished,
  landingFailed,
  opened,
  started,
  stateAfter,
  succeeded,
  task,
} from './histories.ts';

const HOUR = 3_600_000;
/** Events happen at their number in seconds; what is reused was made two hours before that. */
const NOW = 10_000;
const EARLIER = { run: runIdOf('example', 7), task: task('a'), at: NOW - 2 * HOUR };

const off = {
  ...NO_TERMS,
  cache: {
    use: false,
    ttlMs: undefined,
    namespace: undefined,
    inputs: undefined,
    similar: undefined,
  },
};

function cached(...steps: Parameters<typeof planWith>[1][]): RunPlan {
  const over: PlanParts = { useCache: true };
  return withModels(planWith(over, ...steps));
}

function reuse(over: Partial<Reuse> = {}): Reuse {
  return {
    from: EARLIER,
    namespace: 'model_response',
    same: [
      { what: 'agent', count: 1 },
      { what: 'prompt', count: 1 },
    ],
    saved: { ms: 41_000, calls: 2, tokens: 12_400, usd: 0.09 },
    shared: false,
    similar: undefined,
    ...over,
  };
}

function reused(id: string, over: Partial<Reuse> = {}, ...files: readonly string[]): EventBody {
  const { output, log, exitCode, inputBytes } = succeeded(id) as Extract<
    EventBody,
    { type: 'task-succeeded' }
  >;
  return {
    type: 'task-reused',
    task: task(id),
    reuse: reuse(over),
    exitCode,
    output,
    log,
    artifacts: files.map(artifact),
    inputBytes,
  };
}

function missed(id: string, why: MissReason = { kind: 'first' }, key = id): EventBody {
  return { type: 'cache-missed', task: task(id), key: digestOf(key), why };
}

const changed: MissReason = {
  kind: 'changed',
  than: EARLIER,
  changes: [{ what: 'file', name: 'src/login.ts', how: 'changed' }],
  more: 0,
  same: [{ what: 'prompt', count: 1 }],
};

// a --> ask --> after
const guarded = cached(
  step('a'),
  { ...gate('ask', ['a']), show: ['x.md'] },
  step('after', ['ask']),
);

function rowOf(plan: RunPlan, id: string, ...bodies: readonly EventBody[]): TaskRow {
  const state = stateAfter(plan, ...bodies);
  const rows = taskRows(plan, state, { kind: 'here' }, undefined, NOW);
  return rows.find((row) => row.task === task(id))!;
}

describe('The row of a task for which nothing ran', () => {
  it('says so in short, with the whole line behind it, and tells no duration', () => {
    const row = rowOf(guarded, 'a', reused('a'));
    assert.deepEqual(
      [row.state, row.detail, row.durationMs, row.cause],
      ['succeeded', 'reused · saved $0.09 · 2 h ago', undefined, ''],
    );
    assert.equal(
      row.reason,
      'reused: same agent and prompt as run example-7 · 2 h ago · saved 41 s, 12,400 tokens, $0.09',
    );
    assert.deepEqual(row.reused, reuse());
  });

  it('tells how old the answer was then, to who does not know what time it is', () => {
    const state = stateAfter(guarded, reused('a', { from: { ...EARLIER, at: 2000 - 3 * HOUR } }));
    assert.match(taskRows(guarded, state)[0]?.detail ?? '', /^reused .*· 3 h ago$/);
  });

  it('says first that its artifacts could not be committed', () => {
    const alone = cached(step('a'));
    const row = rowOf(alone, 'a', reused('a', {}, 'x.md'), landingFailed('a', 'the disk is full'));
    assert.equal(row.detail, 'The artifacts could not be committed: the disk is full');
  });
});

describe('The row of a task that ran', () => {
  it('is as calm as ever, and has the reason behind it', () => {
    const bodies = [missed('a', changed), started('a')];
    const running = rowOf(guarded, 'a', ...bodies);
    assert.deepEqual(
      [running.detail, running.reason, running.reused],
      ['', 'runs: src/login.ts changed (read by this task); prompt unchanged', undefined],
    );
    const done = rowOf(guarded, 'a', ...bodies, succeeded('a'));
    assert.deepEqual(
      [done.detail, done.reason],
      ['1.5 s', 'ran: src/login.ts changed (read by this task); prompt unchanged'],
    );
    const broken = rowOf(guarded, 'a', ...bodies, failed('a', { reason: 'interrupted' }));
    assert.match(broken.reason, /^ran: src\/login\.ts changed/);
  });

  it('names a cause only where it had run before', () => {
    assert.equal(
      rowOf(guarded, 'a', missed('a', changed), started('a')).cause,
      'runs: login.ts changed',
    );
    assert.equal(rowOf(guarded, 'a', missed('a'), started('a')).cause, '');
    assert.equal(rowOf(guarded, 'a', missed('a'), started('a')).reason, 'runs: first time');
  });

  it('does not claim that a command read what counts for it', () => {
    const commands = planWith({ useCache: true }, step('a'));
    const row = rowOf(commands, 'a', missed('a', changed), started('a'));
    assert.equal(row.reason, 'runs: src/login.ts changed; prompt unchanged');
  });

  it('has no reason while it waits, and where the cache was not asked', () => {
    assert.equal(rowOf(guarded, 'a', missed('a', changed)).reason, '');
    const without = planWith({ useCache: false }, step('a'));
    assert.equal(rowOf(without, 'a', started('a'), succeeded('a')).reason, '');
  });
});

describe('A task that is asked the same as a running one', () => {
  const twins = cached(step('a'), step('b'), step('c'));
  const bodies = [missed('a', undefined, 'same'), missed('b', undefined, 'same'), missed('c')];

  it('waits for it, and says so', () => {
    const state = stateAfter(twins, ...bodies, started('a'));
    assert.equal(waitsForSame(state, task('b')), task('a'));
    assert.equal(waitsForSame(state, task('c')), undefined);
    assert.equal(waitsForSame(state, task('a')), undefined, 'it runs itself');
    assert.deepEqual(
      taskRows(twins, state).map(({ detail }) => detail),
      ['', 'waits for a, which asks the same', 'about to start'],
    );
  });

  it('is asked about again once that has ended, and waits no more', () => {
    const state = stateAfter(twins, ...bodies, started('a'), succeeded('a'));
    assert.equal(waitsForSame(state, task('b')), undefined);
    assert.deepEqual([...state.frontier.unasked], [task('b')]);
  });

  it('leaves the run to people when the one it waits for asks a person', () => {
    const two = cached(step('a'), step('b'));
    const both = [missed('a', undefined, 'same'), missed('b', undefined, 'same'), started('a')];
    const may = asked('a', { kind: 'permission', tool: 'shell', summary: 'run ls', detail: 'ls' });
    assert.equal(shownStatus(stateAfter(two, ...both), { kind: 'here' }), 'running');
    assert.equal(shownStatus(stateAfter(two, ...both, may), { kind: 'here' }), 'waiting');
    const third = [...both.slice(0, 1), missed('b'), started('a'), may];
    assert.equal(
      shownStatus(stateAfter(two, ...third), { kind: 'here' }),
      'running',
      'the other may start',
    );
  });
});

describe('A run of which the cache is yet to be asked', () => {
  it('runs by itself, also beside an open gate', () => {
    const beside = cached(gate('ask', []), step('a'));
    const state = stateAfter(beside, opened('ask'));
    assert.deepEqual([...state.frontier.unasked], [task('a')]);
    assert.equal(shownStatus(state, { kind: 'here' }), 'running');
  });
});

describe('What a run has saved', () => {
  const bodies = [
    reused('a'),
    opened('ask'),
    {
      type: 'gate-answered',
      task: task('ask'),
      digest: digestOf('Go on?'),
      decision: 'approved',
      by: { name: 'ada', via: 'terminal' },
      note: undefined,
    },
  ] as const satisfies readonly EventBody[];

  it('is told in its row, in full at its end, and as numbers', () => {
    const state = stateAfter(guarded, ...bodies);
    assert.equal(runReusedText(state), '1 reused · saved $0.09');
    assert.equal(savingsText(guarded, state), '1 of 2 reused, saved 41 s, 12,400 tokens, $0.09');
    assert.deepEqual(runReuse(state), { tasks: 1, saved: reuse().saved });
    assert.deepEqual(ledgerLines(state), ['Reused: 1 task, saved 41 s, 12,400 tokens, $0.09']);
    assert.equal(
      pictureOfRun(guarded, state, { kind: 'here' }).run?.reused,
      '1 reused · saved $0.09',
    );
  });

  it('adds up', () => {
    const state = stateAfter(guarded, ...bodies, reused('after'));
    assert.equal(savingsText(guarded, state), '2 of 2 reused, saved 1 min, 24,800 tokens, $0.18');
  });

  it('is nothing to say where nothing was reused', () => {
    const state = stateAfter(guarded, missed('a'), started('a'), succeeded('a'));
    assert.deepEqual(
      [runReusedText(state), savingsText(guarded, state), ledgerLines(state)],
      ['', '', []],
    );
    const free = { saved: { ms: 0, calls: 0, tokens: 0, usd: 0 } };
    const cheap = stateAfter(guarded, reused('a', free));
    assert.deepEqual(
      [runReusedText(cheap), savingsText(guarded, cheap), ledgerLines(cheap)],
      ['1 reused', '1 of 2 reused', ['Reused: 1 task']],
    );
  });
});

describe('The picture of a run', () => {
  it('marks what was reused, and has every reason', () => {
    const picture = (...bodies: readonly EventBody[]) =>
      pictureOfRun(
        guarded,
        stateAfter(guarded, ...bodies),
        { kind: 'here' },
        undefined,
        undefined,
        NOW,
      ).nodes[0];
    const before = picture(reused('a'));
    assert.deepEqual(
      [before?.state, before?.isReused, before?.detail],
      ['succeeded', true, 'reused · saved $0.09 · 2 h ago'],
    );
    assert.match(before?.reason ?? '', /^reused: same agent and prompt as run example-7/);
    const ran = picture(missed('a', changed), started('a'));
    assert.deepEqual(
      [ran?.isReused, ran?.reason, ran?.cause],
      [
        false,
        'runs: src/login.ts changed (read by this task); prompt unchanged',
        'runs: login.ts changed',
      ],
    );
  });
});

describe('A gate behind a task for which nothing ran', () => {
  it('says that what it shows was made before', () => {
    const state = stateAfter(guarded, reused('a', {}, 'x.md'), opened('ask'));
    const [open] = openGates(guarded, state);
    assert.deepEqual(open?.reused, [{ task: task('a'), reuse: reuse() }]);
    assert.deepEqual(reusedLines(open, NOW), [
      'a reused: same agent and prompt as run example-7 · 2 h ago · saved 41 s, 12,400 tokens, $0.09',
    ]);
    assert.match(
      taskPage(guarded, state, task('ask'), undefined, NOW),
      /\nShows: x\.md\na reused: same agent and prompt as run example-7 · 2 h ago/,
    );
  });

  it('says nothing of one that ran', () => {
    const state = stateAfter(
      guarded,
      missed('a'),
      started('a'),
      succeeded('a', 'x.md'),
      opened('ask'),
    );
    assert.deepEqual(openGates(guarded, state)[0]?.reused, []);
    assert.doesNotMatch(taskPage(guarded, state, task('ask'), undefined, NOW), /reused/);
  });
});

describe('The page of a task', () => {
  const page = (plan: RunPlan, id: string, ...bodies: readonly EventBody[]) =>
    taskPage(plan, stateAfter(plan, ...bodies), task(id), undefined, NOW);

  it('has the whole reason, a line for each change', () => {
    assert.match(
      page(guarded, 'a', missed('a', changed), started('a'), succeeded('a')),
      /\nRan: 1 thing changed since run example-7 · 2 h ago\n {2}src\/login\.ts changed \(read by this task\)\nunchanged: prompt\n/,
    );
    assert.match(
      page(guarded, 'a', reused('a')),
      /^a · succeeded\n[^]*\nReused: same agent and prompt as run example-7 .*\nspared: 2 calls of models\nkept as: model_response\n/,
    );
  });

  it('says why the cache is off, and nothing of that where it is on', () => {
    const offs = cached(
      step('a', [], { terms: off }),
      step('b', [], { effects: 'external' }),
      step('c'),
    );
    assert.match(
      page(offs, 'a'),
      /\nCache: off, because its step, its workflow or its agent says so\n/,
    );
    assert.match(page(offs, 'b'), /\nCache: off, because what it does happens outside its copy/);
    assert.doesNotMatch(page(offs, 'c'), /Cache/);
    const run = planWith({ useCache: false }, step('a'));
    assert.match(page(run, 'a'), /\nCache: off, because the run was started without it/);
  });
});

describe('Running a task again without the cache', () => {
  const verbs = (plan: RunPlan, id: string, ...bodies: readonly EventBody[]) =>
    taskVerbs(plan, stateAfter(plan, ...bodies), task(id));

  it('is offered beside running it again', () => {
    assert.deepEqual(verbs(guarded, 'a', missed('a'), started('a'), succeeded('a')), [
      'rerun',
      'rerun-without-cache',
    ]);
    assert.deepEqual(
      verbs(guarded, 'a', missed('a'), started('a'), failed('a', { reason: 'interrupted' })),
      ['rerun', 'rerun-without-cache', 'skip'],
    );
    assert.deepEqual(verbs(guarded, 'a'), ['hold', 'skip', 'change-model', 'change-permissions']);
  });

  it('is offered where the cache is used for the task, or for anything that comes of it', () => {
    // a --> b --> c     alone     only c may come from the cache
    const mixed = cached(
      step('c', ['b']),
      step('b', ['a'], { terms: off }),
      step('a', [], { terms: off }),
      step('alone', [], { terms: off }),
    );
    const bodies = ['a', 'b', 'c', 'alone'].flatMap((id) => [
      ...(id === 'c' ? [missed(id)] : []),
      started(id),
      succeeded(id),
    ]);
    const offered = ['a', 'b', 'c', 'alone'].filter((id) =>
      verbs(mixed, id, ...bodies, finished('succeeded')).includes('rerun-without-cache'),
    );
    assert.deepEqual(offered, ['a', 'b', 'c']);
    const none = planWith({ useCache: false }, step('a'));
    assert.deepEqual(verbs(none, 'a', started('a'), succeeded('a')), ['rerun']);
  });
});
