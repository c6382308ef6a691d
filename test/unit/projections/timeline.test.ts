import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import { foldOf } from '../../../src/core/journal/fold.ts';
import { MOST_MOMENTS, timelineOf } from '../../../src/core/projections/timeline.ts';
import type { TimelineSpan } from '../../../src/core/projections/timelinePicture.ts';
import { gate, plan, step } from '../../support/plans.ts';
import {
  ADA,
  answered,
  asked,
  called,
  callEnded,
  failed,
  finished,
  history,
  interrupted,
  opened,
  parked,
  replied,
  started,
  succeeded,
  task,
} from './histories.ts';
import { anyWalk } from './timelineWalks.ts';

const PLAN = plan(step('a'), step('b', ['a']), gate('ok', ['b']));
const LATER = 100_000;
const claimed: EventBody = { type: 'run-claimed', by: ADA, pid: 7 };

/** `attempt 1: 2-3 succeeded`, times in seconds. */
function told({ kind, attempt, from, to, outcome }: TimelineSpan): string {
  const end = to === undefined ? '' : to / 1000;
  return `${kind} ${attempt}: ${from / 1000}-${end} ${outcome ?? ''}`.trim();
}

function rowsOf(bodies: readonly EventBody[], isDriven = true): Record<string, string[]> {
  const { rows } = timelineOf(PLAN, history(bodies), LATER, isDriven);
  return Object.fromEntries(rows.map(({ task: id, spans }) => [id, spans.map(told)]));
}

function openAttempts(spans: readonly TimelineSpan[], at: number): number {
  return spans.filter(
    ({ kind, from, to }) => kind === 'attempt' && from <= at && (to === undefined || to > at),
  ).length;
}

