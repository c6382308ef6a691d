import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { fixPlaces } from '../../../src/core/projections/mending.ts';
import { NO_FILTER, type RunFilter } from '../../../src/vscode/views/runFilter.ts';
import { plan, step } from '../../support/plans.ts';
import { PlainTree, PlainView, type PlainRow } from '../../support/treeRows.ts';
import { opened, started, succeeded, task } from '../projections/histories.ts';
import {
  askFix,
  faulted,
  mendedOnce,
  mendings,
  openedFix,
  proved,
  runAfter,
} from '../projections/mended.ts';

const flow = plan(step('code'), step('ship', ['code']));
const begun: readonly EventBody[] = [started('code'), faulted('code')];
const FIX = 'code_branch_01';
const DEEPER = 'code_branch_01_branch_01';
const GATE = 'code_branch_gate';
const stuck: readonly EventBody[] = [
  ...begun,
  ...mendedOnce('code', FIX),
  faulted('code', 2),
  ...mendedOnce('code', DEEPER, 3, { parent: task(FIX), depth: 2 }),
  faulted('code', 3),
  askFix('code', GATE),
  opened(GATE),
];

function treeOf(bodies: readonly EventBody[], filter: RunFilter = NO_FILTER, of = flow) {
  const tree = new PlainTree();
  const run = runAfter(of, ...bodies);
  return { tree, run, row: tree.draw(run, 60_000, { filter }) };
}

/** `[sign] label: description`, a line each, indented by depth; tasks alone. */
function lines(row: PlainRow | undefined, depth = 0): string[] {
  if (row === undefined) {
    return [];
  }
  const { label, description, sign, target } = row.face;
  const isTask = target?.kind === 'task' && !/^attempt/.test(label) && label !== 'attempts';
  const told = `${'  '.repeat(depth)}[${sign}] ${label}${description === '' ? '' : `: ${description}`}`;
  return [
    ...(isTask ? [told] : []),
    ...row.children().flatMap((below) => lines(below, isTask ? depth + 1 : depth)),
  ];
}

describe('The rows of fixes', () => {
  it('stand below what they mend, with kind and agent, while that says who mends it', () => {
    const { row } = treeOf([...begun, openedFix('code', FIX), started(FIX)]);
    assert.deepEqual(lines(row), [
      `[mended] code: mended by ${FIX}`,
      '  [running] fix 1: implementation bug → coder · 55 s',
      '[pending] ship: needs code',
    ]);
  });

  it('go on below each other, and end with who is asked', () => {
    assert.deepEqual(lines(treeOf(stuck).row), [
      `[mended] code: waits for you at ${GATE}`,
      '  [fixed] fix 1: implementation bug → coder · 1.5 s',
      '    [fixed] fix 1.1: implementation bug → coder · 1.5 s',
      '  [waiting] gate: asks you: 2 fixes did not mend code',
      '[pending] ship: needs code',
    ]);
  });

  it('stay below it once it has succeeded with them', () => {
    const { row } = treeOf([...begun, ...mendedOnce('code', FIX), proved('code', 2)]);
    const [code, fix] = lines(row);
    assert.equal(code, '[succeeded] code: with 1 fix · 1.5 s');
    assert.equal(fix, '  [fixed] fix 1: implementation bug → coder · 1.5 s');
  });

  it('are said with what they mend', () => {
    const { row } = treeOf(stuck);
    const said = (at: PlainRow): string[] => [at.face.said, ...at.children().flatMap(said)];
    assert.ok(
      said(row!).some((text) =>
        text.startsWith(`${FIX}, mends code: implementation bug → coder, succeeded`),
      ),
    );
  });

  it('are found by a filter together with what they mend', () => {
    const { row } = treeOf(stuck, { text: '', states: ['waiting'] });
    assert.deepEqual(lines(row), [
      `[mended] code: waits for you at ${GATE}`,
      '  [waiting] gate: asks you: 2 fixes did not mend code',
    ]);
  });

  it('are led to from the run, by what they stand below', () => {
    const { tree } = treeOf(stuck);
    const path = tree.pathTo(task(DEEPER)) ?? [];
    assert.deepEqual(
      path.slice(1).map((id) => JSON.stringify(id).match(/code[a-z0-9_]*/)?.[0]),
      ['code', FIX, DEEPER],
    );
  });

  it('are drawn anew when they move on, although what they mend waits as before', () => {
    const tree = new PlainTree();
    const opens = [...begun, openedFix('code', FIX)];
    const fixRow = (bodies: readonly EventBody[]) => {
      const row = tree.draw(runAfter(flow, ...bodies), 60_000);
      return lines(row)[1];
    };
    assert.match(fixRow(opens) ?? '', /^ {2}\[fix\] fix 1: implementation bug → coder/);
    assert.match(fixRow([...opens, started(FIX)]) ?? '', /^ {2}\[running\] fix 1/);
    assert.match(fixRow([...opens, started(FIX), succeeded(FIX)]) ?? '', /^ {2}\[fixed\] fix 1/);
  });

  it('do not count as lanes or tasks of what they are folded in, but what asks people does', () => {
    const lanes = plan(step('test', [], { matrix: { on: ['a', 'b'] } }));
    const ids = lanes.tasks.map(({ id }) => id);
    const bodies: EventBody[] = [
      started(ids[0]!),
      faulted(ids[0]!),
      ...mendedOnce(ids[0]!, 'test_fix'),
      faulted(ids[0]!, 2),
      askFix(ids[0]!, 'test_gate'),
      opened('test_gate'),
    ];
    const { row } = treeOf(bodies, NO_FILTER, lanes);
    const [fold] = row!.children();
    assert.equal(fold?.face.description, '2 lanes · 1 waits for you');
    assert.equal(row!.face.description, 'running · 0 of 2 done + 1 fix');
  });

  it('are each in the tree once, right below their parent, whatever was mended how often', () => {
    const base = plan(step('a'), step('b'), step('c'));
    fc.assert(
      fc.property(mendings(['a', 'b', 'c']), (bodies) => {
        const { tree, run, row } = treeOf(bodies, NO_FILTER, base);
        const { below } = fixPlaces(run.plan);
        const ids: string[] = [];
        const visit = (at: PlainRow, parent: string | undefined): void => {
          const { target, id, command } = at.face;
          const isTask =
            target?.kind === 'task' &&
            command !== undefined &&
            tree.pathTo(target.task)?.at(-1) === id;
          const own = isTask ? target.task : parent;
          if (isTask) {
            ids.push(target.task);
            const fix = run.plan.fixes?.find((one) => one.id === target.task);
            assert.equal(fix?.parent, parent);
          }
          at.children().forEach((child) => visit(child, own));
        };
        visit(row!, undefined);
        assert.deepEqual([...ids].sort(), run.plan.tasks.map(({ id }) => id).sort());
        const placed = [...below.values()].flat().length;
        assert.equal(placed, run.plan.fixes?.length ?? 0);
      }),
      { numRuns: 60 },
    );
  });

  it('have ids of their own, so that VS Code keeps them apart', () => {
    const { row } = treeOf(stuck);
    const view = new PlainView(() => [row!]);
    assert.ok(view.open() > 5);
  });
});
