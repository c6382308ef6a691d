import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildGraph } from '../../../src/core/graph/graph.ts';
import { acyclicGraph, chain, graphItems } from './graphs.ts';

describe('A graph', () => {
  // a ◀─ b ◀─ d,  a ◀─ c ◀─ d,  e
  const diamond = buildGraph(graphItems('d: b c', 'a:', 'b: a', 'e:', 'c: a'));

  it('keeps its items in the order written', () => {
    assert.deepEqual(diamond.ids, ['d', 'a', 'b', 'e', 'c']);
  });

  it('knows what an item needs and what waits for it', () => {
    assert.deepEqual(diamond.needs('d'), ['b', 'c']);
    assert.deepEqual(diamond.dependents('a'), ['b', 'c']);
    assert.deepEqual(diamond.needs('e'), []);
  });

  it('takes a need written twice for one', () => {
    assert.deepEqual(buildGraph(graphItems('a:', 'b: a a')).dependents('a'), ['b']);
  });

  it('knows all ancestors of an item, but not the item itself', () => {
    assert.deepEqual(diamond.ancestors('d'), new Set(['c', 'a', 'b']));
    assert.deepEqual(diamond.ancestors('a'), new Set());
  });

  it('ends where nothing waits any more', () => {
    assert.deepEqual(diamond.ends, ['d', 'e']);
  });

  it('refuses what the definitions should have refused', () => {
    assert.throws(() => buildGraph(graphItems('a:', 'a:')), /Internal error: a stands .* twice/);
    assert.throws(() => buildGraph(graphItems('a: b')), /Internal error: b is not in the graph/);
    assert.throws(() => buildGraph(graphItems('a: b', 'b: a')), /Internal error: .* cycle/);
    assert.throws(() => diamond.needs('x'), /Internal error: x is not in the graph/);
  });

  it('is built of nothing', () => {
    const empty = buildGraph([]);
    assert.deepEqual([empty.ids, empty.ends], [[], []]);
  });

  it('holds a chain of 10,000 items', () => {
    const graph = buildGraph(chain(10_000));
    assert.equal(graph.forwards.at(-1), 'n9999');
    assert.equal(graph.ancestors('n9999').size, 9999);
    assert.deepEqual(graph.ends, ['n9999']);
  });

  it('agrees with itself whatever it is built of', () => {
    fc.assert(
      fc.property(acyclicGraph, (items) => {
        const graph = buildGraph(items);
        const places = new Map(graph.forwards.map((id, place) => [id, place]));
        assert.deepEqual([...graph.forwards].sort(), [...graph.ids].sort());
        for (const id of graph.ids) {
          for (const need of graph.needs(id)) {
            assert.ok(graph.dependents(need).includes(id));
            assert.ok(places.get(need)! < places.get(id)!, 'what is needed is before it');
          }
          const direct = graph.needs(id).flatMap((need) => [need, ...graph.ancestors(need)]);
          assert.deepEqual(graph.ancestors(id), new Set(direct));
        }
      }),
    );
  });
});
