import assert from 'node:assert/strict';
import fc from 'fast-check';
import { arrange, requestFor } from '../../../src/webview/graph/arrangement.ts';
import type { Box, GraphLayout } from '../../../src/webview/graph/layout.ts';
import { sceneOf } from '../../../src/webview/graph/scene/build.ts';
import type { GraphNode } from '../../../src/core/projections/graphPicture.ts';
import type { Scene } from '../../../src/webview/graph/scene/scene.ts';
import { lanes, node } from './pictures.ts';

function drawn(nodes: readonly GraphNode[], width: number): { scene: Scene; layout: GraphLayout } {
  const scene = sceneOf(nodes, new Map([['lanes:x', 0]]));
  const request = requestFor(scene, () => undefined, { width, height: 700 }, 'auto');
  return { scene, layout: arrange(request) };
}

/** Phases one after the other, each with steps, lanes and a nested workflow. */
const phased: fc.Arbitrary<readonly GraphNode[]> = fc
  .array(fc.record({ steps: fc.nat(5), inner: fc.nat(3), lanes: fc.nat(3) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((phases) => {
    const nodes: GraphNode[] = [];
    let before: string[] = [];
    phases.forEach(({ steps, inner, lanes: count }, place) => {
      const groups = [`Phase ${place}`];
      const own: GraphNode[] = [];
      for (let step = 0; step < steps; step += 1) {
        const needs = step > 0 && step % 2 === 0 ? [`p${place}.s${step - 1}`] : before;
        own.push(node(`p${place}.s${step}`, { groups, needs }));
      }
      for (let step = 0; step < inner; step += 1) {
        const needs = step > 0 ? [`p${place}.in.s${step - 1}`] : before;
        own.push(node(`p${place}.in.s${step}`, { groups: [...groups, 'in'], needs }));
      }
      own.push(...lanes(`p${place}.x`, count, () => before, { groups }));
      nodes.push(...own);
      before = own.map(({ id }) => id);
    });
    return nodes;
  });

const widths = fc.constantFrom(1400, 560, 300);

function contains(outer: Box, inner: Box): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  );
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('The layout of bands', () => {
  it('has everything inside the band it belongs to, and nothing else', () => {
    fc.assert(
      fc.property(phased, widths, (nodes, width) => {
        const { scene, layout } = drawn(nodes, width);
        const all = [...layout.boxes, ...layout.bands];
        for (const band of layout.bands) {
          for (const box of all.filter((one) => one !== band)) {
            let at: string | undefined = box.id;
            let isInside = false;
            let holdsBand = false;
            for (; at !== undefined; at = scene.parentOf.get(at)) {
              isInside ||= scene.parentOf.get(at) === band.id;
            }
            for (at = band.id; at !== undefined; at = scene.parentOf.get(at)) {
              holdsBand ||= scene.parentOf.get(at) === box.id;
            }
            if (isInside) {
              assert.ok(contains(band, box), `${box.id} sticks out of ${band.id}`);
            } else if (!holdsBand) {
              assert.ok(!overlaps(band, box), `${box.id} lies over ${band.id}`);
            }
          }
        }
      }),
    );
  });

  it('leads every edge from the end of one sibling to the start of the other', () => {
    fc.assert(
      fc.property(phased, widths, (nodes, width) => {
        const { scene, layout } = drawn(nodes, width);
        const boxes = new Map([...layout.boxes, ...layout.bands].map((box) => [box.id, box]));
        assert.equal(layout.routes.length, scene.edges.length);
        for (const { from, to, points } of layout.routes) {
          const [source, target] = [boxes.get(from)!, boxes.get(to)!];
          const isRight = layout.direction === 'right';
          const [first, last] = [points[0]!, points.at(-1)!];
          assert.equal(points.length % 2, 0);
          if (isRight) {
            assert.deepEqual([first.x, last.x], [source.x + source.width, target.x]);
          } else {
            assert.deepEqual([first.y, last.y], [source.y + source.height, target.y]);
          }
        }
      }),
    );
  });

  it('moves nothing inside another band when one changes', () => {
    const one = [node('a', { groups: ['One'] }), node('b', { groups: ['One'], needs: ['a'] })];
    const two = [node('c', { groups: ['Two'], needs: ['b'] })];
    const inside = ({ layout }: ReturnType<typeof drawn>) => {
      const band = layout.bands[0]!;
      return layout.boxes.slice(0, 2).map(({ x, y }) => [x - band.x, y - band.y]);
    };
    const more = node('d', { groups: ['Two'], needs: ['b'] });
    assert.deepEqual(
      inside(drawn([...one, ...two, more], 1400)),
      inside(drawn([...one, ...two], 1400)),
    );
  });

  it('leads an edge straight on beside what is longer in its layer', () => {
    // short --> end, beside a band of two
    const nodes = [
      node('short'),
      node('w.a', { groups: ['w'] }),
      node('w.b', { groups: ['w'], needs: ['w.a'] }),
      node('end', { needs: ['short', 'w.b'] }),
    ];
    const { layout } = drawn(nodes, 1400);
    const band = layout.bands[0]!;
    const route = layout.routes.find(({ from }) => from === 'short')!;
    const [first, second] = [route.points[0]!, route.points[1]!];
    assert.equal(first.y, second.y);
    assert.equal(second.x, band.x + band.width);
  });
});
