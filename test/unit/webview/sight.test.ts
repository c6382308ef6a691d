import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  around,
  inSight,
  meets,
  regionFor,
  stillDoes,
} from '../../../src/webview/graph/culling.ts';
import { edgeLook, edgeProgress } from '../../../src/webview/graph/edgeLooks.ts';
import { edgePath } from '../../../src/webview/graph/edgePaths.ts';
import { tasksLike } from '../../../src/webview/graph/find/search.ts';
import { tallyOf } from '../../../src/webview/graph/scene/tally.ts';
import { node } from './pictures.ts';

const views = fc.record({
  scale: fc.double({ min: 0.08, max: 2, noNaN: true }),
  x: fc.integer({ min: -9000, max: 9000 }),
  y: fc.integer({ min: -9000, max: 9000 }),
});
const pane = { width: 1200, height: 800 };

describe('What is drawn of the graph', () => {
  it('is all that is in sight, with a margin', () => {
    fc.assert(
      fc.property(views, (view) => {
        const [sight, region] = [inSight(view, pane), regionFor(view, pane)];
        const margin = 240 / view.scale;
        const isNear = (a: number, b: number) => Math.abs(a - b) < 1e-6 * (1 + Math.abs(b));
        assert.ok(isNear(region.x, sight.x - margin));
        assert.ok(isNear(region.width, sight.width + 2 * margin));
        assert.ok(stillDoes(region, view, pane));
      }),
    );
  });

  it('does while little is panned, and no longer when something new comes into sight', () => {
    const view = { scale: 1, x: 0, y: 0 };
    const region = regionFor(view, pane);
    assert.ok(stillDoes(region, { ...view, x: -239 }, pane));
    assert.ok(!stillDoes(region, { ...view, x: -241 }, pane));
    assert.ok(!stillDoes(region, { ...view, y: 241 }, pane));
  });

  it('is drawn anew when it is much more than is in sight', () => {
    const region = regionFor({ scale: 0.2, x: 0, y: 0 }, pane);
    assert.ok(!stillDoes(region, { scale: 1, x: 0, y: 0 }, pane));
  });

  it('has every edge that passes through it', () => {
    const bounds = around([
      { x: 0, y: 10 },
      { x: 100, y: 10 },
    ]);
    assert.ok(
      meets(bounds, { x: 40, y: 8, width: 10, height: 4 }),
      'a straight line has no breadth',
    );
    assert.ok(!meets(bounds, { x: 40, y: 30, width: 10, height: 4 }));
  });
});

describe('An edge', () => {
  const of = (...states: Parameters<typeof node>[1][]) =>
    tallyOf(states.map((over, at) => node(`n${at}`, over)));
  const done = of({ state: 'succeeded' });
  const pending = of({});

  it('looks as what it leads to stands, or as what it leads from', () => {
    assert.equal(edgeLook(pending, pending), 'idle');
    assert.equal(edgeLook(done, pending), 'done');
    assert.equal(edgeLook(done, of({ state: 'running' }, {})), 'active');
    assert.equal(edgeLook(done, of({ state: 'waiting' })), 'waiting');
    assert.equal(edgeLook(done, of({ state: 'skipped' }, { state: 'cancelled' })), 'off');
    assert.equal(edgeLook(of({ state: 'succeeded' }, {}), pending), 'idle');
  });

  it('shows how much is done of what it leads from', () => {
    const half = of({ state: 'succeeded' }, {});
    assert.equal(edgeProgress(half, undefined, 0), 0.5);
    assert.equal(edgeProgress(pending, { since: 1000, estimateMs: 4000 }, 2000), 0.25);
    assert.equal(edgeProgress(pending, { since: 1000, estimateMs: 4000 }, 99_000), 0.95);
    assert.equal(edgeProgress(pending, { since: 1000, estimateMs: 0 }, 2000), 0);
  });

  it('ends where its arrow begins', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 100, y: 50 },
    ];
    const path = edgePath({ from: 'a', to: 'b', points }, 'right');
    assert.equal(path.line, 'M0 0C46.5 0 46.5 50 93 50');
    assert.match(path.arrow, /^M100 50/);
  });
});

describe('The search', () => {
  const nodes = [
    node('lint', { subtitle: 'eslint', state: 'succeeded' }),
    node('docs.topic-4', { lane: { step: 'docs', label: 'Topic Four' }, groups: ['Build'] }),
    node('approve', { kind: 'gate', subtitle: 'Publish it?', state: 'waiting' }),
  ];

  it('finds by name, agent, question, lane, phase and state', () => {
    const found = (text: string) => tasksLike(nodes, text, true).join(' ');
    assert.equal(found('LINT'), 'lint');
    assert.equal(found('eslint'), 'lint');
    assert.equal(found('publish'), 'approve');
    assert.equal(found('four'), 'docs.topic-4');
    assert.equal(found('build'), 'docs.topic-4');
    assert.equal(found('waiting for you'), 'approve');
    assert.equal(found('gate waiting'), 'approve');
    assert.equal(found('lint waiting'), '');
  });

  it('finds nothing for nothing, and no state of a workflow that has not run', () => {
    assert.deepEqual(tasksLike(nodes, '  ', true), []);
    assert.deepEqual(tasksLike(nodes, 'succeeded', false), []);
  });
});
