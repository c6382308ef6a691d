import type { RunEvent } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { TaskState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import type { Graph } from '../graph/graph.ts';
import { Expectations, ImpossibleEvent } from './expectations.ts';
import { MutableFrontier, type FoldedFacts } from './frontier.ts';
import { UNTOUCHED } from './outcomes.ts';
import { graphOf } from './planGraph.ts';

/** The tasks of a run as its plan has them by now, and what follows from how they stand. */
export class Board {
  readonly tasks = new Map<TaskId, TaskState>();
  /** Tasks that an earlier plan had, as they were last: their lanes may come back. */
  readonly #left = new Map<TaskId, TaskState>();
  readonly #folded: Omit<FoldedFacts, 'tasks'>;
  #plan: RunPlan;
  #graph: Graph<TaskId>;
  #frontier: MutableFrontier;
  #expect: Expectations;

  /** @param folded the fold's own maps */
  constructor(plan: RunPlan, graph: Graph<TaskId>, folded: Omit<FoldedFacts, 'tasks'>) {
    this.#folded = folded;
    this.#plan = plan;
    this.#graph = graph;
    for (const id of graph.ids) {
      this.tasks.set(id, UNTOUCHED);
    }
    this.#frontier = new MutableFrontier(plan, graph, { ...folded, tasks: this.tasks });
    this.#expect = new Expectations(this.tasks, this.#frontier);
  }

  get plan(): RunPlan {
    return this.#plan;
  }

  get graph(): Graph<TaskId> {
    return this.#graph;
  }

  get frontier(): MutableFrontier {
    return this.#frontier;
  }

  get expect(): Expectations {
    return this.#expect;
  }

  /** From here on the run has this plan; tasks that both have stay what they are. @throws ImpossibleEvent */
  adopt(event: RunEvent, plan: RunPlan): void {
    const graph = graphOf(plan);
    const before = new Map([...this.#left, ...this.tasks]);
    const ids = new Set(graph.ids);
    if ([...this.#frontier.running].some((id) => !ids.has(id))) {
      throw new ImpossibleEvent(event, 'a task is running that the plan does not have');
    }
    this.tasks.clear();
    for (const id of graph.ids) {
      this.tasks.set(id, UNTOUCHED);
    }
    const frontier = new MutableFrontier(plan, graph, { ...this.#folded, tasks: this.tasks });
    for (const id of graph.forwards) {
      const state = before.get(id);
      if (state !== undefined) {
        before.delete(id);
        this.tasks.set(id, state);
        frontier.takeOver(id, UNTOUCHED, state, this.#frontier);
      }
    }
    this.#left.clear();
    before.forEach((state, id) => this.#left.set(id, state));
    this.#plan = plan;
    this.#graph = graph;
    this.#frontier = frontier;
    this.#expect = new Expectations(this.tasks, frontier);
  }

  /** Tasks that no plan has any more: one of their name begins with nothing. */
  forget(gone: Iterable<TaskId>): void {
    for (const id of gone) {
      this.#left.delete(id);
    }
  }
}
