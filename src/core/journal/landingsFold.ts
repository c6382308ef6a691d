import { NOT_LOOKED } from './checkoutFold.ts';
import type { RunEvent } from '../domain/event.ts';
import type { ObjectId, TaskId } from '../domain/ids.ts';
import type { LandingState, RunState } from '../domain/runState.ts';

export type LandingEvent = Extract<
  RunEvent,
  { readonly type: 'landing-started' | 'landing-done' | 'landing-failed' | 'landing-undone' }
>;

/** What of a run has reached its branches, and what was to. */
export class LandingsFold {
  readonly landings = new Map<TaskId, LandingState>();
  readonly #landed = new Map<TaskId, readonly ObjectId[]>();
  readonly #intended = new Map<TaskId, readonly ObjectId[]>();
  readonly #standing = new Map<TaskId, ObjectId>();

  /** Parts of the run's state, which change as events are applied. */
  get facts(): Pick<
    RunState,
    'landings' | 'landed' | 'standing' | 'intended' | 'checkout' | 'merge'
  > {
    return {
      landings: this.landings,
      landed: this.#landed,
      standing: this.#standing,
      intended: this.#intended,
      checkout: NOT_LOOKED,
      merge: undefined,
    };
  }

  apply(event: LandingEvent): LandingState {
    const landing = landingOf(event);
    this.landings.set(event.task, landing);
    if (landing.kind === 'done' || landing.kind === 'started') {
      const commits = landing.kind === 'done' ? this.#landed : this.#intended;
      commits.set(event.task, [...(commits.get(event.task) ?? []), landing.commit]);
    }
    if (landing.kind === 'done') {
      this.#standing.set(event.task, landing.commit);
    } else if (landing.kind === 'undone') {
      this.#standing.delete(event.task);
    }
    return landing;
  }
}

function landingOf(event: LandingEvent): LandingState {
  if (event.type === 'landing-failed') {
    return { kind: 'failed', failure: event.failure };
  }
  if (event.type === 'landing-undone') {
    return { kind: 'undone', by: event.by, at: event.at };
  }
  const { branch, tag, commit } = event;
  return { kind: event.type === 'landing-done' ? 'done' : 'started', branch, tag, commit };
}
