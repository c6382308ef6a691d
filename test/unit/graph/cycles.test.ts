import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findCycles } from '../../../src/core/graph/cycles.ts';
import { acyclicGraph, anyGraph, chain, graphItems } from './graphs.ts';

describe('Cycles', () => {
  it('are none where there are none', () => {
    assert.deepEqual(findCycles(graphItems('a:', 'b: a', 'c: a b')), []);
    fc.assert(
      fc.property(acyclicGraph, (items) => {
        assert.deepEqual(findCycles(items), []);
      }),
    );
  });

  it('are named from the item written first, each needing the next', () => {
    assert.deepEqual(findCycles(graphItems('c: b', 'a: c', 'b: a')), [['c', 'b', 'a']]);
  });

  it('may be an item that needs itself', () => {
    assert.deepEqual(findCycles(graphItems('a: a', 'b: a')), [['a']]);
  });

  it('are the shortest through their first item', () => {
    assert.deepEqual(findCycles(graphItems('a: b d', 'b: c', 'c: d', 'd: a')), [['a', 'd']]);
  });

  it('are given once for every group that hangs together', () => {
    const items = graphItems('a: b', 'b: a c', 'c: d', 'd: e', 'e: c');
    assert.deepEqual(findCycles(items), [
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  it('are found beside unknown needs and items written twice', () => {
    assert.deepEqual(findCycles(graphItems('a: x b', 'b: a', 'a:')), [['a', 'b']]);
  });

  it('may go through 10,000 items', () => {
    const [cycle] = findCycles(chain(10_000, true));
    assert.equal(cycle?.length, 10_000);
    assert.deepEqual(cycle.slice(0, 2), ['n0', 'n9999']);
  });

  it('are real, share no item, and are missed in no graph that has one', () => {
    fc.assert(
      fc.property(anyGraph, (items) => {
        const needs = new Map(items.map((item) => [item.id, item.needs]));
        const cycles = findCycles(items);
        for (const cycle of cycles) {
          cycle.forEach((id, index) => {
            const next = cycle[(index + 1) % cycle.length] ?? '';
            assert.ok(needs.get(id)?.includes(next), `${id} needs ${next}`);
          });
        }
        const inCycles = cycles.flat();
        assert.equal(new Set(inCycles).size, inCycles.length);
        assert.equal(
          cycles.length > 0,
          items.some(({ id }) => reachesItself(id, needs)),
        );
      }),
    );
  });
});

function reachesItself(start: string, needs: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const open = [...(needs.get(start) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (!seen.has(id)) {
      seen.add(id);
      open.push(...(needs.get(id) ?? []));
    }
  }
  return seen.has(start);
}
