import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import { internalFailure, type Failure } from '../../domain/failure.ts';
import type { SandboxLimit, SandboxRule } from '../../domain/sandbox.ts';
import type { DiskLooks } from './diskLooks.ts';
import { MOST_PROCESSES } from './enclosure.ts';
import type { ProcessUse } from './processUse.ts';

/** From one look at what the disk has left to the next, in milliseconds. */
const DISK_MS = 100;
/** How the processes of a sandbox are looked at. */
export interface ProcessLooks {
  /** From one to the next, in milliseconds. */
  readonly everyMs: number;
  /** `undefined`: there are none, or not yet. May be too much, never too little. */
  rough(): Promise<ProcessUse | undefined>;
  /** Bytes in memory, when the rough look was over the limit; may take long. */
  exactMemory(): Promise<number>;
}

/**
 * Looks again and again at what a sandbox takes.
 *
 * S1. `reached` is called at most once, and never after `dispose`.
 * S2. A look begins only when the one before it is done, however long that took. Counting the memory exactly may take
 *     seconds, and processes are looked at meanwhile.
 */
export class SandboxWatch implements Disposable {
  readonly #clock: Clock;
  readonly #rule: SandboxRule;
  readonly #reached: (failure: Failure) => void;
  readonly #timers = new Set<Disposable>();
  #countsMemory = false;
  #isOver = false;

  constructor(
    { clock, rule }: { readonly clock: Clock; readonly rule: SandboxRule },
    processes: ProcessLooks | undefined,
    disk: Pick<DiskLooks, 'isOver'>,
    reached: (failure: Failure) => void,
  ) {
    this.#clock = clock;
    this.#rule = rule;
    this.#reached = reached;
    if (processes !== undefined) {
      this.#again(processes.everyMs, () => this.#overProcesses(processes));
    }
    this.#again(DISK_MS, async () => ((await disk.isOver()) ? 'disk' : undefined));
  }

  dispose(): void {
    this.#isOver = true;
    for (const timer of this.#timers) {
      timer.dispose();
    }
  }

  #again(everyMs: number, look: () => Promise<SandboxLimit | undefined>): void {
    const timer = this.#clock.timer(everyMs, () => {
      this.#timers.delete(timer);
      look().then(
        (limit) => {
          if (limit !== undefined) {
            this.#end(limitFailure(limit, this.#rule));
          } else if (!this.#isOver) {
            this.#again(everyMs, look);
          }
        },
        (error: unknown) => this.#end(internalFailure(error)),
      );
    });
    this.#timers.add(timer);
  }

  async #overProcesses(processes: ProcessLooks): Promise<SandboxLimit | undefined> {
    const use = await processes.rough();
    if (use === undefined) {
      return undefined;
    }
    if (use.tasks > MOST_PROCESSES) {
      return 'processes';
    }
    if (use.memoryBytes > this.#rule.memoryBytes && !this.#countsMemory) {
      this.#countsMemory = true;
      processes.exactMemory().then(
        (bytes) => {
          this.#countsMemory = false;
          if (bytes > this.#rule.memoryBytes) {
            this.#end(limitFailure('memory', this.#rule));
          }
        },
        (error: unknown) => this.#end(internalFailure(error)),
      );
    }
    return undefined;
  }

  #end(failure: Failure): void {
    if (!this.#isOver) {
      this.dispose();
      this.#reached(failure);
    }
  }
}

export function limitFailure(limit: SandboxLimit, rule: SandboxRule): Failure {
  const most = {
    memory: rule.memoryBytes,
    disk: rule.diskBytes,
    processes: MOST_PROCESSES,
  } as const satisfies Record<SandboxLimit, number>;
  return { reason: 'sandbox-limit', limit, most: most[limit] };
}
