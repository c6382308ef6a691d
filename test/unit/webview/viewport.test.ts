import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  clamped,
  firstLook,
  fitted,
  LARGEST,
  marginOf,
  revealing,
  SMALLEST,
  zoomed,
} from '../../../src/webview/graph/viewport.ts';

const sizes = fc.record({
  width: fc.integer({ min: 200, max: 4000 }),
  height: fc.integer({ min: 100, max: 4000 }),
});
const views = fc.record({
  scale: fc.double({ min: SMALLEST, max: LARGEST, noNaN: true }),
  x: fc.integer({ min: -9000, max: 9000 }),
  y: fc.integer({ min: -9000, max: 9000 }),
});

describe('The view of the graph', () => {
  it('fits the whole graph into the middle of the pane', () => {
    assert.deepEqual(fitted({ width: 2000, height: 400 }, { width: 1056, height: 800 }), {
      scale: 0.5,
      x: 28,
      y: 300,
    });
  });

  it('never shows a small graph larger than life', () => {
    assert.deepEqual(fitted({ width: 200, height: 100 }, { width: 1000, height: 500 }), {
      scale: 1,
      x: 400,
      y: 200,
    });
  });

  it('starts at the start of a graph too large to be read as a whole', () => {
    const pane = { width: 300, height: 700 };
    assert.deepEqual(firstLook({ width: 272, height: 6000 }, pane, 'down'), {
      scale: 1,
      x: 14,
      y: 14,
    });
    const wide = firstLook({ width: 9000, height: 3000 }, { width: 800, height: 600 }, 'right');
    assert.deepEqual(wide, { scale: 0.4, x: 28, y: 28 });
  });

  it('keeps the point under the pointer when it zooms', () => {
    fc.assert(
      fc.property(views, fc.double({ min: 0.5, max: 2, noNaN: true }), (view, factor) => {
        const at = { x: 320, y: 200 };
        const after = zoomed(view, factor, at);
        const before = (at.x - view.x) / view.scale;
        assert.ok(Math.abs((at.x - after.x) / after.scale - before) < 1e-6);
        assert.ok(after.scale >= SMALLEST && after.scale <= LARGEST);
      }),
    );
  });

  it('never loses the graph', () => {
    fc.assert(
      fc.property(views, sizes, sizes, (view, graph, pane) => {
        const { scale, x, y } = clamped(view, graph, pane);
        const margin = marginOf(pane);
        const isSeen = (at: number, length: number, room: number): boolean =>
          length + 2 * margin <= room
            ? at >= margin - 0.01 && at + length <= room - margin + 0.01
            : at <= margin + 0.01 && at + length >= room - margin - 0.01;
        assert.ok(isSeen(x, graph.width * scale, pane.width));
        assert.ok(isSeen(y, graph.height * scale, pane.height));
      }),
    );
  });

  it('moves to a card that is out of sight, and only then', () => {
    const pane = { width: 800, height: 600 };
    const view = { scale: 1, x: 0, y: 0 };
    const inSight = { x: 100, y: 100, width: 200, height: 80 };
    assert.deepEqual(revealing(view, inSight, pane), view);
    assert.deepEqual(revealing(view, { ...inSight, x: 900 }, pane), { scale: 1, x: -328, y: 0 });
    assert.deepEqual(revealing(view, { ...inSight, y: -50 }, pane), { scale: 1, x: 0, y: 78 });
  });
});
