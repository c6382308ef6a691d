import assert from 'node:assert/strict';
import type { GraphNode } from '../../../src/core/projections/graphPicture.ts';
import { arrange, requestFor, type Flow } from '../../../src/webview/graph/arrangement.ts';
import { sceneOf } from '../../../src/webview/graph/scene/build.ts';
import { node, nodesOf } from './pictures.ts';

const wide = { width: 1200, height: 700 };

function arranged(nodes: readonly GraphNode[], pane = wide, flow: Flow = 'auto') {
  return arrange(requested(nodes, pane, flow));
}

function requested(nodes: readonly GraphNode[], pane = wide, flow: Flow = 'auto') {
  const byId = new Map(nodes.map((one) => [one.id, one]));
  const questionOf = (item: string) => {
    const found = byId.get(item);
    return found?.kind === 'gate' ? found.subtitle.length : undefined;
  };
  return requestFor(sceneOf(nodes, new Map()), questionOf, pane, flow);
}

const fan = nodesOf({ a: [], b: [], c: ['a', 'b'] });

describe('The arrangement of the graph', () => {
  it('leads to the right in a wide pane and down in a narrow one', () => {
    assert.equal(arranged(fan).direction, 'right');
    const narrow = arranged(fan, { width: 560, height: 700 });
    assert.deepEqual([narrow.direction, narrow.isSingleFile], ['down', false]);
  });

  it('leads where a person wants', () => {
    assert.equal(arranged(fan, wide, 'down').direction, 'down');
    assert.equal(arranged(fan, { width: 300, height: 700 }, 'right').direction, 'right');
  });

  it('is in single file where steps side by side would be too small to read', () => {
    const layout = arranged(fan, { width: 300, height: 700 });
    assert.deepEqual([layout.direction, layout.isSingleFile], ['down', true]);
    assert.ok(layout.width <= 300);
  });

  it('asks for the same when a state changes or a wide pane is resized', () => {
    const later = fan.map((one) => ({ ...one, state: 'failed', detail: 'Exit code 1' }) as const);
    assert.deepEqual(requested(later, { ...wide, width: 900 }), requested(fan));
  });

  it('gives a gate the room its question needs', () => {
    const heights = ['Go on?', 'word '.repeat(8), 'word '.repeat(16), 'agent'].map(
      (subtitle, index) =>
        arranged([node('a', { kind: index < 3 ? 'gate' : 'agent', subtitle })]).boxes[0]?.height ??
        0,
    );
    assert.deepEqual(
      [...heights].sort((a, b) => b - a),
      [heights[2], heights[1], heights[0], heights[3]],
    );
    assert.equal(new Set(heights).size, 4);
  });

  it('can be sent to another thread', () => {
    const request = requested(fan);
    assert.deepEqual(structuredClone(request), request);
    assert.deepEqual(structuredClone(arrange(request)), arrange(request));
  });
});
