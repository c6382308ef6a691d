import type { Clock } from '../../core/base/clock.ts';
import type { Disposable } from '../../core/base/disposables.ts';
import { oneLine } from '../../core/base/text.ts';
import { hasEnded, type RunState } from '../../core/domain/runState.ts';
import { stepCount } from '../../core/projections/census.ts';
import { fixesIn } from '../../core/projections/mending.ts';
import { shownStatus } from '../../core/projections/taskRows.ts';
import type { ReadableRun } from '../offers.ts';
import type { Translate } from './runsAtWork.ts';

/** A run that is over sooner is told by its end alone. */
const SHOWN_AFTER_MS = 1000;
/** Nobody reads faster. */
const APART_MS = 250;
/** Tasks that are named; of more the number is told. */
const MOST_NAMED = 3;

/** How far a run has come. */
export interface RunReport {
  /** `14 of 57 · lint, test` */
  readonly message: string;
  /** Percent of the whole since the last report; `undefined`: none. */
  readonly increment: number | undefined;
}

export interface RunProgressParts {
  readonly clock: Pick<Clock, 'timer'>;
  /** The run as it stands; `undefined`: it is not there any more. */
  readonly look: () => ReadableRun | undefined;
  readonly onDidChange: (listener: () => void) => Disposable;
  /** Shows what `work` reports for as long as its promise is open. */
  readonly show: (work: (report: (told: RunReport) => void) => Promise<void>) => void;
  readonly t: Translate;
}

/**
 * Follows a run for the one who started it.
 *
 * P1  Nothing is shown of a run that is over, paused or with people within `SHOWN_AFTER_MS`.
 * P2  What is shown ends at once when the run ends, pauses, is cancelled, or waits for people alone; it does not come
 *     back: from then on the gate, the view and the status bar tell.
 * P3  All reports of a run add up to 100 percent at most, also when it gets more tasks on its way.
 */
export class RunProgress implements Disposable {
  readonly #parts: RunProgressParts;
  readonly #changes: Disposable;
  #timer: Disposable;
  #report: ((told: RunReport) => void) | undefined;
  #end: () => void = () => undefined;
  #isOver = false;
  #isTold = false;
  #told = '';
  #percent = 0;

  constructor(parts: RunProgressParts) {
    this.#parts = parts;
    this.#changes = parts.onDidChange(() => this.#look());
    this.#timer = parts.clock.timer(SHOWN_AFTER_MS, () => this.#show());
    this.#look();
  }

  dispose(): void {
    this.#isOver = true;
    this.#timer.dispose();
    this.#changes.dispose();
    this.#end();
  }

  #look(): void {
    if (this.#isOver) {
      return;
    }
    if (this.#atWork() === undefined) {
      this.dispose();
    } else if (this.#isTold) {
      this.#isTold = false;
      this.#timer = this.#parts.clock.timer(APART_MS, () => this.#tell());
    }
  }

  #show(): void {
    if (this.#isOver) {
      return;
    }
    this.#parts.show(async (report) => {
      if (this.#isOver) {
        return;
      }
      this.#report = report;
      this.#tell();
      await new Promise<void>((resolve) => {
        this.#end = resolve;
      });
    });
  }

  #tell(): void {
    const entry = this.#atWork();
    if (entry === undefined || this.#isOver) {
      return;
    }
    const percent = percentOf(entry.state);
    const more = Math.max(0, percent - this.#percent);
    const message = messageOf(entry, this.#parts.t);
    this.#isTold = true;
    if (message !== this.#told || more > 0) {
      this.#told = message;
      this.#percent += more;
      this.#report?.({ message, increment: more > 0 ? more : undefined });
    }
  }

  #atWork(): ReadableRun | undefined {
    const entry = this.#parts.look();
    return entry !== undefined && shownStatus(entry.state, entry.driven) === 'running'
      ? entry
      : undefined;
  }
}

/** Of the steps that have ended: fixes come and go. */
function percentOf(state: RunState): number {
  const fixes = fixesIn(state);
  let ended = 0;
  for (const [id, task] of state.tasks) {
    ended += hasEnded(task) && !fixes.has(id) ? 1 : 0;
  }
  return Math.floor((100 * ended) / (state.tasks.size - fixes.size));
}

function messageOf({ state }: ReadableRun, t: Translate): string {
  const steps = stepCount(state);
  const running = [...state.frontier.running].filter((task) => !state.asking.has(task));
  const named = running.slice(0, MOST_NAMED).map((task) => withoutLinks(oneLine(task, 40)));
  const more = running.length - named.length;
  return [
    t('{0} of {1}', steps.done, steps.total),
    more > 0 ? t('{0} and {1} more', named.join(', '), more) : named.join(', '),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** VS Code makes links of `[text](address)` in notifications, also of commands. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}
