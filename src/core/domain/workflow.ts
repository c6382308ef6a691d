import type { Digest } from '../base/digest.ts';
import type { Agent, Check, Effects, Limits } from './agent.ts';
import type { CheckoutState, OnCheckoutChange } from './checkout.ts';
import type { DebugRule, Fix } from './debugging.ts';
import type { Failure } from './failure.ts';
import type { LandingRules } from './landing.ts';
import { NO_TERMS, termsOver, type Budget, type CacheRule, type Terms } from './terms.ts';
import type { AgentName, ObjectId, StepId, TaskId } from './ids.ts';

export const INPUT_TYPES = ['string', 'number', 'boolean', 'choice'] as const;
export type InputType = (typeof INPUT_TYPES)[number];

export interface InputSpec {
  /** What values are taken; all are kept as text. */
  readonly type: InputType;
  /** Values to choose from; empty unless it is a choice. */
  readonly options: readonly string[];
  readonly description: string | undefined;
  /** `undefined`: whoever starts a run must give it. */
  readonly default: string | undefined;
}

interface StepBase {
  readonly id: StepId;
  /** Steps that must be done first, in the order written. */
  readonly needs: readonly StepId[];
  /**
   * An expression as in `domain/condition.ts`: the step runs only where it holds. One that asks how a
   * step ended, or says `always()`, is judged once every need has ended; any other once every need is done.
   */
  readonly condition: string | undefined;
  /** Lanes: the step is one task for each combination of values, in the order written. */
  readonly matrix: Matrix | undefined;
  /** Lanes at once; `undefined`: as many as the run. */
  readonly maxParallel: number | undefined;
  /** What others keep with the step. Sluice carries it and acts on none of it. */
  readonly metadata: JsonValue | undefined;
}

/**
 * Values by name. A step that needs a step with a matrix of the same names needs the lane with its own
 * values; any other needs every lane.
 */
export type Matrix = Readonly<Record<string, MatrixValues>>;

/**
 * A text is an expression that gives the values, one a line or as a JSON list: when the run starts, or,
 * where it names outputs of steps, once those are done. `files` are globs of files that are there when the
 * run starts.
 */
export type MatrixValues = readonly string[] | string | { readonly files: readonly string[] };

/** A step an agent works on. */
export interface AgentStep extends StepBase {
  readonly kind: 'agent';
  readonly agent: AgentName;
  /** What is asked of the agent; may hold `${{ … }}`. Empty for most command agents. */
  readonly prompt: string;
  /** Beside the agent's own, winning over them; values may hold `${{ … }}`. */
  readonly env: Readonly<Record<string, string>>;
  /** Files that must be there at the end. They become the task's artifacts. */
  readonly produces: readonly Product[];
  /** A JSON Schema the output must satisfy, as JSON; `undefined`: the agent's own, or any text. */
  readonly outputSchema: JsonValue | undefined;
  /** Commands that must exit with 0 in the workspace copy once the agent has ended, one after another. */
  readonly checks: readonly Check[];
  /** Over the agent's own. */
  readonly limits: Partial<Limits>;
  /** `undefined`: a failed attempt is not tried again. */
  readonly retry: RetryRule | undefined;
  /** Over the agent's own. */
  readonly effects: Effects | undefined;
  /** Over the agent's own. */
  readonly terms: Terms;
  /** How its failures are mended. Left out: they are not. */
  readonly debug?: DebugRule | undefined;
}

/**
 * A step a person decides. It guards every step it depends on, directly or not: their artifacts
 * reach branches only when it is approved.
 */
export interface GateStep extends StepBase {
  readonly kind: 'gate';
  /** The question; may hold `${{ … }}`. */
  readonly ask: string;
  /** Artifacts of the steps it needs that are shown to the person, by path. */
  readonly show: readonly string[];
  /** Whoever approves chooses one of these; it is the gate's output. Left out: there is nothing to choose. */
  readonly choices?: readonly string[] | undefined;
  /** Whoever approves may write an answer of their own, and must where there are no choices. Left out: no. */
  readonly takesText?: true | undefined;
}

/** A step that is another workflow. Its steps become tasks of the run, called `<step>.<inner step>`. */
export interface NestedStep extends StepBase {
  readonly kind: 'workflow';
  /** Its name. */
  readonly workflow: string;
  /** Its inputs; values may hold `${{ … }}`. */
  readonly with: Readonly<Record<string, string>>;
}

export type Step = AgentStep | GateStep | NestedStep;

/** A declared file. */
export interface Product {
  /** Relative to the workspace copy, with `/`. */
  readonly path: string;
  /** A JSON Schema the file must satisfy; `undefined`: any content. */
  readonly schema: JsonValue | undefined;
}

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** How often a failed attempt is tried again, and when. */
export interface RetryRule {
  /** Attempts in all, 2 or more. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled before each later one, up to `maxDelayMs`. */
  readonly delayMs: number;
  readonly maxDelayMs: number;
  /** Failures worth another attempt; `undefined`: all that another attempt may cure. */
  readonly on: readonly Failure['reason'][] | undefined;
}

