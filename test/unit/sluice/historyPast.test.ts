import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { RunEvent } from '../../../src/core/domain/event.ts';
import type { RunState } from '../../../src/core/domain/runState.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { foldOf } from '../../../src/core/journal/fold.ts';
import { PastRun } from '../../../src/core/pastRun.ts';
import { pictureOfRun } from '../../../src/core/projections/graph.ts';
import { plan, step } from '../../support/plans.ts';
import { history, started, succeeded, task } from '../projections/histories.ts';
import { anyWalk } from '../projections/timelineWalks.ts';

const none = () => undefined;

function pastOf(
  of: RunPlan,
  events: readonly RunEvent[],
  plans: (digest: string) => RunPlan | undefined = none,
): PastRun {
  const [created, ...rest] = events;
  assert.ok(created);
  const past = new PastRun(of, created, plans);
  for (const event of rest) {
    past.apply(event);
  }
  return past;
}

/** All of a state that can be compared: functions by what they say. */
function plain(of: RunPlan, { frontier, ledger, ...state }: RunState): unknown {
  const { ready, mayBegin, ...sets } = { ...frontier, mayBegin: frontier.mayBegin.bind(frontier) };
  return {
    ...state,
    tasks: [...state.tasks],
    frontier: {
      ...Object.fromEntries(
        Object.entries(sets).map(([name, part]) => [
          name,
          part instanceof Map || part instanceof Set ? [...part] : part,
        ]),
      ),
      longestFirst: [...ready.longestFirst()],
      deepestFirst: [...ready.deepestFirst()],
      size: ready.size,
      mayBegin: of.tasks.map(({ id }) => mayBegin(id, [])),
      ways: of.tasks.map(({ id }) => ready.wayLeftMs(id)),
    },
    ledger: {
      total: ledger.total,
      tasks: [...ledger.tasks].map(([id, { spent, calls, changes }]) => [
        id,
        spent,
        calls,
        changes,
      ]),
      counted: of.tasks.map(({ id }) => ledger.counted(id)),
    },
  };
}

describe('The past of a run', () => {
  it('is at each event what its events up to there fold to, whichever is asked for first', () => {
    fc.assert(
      fc.property(
        anyWalk,
        fc.array(fc.noBias(fc.nat()), { minLength: 1, maxLength: 12 }),
        ({ plan: of, events }, places) => {
          const past = pastOf(of, events);
          for (const place of places) {
            const seq = (place % events.length) + 1;
            const folded = foldOf(of, events.slice(0, seq));
            assert.deepEqual(plain(of, past.at(seq).state), plain(of, folded.state));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('does not change when the run goes on', () => {
    fc.assert(
      fc.property(anyWalk, ({ plan: of, events }) => {
        const half = Math.ceil(events.length / 2);
        const past = pastOf(of, events.slice(0, half));
        const { state } = past.at(half);
        const before = JSON.stringify(plain(of, state));
        for (const event of events.slice(half)) {
          past.apply(event);
        }
        assert.equal(JSON.stringify(plain(of, state)), before);
        assert.deepEqual(plain(of, past.at(half).state), plain(of, state));
      }),
      { numRuns: 60 },
    );
  });

  it('has the plan of each moment, where the plan has changed underway', () => {
    const first = plan(step('a'), step('b', ['a']));
    const second = plan(step('a'), step('b1', ['a']), step('b2', ['a']));
    const digest = digestOf('second');
    const events = history([
      started('a'),
      succeeded('a'),
      { type: 'plan-changed', plan: digest },
      started('b2'),
    ]);
    const plans = (wanted: string) => (wanted === digest ? second : undefined);
    const past = pastOf(first, events, plans);
    for (const { seq } of events) {
      const folded = foldOf(first, events.slice(0, seq), plans);
      const { plan: then, state } = past.at(seq);
      assert.equal(then, folded.plan);
      assert.deepEqual(plain(then, state), plain(then, folded.state));
    }
    assert.deepEqual([...past.at(3).state.tasks.keys()], [task('a'), task('b')]);
    assert.deepEqual([...past.at(4).state.tasks.keys()], [task('a'), task('b1'), task('b2')]);
  });

  it('is drawn as it was', () => {
    const of = plan(step('a'), step('b', ['a']));
    const past = pastOf(of, history([started('a'), succeeded('a'), started('b')]));
    const { plan: then, state } = past.at(2);
    const states = pictureOfRun(then, state, { kind: 'here' }).nodes.map(({ state: at }) => at);
    assert.deepEqual(states, ['running', 'pending']);
  });
});
