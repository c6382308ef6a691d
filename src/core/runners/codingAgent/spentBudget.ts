import { unreachable } from '../../base/exhaustive.ts';
import type { BudgetReached } from '../../domain/question.ts';
import type { RunnerEvents } from '../../domain/runner.ts';
import type { AttemptWatch } from './attemptWatch.ts';

/** What is to happen where a budget is spent. */
export type BudgetWord =
  | { readonly kind: 'go-on' }
  /** With this model. */
  | { readonly kind: 'cheaper'; readonly model: string }
  /** The watch knows why. */
  | { readonly kind: 'stopped' };

/** Asks a person. A refusal stops the attempt. */
export async function askAboutBudget(
  reached: BudgetReached,
  events: Pick<RunnerEvents, 'ask'>,
  watch: AttemptWatch,
): Promise<BudgetWord> {
  const key = `budget:${reached.of}:${reached.limit}`;
  const answer = await watch.waitForPerson(events.ask(key, { kind: 'budget', ...reached }));
  if (answer.kind === 'stopped') {
    return { kind: 'stopped' };
  }
  if (answer.kind === 'broke') {
    throw answer.thrown;
  }
  const reply = answer.value;
  switch (reply.kind) {
    case 'raise':
      return { kind: 'go-on' };
    case 'cheaper':
      return { kind: 'cheaper', model: reply.model };
    case 'stop':
      watch.stop({ reason: 'budget-spent', ...reached });
      return { kind: 'stopped' };
    case 'allow':
    case 'deny':
      throw new Error(`Internal error: a budget was answered with ${reply.kind}`);
    default:
      return unreachable(reply);
  }
}
