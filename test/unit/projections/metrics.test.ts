import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Reuse } from '../../../src/core/domain/cache.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { runIdOf } from '../../../src/core/domain/ids.ts';
import { foldRun, RunFold } from '../../../src/core/journal/fold.ts';
import { graphOf } from '../../../src/core/journal/planGraph.ts';
import { costOf, metricsOf, runMetrics, runsIn } from '../../../src/core/projections/metrics.ts';
import {
  factsOfRun,
  FactsShelf,
  type ReadableRun,
} from '../../../src/core/projections/metricsFacts.ts';
import type {
  MetricsPicture,
  MetricsWindow,
} from '../../../src/core/projections/metricsPicture.ts';
import { nearestRank } from '../../../src/core/projections/metricsRank.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import { plan, planWith, step } from '../../support/plans.ts';
import {
  ADA,
  called,
  callEnded,
  cancelRequested,
  dropped,
  failed,
  finished,
  history,
  interrupted,
  skipped,
  started,
  succeeded,
  task,
} from './histories.ts';

// Event n of a run happens n seconds after its start.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 4, 20, 12);
const utc = () => 0;
const two = plan(step('a'), step('b'));
/** The cache is asked for both. */
const cached = planWith({ useCache: true }, step('a'), step('b'));
const reuse: Reuse = {
  from: { run: runIdOf('example', 9), task: task('b'), at: 1 },
  namespace: 'command_output',
  same: [],
  saved: { ms: 4000, calls: 2, tokens: 500, usd: 0.2 },
  shared: false,
  similar: undefined,
};

interface Told {
  readonly at?: number;
  readonly number?: number;
  readonly driven?: ReadableRun['driven'];
  readonly of?: typeof two;
}

function run(
  bodies: readonly EventBody[],
  { at = NOON - HOUR, number = 1, driven, of = two }: Told = {},
) {
  const id = runIdOf('example', number);
  const state = foldRun(
    of,
    history(bodies, id).map((event, index) => ({ ...event, at: at + index * 1000 })),
  );
  return {
    kind: 'readable',
    run: id,
    plan: of,
    state,
    driven: driven ?? { kind: 'here' },
    damage: undefined,
  } as const satisfies ReadableRun;
}

function pictureOf(runs: readonly ReadableRun[], window: MetricsWindow = '24h'): MetricsPicture {
  return metricsOf(runs.map(factsOfRun), { window, now: NOON, zone: utc });
}

function agentIn(picture: MetricsPicture, name: string) {
  const found = picture.agents.find(({ agent }) => agent === name);
  assert.ok(found, `${name} has no figures`);
  return found;
}

function missed(id: string): EventBody {
  return { type: 'cache-missed', task: task(id), key: digestOf(id), why: { kind: 'first' } };
}

function took(body: EventBody, durationMs: number): EventBody {
  return 'durationMs' in body ? { ...body, durationMs } : body;
}

function reused(id: string, saved: Partial<Reuse['saved']> = {}): EventBody {
  const { exitCode, output, log, artifacts } = succeeded(id) as Extract<
    EventBody,
    { type: 'task-succeeded' }
  >;
  return {
    type: 'task-reused',
    task: task(id),
    reuse: { ...reuse, saved: { ...reuse.saved, ...saved } },
    ...{ exitCode, output, log, artifacts },
    inputBytes: undefined,
  };
}

const bad = { reason: 'exit', exitCode: 1 } as unknown as Parameters<typeof failed>[1];

