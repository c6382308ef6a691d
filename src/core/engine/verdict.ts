import type { EventBody } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import type { PlannedTask, RunPlan } from '../domain/workflow.ts';
import type { Graph } from '../graph/graph.ts';

/** What a request comes to. */
export type Verdict =
  | { readonly kind: 'refuse'; readonly why: string }
  /** These events are its whole effect; none: it is so already. */
  | { readonly kind: 'record'; readonly events: readonly EventBody[] }
  /** The copy an attempt has left is to be looked at first. */
  | { readonly kind: 'look'; readonly task: TaskId; readonly attempt: number }
  /** The running agent is told, if it listens. */
  | {
      readonly kind: 'tell';
      readonly task: TaskId;
      readonly attempt: number;
      readonly text: string;
    };

export interface Circumstances {
  readonly plan: RunPlan;
  readonly planned: ReadonlyMap<TaskId, PlannedTask>;
  readonly graph: Graph<TaskId>;
  readonly state: RunState;
}

export function record(...events: readonly EventBody[]): Verdict {
  return { kind: 'record', events };
}

/** @param why continues "…, because" */
export function refuse(why: string): Verdict {
  return { kind: 'refuse', why };
}
