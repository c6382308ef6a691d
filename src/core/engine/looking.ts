import type { TaskId } from '../domain/ids.ts';
import type { DriveOptions, Message } from './effects.ts';
import type { Desk } from './desk.ts';

/** How long a look that found nothing is good for, in milliseconds: results that are approved together land together. */
const GOOD_MS = 2_000;

/** The look is an effect like those of tasks, and no task has this name. */
const LOOK = '(checkout)' as TaskId;

/**
 * Proves that the user's checkout is what it was: before results reach branches and at the end of the run. What
 * changed meanwhile was not Sluice's doing; unless the user saved it in this program, the run stops and says so.
 */
export class Looking {
  readonly #desk: Desk;
  readonly #options: Pick<DriveOptions, 'by'>;
  /** As the clock runs: until then results may land without another look. */
  #goodUntil = 0;
  /** The last event when it was looked; nothing has happened since while it is still the last. */
  #seenAt = -1;

  constructor(desk: Desk, options: Pick<DriveOptions, 'by'>) {
    this.#desk = desk;
    this.#options = options;
  }

  /** True when results may land now; else a look is under way that says. */
  mayLand(): boolean {
    const { plan, parts } = this.#desk;
    if (parts.checkout === undefined || plan.checkout?.onChange !== 'stop') {
      return true;
    }
    if (parts.clock.monotonic() < this.#goodUntil) {
      return true;
    }
    this.#look('landing');
    return false;
  }

  /** True when the run may be over; else the last look is under way. */
  mayFinish(): boolean {
    const { plan, parts, state } = this.#desk;
    if (parts.checkout === undefined || plan.checkout === undefined || this.#seenAt === state.seq) {
      return true;
    }
    this.#look('end');
    return false;
  }

  /** True while a look is under way. */
  get isLooking(): boolean {
    return this.#desk.effects.isUnderWay(LOOK);
  }

  looked({ look, before }: Extract<Message, { readonly kind: 'checkout-looked' }>): void {
    const desk = this.#desk;
    const now = desk.parts.clock.monotonic();
    if (look === undefined) {
      // It could not be looked, which the log says: nothing is claimed, and nothing held up.
      this.#goodUntil = now + GOOD_MS;
      this.#seenAt = desk.state.seq;
      return;
    }
    const { state, changes, more } = look;
    if (changes.length > 0 || before === 'end') {
      desk.append({ type: 'checkout-looked', state, changes, more });
    }
    const isForeign = more > 0 || changes.some((change) => change.what !== 'file' || !change.saved);
    if (before === 'landing' && isForeign && desk.state.phase.kind === 'active') {
      desk.append({
        type: 'run-paused',
        running: 'finish',
        by: this.#options.by,
        because: 'checkout',
      });
      return;
    }
    this.#goodUntil = now + GOOD_MS;
    this.#seenAt = desk.state.seq;
  }

  #look(before: 'landing' | 'end'): void {
    const { effects, parts, state } = this.#desk;
    const { last } = state.checkout;
    effects.begin(LOOK, async () => ({
      kind: 'checkout-looked',
      task: LOOK,
      before,
      look: await parts.checkout?.look(last),
    }));
  }
}
