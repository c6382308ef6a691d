import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sceneOf } from '../../../src/webview/graph/scene/build.ts';
import { familiesOf } from '../../../src/webview/graph/scene/families.ts';
import { windowWith } from '../../../src/webview/graph/scene/folding.ts';
import { CLOSED, type Folds, type Scene } from '../../../src/webview/graph/scene/scene.ts';
import type { GraphNode } from '../../../src/core/projections/graphPicture.ts';
import { all, lanes, node, nodesOf } from './pictures.ts';

const NO_FOLDS: Folds = new Map();

function ids(scene: Scene): string[] {
  return scene.items.map(({ id }) => id);
}

function edges(scene: Scene): string[] {
  return scene.edges.map(({ from, to }) => `${from} > ${to}`);
}

function chained(count: number): GraphNode[] {
  return [
    node('start'),
    ...lanes('write', count, () => ['start']),
    ...lanes('check', count, (lane) => [`write.${lane}`]),
    node('end', { needs: all('check', count) }),
  ];
}

describe('The lanes of a step', () => {
  it('have a card each while they are few', () => {
    const scene = sceneOf([...lanes('test', 4), node('end', { needs: all('test', 4) })], NO_FOLDS);
    assert.deepEqual(ids(scene), [...all('test', 4), 'end']);
    assert.deepEqual(
      scene.groups.map(({ label, of, members }) => [label, of, members.length]),
      [['test', 'lanes', 4]],
    );
    // Whoever needs all lanes needs the band.
    assert.deepEqual(edges(scene), ['open lanes:test > end']);
  });

  it('are one card once they are more than four', () => {
    const scene = sceneOf([...lanes('test', 5), node('end', { needs: all('test', 5) })], NO_FOLDS);
    assert.deepEqual(ids(scene), ['fold test', 'end']);
    assert.deepEqual(edges(scene), ['fold test > end']);
    assert.equal(scene.itemOf.get('test.3'), 'fold test');
  });

  it('are one card however few in a graph of more than sixty tasks', () => {
    const many = nodesOf(Object.fromEntries(Array.from({ length: 59 }, (_, at) => [`s${at}`, []])));
    assert.ok(ids(sceneOf([...lanes('test', 2), ...many], NO_FOLDS)).includes('fold test'));
    assert.ok(!ids(sceneOf([...lanes('test', 1), ...many], NO_FOLDS)).includes('fold test'));
  });

  it('open and close as a person wants', () => {
    const nodes = lanes('test', 57);
    assert.equal(sceneOf(nodes, new Map([['lanes:test', 0]])).items.length, 57);
    assert.deepEqual(ids(sceneOf(lanes('test', 3), new Map([['lanes:test', CLOSED]]))), [
      'fold test',
    ]);
  });

  it('are one chain a lane where steps need the same lane of each other, and open together', () => {
    const closed = sceneOf(chained(57), NO_FOLDS);
    assert.deepEqual(ids(closed), ['start', 'fold write', 'fold check', 'end']);
    assert.deepEqual(edges(closed), [
      'start > fold write',
      'fold write > fold check',
      'fold check > end',
    ]);
    const open = sceneOf(chained(6), new Map([['lanes:write', 0]]));
    assert.deepEqual(
      open.groups.map(({ label }) => label),
      ['write, check'],
    );
    assert.ok(edges(open).includes('write.3 > check.3'));
    assert.ok(edges(open).includes('open lanes:write > end'));
  });

  it('stay apart where every lane needs every lane', () => {
    const nodes = [...lanes('a', 3), ...lanes('b', 3, () => all('a', 3))];
    const scene = sceneOf(nodes, NO_FOLDS);
    assert.deepEqual(edges(scene), ['open lanes:a > open lanes:b']);
  });

  it('are shown in turns when they are very many', () => {
    const nodes = lanes('test', 500);
    const first = sceneOf(nodes, new Map([['lanes:test', 0]]));
    assert.equal(first.items.length, 201);
    const rest = first.items.find((item) => item.kind === 'fold');
    assert.equal(rest?.kind === 'fold' ? rest.members.length : 0, 300);
    const next = sceneOf(nodes, new Map([['lanes:test', 200]]));
    assert.ok(ids(next).includes('test.200') && !ids(next).includes('test.0'));
    const [family] = familiesOf(nodes).values();
    assert.equal(windowWith(family!, 'lane 399'), 200);
    const last = sceneOf(nodes, new Map([['lanes:test', 400]]));
    const back = last.items.find((item) => item.kind === 'fold');
    assert.equal(back?.kind === 'fold' ? back.opensAt : -2, 0);
  });
});

