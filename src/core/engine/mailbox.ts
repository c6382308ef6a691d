/**
 * Messages to one reader, in the order they were put. The reader takes one at a time; whoever puts
 * never waits.
 */
export class Mailbox<T> {
  readonly #waiting: T[] = [];
  #reader: ((message: T) => void) | undefined;
  #onLate: ((message: T) => void) | undefined;

  put(message: T): void {
    const reader = this.#reader;
    if (this.#onLate !== undefined) {
      this.#onLate(message);
    } else if (reader === undefined) {
      this.#waiting.push(message);
    } else {
      this.#reader = undefined;
      reader(message);
    }
  }

  take(): Promise<T> {
    if (this.#reader !== undefined) {
      throw new Error('Internal error: a mailbox has one reader');
    }
    const next = this.#waiting.shift();
    if (next !== undefined) {
      return Promise.resolve(next);
    }
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** The next message, if one waits. */
  poll(): T | undefined {
    return this.#waiting.shift();
  }

  /** Nobody reads any more: what waits and whatever is put from now on goes to `onLate`. */
  close(onLate: (message: T) => void): void {
    this.#onLate = onLate;
    this.#waiting.splice(0).forEach(onLate);
  }
}
