import assert from 'node:assert/strict';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import { runIdOf, type RunId } from '../../../src/core/domain/ids.ts';
import { History } from '../../../src/core/history.ts';
import { foldRun } from '../../../src/core/journal/fold.ts';
import type { BookEntry } from '../../../src/core/projections/runBook.ts';
import type { Driven } from '../../../src/core/projections/taskRows.ts';
import { plan, step } from '../../support/plans.ts';
import { failed, history, RUN, started, succeeded, task } from '../projections/histories.ts';

const PLAN = plan(step('a'), step('b', ['a']));

/** Journals in memory; what the book has seen of each is all of it. */
class Journals {
  readonly events = new Map<RunId, readonly RunEvent[]>();
  readonly reads: string[] = [];
  driven: Driven = { kind: 'nobody' };
  anew = false;

  readonly history = new History({
    entry: (run) => this.#entry(run),
    read: (run, from) => {
      this.reads.push(`${run} from ${from.seq}`);
      const all = this.events.get(run) ?? [];
      const end = { ...from, seq: all.length };
      const events = this.anew ? all : all.slice(from.seq);
      return Promise.resolve({ events, anew: this.anew, end, damage: undefined });
    },
    plans: {
      read: () => Promise.resolve(PLAN),
      load: () => Promise.resolve(),
      known: () => undefined,
    },
    now: () => 100_000,
  });

  put(run: RunId, ...bodies: readonly EventBody[]): readonly RunEvent[] {
    const events = history(bodies, run);
    this.events.set(run, events);
    return events;
  }

  #entry(run: RunId): BookEntry | undefined {
    const events = this.events.get(run);
    return events && { ...BOOK, run, state: foldRun(PLAN, events), driven: this.driven };
  }
}

const BOOK = { kind: 'readable', plan: PLAN, damage: undefined } as const;

function kindsOf(entry: Extract<BookEntry, { kind: 'readable' }> | undefined): string {
  return [...(entry?.state.tasks.values() ?? [])].map(({ kind }) => kind).join(' ');
}

describe('History', () => {
  let journals: Journals;

  beforeEach(() => {
    journals = new Journals();
    journals.put(RUN, started('a'), succeeded('a'), started('b'));
  });

  it('shows a run as it was after each event, as somebody drove it then', async () => {
    const seen: string[] = [];
    for (const seq of [4, 1, 3, 2]) {
      seen.push(`${seq} ${kindsOf(await journals.history.entryAt(RUN, seq))}`);
    }
    assert.deepEqual(seen, [
      '4 succeeded running',
      '1 pending pending',
      '3 succeeded pending',
      '2 running pending',
    ]);
    assert.equal((await journals.history.entryAt(RUN, 2))?.driven.kind, 'here');
  });

  it('tells which moment it is, and takes the nearest for one there is not', async () => {
    const { history: past } = journals;
    assert.deepEqual((await past.at(RUN, 2))?.moment, { seq: 2, last: 4, at: 2000 });
    assert.equal((await past.at(RUN, -3))?.moment.seq, 1);
    assert.equal((await past.at(RUN, 99))?.moment.seq, 4);
  });

  it('has nothing of a run there is not', async () => {
    const nobody = runIdOf('nobody', 1);
    assert.equal(await journals.history.at(nobody, 1), undefined);
    assert.equal(await journals.history.timeline(nobody), undefined);
    assert.deepEqual(await journals.history.events(nobody), []);
  });

  it('takes what is appended once, whichever way it comes', async () => {
    const before = await journals.history.entryAt(RUN, 4);
    const all = journals.put(RUN, started('a'), succeeded('a'), started('b'), {
      ...failed('b', { reason: 'interrupted' }),
    });
    journals.history.appended(all.slice(4));
    journals.history.appended(all.slice(4));
    const { history: past } = journals;
    assert.equal((await past.events(RUN)).length, 5);
    assert.equal(kindsOf(await past.entryAt(RUN, 5)), 'succeeded failed');
    assert.equal(kindsOf(before), 'succeeded running');
  });

  it('takes what is appended while it reads', async () => {
    const all = journals.put(RUN, started('a'), succeeded('a'), started('b'));
    journals.events.set(RUN, all.slice(0, 3));
    const reading = journals.history.events(RUN);
    journals.events.set(RUN, all);
    journals.history.appended(all.slice(3));
    await reading;
    assert.equal((await journals.history.events(RUN)).length, 4);
  });

  it('begins anew where the journal does not stand any more', async () => {
    await journals.history.events(RUN);
    journals.put(RUN, started('a'));
    journals.anew = true;
    assert.equal(kindsOf(await journals.history.entryAt(RUN, 9)), 'running pending');
    assert.equal((await journals.history.timeline(RUN))?.rows.length, 1);
  });

  it('shows what can be folded, where the rest cannot', async () => {
    journals.put(RUN, started('a'));
    const [created, first] = journals.events.get(RUN) ?? [];
    await journals.history.events(RUN);
    assert.ok(created && first);
    const impossible = { ...first, seq: 3, task: task('b') } as RunEvent;
    journals.history.appended([impossible]);
    assert.equal((await journals.history.events(RUN)).length, 2);
  });

  it('remembers the runs asked about last, and reads any other again', async () => {
    const runs = [1, 2, 3, 4].map((n) => runIdOf('example', n));
    for (const run of runs) {
      journals.put(run, started('a'));
      await journals.history.events(run);
    }
    journals.reads.length = 0;
    await journals.history.events(runs[3] ?? RUN);
    await journals.history.events(runs[0] ?? RUN);
    assert.deepEqual(journals.reads, ['example-4 from 2', 'example-1 from 0']);
  });

  it('has the time line of a run that goes on, and of one that nobody drives', async () => {
    const left = await journals.history.timeline(RUN);
    assert.equal(left?.rows[1]?.spans[0]?.outcome, 'cut off');
    journals.driven = { kind: 'here' };
    const going = await journals.history.timeline(RUN);
    assert.equal(going?.rows[1]?.spans[0]?.to, undefined);
    assert.equal(going?.to, 100_000);
  });
});
