import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layoutGraph, type LayoutOptions } from '../../../src/webview/graph/layout.ts';
import { stepTo, type Arrow, type Links } from '../../../src/webview/graph/walk.ts';

function layoutOf(needs: Readonly<Record<string, readonly string[]>>, options: LayoutOptions) {
  const steps = Object.entries(needs).map(([id, list]) => ({
    id,
    needs: list,
    width: 220,
    height: 76,
  }));
  return layoutGraph(steps, options);
}

type Needs = Readonly<Record<string, readonly string[]>>;

function linksOf(needs: Needs): Links {
  const entries = Object.entries(needs);
  const feeds = entries.map(([id]) => {
    const behind = entries.flatMap(([other, list]) => (list.includes(id) ? other : []));
    return [id, behind] as const;
  });
  return { needs: new Map(entries), feeds: new Map(feeds), parentOf: new Map() };
}

function go(needs: Needs, options: LayoutOptions, from: string, arrow: Arrow): string | undefined {
  return stepTo(layoutOf(needs, options), linksOf(needs), from, arrow);
}

const quality = {
  lint: [],
  types: [],
  tests: [],
  report: ['lint', 'types', 'tests'],
  approve: ['report'],
};

function walk(options: LayoutOptions, start: string, ...arrows: readonly Arrow[]): string[] {
  let at = start;
  return arrows.map((arrow) => (at = go(quality, options, at, arrow) ?? `${at}!`));
}

describe('Arrow keys', () => {
  it('go along the edges and between siblings', () => {
    assert.deepEqual(
      walk({ direction: 'right' }, 'lint', 'down', 'right', 'right', 'left', 'left', 'up'),
      ['types', 'report', 'approve', 'report', 'types', 'lint'],
    );
  });

  it('turn with the graph', () => {
    assert.deepEqual(walk({ direction: 'down' }, 'lint', 'right', 'down', 'down', 'up'), [
      'types',
      'report',
      'approve',
      'report',
    ]);
  });

  it('go card by card in single file, and sideways along the edges', () => {
    assert.deepEqual(
      walk({ direction: 'down', singleFile: true }, 'lint', 'down', 'down', 'up', 'right', 'left'),
      ['types', 'tests', 'types', 'report', 'tests'],
    );
  });

  it('stop at the rim', () => {
    assert.equal(go(quality, { direction: 'right' }, 'approve', 'right'), undefined);
    assert.equal(go(quality, { direction: 'right' }, 'unknown', 'right'), undefined);
  });

  it('never lead against their direction', () => {
    const graphs = fc
      .array(fc.array(fc.nat(15), { maxLength: 3 }), { minLength: 1, maxLength: 16, size: 'max' })
      .map((lists) =>
        Object.fromEntries(
          lists.map((list, place) => [
            `s${place}`,
            list.filter((need) => need < place).map((need) => `s${need}`),
          ]),
        ),
      );
    fc.assert(
      fc.property(graphs, (needs) => {
        const layout = layoutOf(needs, { direction: 'right' });
        const links = linksOf(needs);
        const ahead = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] } as const;
        for (const from of layout.boxes) {
          for (const [arrow, [dx, dy]] of Object.entries(ahead)) {
            const to = stepTo(layout, links, from.id, arrow as Arrow);
            const box = layout.boxes.find(({ id }) => id === to);
            if (box !== undefined) {
              assert.ok((box.x - from.x) * dx + (box.y - from.y) * dy > 0);
            }
          }
        }
      }),
    );
  });
});