describe('The time line', () => {
  it('has a row for each task that began, in the order in which they did', () => {
    assert.deepEqual(rowsOf([started('a'), succeeded('a'), started('b')]), {
      a: ['attempt 1: 2-3 succeeded'],
      b: ['attempt 1: 4-'],
    });
  });

  it('shows failed attempts, the time before the next, and that one', () => {
    const failure = { reason: 'interrupted' } as const;
    const retried: EventBody = {
      type: 'task-retried',
      task: task('a'),
      attempt: 1,
      durationMs: 1,
      failure,
      log: undefined,
      until: 9000,
    };
    const rows = rowsOf([
      started('a'),
      retried,
      started('a', 2),
      { ...failed('a', failure), attempt: 2 } as EventBody,
    ]);
    assert.deepEqual(rows, {
      a: ['attempt 1: 2-3 failed', 'delay 2: 3-4', 'attempt 2: 4-5 failed'],
    });
  });

  it('takes no slot for what waits for a provider or for a person', () => {
    const question = asked('a', { kind: 'permission', tool: 'shell', summary: 'rm', detail: '' });
    const until = 9000;
    const provider = {
      kind: 'provider',
      provider: 'p',
      model: 'm',
      because: 'rate-limit',
    } as const;
    const events = history([
      started('a'),
      question,
      replied(question, { kind: 'allow', always: false }),
      parked('a', provider, until),
      { type: 'task-continued', task: task('a'), attempt: 1 },
    ]);
    const { rows, slots } = timelineOf(PLAN, events, LATER);
    assert.deepEqual(rows[0]?.spans.map(told), [
      'attempt 1: 2-3',
      'asking 1: 3-4',
      'attempt 1: 4-5',
      'parked 1: 5-6',
      'attempt 1: 6-',
    ]);
    assert.equal(rows[0].spans[3]?.label, 'waits: p takes no call (rate-limit)');
    assert.deepEqual(
      slots.map(({ at, used }) => `${at / 1000}: ${used}`),
      ['1: 0', '2: 1', '3: 0', '4: 1', '5: 0', '6: 1'],
    );
  });

  it('shows how long a gate waited, and who answered what', () => {
    const { rows } = timelineOf(
      PLAN,
      history([
        ...[started('a'), succeeded('a'), started('b'), succeeded('b')],
        opened('ok'),
        answered('ok', 'approved', 'fine'),
        finished('succeeded'),
      ]),
      LATER,
    );
    const span = rows[2]?.spans[0];
    assert.deepEqual(span && told(span), 'gate 0: 6-7 approved');
    assert.equal(span?.label, 'asks: Go on? · approved by ada: fine');
  });

  it('cuts off what ran where nobody drove the run, and says so', () => {
    const bodies = [claimed, started('a'), claimed, interrupted('a'), started('a', 2)];
    const events = history(bodies).map((event): RunEvent =>
      event.seq < 4 ? event : { ...event, at: event.at + 60_000 },
    );
    const { rows, breaks, slots } = timelineOf(PLAN, events, LATER);
    assert.deepEqual(breaks, [{ from: 3000, to: 64_000 }]);
    assert.deepEqual(rows[0]?.spans.map(told), ['attempt 1: 3-3 cut off', 'attempt 2: 66-']);
    assert.deepEqual(slots.at(-1), { at: 66_000, used: 1 });
  });

  it('ends what a run that nobody drives now has open', () => {
    const picture = timelineOf(PLAN, history([claimed, started('a')]), LATER, false);
    assert.deepEqual(picture.rows[0]?.spans.map(told), ['attempt 1: 3-3 cut off']);
    assert.deepEqual(picture.breaks, [{ from: 3000, to: LATER }]);
    assert.equal(picture.slots.at(-1)?.used, 0);
  });

  it('goes to now while the run does, and to its end then', () => {
    assert.equal(timelineOf(PLAN, history([started('a')]), LATER).to, LATER);
    const over = timelineOf(
      plan(step('a')),
      history([started('a'), succeeded('a'), finished('succeeded')]),
      LATER,
    );
    assert.deepEqual([over.to, over.isOver], [4000, true]);
  });

  it('has a moment for each event, and of very many for the telling ones', () => {
    const few = timelineOf(PLAN, history([started('a'), succeeded('a')]), LATER);
    assert.deepEqual(
      few.moments.map(({ seq, text }) => `${seq} ${text}`),
      ['1 the run was started by ada', '2 a started', '3 a succeeded'],
    );
    const talk = Array.from({ length: MOST_MOMENTS }, (_, n) => [
      called('a', n + 1),
      callEnded('a', n + 1, {}),
    ]).flat();
    const many = timelineOf(PLAN, history([started('a'), ...talk, succeeded('a')]), LATER);
    assert.deepEqual(
      many.moments.map(({ text }) => text),
      ['the run was started by ada', 'a started', 'a succeeded'],
    );
  });

  it('lets no spans of a task overlap, and counts as slots the attempts that are open', () => {
    fc.assert(
      fc.property(anyWalk, fc.boolean(), ({ plan: of, events }, isDriven) => {
        const picture = timelineOf(of, events, 0, isDriven);
        const { rows, slots, from, to } = picture;
        for (const { spans } of rows) {
          spans.forEach((span, n) => {
            const next = spans[n + 1];
            assert.ok(span.from >= from && (span.to ?? span.from) <= to);
            assert.ok(span.to === undefined || span.from <= span.to);
            assert.ok(next === undefined || (span.to !== undefined && span.to <= next.from));
          });
        }
        const all = rows.flatMap(({ spans }) => spans);
        for (const { at, used } of slots) {
          assert.equal(used, openAttempts(all, at), `at ${at}`);
        }
        assert.ok(slots.every(({ at }, n) => n === 0 || at > (slots[n - 1]?.at ?? 0)));
      }),
      { numRuns: 300 },
    );
  });

  it('never counts more slots than tasks were under way after any event', () => {
    fc.assert(
      fc.property(anyWalk, ({ plan: of, events }) => {
        for (let n = 1; n <= events.length; n += 1) {
          const upTo = events.slice(0, n);
          const { state } = foldOf(of, upTo);
          const used = timelineOf(of, upTo, 0).slots.at(-1)?.used ?? 0;
          assert.ok(used <= state.frontier.running.size - state.asking.size);
        }
      }),
      { numRuns: 40 },
    );
  });
});
