import { rivalsOf } from './domain/rivals.ts';
import type { RunPlan } from './domain/workflow.ts';
import type { RunFold } from './journal/fold.ts';

/** Who may change the same, by the plan as it is at the moment: it changes when lanes unfold. */
export function rivalsIn(fold: RunFold): ReturnType<typeof rivalsOf> {
  let known: { readonly plan: RunPlan; readonly answer: ReturnType<typeof rivalsOf> } | undefined;
  return (task, others) => {
    const { plan } = fold;
    if (known?.plan !== plan) {
      known = { plan, answer: rivalsOf(plan.tasks, plan.agents) };
    }
    return known.answer(task, others);
  };
}
