import { err, ok, type Result } from './base/result.ts';
import { mergeFile, isSameVersion } from './artifacts/merge/mergeFile.ts';
import { EMPTY_TREE, isFile, type Standing } from './artifacts/merge/mergeTree.ts';
import { changesOfTask } from './artifacts/taskChanges.ts';
import { commitFiles } from './commitFiles.ts';
import type { FileVersion } from './domain/event.ts';
import type { ObjectId } from './domain/ids.ts';
import type { RunState } from './domain/runState.ts';
import type { RunPlan } from './domain/workflow.ts';
import { graphOf, plannedById } from './journal/planGraph.ts';
import type { BlobStore } from './journal/blobs.ts';
import type { Place } from './place.ts';
import { forecastOf, type BaseStanding, type ForecastTask } from './projections/forecast.ts';
import type { ShownForecast } from './resultsApi.ts';

interface ForecastingParts {
  readonly place: Place;
  readonly blobs: Pick<BlobStore, 'put' | 'read'>;
  readonly signal: AbortSignal;
}

/** What would happen if the run's results were merged now. The error continues "…, because". */
export async function forecastRun(
  plan: RunPlan,
  state: RunState,
  { place, blobs, signal }: ForecastingParts,
): Promise<Result<ShownForecast, string>> {
  const { repository, checkout } = place;
  if (repository === undefined || checkout === undefined || plan.base.kind === 'plain') {
    return err('there is no Git repository, so nothing is merged');
  }
  const tasks = tasksWithResults(plan, state);
  const read = ({ digest }: FileVersion) => blobs.read(digest);
  const now = await baseNow(plan, place);
  const changes = tasks.flatMap((task) => task.changes);
  const tree =
    now === undefined || changes.length === 0
      ? EMPTY_TREE
      : await commitFiles({
          ...{ checkout, commit: now, prefix: repository.prefix, changes, read, signal },
          keep: (bytes) => blobs.put(bytes),
        });
  const base = await movedUnder(tasks, (path) => tree.at(path));
  const forecast = await forecastOf({ tasks, base, merge: mergeFile, read, signal });
  return ok({
    ...forecast,
    baseMoved: now !== plan.base.commit,
    base: plan.base.branch ?? now?.slice(0, 12) ?? 'HEAD',
  });
}

/** Results that count, whether they stand on branches yet or wait for gates. */
function tasksWithResults(plan: RunPlan, state: RunState): readonly ForecastTask[] {
  const graph = graphOf(plan);
  const planned = plannedById(plan);
  return graph.forwards.flatMap((task) => {
    if (planned.get(task)?.fix !== undefined) {
      // What it changed is in the result of the task it mended.
      return [];
    }
    const done = state.tasks.get(task);
    const isUndone = state.landings.get(task)?.kind === 'undone';
    const changes = done?.kind === 'succeeded' && !isUndone ? changesOfTask(done) : [];
    return changes.length === 0 ? [] : [{ task, changes, ancestors: graph.ancestors(task) }];
  });
}

/** What the branch the run began on names now. */
export async function baseNow(
  { base }: RunPlan,
  { repository }: Pick<Place, 'repository'>,
): Promise<ObjectId | undefined> {
  if (base.kind === 'plain' || repository === undefined) {
    return undefined;
  }
  const named =
    base.branch === undefined ? undefined : await repository.resolve(`refs/heads/${base.branch}`);
  return named ?? base.commit;
}

/** Where the branch is not what the first who changed a path began with. */
async function movedUnder(
  tasks: readonly ForecastTask[],
  at: (path: string) => Promise<Standing>,
): Promise<ReadonlyMap<string, BaseStanding>> {
  const moved = new Map<string, BaseStanding>();
  const touched = new Map<string, readonly ForecastTask[]>();
  for (const task of tasks) {
    for (const { path, was } of task.changes) {
      const before = touched.get(path) ?? [];
      touched.set(path, [...before, task]);
      if (before.some((other) => task.ancestors.has(other.task))) {
        continue;
      }
      const standing = await at(path);
      const isSame =
        standing === undefined || isFile(standing) ? isSameVersion(was, standing) : false;
      if (!isSame) {
        moved.set(path, standing);
      }
    }
  }
  return moved;
}
