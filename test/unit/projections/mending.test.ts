import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { askLine } from '../../../src/core/projections/asked.ts';
import { attemptsIn, isDeed, tasksOfDeed } from '../../../src/core/projections/attempts.ts';
import { census, doneCount } from '../../../src/core/projections/census.ts';
import { criticalTasks, pictureOfRun } from '../../../src/core/projections/graph.ts';
import { eventText } from '../../../src/core/projections/eventText.ts';
import { gateEvidence } from '../../../src/core/projections/gateEvidence.ts';
import { gateLines, gatePage } from '../../../src/core/projections/gatePage.ts';
import { openGates } from '../../../src/core/projections/gates.ts';
import { fixPlaces } from '../../../src/core/projections/mending.ts';
import { mendingDetail, mendsDetail } from '../../../src/core/projections/mendingDetail.ts';
import { testsText } from '../../../src/core/projections/mendingWords.ts';
import { factsOfRun } from '../../../src/core/projections/metricsFacts.ts';
import { taskPage } from '../../../src/core/projections/taskPage.ts';
import { taskRows } from '../../../src/core/projections/taskRows.ts';
import { timelineOf } from '../../../src/core/projections/timeline.ts';
import { gate, plan, step } from '../../support/plans.ts';
import { answered, history, opened, RUN, started, succeeded, task } from './histories.ts';
import {
  askFix,
  faulted,
  mendedOnce,
  mendings,
  openedFix,
  proved,
  RED,
  report,
  runAfter,
} from './mended.ts';

// contract --> code --> ship, where the failures of code are mended
const flow = plan(step('contract'), step('code', ['contract']), step('ship', ['code']));
const begun: readonly EventBody[] = [
  started('contract'),
  succeeded('contract'),
  started('code'),
  faulted('code'),
];
const FIX = 'code_branch_01';
const DEEPER = 'code_branch_01_branch_01';
const GATE = 'code_branch_gate';

/** Two fixes that did not mend it, and the question after them. */
const stuck: readonly EventBody[] = [
  ...begun,
  ...mendedOnce('code', FIX),
  faulted('code', 2),
  ...mendedOnce('code', DEEPER, 3, { parent: task(FIX), depth: 2 }),
  faulted('code', 3),
  askFix('code', GATE),
];

function details(...bodies: readonly EventBody[]): Record<string, string> {
  const { plan: now, state } = runAfter(flow, ...bodies);
  return Object.fromEntries(taskRows(now, state).map((row) => [row.task, row.detail]));
}

describe('A task that is mended', () => {
  it('says first that it is to be, then by which fix, then that it is proved, and at last with how many', () => {
    assert.equal(details(...begun)['code'], 'to be mended');
    const opens = [...begun, openedFix('code', FIX)];
    assert.equal(details(...opens)['code'], `mended by ${FIX}`);
    const fixed = [...opens, started(FIX), succeeded(FIX)];
    assert.equal(details(...fixed)['code'], 'about to start');
    assert.equal(details(...fixed, started('code', 2))['code'], `proves ${FIX}`);
    const done = details(...fixed, started('code', 2), proved('code', 2));
    assert.equal(done['code'], 'with 1 fix · 1.5 s');
  });

  it('keeps what needs it waiting meanwhile, and needs no fix itself', () => {
    const { plan: now, state } = runAfter(flow, ...begun, openedFix('code', FIX));
    const rows = taskRows(now, state);
    assert.deepEqual(rows.find((row) => row.task === 'code')?.needs, ['contract']);
    assert.deepEqual(rows.find((row) => row.task === FIX)?.needs, []);
    assert.equal(rows.find((row) => row.task === 'ship')?.detail, 'needs code');
  });

  it('asks a person once fixes are spent, and says how many did not help', () => {
    const asks = [...stuck, opened(GATE)];
    assert.equal(details(...asks)['code'], `waits for you at ${GATE}`);
    assert.equal(details(...asks)[GATE], '2 fixes did not mend code');
  });

  it('says after how many fixes it was given up', () => {
    const ended = details(...stuck, opened(GATE), answered(GATE, 'rejected'), {
      type: 'task-given-up',
      task: task('code'),
      failure: RED,
    });
    assert.match(ended['code'] ?? '', /npm test.* · after 2 fixes$/);
  });
});

