import fs from 'node:fs';
import pLimit from 'p-limit';
import type { EventBody } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState, TaskState } from '../domain/runState.ts';
import {
  effectsOf,
  termsOf,
  type AgentStep,
  type PlannedTask,
  type RunPlan,
} from '../domain/workflow.ts';
import { attemptMarker, keepLog } from './attempt.ts';
import { evidenceLeft } from './leftEvidence.ts';
import type { CopyPort, DriverParts } from './parts.ts';
import { renderRecord } from './render.ts';

// What a driver that died has left: attempts with an intent and no outcome. Their processes are ended
// first. Then each goes on where it was, if it can, or is thrown away and made again, or, where it may have changed something outside its
// copy, looked into: by the agent's own probe, and where that cannot tell, by a person.

/** Attempts looked into at once. */
const AT_ONCE = 8;

/** One event for each task that was running. */
export async function recover(
  plan: RunPlan,
  planned: ReadonlyMap<TaskId, PlannedTask>,
  state: RunState,
  parts: DriverParts,
  signal: AbortSignal,
): Promise<EventBody[]> {
  const limit = pLimit(AT_ONCE);
  const running = [...state.frontier.running];
  return Promise.all(
    running.map((id) =>
      limit(async () => {
        const task = planned.get(id);
        const found = state.tasks.get(id);
        if (task?.step.kind !== 'agent' || found?.kind !== 'running') {
          throw new Error(`Internal error: ${id} is no running task of an agent`);
        }
        return lookInto({ plan, planned, task, step: task.step, found, state, parts, signal });
      }),
    ),
  );
}

interface CutOff {
  readonly plan: RunPlan;
  readonly planned: ReadonlyMap<TaskId, PlannedTask>;
  readonly task: PlannedTask;
  readonly step: AgentStep;
  readonly found: Extract<TaskState, { kind: 'running' }>;
  readonly state: RunState;
  readonly parts: DriverParts;
  readonly signal: AbortSignal;
}

async function lookInto(cutOff: CutOff): Promise<EventBody> {
  const { plan, task, step, found, state, parts, signal } = cutOff;
  const { attempt, process } = found;
  const marker = attemptMarker(state.run, task.id, attempt);
  const ended = await parts.endOrphans({ marker, process }, signal);
  parts.log.info(`It was cut off in attempt ${attempt}; ended ${ended} left-over processes`, {
    task: task.id,
  });
  if (await canGoOn(cutOff)) {
    const why = { kind: 'cut-off' } as const;
    return { type: 'task-parked', task: task.id, attempt, durationMs: 0, until: undefined, why };
  }
  const again: EventBody = { type: 'task-interrupted', task: task.id, attempt };
  if (effectsOf(step, plan.agents[step.agent]) === 'copy') {
    return again;
  }
  const copy = await parts.copies.reopen(state.run, task.id, attempt);
  const keep = (file: string) => parts.blobs.copy(file);
  switch (await probe(cutOff, copy)) {
    case 'undone':
      return again;
    case 'done': {
      const evidence = copy === undefined ? undefined : await evidenceLeft(cutOff, copy, parts);
      if (evidence?.ok === true) {
        return {
          type: 'task-succeeded',
          task: task.id,
          attempt,
          durationMs: 0,
          ...evidence.value,
          accepted: 'probe',
        };
      }
      break;
    }
    case 'unknown':
      break;
  }
  const log = copy === undefined ? undefined : await keepLog(copy, keep);
  return { type: 'task-unknown', task: task.id, attempt, log };
}

/** What the attempt has done stands in its copy, and its runner can go on from there. */
async function canGoOn({ plan, task, step, found, state, parts }: CutOff): Promise<boolean> {
  const kind = plan.agents[step.agent]?.runner.kind;
  if (kind === undefined || parts.runnerFor(kind)?.canPark !== true) {
    return false;
  }
  const copy = await parts.copies.reopen(state.run, task.id, found.attempt);
  return copy !== undefined && fs.existsSync(copy.sessionFile);
}

async function probe(
  { plan, task, step, found, state, parts, signal }: CutOff,
  copy: CopyPort | undefined,
): Promise<'done' | 'undone' | 'unknown'> {
  const runner = plan.agents[step.agent]?.runner;
  const check = runner?.kind === 'command' ? runner.probe : undefined;
  if (runner?.kind !== 'command' || check === undefined || copy === undefined) {
    return 'unknown';
  }
  const env = await renderRecord({ ...runner.env, ...step.env }, `${step.id}.env`, task.names, {
    plan,
    state,
    blobs: parts.blobs,
  });
  if (!env.ok) {
    return 'unknown';
  }
  const { code } = await parts.runCheck(
    {
      run: state.run,
      task: task.id,
      attempt: found.attempt,
      command: check.command,
      timeoutMs: check.timeoutMs,
      folder: copy.folder,
      scratch: copy.scratch,
      env: env.value,
      logFile: copy.logFile,
      sandbox: termsOf(step, plan.agents[step.agent]).sandbox,
    },
    signal,
  );
  return code === 0 ? 'done' : code === 1 ? 'undone' : 'unknown';
}