describe('The figures of runs', () => {
  it('count each run by how it stands, and say nothing where nothing has run', () => {
    const pictured = pictureOf([
      run([started('a')]),
      run([{ type: 'run-paused', running: 'finish', by: { name: 'ada', via: 'terminal' } }]),
      run([started('a')], { driven: { kind: 'nobody' } }),
      run([started('a'), succeeded('a'), started('b'), succeeded('b'), finished('succeeded')]),
      run([started('a'), failed('a', bad), started('b'), succeeded('b'), finished('degraded')]),
      run([cancelRequested, dropped('a'), dropped('b'), finished('cancelled')]),
      run([started('a'), failed('a', bad), started('b'), failed('b', bad), finished('failed')]),
    ]);
    assert.deepEqual(pictured.runs, {
      running: 1,
      paused: 2,
      completed: 2,
      terminated: 1,
      failed: 1,
    });
    const empty = pictureOf([]);
    assert.deepEqual(empty.agents, []);
    assert.deepEqual(
      [empty.tasks.successRate, empty.tasks.meanMs, empty.tasks.p95Ms, empty.cache.rate],
      [undefined, undefined, undefined, undefined],
    );
    assert.deepEqual(empty.tasks.cost, { kind: 'none' });
  });

  it('take of the success rate only what was attempted and ended by itself', () => {
    const picture = pictureOf([
      run([started('a'), succeeded('a'), started('b'), failed('b', bad), finished('degraded')]),
      run([missed('a'), started('a'), succeeded('a'), reused('b'), finished('succeeded')], {
        of: cached,
      }),
      run([
        started('a'),
        failed('a', bad),
        { ...skipped('b'), by: ADA } as EventBody,
        finished('failed'),
      ]),
      run([cancelRequested, dropped('a', 5), dropped('b'), finished('cancelled')]),
    ]);
    const { succeeded: good, failed: wrong, cancelled, successRate } = agentIn(picture, 'a-agent');
    assert.deepEqual([good, wrong, cancelled, successRate], [2, 1, 1, 2 / 3]);
    const b = agentIn(picture, 'b-agent');
    assert.deepEqual([b.succeeded, b.failed, b.reused, b.successRate], [0, 1, 1, 0]);
  });

  it('tell mean and p95 of the attempts that decided, never of what was reused or accepted', () => {
    const accepted = { ...took(succeeded('b'), 9), accepted: 'probe' } as EventBody;
    const times = Array.from({ length: 20 }, (_, n) => (n + 1) * 100);
    const picture = pictureOf([
      ...times.map((ms) => run([started('a'), took(succeeded('a'), ms)])),
      run([missed('a'), started('a'), took(failed('a', bad), 4000), reused('b')], { of: cached }),
      run([started('b'), accepted]),
    ]);
    const a = agentIn(picture, 'a-agent');
    assert.equal(a.meanMs, (100 * 210 + 4000) / 21);
    assert.equal(a.p95Ms, 2000);
    const b = agentIn(picture, 'b-agent');
    assert.deepEqual([b.succeeded, b.meanMs, b.p95Ms], [1, undefined, undefined]);
  });

  it('count attempts beyond the first of each task that has ended', () => {
    const again = (n: number) => [started('a', n), interrupted('a', n)];
    const third = { ...succeeded('a'), attempt: 3 } as EventBody;
    const picture = pictureOf([
      run([...again(1), ...again(2), started('a', 3), third]),
      run([started('a', 1), interrupted('a', 1), started('a', 2)]),
    ]);
    assert.equal(agentIn(picture, 'a-agent').retries, 2);
  });

  it('never take what has no price for nothing', () => {
    const priced = [started('a'), called('a'), callEnded('a', 1, {}), succeeded('a')];
    const unpriced = [
      started('b'),
      called('b'),
      callEnded('b', 1, { usd: undefined }),
      succeeded('b'),
    ];
    const picture = pictureOf([run([...priced, ...unpriced])]);
    assert.deepEqual(agentIn(picture, 'a-agent').cost, { kind: 'known', usd: 0.03 });
    assert.deepEqual(agentIn(picture, 'b-agent').cost, { kind: 'unknown' });
    assert.deepEqual(picture.tasks.cost, { kind: 'partly', usd: 0.03 });
    assert.deepEqual(agentIn(picture, 'b-agent').tokens, {
      input: 1900,
      output: 240,
      isEstimate: false,
    });
    const free = { inputTokens: 5, outputTokens: 0, usd: 0, unpricedCalls: 0 };
    assert.deepEqual(costOf(free), { kind: 'known', usd: 0 });
  });

  it('count what a task has spent that has not ended when it last asked', () => {
    const asked = [started('a'), called('a'), callEnded('a', 1, {})];
    const lately = pictureOf([run(asked)]);
    assert.deepEqual(lately.tasks.cost, { kind: 'known', usd: 0.03 });
    assert.equal(lately.tasks.succeeded + lately.tasks.failed, 0);
    const longAgo = pictureOf([run(asked, { at: NOON - 2 * DAY })]);
    assert.deepEqual(longAgo.tasks.cost, { kind: 'none' });
    assert.equal(longAgo.runs.running, 1);
  });

  it('tell what the cache was asked and spared, with money that nobody knows as unknown', () => {
    const { cache } = pictureOf([
      run([missed('a'), started('a'), succeeded('a'), reused('b')], { of: cached }),
      run([reused('a', { usd: 0, tokens: 70 }), reused('b', { usd: 0, tokens: 0, calls: 0 })], {
        of: cached,
      }),
    ]);
    assert.deepEqual(cache, {
      reused: 3,
      missed: 1,
      rate: 0.75,
      savedMs: 12_000,
      savedCalls: 4,
      savedTokens: 570,
      savedCost: { kind: 'partly', usd: 0.2 },
    });
  });

  it('count a task in the window in which it ended, to the millisecond', () => {
    const done = [started('a'), succeeded('a')];
    // The task ends two seconds after the start.
    const at = NOON - DAY - 2000;
    const inside = pictureOf([run(done, { at: at + 1 })]);
    assert.equal(inside.tasks.succeeded, 1);
    assert.equal(pictureOf([run(done, { at })]).tasks.succeeded, 0);
    assert.equal(pictureOf([run(done, { at })], '7d').tasks.succeeded, 1);
  });

  it('show runs that go on always, and others by their end', () => {
    const ended = [
      started('a'),
      succeeded('a'),
      started('b'),
      succeeded('b'),
      finished('succeeded'),
    ];
    const facts = [
      run([started('a')], { at: NOON - 90 * DAY, number: 3 }),
      run(ended, { at: NOON - 2 * DAY, number: 2 }),
      run(ended, { at: NOON - HOUR, number: 1 }),
    ].map(factsOfRun);
    const shown = (window: MetricsWindow) =>
      runsIn(facts, { window, now: NOON }).map((one) => one.run);
    assert.deepEqual(shown('24h'), ['example-3', 'example-1']);
    assert.deepEqual(shown('7d'), ['example-3', 'example-2', 'example-1']);
    const [open, , last] = facts.map((each) => runMetrics(each, NOON));
    assert.equal(open?.tookMs, 90 * DAY);
    assert.deepEqual([last?.tookMs, last?.done, last?.tasks], [5000, 2, 2]);
  });

  it('divide the window into periods that hold all of it once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 * 24 }), { maxLength: 12 }),
        fc.constantFrom<MetricsWindow[]>('24h', '7d', '30d', 'all'),
        fc.integer({ min: -12, max: 14 }),
        (hoursAgo, window, offset) => {
          const runs = hoursAgo.map((ago) =>
            run(
              [
                ...[started('a'), called('a'), callEnded('a', 1, {}), succeeded('a')],
                ...[started('b'), succeeded('b'), finished('succeeded')],
              ],
              { at: NOON - ago * HOUR - 60_000 },
            ),
          );
          const picture = metricsOf(runs.map(factsOfRun), {
            window,
            now: NOON,
            zone: () => offset * HOUR,
          });
          const sum = (of: (period: MetricsPicture['periods'][number]) => number) =>
            picture.periods.reduce((total, period) => total + of(period), 0);
          assert.equal(
            sum(({ completed }) => completed),
            picture.runs.completed,
          );
          const { input, output } = picture.tasks.tokens;
          assert.equal(
            sum(({ tokens }) => tokens),
            input + output,
          );
          const first = picture.periods[0]?.start ?? NaN;
          assert.ok(first <= (picture.from ?? NOON));
          assert.ok(picture.periods.every(({ start }) => start <= NOON));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are taken anew from a run only when something more has happened to it', () => {
    const events = history([started('a'), succeeded('a')]);
    const fold = new RunFold(two, graphOf(two), events[0]!);
    const entry = { ...run([]), state: fold.state };
    const shelf = new FactsShelf();
    const before = shelf.ofRun(entry);
    assert.equal(shelf.ofRun(entry), before);
    fold.apply(events[1]!);
    fold.apply(events[2]!);
    const after = shelf.ofRun(entry);
    assert.notEqual(after, before);
    assert.equal(after.facts.length, 1);
    const left = shelf.ofRun({ ...entry, driven: { kind: 'nobody' } });
    assert.deepEqual([after.status, left.status], ['running', 'interrupted']);
  });
});

describe('The nearest rank', () => {
  it('is a value of the list, with so many of it not above and no smaller one so', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (values) => {
        const p95 = nearestRank(values, 0.95)!;
        assert.ok(values.includes(p95));
        const upTo = (limit: number) => values.filter((one) => one <= limit).length;
        assert.ok(upTo(p95) >= 0.95 * values.length);
        for (const smaller of values.filter((one) => one < p95)) {
          assert.ok(upTo(smaller) < 0.95 * values.length);
        }
      }),
    );
    assert.equal(nearestRank([], 0.95), undefined);
    assert.equal(nearestRank([7], 0.95), 7);
  });
});
