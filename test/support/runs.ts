import assert from 'node:assert/strict';
import { isRunId, stepId, taskIdOf, type RunId, type TaskId } from '../../src/core/domain/ids.ts';
import type { Decision } from '../../src/core/domain/event.ts';
import type { RequestOutcome } from '../../src/core/domain/request.ts';
import type { TaskState } from '../../src/core/domain/runState.ts';
import type { BookEntry } from '../../src/core/projections/runBook.ts';
import type { Sluice, StartedRun, StartRequest } from '../../src/core/sluice.ts';

export type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

/** Starts a workflow that can start. */
export async function start(
  sluice: Sluice,
  name: string,
  options: Partial<Omit<StartRequest, 'workflow'>> = {},
): Promise<StartedRun> {
  const entry = await sluice.findWorkflow(name);
  assert.equal(entry?.kind, 'valid', JSON.stringify(entry?.diagnostics));
  const started = await sluice.start({
    inputs: {},
    approveGate: () => false,
    leaveAtGates: false,
    ...options,
    workflow: entry.workflow,
  });
  assert.ok(started.ok, started.ok ? '' : started.error.message);
  return started.value;
}

/** The run as the program sees it now. */
export function seen(sluice: Sluice, run: RunId): ReadableRun {
  const entry = sluice.run(run);
  assert.equal(entry?.kind, 'readable', entry?.kind === 'unreadable' ? entry.why : 'no such run');
  return entry;
}

export function taskOf(sluice: Sluice, run: RunId, task: string): TaskState {
  return seen(sluice, run).state.tasks.get(taskIdOf(stepId(task)))!;
}

/** `{ lint: 'succeeded', approve: 'waiting' }` */
export function kinds(sluice: Sluice, run: RunId): Record<string, string> {
  return Object.fromEntries(
    [...seen(sluice, run).state.tasks].map(([task, { kind }]) => [task, kind]),
  );
}

/** Resolves with the first value that is neither undefined nor false; looked for after each change. */
export async function until<T>(sluice: Sluice, look: () => T | undefined | false): Promise<T> {
  return await new Promise((resolve) => {
    const again = () => {
      const found = look();
      if (found !== undefined && found !== false) {
        changes.dispose();
        resolve(found);
      }
    };
    const changes = sluice.onDidChange(again);
    again();
  });
}

/** Resolves once the task is in that state. */
export async function reached(
  sluice: Sluice,
  run: RunId,
  task: string,
  kind: TaskState['kind'],
): Promise<void> {
  await until(
    sluice,
    () => sluice.run(run)?.kind === 'readable' && taskOf(sluice, run, task).kind === kind,
  );
}

/** Answers an open gate as a person does who looks at it now. */
export async function answer(
  sluice: Sluice,
  run: RunId,
  gate: string,
  decision: Decision,
  note?: string,
): Promise<RequestOutcome> {
  const open = sluice.openGates().find((each) => each.run === run && each.task === gate);
  assert.ok(open, `${gate} is not open`);
  const { task, digest } = open;
  return sluice.request(run, { kind: 'answer', task, digest, decision, by: sluice.actor, note });
}

export function cancel(sluice: Sluice, run: RunId): Promise<RequestOutcome> {
  return sluice.request(run, { kind: 'cancel', by: sluice.actor });
}

export function runId(id: string): RunId {
  assert.ok(isRunId(id));
  return id;
}

export function taskId(id: string): TaskId {
  return taskIdOf(stepId(id));
}