/** Steps of a workflow that begin together, once the checks of the phase before have passed. */
export interface Phase {
  readonly name: string;
  readonly steps: readonly StepId[];
  /** Run in a copy that holds what the phase's steps made. */
  readonly checks: readonly Check[];
}

export interface Workflow {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** In the order written. Checked: ids are unique, `needs` are known and free of cycles. */
  readonly steps: readonly Step[];
  /** In order; each step is in one of them. Empty: no phases. */
  readonly phases: readonly Phase[];
  /** Tasks at once; `undefined`: the user's setting decides. */
  readonly maxParallel: number | undefined;
  /** `stop`: the first failure ends the run. `continue`: it ends only what needs it. */
  readonly onFailure: 'continue' | 'stop';
  /** Of a whole run. */
  readonly budget: Budget | undefined;
  /** Of every step that says nothing of it, where its agent does not forbid it. */
  readonly cache: CacheRule | undefined;
  /** What tasks begin with; `undefined`: whoever starts a run decides. */
  readonly base: BaseTreeKind | undefined;
  /** Run in a copy with all results, once every step has ended well, and again between merges. */
  readonly validate: readonly Check[];
  /** What others keep with the workflow. Sluice carries it and acts on none of it. */
  readonly metadata: JsonValue | undefined;
  /** Relative to the folder, with `/`. */
  readonly file: string;
  /** Of the file's bytes. */
  readonly digest: Digest;
}

/** All a run needs to know, fixed when it starts: editing a file never changes a run in flight. */
export interface RunPlan {
  readonly workflow: Workflow;
  readonly agents: Readonly<Record<AgentName, Agent>>;
  readonly inputs: Readonly<Record<string, string>>;
  /** In the order written, lanes and nested workflows laid open. */
  readonly tasks: readonly PlannedTask[];
  /** Inputs by the number that `Names.scope` gives: 0 are the run's own. */
  readonly scopes: readonly InputScope[];
  /** Tasks at once. */
  readonly maxParallel: number;
  /** False: the cache answers nothing in this run and keeps nothing of it. `undefined`, in plans of older versions: so too. */
  readonly useCache: boolean | undefined;
  readonly base: Base;
  /** What copies are made of. `undefined`, in plans of older versions: the working tree. */
  readonly baseTree: BaseTreeKind | undefined;
  /** How results reach branches; `undefined`, in plans of older versions: as `DEFAULT_LANDING_RULES` say. */
  readonly landing: LandingRules | undefined;
  /** Follows the run through other systems' records, in its commits too; `undefined`: the run's own id does. */
  readonly correlation: string | undefined;
  /** The user's checkout when the run started; `undefined`: nobody looks. */
  readonly checkout: PlannedLook | undefined;
  /** Workflows inside it by their names, where some of its tasks unfold later; else empty. */
  readonly nested: Readonly<Record<string, Workflow>>;
  /** Files that the globs of matrices meant when the run started. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** What it was unfolded from, and the tasks whose outputs that took; `undefined`: the plan the run started with. */
  readonly unfolded: { readonly from: Digest; readonly by: readonly TaskId[] } | undefined;
  /** Fixes that were opened in the run, in that order. Left out: none. */
  readonly fixes?: readonly Fix[] | undefined;
  /** Set where no person chose which of two workflows it is. Left out: whoever started it did. */
  readonly drawn?: DrawnWay | undefined;
}