describe('A fix', () => {
  it('stands right below its parent, a fix of a fix below that, in the order they were opened', () => {
    const { plan: now, state } = runAfter(flow, ...stuck);
    assert.deepEqual(
      taskRows(now, state).map((row) => [row.depth, row.task]),
      [
        [0, 'contract'],
        [0, 'code'],
        [1, FIX],
        [2, DEEPER],
        [1, GATE],
        [0, 'ship'],
      ],
    );
    assert.deepEqual([...fixPlaces(now).labels.values()], ['fix 1', 'fix 1.1', 'gate']);
  });

  it('is no step of the workflow: it is counted beside them', () => {
    const { state } = runAfter(flow, ...stuck, opened(GATE));
    assert.equal(doneCount(state), '1 of 3 done + 2 fixes');
    assert.equal(census(state), '1 of 3 done + 2 fixes · 1 waiting');
  });

  it('does not make the run fail by its own failure', () => {
    const { state } = runAfter(flow, ...begun, openedFix('code', FIX), started(FIX), {
      type: 'task-failed',
      task: task(FIX),
      attempt: 1,
      durationMs: 10,
      failure: RED,
      log: undefined,
    });
    assert.equal(census(state), '1 of 3 done + 1 fix');
  });

  it('is counted by itself in the figures of a run', () => {
    const { plan: now, state } = runAfter(flow, ...begun, openedFix('code', FIX), started(FIX));
    const facts = factsOfRun({
      ...{ kind: 'readable', run: RUN, plan: now, state, damage: undefined },
      driven: { kind: 'here' },
    });
    assert.deepEqual([facts.done, facts.tasks, facts.fixes], [1, 3, 1]);
  });

  it('is a part of the longest way while the task waits for it', () => {
    const { plan: now, state } = runAfter(flow, ...begun, openedFix('code', FIX));
    assert.ok(criticalTasks(now, state).has(task(FIX)));
  });

  it('has its parent and its purpose in the picture, and no edge of the workflow', () => {
    const { plan: now, state } = runAfter(flow, ...stuck);
    const { nodes, run } = pictureOfRun(now, state, { kind: 'here' });
    const node = nodes.find(({ id }) => id === DEEPER);
    assert.deepEqual(node?.mends, { task: 'code', parent: FIX, depth: 2, label: 'fix 1.1' });
    assert.equal(node.subtitle, 'implementation bug → coder');
    assert.deepEqual(node.needs, []);
    assert.deepEqual(nodes.find(({ id }) => id === 'code')?.needs, ['contract']);
    assert.equal(run?.done, 1);
  });

  it('is shown once, behind its parent, however a run was mended', () => {
    const base = plan(step('a'), step('b'), step('c'));
    fc.assert(
      fc.property(mendings(['a', 'b', 'c']), (bodies) => {
        const { plan: now, state } = runAfter(base, ...bodies);
        const rows = taskRows(now, state);
        const shown = rows.map((row) => row.task);
        assert.deepEqual([...shown].sort(), now.tasks.map(({ id }) => id).sort());
        rows.forEach((row, place) => {
          const fix = row.mends;
          if (fix === undefined) {
            assert.equal(row.depth, 0);
            return;
          }
          // The last row before it that is less deep is its parent's.
          const above = rows.slice(0, place).findLast(({ depth }) => depth < row.depth);
          assert.equal(above?.task, fix.parent);
        });
        const told = now.tasks.flatMap(({ id }) => mendingDetail(now, state, id));
        const inTrails = told.flatMap(({ fixes }) => fixes.map((fix) => fix.task));
        assert.deepEqual([...inTrails].sort(), (now.fixes ?? []).map(({ id }) => id).sort());
        const steps = rows.filter(({ mends }) => mends === undefined).length;
        assert.match(doneCount(state), new RegExp(`of ${steps} done`));
      }),
    );
  });
});

