import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildGraph } from '../../../src/core/graph/graph.ts';
import { orderOf } from '../../../src/core/graph/order.ts';
import { acyclicGraph, graphItems } from './graphs.ts';

describe('The orders of a graph', () => {
  // short      long --> middle --> last      lone
  const graph = buildGraph(graphItems('short:', 'long:', 'middle: long', 'last: middle', 'lone:'));

  it('put the longest way to the end first, then the order written', () => {
    const { byWay } = orderOf(graph, () => 1);
    assert.deepEqual(byWay, ['long', 'middle', 'short', 'last', 'lone']);
  });

  it('weigh the way by what each item takes', () => {
    const order = orderOf(graph, (id) => (id === 'lone' ? 10 : 1));
    assert.deepEqual(order.byWay[0], 'lone');
    assert.deepEqual([order.wayLeft('long'), order.wayLeft('lone')], [3, 10]);
  });

  it('put the deepest first, then the order written', () => {
    const { byDepth } = orderOf(graph, () => 1);
    assert.deepEqual(byDepth, ['last', 'middle', 'short', 'long', 'lone']);
  });

  it('hold what they say of any graph', () => {
    fc.assert(
      fc.property(acyclicGraph, fc.nat(), (items, seed) => {
        const drawn = buildGraph(items);
        const weight = new Map(drawn.ids.map((id, n) => [id, (seed * (n + 7)) % 101]));
        const order = orderOf(drawn, (id) => weight.get(id)!);
        const way = (id: string): number =>
          weight.get(id)! + Math.max(0, ...drawn.dependents(id).map(way));
        const depth = (id: string): number =>
          Math.max(0, ...drawn.needs(id).map((need) => depth(need) + 1));
        const written = new Map(drawn.ids.map((id, place) => [id, place]));
        const sorted = (by: (id: string) => number) =>
          [...drawn.ids].sort((a, b) => by(b) - by(a) || written.get(a)! - written.get(b)!);
        assert.deepEqual(order.byWay, sorted(way));
        assert.deepEqual(order.byDepth, sorted(depth));
        for (const id of drawn.ids) {
          assert.equal(order.wayLeft(id), way(id));
          assert.equal(order.byWay[order.wayPlace(id)], id);
          assert.equal(order.byDepth[order.depthPlace(id)], id);
        }
      }),
    );
  });
});
