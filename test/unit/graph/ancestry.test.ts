import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ancestry } from '../../../src/core/graph/ancestry.ts';
import { reaches } from '../../../src/core/graph/reach.ts';

describe('The ancestry of some items', () => {
  it('tells what one question at a time tells, cycles and unknown ids included', () => {
    const graph = fc.array(fc.array(fc.nat(45), { maxLength: 3 }), { minLength: 1, maxLength: 45 });
    fc.assert(
      fc.property(graph, fc.nat(44), (edges, skipped) => {
        const items = edges.map((needs, index) => ({
          id: `s${index}`,
          needs: needs.map((need) => `s${need}`),
        }));
        const among = items.map(({ id }) => id).filter((_, index) => index !== skipped);
        const needs = ancestry(items, among);
        const pairs = among.flatMap((id, item) =>
          among.flatMap((ancestor, other) =>
            item === other ? [] : [{ id, ancestor, item, other }],
          ),
        );
        assert.deepEqual(
          pairs.map(({ item, other }) => needs(item, other)),
          reaches(items, pairs),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is known of nothing where nothing is asked for', () => {
    const items = [
      { id: 'a', needs: ['b'] },
      { id: 'b', needs: [] },
    ];
    assert.equal(ancestry(items, [])(0, 1), false);
    assert.equal(ancestry(items, ['a', 'x'])(0, 1), false);
    assert.equal(ancestry(items, ['a', 'b'])(0, 1), true);
    assert.equal(ancestry(items, ['a', 'b'])(1, 0), false);
  });
});
