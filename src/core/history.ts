import { setImmediate } from 'node:timers/promises';
import type { RunEvent } from './domain/event.ts';
import type { RunId } from './domain/ids.ts';
import { JOURNAL_START, type JournalPosition } from './journal/reader.ts';
import { PastRun } from './pastRun.ts';
import type { GraphMoment } from './projections/graphPicture.ts';
import type { BookEntry, BookPlans, BookReading } from './projections/runBook.ts';
import { TimelineFold } from './projections/timeline.ts';
import type { TimelinePicture } from './projections/timelinePicture.ts';

// What runs have been, for whoever looks back.
//
// H1  A run's journal is read when somebody first asks about its past, and what it then becomes is added.
// H2  Few runs are remembered, those asked about last: any other is read again.
// H3  What cannot be read or folded ends the past; what was before it stands.

type Readable = Extract<BookEntry, { readonly kind: 'readable' }>;

/** A run as it was. */
export interface PastEntry {
  readonly entry: Readable;
  readonly moment: GraphMoment;
}

export interface HistorySource {
  /** The run as it is. */
  entry(run: RunId): BookEntry | undefined;
  /** Rejects as the disk does. */
  read(run: RunId, from: JournalPosition): Promise<BookReading<JournalPosition>>;
  readonly plans: BookPlans;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Runs whose past is remembered: the one that is looked at, and those it is compared with. */
const MOST_RUNS = 3;
/** Events between two breaths: others wait no longer than a frame. */
const EVENTS_AT_ONCE = 1000;

interface Page {
  position: JournalPosition;
  past: PastRun | undefined;
  timeline: TimelineFold | undefined;
  /** Events that were appended while the journal was read. */
  readonly pending: RunEvent[];
  /** Resolves when all that was begun is read. */
  reading: Promise<void> | undefined;
}

export class History {
  readonly #source: HistorySource;
  /** The one asked about last is the last. */
  readonly #pages = new Map<RunId, Page>();

  constructor(source: HistorySource) {
    this.#source = source;
  }

  /**
   * The run after so many events; of a number there is not the nearest. `undefined`: it cannot be read. Rejects as the
   * disk does.
   */
  async at(run: RunId, seq: number): Promise<PastEntry | undefined> {
    const now = this.#source.entry(run);
    const past = (await this.#read(run))?.past;
    if (now?.kind !== 'readable' || past === undefined) {
      return undefined;
    }
    const last = past.events.length;
    const wanted = Math.min(last, Math.max(1, Math.trunc(seq)));
    const at = past.events[wanted - 1]?.at ?? 0;
    // Whoever drove it then: nothing of the past is to be taken for interrupted.
    const driven = { kind: 'here' } as const;
    const entry: Readable = { ...now, ...past.at(wanted), driven };
    return { entry, moment: { seq: wanted, last, at } };
  }

  /** The run after so many events, as of `at`. */
  async entryAt(run: RunId, seq: number): Promise<Readable | undefined> {
    return (await this.at(run, seq))?.entry;
  }

  /** All that has happened, in order; empty when it cannot be read. Rejects as the disk does. */
  async events(run: RunId): Promise<readonly RunEvent[]> {
    return (await this.#read(run))?.past?.events ?? [];
  }

  /** `undefined`: it cannot be read. Rejects as the disk does. */
  async timeline(run: RunId): Promise<TimelinePicture | undefined> {
    const page = await this.#read(run);
    const entry = this.#source.entry(run);
    const isDriven = entry?.kind === 'readable' && entry.driven.kind !== 'nobody';
    return page?.timeline?.picture(this.#source.now(), isDriven);
  }

  /** What this program has just appended. */
  appended(events: readonly RunEvent[]): void {
    for (const event of events) {
      const page = this.#pages.get(event.run);
      if (page?.reading !== undefined) {
        page.pending.push(event);
      } else if (page !== undefined) {
        this.#take(page, event);
      }
    }
  }

  /** Reads what is new of the run's journal; asked again meanwhile, it reads once more for all who did. */
  async #read(run: RunId): Promise<Page | undefined> {
    if (this.#source.entry(run)?.kind !== 'readable') {
      this.#pages.delete(run);
      return undefined;
    }
    const page = this.#pages.get(run) ?? blankPage();
    this.#pages.delete(run);
    this.#pages.set(run, page);
    for (const [other, { reading }] of this.#pages) {
      if (this.#pages.size > MOST_RUNS && other !== run && reading === undefined) {
        this.#pages.delete(other);
      }
    }
    const before = page.reading ?? Promise.resolve();
    const reading = before.catch(() => undefined).then(() => this.#readOn(run, page));
    page.reading = reading;
    try {
      await reading;
    } finally {
      if (page.reading === reading) {
        page.reading = undefined;
        page.pending.splice(0).forEach((event) => this.#take(page, event));
      }
    }
    return page;
  }

  async #readOn(run: RunId, page: Page): Promise<void> {
    const reading = await this.#source.read(run, page.position);
    await this.#source.plans.load(reading.events);
    const [created] = reading.events;
    if (reading.anew) {
      page.past = undefined;
    }
    page.position = reading.end;
    if (page.past === undefined && created?.type === 'run-created') {
      const plan = await this.#source.plans.read(created.plan);
      page.past = new PastRun(plan, created, (digest) => this.#source.plans.known(digest));
      page.timeline = new TimelineFold(page.past.plan, created);
    }
    let taken = 0;
    for (const event of reading.events) {
      if (!this.#take(page, event)) {
        break;
      }
      taken += 1;
      if (taken % EVENTS_AT_ONCE === 0) {
        await setImmediate();
      }
    }
  }

  /** False when nothing behind the event can be taken either. */
  #take({ past, timeline }: Page, event: RunEvent): boolean {
    if (past === undefined || event.seq > past.events.length + 1) {
      return false;
    }
    if (event.seq === past.events.length + 1) {
      try {
        past.apply(event);
      } catch {
        // The book of runs tells what is wrong with it (H3).
        return false;
      }
      timeline?.apply(event, past.state, past.plan);
    }
    return true;
  }
}

function blankPage(): Page {
  return {
    position: JOURNAL_START,
    past: undefined,
    timeline: undefined,
    pending: [],
    reading: undefined,
  };
}
