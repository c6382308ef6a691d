import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  layoutGraph,
  type Box,
  type GraphLayout,
  type LayoutOptions,
  type LayoutStep,
} from '../../../src/webview/graph/layout.ts';

function step(id: string, ...needs: readonly string[]): LayoutStep {
  return { id, needs, width: 220, height: 76 };
}

/** Steps without cycles, written in any order, some as high as gates, some with doubled or unknown needs. */
const workflows: fc.Arbitrary<readonly LayoutStep[]> = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(60), { maxLength: 4, size: 'max' }),
      height: fc.constantFrom(76, 120),
      sort: fc.nat(),
    }),
    { maxLength: 40, size: 'max' },
  )
  .map((drawn) =>
    drawn
      .map(({ needs, height, sort }, place) => ({
        sort,
        made: {
          id: `s${place}`,
          needs: needs.map((need) => (need < place ? `s${need}` : 'unknown')),
          width: 220,
          height,
        },
      }))
      .sort((a, b) => a.sort - b.sort)
      .map(({ made }) => made),
  );

const arrangements: fc.Arbitrary<LayoutOptions> = fc.constantFrom<LayoutOptions>(
  { direction: 'right' },
  { direction: 'down' },
  { direction: 'down', singleFile: true },
  { direction: 'right', singleFile: true },
);

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function boxOf(layout: GraphLayout, id: string): Box {
  return layout.boxes.find((box) => box.id === id) ?? assert.fail(`no box for ${id}`);
}

/** `a b | c`: what stands in the same layer, in order, layer by layer. */
function layersOf(layout: GraphLayout): string {
  const layers: string[][] = [];
  for (const { id, layer, rank } of layout.boxes) {
    (layers[layer] ??= [])[rank] = id;
  }
  return layers.map((layer) => layer.join(' ')).join(' | ');
}

