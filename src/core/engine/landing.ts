import { digestOf } from '../base/digest.ts';
import type { Failure } from '../domain/failure.ts';
import type { TaskId } from '../domain/ids.ts';
import type { AgentStep, PlannedTask } from '../domain/workflow.ts';
import type { Graph } from '../graph/graph.ts';
import type { LandingRequest, PreparedLanding } from '../domain/landing.ts';
import type { LandingPort } from './parts.ts';
import { renderText, type RenderContext } from './render.ts';

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
  const prepared = await landing.prepare(request);
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

async function landingRequest(
  { id, names }: PlannedTask,
  step: AgentStep,
  graph: Graph<TaskId>,
  context: RenderContext,
): Promise<LandingRequest> {
  const { plan, state } = context;
  const task = state.tasks.get(id);
  const agent = plan.agents[step.agent];
  if (task?.kind !== 'succeeded' || agent === undefined) {
    throw new Error(`Internal error: ${id} has nothing to land`);
  }
  // It was rendered for the attempt too, from outputs that never change.
  const written = state.edits.get(id)?.prompt ?? step.prompt;
  const prompt = await renderText(written, `${step.id}.prompt`, names, context);
  return {
    run: state.run,
    workflow: plan.workflow.name,
    task: id,
    attempt: task.attempt,
    agent: { name: agent.name, version: agent.version },
    promptDigest: digestOf(prompt.ok ? prompt.value : written),
    base: plan.base.kind === 'git' ? plan.base.commit : undefined,
    earlier: state.landed.get(id) ?? [],
    intended: state.intended.get(id) ?? [],
    artifacts: task.artifacts,
    approvals: graph.ids.flatMap((gate) => {
      const decided = state.tasks.get(gate);
      return decided?.kind === 'approved' && graph.ancestors(gate).has(id)
        ? [{ gate, by: decided.by.name }]
        : [];
    }),
    endedAt: task.endedAt,
  };
}
