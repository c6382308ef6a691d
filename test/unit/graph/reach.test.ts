import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildGraph } from '../../../src/core/graph/graph.ts';
import { reaches } from '../../../src/core/graph/reach.ts';
import { acyclicGraph, chain, graphItems } from './graphs.ts';

describe('Reaching', () => {
  it('answers each question in the order asked', () => {
    const items = graphItems('a:', 'b: a', 'c: b', 'd:');
    const questions = [
      { id: 'c', ancestor: 'a' },
      { id: 'a', ancestor: 'c' },
      { id: 'c', ancestor: 'd' },
      { id: 'b', ancestor: 'b' },
    ];
    assert.deepEqual(reaches(items, questions), [true, false, false, false]);
  });

  it('goes round in cycles without end to it', () => {
    const items = graphItems('a: b', 'b: a', 'c: b', 'd: d');
    const questions = [
      { id: 'a', ancestor: 'a' },
      { id: 'c', ancestor: 'a' },
      { id: 'a', ancestor: 'c' },
      { id: 'd', ancestor: 'd' },
    ];
    assert.deepEqual(reaches(items, questions), [true, true, false, true]);
  });

  it('knows nothing of unknown items', () => {
    const items = graphItems('a: x');
    const questions = [
      { id: 'a', ancestor: 'x' },
      { id: 'y', ancestor: 'a' },
    ];
    assert.deepEqual(reaches(items, questions), [false, false]);
  });

  it('agrees with the ancestors of a graph', () => {
    fc.assert(
      fc.property(acyclicGraph, (items) => {
        const graph = buildGraph(items);
        const questions = graph.ids.flatMap((id) =>
          graph.ids.map((ancestor) => ({ id, ancestor })),
        );
        assert.deepEqual(
          reaches(items, questions),
          questions.map(({ id, ancestor }) => graph.ancestors(id).has(ancestor)),
        );
      }),
    );
  });

  it('answers 10,000 different questions about a chain of 10,000', () => {
    const questions = Array.from({ length: 10_000 }, (_, index) => ({
      id: 'n5000',
      ancestor: `n${index}`,
    }));
    const answers = reaches(chain(10_000), questions);
    assert.equal(answers.filter(Boolean).length, 5000);
    assert.deepEqual([answers[4999], answers[5000]], [true, false]);
  });
});
