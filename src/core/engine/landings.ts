import { unreachable } from '../base/exhaustive.ts';
import type { TaskId } from '../domain/ids.ts';
import type { Rules } from './decide.ts';
import type { Desk } from './desk.ts';
import { landArtifacts, type LandingStep } from './landing.ts';
import type { Looking } from './looking.ts';

/** Brings results to their branches, each step of it in the journal. */
export class Landings {
  readonly #desk: Desk;
  readonly #rules: Rules;
  readonly #looking: Looking;

  constructor(desk: Desk, rules: Rules, looking: Looking) {
    this.#desk = desk;
    this.#rules = rules;
    this.#looking = looking;
  }

  /** True when something has begun. */
  land(id: TaskId): boolean {
    const { landing } = this.#desk.parts;
    if (landing === undefined || this.#looking.isLooking) {
      return false;
    }
    // What was begun is brought to its end: its branch may be there already.
    const hasBegun = this.#desk.state.landings.get(id)?.kind === 'started';
    if (!hasBegun && !this.#looking.mayLand()) {
      return true;
    }
    const task = this.#desk.task(id);
    const step = this.#desk.agentStep(id);
    const { graph } = this.#rules;
    return this.#desk.effects.begin(id, async () => ({
      kind: 'landing',
      task: id,
      step: await landArtifacts(task, step, graph, landing, this.#desk.context),
    }));
  }

  record(task: TaskId, step: LandingStep): void {
    const { effects, parts, state } = this.#desk;
    if (step.kind !== 'prepared') {
      effects.ended(task);
    }
    if (!state.frontier.landable.has(task)) {
      // The task was asked for again meanwhile.
      effects.ended(task);
      return;
    }
    switch (step.kind) {
      case 'prepared': {
        const { branch, tag, commit } = step.prepared;
        this.#desk.append({ type: 'landing-started', task, branch, tag, commit });
        effects.goOn(task, async () => {
          // The intent must outlive us before a branch is made (D2).
          await parts.journal.sync();
          return { kind: 'landing', task, step: await step.publish() };
        });
        break;
      }
      case 'done': {
        const { branch, tag, commit } = step.prepared;
        this.#desk.append({ type: 'landing-done', task, branch, tag, commit });
        break;
      }
      case 'failed':
        this.#desk.append({ type: 'landing-failed', task, failure: step.failure });
        break;
      default:
        unreachable(step);
    }
  }
}
