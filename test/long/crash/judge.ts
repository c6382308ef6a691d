import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/core/domain/event.ts';
import { branches, digestOfCheckout, livingAttempts, type Inspection } from './inspect.ts';
import type { ReferenceWorkflow } from './workflows.ts';

/** What people had to decide about attempts that were cut off. */
export interface Decisions {
  readonly accepted: number;
  readonly rerun: number;
  readonly skipped: number;
}

/** Right after a kill: nothing is damaged, and what was acknowledged stands. @throws AssertionError */
export function judgeCrash({ acks, events, damage, fsck, run, state }: Inspection): void {
  assert.equal(fsck, '', 'the repository is not sound after the crash');
  assert.ok(damage === undefined || damage === 'torn-tail', `the journal is damaged: ${damage}`);
  const last = Math.max(0, ...acks.map((ack) => Number(/^event (\d+)$/.exec(ack)?.[1] ?? 0)));
  assert.ok(events.length >= last, `event ${last} was acknowledged and is lost`);
  const started = /^started (\S+)$/.exec(acks.find((ack) => ack.startsWith('started')) ?? '')?.[1];
  assert.ok(started === undefined || started === run, 'the run was acknowledged and is lost');
  for (const ack of acks) {
    const gate = /^accepted (\S+)$/.exec(ack)?.[1];
    if (gate !== undefined) {
      const kind = [...(state?.tasks ?? [])].find(([id]) => id === gate)?.[1].kind;
      assert.equal(kind, 'approved', `the answer to ${gate} was acknowledged and is lost`);
    }
    const changed = /^changes (\S+)$/.exec(ack)?.[1];
    assert.ok(
      changed === undefined || [...(state?.answers ?? [])].some(([id]) => id === changed),
      `the changes requested at ${changed} were acknowledged and are lost`,
    );
  }
}

/**
 * Once the run was gone on with to its end: it ended as it would have without the crashes, and nothing was
 * lost or repeated. @throws AssertionError
 */
export function judgeEnd(
  workflow: ReferenceWorkflow,
  parent: string,
  checkout: string,
  crashes: readonly Inspection[],
  end: Inspection,
): Decisions {
  const { events, state, ledger } = end;
  assert.equal(end.damage, undefined, 'the journal is damaged');
  assert.equal(end.fsck, '', 'the repository is not sound');
  assert.equal(digestOfCheckout(parent), checkout, 'the checkout is not as it was');
  assert.deepEqual(livingAttempts(parent), [], 'processes are left');
  assert.ok(state !== undefined && end.run !== undefined, 'there is no run');

  const decisions = decisionsIn(events);
  const waved = new Set<string>(
    events.flatMap((event) =>
      event.type === 'task-skipped' && event.by !== undefined ? [event.task] : [],
    ),
  );
  const expected = Object.fromEntries(
    Object.entries(workflow.ends).map(([task, kind]) => [task, waved.has(task) ? 'skipped' : kind]),
  );
  const kinds = Object.fromEntries(
    [...state.tasks].map(([id, task]) => [
      id,
      task.kind === 'failed' ? `failed: ${JSON.stringify(task.failure)}` : task.kind,
    ]),
  );
  assert.deepEqual(kinds, expected);
  assert.ok(state.phase.kind === 'finished' && state.phase.status === 'succeeded', 'not succeeded');
  const landed = Object.entries(workflow.branches).filter(([task]) => !waved.has(task));
  assert.deepEqual(branches(parent, end.run), Object.fromEntries(landed));

  judgeEffects(workflow, crashes, end);
  for (const [task, kind] of Object.entries(workflow.ends)) {
    if (kind === 'approved') {
      const about = events.filter((event) => 'task' in event && event.task === task);
      const types = about.map(({ type }) => type);
      const once = ['gate-opened', 'gate-answered'];
      const wanted = workflow.redone?.[task] === undefined ? once : [...once, ...once];
      assert.deepEqual(types, wanted, `${task} was asked again`);
    }
  }
  for (const crash of crashes) {
    // Recovery only adds.
    assert.deepEqual(events.slice(0, crash.events.length), crash.events);
  }
  assert.equal(new Set(ledger).size, ledger.length, 'an attempt had its effect twice');
  judgeCalls(workflow, crashes.length, end);
  return decisions;
}

function judgeEffects(
  workflow: ReferenceWorkflow,
  crashes: readonly Inspection[],
  { ledger, state }: Inspection,
): void {
  const timesOf = (lines: readonly string[], task: string) =>
    lines.filter((line) => line.startsWith(`${task} `)).length;
  for (const [task, kind] of Object.entries(workflow.ends)) {
    if (workflow.turns?.[task] !== undefined) {
      continue;
    }
    const times = timesOf(ledger, task);
    if (kind !== 'succeeded') {
      assert.equal(times, 0, `${task} had an effect`);
      continue;
    }
    assert.ok(times >= 1, `the effect of ${task} is lost`);
    const found = [...(state?.tasks ?? [])].find(([id]) => id === task)?.[1];
    if (workflow.external.includes(task)) {
      assert.equal(times, 1, `${task} was repeated unasked`);
    } else if (found?.kind === 'succeeded') {
      assert.ok(
        times <= found.attempt,
        `${task} had ${times} effects in ${found.attempt} attempts`,
      );
    }
    for (const { state: then, ledger: before } of crashes) {
      const was = [...(then?.tasks ?? [])].find(([id]) => id === task)?.[1];
      const isRedone = Object.values(workflow.redone ?? {}).some((tasks) => tasks.includes(task));
      const isSettled = !isRedone || (then?.wanted.size ?? 0) > 0;
      if (was?.kind === 'succeeded' && isSettled) {
        assert.equal(times, timesOf(before, task), `${task} was done, and was repeated`);
      }
    }
  }
}

/** Each answer was paid for, and at most one more for each crash; the run's own ledger hides none of them. */
function judgeCalls(
  workflow: ReferenceWorkflow,
  crashes: number,
  { ledger, state }: Inspection,
): void {
  const needed = Object.values(workflow.turns ?? {}).reduce((sum, turns) => sum + turns, 0);
  const paid = ledger.filter((line) => line.startsWith('call.')).length;
  assert.ok(paid >= needed, `${needed} answers were needed, ${paid} were paid for`);
  assert.ok(
    paid <= needed + crashes,
    `${paid} calls were paid for ${needed} answers and ${crashes} crashes: some were repeated`,
  );
  assert.ok((state?.ledger.total.calls ?? 0) >= needed, 'the ledger has lost a call');
}

function decisionsIn(events: readonly RunEvent[]): Decisions {
  const count = (is: (event: RunEvent) => boolean) => events.filter(is).length;
  return {
    accepted: count(
      (event) =>
        event.type === 'task-succeeded' &&
        event.accepted !== undefined &&
        event.accepted !== 'probe',
    ),
    rerun: count((event) => event.type === 'tasks-reset'),
    skipped: count((event) => event.type === 'task-skipped' && event.by !== undefined),
  };
}
