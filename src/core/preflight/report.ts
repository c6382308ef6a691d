import type { Effects, RunnerSpec } from '../domain/agent.ts';
import type { Location } from '../domain/diagnostic.ts';
import type { Budget } from '../domain/terms.ts';

// What is known of a run before anything is spent. Plain data: JSON keeps all of it, and what is
// `undefined` is left out there.

export interface Preflight {
  readonly workflow: WorkflowReport;
  /** `cannot`: it has errors, and a run would fail for sure. */
  readonly verdict: 'ready' | 'warnings' | 'cannot';
  /** Errors first, then in the order of the steps. */
  readonly findings: readonly Finding[];
  /** In the order written, nested workflows laid open, lanes not. Empty where no plan could be made. */
  readonly steps: readonly StepReport[];
  readonly together: Together;
  readonly criticalPath: CriticalPath;
  readonly expected: Expected;
  readonly folder: FolderReport;
}

export interface WorkflowReport {
  readonly name: string;
  readonly description: string;
  /** Relative to the folder, with `/`; absolute for a file outside it. */
  readonly file: string;
  /** Values the run would have. */
  readonly inputs: Readonly<Record<string, string>>;
}

export interface Finding {
  /** `error`: the step, or the whole run, fails for sure. */
  readonly severity: 'error' | 'warning';
  /** Its `step`; `undefined`: it is about the run. */
  readonly step: string | undefined;
  /** What is wrong, without a full stop. */
  readonly message: string;
  readonly at: Location | undefined;
  /** What to do, as a sentence. */
  readonly repair: string | undefined;
}

/** One step, for all its lanes. */
export interface StepReport {
  /** Its id; `outer.inner` in a nested workflow. Unique. */
  readonly step: string;
  /** `check`: the check of a phase. */
  readonly kind: 'agent' | 'gate' | 'check';
  readonly at: Location | undefined;
  /** Phases it is in, the run's own first. */
  readonly phases: readonly string[];
  /** Tasks it becomes; of a step whose values come later, one stands for them all. */
  readonly tasks: number;
  readonly lanes: Lanes;
  /** Steps it waits for directly, also because of a phase. */
  readonly needs: readonly string[];
  /** What must hold for it to run. */
  readonly conditions: readonly string[];
  readonly agent: AgentReport | undefined;
  readonly programs: readonly ProgramReport[];
  readonly writes: WriteScope | undefined;
  readonly time: Time;
  /** It is ended after this; of one attempt. `undefined`: a gate. */
  readonly limitMs: number | undefined;
  readonly attempts: number;
  readonly cost: Cost;
}

export type Lanes =
  | { readonly kind: 'one' }
  /** Ids of the first tasks, and how many more there are. */
  | { readonly kind: 'many'; readonly first: readonly string[]; readonly more: number }
  /** Known once those steps are done. `values` names what the lanes are made of. */
  | {
      readonly kind: 'later';
      readonly values: readonly string[];
      readonly after: readonly string[];
    };

export interface AgentReport {
  readonly name: string;
  /** As in `Agent.file`. */
  readonly file: string;
  readonly runner: RunnerSpec['kind'];
  /** Something here can run it. */
  readonly isServed: boolean;
  /** In order of preference: the first would be asked first. Empty: no model, or the user's own choice. */
  readonly models: readonly string[];
  readonly keys: readonly KeyReport[];
  /** Names only: whether they are there is known to whoever runs the agent. `undefined`: the runner's own. */
  readonly tools: readonly string[] | undefined;
}

/** A variable that holds a key, by name. Its value is never looked at. */
export interface KeyReport {
  readonly name: string;
  readonly isThere: boolean;
}

export interface ProgramReport {
  /** What it is for; `launch`: one way to start a coding agent. */
  readonly use: 'agent' | 'check' | 'probe' | 'launch';
  /** The command's first word. */
  readonly name: string;
  /** `unchecked`: where it is looked for is known only when it runs. `made`: an earlier step makes it. */
  readonly state: 'found' | 'missing' | 'unusable' | 'unchecked' | 'made';
  /** Absolute. */
  readonly file: string | undefined;
}

export interface WriteScope {
  /** Globs; `undefined`: nothing is said, so anything in its workspace copy. */
  readonly owns: readonly string[] | undefined;
  readonly never: readonly string[];
  /** Paths that must be there at the end and become artifacts. */
  readonly produces: readonly string[];
  readonly effects: Effects;
}

/** Milliseconds. */
export interface Span {
  readonly leastMs: number;
  /** The median. */
  readonly likelyMs: number;
  readonly mostMs: number;
}

/** How long one task of a step takes. */
export type Time =
  | (Span & {
      readonly kind: 'past';
      /** Whose past: the same step's, or another step's with the same agent. */
      readonly of: 'step' | 'agent';
      readonly samples: number;
    })
  | { readonly kind: 'unknown' }
  /** As long as a person takes to answer. */
  | { readonly kind: 'person' };

export type Cost =
  /** No model is asked. What a command spends by itself is not seen. */
  | { readonly kind: 'none' }
  /** Its models have no past. `most`: what the budget lets it spend. */
  | { readonly kind: 'unknown'; readonly most: Budget | undefined };

/** Which steps may run at the same time. */
export interface Together {
  /** Steps that do not wait for each other, in the order they become possible. */
  readonly ranks: readonly (readonly string[])[];
  /**
   * For each step, in the order of `steps`: those that never run beside it, as ranges of places in
   * `steps`, both ends included. Of steps with lanes that need each other lane by lane, some do.
   */
  readonly apart: readonly (readonly (readonly [number, number])[])[];
  /** Pairs that nothing keeps apart and that may change the same files; the first of them. */
  readonly clashes: readonly Clash[];
  /** Further pairs of that kind. */
  readonly moreClashes: number;
}

export interface Clash {
  readonly steps: readonly [string, string];
  /** A glob of each that a path can match at once. */
  readonly globs: readonly [string, string];
}

export interface CriticalPath {
  /** Tasks one behind the other, of all such chains the one expected to take longest. */
  readonly tasks: readonly string[];
  readonly total: Total;
}

export interface Total {
  /** Of the tasks whose past is known; `undefined`: of none. */
  readonly span: Span | undefined;
  /** Tasks that are not in it, because nothing is known of them. Gates do not count. */
  readonly unknownTasks: number;
}

export interface Expected {
  readonly tasks: number;
  readonly gates: number;
  /** Tasks at once. */
  readonly maxParallel: number;
  /** From start to end, without the time people take. */
  readonly wall: Total;
  /** Of all tasks together. */
  readonly work: Total;
  /** Of all tasks; the workflow's budget is its limit. */
  readonly cost: Cost;
}

export interface FolderReport {
  /** What is made can be put on branches. */
  readonly makesBranches: boolean;
  /** Where HEAD stands; `undefined` outside of Git, on a branch without a commit, or detached. */
  readonly branch: string | undefined;
  readonly commit: string | undefined;
  /** Free where workspace copies are made; `undefined`: the system does not tell. */
  readonly freeBytes: number | undefined;
}
