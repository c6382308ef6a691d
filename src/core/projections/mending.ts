import type { TaskId } from '../domain/ids.ts';
import { hasEnded, type RunState } from '../domain/runState.ts';
import type { PlannedTask, RunPlan } from '../domain/workflow.ts';
import { ownNeeds } from '../journal/fixedPlan.ts';
import { fixesOf, isUndecided } from '../journal/mendingFold.ts';
import { plannedById } from '../journal/planGraph.ts';

// Tasks that are mended, and the fixes that mend them, as readers have them: a fix stands below its parent, and is no step
// of the workflow.
//
// M1  Each fix of a plan stands in one place: right behind its parent and what is below that; one whose parent the plan
//     does not have stands where it is written.

/** How a task that failed stands while it is mended. */
export type MendingNow =
  /** What mends it is to be decided. */
  | { readonly kind: 'deciding' }
  /** A fix works on it, or will. */
  | { readonly kind: 'fix'; readonly fix: TaskId }
  /** A person is asked what is to be done. */
  | { readonly kind: 'asks'; readonly gate: TaskId }
  /** The fix has ended: the task's next attempt proves it, or is to do so. */
  | { readonly kind: 'proof'; readonly fix: TaskId };

/** `undefined`: the task has ended, or was never to be mended. */
export function mendingNow(plan: RunPlan, state: RunState, id: TaskId): MendingNow | undefined {
  const mending = state.mending.size === 0 ? undefined : state.mending.get(id);
  const at = state.tasks.get(id);
  if (mending === undefined || at === undefined || hasEnded(at)) {
    return undefined;
  }
  const opened = mending.fixes.at(-1);
  if (opened === undefined || isUndecided(mending, state.tasks)) {
    return { kind: 'deciding' };
  }
  const { fix } = opened;
  const fixing = state.tasks.get(fix);
  if (fixing !== undefined && !hasEnded(fixing)) {
    return isAsking(plan, fix) ? { kind: 'asks', gate: fix } : { kind: 'fix', fix };
  }
  const proved = mending.fixes.findLast((one) => !isAsking(plan, one.fix));
  return { kind: 'proof', fix: proved?.fix ?? fix };
}

/** True for a gate that stands where fixes are spent. */
function isAsking(plan: RunPlan, id: TaskId): boolean {
  const fix = plannedById(plan).get(id)?.fix;
  return fix !== undefined && fix.agent === undefined;
}

/** Fixes of a task that agents worked on or will; what asks a person is not one. */
export function fixCount(plan: RunPlan, state: RunState, id: TaskId): number {
  const fixes = state.mending.size === 0 ? undefined : state.mending.get(id)?.fixes;
  return fixes?.filter(({ fix }) => !isAsking(plan, fix)).length ?? 0;
}

/** All fixes of a run, with what asks people: they are no steps of its workflow. */
export function fixesIn({ mending }: Pick<RunState, 'mending'>): ReadonlySet<TaskId> {
  return mending.size === 0 ? NONE : fixesOf(mending);
}

const NONE: ReadonlySet<TaskId> = new Set();

/** Needs of a task as its workflow has them: not its fixes, which stand below it, and none of a fix. */
export function shownNeeds(task: PlannedTask): readonly TaskId[] {
  return task.fix === undefined ? ownNeeds(task) : [];
}

/** How fixes stand in a plan. */
export interface FixPlaces {
  /** All tasks, as they are shown (M1). */
  readonly order: readonly PlannedTask[];
  /** By the parent, in the order they were opened. */
  readonly below: ReadonlyMap<TaskId, readonly PlannedTask[]>;
  /** `fix 1`, of a fix of it `fix 1.1`; of a gate that asks after them `gate`. */
  readonly labels: ReadonlyMap<TaskId, string>;
  /** How many parents are above a fix that is shown below one; others are not here. */
  readonly depths: ReadonlyMap<TaskId, number>;
}

const known = new WeakMap<RunPlan, FixPlaces>();

export function fixPlaces(plan: RunPlan): FixPlaces {
  let places = known.get(plan);
  if (places === undefined) {
    places = placesIn(plan);
    known.set(plan, places);
  }
  return places;
}

function placesIn(plan: RunPlan): FixPlaces {
  const byId = plannedById(plan);
  const below = new Map<TaskId, PlannedTask[]>();
  for (const { id } of plan.fixes ?? []) {
    const task = byId.get(id);
    const parent = task?.fix?.parent;
    if (task === undefined || parent === undefined) {
      continue;
    }
    if (byId.has(parent) && !isAbove(byId, id, parent)) {
      const list = below.get(parent);
      if (list === undefined) {
        below.set(parent, [task]);
      } else {
        list.push(task);
      }
    }
  }
  const labels = new Map<TaskId, string>();
  const depths = new Map<TaskId, number>();
  if (below.size === 0) {
    return { order: plan.tasks, below, labels, depths };
  }
  const order: PlannedTask[] = [];
  const placed = new Set([...below.values()].flatMap((fixes) => fixes.map(({ id }) => id)));
  const place = (task: PlannedTask, depth: number, number: string): void => {
    order.push(task);
    if (depth > 0) {
      depths.set(task.id, depth);
    }
    if (task.fix !== undefined) {
      labels.set(task.id, task.fix.agent === undefined ? 'gate' : `fix ${number}`);
    }
    let at = 0;
    for (const fix of below.get(task.id) ?? []) {
      at += fix.fix?.agent === undefined ? 0 : 1;
      place(fix, depth + 1, number === '' ? String(at) : `${number}.${at}`);
    }
  };
  for (const task of plan.tasks) {
    if (!placed.has(task.id)) {
      place(task, 0, task.fix === undefined ? '' : '1');
    }
  }
  return { order, below, labels, depths };
}

/** Plans come from blobs: one whose fixes stand below each other in a circle is shown all the same. */
function isAbove(
  byId: ReadonlyMap<TaskId, PlannedTask>,
  task: TaskId,
  start: TaskId | undefined,
): boolean {
  const seen = new Set<TaskId>();
  for (let at = start; at !== undefined && !seen.has(at); at = byId.get(at)?.fix?.parent) {
    if (at === task) {
      return true;
    }
    seen.add(at);
  }
  return false;
}
