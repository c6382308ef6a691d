// Types only, and of nothing else: the page in the browser is checked against this file alone.

/** What the graph page draws: a full picture each time, never a change to an earlier one. */
export interface GraphPicture {
  readonly workflow: string;
  /** `undefined`: the workflow as written, not run. */
  readonly run: { readonly id: string; readonly status: ShownStatus } | undefined;
  /** In the order written. */
  readonly nodes: readonly GraphNode[];
}

export interface GraphNode {
  readonly id: string;
  readonly kind: 'agent' | 'gate';
  /** Agent name, or what the gate asks; one line. */
  readonly subtitle: string;
  readonly needs: readonly string[];
  readonly state: GraphNodeState;
  /** One line for people: a duration, an error, what it waits for. */
  readonly detail: string;
  /** Milliseconds since 1970 while it runs; the page counts on from there. */
  readonly runningSince: number | undefined;
}

export type GraphNodeState =
  'pending' | 'running' | 'waiting' | 'succeeded' | 'approved' | 'failed' | 'skipped' | 'cancelled';

/** The one word for a run: its end, or how it stands. `waiting`: only gates are left. `interrupted`: nobody drives it. */
export type ShownStatus =
  | 'running'
  | 'waiting'
  | 'cancelling'
  | 'interrupted'
  | 'succeeded'
  | 'degraded'
  | 'failed'
  | 'cancelled';
