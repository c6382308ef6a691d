import type { Digest } from '../base/digest.ts';
import type { Agent } from './agent.ts';
import type { AgentName, ObjectId, StepId } from './ids.ts';

export interface InputSpec {
  readonly description: string | undefined;
  /** `undefined`: whoever starts a run must give it. */
  readonly default: string | undefined;
}

interface StepBase {
  readonly id: StepId;
  /** Steps that must have succeeded first, in the order written. */
  readonly needs: readonly StepId[];
}

/** A step an agent works on. */
export interface AgentStep extends StepBase {
  readonly kind: 'agent';
  readonly agent: AgentName;
  /** What is asked of the agent; may hold `${{ … }}`. Empty for most command agents. */
  readonly prompt: string;
  /** Beside the agent's own, winning over them; values may hold `${{ … }}`. */
  readonly env: Readonly<Record<string, string>>;
  /** Files that must be there at the end, relative to the workspace copy. They become the task's artifacts. */
  readonly produces: readonly string[];
  /** Over the agent's own, in milliseconds. */
  readonly timeoutMs: number | undefined;
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
}

export type Step = AgentStep | GateStep;

export interface Workflow {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** In the order written. Checked: ids are unique, `needs` are known and free of cycles. */
  readonly steps: readonly Step[];
  /** Tasks at once; `undefined`: the user's setting decides. */
  readonly maxParallel: number | undefined;
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
  /** Tasks at once. */
  readonly maxParallel: number;
  readonly base: Base;
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
