import type { Agent } from '../domain/agent.ts';
import type { Failure } from '../domain/failure.ts';
import { ok, type Result } from '../base/result.ts';
import type { Terms } from '../domain/terms.ts';
import { termsOf } from '../domain/workflow.ts';
import { boundsOf, type Bounds } from './bounds.ts';
import type { AttemptInput } from './inputs.ts';
import type { DriverParts } from './parts.ts';
import { promptOf } from './prompting.ts';
import { judge, renderRecord, type RenderContext } from './render.ts';

/** What an attempt of a task is asked and told, with its own values filled in. */
export interface Prepared {
  readonly agent: Agent;
  readonly prompt: string;
  readonly env: Readonly<Record<string, string>>;
  readonly terms: Terms;
  /** `undefined`: it may change anything. */
  readonly bounds: Bounds | undefined;
}

/** The agent of a task as the plan has it. */
export function agentOf({ plan, step }: Pick<AttemptInput, 'plan' | 'step'>): Agent {
  const agent = plan.agents[step.agent];
  if (agent === undefined) {
    throw new Error(`Internal error: the plan has no agent ${step.agent}`);
  }
  return agent;
}

/** Fills in all texts of a task. Rejects when an output it names cannot be read. */
export async function prepare(
  input: Pick<AttemptInput, 'plan' | 'state' | 'task' | 'step'>,
  { blobs }: Pick<DriverParts, 'blobs'>,
): Promise<Result<Prepared, Failure>> {
  const { plan, state, task, step } = input;
  const agent = agentOf(input);
  const context: RenderContext = { plan, state, blobs };
  if (task.conditions.length > 0) {
    // A condition that cannot be judged was taken for one that holds, to become this failure.
    const judged = await judge(task, context);
    if (!judged.ok) {
      return judged;
    }
  }
  const prompt = await promptOf(task, step, context);
  if (!prompt.ok) {
    return prompt;
  }
  const both = { ...(agent.runner.kind === 'command' ? agent.runner.env : {}), ...step.env };
  const env = await renderRecord(both, `${step.id}.env`, task.names, context);
  if (!env.ok) {
    return env;
  }
  const terms = termsOf(step, agent);
  const bounds = await boundsOf(terms, step.id, task.names, context);
  return bounds.ok
    ? ok({ agent, prompt: prompt.value, env: env.value, terms, bounds: bounds.value })
    : bounds;
}
