import type { TaskId } from '../../core/domain/ids.ts';
import type { RunPlan } from '../../core/domain/workflow.ts';
import { criticalTasks, frameOfRun, nodeOfTask } from '../../core/projections/graph.ts';
import type { GraphNode, GraphPicture } from '../../core/projections/graphPicture.ts';
import { fixPlaces } from '../../core/projections/mending.ts';
import { askingTasks } from '../../core/projections/questions.ts';
import { taskRow, type Heard } from '../../core/projections/taskRows.ts';
import { runOffers, taskOffers, type ReadableRun } from '../offers.ts';
import type { TaskPart } from '../views/parts.ts';
import {
  factsOf,
  isAsItWas,
  statesInOrder,
  type RunLook,
  type TaskFacts,
} from '../views/taskFacts.ts';

/** The longest way through the run need not be known to the second. */
const CRITICAL_MS = 2000;

interface Drawn {
  readonly part: TaskPart;
  readonly of: TaskFacts;
  readonly node: GraphNode;
}

/**
 * Pictures of one run, each made of the one before: of thousands of tasks only those that have moved on are drawn anew,
 * by the rule F1 of `views/taskFacts.ts`. A node that looks the same is the same object.
 */
export class RunPictures {
  #key: readonly unknown[] = [];
  #drawn: readonly Drawn[] = [];
  #critical: { readonly tasks: ReadonlySet<TaskId>; readonly at: number } | undefined;

  /** @param now milliseconds since 1970; of a past moment, that */
  next(entry: ReadableRun, heard: Heard, now: number): GraphPicture {
    const { plan, state, driven, past } = entry;
    const key = [plan, state, state.phase, driven.kind, past?.moment.seq];
    const isKnown = key.every((part, place) => part === this.#key[place]);
    this.#key = key;
    const critical = this.#criticalAt(entry, now, isKnown);
    const look: RunLook = {
      ...{ entry, now, heard },
      asking: askingTasks(state),
      states: statesInOrder(plan, state),
    };
    const before = isKnown ? this.#drawn : [];
    this.#drawn = plan.tasks.map((planned, place) => {
      const known = before[place];
      const part = known?.part ?? { kind: 'task', planned, place, label: planned.id, fixes: [] };
      const isCritical = critical.has(planned.id);
      // What can be asked of a gate that waits goes by what lies upstream of it.
      const isOpen = look.states[place]?.kind === 'waiting';
      if (known?.node.isCritical === isCritical && !isOpen && isAsItWas(known.of, part, look)) {
        return known;
      }
      const row = taskRow(plan, planned, state, driven, heard, now);
      const verbs = taskOffers(entry, row);
      const node = nodeOfTask(plan, planned, state, driven, row, isCritical, verbs);
      return { part, of: factsOf(part, look), node };
    });
    return {
      ...frameOfRun(plan, state, driven, runOffers(entry)),
      moment: past?.moment,
      nodes: inShownOrder(plan, this.#drawn),
    };
  }

  #criticalAt({ plan, state }: ReadableRun, now: number, isKnown: boolean): ReadonlySet<TaskId> {
    const known = isKnown ? this.#critical : undefined;
    if (known !== undefined && Math.abs(now - known.at) < CRITICAL_MS) {
      return known.tasks;
    }
    const tasks = criticalTasks(plan, state, now);
    this.#critical = { tasks, at: now };
    return tasks;
  }
}

/** Fixes right behind what they mend, whatever the plan's order is. */
function inShownOrder(plan: RunPlan, drawn: readonly Drawn[]): readonly GraphNode[] {
  const { order, below } = fixPlaces(plan);
  if (below.size === 0) {
    return drawn.map(({ node }) => node);
  }
  const nodes = new Map(drawn.map(({ part, node }) => [part.planned.id, node]));
  return order.flatMap(({ id }) => nodes.get(id) ?? []);
}
