import type { Digest } from '../base/digest.ts';
import { oneLine } from '../base/text.ts';
import type { RunId, TaskId } from '../domain/ids.ts';
import {
  repliesTo,
  type BudgetReached,
  type OpenQuestion,
  type Question,
  type QuestionId,
  type Reply,
} from '../domain/question.ts';
import type { RunState } from '../domain/runState.ts';
import { amountText } from './amounts.ts';

/** What agents of a run ask people in the middle of their work. */
export interface AskedQuestion {
  readonly run: RunId;
  readonly id: QuestionId;
  /** Those that wait for the answer; the first asked first. */
  readonly tasks: readonly [TaskId, ...TaskId[]];
  readonly asks: Question;
  /** One line: what is asked. */
  readonly text: string;
  /** What an answer must carry. */
  readonly digest: Digest;
  readonly openedAt: number;
  readonly replies: readonly Reply['kind'][];
}

/** The oldest first. */
export function openQuestions(state: RunState): AskedQuestion[] {
  if (state.phase.kind === 'finished' || state.phase.kind === 'cancelling') {
    return [];
  }
  return [...state.questions.values()]
    .sort((a, b) => a.openedAt - b.openedAt)
    .map(({ id, tasks, asks, digest, openedAt }) => ({
      run: state.run,
      id,
      tasks,
      asks,
      text: questionText(asks),
      digest,
      openedAt,
      replies: repliesTo(asks),
    }));
}

/** What the task asks, the oldest first. */
export function questionsOf(state: RunState, task: TaskId): OpenQuestion[] {
  return asksPeople(state, task)
    ? [...state.questions.values()].filter(({ tasks }) => tasks.includes(task))
    : [];
}

/**
 * Tasks that wait for a person's answer. Whoever drives a run may let go of it meanwhile: its attempt is then parked,
 * and can be answered all the same.
 */
export function askingTasks(state: RunState): ReadonlySet<TaskId> {
  const tasks = [...state.questions.values()].flatMap((question) => question.tasks);
  return new Set(tasks.filter((task) => asksPeople(state, task)));
}

function asksPeople(state: RunState, task: TaskId): boolean {
  const at = state.tasks.get(task);
  return state.asking.has(task) || (at?.kind === 'pending' && at.parked !== undefined);
}

/** As the sentence a person is asked; one line. */
export function questionText(asks: Question): string {
  return asks.kind === 'permission'
    ? `May it ${oneLine(asks.summary, 160)}?`
    : `${spentSentence(asks)}. Go on?`;
}

/** What is asked, behind "asks: ": `run npm test`. */
export function asksText(asks: Question): string {
  return asks.kind === 'permission'
    ? oneLine(asks.summary)
    : `${amountText(asks.of, asks.spent)} of ${amountText(asks.of, asks.limit)} are spent`;
}

function spentSentence({ scope, of, spent, limit }: BudgetReached): string {
  const who = scope.kind === 'run' ? 'The run' : oneLine(scope.task, 60);
  return `${who} has spent ${amountText(of, spent)} of ${amountText(of, limit)}`;
}

const MINUTE_MS = 60_000;

/**
 * A limit to raise a budget to: half as much again as what was the limit, and above what is spent; two digits that
 * count, in the question's unit.
 */
export function suggestedLimit({ of, spent, limit }: BudgetReached): number {
  const unit = of === 'time' ? MINUTE_MS : 1;
  const wanted = Math.max(limit * 1.5, spent * 1.25) / unit;
  if (wanted <= 0) {
    return unit;
  }
  const digits = 10 ** (Math.floor(Math.log10(wanted)) - 1);
  const step = Math.max(digits, of === 'usd' ? 0.01 : 1);
  // Binary fractions make 0.30000000000000004 of 0.2 * 1.5, which is no reason for a step more.
  const steps = Math.max(1, Math.ceil(Number((wanted / step).toFixed(6))));
  return Number((steps * step).toFixed(2)) * unit;
}

/** The word for what a person writes a limit in. */
export function unitOf(of: BudgetReached['of']): string {
  return { tokens: 'tokens', usd: 'US dollars', time: 'minutes' }[of];
}

/** A limit as a person writes it: tokens, dollars or minutes. */
export function writtenLimit(of: BudgetReached['of'], limit: number): string {
  return String(of === 'time' ? limit / MINUTE_MS : limit);
}

/**
 * What a person wrote as the new limit, in the question's unit.
 * @returns a sentence that says what to write where it is no limit above what is spent
 */
export function readLimit(
  { of, spent }: BudgetReached,
  written: string,
): { readonly ok: true; readonly value: number } | { readonly ok: false; readonly error: string } {
  const number = Number(written.trim().replace(/^\$/, '').replaceAll(',', ''));
  const limit = of === 'time' ? number * MINUTE_MS : number;
  if (written.trim() === '' || !Number.isFinite(limit) || limit <= spent) {
    const error = `Write a number of ${unitOf(of)} above what is spent, ${amountText(of, spent)}.`;
    return { ok: false, error };
  }
  return { ok: true, value: of === 'tokens' ? Math.floor(limit) : limit };
}
