import type { TaskId } from './ids.ts';
import type { GateEvidence, RunState } from './runState.ts';

/**
 * What a gate asks about: what the tasks right before it have come to, in their order, and then what tasks further
 * upstream have changed, by their ids: an approval lets that reach branches too.
 * @param needs of each task
 */
export function evidenceBefore(
  gate: TaskId,
  needs: (task: TaskId) => readonly TaskId[],
  tasks: RunState['tasks'],
): readonly GateEvidence[] {
  const direct = needs(gate);
  const seen = new Set<TaskId>(direct);
  const upstream: GateEvidence[] = [];
  const open = direct.flatMap(needs);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!seen.has(next)) {
      seen.add(next);
      open.push(...needs(next));
      const evidence = evidenceOf(next, tasks);
      if (evidence.artifacts.length + evidence.removed.length > 0) {
        upstream.push({ ...evidence, output: undefined });
      }
    }
  }
  return [
    ...direct.map((task) => evidenceOf(task, tasks)),
    ...upstream.sort((a, b) => (a.task < b.task ? -1 : 1)),
  ];
}

function evidenceOf(id: TaskId, tasks: RunState['tasks']): GateEvidence {
  const task = tasks.get(id);
  return task?.kind === 'succeeded'
    ? { task: id, output: task.output.digest, artifacts: task.artifacts, removed: task.removed }
    : { task: id, output: undefined, artifacts: [], removed: [] };
}
