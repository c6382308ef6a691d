import { digestOf } from '../base/digest.ts';
import type { Failure } from '../domain/failure.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import type { AgentStep, PlannedTask } from '../domain/workflow.ts';
import type { Graph } from '../graph/graph.ts';
import {
  DEFAULT_LANDING_RULES,
  type LandingRequest,
  type PreparedLanding,
} from '../domain/landing.ts';
import type { LandingPort } from './parts.ts';
import { promptOf } from './prompting.ts';
import type { RenderContext } from './render.ts';

/** Landing is done in two, so that the driver can record the intent in between. */
export type LandingStep =
  | {
      readonly kind: 'prepared';
      readonly prepared: PreparedLanding;
      readonly publish: () => Promise<LandingStep>;
    }
  | { readonly kind: 'done'; readonly prepared: PreparedLanding }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Writes the commit of a task's artifacts. Safe to repeat: the same task gives the same commit. */
export async function landArtifacts(
  planned: PlannedTask,
  step: AgentStep,
  graph: Graph<TaskId>,
  landing: LandingPort,
  context: RenderContext,
): Promise<LandingStep> {
  const request = await landingRequest(planned, step, graph, context);
  const prepared = await landing.prepare(request, planned.owns ?? []);
  if (!prepared.ok) {
    return { kind: 'failed', failure: prepared.error };
  }
  const { value } = prepared;
  return {
    kind: 'prepared',
    prepared: value,
    publish: async () => {
      const published = await landing.publish(value);
      return published.ok
        ? { kind: 'done', prepared: value }
        : { kind: 'failed', failure: published.error };
    },
  };
}

/** Who answered last, and what all of it cost. */
function modelOf(state: RunState, task: TaskId): Pick<LandingRequest, 'model' | 'usd'> {
  const ledger = state.ledger.tasks.get(task);
  const last = ledger?.calls.findLast(({ end }) => end !== undefined && end.failure === undefined);
  const isPriced = ledger?.spent.unpricedCalls === 0 && ledger.spent.lostCalls === 0;
  return {
    model: last && { requested: last.requested, served: last.end?.served },
    usd: last !== undefined && isPriced ? ledger.spent.usd : undefined,
  };
}

async function landingRequest(
  planned: PlannedTask,
  step: AgentStep,
  graph: Graph<TaskId>,
  context: RenderContext,
): Promise<LandingRequest> {
  const { plan, state } = context;
  const { id } = planned;
  const task = state.tasks.get(id);
  const agent = plan.agents[step.agent];
  if (task?.kind !== 'succeeded' || agent === undefined) {
    throw new Error(`Internal error: ${id} has nothing to land`);
  }
  // It was rendered for the attempt too, from outputs that never change.
  const prompt = await promptOf(planned, step, context);
  return {
    run: state.run,
    workflow: plan.workflow.name,
    task: id,
    attempt: task.attempt,
    agent: { name: agent.name, version: agent.version },
    promptDigest: digestOf(prompt.ok ? prompt.value : step.prompt),
    base: plan.base.kind === 'git' ? plan.base.commit : undefined,
    follows: state.standing.get(id),
    earlier: state.landed.get(id) ?? [],
    intended: state.intended.get(id) ?? [],
    artifacts: task.artifacts,
    removed: task.removed,
    rules: plan.landing ?? DEFAULT_LANDING_RULES,
    correlation: plan.correlation ?? state.run,
    ...modelOf(state, id),
    gates: graph.ids.flatMap((gate) => {
      const decided = state.tasks.get(gate);
      return decided?.kind === 'approved' && graph.ancestors(gate).has(id)
        ? [{ gate, decision: 'approved', by: decided.by.name }]
        : [];
    }),
    endedAt: task.endedAt,
  };
}