describe('The layout of a graph', () => {
  it('places every step, in the order given and within its bounds', () => {
    fc.assert(
      fc.property(workflows, arrangements, (steps, options) => {
        const layout = layoutGraph(steps, options);
        assert.deepEqual(
          layout.boxes.map(({ id, width, height }) => ({ id, width, height })),
          steps.map(({ id, width, height }) => ({ id, width, height })),
        );
        for (const box of layout.boxes) {
          assert.ok(box.x >= 0 && box.x + box.width <= layout.width);
          assert.ok(box.y >= 0 && box.y + box.height <= layout.height);
        }
      }),
    );
  });

  it('lets no two steps overlap', () => {
    fc.assert(
      fc.property(workflows, arrangements, (steps, options) => {
        const { boxes } = layoutGraph(steps, options);
        boxes.forEach((box, place) => {
          const over = boxes.slice(place + 1).find((other) => overlaps(box, other));
          assert.equal(over, undefined, `${box.id} lies over ${over?.id ?? ''}`);
        });
      }),
    );
  });

  it('leads every edge forward, from the end of its step to the start of the one that needs it', () => {
    fc.assert(
      fc.property(workflows, arrangements, (steps, options) => {
        const layout = layoutGraph(steps, options);
        const ids = new Set(steps.map(({ id }) => id));
        const edges = steps.flatMap(({ id, needs }) =>
          [...new Set(needs)].filter((need) => ids.has(need)).map((need) => `${need} ${id}`),
        );
        assert.deepEqual(layout.routes.map(({ from, to }) => `${from} ${to}`).sort(), edges.sort());
        for (const { from, to, points } of layout.routes) {
          const [source, target] = [boxOf(layout, from), boxOf(layout, to)];
          const isRight = options.direction === 'right';
          const along = points.map(({ x, y }) => (isRight ? x : y));
          assert.equal(points.length % 2, 0);
          assert.equal(along[0], isRight ? source.x + source.width : source.y + source.height);
          assert.equal(along.at(-1), isRight ? target.x : target.y);
          assert.deepEqual(
            along,
            [...along].sort((a, b) => a - b),
          );
        }
      }),
    );
  });

  it('leads no edge through a step', () => {
    fc.assert(
      fc.property(workflows, arrangements, (steps, options) => {
        const layout = layoutGraph(steps, options);
        for (const { from, to, points } of layout.routes) {
          // Curves stay between the layers; only the straight parts pass steps.
          for (let index = 1; index + 1 < points.length; index += 2) {
            const [start, end] = [points[index]!, points[index + 1]!];
            const hit = layout.boxes.find(
              (box) =>
                Math.min(start.x, end.x) < box.x + box.width &&
                Math.max(start.x, end.x) > box.x &&
                Math.min(start.y, end.y) < box.y + box.height &&
                Math.max(start.y, end.y) > box.y,
            );
            assert.equal(hit, undefined, `${from} to ${to} runs through ${hit?.id ?? ''}`);
          }
        }
      }),
    );
  });

  it('is the same for the same steps', () => {
    fc.assert(
      fc.property(workflows, arrangements, (steps, options) => {
        assert.deepEqual(layoutGraph(steps, options), layoutGraph(steps, options));
      }),
    );
  });

  it('draws a fan and its join as written and in balance', () => {
    const layout = layoutGraph(
      [
        step('lint'),
        step('types'),
        step('secrets'),
        step('tests'),
        step('report', 'lint', 'types', 'secrets', 'tests'),
        step('approve', 'report'),
      ],
      { direction: 'right' },
    );
    assert.equal(layersOf(layout), 'lint types secrets tests | report | approve');
    const middle = (id: string): number => boxOf(layout, id).y + boxOf(layout, id).height / 2;
    assert.equal(middle('report'), (middle('lint') + middle('tests')) / 2);
    assert.equal(middle('approve'), middle('report'));
  });

  it('keeps lanes that belong together free of crossings, however they are written', () => {
    const layout = layoutGraph(
      [
        step('start'),
        step('b1', 'start'),
        step('a1', 'start'),
        step('a2', 'a1'),
        step('b2', 'b1'),
        step('a3', 'a2'),
        step('b3', 'b2'),
      ],
      { direction: 'right' },
    );
    assert.equal(layersOf(layout), 'start | b1 a1 | b2 a2 | b3 a3');
    assert.equal(boxOf(layout, 'a1').y, boxOf(layout, 'a3').y);
  });

  it('turns by a quarter when edges lead down', () => {
    const layout = layoutGraph([step('a'), step('b', 'a'), step('c', 'a')], { direction: 'down' });
    const [a, b, c] = layout.boxes;
    assert.ok(a!.y + a!.height < b!.y);
    assert.equal(b!.y, c!.y);
    assert.ok(b!.x + b!.width < c!.x);
  });

  it('puts steps in single file right behind what they need', () => {
    const layout = layoutGraph(
      [step('a1'), step('b1'), step('a2', 'a1'), step('b2', 'b1'), step('end', 'a2', 'b2')],
      { direction: 'down', singleFile: true },
    );
    const fromTop = [...layout.boxes].sort((a, b) => a.y - b.y).map(({ id }) => id);
    assert.deepEqual(fromTop, ['a1', 'a2', 'b1', 'b2', 'end']);
    assert.equal(new Set(layout.boxes.map(({ x }) => x)).size, 1);
  });

  it('packs steps that nothing joins in lines with each other', () => {
    const steps = Array.from({ length: 12 }, (_, index) => step(`s${index}`));
    const layout = layoutGraph(steps, { direction: 'right' });
    assert.ok(new Set(layout.boxes.map(({ x }) => x)).size > 1);
    assert.ok(new Set(layout.boxes.map(({ y }) => y)).size > 1);
    assert.ok(layout.width > layout.height);
  });

  it('moves nothing before the place of an edit in separate parts', () => {
    const before = [step('a'), step('b', 'a'), step('c'), step('d', 'c')];
    const options = { direction: 'down', singleFile: true } as const;
    const after = layoutGraph([...before, step('e', 'd')], options);
    assert.deepEqual(after.boxes.slice(0, 4), layoutGraph(before, options).boxes);
  });

  it('ends for steps that need each other, without the edge that closes the circle', () => {
    const layout = layoutGraph([step('a', 'c', 'a'), step('b', 'a'), step('c', 'b')], {
      direction: 'right',
    });
    assert.equal(layersOf(layout), 'a | b | c');
    assert.deepEqual(
      layout.routes.map(({ from, to }) => `${from} ${to}`),
      ['a b', 'b c'],
    );
  });

  it('is empty without steps', () => {
    for (const singleFile of [false, true]) {
      const layout = layoutGraph([], { direction: 'down', singleFile });
      assert.deepEqual([layout.boxes, layout.width, layout.height], [[], 0, 0]);
    }
  });

  it('takes less than 100 ms for 1,000 steps', () => {
    const width = 32;
    const steps = Array.from({ length: 1000 }, (_, index) => {
      const above = index - (index % width) - width;
      const needs =
        above < 0
          ? []
          : [`s${above + ((index * 7) % width)}`, `s${above + ((index * 13) % width)}`];
      // Some edges span many layers.
      return step(`s${index}`, ...needs, ...(index % 20 === 19 ? [`s${index % width}`] : []));
    });
    // Processor time, and the best of some: other work on the machine must not fail the test.
    const times = Array.from({ length: 5 }, () => {
      const start = process.cpuUsage();
      layoutGraph(steps, { direction: 'right' });
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    assert.ok(Math.min(...times) < 100, `it took ${Math.min(...times)} ms`);
  });
});
