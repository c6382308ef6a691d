import type { SharedAnswers, SharedQuestion } from '../../src/core/domain/sharing.ts';

type Loaded = { readonly text: string; readonly keep: boolean };

interface Flight {
  waiting: number;
  readonly stop: AbortController;
  readonly loaded: Promise<Loaded>;
}

/** Shared answers as the port promises them, kept in memory for ever. */
export class MemoryAnswers implements SharedAnswers {
  /** Every question, in order. */
  readonly asked: SharedQuestion[] = [];
  readonly kept = new Map<string, string>();
  readonly #flights = new Map<string, Flight>();

  async share(
    question: SharedQuestion,
    load: (signal: AbortSignal) => Promise<Loaded>,
    signal: AbortSignal,
  ): Promise<string> {
    signal.throwIfAborted();
    this.asked.push(question);
    const key = JSON.stringify([question.namespace, question.facts, question.text]);
    for (;;) {
      const kept = this.kept.get(key);
      if (kept !== undefined) {
        return kept;
      }
      const under = this.#flights.get(key);
      const flight = under ?? this.#begin(key, load);
      const loaded = await this.#wait(flight, signal).catch((thrown: unknown) => {
        if (signal.aborted || under === undefined) {
          throw thrown;
        }
        return undefined;
      });
      if (loaded !== undefined && (loaded.keep || under === undefined)) {
        return loaded.text;
      }
    }
  }

  /** How many wait for calls under way. */
  get waiting(): number {
    return [...this.#flights.values()].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  #begin(key: string, load: (signal: AbortSignal) => Promise<Loaded>): Flight {
    const stop = new AbortController();
    const loaded = load(stop.signal).then(
      (loaded) => {
        this.#flights.delete(key);
        if (loaded.keep) {
          this.kept.set(key, loaded.text);
        }
        return loaded;
      },
      (thrown: unknown) => {
        this.#flights.delete(key);
        throw thrown;
      },
    );
    loaded.catch(() => undefined);
    const flight = { waiting: 0, stop, loaded };
    this.#flights.set(key, flight);
    return flight;
  }

  #wait(flight: Flight, signal: AbortSignal): Promise<Loaded> {
    flight.waiting += 1;
    return new Promise<Loaded>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      flight.loaded.then(resolve, reject);
    }).finally(() => {
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        flight.stop.abort();
      }
    });
  }
}
