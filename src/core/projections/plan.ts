import { oneLine } from '../base/text.ts';
import type { GraphNode, GraphPicture } from './graphPicture.ts';
import type { PlanPicture, PlanTodo } from './planPicture.ts';

/** The graph of a plan with which something is wrong, so that no workflow comes of it. */
export function pictureOfPlan(workflow: string, { todos }: PlanPicture): GraphPicture {
  const ids = new Set(todos.map(({ id }) => id));
  const isFirst = ({ id }: PlanTodo, index: number): boolean =>
    todos.findIndex((other) => other.id === id) === index;
  return {
    workflow,
    run: undefined,
    moment: undefined,
    nodes: todos.filter(isFirst).map((todo): GraphNode => {
      const needs = todo.parent === undefined ? [] : [todo.parent];
      const [worst] = todo.problems;
      return {
        id: todo.id,
        kind: 'agent',
        subtitle: oneLine(todo.agent ?? todo.role, 80),
        needs: [...new Set([...needs, ...todo.dependencies])].filter((id) => ids.has(id)),
        groups: [],
        lane: undefined,
        isCritical: false,
        estimateMs: 0,
        state: 'pending',
        detail: '',
        isReused: false,
        reason:
          worst === undefined
            ? ''
            : `${worst.severity === 'error' ? 'Cannot run' : 'Look at this'}: ${oneLine(worst.message)}`,
        cause: '',
        live: '',
        runningSince: undefined,
        triesAgainAt: undefined,
        goesOnAt: undefined,
        isHeld: false,
        verbs: [],
      };
    }),
  };
}
