import type { Agent, RunnerSpec } from '../../../src/core/domain/agent.ts';
import { agentName, stepId, type TaskId } from '../../../src/core/domain/ids.ts';
import { NO_TERMS, type Terms } from '../../../src/core/domain/terms.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { keyOfProgram, type Facts } from '../../../src/core/preflight/facts.ts';
import { preflight } from '../../../src/core/preflight/preflight.ts';
import { programsOf } from '../../../src/core/preflight/programs.ts';
import type { Preflight } from '../../../src/core/preflight/report.ts';
import { commandAgent } from '../../support/plans.ts';

export const PLATFORM = 'linux-x86_64';

/** Everything is there, and nothing has run before. */
export function factsOf(plan: RunPlan, over: Partial<Facts> = {}): Facts {
  return {
    runners: new Set(['command'] as const),
    programs: new Map(
      programsOf(plan, PLATFORM).map((one) => [
        keyOfProgram(one),
        { kind: 'found', file: `/bin/${one.name}` },
      ]),
    ),
    platform: PLATFORM,
    models: undefined,
    embeddingFaults: new Map(),
    toolFaults: [],
    pastCostOf: () => undefined,
    hasVariable: () => false,
    pastOf: () => undefined,
    findWorkflow: (name) => plan.nested[name],
    locate: () => undefined,
    folder: { makesBranches: true, branch: 'main', commit: undefined, freeBytes: undefined },
    findings: [],
    ...over,
  };
}

/** Of a run that uses the cache. */
export function preflightOf(plan: RunPlan, over: Partial<Facts> = {}): Preflight {
  return preflight({ ...plan, useCache: true }, factsOf(plan, over));
}

/** The past of some tasks: each always took as long. */
export function pastOf(durations: Readonly<Record<string, number>>): Facts['pastOf'] {
  return ({ id }) => {
    const ms = durations[id];
    return ms === undefined
      ? undefined
      : { leastMs: ms / 2, likelyMs: ms, mostMs: ms * 2, of: 'step', samples: 3 };
  };
}

/** The plan with another agent under the name. */
export function withAgent(plan: RunPlan, name: string, over: Partial<Agent>): RunPlan {
  const agent = { ...commandAgent(name), ...over };
  return { ...plan, agents: { ...plan.agents, [agentName(name)]: agent } };
}

export function command(...words: readonly [string, ...string[]]): RunnerSpec {
  const { runner } = commandAgent('any');
  if (runner.kind !== 'command') {
    throw new Error('a command agent is a command');
  }
  return { ...runner, command: words };
}

export function model(...models: readonly string[]): RunnerSpec {
  return { kind: 'model', instructions: '', models, mcpServers: [] };
}

export function owning(...owns: readonly string[]): { readonly terms: Terms } {
  return { terms: { ...NO_TERMS, owns } };
}

/** Messages of what was found, each with its step. */
export function told({ findings }: Preflight): string[] {
  return findings.map(({ severity, step, message }) => `${severity} ${step ?? 'run'}: ${message}`);
}

export const taskIds = (...ids: readonly string[]): TaskId[] =>
  ids.map((id) => stepId(id) as string as TaskId);
