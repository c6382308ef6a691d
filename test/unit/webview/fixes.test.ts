import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GraphNode } from '../../../src/core/projections/graphPicture.ts';
import { arrange, requestFor } from '../../../src/webview/graph/arrangement.ts';
import { edgePath } from '../../../src/webview/graph/edgePaths.ts';
import { mermaidOf } from '../../../src/webview/graph/export/mermaid.ts';
import { accessibleName, census, newsBetween } from '../../../src/webview/graph/labels.ts';
import type { Box, GraphLayout } from '../../../src/webview/graph/layout.ts';
import { readPicture } from '../../../src/webview/graph/messages/picture.ts';
import { sceneOf } from '../../../src/webview/graph/scene/build.ts';
import { CLOSED, type Folds } from '../../../src/webview/graph/scene/scene.ts';
import { tallyOf, tallyText } from '../../../src/webview/graph/scene/tally.ts';
import { stepTo } from '../../../src/webview/graph/walk.ts';
import { lanes, node, pictureOf } from './pictures.ts';

const NO_FOLDS: Folds = new Map();
const WIDE = { width: 1200, height: 800 };
const NARROW = { width: 300, height: 600 };
const MIDDLE = { width: 590, height: 600 };

function fix(id: string, of: string, over: Partial<GraphNode> = {}, parent = of, depth = 1) {
  return node(id, {
    subtitle: 'implementation bug → coder',
    mends: { task: of, parent, depth, label: id },
    ...over,
  });
}

// contract --> code (with two fixes, one below the other) --> ship
const nodes: readonly GraphNode[] = [
  node('contract'),
  node('code', { needs: ['contract'] }),
  fix('fix1', 'code'),
  fix('fix11', 'code', {}, 'fix1', 2),
  fix('ask', 'code', { kind: 'gate' }),
  node('ship', { needs: ['code'] }),
];

function layoutOf(all: readonly GraphNode[], pane = WIDE, folds = NO_FOLDS): GraphLayout {
  const scene = sceneOf(all, folds);
  const byId = new Map(all.map((one) => [one.id, one]));
  const questionOf = (id: string) =>
    byId.get(id)?.kind === 'gate' ? (byId.get(id)?.subtitle.length ?? 0) : undefined;
  return arrange(requestFor(scene, questionOf, pane, 'auto'));
}

