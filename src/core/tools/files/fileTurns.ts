/** Work on one file is done in turns, in the order it was asked for; on different files at once. */
export class FileTurns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @param file absolute, every link resolved @throws what `work` throws, or the signal's reason before it began */
  async take<T>(file: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(file);
    const turn = (async () => {
      await before?.catch(() => undefined);
      signal.throwIfAborted();
      return await work();
    })();
    this.#last.set(file, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(file) === turn) {
        this.#last.delete(file);
      }
    }
  }
}
