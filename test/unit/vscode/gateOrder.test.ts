import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inOrder, nextAfter } from '../../../src/vscode/gates/gateOrder.ts';

const at = (openedAt: number, task = 'ask', run = 'x-1') => ({ openedAt, run, task });

describe('The next gate', () => {
  it('is the one that has waited longest, from nowhere', () => {
    assert.deepEqual(nextAfter([at(2), at(1), at(3)], undefined), at(1));
  });

  it('is the one behind the gate somebody is at, and from the last one the first', () => {
    const gates = [at(1), at(2), at(3)];
    assert.deepEqual(nextAfter(gates, at(1)), at(2));
    assert.deepEqual(nextAfter(gates, at(3)), at(1));
  });

  it('goes on from a gate that is answered', () => {
    assert.deepEqual(nextAfter([at(1), at(3)], at(2)), at(3));
  });

  it('is the same one where no other waits, and none where none waits', () => {
    assert.deepEqual(nextAfter([at(1)], at(1)), at(1));
    const none: ReturnType<typeof at>[] = [];
    assert.equal(nextAfter(none, at(1)), undefined);
  });

  it('comes by every gate once before it comes back, in whatever order they are told', () => {
    const gate = fc.record({
      openedAt: fc.integer({ min: 0, max: 3 }),
      run: fc.constantFrom('x-1', 'x-2'),
      task: fc.constantFrom('a', 'b', 'c'),
    });
    const gates = fc.uniqueArray(gate, {
      minLength: 1,
      selector: ({ openedAt, run, task }) => `${openedAt} ${run} ${task}`,
    });
    fc.assert(
      fc.property(gates, (waiting) => {
        const visited: unknown[] = [];
        let place = nextAfter(waiting, undefined);
        for (let step = 0; step < waiting.length; step += 1) {
          visited.push(place);
          place = nextAfter(waiting, place);
        }
        assert.deepEqual(visited, inOrder(waiting));
        assert.deepEqual(place, visited[0]);
      }),
    );
  });
});
