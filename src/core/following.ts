import type { Disposable } from './base/disposables.ts';
import type { RunId } from './domain/ids.ts';
import type { Driving } from './driving.ts';
import type { JournalPosition } from './journal/reader.ts';
import type { Attention } from './journal/runStore.ts';
import type { BookEntry, RunBook } from './projections/runBook.ts';
import type { Driven } from './projections/taskRows.ts';

export interface FollowingListener {
  /** A run looks otherwise than before. */
  changed(): void;
  /** A run's driver has died while it was watched. */
  abandoned(run: RunId): Promise<void>;
}

/**
 * Watches what other programs write: the journals of runs that are not driven here, and who drives them.
 */
export class Following implements Disposable {
  readonly #driving: Driving;
  readonly #book: RunBook<JournalPosition>;
  readonly #listener: FollowingListener;
  readonly #watching: Disposable;
  /** Who drove each run when it was last looked at. */
  readonly #drivers = new Map<RunId, Driven['kind']>();
  /** Runs that were there when watching began: what nobody drove then is for people to go on with. */
  readonly #found: ReadonlySet<RunId>;

  constructor(driving: Driving, book: RunBook<JournalPosition>, listener: FollowingListener) {
    this.#driving = driving;
    this.#book = book;
    this.#listener = listener;
    this.#found = new Set(book.entries().map(({ run }) => run));
    this.#watching = driving.store.watch(
      (run) => this.#attentionTo(run),
      (run) => void this.#look(run),
    );
  }

  dispose(): void {
    this.#watching.dispose();
  }

  /** What other programs may write to: not what is ours to drive or belongs to another folder. */
  #attentionTo(run: RunId): Attention {
    if (this.#driving.active(run) !== undefined || this.#book.isElsewhere(run)) {
      return 'none';
    }
    const entry = this.#book.entry(run);
    // A finished run may be opened again.
    return entry?.kind === 'readable' && entry.state.phase.kind === 'finished'
      ? 'glance'
      : 'follow';
  }

  async #look(run: RunId): Promise<void> {
    const before = JSON.stringify(seenIn(this.#book.entry(run)));
    const driver = this.#drivers.get(run);
    // Another program may have begun a run and died between two looks.
    const wasElsewhere = driver === 'elsewhere' || (driver === undefined && !this.#found.has(run));
    await this.#book.refresh(run);
    const entry = this.#book.entry(run);
    if (entry?.kind === 'readable') {
      this.#drivers.set(run, entry.driven.kind);
      if (wasElsewhere && entry.driven.kind === 'nobody' && this.#driving.isAbandoned(run)) {
        await this.#listener.abandoned(run);
      }
    }
    if (JSON.stringify(seenIn(this.#book.entry(run))) !== before) {
      this.#listener.changed();
    }
  }
}

/** What tells two looks at a run apart. */
function seenIn(entry: BookEntry | undefined): unknown {
  return entry?.kind === 'readable' ? [entry.state.seq, entry.driven, entry.damage] : entry?.kind;
}
