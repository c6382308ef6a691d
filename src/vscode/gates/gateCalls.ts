import type { Clock } from '../../core/base/clock.ts';
import type { Disposable } from '../../core/base/disposables.ts';

/** Gates that begin to wait within this time are told together. */
export const TOGETHER_MS = 400;
/** While a notification of several stands, another one comes no sooner. */
export const APART_MS = 20_000;

export interface GateCallsOptions<Gate> {
  readonly clock: Pick<Clock, 'monotonic' | 'timer'>;
  /** The same for a gate for as long as it asks the same about the same content. */
  readonly keyOf: (gate: Gate) => string;
  /** Resolves once the notification is gone. Never rejects. */
  readonly tellOne: (gate: Gate) => Promise<void>;
  /** As `tellOne`. @param count all that wait */
  readonly tellMany: (count: number) => Promise<void>;
}

/**
 * Tells of gates that begin to wait: of one by itself, of several as one. Each is told once.
 *
 * G1  VS Code cannot take a notification back or change it. One that stands is told by what it tells of: once none of
 *     these gates waits any more, it counts as gone.
 * G2  While one stands, gates that begin to wait are told as a number, with those that wait already.
 */
export class GateCalls<Gate> implements Disposable {
  readonly #options: GateCallsOptions<Gate>;
  readonly #told = new Set<string>();
  /** Of each notification that stands the gates it tells of. */
  readonly #standing = new Set<ReadonlySet<string>>();
  #open: ReadonlyMap<string, Gate> = new Map();
  #news = new Set<string>();
  #timer: Disposable | undefined;
  #manyAt: number | undefined;

  constructor(options: GateCallsOptions<Gate>) {
    this.#options = options;
  }

  /** @param open all gates that wait now */
  refresh(open: readonly Gate[]): void {
    const { clock, keyOf } = this.#options;
    this.#open = new Map(open.map((gate) => [keyOf(gate), gate]));
    for (const key of this.#open.keys()) {
      if (!this.#told.has(key)) {
        this.#told.add(key);
        this.#news.add(key);
      }
    }
    if (this.#news.size > 0 && this.#timer === undefined) {
      const since = this.#manyAt === undefined ? APART_MS : clock.monotonic() - this.#manyAt;
      const apart = this.#isOneStanding() ? APART_MS - since : 0;
      this.#timer = clock.timer(Math.max(TOGETHER_MS, apart), () => this.#tell());
    }
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#news.clear();
    this.#told.clear();
  }

  #tell(): void {
    this.#timer = undefined;
    const news = [...this.#news].filter((key) => this.#open.has(key));
    this.#news = new Set();
    const [first, ...others] = news.map((key) => this.#open.get(key));
    if (first === undefined) {
      return;
    }
    if (others.length === 0 && !this.#isOneStanding()) {
      this.#stand(new Set(news), this.#options.tellOne(first));
    } else {
      this.#manyAt = this.#options.clock.monotonic();
      this.#stand(new Set(this.#open.keys()), this.#options.tellMany(this.#open.size));
    }
  }

  #stand(gates: ReadonlySet<string>, gone: Promise<void>): void {
    this.#standing.add(gates);
    void gone.finally(() => this.#standing.delete(gates));
  }

  #isOneStanding(): boolean {
    return [...this.#standing].some((gates) => [...gates].some((key) => this.#open.has(key)));
  }
}
