import type { Fault, Mending } from '../domain/debugging.ts';
import type { RunEvent } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import { hasEnded, isDone, type TaskState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import { ImpossibleEvent } from './expectations.ts';

type Faulted = Extract<RunEvent, { readonly type: 'task-faulted' }>;
type Opened = Extract<RunEvent, { readonly type: 'fix-opened' }>;

/** How tasks that failed are mended. */
export class MendingFold {
  readonly mending = new Map<TaskId, Mending>();

  faulted(event: Faulted): void {
    const before = this.mending.get(event.task);
    const fault: Fault = {
      attempt: event.attempt,
      at: event.at,
      failure: event.failure,
      log: event.log,
      again: event.again ?? [],
      tests: event.tests ?? [],
    };
    this.mending.set(event.task, {
      made: before === undefined ? event.made : before.made,
      faults: [...(before?.faults ?? []), fault],
      fixes: before?.fixes ?? [],
    });
  }

  /** @throws ImpossibleEvent */
  opened(event: Opened): void {
    const { id, of } = event.fix;
    const mending = this.mending.get(of);
    if (mending === undefined) {
      throw new ImpossibleEvent(event, `${of} has not failed`);
    }
    const opened = { fix: id, fault: mending.faults.length - 1 };
    this.mending.set(of, { ...mending, fixes: [...mending.fixes, opened] });
  }

  /**
   * These are to run again. A task that begins anew forgets its fixes; where one of its fixes is to be made again, those
   * after that are forgotten.
   * @returns fixes that are no more
   */
  reset(tasks: ReadonlySet<TaskId>, { tasks: planned, fixes }: RunPlan): ReadonlySet<TaskId> {
    const gone = new Set<TaskId>();
    if (this.mending.size === 0 && fixes === undefined) {
      return gone;
    }
    for (const { id, needs, mendedBy = [] } of planned) {
      const first = mendedBy.findIndex((fix) => tasks.has(fix));
      // A task that waits for its fixes is not asked for again with them.
      if (first === -1 && !tasks.has(id)) {
        continue;
      }
      const isAnew =
        first === -1 || needs.some((need) => tasks.has(need) && !mendedBy.includes(need));
      const kept = isAnew ? 0 : first + 1;
      mendedBy.slice(kept).forEach((fix) => gone.add(fix));
      this.#keep(id, kept);
    }
    return gone;
  }

  #keep(id: TaskId, count: number): void {
    const mending = this.mending.get(id);
    if (mending === undefined || count === 0) {
      this.mending.delete(id);
      return;
    }
    const fixes = mending.fixes.slice(0, count);
    const faults = mending.faults.slice(0, (fixes.at(-1)?.fault ?? 0) + 1);
    this.mending.set(id, { ...mending, fixes, faults });
  }
}

/** True for a task with a failure for which it is to be decided what becomes of it. */
export function isUndecided(
  { faults, fixes }: Mending,
  tasks: ReadonlyMap<TaskId, TaskState>,
): boolean {
  const last = fixes.at(-1);
  if (last === undefined || last.fault < faults.length - 1) {
    return true;
  }
  const fix = tasks.get(last.fix);
  // A fix that is done is to be proved; an approved gate says that another is to be tried.
  return fix !== undefined && hasEnded(fix) && (fix.kind === 'approved' || !isDone(fix));
}

/** All fixes of a run: they are no steps of its workflow, and their failures are not the run's. */
export function fixesOf(mending: ReadonlyMap<TaskId, Mending>): ReadonlySet<TaskId> {
  const all = new Set<TaskId>();
  for (const { fixes } of mending.values()) {
    fixes.forEach(({ fix }) => all.add(fix));
  }
  return all;
}
