import assert from 'node:assert/strict';
import type { GraphNode, GraphPicture } from '../../../src/core/projections/graphPicture.ts';
import { LayoutCache } from '../../../src/webview/graph/arrangement.ts';

const wide = { width: 1200, height: 700 };

function pictureOf(nodes: Readonly<Record<string, readonly string[]>>): GraphPicture {
  return {
    workflow: 'w',
    run: { id: 'w-1', status: 'running', done: 0, reused: '', verbs: [] },
    nodes: Object.entries(nodes).map(([id, needs]): GraphNode => ({
      id,
      kind: 'agent',
      subtitle: 'agent',
      needs,
      state: 'pending',
      detail: '',
      isReused: false,
      reason: '',
      cause: '',
      live: '',
      runningSince: undefined,
      triesAgainAt: undefined,
      goesOnAt: undefined,
      isHeld: false,
      verbs: [],
    })),
  };
}

const fan = pictureOf({ a: [], b: [], c: ['a', 'b'] });

describe('The arrangement of the graph', () => {
  it('leads to the right in a wide pane and down in a narrow one', () => {
    const layouts = new LayoutCache();
    assert.equal(layouts.layoutOf(fan, wide).direction, 'right');
    const narrow = layouts.layoutOf(fan, { width: 560, height: 700 });
    assert.deepEqual([narrow.direction, narrow.isSingleFile], ['down', false]);
  });

  it('is in single file where steps side by side would be too small to read', () => {
    const layout = new LayoutCache().layoutOf(fan, { width: 300, height: 700 });
    assert.deepEqual([layout.direction, layout.isSingleFile], ['down', true]);
    assert.ok(layout.width <= 300);
  });

  it('stays as it is when a state changes or a wide pane is resized', () => {
    const layouts = new LayoutCache();
    const before = layouts.layoutOf(fan, wide);
    const later: GraphPicture = {
      ...fan,
      nodes: fan.nodes.map((node) => ({ ...node, state: 'failed', detail: 'Exit code 1' })),
    };
    assert.equal(layouts.layoutOf(later, { ...wide, width: 900 }), before);
  });

  it('gives a gate the room its question needs', () => {
    const [node] = fan.nodes;
    assert.ok(node);
    const heights = ['Go on?', 'word '.repeat(8), 'word '.repeat(16), 'agent'].map(
      (subtitle, index) => {
        const kind = index < 3 ? 'gate' : 'agent';
        const picture = { ...fan, nodes: [{ ...node, kind, subtitle } as const] };
        return new LayoutCache().layoutOf(picture, wide).boxes[0]?.height ?? 0;
      },
    );
    assert.deepEqual(
      [...heights].sort((a, b) => b - a),
      [heights[2], heights[1], heights[0], heights[3]],
    );
    assert.equal(new Set(heights).size, 4);
  });

  it('follows the steps and their edges', () => {
    const layouts = new LayoutCache();
    const before = layouts.layoutOf(fan, wide);
    assert.notEqual(layouts.layoutOf(pictureOf({ a: [], b: ['a'], c: ['b'] }), wide), before);
  });
});
