import type { RunnerSpec } from '../domain/agent.ts';
import type { Location } from '../domain/diagnostic.ts';
import type { AgentName, StepId } from '../domain/ids.ts';
import type { PlannedTask, Workflow } from '../domain/workflow.ts';
import type { Finding, FolderReport, Span } from './report.ts';

/** What a pre-flight knows beside the plan: looked up before, executed never. */
export interface Facts {
  /** Kinds of agents that can be run. */
  readonly runners: ReadonlySet<RunnerSpec['kind']>;
  /** By `keyOfProgram`. One that is not in it was not looked for. */
  readonly programs: ReadonlyMap<string, FoundProgram>;
  /** Such as `linux-x86_64`, as coding agents name the systems they run on. */
  readonly platform: string;
  /** By the names that agents and steps write, and `''` for the user's own choice; `undefined`: nobody could be asked. */
  readonly models: ReadonlyMap<string, ModelFact> | undefined;
  /** Why embedding models that steps name turn no text into vectors: a sentence, by `provider/model`. */
  readonly embeddingFaults: ReadonlyMap<string, string>;
  /** What is wrong with the tools of the plan's agents. */
  readonly toolFaults: readonly ToolFault[];
  readonly pastCostOf: (task: PlannedTask) => PastCost | undefined;
  /** True for a variable of the host that is set and not empty. */
  readonly hasVariable: (name: string) => boolean;
  readonly pastOf: (task: PlannedTask) => PastTime | undefined;
  /** Another workflow, by its name. */
  readonly findWorkflow: (name: string) => Workflow | undefined;
  /** Where a step of a workflow is written. */
  readonly locate: (workflow: string, step: StepId) => Location | undefined;
  readonly folder: FolderReport;
  /** What was found before there was a plan: inputs, the folder. */
  readonly findings: readonly Finding[];
}

/** What a name of a model comes to here. */
export type ModelFact =
  | {
      readonly kind: 'usable';
      /** Of the model behind the name: `provider/model`. */
      readonly name: string;
      /** `undefined`: it has none. */
      readonly price: ModelPrice | undefined;
    }
  /** A sentence, with what to do. */
  | { readonly kind: 'unusable'; readonly why: string };

/** US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
}

export type ToolFault = {
  readonly agent: AgentName;
  /** Where it is written. */
  readonly at: Location | undefined;
} & (
  | {
      /**
       * `unknown`: nobody has a tool of that name. `server`: its MCP server is not declared. `unkept`: it has a pattern
       * that nothing keeps to.
       */
      readonly kind: 'unknown' | 'server' | 'unkept';
      /** As the agent's file writes it. */
      readonly name: string;
    }
  /** A file that declares MCP servers cannot be read: a sentence. */
  | { readonly kind: 'file'; readonly message: string }
);

/** US dollars that tasks of a step cost. */
export interface PastCost {
  readonly leastUsd: number;
  /** The median. */
  readonly likelyUsd: number;
  readonly mostUsd: number;
  readonly of: 'step' | 'agent';
  readonly samples: number;
}

export interface PastTime extends Span {
  readonly of: 'step' | 'agent';
  readonly samples: number;
}

/** A program to look for. */
export interface ProgramSought {
  readonly name: string;
  /** The `PATH` that step or agent declares; `undefined`: the host's. */
  readonly path: string | undefined;
}

export type FoundProgram =
  | {
      readonly kind: 'found';
      /** Absolute. */
      readonly file: string;
    }
  | { readonly kind: 'missing' }
  /** `message` continues "it could not be started: ". */
  | { readonly kind: 'unusable'; readonly message: string };

export function keyOfProgram({ name, path }: ProgramSought): string {
  return JSON.stringify([name, path ?? null]);
}
