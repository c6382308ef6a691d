import type { RunEvent } from '../../core/domain/event.ts';
import type { RunId, TaskId } from '../../core/domain/ids.ts';
import { attemptsIn, isDeed, tasksOfDeed } from '../../core/projections/attempts.ts';
import type { DetailAttempt } from '../../core/projections/detailPicture.ts';

interface Known {
  /** Of the run's events when it was read. */
  readonly seq: number;
  readonly attempts: readonly DetailAttempt[];
}

/** Tasks whose attempts are remembered: those somebody has opened last. */
const REMEMBERED = 50;

/**
 * How the attempts of tasks went, which the state of a run does not keep. A view is never kept waiting: it gets what is
 * known, and `changed` is called when more is.
 */
export class TaskAttempts {
  readonly #events: (run: RunId) => Promise<readonly RunEvent[]>;
  readonly #changed: () => void;
  readonly #known = new Map<string, Known>();
  readonly #reading = new Set<string>();

  /** @param events all of a run, in order; may reject */
  constructor(events: (run: RunId) => Promise<readonly RunEvent[]>, changed: () => void) {
    this.#events = events;
    this.#changed = changed;
  }

  /** @param seq of the last event that is shown @returns `undefined`: not read yet */
  of(run: RunId, task: TaskId, seq: number): readonly DetailAttempt[] | undefined {
    const key = JSON.stringify([run, task]);
    const known = this.#known.get(key);
    if (known?.seq !== seq && !this.#reading.has(key)) {
      this.#reading.add(key);
      void this.#read(run, task, seq, key).finally(() => this.#reading.delete(key));
    }
    return known?.attempts;
  }

  async #read(run: RunId, task: TaskId, seq: number, key: string): Promise<void> {
    // What keeps a journal from being read is told in the run's own row.
    const events: readonly RunEvent[] = await this.#events(run).catch(() => []);
    const deeds = events.flatMap((event) =>
      event.seq <= seq && isDeed(event) && tasksOfDeed(event).includes(task) ? [event] : [],
    );
    this.#known.delete(key);
    this.#known.set(key, { seq, attempts: attemptsIn(deeds) });
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) {
      this.#known.delete(oldest);
    }
    this.#changed();
  }
}
