import type { Agent } from '../domain/agent.ts';
import type { Terms } from '../domain/terms.ts';
import type { AgentStep } from '../domain/workflow.ts';
import type { Facts, ModelFact } from './facts.ts';
import type { ModelReport } from './report.ts';

/** What stands for the user's own choice, where nothing names a model. */
export const OWN_CHOICE = '';

/**
 * Names of the models an agent asks for, in order of preference; empty: the user's own choice, or no model at all.
 * @param step what a step says; `undefined`: another agent asks it
 */
export function modelNames(
  step: Pick<Terms, 'models'> | undefined,
  agent: Agent | undefined,
): readonly string[] {
  if (agent?.runner.kind !== 'model' && agent?.runner.kind !== 'claude-code') {
    return [];
  }
  return step?.models ?? agent.terms.models ?? agent.runner.models;
}

/** The models that would be asked one after another. Empty: it asks none, or nobody could be asked about them. */
export function modelReports(
  step: Pick<Terms, 'models'> | undefined,
  agent: Agent | undefined,
  { models }: Facts,
): readonly ModelReport[] {
  if (agent?.runner.kind !== 'model' || models === undefined) {
    return [];
  }
  const names = modelNames(step, agent);
  return (names.length === 0 ? [OWN_CHOICE] : names).flatMap((name): ModelReport[] => {
    const fact = models.get(name);
    return fact === undefined ? [] : [reportOf(name, fact)];
  });
}

function reportOf(name: string, fact: ModelFact): ModelReport {
  return fact.kind === 'usable'
    ? { name, serves: fact.name, why: undefined }
    : { name, serves: undefined, why: fact.why };
}

/** The model that would be asked first; `undefined`: none, or nobody knows. */
export function firstModel(
  step: AgentStep,
  agent: Agent | undefined,
  { models }: Facts,
): Extract<ModelFact, { kind: 'usable' }> | undefined {
  if (agent?.runner.kind !== 'model') {
    return undefined;
  }
  const names = modelNames(step.terms, agent);
  for (const name of names.length === 0 ? [OWN_CHOICE] : names) {
    const fact = models?.get(name);
    if (fact?.kind === 'usable') {
      return fact;
    }
  }
  return undefined;
}
