import type { Digest } from '../base/digest.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isMender } from '../domain/debugging.ts';
import type { TaskId } from '../domain/ids.ts';
import { DEFAULT_ESTIMATE_MS, type AgentStep, type RunPlan } from '../domain/workflow.ts';
import { planTasks } from './planTasks.ts';

/**
 * The plan a run started with, laid open again now that more is known: lanes stand where a task stood for
 * them. Deterministic, so that the same outputs always give the same tasks.
 * @param first the plan the run started with @param from its digest
 * @param outputs of tasks that have succeeded, as texts
 */
export function unfoldPlan(
  first: RunPlan,
  from: Digest,
  outputs: ReadonlyMap<TaskId, string>,
): Result<RunPlan, string> {
  const estimates = estimatesOf(first);
  const asked = Object.values(first.agents).flatMap(({ name, asTool }) =>
    asTool === undefined ? [] : [name],
  );
  const planned = planTasks({
    workflow: first.workflow,
    inputs: first.inputs,
    findWorkflow: (name) => (Object.hasOwn(first.nested, name) ? first.nested[name] : undefined),
    estimate: (step) => estimates.get(estimateKey(step)) ?? DEFAULT_ESTIMATE_MS,
    agentNamed: (name) => (Object.hasOwn(first.agents, name) ? first.agents[name] : undefined),
    // All that can be asked are in the plan because they are.
    askedBy: () => asked,
    menders: Object.values(first.agents).flatMap(({ name }) => (isMender(name) ? [name] : [])),
    filesLike: (globs) => filesIn(first.files, globs),
    outputs,
  });
  if (!planned.ok) {
    return err(planned.error.message);
  }
  const { tasks, scopes } = planned.value;
  const left = new Set(tasks.map(({ id }) => id));
  const lost = first.tasks.find(
    ({ id, unfoldsAfter }) => unfoldsAfter.length === 0 && !left.has(id),
  );
  if (lost !== undefined) {
    return err(
      `The task ${lost.id} would be called otherwise because of a lane of its name; rename its step.`,
    );
  }
  return ok({ ...first, tasks, scopes, unfolded: { from, by: [...outputs.keys()] } });
}

/** The files that globs mean, each once, in the order of their paths. @param files by glob */
export function filesIn(
  files: Readonly<Record<string, readonly string[]>>,
  globs: readonly string[],
): readonly string[] {
  const found = globs.flatMap((glob) => (Object.hasOwn(files, glob) ? (files[glob] ?? []) : []));
  return [...new Set(found)].sort();
}

/** Lanes are expected to take as long as what stood for them. */
function estimatesOf({ tasks }: RunPlan): ReadonlyMap<string, number> {
  return new Map(
    tasks.flatMap(({ step, estimateMs }) =>
      step.kind === 'agent' ? [[estimateKey(step), estimateMs] as const] : [],
    ),
  );
}

function estimateKey({ id, agent }: AgentStep): string {
  return JSON.stringify([id, agent]);
}