function boxOf(layout: GraphLayout, id: string): Box {
  const box = layout.boxes.find((one) => one.id === id);
  assert.ok(box !== undefined, `${id} is not laid out`);
  return box;
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('A fix in the graph', () => {
  it('has a card beside its parent, and is needed by nothing', () => {
    const scene = sceneOf(nodes, NO_FOLDS);
    assert.deepEqual(
      scene.items.map(({ id }) => id),
      ['contract', 'code', 'fix1', 'fix11', 'ask', 'ship'],
    );
    assert.deepEqual(
      scene.edges.map(({ from, to }) => `${from} > ${to}`),
      ['contract > code', 'code > ship'],
    );
    assert.deepEqual(
      scene.fixes.map(({ item, parent, task }) => [item, parent, task]),
      [
        ['fix1', 'code', 'code'],
        ['fix11', 'fix1', 'code'],
        ['ask', 'code', 'code'],
      ],
    );
  });

  it('is a part of what its parent is folded in, and counts there only while it goes on', () => {
    const all = [...lanes('test', 3), fix('fix', 'test.1', { state: 'running' })];
    const scene = sceneOf(all, new Map([['lanes:test', CLOSED]]));
    assert.deepEqual(
      scene.items.map(({ id }) => id),
      ['fold test'],
    );
    assert.equal(scene.itemOf.get('fix'), 'fold test');
    const tally = tallyOf(all);
    assert.equal(tallyText(tally, 'lane', true), '3 lanes · 1 running');
    const done = tallyOf([...lanes('test', 3), fix('fix', 'test.1', { state: 'failed' })]);
    assert.equal(tallyText(done, 'lane', true), '3 lanes');
  });

  it('tells how it stands by itself', () => {
    assert.equal(tallyOf([fix('fix', 'code', { state: 'succeeded' })]).done, 1);
  });

  it('is laid out like any task where what it mends is not there', () => {
    const scene = sceneOf([node('a'), fix('fix', 'gone', {}, undefined)], NO_FOLDS);
    assert.equal(scene.fixes.length, 0);
    assert.equal(scene.itemOf.get('fix'), 'fix');
  });

  it('stands below its parent where edges lead right, and further in below a fix', () => {
    const layout = layoutOf(nodes);
    const [code, one, two, ask] = ['code', 'fix1', 'fix11', 'ask'].map((id) => boxOf(layout, id));
    assert.ok(one!.y >= code!.y + code!.height && one!.x > code!.x);
    assert.ok(one!.width < code!.width && one!.height < code!.height);
    assert.ok(two!.y >= one!.y + one!.height && two!.x > one!.x);
    assert.ok(ask!.y >= two!.y + two!.height && ask!.x === one!.x);
  });

  it('stands to the right of its parent where edges lead down', () => {
    const two = [node('a'), node('b'), ...['a', 'b'].map((of) => node(`${of}2`, { needs: [of] }))];
    const layout = layoutOf([...two.slice(0, 1), fix('f', 'a'), ...two.slice(1)], MIDDLE);
    if (!layout.isSingleFile) {
      assert.ok(boxOf(layout, 'f').x >= boxOf(layout, 'a').x + boxOf(layout, 'a').width);
    }
    assert.equal(layout.direction, 'down');
  });

  it('moves no edge of the workflow off the cards it joins', () => {
    for (const pane of [WIDE, NARROW]) {
      const layout = layoutOf(nodes, pane);
      const [code, ship] = [boxOf(layout, 'code'), boxOf(layout, 'ship')];
      const route = layout.routes.find(({ from, to }) => from === 'code' && to === 'ship');
      const [start] = route?.points ?? [];
      assert.ok(start !== undefined);
      if (layout.direction === 'right') {
        assert.equal(start.y, code.y + code.height / 2);
        assert.equal(route?.points.at(-1)?.y, ship.y + ship.height / 2);
      } else {
        assert.equal(start.y, code.y + code.height);
      }
    }
  });

  it('has a line to it and one back to the task, which is proved with it', () => {
    const layout = layoutOf(nodes);
    const sides = layout.routes.filter(({ side }) => side !== undefined);
    assert.deepEqual(
      sides.map(({ from, to, side }) => [from, to, side]),
      [
        ['code', 'fix1', 'fix'],
        ['fix1', 'code', 'back'],
        ['fix1', 'fix11', 'fix'],
        ['fix11', 'code', 'back'],
        ['code', 'ask', 'fix'],
        ['ask', 'code', 'back'],
      ],
    );
    for (const route of sides) {
      const path = edgePath(route, layout.direction);
      assert.ok(path.isSide && path.line.startsWith('M') && path.arrow !== '');
      assert.doesNotMatch(path.line, /NaN/);
    }
  });

  it('overlaps nothing, wherever there is little room', () => {
    const shapes = fc.record({
      steps: fc.integer({ min: 1, max: 7 }),
      needs: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 10 }),
      fixes: fc.array(fc.tuple(fc.nat(6), fc.boolean(), fc.boolean()), { maxLength: 8 }),
      pane: fc.constantFrom(WIDE, MIDDLE, NARROW),
    });
    fc.assert(
      fc.property(shapes, ({ steps, needs, fixes, pane }) => {
        const all = Array.from({ length: steps }, (_, at) =>
          node(`s${at}`, {
            needs: needs.flatMap(([from, to]) => (to === at && from < at ? [`s${from}`] : [])),
          }),
        );
        const last = new Map<string, { id: string; depth: number }>();
        fixes.forEach(([at, isDeeper, isGate], place) => {
          const of = `s${at % steps}`;
          const parent = isDeeper ? last.get(of) : undefined;
          const depth = (parent?.depth ?? 0) + 1;
          const id = `f${place}`;
          const kind = isGate ? ('gate' as const) : ('agent' as const);
          all.push(fix(id, of, { kind }, parent?.id ?? of, depth));
          last.set(of, { id, depth });
        });
        const { boxes } = layoutOf(all, pane);
        assert.deepEqual(boxes.map(({ id }) => id).sort(), all.map(({ id }) => id).sort());
        boxes.forEach((box, place) => {
          assert.ok(box.width > 60 && box.height > 40);
          boxes.slice(place + 1).forEach((other) => assert.ok(!overlaps(box, other)));
        });
      }),
      { numRuns: 150 },
    );
  });

  it('is gone to and left with the arrow keys, which still lead along the edges', () => {
    const layout = layoutOf(nodes);
    const scene = sceneOf(nodes, NO_FOLDS);
    assert.equal(stepTo(layout, scene, 'code', 'right'), 'ship');
    assert.equal(stepTo(layout, scene, 'code', 'down'), 'fix1');
    assert.equal(stepTo(layout, scene, 'fix1', 'up'), 'code');
    assert.equal(stepTo(layout, scene, 'fix1', 'left'), 'code');
  });

  it('is no step in the header, and is told aloud when it is opened', () => {
    const before = pictureOf(...nodes.filter(({ mends }) => mends === undefined));
    const after = pictureOf(...nodes);
    assert.equal(census(after), '0 of 3 done + 2 fixes');
    assert.deepEqual(
      newsBetween(before, after)[0],
      'fix1 of code was opened: implementation bug → coder',
    );
    assert.match(accessibleName(nodes[3]!, true), /^fix11, fix11 of code, implementation bug/);
  });

  it('comes through a message as it was sent, and not where a part is spoilt', () => {
    const picture = pictureOf(...nodes);
    assert.deepEqual(
      readPicture(JSON.parse(JSON.stringify(picture)))?.nodes[2]?.mends,
      nodes[2]?.mends,
    );
    const spoilt = { ...picture, nodes: [{ ...nodes[2], mends: { task: 1 } }] };
    assert.equal(readPicture(spoilt), undefined);
  });

  it('is in the Mermaid export with dotted lines there and back', () => {
    const scene = sceneOf(nodes, NO_FOLDS);
    const text = mermaidOf({
      ...{ workflow: 'w', run: 'w-1', scene, direction: 'right' },
      node: (id) => nodes.find((one) => one.id === id),
      tally: (id) => tallyOf(nodes.filter((one) => one.id === id)),
    });
    assert.equal(text.match(/-\.->/g)?.length, 6);
  });
});

describe('The layout of many tasks', () => {
  it('is the same for a picture in which nothing was mended', () => {
    const plain = nodes.filter(({ mends }) => mends === undefined);
    const scene = sceneOf(plain, NO_FOLDS);
    assert.deepEqual(scene.fixes, []);
    const request = requestFor(scene, () => undefined, WIDE, 'auto');
    assert.ok(request.items.every((item) => !('fixes' in item)));
  });
});
