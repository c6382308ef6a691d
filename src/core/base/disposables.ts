/** Something to undo. VS Code's own `Disposable` has the same shape, so either is accepted by the other. */
export interface Disposable {
  dispose(): void;
}

/** Disposes what it holds, last first. What is added after `dispose()` is disposed at once. */
export class Disposables implements Disposable {
  readonly #held = new Set<Disposable>();
  #disposed = false;

  add<T extends Disposable>(disposable: T): T {
    if (this.#disposed) {
      disposable.dispose();
    } else {
      this.#held.add(disposable);
    }
    return disposable;
  }

  dispose(): void {
    this.#disposed = true;
    const held = [...this.#held].reverse();
    this.#held.clear();
    for (const disposable of held) {
      disposable.dispose();
    }
  }
}
