import { digestOf } from '../../src/core/base/digest.ts';
import type { Agent } from '../../src/core/domain/agent.ts';
import { agentName, stepId, type AgentName } from '../../src/core/domain/ids.ts';
import type { AgentStep, GateStep, RunPlan, Step } from '../../src/core/domain/workflow.ts';

/** A plan in a few words: `plan(step('a'), step('b', ['a']), gate('ok', ['b']))`. */
export function plan(...steps: readonly Step[]): RunPlan {
  return planWith({}, ...steps);
}

export function planWith(over: Partial<RunPlan>, ...steps: readonly Step[]): RunPlan {
  const agents: Record<AgentName, Agent> = {};
  for (const step of steps) {
    if (step.kind === 'agent') {
      agents[step.agent] = commandAgent(step.agent);
    }
  }
  return {
    workflow: {
      name: 'example',
      description: '',
      inputs: {},
      steps,
      maxParallel: undefined,
      file: '.sluice/workflows/example.yaml',
      digest: digestOf('example'),
    },
    agents,
    inputs: {},
    maxParallel: 5,
    base: { kind: 'git', commit: undefined, branch: 'main' },
    ...over,
  };
}

export function step(
  id: string,
  needs: readonly string[] = [],
  over: Partial<AgentStep> = {},
): AgentStep {
  return {
    kind: 'agent',
    id: stepId(id),
    needs: needs.map(stepId),
    agent: agentName(`${id}-agent`),
    prompt: '',
    env: {},
    produces: [],
    timeoutMs: undefined,
    ...over,
  };
}

export function gate(id: string, needs: readonly string[], ask = `May ${id} pass?`): GateStep {
  return { kind: 'gate', id: stepId(id), needs: needs.map(stepId), ask, show: [] };
}

export function commandAgent(name: string): Agent {
  return {
    name: agentName(name),
    description: '',
    criticality: 5,
    version: '1.0.0',
    domains: [],
    tools: undefined,
    runner: {
      kind: 'command',
      command: ['true'],
      successCodes: [0],
      env: {},
      install: undefined,
      timeoutMs: 60_000,
      idleTimeoutMs: undefined,
    },
    format: 'sluice',
    file: `.sluice/agents/${name}.yaml`,
    digest: digestOf(name),
  };
}
