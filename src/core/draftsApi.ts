import type { Result } from './base/result.ts';
import type { Location } from './domain/diagnostic.ts';
import type { RunId } from './domain/ids.ts';
import type { Workflow } from './domain/workflow.ts';
import type { DraftedTodo } from './drafting/answer.ts';

export type { DraftedTodo } from './drafting/answer.ts';
export { isDraftRun } from './drafting/draftRun.ts';

/** The agent that plans unless another is named, and the pack that brings it. */
export const USUAL_PLANNER = 'planner';
export const PLANNER_PACK = 'builders';
/** The gate at which a plan waits before anything of it runs. */
export const PLAN_GATE = 'approve-plan';

/**
 * From a request to a plan: a planner drafts a todo list in an ordinary run, what is wrong with it goes back to the
 * planner, and what came of it is kept as a file of `.sluice/todos`.
 *
 * R1  All that is needed stands with the run: any program can go on where another was cut off.
 * R2  A file is never written over, and what one answer came to is kept once.
 * R3  A draft that stays wrong is kept all the same, for the person to mend.
 */
export interface Drafts {
  /** What keeps a text from being a request, as sentences; `undefined`: nothing. */
  requestFault(text: string): string | undefined;
  /** The workflow that drafts the plan, to be started as any other. */
  prepare(wish: PlanWish): Promise<Result<PreparedDraft, DraftProblem>>;
  /**
   * Takes a run that drafts a plan to its end: goes on with it where it was cut off, sends the list back while rounds
   * are left, and keeps the plan. Safe to be asked again, also by another program.
   */
  settle(run: RunId, options?: SettleOptions): Promise<Result<KeptPlan, DraftProblem>>;
}

export interface PlanWish {
  /** As a person wrote it. */
  readonly request: string;
  /** @default USUAL_PLANNER */
  readonly agent?: string | undefined;
  /** What the plan is to be called; left out: the planner says. */
  readonly name?: string | undefined;
}

export interface PreparedDraft {
  readonly workflow: Workflow;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface SettleOptions {
  /**
   * Drives the run until this program lets it go. @param begin makes this program drive it. Left out: without showing it
   */
  readonly follow?: ((begin: () => Promise<RunId>) => Promise<unknown>) | undefined;
  /** Lets a run that was cut off go where it waits for a person, instead of waiting with it. @default false */
  readonly leaveAtGates?: boolean | undefined;
  /** Where the plan is kept instead, absolute; nothing may be there. */
  readonly out?: string | undefined;
  /** The list goes back to the planner because of so many faults: round 1 or 2. */
  readonly sentBack?: ((round: number, faults: readonly string[]) => void) | undefined;
}

export interface KeptPlan {
  readonly run: RunId;
  /** Also the workflow's name. */
  readonly name: string;
  /** Relative to the folder, with `/`; absolute where it stands elsewhere. */
  readonly file: string;
  /** False: it stood there already. */
  readonly isNew: boolean;
  /** As the planner drafted them. */
  readonly todos: readonly DraftedTodo[];
  /** What is still wrong with the list, a sentence each; empty: it can run. */
  readonly faults: readonly string[];
}

/** Why there is no plan, for people. */
export interface DraftProblem {
  /**
   * `request`: what was asked for cannot be. `no-agent`: the folder has no such planner. `waiting`: a person, or another
   * program, has to do something first. `answer`: the planner came to no list. `file`: it could not be kept.
   */
  readonly kind: 'request' | 'no-agent' | 'waiting' | 'answer' | 'file';
  /** Whole sentences: what happened, and what to do. */
  readonly message: string;
  /** Where to look, when it is in a file. */
  readonly at: Location | undefined;
}

/** How often a list goes back to the planner. */
export const REPAIR_ROUNDS = 2;
