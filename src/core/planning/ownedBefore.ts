import type { TaskId } from '../domain/ids.ts';
import type { PlannedTask } from '../domain/workflow.ts';
import { buildGraph } from '../graph/graph.ts';

/**
 * Lays what tasks change of their own paths under whoever comes after them: a step that tests or goes on with code
 * finds it in its copy. What tasks only declare is at hand beside the copy, and not in it.
 */
export function withOwnedBefore(tasks: readonly PlannedTask[]): readonly PlannedTask[] {
  const owners = new Set(
    tasks.flatMap(({ id, step, owns }) =>
      step.kind === 'agent' && owns !== undefined && owns.length > 0 ? [id] : [],
    ),
  );
  if (owners.size === 0) {
    return tasks;
  }
  const graph = buildGraph(tasks);
  /** By the needs: lanes share theirs. */
  const known = new Map<string, readonly TaskId[]>();
  const ownersBefore = ({ id, needs }: PlannedTask): readonly TaskId[] => {
    const key = needs.join(' ');
    const ancestors = known.has(key) ? undefined : graph.ancestors(id);
    const found =
      known.get(key) ?? graph.forwards.filter((one) => owners.has(one) && ancestors?.has(one));
    known.set(key, found);
    return found;
  };
  return tasks.map((task) => {
    if (task.step.kind !== 'agent' || task.needs.length === 0) {
      return task;
    }
    const own = new Set(task.builtOn);
    const before = ownersBefore(task).filter((one) => !own.has(one));
    return before.length === 0 ? task : { ...task, builtOn: [...before, ...task.builtOn] };
  });
}
