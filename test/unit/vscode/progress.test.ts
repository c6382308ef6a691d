import assert from 'node:assert/strict';
import { Emitter } from '../../../src/core/base/emitter.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import type { ReadableRun } from '../../../src/vscode/offers.ts';
import {
  RunProgress,
  withoutLinks,
  type RunReport,
} from '../../../src/vscode/status/runProgress.ts';
import { english } from '../../support/english.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { gate, plan, step } from '../../support/plans.ts';
import {
  ADA,
  answered,
  opened,
  RUN,
  started,
  stateAfter,
  succeeded,
  task,
} from '../projections/histories.ts';

const PLANNED = plan(
  ...['a', 'b', 'c', 'd', 'e'].map((id) => step(id)),
  gate('ok', ['a', 'b', 'c', 'd', 'e']),
);
/** Behind `a` begun: all of it, up to the gate. */
const UP_TO_GATE = [
  succeeded('a'),
  ...['b', 'c', 'd', 'e'].flatMap((id) => [started(id), succeeded(id)]),
  opened('ok'),
];
/** A run ends, pauses, is cancelled, or is with people alone. */
const ENDS: readonly (readonly EventBody[])[] = [
  [...UP_TO_GATE, answered('ok', 'approved'), { type: 'run-finished', status: 'succeeded' }],
  [{ type: 'run-paused', running: 'finish', by: ADA }],
  [{ type: 'cancel-requested', by: ADA }],
  UP_TO_GATE,
];

/** A run whose history the test writes, and what is shown of it. */
class Followed {
  readonly clock = new ManualClock();
  readonly reports: RunReport[] = [];
  /** `undefined`: never shown. */
  isOpen: boolean | undefined;
  readonly progress: RunProgress;
  readonly #changed = new Emitter<void>((thrown) => {
    throw thrown;
  });
  #bodies: EventBody[] = [];
  #isThere = true;

  constructor(...bodies: readonly EventBody[]) {
    this.#bodies.push(...bodies);
    this.progress = new RunProgress({
      clock: this.clock,
      look: () => (this.#isThere ? this.#entry() : undefined),
      onDidChange: this.#changed.on,
      show: (work) => {
        this.isOpen = true;
        void work((report) => this.reports.push(report)).then(() => {
          this.isOpen = false;
        });
      },
      t: english,
    });
  }

  async append(...bodies: readonly EventBody[]): Promise<void> {
    this.#bodies.push(...bodies);
    this.#changed.fire();
    await Promise.resolve();
  }

  async vanish(): Promise<void> {
    this.#isThere = false;
    await this.append();
  }

  #entry(): ReadableRun {
    const state = stateAfter(PLANNED, ...this.#bodies);
    return {
      kind: 'readable',
      run: RUN,
      plan: PLANNED,
      state,
      driven: { kind: 'here' },
      damage: undefined,
    };
  }
}

describe('The progress of a run somebody has started', () => {
  it('is not shown of a run that is over, paused or with people within a second', async () => {
    for (const bodies of ENDS) {
      const followed = new Followed(started('a'));
      followed.clock.advance(999);
      await followed.append(...bodies);
      followed.clock.advance(10_000);
      assert.equal(followed.isOpen, undefined, bodies.at(-1)?.type);
      assert.equal(followed.clock.pending, 0);
    }
  });

  it('is how much is done and what runs, at once when it is shown', () => {
    const followed = new Followed(started('a'), succeeded('a'), started('b'), started('c'));
    followed.clock.advance(1000);
    assert.deepEqual(followed.reports, [{ message: '1 of 6 · b, c', increment: 16 }]);
  });

  it('names three tasks, and counts the others', () => {
    const followed = new Followed(...['a', 'b', 'c', 'd', 'e'].map((id) => started(id)));
    followed.clock.advance(1000);
    assert.deepEqual(followed.reports, [
      { message: '0 of 6 · a, b, c and 2 more', increment: undefined },
    ]);
  });

  it('is told again a moment after a burst of changes, and only where it is another', async () => {
    const followed = new Followed(started('a'), started('b'));
    followed.clock.advance(1000);
    for (let n = 0; n < 50; n += 1) {
      await followed.append();
    }
    await followed.append(succeeded('a'));
    await followed.append(succeeded('b'), started('c'));
    assert.equal(followed.reports.length, 1);
    followed.clock.advance(250);
    assert.deepEqual(followed.reports.slice(1), [{ message: '2 of 6 · c', increment: 33 }]);
    await followed.append();
    followed.clock.advance(10_000);
    assert.equal(followed.reports.length, 2);
    assert.equal(followed.clock.pending, 0);
  });

  it('adds up to no more than the whole, also when tasks are to be made again', async () => {
    const followed = new Followed(started('a'), succeeded('a'), started('b'));
    followed.clock.advance(1000);
    const again = { tasks: [task('a')], fresh: [], edit: undefined, by: ADA };
    await followed.append({ type: 'tasks-reset', ...again });
    followed.clock.advance(250);
    await followed.append(started('a', 2), { ...succeeded('a'), attempt: 2 } as EventBody);
    followed.clock.advance(250);
    await followed.append(succeeded('b'), started('c'), succeeded('c'), started('d'));
    followed.clock.advance(250);
    const sum = followed.reports.reduce((all, { increment = 0 }) => all + increment, 0);
    assert.ok(sum > 0 && sum <= 100, String(sum));
  });

  it('ends at once when the run ends, pauses, is cancelled or waits for people alone', async () => {
    for (const bodies of ENDS) {
      const followed = new Followed(started('a'));
      followed.clock.advance(1000);
      assert.equal(followed.isOpen, true);
      await followed.append(...bodies);
      assert.equal(followed.isOpen, false, bodies.at(-1)?.type);
      assert.equal(followed.clock.pending, 0);
    }
  });

  it('ends when the run is dropped, and does not come back when it goes on', async () => {
    const followed = new Followed(started('a'));
    followed.clock.advance(1000);
    await followed.vanish();
    assert.equal(followed.isOpen, false);
    followed.clock.advance(10_000);
    assert.equal(followed.isOpen, false);
    assert.equal(followed.reports.length, 1);
  });

  it('has no links in it', () => {
    assert.equal(withoutLinks('[Fix](command:x)'), '[Fix] (command:x)');
  });
});
