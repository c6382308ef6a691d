import { isStepId, type StepId, type TaskId } from '../domain/ids.ts';

const MAX_LENGTH = 81;

/**
 * Hands out ids that no other has, not even when case is folded, as some file systems do. All of them
 * are valid step ids, since they become parts of branch names.
 */
export class IdSource {
  readonly #taken = new Set<string>();
  /** The number to try next behind each text that was wanted more than once. */
  readonly #numbers = new Map<string, number>();

  /** Keeps an id from being handed out. */
  reserve(id: string): void {
    this.#taken.add(id.toLowerCase());
  }

  /** The text as an id if it can be, else with `-2`, `-3`, … behind it, shortened where it is too long. */
  next(text: string): StepId {
    const folded = text.toLowerCase();
    for (let number = this.#numbers.get(folded) ?? 1; ; number += 1) {
      const suffix = number === 1 ? '' : `-${number}`;
      const id = text.slice(0, MAX_LENGTH - suffix.length).replace(/[.-]+$/, '') + suffix;
      if (isStepId(id) && !this.#taken.has(id.toLowerCase())) {
        this.#numbers.set(folded, number + 1);
        this.reserve(id);
        return id;
      }
    }
  }

  nextTask(text: string): TaskId {
    return this.next(text) as string as TaskId;
  }
}
