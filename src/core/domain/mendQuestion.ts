import type { Fix, Mending } from './debugging.ts';
import type { Failure } from './failure.ts';
import type { TaskId } from './ids.ts';
import type { TaskState } from './runState.ts';
import type { PlannedTask, RunPlan } from './workflow.ts';

/** All that decides what becomes of a task that failed. */
export interface MendQuestion {
  readonly task: PlannedTask;
  readonly plan: RunPlan;
  readonly tasks: ReadonlyMap<TaskId, TaskState>;
  readonly mending: Mending;
  /** The end of what the last failed attempt printed; may be empty. */
  readonly log: string;
  /** What the task was asked, as its agent got it. */
  readonly prompt: string;
  /** Outputs of its fixes that did their work, and of all before it, the nearest first: a contract may be among them. */
  readonly outputs: ReadonlyMap<TaskId, string>;
}

export type MendDecision =
  | { readonly kind: 'open'; readonly fix: Fix }
  | { readonly kind: 'give-up'; readonly failure: Failure };
