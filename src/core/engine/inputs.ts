import { err, ok, type Result } from '../base/result.ts';
import type { Artifact } from '../domain/event.ts';
import { workspaceFailure, type Failure } from '../domain/failure.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import type { AgentStep, PlannedTask, RunPlan } from '../domain/workflow.ts';
import type { CopyPort, LaidFile, ProvidedFile } from './parts.ts';

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
  for (const need of task.needs) {
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
  for (const need of task.needs) {
    const needed = state.tasks.get(need);
    bytes += needed?.kind === 'succeeded' ? needed.output.bytes : 0;
  }
  return bytes;
}

/** What the tasks it is built on have made, as it lies in its copy. Two of them may not differ about a file. */
export function laidFiles({
  state,
  task,
}: Pick<AttemptInput, 'state' | 'task'>): Result<readonly LaidFile[], Failure> {
  const laid = new Map<string, { readonly by: TaskId; readonly made: Artifact }>();
  for (const by of task.builtOn) {
    const made = state.tasks.get(by);
    for (const artifact of made?.kind === 'succeeded' ? made.artifacts : []) {
      const other = laid.get(artifact.path);
      if (other !== undefined && other.made.digest !== artifact.digest) {
        return err({ reason: 'overlap', path: artifact.path, tasks: [other.by, by] });
      }
      laid.set(artifact.path, { by, made: artifact });
    }
  }
  return ok(
    [...laid.values()].map(({ made: { path, digest, executable } }) => ({
      path,
      blob: digest,
      executable,
    })),
  );
}

/** Puts them into the copy. */
export async function layOut(input: AttemptInput, copy: CopyPort): Promise<Result<void, Failure>> {
  const files = laidFiles(input);
  if (!files.ok || files.value.length === 0) {
    return files.ok ? ok(undefined) : files;
  }
  try {
    await copy.layIn(files.value);
    return ok(undefined);
  } catch (thrown) {
    return err(workspaceFailure(thrown));
  }
}