/** Two workflows do the same work: the user's shares of runs drew one, or a comparison makes runs of both in turn. */
export interface DrawnWay {
  /** The workflow that was asked for. */
  readonly asked: string;
  /** The one that is started in its place in a share of the runs. */
  readonly other: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** A step in a run. */
export interface PlannedTask {
  readonly id: TaskId;
  /** Where it comes from. Its `needs` and `matrix` are the step's; the task's own are here. */
  readonly step: AgentStep | GateStep;
  readonly needs: readonly TaskId[];
  /** Those of its needs that only have to be out of the way, done or wanted by nobody: the phase before it. */
  readonly barrier: readonly TaskId[];
  readonly names: Names;
  /** All must hold, each understood by its own names. */
  readonly conditions: readonly { readonly text: string; readonly names: Names }[];
  /** When it is decided: once every need is done, or, for `always()` and its like, has ended. */
  readonly after: 'done' | 'ended';
  /**
   * Globs of the paths it may change, as far as they are known: a task of which another may change the same is never
   * under way with it. Where a value is not known yet, a glob that takes any. Left out: it says nothing of it.
   */
  readonly owns?: readonly string[] | undefined;
  /** Tasks whose artifacts are laid into its copy, in this order. */
  readonly builtOn: readonly TaskId[];
  /** Nested workflows and phases it belongs to, outermost first, for readers. */
  readonly groups: readonly string[];
  /** How long it is expected to take, in milliseconds. */
  readonly estimateMs: number;
  /**
   * Where it stands for lanes that nobody knows yet: once these have succeeded, the plan is laid open again
   * and has the lanes in its place. It never runs itself. Empty for any other task; else also in `needs`.
   */
  readonly unfoldsAfter: readonly TaskId[];
  /** Lanes it is part of that may not all be under way at once, outermost first. */
  readonly lanes: readonly LaneOf[];
  /** Set for a task that is there to mend another. */
  readonly fix?: Fix | undefined;
  /** Fixes of it, in the order they were opened. Also in `needs`; they only have to have ended. Left out: none. */
  readonly mendedBy?: readonly TaskId[] | undefined;
}

/** A lane of a step that says how many of its lanes may be under way at once. */
export interface LaneOf {
  /** The same for all lanes of the step. */
  readonly group: string;
  readonly lane: number;
  readonly atOnce: number;
}

/** What `${{ … }}` of a task can name. */
export interface Names {
  /** Index into the plan's `scopes`: `${{ inputs.x }}`. */
  readonly scope: number;
  /** `${{ matrix.x }}` */
  readonly matrix: Readonly<Record<string, string>>;
  /** `${{ steps.x.output }}`: the tasks a step stands for here, in order. */
  readonly steps: Readonly<Record<StepId, readonly TaskId[]>>;
}

export interface InputScope {
  readonly inputs: Readonly<Record<string, string>>;
  /** Names the values may use, for the inputs of a nested workflow; `undefined`: they stand as they are. */
  readonly within: Names | undefined;
}

/** `head`: the commit HEAD names. `worktree`: the files as they lie there, uncommitted work with them. */
export type BaseTreeKind = 'head' | 'worktree';

/** A look at the checkout before anything was done, and what a change means. */
export interface PlannedLook {
  readonly state: CheckoutState;
  readonly onChange: OnCheckoutChange;
}

/** What workspace copies are made of, and what artifacts are committed on. */
export type Base =
  | {
      readonly kind: 'git';
      /** HEAD when the run started; `undefined` on a branch without a commit. */
      readonly commit: ObjectId | undefined;
      /** The branch HEAD names, or `undefined` when detached. */
      readonly branch: string | undefined;
    }
  /** Not a Git repository: outputs stay with the run, nothing is committed. */
  | { readonly kind: 'plain' };

export const DEFAULT_MAX_PARALLEL = 5;
/** What a run is built to carry, lanes and nested workflows laid open. */
export const MAX_TASKS = 20_000;
/** How long a task is expected to take before anything is known of its agent, in milliseconds. */
export const DEFAULT_ESTIMATE_MS = 10_000;

/** Whether an approval of the gate carries an answer, which is its output. */
export function asksForAnswer({ choices = [], takesText }: GateStep): boolean {
  return choices.length > 0 || takesText === true;
}

/** What keeps a text from being the answer to a gate, as the rest of a sentence; `undefined` text: there is none. */
export function choiceFault(gate: GateStep, choice: string | undefined): string | undefined {
  const { choices = [], takesText } = gate;
  if (!asksForAnswer(gate)) {
    return choice === undefined ? undefined : 'the gate asks for no answer of its own';
  }
  if (choice === undefined || choice.trim() === '') {
    return choices.length > 0 ? `choose one of ${choices.join(', ')}` : 'it asks for an answer';
  }
  return takesText === true || choices.includes(choice)
    ? undefined
    : `"${choice}" is none of ${choices.join(', ')}`;
}

/** What keeps a text from being a value of the input, as the rest of a sentence about it. */
export function inputFault({ type, options }: InputSpec, value: string): string | undefined {
  switch (type) {
    case 'string':
      return undefined;
    case 'number':
      return value.trim() !== '' && Number.isFinite(Number(value))
        ? undefined
        : `must be a number, not "${value}"`;
    case 'boolean':
      return value === 'true' || value === 'false'
        ? undefined
        : `must be true or false, not "${value}"`;
    case 'choice':
      return options.includes(value) ? undefined : `must be one of ${options.join(', ')}`;
  }
}

/** A step that does nothing but what its agent does. */
export function bareStep(id: StepId, agent: AgentName): AgentStep {
  return {
    kind: 'agent',
    id,
    needs: [],
    condition: undefined,
    matrix: undefined,
    maxParallel: undefined,
    metadata: undefined,
    agent,
    prompt: '',
    env: {},
    produces: [],
    outputSchema: undefined,
    checks: [],
    limits: {},
    retry: undefined,
    effects: undefined,
    terms: NO_TERMS,
  };
}

/**
 * What an attempt of the step may write, spend and reuse.
 * @param step of a plan: its cache rule is settled, and nothing of its agent's is to be laid under it again
 */
export function termsOf(step: AgentStep, agent: Agent | undefined): Terms {
  const terms = termsOver(step.terms, agent?.terms ?? NO_TERMS);
  return { ...terms, cache: step.terms.cache ?? agent?.terms.cache };
}

/** What an attempt of the step may change: as the step says, else its agent. */
export function effectsOf(step: AgentStep, agent: Agent | undefined): Effects {
  return step.effects ?? (agent === undefined ? 'copy' : ownEffects(agent));
}

/** A coding agent does what it likes, outside its copy too; a model does what the tools it is given do. */
function ownEffects({ runner }: Agent): Effects {
  switch (runner.kind) {
    case 'command':
      return runner.effects;
    case 'model':
      return 'copy';
    case 'acp':
    case 'claude-code':
      return 'external';
  }
}
