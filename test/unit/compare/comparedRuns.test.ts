import assert from 'node:assert/strict';
import { comparedRun, keptRuns, type ReadableRun } from '../../../src/core/comparedRuns.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { runIdOf } from '../../../src/core/domain/ids.ts';
import { foldOf } from '../../../src/core/journal/fold.ts';
import { gate, plan, planWith, step } from '../../support/plans.ts';
import {
  called,
  callEnded,
  cancelRequested,
  dropped,
  finished,
  history,
  opened,
  started,
  succeeded,
} from '../projections/histories.ts';
import { faulted, mendedOnce, proved, report } from '../projections/mended.ts';

// Event n of a run happens n seconds after its start.

const two = plan(step('a'), step('b'));

function run(bodies: readonly EventBody[], of = two, number = 1): ReadableRun {
  const id = runIdOf('example', number);
  const fold = foldOf(of, history(bodies, id));
  return {
    ...{ kind: 'readable', run: id, plan: fold.plan, state: fold.state },
    ...{ driven: { kind: 'here' }, damage: undefined },
  };
}

const counted = (entry: ReadableRun, isTimedOut = false) =>
  comparedRun(entry, { way: 'A', isKept: false, isTimedOut, now: 60_000 });

describe('A run that is compared', () => {
  it('has the time from its start to its end, the work of all attempts, and nothing that nobody knows', () => {
    const seen = counted(
      run([started('a'), succeeded('a'), started('b'), succeeded('b'), finished('succeeded')]),
    );
    assert.deepEqual(
      [seen.status, seen.wallMs, seen.workedMs, seen.iterations, seen.cost, seen.tests],
      ['succeeded', 5000, 3000, { attempts: 2, fixes: 0, turns: 0 }, { kind: 'none' }, undefined],
    );
  });

  it('has as iterations the attempts of tasks, those of fixes, and the answers of models', () => {
    const seen = counted(
      run(
        [
          started('a'),
          called('a', 1),
          callEnded('a', 1, {}),
          called('a', 2),
          callEnded('a', 2, { failure: 'overloaded' }),
          called('a', 3),
          callEnded('a', 3, {}),
          faulted('a'),
          ...mendedOnce('a', 'a_branch_01'),
          proved('a', 2, [report({ passed: 4, failed: 0, skipped: 1 })]),
          finished('succeeded'),
        ],
        plan(step('a')),
      ),
    );
    assert.deepEqual(seen.iterations, { attempts: 2, fixes: 1, turns: 2 });
    // What the last attempt reported, and not what was red before.
    assert.deepEqual(seen.tests, { passed: 4, failed: 0, skipped: 1 });
  });

  it('has a cost only where every call has a price', () => {
    const asks = (usd: number | undefined, ...more: readonly EventBody[]) =>
      counted(run([started('a'), called('a'), callEnded('a', 1, { usd }), ...more]));
    assert.deepEqual(asks(0.1).cost, { kind: 'known', usd: 0.1 });
    assert.deepEqual(asks(undefined).cost, { kind: 'unknown', atLeastUsd: 0 });
    assert.deepEqual(asks(0.25, called('a', 2)).cost, { kind: 'unknown', atLeastUsd: 0.25 });
    const untold = counted(
      run([
        started('a'),
        called('a'),
        callEnded('a', 1, { usd: undefined, usage: { input: 0, output: 0 } }),
      ]),
    );
    assert.deepEqual(untold.cost, { kind: 'unknown', atLeastUsd: 0 });
  });

  it('costs the same by the same calls, in whatever order they were added up', () => {
    const costing = (...costs: readonly number[]) =>
      counted(
        run([
          started('a'),
          ...costs.flatMap((usd, at) => [called('a', at + 1), callEnded('a', at + 1, { usd })]),
        ]),
      ).cost;
    assert.notEqual(0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1);
    assert.deepEqual(costing(0.1, 0.2, 0.3), costing(0.3, 0.2, 0.1));
  });

  it('waits where only a person can move it on, and is timed out only where its time was up', () => {
    assert.equal(counted(run([opened('ok')], plan(gate('ok', [])))).status, 'waits');
    const cancelled = run([cancelRequested, dropped('a'), dropped('b'), finished('cancelled')]);
    assert.equal(counted(cancelled).status, 'cancelled');
    assert.equal(counted(cancelled, true).status, 'timed-out');
    assert.equal(counted(run([started('a')])).status, 'unfinished');
  });
});

describe('Kept runs', () => {
  const drawn = { asked: 'example', other: 'rival', share: 0.5 };
  const ended: readonly EventBody[] = [
    started('a'),
    succeeded('a'),
    started('b'),
    succeeded('b'),
    finished('succeeded'),
  ];
  const entries = [
    run(ended, planWith({ drawn }, step('a'), step('b')), 3),
    run(ended, two, 2),
    run(ended, planWith({ drawn: { ...drawn, other: 'third' } }, step('a'), step('b')), 1),
  ];
  const wanted = {
    workflows: { A: 'example', B: 'rival' },
    since: undefined,
    last: undefined,
    onlyDrawn: false,
    without: new Set<string>(),
    now: 0,
  };
  const numbers = (
    over: Partial<Omit<typeof wanted, 'since' | 'last'>> & {
      readonly since?: number;
      readonly last?: number;
    },
  ) => keptRuns(entries, { ...wanted, ...over }).map((one) => one.run);

  it('are the newest, of a time, and not those that are counted already', () => {
    assert.deepEqual(numbers({}), ['example-3', 'example-2', 'example-1']);
    assert.deepEqual(numbers({ last: 2 }), ['example-3', 'example-2']);
    assert.deepEqual(numbers({ since: 5000 }), []);
    assert.deepEqual(numbers({ without: new Set(['example-3']) }), ['example-2', 'example-1']);
  });

  it('are, when only draws count, those that were drawn between just these two', () => {
    assert.deepEqual(numbers({ onlyDrawn: true }), ['example-3']);
  });
});
