import assert from 'node:assert/strict';
import type { GraphNode } from '../../../src/core/projections/graphPicture.ts';
import { sceneOf } from '../../../src/webview/graph/scene/build.ts';
import { Model } from '../../../src/webview/graph/model.ts';
import { Tallies } from '../../../src/webview/graph/scene/tallies.ts';
import { tallyOf, tallyText } from '../../../src/webview/graph/scene/tally.ts';
import { lanes, node, pictureOf } from './pictures.ts';

const first = pictureOf(node('a'), node('b', { needs: ['a'] }));

function modelWith(picture = first): Model {
  const model = new Model();
  model.apply({ type: 'picture', number: 7, picture });
  return model;
}

function changes(number: number, ...nodes: readonly GraphNode[]) {
  return { type: 'changes', number, run: first.run, moment: undefined, nodes } as const;
}

describe('The picture the page keeps', () => {
  it('is what it was, but for what changed', () => {
    const model = modelWith();
    const b = node('b', { needs: ['a'], state: 'running' });
    assert.deepEqual(model.apply(changes(8, b)), { kind: 'states', tasks: ['b'] });
    assert.deepEqual(model.picture, pictureOf(node('a'), b));
    assert.equal(model.node('b'), b);
  });

  it('is asked for anew when a change is missing, comes too early, or is of a task nobody knows', () => {
    assert.equal(new Model().apply(changes(1)).kind, 'lost');
    assert.equal(modelWith().apply(changes(9)).kind, 'lost');
    assert.equal(modelWith().apply(changes(7)).kind, 'lost');
    assert.equal(modelWith().apply(changes(8, node('other'))).kind, 'lost');
    const model = modelWith();
    model.apply(changes(9, node('a', { state: 'failed' })));
    assert.deepEqual(model.picture, first, 'what does not fit changes nothing');
  });

  it('has another shape when steps, edges or what a gate asks are others', () => {
    const gate = pictureOf(node('a', { kind: 'gate', subtitle: 'Go?' }));
    assert.equal(modelWith().apply({ type: 'picture', number: 1, picture: gate }).kind, 'shape');
    assert.equal(modelWith().apply(changes(8, node('b'))).kind, 'shape');
    const longer = node('a', { kind: 'gate', subtitle: 'Go on?' });
    assert.equal(modelWith(gate).apply(changes(8, longer)).kind, 'shape');
    const critical = node('a', { isCritical: true });
    assert.equal(modelWith().apply(changes(8, critical)).kind, 'shape');
    const agent = node('a', { subtitle: 'another agent' });
    assert.equal(modelWith().apply(changes(8, agent)).kind, 'states');
  });

  it('has the same shape when the same picture comes again', () => {
    const again = { type: 'picture', number: 8, picture: first } as const;
    assert.deepEqual(modelWith().apply(again), { kind: 'states', tasks: ['a', 'b'] });
  });
});

describe('What is counted of many tasks', () => {
  const some = [
    ...lanes('x', 12, undefined, { state: 'succeeded' }),
    ...lanes('y', 3, undefined, { state: 'running' }),
    node('z', { state: 'failed' }),
    ...lanes('w', 41),
  ];

  it('is told with what went wrong last, and shown by what is most worth knowing', () => {
    const tally = tallyOf(some);
    assert.equal(tallyText(tally, 'lane', true), '57 lanes · 12 done · 3 running · 1 failed');
    assert.equal(tally.state, 'failed');
    assert.equal(tallyText(tally, 'lane', false), '57 lanes');
    assert.equal(tallyText(tallyOf([node('a')]), 'task', true), '1 task');
  });

  it('is pending while some wait and none runs, and done once all are', () => {
    const [a, b] = [node('a', { state: 'succeeded' }), node('b', { state: 'approved' })];
    assert.equal(tallyOf([a, node('c')]).state, 'pending');
    assert.equal(tallyOf([a, b]).state, 'succeeded');
  });

  it('is counted anew for the items and bands a changed task is in, and for no other', () => {
    const nodes = [
      ...lanes('x', 6, undefined, { groups: ['One'] }),
      node('b', { groups: ['Two'] }),
    ];
    const model = modelWith(pictureOf(...nodes));
    const scene = sceneOf(nodes, new Map());
    const tallies = new Tallies(model, scene);
    assert.equal(tallies.of('fold x').done, 0);
    model.apply({ ...changes(8, { ...nodes[2]!, state: 'succeeded' }) });
    assert.deepEqual([...tallies.changed(['x.2'])], ['fold x', 'group:["One"]']);
    assert.equal(tallies.of('fold x').done, 1);
    assert.equal(tallies.of('group:["One"]').done, 1);
  });
});
