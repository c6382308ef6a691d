import type { TaskId } from '../domain/ids.ts';
import { hasEnded, type TaskState } from '../domain/runState.ts';
import type { LaneOf, PlannedTask } from '../domain/workflow.ts';

interface Lane {
  /** Tasks that have not ended. */
  left: number;
  /** Tasks that an attempt or a person has begun on. */
  begun: number;
}

interface Group {
  readonly lanes: Map<number, Lane>;
  /** Lanes under way: something in them is begun, and something has not ended. */
  open: number;
}

/** Counts the lanes under way of steps that say how many may be. A lane under way may always go on. */
export class LaneCaps {
  readonly #lanesOf = new Map<TaskId, readonly LaneOf[]>();
  readonly #groups = new Map<string, Group>();

  /** @param tasks all pending */
  constructor(tasks: readonly PlannedTask[]) {
    for (const { id, lanes } of tasks) {
      if (lanes.length > 0) {
        this.#lanesOf.set(id, lanes);
      }
      for (const lane of lanes) {
        this.#laneOf(lane).left += 1;
      }
    }
  }

  moved(id: TaskId, before: TaskState, next: TaskState): void {
    const ended = Number(hasEnded(next)) - Number(hasEnded(before));
    const begun = Number(isBegun(next)) - Number(isBegun(before));
    for (const at of this.#lanesOf.get(id) ?? []) {
      const lane = this.#laneOf(at);
      const wasOpen = isOpen(lane);
      lane.left -= ended;
      lane.begun += begun;
      this.#groupOf(at.group).open += Number(isOpen(lane)) - Number(wasOpen);
    }
  }

  /** @param beside tasks that begin at the same time */
  mayBegin(id: TaskId, beside: Iterable<TaskId>): boolean {
    const lanes = this.#lanesOf.get(id);
    return (
      lanes === undefined ||
      lanes.every((at) => {
        if (isOpen(this.#laneOf(at))) {
          return true;
        }
        const opening = this.#openedBy(at.group, beside);
        return opening.has(at.lane) || this.#groupOf(at.group).open + opening.size < at.atOnce;
      })
    );
  }

  /** Lanes of the group that are not under way and will be. */
  #openedBy(group: string, beside: Iterable<TaskId>): ReadonlySet<number> {
    const opened = new Set<number>();
    for (const task of beside) {
      for (const at of this.#lanesOf.get(task) ?? []) {
        if (at.group === group && !isOpen(this.#laneOf(at))) {
          opened.add(at.lane);
        }
      }
    }
    return opened;
  }

  #groupOf(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { lanes: new Map(), open: 0 };
      this.#groups.set(name, group);
    }
    return group;
  }

  #laneOf({ group, lane }: LaneOf): Lane {
    const { lanes } = this.#groupOf(group);
    let found = lanes.get(lane);
    if (found === undefined) {
      found = { left: 0, begun: 0 };
      lanes.set(lane, found);
    }
    return found;
  }
}

function isOpen({ left, begun }: Lane): boolean {
  return left > 0 && begun > 0;
}

function isBegun(task: TaskState): boolean {
  switch (task.kind) {
    case 'pending':
    case 'skipped':
    case 'cancelled':
      return task.attempts > 0;
    default:
      return true;
  }
}
