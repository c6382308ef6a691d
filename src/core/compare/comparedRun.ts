/** Which of the two ways of doing the work. */
export type WayId = 'A' | 'B';
export const WAYS: readonly WayId[] = ['A', 'B'];

/**
 * `waits`: only a person can move it on. `timed-out`: it took longer than it was given, and was stopped. `cancelled`: a
 * person stopped it. `unfinished`: it is not over, and nobody needs to answer anything.
 */
export type ComparedStatus =
  'succeeded' | 'degraded' | 'failed' | 'timed-out' | 'waits' | 'cancelled' | 'unfinished';

/** A run as it counts in a comparison. */
export interface ComparedRun {
  readonly way: WayId;
  readonly run: string;
  readonly status: ComparedStatus;
  /** It was there before the comparison was made. */
  readonly isKept: boolean;
  /** No person chose its way: the shares of runs drew it, or a comparison made runs of both in turn. */
  readonly isDrawn: boolean;
  /** When it began, in milliseconds since 1970. */
  readonly createdAt: number;
  /** From its start to its end, in milliseconds; of a run that is not over until now. */
  readonly wallMs: number;
  /** Of all attempts together, those that failed too, in milliseconds. */
  readonly workedMs: number;
  readonly iterations: Iterations;
  readonly tokens: RunTokens;
  readonly cost: RunCost;
  /** What its tests came to last; `undefined`: nothing reported tests. */
  readonly tests: RunTests | undefined;
  /** Tasks for which stood what was made before. */
  readonly reused: number;
  /** What it began with: two runs that differ in one of these are not quite the same experiment. */
  readonly setup: RunSetup;
}

/** How often something was tried. */
export interface Iterations {
  /** Attempts of the workflow's own tasks, checks among them. */
  readonly attempts: number;
  /** Attempts of fixes. */
  readonly fixes: number;
  /** Answers of models. A coding agent's own are not seen. */
  readonly turns: number;
}

export interface RunTokens {
  readonly input: number;
  readonly output: number;
  readonly isEstimate: boolean;
}

export type RunCost =
  /** No model was asked. */
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly usd: number }
  /** Something of it has no price. */
  | { readonly kind: 'unknown'; readonly atLeastUsd: number };

export interface RunTests {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Each a text that is the same for runs that are alike in it. */
export interface RunSetup {
  readonly workflow: string;
  readonly inputs: string;
  readonly commit: string;
}

export function iterationsOf({ attempts, fixes, turns }: Iterations): number {
  return attempts + fixes + turns;
}

/** It says whether the way succeeds. */
export function isCounted({ status }: Pick<ComparedRun, 'status'>): boolean {
  return status !== 'cancelled' && status !== 'unfinished';
}

/** It says what the way takes: it has come to an end, if only because its time was up. */
export function isMeasured(run: Pick<ComparedRun, 'status'>): boolean {
  return isCounted(run) && run.status !== 'waits';
}
