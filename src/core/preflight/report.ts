import type { Effects, RunnerSpec } from '../domain/agent.ts';
import type { Location } from '../domain/diagnostic.ts';
import type { CacheOff } from '../domain/cache.ts';
import type { SandboxRule } from '../domain/sandbox.ts';
import type { Budget, PermissionMode, SimilarRule } from '../domain/terms.ts';
import type { BaseTreeKind } from '../domain/workflow.ts';

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
  /** What tasks begin with; `undefined`: no plan could be made. */
  readonly baseTree: BaseTreeKind | undefined;
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
  /** `check`: of a phase, or what validates a workflow. */
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
  /** Of a check its command, word by word; `undefined`: somebody wrote it as an agent. */
  readonly command: readonly string[] | undefined;
  /** How far its commands and checks are shut in; `undefined`: not at all. */
  readonly sandbox: SandboxRule | undefined;
  readonly writes: WriteScope | undefined;
  /** `undefined`: a gate. */
  readonly cache: CacheReport | undefined;
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
  /** What these names come to here, in the same order; empty: no model is asked by Sluice, or nobody could look. */
  readonly found: readonly ModelReport[];
  readonly keys: readonly KeyReport[];
  /** As its file writes them; what is wrong with them is among the findings. `undefined`: the runner's own. */
  readonly tools: readonly string[] | undefined;
  /** How freely it uses them; `undefined`: it is a program. */
  readonly permissions: PermissionMode | undefined;
}

/** What the name of a model comes to here. */
export interface ModelReport {
  /** As it is written; empty: the user's own choice. */
  readonly name: string;
  /** The model that would be asked, as `provider/model`; `undefined`: it cannot be. */
  readonly serves: string | undefined;
  /** Why it cannot be asked: a sentence, with what to do. */
  readonly why: string | undefined;
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
  /** Protected files that it may change, because `owns` names each of them. */
  readonly guarded: readonly string[];
  readonly effects: Effects;
}

/** Whether what was made before stands for the tasks of a step. */
export type CacheReport =
  | {
      readonly kind: 'use';
      readonly namespace: string;
      /** How long an answer stands, in milliseconds; `undefined`: as its namespace says. */
      readonly ttlMs: number | undefined;
      /** Globs of the files that count; `undefined`: all, or those it reads. */
      readonly inputs: readonly string[] | undefined;
      /** The answer to a similar question will do. */
      readonly similar: SimilarRule | undefined;
    }
  | { readonly kind: 'off'; readonly why: CacheOff };

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

/** What one task of a step costs. `most`: what the budget lets it spend. */
export type Cost =
  /** No model is asked. What a command spends by itself is not seen. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'past';
      readonly leastUsd: number;
      /** The median. */
      readonly likelyUsd: number;
      readonly mostUsd: number;
      /** Whose past: the same step's, or another step's with the same agent. */
      readonly of: 'step' | 'agent';
      readonly samples: number;
      readonly most: Budget | undefined;
    }
  /** From the length of what it is told, and the price of the model that is asked first. */
  | {
      readonly kind: 'guess';
      readonly leastUsd: number;
      readonly mostUsd: number;
      readonly model: string;
      readonly most: Budget | undefined;
    }
  /** The model that is asked first has no price, which is not to say that it costs nothing. */
  | { readonly kind: 'unpriced'; readonly model: string; readonly most: Budget | undefined }
  | { readonly kind: 'unknown'; readonly most: Budget | undefined };

/** What tasks cost together. */
export type TotalCost =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'sum';
      /** Of the tasks of which anything is known; `undefined`: of none. */
      readonly usd: { readonly leastUsd: number; readonly mostUsd: number } | undefined;
      /** Some of it is guessed. */
      readonly isGuess: boolean;
      /** Tasks that are not in it. */
      readonly unpricedTasks: number;
      readonly unknownTasks: number;
      readonly most: Budget | undefined;
    };

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
  readonly cost: TotalCost;
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
