import type { CallPolicy } from './call.ts';
import type { SandboxRule } from './sandbox.ts';

/** How freely a model agent uses its tools. */
export type PermissionMode = 'default' | 'acceptEdits' | 'plan' | 'bypassPermissions';

export const PERMISSION_MODES = [
  'default',
  'acceptEdits',
  'plan',
  'bypassPermissions',
] as const satisfies readonly PermissionMode[];

/** What may be spent; `undefined`: as much as it takes. */
export interface Budget {
  readonly tokens: number | undefined;
  /** US dollars. */
  readonly usd: number | undefined;
  /** Wall time of all attempts together, in milliseconds. */
  readonly timeMs: number | undefined;
}

export interface CacheRule {
  /** False: it is worked out anew each time. */
  readonly use: boolean;
  /** How long an answer stands, in milliseconds; `undefined`: as its namespace says. */
  readonly ttlMs: number | undefined;
  /** The answers it is kept with; `undefined`: as its kind of agent says. */
  readonly namespace: string | undefined;
  /**
   * Globs of the files that count for an agent whose looks cannot be followed, such as a command; `undefined`: all
   * files of the folder.
   */
  readonly inputs: readonly string[] | undefined;
  /** The answer to a similar question will do; `undefined`: only to the same. */
  readonly similar: SimilarRule | undefined;
}

export interface SimilarRule {
  /** The embedding model, as `provider/model`. */
  readonly model: string;
  /** Cosine of the two questions, from which on they count as one; above 0, at most 1. */
  readonly threshold: number;
}

/** How alike questions must be where a rule does not say. */
export const DEFAULT_SIMILARITY = 0.95;

/** A rule that says nothing but whether. */
export function plainCacheRule(use: boolean): CacheRule {
  return { use, ttlMs: undefined, namespace: undefined, inputs: undefined, similar: undefined };
}

/** What work may write, spend and reuse, as far as a step or an agent says so. */
export interface Terms {
  /** Globs of the paths it may change, relative to the folder; `undefined`: any. */
  readonly owns: readonly string[] | undefined;
  /** Globs of paths it must not change, also where it owns them. */
  readonly never: readonly string[];
  /** Language models in order of preference; `undefined`: the agent's own. */
  readonly models: readonly string[] | undefined;
  readonly permissions: PermissionMode | undefined;
  readonly budget: Budget | undefined;
  readonly cache: CacheRule | undefined;
  /** How its calls of models are made; `undefined`: as its criticality says. */
  readonly calls: CallPolicy | undefined;
  /** How far its commands and checks are shut in; `undefined`: not at all. */
  readonly sandbox: SandboxRule | undefined;
}

export const NO_TERMS: Terms = {
  owns: undefined,
  never: [],
  models: undefined,
  permissions: undefined,
  budget: undefined,
  cache: undefined,
  calls: undefined,
  sandbox: undefined,
};

/** The step's word goes before its agent's, but what either must never change is out of bounds. */
export function termsOver(step: Terms, agent: Terms): Terms {
  return {
    owns: step.owns ?? agent.owns,
    never: [...new Set([...agent.never, ...step.never])],
    models: step.models ?? agent.models,
    permissions: step.permissions ?? agent.permissions,
    budget: step.budget ?? agent.budget,
    cache: cacheOver(step.cache, agent.cache),
    calls: callsOver(step.calls, agent.calls),
    sandbox: step.sandbox ?? agent.sandbox,
  };
}

/** What the first says goes before the second. */
export function cacheOver(
  first: CacheRule | undefined,
  second: CacheRule | undefined,
): CacheRule | undefined {
  return first === undefined || second === undefined
    ? (first ?? second)
    : {
        use: first.use,
        ttlMs: first.ttlMs ?? second.ttlMs,
        namespace: first.namespace ?? second.namespace,
        inputs: first.inputs ?? second.inputs,
        similar: first.similar ?? second.similar,
      };
}

function callsOver(
  step: CallPolicy | undefined,
  agent: CallPolicy | undefined,
): CallPolicy | undefined {
  return step === undefined || agent === undefined
    ? (step ?? agent)
    : {
        attempts: step.attempts ?? agent.attempts,
        maxWaitMs: step.maxWaitMs ?? agent.maxWaitMs,
        onOtherModel: step.onOtherModel ?? agent.onOtherModel,
        maxTurns: step.maxTurns ?? agent.maxTurns,
      };
}
