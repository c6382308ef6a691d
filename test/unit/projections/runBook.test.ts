import assert from 'node:assert/strict';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import { runIdOf, type RunId } from '../../../src/core/domain/ids.ts';
import { RunBook, type BookReading } from '../../../src/core/projections/runBook.ts';
import type { Driven } from '../../../src/core/projections/taskRows.ts';
import { plan, step } from '../../support/plans.ts';
import { dropped, finished, history, RUN, started, succeeded, task } from './histories.ts';

const PLAN = plan(step('a'), step('b', ['a']));

/** Where one comes and waits until another lets it go on. */
class Barrier {
  #arrive: () => void = () => undefined;
  #open: () => void = () => undefined;
  readonly arrived = new Promise<void>((resolve) => (this.#arrive = resolve));
  readonly #opened = new Promise<void>((resolve) => (this.#open = resolve));

  reached(): Promise<void> {
    this.#arrive();
    return this.#opened;
  }

  letGoOn(): void {
    this.#open();
  }
}

/** Journals in memory, read by position as the real ones are; a reading can be held back. */
class Shelf {
  readonly journals = new Map<RunId, RunEvent[]>();
  readonly damage = new Map<RunId, string>();
  readonly reads: string[] = [];
  readonly driven = new Map<RunId, Driven>();
  readonly others = new Set<RunId>();
  rewound = false;
  plan: () => Promise<typeof PLAN> = () => Promise.resolve(PLAN);
  /** Holds up the next reading once it has looked. */
  held: Barrier | undefined;

  readonly book = new RunBook<number>({
    list: () => Promise.resolve([...this.journals.keys()]),
    read: (run, from) => this.#read(run, from),
    plans: {
      read: () => this.plan(),
      load: () => Promise.resolve(),
      known: () => undefined,
    },
    drivenBy: (run) => this.driven.get(run) ?? { kind: 'nobody' },
    isOurs: (created) => !this.others.has(created.run),
  });

  put(run: RunId, ...bodies: readonly EventBody[]): RunEvent[] {
    const events = history(bodies, run);
    this.journals.set(run, events);
    return events;
  }

  async #read(run: RunId, from: number | undefined): Promise<BookReading<number>> {
    this.reads.push(`${run} from ${from ?? 'its start'}`);
    const journal = [...(this.journals.get(run) ?? [])];
    const anew = this.rewound;
    await this.held?.reached();
    return {
      events: journal.slice(anew ? 0 : (from ?? 0)),
      anew,
      end: journal.length,
      damage: this.damage.get(run),
    };
  }
}

describe('The book of runs', () => {
  let shelf: Shelf;
  beforeEach(() => {
    shelf = new Shelf();
  });

  function seqOf(run: RunId): number | undefined {
    const entry = shelf.book.entry(run);
    return entry?.kind === 'readable' ? entry.state.seq : undefined;
  }

  it('lists runs with the newest first, whatever their workflows are called', async () => {
    for (const [name, number] of [
      ['zebra', 2],
      ['ape', 10],
      ['ape', 1],
    ] as const) {
      shelf.put(runIdOf(name, number));
    }
    await shelf.book.refreshAll();
    assert.deepEqual(
      shelf.book.entries().map(({ run }) => run),
      ['ape-10', 'zebra-2', 'ape-1'],
    );
  });

  it('reads on from where it was, also in a finished run, which may be opened again', async () => {
    shelf.put(RUN, started('a'));
    await shelf.book.refresh(RUN);
    shelf.put(RUN, started('a'), succeeded('a'), dropped('b'), finished('cancelled'));
    await shelf.book.refresh(RUN);
    await shelf.book.refresh(RUN);
    assert.deepEqual(shelf.reads, [
      'example-1 from its start',
      'example-1 from 2',
      'example-1 from 5',
    ]);
    assert.equal(seqOf(RUN), 5);
  });

  it('folds an event once, whichever way it came', async () => {
    const events = shelf.put(RUN, started('a'), succeeded('a'));
    shelf.book.add(PLAN, events[0]!);
    shelf.book.apply(events.slice(0, 2));
    await shelf.book.refresh(RUN);
    assert.equal(seqOf(RUN), 3);
    shelf.book.apply(events);
    assert.equal(seqOf(RUN), 3);
  });

  it('does not read what this program drives, since it hears of it', async () => {
    const events = shelf.put(RUN, started('a'));
    shelf.book.add(PLAN, events[0]!);
    shelf.driven.set(RUN, { kind: 'here' });
    shelf.book.apply(events);
    await shelf.book.refresh(RUN);
    assert.deepEqual([shelf.reads, seqOf(RUN)], [[], 2]);
  });

  it('loses nothing of a run that is created while its journal is being read', async () => {
    const events = shelf.put(RUN, started('a'), succeeded('a'));
    const barrier = new Barrier();
    shelf.held = barrier;
    // A watcher told of the run's folder before its creator told of the run.
    shelf.journals.set(RUN, events.slice(0, 1));
    const reading = shelf.book.refresh(RUN);
    await barrier.arrived;
    shelf.book.add(PLAN, events[0]!);
    shelf.driven.set(RUN, { kind: 'here' });
    shelf.book.apply(events.slice(1));
    barrier.letGoOn();
    await reading;
    assert.equal(seqOf(RUN), 3);
  });

  it('loses nothing of a run that is created while its plan is being read', async () => {
    const events = shelf.put(RUN, started('a'), succeeded('a'));
    const barrier = new Barrier();
    shelf.plan = () => barrier.reached().then(() => PLAN);
    shelf.journals.set(RUN, events.slice(0, 1));
    const reading = shelf.book.refresh(RUN);
    await barrier.arrived;
    shelf.book.add(PLAN, events[0]!);
    shelf.driven.set(RUN, { kind: 'here' });
    shelf.book.apply(events.slice(1));
    barrier.letGoOn();
    await reading;
    assert.equal(seqOf(RUN), 3);
  });

  it('begins a run anew when what it had read was taken back', async () => {
    // Half of a batch was read before its writer took the batch back.
    shelf.put(RUN, started('a'));
    await shelf.book.refresh(RUN);
    shelf.put(RUN, dropped('b'));
    shelf.rewound = true;
    await shelf.book.refresh(RUN);
    const entry = shelf.book.entry(RUN);
    assert.deepEqual(
      entry?.kind === 'readable' && [...entry.state.tasks].map(([id, { kind }]) => `${id} ${kind}`),
      ['a pending', 'b cancelled'],
    );
  });

  it('shows a damaged run up to its damage, and the others whole', async () => {
    const other = runIdOf('other', 2);
    shelf.put(RUN, started('a'));
    shelf.put(other, started('a'), succeeded('a'));
    shelf.damage.set(RUN, 'The journal is damaged.');
    await shelf.book.refreshAll();
    const entries = shelf.book
      .entries()
      .map((entry) => [entry.run, entry.kind, entry.kind === 'readable' && entry.damage]);
    assert.deepEqual(entries, [
      ['other-2', 'readable', undefined],
      ['example-1', 'readable', 'The journal is damaged.'],
    ]);
  });

  it('shows a run of which nothing can be read as unreadable, until it can', async () => {
    shelf.journals.set(RUN, []);
    shelf.damage.set(RUN, 'Nothing of it can be read.');
    await shelf.book.refresh(RUN);
    assert.deepEqual(shelf.book.entries(), [
      { kind: 'unreadable', run: RUN, why: 'Nothing of it can be read.' },
    ]);
    shelf.damage.clear();
    shelf.put(RUN);
    await shelf.book.refresh(RUN);
    assert.equal(seqOf(RUN), 1);
  });

  it('does not show a run whose first event is still to come', async () => {
    shelf.journals.set(RUN, []);
    await shelf.book.refreshAll();
    assert.deepEqual(shelf.book.entries(), []);
  });

  it('shows what cannot be as unreadable, or as damage where something was read before', async () => {
    const later = runIdOf('later', 2);
    shelf.journals.set(RUN, history([started('a')]).slice(1));
    shelf.put(later);
    await shelf.book.refreshAll();
    shelf.put(later, succeeded('a'));
    await shelf.book.refreshAll();
    assert.deepEqual(
      shelf.book.entries().map((entry) => (entry.kind === 'readable' ? entry.damage : entry.why)),
      [
        'event 2 (task-succeeded) cannot be: the task is pending, not running',
        'event 2 (task-started) cannot be: a run starts with run-created',
      ],
    );
  });

  it('shows a run up to the first event that cannot be, also when that is found at once', async () => {
    shelf.put(RUN, started('a'), started('a'));
    await shelf.book.refreshAll();
    const entry = shelf.book.entry(RUN);
    assert.deepEqual(entry?.kind === 'readable' && [entry.state.seq, entry.damage], [
      2,
      'event 3 (task-started) cannot be: the task is running, not pending',
    ]);
  });

  it('passes over the runs of other folders, and does not read them again', async () => {
    shelf.put(RUN);
    shelf.others.add(RUN);
    await shelf.book.refreshAll();
    await shelf.book.refreshAll();
    assert.deepEqual([shelf.book.entries(), shelf.book.isElsewhere(RUN)], [[], true]);
    assert.equal(shelf.reads.length, 1);
  });

  it('forgets a run that was removed, but none that was created meanwhile', async () => {
    const other = runIdOf('other', 2);
    shelf.put(RUN);
    await shelf.book.refreshAll();
    shelf.journals.delete(RUN);
    const refreshing = shelf.book.refreshAll();
    shelf.book.add(PLAN, history([], other)[0]!);
    await refreshing;
    assert.deepEqual(
      shelf.book.entries().map(({ run }) => run),
      ['other-2'],
    );
  });

  it('says who drives a run as it is now', async () => {
    shelf.put(RUN, started('a'));
    await shelf.book.refreshAll();
    const driven: Driven = { kind: 'elsewhere', pid: 7, isLocal: false };
    shelf.driven.set(RUN, driven);
    const entry = shelf.book.entry(RUN);
    assert.deepEqual(entry?.kind === 'readable' && entry.driven, driven);
    assert.equal(entry?.kind === 'readable' && entry.state.tasks.get(task('a'))?.kind, 'running');
  });
});
