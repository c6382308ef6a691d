import type { Digest } from '../base/digest.ts';
import type { MissReason } from '../domain/cache.ts';
import type { RunEvent } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState, TaskState } from '../domain/runState.ts';

/**
 * What the cache has said of the tasks of a run.
 *
 * C1  A task is asked about once for each time it is to run; what it said stands until the task is asked for again, or
 *     its attempt was cut off: the result may have been kept before that.
 * C2  Where another task has just answered the same question, the tasks that waited for it are asked about again, each
 *     once: a result that could not be kept must not make them run one after another.
 */
export class CacheFold {
  readonly misses = new Map<TaskId, { readonly key: Digest; readonly why: MissReason }>();
  readonly fresh = new Set<TaskId>();
  readonly waited = new Set<TaskId>();
  readonly #asking = new Map<Digest, Set<TaskId>>();

  /** Parts of the run's state, which change as events are applied. */
  get facts(): Pick<RunState, 'misses' | 'fresh' | 'waited'> {
    const { misses, fresh, waited } = this;
    return { misses, fresh, waited };
  }

  missed({ task, key, why }: Extract<RunEvent, { type: 'cache-missed' }>): void {
    this.misses.set(task, { key, why });
    const asking = this.#asking.get(key) ?? new Set();
    this.#asking.set(key, asking.add(task));
  }

  /** The task is to be asked about anew. @param fresh the cache must not answer it; `undefined`: as before */
  forget(task: TaskId, fresh?: boolean): void {
    const miss = this.misses.get(task);
    if (miss !== undefined) {
      this.#asking.get(miss.key)?.delete(task);
      this.misses.delete(task);
    }
    if (fresh === true) {
      this.fresh.add(task);
    } else if (fresh === false) {
      this.fresh.delete(task);
      this.waited.delete(task);
    }
  }

  /**
   * The task has got its answer. @param tasks as they are now
   * @returns those that were asked the same and wait: they are asked about again (C2)
   */
  answered(task: TaskId, tasks: ReadonlyMap<TaskId, TaskState>): readonly TaskId[] {
    const miss = this.misses.get(task);
    const asking = miss && this.#asking.get(miss.key);
    if (miss === undefined || asking === undefined) {
      return [];
    }
    const waiting = [...asking].filter(
      (other) =>
        other !== task &&
        tasks.get(other)?.kind === 'pending' &&
        !this.waited.has(other) &&
        !this.fresh.has(other),
    );
    for (const other of waiting) {
      this.waited.add(other);
      this.forget(other);
    }
    return waiting;
  }
}
