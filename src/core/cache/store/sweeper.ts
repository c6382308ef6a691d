import path from 'node:path';
import type { Disposable } from '../../base/disposables.ts';
import type { Log } from '../../base/log.ts';
import { thrownMessage } from '../../base/text.ts';
import { FIRST_BYTE } from './frame.ts';
import { sweepAll, type SweepParts } from './sweep.ts';

/** Milliseconds after the beginning: whoever opens a folder has more urgent things to do. */
const FIRST_AFTER_MS = 2_000;
/** Milliseconds in which one program's sweep is enough for all. */
const SWEPT_MS = 60 * 60 * 1000;
/** Of the limit: after that much was put it is looked whether all of it is too much. */
const PUT_OF_LIMIT = 0.05;

/** Sweeps a while after the beginning, and when much was put. */
export class Sweeper {
  readonly #parts: SweepParts;
  readonly #log: Log;
  readonly #ending = new AbortController();
  #sweeping: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #first: Disposable | undefined;
  #putBytes = 0;

  constructor(parts: SweepParts, log: Log) {
    this.#parts = parts;
    this.#log = log;
    this.#first = parts.clock.timer(FIRST_AFTER_MS, () => {
      this.#first = undefined;
      void (this.#wasSweptLately() ? this.#fold() : this.sweep());
    });
  }

  put(bytes: number): void {
    this.#putBytes += bytes;
    this.#sweepWhenMuchWasPut();
  }

  /** Resolves when what is there now is swept, or that was given up because the cache is being closed. */
  sweep(): Promise<void> {
    if (this.#sweeping === undefined) {
      this.#sweeping = this.#sweep().finally(() => {
        this.#sweeping = undefined;
        this.#next = undefined;
        this.#sweepWhenMuchWasPut();
      });
      return this.#sweeping;
    }
    // The one under way may have passed by what was put since.
    this.#next ??= this.#sweeping.then(() => this.sweep());
    return this.#next;
  }

  async close(): Promise<void> {
    this.#first?.dispose();
    this.#ending.abort();
    await this.#sweeping;
  }

  #sweepWhenMuchWasPut(): void {
    const isMuch = this.#putBytes > this.#parts.settings().maxBytes * PUT_OF_LIMIT;
    if (isMuch && this.#sweeping === undefined && !this.#ending.signal.aborted) {
      void this.sweep();
    }
  }

  async #sweep(): Promise<void> {
    const { signal } = this.#ending;
    this.#putBytes = 0;
    try {
      signal.throwIfAborted();
      await this.#fold();
      await sweepAll(this.#parts, signal);
      await this.#markSwept();
    } catch (thrown) {
      if (!signal.aborted) {
        this.#log.debug(`Cache: it was not swept: ${thrownMessage(thrown)}`);
      }
    }
  }

  async #fold(): Promise<void> {
    await this.#parts.ledger.fold();
  }

  get #mark(): string {
    return path.join(this.#parts.files.folder, 'swept');
  }

  #wasSweptLately(): boolean {
    const seen = this.#parts.files.look(this.#mark);
    return seen !== undefined && Math.abs(this.#parts.clock.now() - seen.modified) < SWEPT_MS;
  }

  async #markSwept(): Promise<void> {
    const { files } = this.#parts;
    if (files.list(files.folder).length > 0) {
      await files.replace(this.#mark, FIRST_BYTE, 'any');
    }
  }
}
