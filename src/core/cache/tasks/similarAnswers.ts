import type { Digest } from '../../base/digest.ts';
import type { SimilarRule } from '../../domain/terms.ts';

/** A question in words, among those that are the same but for their words. */
export interface WordedQuestion {
  /** Of everything that decides the answer but the prompt: only questions of one scope are compared. */
  readonly scope: Digest;
  readonly prompt: string;
  readonly rule: SimilarRule;
}

/** Finds questions that mean the same in other words. What it cannot tell or keep is as if it were not there. */
export interface SimilarAnswers {
  /**
   * The nearest kept question that is at least as near as its rule wants. The one itself may be among them.
   * Rejects only for an aborted signal.
   */
  find(
    question: WordedQuestion,
    signal: AbortSignal,
  ): Promise<
    | {
        /** Under which its answers are kept. */
        readonly key: Digest;
        readonly question: string;
        /** Cosine, at most 1. */
        readonly similarity: number;
      }
    | undefined
  >;
  /** @param key under which the answer to the question is kept. Rejects only for an aborted signal. */
  add(question: WordedQuestion & { readonly key: Digest }, signal: AbortSignal): Promise<void>;
}
