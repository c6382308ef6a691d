import { globFault } from '../base/glob.ts';
import type { Agent } from '../domain/agent.ts';
import { cacheOver, type CacheRule } from '../domain/terms.ts';
import { termsOf, type AgentStep, type Names } from '../domain/workflow.ts';
import type { KnownTexts } from './knownTexts.ts';

/**
 * What of a step's results is reused, settled for each of its tasks: the step's word goes before its workflow's, that
 * before the workflow's around it, and all before its agent's. Whoever says `false` has it unless the step itself says
 * otherwise: what must not be reused is not for the sake of a ttl that stands for many steps.
 */
export class CacheRules {
  readonly #known: KnownTexts;
  readonly #agentNamed: (name: AgentStep['agent']) => Agent | undefined;
  /** Tasks of a step have mostly one rule: they share the step with it. */
  readonly #settled = new Map<AgentStep, Map<string, AgentStep>>();

  constructor(known: KnownTexts, agentNamed: (name: AgentStep['agent']) => Agent | undefined) {
    this.#known = known;
    this.#agentNamed = agentNamed;
  }

  /** The step with the rule of one of its tasks. @param around of its workflow, as `cacheWithin` gives it */
  settle(step: AgentStep, around: CacheRule | undefined, names: Names): AgentStep {
    const agent = this.#agentNamed(step.agent);
    const whole = cacheOver(step.terms.cache, cacheWithin(around, agent?.terms.cache));
    if (whole === undefined) {
      return step;
    }
    const rule: CacheRule = {
      ...whole,
      inputs: this.#globs(whole.inputs, names),
      similar: mayBeSimilar(step, agent) ? whole.similar : undefined,
    };
    const key = JSON.stringify(rule);
    let steps = this.#settled.get(step);
    if (steps === undefined) {
      steps = new Map();
      this.#settled.set(step, steps);
    }
    let settled = steps.get(key);
    if (settled === undefined) {
      settled = { ...step, terms: { ...step.terms, cache: rule } };
      steps.set(key, settled);
    }
    return settled;
  }

  /** All files count where it cannot be told which. */
  #globs(globs: readonly string[] | undefined, names: Names): readonly string[] | undefined {
    const filled = globs?.map((glob) => this.#known.whole(glob, names));
    return filled?.every((glob) => glob !== undefined && globFault(glob) === undefined) === true
      ? filled.filter((glob) => glob !== undefined)
      : undefined;
  }
}

/** What an inner rule leaves open is as around it; `false` holds on either side. */
export function cacheWithin(
  inner: CacheRule | undefined,
  around: CacheRule | undefined,
): CacheRule | undefined {
  const rule = cacheOver(inner, around);
  return rule && { ...rule, use: inner?.use !== false && around?.use !== false };
}

/** An answer to a similar question is a text and nothing else. */
function mayBeSimilar(step: AgentStep, agent: Agent | undefined): boolean {
  return (
    agent?.runner.kind === 'model' &&
    step.produces.length === 0 &&
    termsOf(step, agent).owns === undefined
  );
}
