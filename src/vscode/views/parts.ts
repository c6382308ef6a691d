import { oneLine } from '../../core/base/text.ts';
import type { TaskId } from '../../core/domain/ids.ts';
import type { Names, PlannedTask, RunPlan } from '../../core/domain/workflow.ts';
import { fixPlaces } from '../../core/projections/mending.ts';
import { plannedById } from '../../core/projections/taskRows.ts';

// How the tasks of a run stand below each other in the tree: phases and nested workflows, lanes of a step folded under
// it, long lists cut in pieces, and fixes below what they mend. Told from the plan alone, and once for each.

/** Rows that stand below one: more are too many to look through, and to hand to VS Code at once. */
export const MOST_TOGETHER = 200;

export type Part = TaskPart | Fold;

export interface TaskPart {
  readonly kind: 'task';
  readonly planned: PlannedTask;
  /** In the plan, from 0. */
  readonly place: number;
  /** Short where what stands above says the rest. */
  readonly label: string;
  /** What mends it, in the order it was opened: these stand below it, and are no steps of the workflow. */
  readonly fixes: readonly TaskPart[];
}

/**
 * Tasks below a row of their own. `group`: a phase or a nested workflow. `lanes`: those of one step. `lane`: one of a
 * nested workflow's. `range`: a piece of a long list.
 */
export interface Fold {
  readonly kind: 'group' | 'lanes' | 'lane' | 'range';
  /** Tells it from the others below the same row. */
  readonly key: string;
  readonly label: string;
  readonly tasks: readonly PlannedTask[];
  /** Their places in the plan. */
  readonly places: readonly number[];
  /** Those of their fixes. */
  readonly fixes: readonly number[];
  /** Lanes right below it, in whatever pieces; 0 for what is no `lanes`. */
  readonly lanes: number;
  readonly parts: readonly Part[];
}

const known = new WeakMap<RunPlan, readonly Part[]>();

/** In the order of the plan; a fold stands where the first of its tasks does. */
export function partsOf(plan: RunPlan): readonly Part[] {
  let parts = known.get(plan);
  if (parts === undefined) {
    const { depths } = fixPlaces(plan);
    const fixesOf = fixPartsOf(plan);
    const steps = plan.tasks.flatMap((planned, place): Placed[] =>
      depths.has(planned.id)
        ? []
        : [{ planned, place, around: lanesAround(plan, planned), fixes: fixesOf(planned.id) }],
    );
    parts = partsAt(steps, 0, 0);
    known.set(plan, parts);
  }
  return parts;
}

/** What stands below each task to mend it. */
function fixPartsOf(plan: RunPlan): (task: TaskId) => readonly TaskPart[] {
  const { below, labels } = fixPlaces(plan);
  if (below.size === 0) {
    return () => [];
  }
  const places = new Map(plan.tasks.map(({ id }, place) => [id, place]));
  const partsBelow = (task: TaskId): TaskPart[] =>
    (below.get(task) ?? []).map((planned) => ({
      kind: 'task',
      planned,
      place: places.get(planned.id) ?? -1,
      label: labels.get(planned.id) ?? planned.id,
      fixes: partsBelow(planned.id),
    }));
  return partsBelow;
}

/** A task's fixes, and theirs. */
export function allFixes({ fixes }: Pick<TaskPart, 'fixes'>): readonly TaskPart[] {
  return fixes.length === 0 ? fixes : fixes.flatMap((fix) => [fix, ...allFixes(fix)]);
}

/** The tasks a fix stands below, outermost first; none of a step of the workflow. */
export function tasksAbove(plan: RunPlan, task: TaskId): readonly TaskId[] {
  const { depths } = fixPlaces(plan);
  const parent = depths.has(task) ? plannedById(plan).get(task)?.fix?.parent : undefined;
  return parent === undefined ? [] : [...tasksAbove(plan, parent), parent];
}

/** The folds a task stands in, outermost first; `undefined`: it is not there. */
export function foldsAbove(parts: readonly Part[], task: TaskId): readonly Fold[] | undefined {
  for (const part of parts) {
    if (part.kind === 'task') {
      if (part.planned.id === task) {
        return [];
      }
    } else if (part.tasks.some(({ id }) => id === task)) {
      return [part, ...(foldsAbove(part.parts, task) ?? [])];
    }
  }
  return undefined;
}

/** One task, with the lanes of nested workflows that it stands in, outermost first. */
interface Placed {
  readonly planned: PlannedTask;
  readonly place: number;
  readonly around: readonly LaneAround[];
  readonly fixes: readonly TaskPart[];
}

interface LaneAround {
  /** The same for all tasks of the lane. */
  readonly scope: number;
  readonly label: string;
}

