import type { RunnerSpec } from '../domain/agent.ts';
import type { Location } from '../domain/diagnostic.ts';
import type { StepId } from '../domain/ids.ts';
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
