import type { Clock } from './base/clock.ts';
import type { Disk } from './base/disk.ts';
import type { RequestOutcome, RunRequest } from './domain/request.ts';
import type { RunState } from './domain/runState.ts';
import { postRequest } from './journal/inbox.ts';

/** How long another program may take to answer a request, and how often its answer is looked for, in milliseconds. */
const ANSWER_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 50;

export interface Asking {
  readonly disk: Disk;
  readonly clock: Clock;
  /** The run's, absolute. */
  readonly folder: string;
  /** Reads the run anew. */
  readonly state: () => Promise<RunState>;
  readonly isDriven: () => boolean;
  /** Drives the run from here, which takes what waits in its inbox. Resolves with why that cannot be. */
  readonly takeOver: () => Promise<string | undefined>;
}

/** Asks the program that drives a run, and waits for what it says. */
export async function askDriver(request: RunRequest, asking: Asking): Promise<RequestOutcome> {
  const { disk, clock, folder, state, isDriven, takeOver } = asking;
  const posted = postRequest(disk, folder, clock.now(), request);
  const until = clock.monotonic() + ANSWER_WITHIN_MS;
  for (;;) {
    const outcome = posted.outcome();
    if (outcome === 'gone') {
      return outcomeIn(await state(), request);
    }
    if (outcome !== 'waiting') {
      return outcome;
    }
    if (!isDriven()) {
      // Its driver has gone without looking.
      const why = await takeOver();
      if (why !== undefined && !isDriven()) {
        posted.withdraw();
        return { kind: 'refused', why };
      }
    }
    if (clock.monotonic() > until) {
      // A person who is told "no" must not find it done later.
      posted.withdraw();
      const late = outcomeIn(await state(), request);
      return late.kind === 'accepted'
        ? late
        : {
            kind: 'refused',
            why: 'the program that drives the run does not answer',
            passes: true,
          };
    }
    await new Promise<void>((resolve) => {
      clock.timer(LOOK_AGAIN_MS, resolve);
    });
  }
}

/** What became of a request whose answer is lost, as far as the run tells. */
function outcomeIn(state: RunState, request: RunRequest): RequestOutcome {
  if (request.kind === 'cancel' && state.phase.kind !== 'active') {
    return { kind: 'accepted' };
  }
  if (request.kind === 'answer') {
    const gate = state.tasks.get(request.task);
    const decided =
      gate?.kind === 'approved' ? 'approved' : gate?.kind === 'failed' ? 'rejected' : undefined;
    return decided === request.decision
      ? { kind: 'accepted' }
      : { kind: 'refused', why: `"${request.task}" is ${gate?.kind ?? 'no gate of the run'} now` };
  }
  return { kind: 'refused', why: 'its answer was lost; look at the run before you ask again' };
}
