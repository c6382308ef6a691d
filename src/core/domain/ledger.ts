import type { CallFailure, Usage } from './call.ts';
import type { TaskId } from './ids.ts';

/** One call of a model, as the journal has it. */
export interface CallEntry {
  readonly task: TaskId;
  readonly attempt: number;
  /** From 1 in its task. */
  readonly call: number;
  readonly startedAt: number;
  readonly provider: string;
  readonly requested: string;
  readonly end: CallEnd | undefined;
}

/** `undefined` in its place: under way, or cut off by a crash, and then perhaps paid for. */
export interface CallEnd {
  /** By the response; `undefined`: it does not say. */
  readonly served: string | undefined;
  readonly usage: Usage;
  /** US dollars; `undefined`: the model has no price. */
  readonly usd: number | undefined;
  readonly durationMs: number;
  readonly failure: CallFailure | undefined;
}

/** What a task, or the run, has spent. */
export interface Spent {
  readonly calls: number;
  /** Of those: failed ones. */
  readonly failedCalls: number;
  /** Begun and never ended: perhaps paid for, by a program that died. */
  readonly lostCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the calls that have a price. */
  readonly usd: number;
  /** Calls that used tokens and have no price: `usd` is not all. */
  readonly unpricedCalls: number;
  /** Wall time of all stretches of work that have ended, in milliseconds. */
  readonly workedMs: number;
  /** Some tokens were counted here, because the provider does not tell. */
  readonly isEstimate: boolean;
}

export const NOTHING_SPENT: Spent = {
  calls: 0,
  failedCalls: 0,
  lostCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  usd: 0,
  unpricedCalls: 0,
  workedMs: 0,
  isEstimate: false,
};

export interface TaskLedger {
  readonly spent: Spent;
  readonly calls: readonly CallEntry[];
  /** In order: the model that took over, and why. */
  readonly changes: readonly ModelChange[];
}

export interface ModelChange {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  /** `chosen`: by a person. Else the failure after which it took over. */
  readonly why: string;
}

export interface Ledger {
  readonly total: Spent;
  readonly tasks: ReadonlyMap<TaskId, TaskLedger>;
  counted(task: TaskId): Counted;
}

/** Calls of models and uses of tools that the journal has of a task; the next of each is one more. */
export interface Counted {
  readonly calls: number;
  readonly uses: number;
  /** Those of them that were begun and have not ended, by their numbers. */
  readonly openCalls: readonly number[];
  readonly openUses: readonly number[];
}
