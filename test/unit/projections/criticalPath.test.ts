import assert from 'node:assert/strict';
import fc from 'fast-check';
import { criticalPath, lengthOf } from '../../../src/core/projections/criticalPath.ts';
import type { RunState, TaskState } from '../../../src/core/domain/runState.ts';
import { gate, plan, step } from '../../support/plans.ts';
import {
  answered,
  cancelRequested,
  dropped,
  failed,
  opened,
  skipped,
  started,
  stateAfter,
  succeeded,
} from './histories.ts';

interface Item {
  readonly id: string;
  readonly needs: readonly string[];
  readonly ms: number;
}

function pathOf(...items: readonly Item[]): readonly string[] {
  const weights = new Map(items.map(({ id, ms }) => [id, ms]));
  return criticalPath(items, (id) => weights.get(id) ?? 0);
}

function item(id: string, ms: number, ...needs: readonly string[]): Item {
  return { id, ms, needs };
}

/** Items in any shape, each after what it needs. */
const shapes: fc.Arbitrary<readonly Item[]> = fc
  .array(fc.record({ needs: fc.array(fc.nat(30), { maxLength: 3 }), ms: fc.nat(1000) }), {
    maxLength: 12,
  })
  .map((drawn) =>
    drawn.map(({ needs, ms }, place) => ({
      id: `s${place}`,
      ms,
      needs: [...new Set(needs.filter((need) => need < place).map((need) => `s${need}`))],
    })),
  );

describe('The critical path', () => {
  it('is the longest way by time, not by the number of steps', () => {
    // a --> b --> c --> end      long --> end
    const path = pathOf(
      item('a', 1),
      item('b', 1, 'a'),
      item('c', 1, 'b'),
      item('long', 10),
      item('end', 1, 'c', 'long'),
    );
    assert.deepEqual(path, ['long', 'end']);
  });

  it('goes through what takes no time itself, and ends where nothing takes time any more', () => {
    assert.deepEqual(
      pathOf(item('a', 5), item('gate', 0, 'a'), item('b', 5, 'gate'), item('last', 0, 'b')),
      ['a', 'gate', 'b'],
    );
  });

  it('is the one written first of two that are equally long', () => {
    assert.deepEqual(pathOf(item('b', 3), item('a', 3)), ['b']);
  });

  it('is empty where nothing takes time, and where there is nothing', () => {
    assert.deepEqual(pathOf(item('a', 0), item('b', 0, 'a')), []);
    assert.deepEqual(pathOf(), []);
  });

  it('is as long as no other way is longer than', () => {
    fc.assert(
      fc.property(shapes, (items) => {
        const byId = new Map(items.map((one) => [one.id, one]));
        const longestTo = (id: string): number => {
          const { ms, needs } = byId.get(id)!;
          return ms + Math.max(0, ...needs.map(longestTo));
        };
        const longest = Math.max(0, ...items.map(({ id }) => longestTo(id)));
        const path = pathOf(...items);
        assert.equal(
          path.reduce((sum, id) => sum + byId.get(id)!.ms, 0),
          longest,
        );
        path.forEach((id, place) => {
          const before = path[place - 1];
          assert.ok(before === undefined || byId.get(id)!.needs.includes(before));
        });
      }),
    );
  });
});

describe('The length of a task', () => {
  const guarded = plan(step('a'), gate('ask', ['a']), step('b', ['ask']));
  const lengths = (state: RunState, now?: number): { a: number; ask: number; b: number } => {
    const [a = 0, ask = 0, b = 0] = guarded.tasks.map((task) => lengthOf(task, state, now));
    return { a, ask, b };
  };
  const estimate = guarded.tasks[0]!.estimateMs;

  it('is what is expected until it has begun, and nothing for a gate', () => {
    assert.deepEqual(lengths(stateAfter(guarded)), { a: estimate, ask: 0, b: estimate });
  });

  it('is what is expected while it runs, and what it has taken where that is more', () => {
    const state = stateAfter(guarded, started('a'));
    assert.equal(lengths(state, 3000).a, estimate);
    assert.equal(lengths(state, 2000 + 2 * estimate).a, 2 * estimate);
    assert.equal(lengths(state).a, estimate, 'without a clock');
  });

  it('is what it took once it has ended, and how long people took at a gate', () => {
    const done = [started('a'), succeeded('a')];
    assert.equal(lengths(stateAfter(guarded, ...done)).a, 1500);
    const failure = { reason: 'interrupted' } as const;
    assert.equal(lengths(stateAfter(guarded, started('a'), failed('a', failure))).a, 1500);
    // Events happen a second apart.
    assert.equal(lengths(stateAfter(guarded, ...done, opened('ask')), 9000).ask, 5000);
    const approved = stateAfter(guarded, ...done, opened('ask'), answered('ask', 'approved'));
    assert.equal(lengths(approved, 99_000).ask, 1000);
  });

  it('is nothing for what was skipped, cancelled or reused', () => {
    const failure = { reason: 'interrupted' } as const;
    const behind = [started('a'), failed('a', failure), skipped('ask', 'a'), skipped('b', 'ask')];
    assert.equal(lengths(stateAfter(guarded, ...behind)).b, 0);
    assert.equal(lengths(stateAfter(guarded, cancelRequested, dropped('b', 700))).b, 0);
    const state = stateAfter(guarded, started('a'), succeeded('a'));
    const at = state.tasks.get(guarded.tasks[0]!.id) as Extract<TaskState, { kind: 'succeeded' }>;
    const reused = { ...at, reused: {} as NonNullable<typeof at.reused> };
    const tasks = new Map(state.tasks).set(guarded.tasks[0]!.id, reused);
    assert.equal(lengths({ ...state, tasks }).a, 0);
  });
});
