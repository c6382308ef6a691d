import type { PlannedTask } from '../domain/workflow.ts';
import type { PastTime } from './facts.ts';
import type { Span, Total } from './report.ts';

type PastOf = (task: PlannedTask) => PastTime | undefined;

const MEASURES = ['leastMs', 'likelyMs', 'mostMs'] as const;

/** What is known of tasks together. @param together milliseconds of them all, given those of each; 0 where nothing is known */
export function totalOf(
  tasks: readonly PlannedTask[],
  pastOf: PastOf,
  together: (msOf: (task: PlannedTask) => number) => number,
): Total {
  const agents = tasks.filter(({ step }) => step.kind === 'agent');
  // What stands for lanes that come later is no task whose length could be told.
  const known = agents.filter((task) => isKnown(task, pastOf));
  const unknownTasks = agents.length - known.length;
  if (known.length === 0 && unknownTasks > 0) {
    return { span: undefined, unknownTasks };
  }
  const spanOf = (measure: (typeof MEASURES)[number]) =>
    together((task) => (isKnown(task, pastOf) ? (pastOf(task)?.[measure] ?? 0) : 0));
  const [leastMs, likelyMs, mostMs] = MEASURES.map(spanOf).toSorted((a, b) => a - b);
  const span: Span = { leastMs: leastMs ?? 0, likelyMs: likelyMs ?? 0, mostMs: mostMs ?? 0 };
  return { span, unknownTasks };
}

/** One after another. */
export function sumOf(tasks: readonly PlannedTask[], pastOf: PastOf): Total {
  return totalOf(tasks, pastOf, (msOf) => tasks.reduce((sum, task) => sum + msOf(task), 0));
}

function isKnown(task: PlannedTask, pastOf: PastOf): boolean {
  return task.step.kind === 'agent' && task.unfoldsAfter.length === 0 && pastOf(task) !== undefined;
}
