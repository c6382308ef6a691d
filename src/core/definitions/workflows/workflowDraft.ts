import type { Check, Effects, Limits } from '../../domain/agent.ts';
import { NO_TERMS, type Budget, type CacheRule, type Terms } from '../../domain/terms.ts';
import type {
  BaseTreeKind,
  InputSpec,
  JsonValue,
  RetryRule,
  Workflow,
} from '../../domain/workflow.ts';
import type { DebugDraft } from '../debugRule.ts';
import type { SourcePath } from '../source/sourceDocument.ts';

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
  readonly inputs: ReadonlyMap<string, InputSpec>;
  readonly maxParallel: number | undefined;
  readonly onFailure: Workflow['onFailure'];
  readonly budget: Budget | undefined;
  readonly cache: CacheRule | undefined;
  /** The globs of its cache; may hold `${{ … }}`. */
  readonly cacheInputs: readonly Written[];
  readonly base: BaseTreeKind | undefined;
  readonly validate: readonly Check[];
  readonly metadata: JsonValue | undefined;
  /** In the order written; ids are unique. */
  readonly steps: readonly StepDraft[];
  /** `undefined`: none are written, or they cannot be read. */
  readonly phases: readonly PhaseDraft[] | undefined;
}

export interface PhaseDraft {
  readonly name: Written;
  /** Where it begins. */
  readonly path: SourcePath;
  /** Where each is named, or written. */
  readonly steps: readonly Written[];
  readonly checks: readonly Check[];
}

interface StepDraftBase {
  /** As written: it may not be a valid step id, which has been reported then. */
  readonly id: string;
  /** Of the step's value. */
  readonly path: SourcePath;
  readonly needs: readonly Written[];
  readonly condition: Written | undefined;
  /** `unread`: one is written that cannot be read, so that any name may be in it. */
  readonly matrix: MatrixDraft | 'unread' | undefined;
  readonly maxParallel: number | undefined;
  readonly metadata: JsonValue | undefined;
}

/** In the order written. */
export type MatrixDraft = ReadonlyMap<string, MatrixValuesDraft>;

/** The values, a text that gives them later, or globs of files. */
export type MatrixValuesDraft =
  readonly Written[] | Written | { readonly files: readonly Written[] };

export interface AgentStepDraft extends StepDraftBase {
  readonly kind: 'agent';
  readonly agent: Written | undefined;
  readonly prompt: Written | undefined;
  readonly env: ReadonlyMap<string, Written>;
  readonly produces: readonly ProductDraft[];
  readonly outputSchema: SchemaDraft | undefined;
  readonly checks: readonly Check[];
  readonly limits: Partial<Limits>;
  readonly retry: RetryRule | undefined;
  readonly debug: DebugDraft | undefined;
  readonly effects: Effects | undefined;
  readonly terms: Terms;
  /** The globs of its terms; may hold `${{ … }}`. */
  readonly owns: readonly Written[];
  readonly never: readonly Written[];
  readonly cacheInputs: readonly Written[];
}

export interface ProductDraft {
  readonly file: Written;
  readonly schema: SchemaDraft | undefined;
}

/** A JSON Schema as it is written in the workflow, or the path of its file. */
export type SchemaDraft =
  | { readonly kind: 'inline'; readonly path: SourcePath }
  | { readonly kind: 'file'; readonly file: Written };

export interface GateStepDraft extends StepDraftBase {
  readonly kind: 'gate';
  readonly ask: Written | undefined;
  readonly show: readonly Written[];
  readonly choices: readonly Written[];
  readonly takesText: boolean;
}

export interface NestedStepDraft extends StepDraftBase {
  readonly kind: 'workflow';
  readonly workflow: WorkflowMention | undefined;
  /** `unread`: they are written but cannot be read. */
  readonly with: ReadonlyMap<string, Written> | 'unread';
}

/** A workflow as a step names it. */
export interface WorkflowMention extends Written {
  /** Where its file is meant to be, as entries name files; `undefined`: the text is its name. */
  readonly file: string | undefined;
}

/** A step of which nothing but its id can be told. */
export interface UnknownStepDraft extends StepDraftBase {
  readonly kind: 'unknown';
}

export type StepDraft = AgentStepDraft | GateStepDraft | NestedStepDraft | UnknownStepDraft;

/** Of which nothing more is read. */
export function unknownStep(id: string, path: SourcePath): UnknownStepDraft {
  return {
    kind: 'unknown',
    id,
    path,
    needs: [],
    condition: undefined,
    matrix: undefined,
    maxParallel: undefined,
    metadata: undefined,
  };
}

/** An agent's step of which nothing more is written. */
export function agentStep(id: string, path: SourcePath): AgentStepDraft {
  return {
    ...unknownStep(id, path),
    kind: 'agent',
    agent: undefined,
    prompt: undefined,
    env: new Map(),
    produces: [],
    outputSchema: undefined,
    checks: [],
    limits: {},
    retry: undefined,
    debug: undefined,
    effects: undefined,
    terms: NO_TERMS,
    owns: [],
    never: [],
    cacheInputs: [],
  };
}

/** Of which nothing but its name is written. */
export function emptyDraft(name: string): WorkflowDraft {
  return {
    name,
    description: '',
    inputs: new Map(),
    maxParallel: undefined,
    onFailure: 'continue',
    steps: [],
    phases: undefined,
    budget: undefined,
    cache: undefined,
    cacheInputs: [],
    base: undefined,
    validate: [],
    metadata: undefined,
  };
}

/** A step as the graph functions take it. */
export function graphItem({ id, needs }: StepDraft): { id: string; needs: string[] } {
  return { id, needs: needs.map(({ text }) => text) };
}
