import type { Digest } from '../base/digest.ts';
import type { Actor } from './actor.ts';
import type { Decision, Seal } from './event.ts';
import type { RunId, TaskId } from './ids.ts';

/** An answer to a gate, as far as its seal covers it. */
export interface SealedAnswer {
  readonly run: RunId;
  readonly task: TaskId;
  /** Of what was shown. */
  readonly digest: Digest;
  readonly decision: Decision;
  readonly by: Actor;
  readonly note: string | undefined;
  readonly choice?: string | undefined;
}

/**
 * `good`: a program of this user gave the answer. `forged`: its seal is not over this answer. `unsealed`: it has none,
 * or one by a key that this program does not hold.
 */
export type SealVerdict = 'good' | 'forged' | 'unsealed';

/**
 * Tells answers that a program of this user gave from those that somebody wrote into the run's files: an agent with a
 * shell can write there, and does not hold the key.
 */
export interface Approvals {
  /**
   * @param at when it was given, in milliseconds since 1970
   * @param reader `own`: this program will look at it; `any`: so may the user's other programs
   */
  seal(answer: SealedAnswer, at: number, reader: 'own' | 'any'): Seal;
  check(answer: SealedAnswer, seal: Seal | undefined): SealVerdict;
}