describe('The attempts of a task that is mended', () => {
  it('have their failures with kind and tests, and say what they prove', () => {
    const bodies = [
      ...begun,
      ...mendedOnce('code', FIX),
      proved('code', 2, [report({ passed: 4, failed: 0 })]),
    ];
    const deeds = history(bodies).flatMap((event) =>
      isDeed(event) && tasksOfDeed(event).includes(task('code')) ? [event] : [],
    );
    const [first, second] = attemptsIn(deeds);
    assert.equal(first?.outcome, 'failed');
    assert.match(first.detail, /npm test.* · 3 tests passed, 1 failed · implementation bug$/);
    assert.equal(second?.outcome, 'succeeded');
    assert.equal(second.detail, `proves ${FIX} · 4 tests passed`);
  });
});

describe('The time line of a task that is mended', () => {
  it('has the wait for its fix between its attempts, with the name of the fix', () => {
    const bodies = [...begun, ...mendedOnce('code', FIX), proved('code', 2)];
    const { rows } = timelineOf(flow, history(bodies), 60_000);
    const spans = rows.find((row) => row.task === 'code')?.spans ?? [];
    assert.deepEqual(
      spans.map(({ kind, outcome }) => [kind, outcome]),
      [
        ['attempt', 'failed'],
        ['delay', undefined],
        ['attempt', 'succeeded'],
      ],
    );
    assert.equal(spans[1]?.label, `mended by ${FIX}`);
    assert.match(spans[2]?.label ?? '', new RegExp(`proves ${FIX} · succeeded`));
    assert.equal(rows.find((row) => row.task === FIX)?.spans.length, 1);
  });

  it('tells what was opened for whom, and what was given up', () => {
    const told = (body: EventBody) => eventText(history([body])[1]!);
    assert.equal(
      told(openedFix('code', FIX)),
      `${FIX} was opened to mend code: implementation bug → coder`,
    );
    assert.equal(
      told(askFix('code', GATE)),
      `${GATE} is to ask a person about code: implementation bug`,
    );
    assert.match(told(faulted('code')), /^code failed and is to be mended: /);
    assert.match(
      told({ type: 'task-given-up', task: task('code'), failure: RED }),
      /^code was given up: /,
    );
  });
});

describe('The trail of a task', () => {
  const { plan: now, state } = runAfter(flow, ...stuck, opened(GATE));
  const trail = mendingDetail(now, state, task('code'));

  it('has each failure with its tests, what was printed, and what was opened for it', () => {
    assert.deepEqual(
      trail.map(({ attempt, tests, fixes }) => [attempt, tests, fixes.map(({ label }) => label)]),
      [
        [1, '3 tests passed, 1 failed', ['fix 1']],
        [2, '3 tests passed, 1 failed', ['fix 1.1']],
        [3, '3 tests passed, 1 failed', ['gate']],
      ],
    );
    assert.deepEqual(trail[0]?.failing, [
      { name: 'greet › greets by name', message: 'expected "Hello Ada"' },
    ]);
    assert.match(trail[0].printed, /greets by name$/);
  });

  it('says how each fix ended, and what it changed', () => {
    const [fix] = trail[0]?.fixes ?? [];
    assert.equal(fix?.outcome, 'changed 1 file in 1.5 s, and attempt 2 failed all the same');
    assert.deepEqual(fix.files, [
      { path: 'src/greet.ts', change: 'added', bytes: fix.files[0]?.bytes },
    ]);
    assert.equal(trail[2]?.fixes[0]?.outcome, 'waits for you');
  });

  it('says which fix it was that mended it', () => {
    const mended = runAfter(flow, ...begun, ...mendedOnce('code', FIX), proved('code', 2));
    const [fault] = mendingDetail(mended.plan, mended.state, task('code'));
    assert.equal(fault?.fixes[0]?.outcome, 'changed 1 file in 1.5 s, which mended it');
  });

  it('is told of a fix from the other side: what it is for, and why', () => {
    assert.deepEqual(mendsDetail(now, task(DEEPER)), {
      task: 'code',
      parent: FIX,
      label: 'fix 1.1',
      fault: 'implementation bug',
      why: 'The name is left out.',
    });
    assert.equal(mendsDetail(now, task('code')), undefined);
  });

  it('stands on the pages of the task and of its fixes', () => {
    const page = taskPage(now, state, task('code'), undefined);
    assert.match(page, /Mending:\nAttempt 1: .*npm test/);
    assert.match(
      page,
      new RegExp(`fix 1 \\(${FIX}\\): implementation bug, by coder; changed 1 file`),
    );
    const fix = taskPage(now, state, task(FIX), undefined);
    assert.match(fix, /^Mends: code \(fix 1\), implementation bug: The name is left out\.$/m);
  });
});