function lanesAround(plan: RunPlan, { names }: PlannedTask): LaneAround[] {
  const around: LaneAround[] = [];
  // Each scope stands inside one with a lower number.
  for (let { scope } = names; ;) {
    const within: Names | undefined = plan.scopes[scope]?.within;
    if (within === undefined) {
      return around;
    }
    if (Object.keys(within.matrix).length > 0) {
      around.unshift({ scope, label: laneLabel(within.matrix) });
    }
    scope = within.scope;
  }
}

function laneLabel(matrix: Readonly<Record<string, string>>): string {
  const values = Object.values(matrix).map((value) => oneLine(value, 40));
  return oneLine(values.join(', '), 80);
}

/** @param depth groups that stand above already @param lane lanes around them that do */
function partsAt(tasks: readonly Placed[], depth: number, lane: number): readonly Part[] {
  const members = new Map<string, Placed[]>();
  for (const task of tasks) {
    const key = keyAt(task, depth);
    const list = members.get(key);
    if (list === undefined) {
      members.set(key, [task]);
    } else {
      list.push(task);
    }
  }
  const parts = [...members].flatMap(([key, below]): readonly Part[] => {
    const [first] = below;
    if (first === undefined) {
      return [];
    }
    const group = first.planned.groups[depth];
    if (group !== undefined) {
      return [groupFold(key, group, below, depth + 1, lane)];
    }
    const { step, names } = first.planned;
    if (below.length === 1 || Object.keys(names.matrix).length === 0) {
      return below.map((task) => taskPart(task, task.planned.id));
    }
    const parts = below.map((task) => taskPart(task, laneLabel(task.planned.names.matrix)));
    return [foldOf('lanes', key, step.id, below, parts)];
  });
  return inPieces(parts);
}

/** Tasks with the same key stand together. */
function keyAt({ planned }: Placed, depth: number): string {
  const group = planned.groups[depth];
  return group === undefined ? `step ${planned.step.id}` : `group ${group}`;
}

function groupFold(
  key: string,
  group: string,
  tasks: readonly Placed[],
  depth: number,
  lane: number,
): Fold {
  const label = oneLine(group, 120);
  const byLane = new Map<number | undefined, Placed[]>();
  for (const task of tasks) {
    const scope = task.around[lane]?.scope;
    const list = byLane.get(scope);
    if (list === undefined) {
      byLane.set(scope, [task]);
    } else {
      list.push(task);
    }
  }
  // Phases are groups too; those of nested workflows stand in the ids of their tasks.
  const isNested = tasks.every(({ planned }) => `.${planned.id}.`.includes(`.${group}.`));
  if (!isNested || byLane.size < 2 || byLane.has(undefined)) {
    return foldOf('group', key, label, tasks, partsAt(tasks, depth, lane));
  }
  const times = new Map<string, number>();
  const lanes = [...byLane.values()].map((below): Fold => {
    const name = below[0]?.around[lane]?.label ?? '';
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return foldOf('lane', `lane ${time} ${name}`, name, below, partsAt(below, depth, lane + 1));
  });
  return foldOf('lanes', key, label, tasks, lanes);
}

function foldOf(
  kind: 'group' | 'lanes' | 'lane',
  key: string,
  label: string,
  tasks: readonly Placed[],
  parts: readonly Part[],
): Fold {
  return {
    kind,
    key,
    label,
    tasks: tasks.map(({ planned }) => planned),
    places: tasks.map(({ place }) => place),
    fixes: tasks.flatMap((task) => allFixes(task).map(({ place }) => place)),
    lanes: kind === 'lanes' ? parts.length : 0,
    parts: kind === 'lanes' ? inPieces(parts) : parts,
  };
}

function taskPart({ planned, place, fixes }: Placed, label: string): TaskPart {
  return { kind: 'task', planned, place, label, fixes };
}

/** `1–200`, `201–400`: as they are counted by whoever looks. */
function inPieces(parts: readonly Part[]): readonly Part[] {
  if (parts.length <= MOST_TOGETHER) {
    return parts;
  }
  const pieces: Fold[] = [];
  for (let from = 0; from < parts.length; from += MOST_TOGETHER) {
    const below = parts.slice(from, from + MOST_TOGETHER);
    const label = `${from + 1}–${from + below.length}`;
    pieces.push({
      kind: 'range',
      // By its place alone: it is the same piece when the last of them grows.
      key: `range ${from + 1}`,
      label,
      tasks: below.flatMap((part) => (part.kind === 'task' ? part.planned : part.tasks)),
      places: below.flatMap((part) => (part.kind === 'task' ? part.place : part.places)),
      fixes: below.flatMap((part) =>
        part.kind === 'task' ? allFixes(part).map(({ place }) => place) : part.fixes,
      ),
      lanes: 0,
      parts: below,
    });
  }
  return pieces;
}
