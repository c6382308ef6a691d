import type { Digest } from '../base/digest.ts';
import type { RunEvent } from '../domain/event.ts';
import { runNumber, type RunId } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import { ImpossibleEvent, RunFold } from '../journal/fold.ts';
import { graphOf } from '../journal/planGraph.ts';
import type { Driven } from './taskRows.ts';

// All runs of a folder as readers see them: each a fold of its journal, kept up to date from what this
// program appends itself and from what other programs append to the files.
//
// B1  An event is folded once, whichever way it came: what a state has seen already is passed over.
// B2  Damage in one run's journal never hides another run.

/** Where the book reads. `Position` is the journal's own; the book only hands it back. */
export interface BookSource<Position> {
  list(): Promise<readonly RunId[]>;
  read(run: RunId, from: Position | undefined): Promise<BookReading<Position>>;
  readonly plans: BookPlans;
  drivenBy(run: RunId): Driven;
  /** Whether a run belongs to this folder; other folders of the repository share the store. */
  isOurs(created: Extract<RunEvent, { type: 'run-created' }>): boolean;
}

export interface BookPlans {
  read(digest: Digest): Promise<RunPlan>;
  /** Makes the plans known that these events change to. */
  load(events: readonly RunEvent[]): Promise<void>;
  known(digest: Digest): RunPlan | undefined;
}

export interface BookReading<Position> {
  readonly events: readonly RunEvent[];
  /** What was read before does not stand any more: these are all events from the first on. */
  readonly anew: boolean;
  readonly end: Position;
  /** What is wrong with the rest of the journal, as a sentence. */
  readonly damage: string | undefined;
}

export type BookEntry =
  | {
      readonly kind: 'readable';
      readonly run: RunId;
      readonly plan: RunPlan;
      readonly state: RunState;
      readonly driven: Driven;
      /** The end of the journal could not be read; what is shown is the run up to there. */
      readonly damage: string | undefined;
    }
  | { readonly kind: 'unreadable'; readonly run: RunId; readonly why: string };

interface Page<Position> {
  /** The one the run started with. */
  readonly first: RunPlan;
  fold: RunFold;
  position: Position | undefined;
  damage: string | undefined;
}

export class RunBook<Position> {
  readonly #source: BookSource<Position>;
  readonly #pages = new Map<RunId, Page<Position>>();
  readonly #unreadable = new Map<RunId, string>();
  readonly #others = new Set<RunId>();
  readonly #reading = new Map<RunId, Promise<void>>();

  constructor(source: BookSource<Position>) {
    this.#source = source;
  }

  /** Newest first; what `refresh` has read so far. */
  entries(): BookEntry[] {
    const runs = [...this.#pages.keys(), ...this.#unreadable.keys()];
    return runs.sort((a, b) => runNumber(b) - runNumber(a)).flatMap((run) => this.entry(run) ?? []);
  }

  entry(run: RunId): BookEntry | undefined {
    const page = this.#pages.get(run);
    if (page === undefined) {
      const why = this.#unreadable.get(run);
      return why === undefined ? undefined : { kind: 'unreadable', run, why };
    }
    return {
      kind: 'readable',
      run,
      plan: page.fold.plan,
      state: page.fold.state,
      driven: this.#source.drivenBy(run),
      damage: page.damage,
    };
  }

  /** True for a run of another folder of the repository. */
  isElsewhere(run: RunId): boolean {
    return this.#others.has(run);
  }

  /** Reads what is new in every run's journal, and forgets runs that were removed. */
  async refreshAll(): Promise<void> {
    // Taken before the list: a run that is created meanwhile is in neither.
    const known = [...this.#pages.keys(), ...this.#unreadable.keys(), ...this.#others];
    const listed = new Set(await this.#source.list());
    for (const run of known.filter((one) => !listed.has(one))) {
      this.#pages.delete(run);
      this.#unreadable.delete(run);
      this.#others.delete(run);
    }
    for (const run of listed) {
      await this.refresh(run);
    }
  }

  /** Reads what is new in one run's journal; two calls at once read once, and then again. */
  async refresh(run: RunId): Promise<void> {
    if (this.#others.has(run)) {
      return;
    }
    const before = this.#reading.get(run) ?? Promise.resolve();
    const reading = before.then(() => this.#read(run));
    this.#reading.set(run, reading);
    try {
      await reading;
    } finally {
      if (this.#reading.get(run) === reading) {
        this.#reading.delete(run);
      }
    }
  }

  /** A run this program has just created. */
  add(plan: RunPlan, created: RunEvent): void {
    this.#pages.set(created.run, {
      first: plan,
      fold: this.#foldOf(plan, created),
      position: undefined,
      damage: undefined,
    });
  }

  /** What this program has just appended. */
  apply(events: readonly RunEvent[]): void {
    for (const event of events) {
      const page = this.#pages.get(event.run);
      if (page !== undefined) {
        applyTo(page, event);
      }
    }
  }

  async #read(run: RunId): Promise<void> {
    const page = this.#pages.get(run);
    if (this.#isCurrent(run)) {
      return;
    }
    try {
      const reading = await this.#source.read(run, page?.position);
      await this.#source.plans.load(reading.events);
      const known = this.#pages.get(run) ?? (await this.#open(run, reading));
      if (known === undefined || this.#isCurrent(run)) {
        return;
      }
      const [created] = reading.events;
      if (reading.anew && created !== undefined) {
        known.fold = this.#foldOf(known.first, created);
      }
      for (const event of reading.events) {
        applyTo(known, event);
      }
      known.position = reading.end;
      known.damage = reading.damage;
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      const known = this.#pages.get(run);
      if (known === undefined) {
        this.#unreadable.set(run, why);
      } else {
        known.damage = why;
      }
    }
  }

  #foldOf(plan: RunPlan, created: RunEvent): RunFold {
    return new RunFold(plan, graphOf(plan), created, (digest) => this.#source.plans.known(digest));
  }

  /** True when reading cannot tell anything new: the run's events come from here. */
  #isCurrent(run: RunId): boolean {
    return this.#pages.has(run) && this.#source.drivenBy(run).kind === 'here';
  }

  async #open(run: RunId, reading: BookReading<Position>): Promise<Page<Position> | undefined> {
    const [created] = reading.events;
    if (created === undefined) {
      // Without damage another program has made the folder and not written its first event yet.
      if (reading.damage !== undefined) {
        this.#unreadable.set(run, reading.damage);
      }
      return undefined;
    }
    if (created.type !== 'run-created') {
      throw new ImpossibleEvent(created, 'a run starts with run-created');
    }
    if (!this.#source.isOurs(created)) {
      this.#others.add(run);
      return undefined;
    }
    const plan = await this.#source.plans.read(created.plan);
    if (!this.#pages.has(run)) {
      // Else this program has just created it, and the page holds more than was read.
      this.add(plan, created);
    }
    this.#unreadable.delete(run);
    return this.#pages.get(run);
  }
}

function applyTo(page: Page<unknown>, event: RunEvent): void {
  if (event.seq > page.fold.state.seq) {
    page.fold.apply(event);
  }
}
