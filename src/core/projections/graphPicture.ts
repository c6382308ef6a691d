// Types only, and of nothing else: the page in the browser is checked against this file alone.

/** What the graph page draws: a full picture each time, never a change to an earlier one. */
export interface GraphPicture {
  readonly workflow: string;
  /** `undefined`: the workflow as written, not run. */
  readonly run: GraphRun | undefined;
  /** In the order written. */
  readonly nodes: readonly GraphNode[];
  /** Set while the page shows the run as it was, not as it is. */
  readonly moment: GraphMoment | undefined;
}

/** A moment of a run: how it stood after so many events. */
export interface GraphMoment {
  /** Events of the journal up to then, from 1. */
  readonly seq: number;
  /** All there are. */
  readonly last: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface GraphRun {
  readonly id: string;
  readonly status: ShownStatus;
  /** Tasks that are done; those a person skipped are among them. */
  readonly done: number;
  /** Tasks for which nothing had to run, and what that saved: `12 reused · saved $1.20`; empty where there is none. */
  readonly reused: string;
  /** What a person can ask of the run now, as words of the face's own. */
  readonly verbs: readonly string[];
}

export interface GraphNode {
  readonly id: string;
  readonly kind: 'agent' | 'gate' | 'workflow';
  /** Agent name, what the gate asks, or the nested workflow's name; one line. */
  readonly subtitle: string;
  readonly needs: readonly string[];
  /** Phases and nested workflows it belongs to, outermost first; the page draws them as bands. */
  readonly groups: readonly string[];
  /** Set for a fix: the page draws it beside what it mends. Left out: it is a step of the workflow. */
  readonly mends?: GraphFix | undefined;
  /** Set where the step has lanes: the page folds and counts them. */
  readonly lane: GraphLane | undefined;
  /** Nothing else decides more how long the run takes: it lies on the longest way from start to end. */
  readonly isCritical: boolean;
  /** How long it is expected to take, in milliseconds; 0 for a gate. */
  readonly estimateMs: number;
  readonly state: GraphNodeState;
  /** One line for people: a duration, an error, what it waits for, what it asks. */
  readonly detail: string;
  /** Nothing ran: what was made before stands for it. */
  readonly isReused: boolean;
  /** One line: why nothing had to run for it, or why it ran. Empty where the cache was not asked. */
  readonly reason: string;
  /** Short: what makes or made it run though it had run before: `ran: login.ts changed`. Else empty. */
  readonly cause: string;
  /** One line that changes all the time: what it has spent so far, and says. */
  readonly live: string;
  /** Milliseconds since 1970 while it runs; the page counts on from there. */
  readonly runningSince: number | undefined;
  /** When another attempt is made, in milliseconds since 1970; the page counts down to it. */
  readonly triesAgainAt: number | undefined;
  /** When its attempt goes on, in milliseconds since 1970; the page tells the time. */
  readonly goesOnAt: number | undefined;
  /** It does not start until somebody releases it. */
  readonly isHeld: boolean;
  /** What a person can ask of the task now, as words of the face's own. */
  readonly verbs: readonly string[];
}

export interface GraphFix {
  /** The task whose failure it is for. */
  readonly task: string;
  /** That task, or the fix whose work it goes on from; `undefined`: neither is in the picture. */
  readonly parent: string | undefined;
  /** 1 right below the task. */
  readonly depth: number;
  /** Short: `fix 1`, of a fix of it `fix 1.1`, and where a person is asked `gate`. */
  readonly label: string;
}

export interface GraphLane {
  /** The step, the same for all its lanes, with the nested workflows it is in. */
  readonly step: string;
  /** Short: the values that tell it from the other lanes: `limits`, `node 20, linux`. */
  readonly label: string;
}

/** `asking`: it runs, but waits for a person's answer. */
export type GraphNodeState =
  | 'pending'
  | 'running'
  | 'asking'
  | 'waiting'
  | 'unknown'
  | 'succeeded'
  | 'approved'
  | 'failed'
  | 'skipped'
  | 'cancelled';

/**
 * The one word for a run: its end, or how it stands. `waiting`: only people can move it on. `interrupted`:
 * nobody drives it. `pausing`: running tasks finish first.
 */
export type ShownStatus =
  | 'running'
  | 'waiting'
  | 'cancelling'
  | 'pausing'
  | 'paused'
  | 'interrupted'
  | 'succeeded'
  | 'degraded'
  | 'failed'
  | 'cancelled';
