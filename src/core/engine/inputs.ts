import { err, ok, type Result } from '../base/result.ts';
import type { FileVersion } from '../domain/event.ts';
import { workspaceFailure, type Failure } from '../domain/failure.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import type { AgentStep, PlannedTask, RunPlan } from '../domain/workflow.ts';
import { ownNeeds } from '../journal/fixedPlan.ts';
import type { CopyPort, DriverParts, LaidFile, ProvidedFile } from './parts.ts';

/** What one attempt of a task works with. */
export interface AttemptInput {
  readonly plan: RunPlan;
  /** All tasks of the plan by their ids. */
  readonly planned: ReadonlyMap<TaskId, PlannedTask>;
  readonly state: RunState;
  readonly task: PlannedTask;
  readonly step: AgentStep;
  readonly attempt: number;
  /** The attempt was parked, and goes on in the copy it has. */
  readonly continues: boolean;
}

/**
 * `<task>/output`, `<task>/task.json` and `<task>/files/…`: what a command finds under SLUICE_NEEDS. Of a task
 * that did not succeed there is only `task.json`, which says how it ended.
 */
export async function provideNeeds(
  { planned, state, task }: AttemptInput,
  copy: CopyPort,
): Promise<void> {
  const files: ProvidedFile[] = [];
  for (const need of ownNeeds(task)) {
    const needed = state.tasks.get(need);
    const step = planned.get(need)?.step;
    if (needed === undefined || step?.kind !== 'agent') {
      continue;
    }
    const facts = { task: need, agent: step.agent, state: needed.kind };
    const path = `${need}/task.json`;
    if (needed.kind !== 'succeeded') {
      const failure = needed.kind === 'failed' ? { failure: needed.failure } : {};
      files.push({ path, json: { ...facts, ...failure } });
      continue;
    }
    const { exitCode, durationMs } = needed;
    files.push(
      { path: `${need}/output`, blob: needed.output.digest },
      { path, json: { ...facts, exitCode, durationMs } },
      ...needed.artifacts.map((made) => ({
        path: `${need}/files/${made.path}`,
        blob: made.digest,
      })),
    );
  }
  if (files.length > 0) {
    await copy.provide(files);
  }
}

/** Bytes of the outputs that a task is given. */
export function bytesOfNeeds({ state, task }: AttemptInput): number {
  let bytes = 0;
  for (const need of ownNeeds(task)) {
    const needed = state.tasks.get(need);
    bytes += needed?.kind === 'succeeded' ? needed.output.bytes : 0;
  }
  return bytes;
}

/** A file of what tasks have made together. */
export interface Laid {
  readonly by: TaskId;
  /** `undefined`: it is not there. */
  readonly is: FileVersion | undefined;
  /** What stood there before any of them. */
  readonly was: FileVersion | undefined;
}

/**
 * What these tasks have made, in this order, by path. Where two of them changed the same file and neither saw what the
 * other did, both changes are in it, if they can be. What is not proved yet counts as made.
 */
export async function madeBy(
  tasks: readonly TaskId[],
  { state }: Pick<AttemptInput, 'state'>,
  { mergeFiles }: Pick<DriverParts, 'mergeFiles'>,
): Promise<Result<ReadonlyMap<string, Laid>, Failure>> {
  const laid = new Map<string, Laid>();
  for (const by of tasks) {
    const task = state.tasks.get(by);
    const made = task?.kind === 'succeeded' ? task : state.mending.get(by)?.made;
    if (made === undefined) {
      continue;
    }
    const results = [
      ...made.artifacts.map((file) => ({ path: file.path, is: file, was: file.was })),
      ...made.removed.map(({ path, was }) => ({ path, is: undefined, was })),
    ];
    for (const { path, is, was } of results) {
      const other = laid.get(path);
      const isNext = other === undefined || was?.digest === other.is?.digest;
      if (isNext || other.is?.digest === is?.digest) {
        laid.set(path, { by, is, was: other === undefined ? was : other.was });
        continue;
      }
      const merged =
        other.is === undefined || is === undefined
          ? undefined
          : await mergeFiles(was ?? other.was, other.is, is);
      if (merged === undefined) {
        return err({ reason: 'overlap', path, tasks: [other.by, by] });
      }
      laid.set(path, { by, is: merged, was: other.was });
    }
  }
  return ok(laid);
}

/** What the tasks it is built on have made, as it lies in its copy. */
export async function laidFiles(
  { state, task }: Pick<AttemptInput, 'state' | 'task'>,
  parts: Pick<DriverParts, 'mergeFiles'>,
): Promise<Result<readonly LaidFile[], Failure>> {
  const made = await madeBy(task.builtOn, { state }, parts);
  return made.ok ? ok([...made.value].map(laidFile)) : made;
}

export function laidFile([path, { is }]: readonly [string, Laid]): LaidFile {
  if (is === undefined) {
    return { path, removed: true };
  }
  const { digest: blob, bytes, executable } = is;
  return { path, blob, bytes, executable };
}

/** Puts them into the copy. */
export async function layOut(
  input: AttemptInput,
  copy: CopyPort,
  parts: Pick<DriverParts, 'mergeFiles'>,
): Promise<Result<void, Failure>> {
  try {
    const files = await laidFiles(input, parts);
    if (!files.ok || files.value.length === 0) {
      return files.ok ? ok(undefined) : files;
    }
    await copy.layIn(files.value);
    return ok(undefined);
  } catch (thrown) {
    return err(workspaceFailure(thrown));
  }
}
