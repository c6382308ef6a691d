import type { Agent, RunnerSpec } from './agent.ts';
import { DEFAULT_TTL_MS, type CacheOff, type CacheSettings, type KnownNamespace } from './cache.ts';
import type { CacheRule } from './terms.ts';
import { effectsOf, termsOf, type AgentStep, type RunPlan } from './workflow.ts';

export type CacheUse =
  | { readonly kind: 'use'; readonly rule: CacheRule; readonly namespace: string }
  | { readonly kind: 'off'; readonly why: CacheOff };

const PLAIN: CacheRule = {
  use: true,
  ttlMs: undefined,
  namespace: undefined,
  inputs: undefined,
  similar: undefined,
};

/** Whether the cache is asked for a task of the step, and under which rule. */
export function cacheUseOf(
  { useCache }: Pick<RunPlan, 'useCache'>,
  step: AgentStep,
  agent: Agent,
): CacheUse {
  const rule = termsOf(step, agent).cache ?? PLAIN;
  if (effectsOf(step, agent) === 'external') {
    return { kind: 'off', why: 'external' };
  }
  if (!rule.use) {
    return { kind: 'off', why: 'definition' };
  }
  if (useCache !== true) {
    return { kind: 'off', why: 'run' };
  }
  return { kind: 'use', rule, namespace: rule.namespace ?? usualNamespace(agent.runner.kind) };
}

/** Where results are kept of which nobody says it. */
export function usualNamespace(runner: RunnerSpec['kind']): KnownNamespace {
  return runner === 'model' ? 'model_response' : 'command_output';
}

/** How long an answer stands, in milliseconds: as its rule says, else the user's settings. */
export function ttlOf(
  { ttlMs }: Pick<CacheRule, 'ttlMs'>,
  namespace: string,
  settings: CacheSettings,
): number {
  const own = Object.hasOwn(settings.ttlMs, namespace) ? settings.ttlMs[namespace] : undefined;
  return ttlMs ?? own ?? DEFAULT_TTL_MS;
}
