import type { FileVersion } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { FileChange, Forecast, ForecastConflict, MergeSide } from '../domain/merge.ts';
import { Comparing, type MergeVersions, type ReadVersion } from './forecastMerges.ts';
import { conflictsAtPath, type Touch } from './forecastPath.ts';
import { crowdedPlaces } from './forecastPlaces.ts';

export interface ForecastRequest {
  /** In the order they would be merged, each after those it needs. */
  readonly tasks: readonly ForecastTask[];
  /**
   * What the branch the run began on has now at each path that is not as it was then; `undefined`: it was not looked.
   * Paths are relative to the folder of the run, with `/`.
   */
  readonly base: ReadonlyMap<string, BaseStanding> | undefined;
  readonly merge: MergeVersions;
  readonly read: ReadVersion;
  readonly signal: AbortSignal;
}

export interface ForecastTask {
  readonly task: TaskId;
  /** Each path once. */
  readonly changes: readonly FileChange[];
  /** All that it needs, through others too. */
  readonly ancestors: ReadonlySet<TaskId>;
}

/** `undefined`: nothing is there any more. */
export type BaseStanding =
  FileVersion | { readonly kind: 'link' | 'submodule' | 'folder' } | undefined;

export interface RunForecast extends Forecast {
  readonly conflicts: readonly RunConflict[];
  /** Paths of which it is not known whether they can be merged: comparing them would have taken too long. */
  readonly uncompared: readonly string[];
}

export interface RunConflict extends ForecastConflict {
  /** The path of the first side, where it is another: a file that is a folder of the other, or the name in other letters. */
  readonly beside?: string | undefined;
}

/**
 * What would happen if the results were merged now: every task against every other that touches a common path and does
 * not simply build on it, and against what the base has changed. Where more than `MOST_PAIRED` tasks touch one path they
 * are merged one after another instead, and each that does not go in is told with the one that first stood in its way.
 * Once `MOST_MERGES` or `MOST_BYTES` are used up, paths are left `uncompared`.
 * Rejects with the reason of the signal, and with what `read` rejects with.
 */
export async function forecastOf(request: ForecastRequest): Promise<RunForecast> {
  const { tasks, base, signal } = request;
  const comparing = new Comparing(request);
  const found: RunConflict[] = [...crowdedPlaces(tasks, base)];
  const clean: string[] = [];
  const uncompared: string[] = [];
  for (const [path, touches] of [...touchesByPath(tasks)].sort(byFirst)) {
    const standing = base?.has(path) === true ? { is: base.get(path) } : undefined;
    if (touches.length < 2 && standing === undefined) {
      continue;
    }
    signal.throwIfAborted();
    const looked = await conflictsAtPath(path, touches, standing, comparing.atNewPath());
    found.push(...looked.conflicts);
    if (!looked.isWhole) {
      uncompared.push(path);
    } else if (looked.conflicts.length === 0 && looked.sides > 1) {
      clean.push(path);
    }
  }
  return {
    tasks: tasks.map(({ task }) => task),
    conflicts: inOrder(found, tasks),
    clean,
    baseMoved: base === undefined ? undefined : base.size > 0,
    uncompared,
  };
}

function touchesByPath(tasks: readonly ForecastTask[]): ReadonlyMap<string, readonly Touch[]> {
  const byPath = new Map<string, Touch[]>();
  for (const { task, changes, ancestors } of tasks) {
    for (const change of changes) {
      const touch = { task, ancestors, change };
      const touches = byPath.get(change.path);
      if (touches === undefined) {
        byPath.set(change.path, [touch]);
      } else {
        touches.push(touch);
      }
    }
  }
  return byPath;
}

/** By path, then by side; the base comes first. */
function inOrder(
  conflicts: readonly RunConflict[],
  tasks: readonly ForecastTask[],
): readonly RunConflict[] {
  const places = new Map(tasks.map(({ task }, index) => [task, index]));
  const placeOf = (side: MergeSide) => (side.by === 'base' ? -1 : (places.get(side.task) ?? -1));
  return [...conflicts].sort(
    (one, other) =>
      compareTexts(one.path, other.path) ||
      placeOf(one.between[0]) - placeOf(other.between[0]) ||
      placeOf(one.between[1]) - placeOf(other.between[1]),
  );
}

function byFirst([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return compareTexts(one, other);
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
