import { digestOf } from '../../../src/core/base/digest.ts';
import { agentName, stepId, taskIdOf, type AgentName } from '../../../src/core/domain/ids.ts';
import type { Agent, CommandSpec } from '../../../src/core/domain/agent.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { AgentStep, PlannedTask, RunPlan, Step } from '../../../src/core/domain/workflow.ts';

// The runs that disks fail under. Small: every operation of each is a point.

export interface FaultCase {
  readonly name: string;
  readonly plan: RunPlan;
  readonly inRepository: boolean;
  /** Tasks whose effects are outside their copies. */
  readonly external: readonly string[];
}

/** Two artifacts that land, the first behind a gate. */
const landing: FaultCase = {
  name: 'landing',
  inRepository: true,
  external: [],
  plan: planOf(
    agentTask('write', [], { produces: [{ path: 'report.md', schema: undefined }] }),
    gateTask('approve', ['write']),
    agentTask('publish', ['approve'], { produces: [{ path: 'done.txt', schema: undefined }] }),
  ),
};

/** Effects elsewhere, with and without a probe, beside an agent that fails twice. */
const effects: FaultCase = {
  name: 'effects',
  inRepository: false,
  external: ['pay', 'mail'],
  plan: planOf(
    agentTask('begin', []),
    agentTask('pay', ['begin'], { effects: 'external' }, withProbe()),
    agentTask('mail', ['begin'], { effects: 'external' }),
    agentTask('flaky', ['begin'], {
      retry: { attempts: 9, delayMs: 5, maxDelayMs: 5, on: undefined },
    }),
    gateTask('approve', ['pay', 'mail']),
    agentTask('end', ['approve', 'flaky']),
  ),
};

export const FAULT_CASES: readonly FaultCase[] = [landing, effects];

function withProbe(): Partial<CommandSpec> {
  return { probe: { command: ['probe'], timeoutMs: 1000 } };
}

interface Planned {
  readonly task: PlannedTask;
  readonly agent: Agent | undefined;
}

function agentTask(
  name: string,
  needs: readonly string[],
  step: Partial<AgentStep> = {},
  spec: Partial<CommandSpec> = {},
): Planned {
  return {
    agent: agentCalled(name, spec),
    task: planned(name, needs, {
      kind: 'agent',
      id: stepId(name),
      needs: needs.map(stepId),
      condition: undefined,
      matrix: undefined,
      maxParallel: undefined,
      metadata: undefined,
      agent: agentName(name),
      prompt: '',
      env: {},
      produces: [],
      outputSchema: undefined,
      checks: [],
      limits: {},
      retry: undefined,
      effects: undefined,
      terms: NO_TERMS,
      ...step,
    }),
  };
}

function gateTask(name: string, needs: readonly string[]): Planned {
  return {
    agent: undefined,
    task: planned(name, needs, {
      kind: 'gate',
      id: stepId(name),
      needs: needs.map(stepId),
      condition: undefined,
      matrix: undefined,
      maxParallel: undefined,
      metadata: undefined,
      ask: 'Go on?',
      show: [],
    }),
  };
}

function planned(name: string, needs: readonly string[], step: PlannedTask['step']): PlannedTask {
  return {
    id: taskIdOf(stepId(name)),
    step,
    needs: needs.map((need) => taskIdOf(stepId(need))),
    names: { scope: 0, matrix: {}, steps: {} },
    conditions: [],
    after: 'done',
    barrier: [],
    builtOn: [],
    groups: [],
    estimateMs: 1000,
    unfoldsAfter: [],
    lanes: [],
  };
}

function agentCalled(name: string, spec: Partial<CommandSpec>): Agent {
  return {
    name: agentName(name),
    description: '',
    criticality: 5,
    version: undefined,
    domains: [],
    tools: undefined,
    runner: {
      kind: 'command',
      command: ['true'],
      successCodes: [0],
      env: {},
      install: undefined,
      limits: { timeoutMs: 60_000, idleTimeoutMs: undefined, graceMs: 1000 },
      effects: 'copy',
      probe: undefined,
      stdin: 'prompt',
      ...spec,
    },
    outputSchema: undefined,
    asTool: undefined,
    terms: NO_TERMS,
    format: 'sluice',
    file: `.sluice/agents/${name}.yaml`,
    digest: digestOf(name),
  };
}

function planOf(...parts: readonly Planned[]): RunPlan {
  const agents: Record<AgentName, Agent> = {};
  for (const { agent } of parts) {
    if (agent !== undefined) {
      agents[agent.name] = agent;
    }
  }
  const steps: readonly Step[] = parts.map(({ task }) => task.step);
  return {
    workflow: {
      name: 'faults',
      description: '',
      inputs: {},
      steps,
      phases: [],
      maxParallel: undefined,
      onFailure: 'continue',
      budget: undefined,
      cache: undefined,
      base: undefined,
      validate: [],
      metadata: undefined,
      file: '.sluice/workflows/faults.yaml',
      digest: digestOf('faults'),
    },
    agents,
    inputs: {},
    tasks: parts.map(({ task }) => task),
    scopes: [{ inputs: {}, within: undefined }],
    maxParallel: 3,
    useCache: false,
    baseTree: undefined,
    landing: undefined,
    correlation: undefined,
    checkout: undefined,
    base: { kind: 'git', commit: undefined, branch: 'main' },
    nested: {},
    files: {},
    unfolded: undefined,
  };
}
