import { digestOfJson, type Digest } from '../base/digest.ts';
import type { Brand } from '../base/brand.ts';
import type { TaskId } from './ids.ts';

// What a running agent asks a person. A gate is a step that asks; a question comes up in the middle of one.

/** Names a question in its run: `<task>.<attempt>/<key>`, or `run/<key>` where several tasks wait for one answer. */
export type QuestionId = Brand<string, 'QuestionId'>;

export type Question =
  /** May the agent use a tool so? */
  | {
      readonly kind: 'permission';
      readonly tool: string;
      /** One line: what it would do. */
      readonly summary: string;
      /** The whole input, as text; at most 20,000 characters. */
      readonly detail: string;
    }
  /** What may be spent is spent. */
  | ({ readonly kind: 'budget' } & BudgetReached);

export interface BudgetReached {
  readonly scope: BudgetScope;
  readonly of: 'tokens' | 'usd' | 'time';
  /** Tokens, US dollars or milliseconds. */
  readonly spent: number;
  readonly limit: number;
}

/** Whose budget: the run's, or one task's, by its step and agent. */
export type BudgetScope =
  { readonly kind: 'run' } | { readonly kind: 'task'; readonly task: TaskId };

export type Reply =
  | {
      readonly kind: 'allow';
      /** Also later uses of the tool by this task. */
      readonly always: boolean;
    }
  | { readonly kind: 'deny'; readonly note: string | undefined }
  /** The budget is raised to this, in the question's unit. */
  | { readonly kind: 'raise'; readonly to: number }
  /** The same, and the task goes on with another model. */
  | { readonly kind: 'cheaper'; readonly model: string; readonly to: number }
  | { readonly kind: 'stop' };

/** A question that waits for a person. */
export interface OpenQuestion {
  readonly id: QuestionId;
  /** Tasks whose attempts wait for the answer; the first asked first. */
  readonly tasks: readonly [TaskId, ...TaskId[]];
  readonly asks: Question;
  /** What an answer must carry. */
  readonly digest: Digest;
  readonly openedAt: number;
}

export function questionDigest(id: QuestionId, asks: Question): Digest {
  return digestOfJson({ question: id, asks });
}

/** What a person can answer to it. */
export function repliesTo(question: Question): readonly Reply['kind'][] {
  return question.kind === 'permission' ? ['allow', 'deny'] : ['raise', 'cheaper', 'stop'];
}

/** Names one limit of one budget in its run. */
export function budgetKey(scope: BudgetScope, of: BudgetReached['of']): string {
  return scope.kind === 'run' ? `run/${of}` : `${scope.task}/${of}`;
}