describe('The bands of a graph', () => {
  const phased = [
    node('a', { groups: ['One'] }),
    node('b', { groups: ['One'], needs: ['a'] }),
    node('c', { groups: ['Two', 'inner'], needs: ['a', 'b'] }),
    node('d', { groups: ['Two', 'inner'], needs: ['c'] }),
    node('e', { groups: ['Two'], needs: ['d'] }),
  ];

  it('lie inside each other, and edges between them are drawn once', () => {
    const scene = sceneOf(phased, NO_FOLDS);
    const [one, two, inner] = scene.groups.map(({ id }) => id);
    assert.equal(scene.parentOf.get(inner!), two);
    assert.equal(scene.parentOf.get('c'), inner);
    assert.deepEqual(edges(scene), ['a > b', `${one!} > ${two!}`, 'c > d', `${inner!} > e`]);
    assert.deepEqual(scene.needs.get('c'), ['a', 'b'], 'arrows still walk from card to card');
  });

  it('fold to one card', () => {
    const scene = sceneOf(phased, new Map([['group:["Two"]', CLOSED]]));
    assert.deepEqual(ids(scene), ['a', 'b', 'fold group:["Two"]']);
  });

  it('fold by themselves, the largest first, until no more than 300 cards are left', () => {
    const nodes = [
      ...Array.from({ length: 250 }, (_, at) => node(`big${at}`, { groups: ['Big'] })),
      ...Array.from({ length: 200 }, (_, at) => node(`small${at}`, { groups: ['Small'] })),
    ];
    const scene = sceneOf(nodes, NO_FOLDS);
    assert.equal(scene.items.length, 201);
    const opened = sceneOf(nodes, new Map([['group:["Big"]', 0]]));
    assert.equal(opened.items.length, 251, 'what a person opened stays open');
  });

  it('are not drawn where something leads out of one and back into it', () => {
    const scene = sceneOf(
      [
        node('a', { groups: ['G'] }),
        node('between', { needs: ['a'] }),
        node('b', { groups: ['G'], needs: ['between'] }),
      ],
      NO_FOLDS,
    );
    assert.deepEqual(scene.groups, []);
    assert.deepEqual(edges(scene), ['a > between', 'between > b']);
  });
});

describe('The critical path on a scene', () => {
  it('goes from item to item, and not beside one of them', () => {
    const scene = sceneOf(
      [
        node('a', { isCritical: true }),
        node('b', { isCritical: true, needs: ['a'] }),
        node('c', { isCritical: true, needs: ['a', 'b'] }),
        node('d', { needs: ['a'] }),
      ],
      NO_FOLDS,
    );
    const critical = scene.edges.filter(({ isCritical }) => isCritical);
    assert.deepEqual(
      critical.map(({ from, to }) => `${from} > ${to}`),
      ['a > b', 'b > c'],
    );
  });

  it('goes through folds', () => {
    const nodes = chained(9).map((one) =>
      ['start', 'write.3', 'check.3', 'end'].includes(one.id) ? { ...one, isCritical: true } : one,
    );
    assert.ok(sceneOf(nodes, NO_FOLDS).edges.every(({ isCritical }) => isCritical));
  });
});

describe('A scene', () => {
  const pictures: fc.Arbitrary<readonly GraphNode[]> = fc
    .array(
      fc.record({
        needs: fc.array(fc.nat(40), { maxLength: 3 }),
        groups: fc.array(fc.constantFrom('A', 'B'), { maxLength: 2 }),
        lane: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
        isCritical: fc.boolean(),
      }),
      { maxLength: 40 },
    )
    .map((drawn) =>
      drawn.map(({ needs, groups, lane, isCritical }, place) =>
        node(`s${place}`, {
          needs: needs.filter((need) => need !== place).map((need) => `s${need}`),
          groups,
          lane: lane === undefined ? undefined : { step: lane, label: String(place % 7) },
          isCritical,
        }),
      ),
    );
  const folds: fc.Arbitrary<Folds> = fc
    .array(
      fc.tuple(
        fc.constantFrom('lanes:x', 'lanes:y', 'group:["A"]', 'group:["B"]', 'group:["A","B"]'),
        fc.constantFrom(CLOSED, 0, 3),
      ),
    )
    .map((pairs) => new Map(pairs));

  it('shows every task by exactly one item, and joins siblings only', () => {
    fc.assert(
      fc.property(pictures, folds, (nodes, chosen) => {
        const scene = sceneOf(nodes, chosen);
        const shown = scene.items.flatMap((item) =>
          item.kind === 'task' ? item.id : [...item.members],
        );
        assert.deepEqual(shown.sort(), nodes.map(({ id }) => id).sort());
        for (const { from, to } of scene.edges) {
          assert.notEqual(from, to);
          assert.equal(scene.parentOf.get(from), scene.parentOf.get(to));
        }
        const known = new Set(scene.groups.map(({ id }) => id));
        for (const parent of scene.parentOf.values()) {
          assert.ok(known.has(parent));
        }
      }),
    );
  });

  it('does not depend on states', () => {
    fc.assert(
      fc.property(pictures, folds, (nodes, chosen) => {
        const later = nodes.map((one) => ({ ...one, state: 'failed', detail: 'x' }) as const);
        assert.deepEqual(sceneOf(later, chosen), sceneOf(nodes, chosen));
      }),
      { numRuns: 30 },
    );
  });
});
