import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunEvent } from '../domain/event.ts';
import type { DriverParts } from './parts.ts';

/**
 * Tells of events once they would survive a power loss: what people are shown stays so. No step waits for
 * it. One flush runs at a time; whatever is written meanwhile shares the next.
 */
export class Telling {
  readonly #parts: Pick<DriverParts, 'journal' | 'onAppended'>;
  readonly #onLost: (thrown: unknown) => void;
  #untold: RunEvent[] = [];
  #running: Promise<void> | undefined;

  /** @param onLost told when the journal cannot be flushed; nothing is told any more then */
  constructor(
    parts: Pick<DriverParts, 'journal' | 'onAppended'>,
    onLost: (thrown: unknown) => void,
  ) {
    this.#parts = parts;
    this.#onLost = onLost;
  }

  /** @param events written, in order */
  tell(events: readonly RunEvent[]): void {
    this.#untold.push(...events);
    if (this.#running === undefined) {
      this.#running = this.#run();
      this.#running.catch(this.#onLost);
    }
  }

  /** Resolves once everything so far is flushed and told; rejects when it cannot be. */
  done(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  async #run(): Promise<void> {
    while (this.#untold.length > 0) {
      // What the same turn of the event loop writes shares the flush: a write waits while its file is flushed.
      await nextTurn();
      const events = this.#untold;
      this.#untold = [];
      await this.#parts.journal.sync();
      this.#parts.onAppended(events);
    }
    this.#running = undefined;
  }
}
