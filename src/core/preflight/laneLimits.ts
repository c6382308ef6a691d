import type { TaskId } from '../domain/ids.ts';
import type { LaneOf } from '../domain/workflow.ts';

/** Lanes of one step, of which only so many may be under way. */
interface Group {
  /** Tasks that have not ended, of each lane that is under way. */
  readonly underWay: Map<number, number>;
  /** Tasks that may not begin yet, by their lane, in the order they were turned away. */
  readonly turnedAway: Map<number, TaskId[]>;
}

/** Keeps as many lanes of a step under way at once as the step allows: from a lane's first task to its last. */
export class LaneLimits {
  readonly #lanesOf: (id: TaskId) => readonly LaneOf[];
  readonly #groups = new Map<string, Group>();
  /** Tasks of each lane. */
  readonly #sizes = new Map<string, number>();

  constructor(tasks: readonly TaskId[], lanesOf: (id: TaskId) => readonly LaneOf[]) {
    this.#lanesOf = lanesOf;
    for (const id of tasks) {
      for (const { group, lane } of lanesOf(id)) {
        const key = keyOf(group, lane);
        this.#sizes.set(key, (this.#sizes.get(key) ?? 0) + 1);
      }
    }
  }

  /** Begins the task and names others that may begin with it; `undefined`: it was turned away for now. */
  begin(id: TaskId): readonly TaskId[] | undefined {
    const lanes = this.#lanesOf(id);
    for (const { group: name, lane, atOnce } of lanes) {
      const group = this.#group(name);
      if (!group.underWay.has(lane) && group.underWay.size >= atOnce) {
        group.turnedAway.set(lane, [...(group.turnedAway.get(lane) ?? []), id]);
        return undefined;
      }
    }
    return lanes.flatMap(({ group: name, lane }) => {
      const group = this.#group(name);
      if (!group.underWay.has(lane)) {
        group.underWay.set(lane, this.#sizes.get(keyOf(name, lane)) ?? 0);
      }
      const others = group.turnedAway.get(lane) ?? [];
      group.turnedAway.delete(lane);
      return others;
    });
  }

  /** The task has ended. @returns tasks that may be tried again */
  end(id: TaskId): readonly TaskId[] {
    return this.#lanesOf(id).flatMap(({ group: name, lane }) => {
      const group = this.#group(name);
      const left = (group.underWay.get(lane) ?? 1) - 1;
      if (left > 0) {
        group.underWay.set(lane, left);
        return [];
      }
      group.underWay.delete(lane);
      const [next] = group.turnedAway;
      if (next === undefined) {
        return [];
      }
      group.turnedAway.delete(next[0]);
      return next[1];
    });
  }

  #group(name: string): Group {
    const known = this.#groups.get(name);
    const group = known ?? { underWay: new Map<number, number>(), turnedAway: new Map() };
    if (known === undefined) {
      this.#groups.set(name, group);
    }
    return group;
  }
}

function keyOf(group: string, lane: number): string {
  return JSON.stringify([group, lane]);
}
