import type { Agent } from '../domain/agent.ts';
import { cacheUseOf } from '../domain/cacheUse.ts';
import type { AgentStep, RunPlan } from '../domain/workflow.ts';
import type { Facts } from './facts.ts';
import * as problems from './preflightProblems.ts';
import type { CacheReport, StepReport } from './report.ts';

/** Whether what was made before stands for a step's tasks. */
export function cacheReport(plan: RunPlan, step: AgentStep, agent: Agent): CacheReport {
  const use = cacheUseOf(plan, step, agent);
  if (use.kind === 'off') {
    return use;
  }
  const { ttlMs, inputs, similar } = use.rule;
  return { kind: 'use', namespace: use.namespace, ttlMs, inputs, similar };
}

/** Why the tasks of a step fail before they begin. */
export function cacheFindings(
  { cache }: StepReport,
  { embeddingFaults }: Facts,
): readonly problems.Told[] {
  const similar = cache?.kind === 'use' ? cache.similar : undefined;
  const why = similar && embeddingFaults.get(similar.model);
  return similar === undefined || why === undefined
    ? []
    : [problems.noEmbeddings(similar.model, why)];
}