describe('A gate behind a task that was mended', () => {
  const guarded = plan(step('code'), gate('ok', ['code']));
  const bodies: readonly EventBody[] = [
    started('code'),
    faulted('code'),
    ...mendedOnce('code', FIX),
    proved('code', 2, [report({ passed: 4, failed: 0, coverage: 83.25 })]),
    opened('ok'),
  ];
  const { plan: now, state } = runAfter(guarded, ...bodies);

  it('shows what the tests said, and who mended it', () => {
    const [made] = gateEvidence(now, state, task('ok'));
    assert.deepEqual(
      made?.lines.filter(({ text }) => /test|mended/.test(text)),
      [
        { kind: 'shown', text: '4 tests passed, 83.3 % covered (npm test)' },
        { kind: 'told', text: 'mended by 1 fix: implementation bug → coder' },
      ],
    );
  });

  it('does not count what the fix changed a second time', () => {
    const [open] = openGates(now, state);
    assert.ok(open !== undefined);
    const { files } = gatePage(now, state, open, 60_000);
    assert.deepEqual(
      files.map((file) => [file.task, file.path]),
      [['code', 'src/greet.ts']],
    );
  });

  it('holds tests that failed, or that nothing ran, against it', () => {
    const red = runAfter(guarded, started('code'), {
      ...succeeded('code'),
      tests: [report({ passed: 0, failed: 0 })],
    } as EventBody);
    assert.deepEqual(
      gateEvidence(red.plan, red.state, task('ok'))[0]?.lines.filter(
        ({ kind }) => kind === 'against',
      ),
      [{ kind: 'against', text: 'no tests ran (npm test)' }],
    );
  });
});

describe('The gate where fixes are spent', () => {
  const { plan: now, state } = runAfter(
    flow,
    ...stuck,
    opened(GATE, '"code" still fails.\n\nTry again?'),
  );
  const [open] = openGates(now, state);
  assert.ok(open !== undefined);
  const page = gatePage(now, state, open, 60_000);

  it('has the whole trail, and evidence of the last fix', () => {
    assert.equal(open.stuck, 'code');
    assert.equal(page.trail.length, 3);
    assert.deepEqual(
      page.made.map((made) => made.task),
      [DEEPER],
    );
    const lines = gateLines(page);
    assert.match(lines[0] ?? '', /^Attempt 1: /);
    assert.ok(lines.some((line) => line.startsWith('  fix 1.1')));
  });

  it('brings nothing to a branch, and can have the last fix made again', () => {
    assert.deepEqual(page.files, []);
    assert.deepEqual(open.makers, [DEEPER]);
  });
});

describe('What a gate asks, in one line', () => {
  it('is all of it where it is short, however it is broken', () => {
    assert.equal(askLine('Go\non?'), 'Go on?');
    assert.equal(askLine('# not a heading, said alone'), '# not a heading, said alone');
  });

  it('is the first paragraph of a page, without marks', () => {
    assert.equal(
      askLine('`code` **still** fails.\n\nWhat was tried:\n\n- much'),
      'code still fails.',
    );
    assert.equal(askLine('## Who mends it?\n- one\n- two'), 'Who mends it?');
  });
});

describe('What is told of tests', () => {
  it('sums what several commands report, and says from where to where they cover', () => {
    assert.equal(testsText([]), '');
    assert.equal(
      testsText([
        report({ coverage: 70 }),
        report({ passed: 1, failed: 0, skipped: 2, coverage: 91 }),
      ]),
      '4 tests passed, 1 failed, 2 skipped, 70 to 91 % covered',
    );
  });
});
