import type { SourcePath } from './sourceDocument.ts';

// A workflow as far as its file's shape allows, before anyone asks whether it makes sense. What was
// wrong is left out and has been reported; what is here remembers where it stands.

/** A text of the file and where it stands. */
export interface Written {
  readonly text: string;
  readonly path: SourcePath;
}

export interface WorkflowDraft {
  readonly name: string;
  readonly description: string;
  readonly inputs: ReadonlyMap<string, InputDraft>;
  readonly maxParallel: number | undefined;
  /** In the order written; ids are unique. */
  readonly steps: readonly StepDraft[];
}

export interface InputDraft {
  readonly description: string | undefined;
  readonly default: string | undefined;
}

interface StepDraftBase {
  /** As written: it may not be a valid step id, which has been reported then. */
  readonly id: string;
  /** Of the step's value. */
  readonly path: SourcePath;
  readonly needs: readonly Written[];
}

export interface AgentStepDraft extends StepDraftBase {
  readonly kind: 'agent';
  readonly agent: Written | undefined;
  readonly prompt: Written | undefined;
  readonly env: ReadonlyMap<string, Written>;
  readonly produces: readonly Written[];
  readonly timeoutMs: number | undefined;
}

export interface GateStepDraft extends StepDraftBase {
  readonly kind: 'gate';
  readonly ask: Written | undefined;
  readonly show: readonly Written[];
}

/** A step of which nothing but its id can be told. */
export interface UnknownStepDraft extends StepDraftBase {
  readonly kind: 'unknown';
}

export type StepDraft = AgentStepDraft | GateStepDraft | UnknownStepDraft;

/** A step as the graph functions take it. */
export function graphItem({ id, needs }: StepDraft): { id: string; needs: string[] } {
  return { id, needs: needs.map(({ text }) => text) };
}
