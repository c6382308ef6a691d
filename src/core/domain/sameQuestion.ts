import type { TaskId } from './ids.ts';
import type { RunState } from './runState.ts';

/**
 * The task under way that was asked what this one was asked, so that this one waits for its answer. It does so once:
 * an answer that could not be kept must not make all of them run one after another.
 * @param beside tasks about to begin
 */
export function askedTheSame(
  { misses, waited, frontier }: RunState,
  task: TaskId,
  beside: Iterable<TaskId> = [],
): TaskId | undefined {
  const miss = misses.get(task);
  if (miss === undefined || miss.why.kind === 'fresh' || waited.has(task)) {
    return undefined;
  }
  const isSame = (other: TaskId) => other !== task && misses.get(other)?.key === miss.key;
  return (
    find(frontier.running, isSame) ?? find(frontier.delayed.keys(), isSame) ?? find(beside, isSame)
  );
}

function find(tasks: Iterable<TaskId>, is: (task: TaskId) => boolean): TaskId | undefined {
  for (const task of tasks) {
    if (is(task)) {
      return task;
    }
  }
  return undefined;
}
