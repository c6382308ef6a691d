import { err, ok, type Result } from './base/result.ts';
import type { Location } from './domain/diagnostic.ts';
import type { TaskId } from './domain/ids.ts';
import { DEFAULT_MAX_PARALLEL, type Base, type RunPlan, type Workflow } from './domain/workflow.ts';
import { agentsOf, type AgentEntry } from './definitions/project.ts';

export interface StartRequest {
  readonly workflow: Workflow;
  readonly inputs: Readonly<Record<string, string>>;
  /** Tasks at once, over what the workflow says. */
  readonly maxParallel?: number | undefined;
  /** Tasks at once where neither says. @default DEFAULT_MAX_PARALLEL */
  readonly usualParallel?: number;
  readonly approveGate: (gate: TaskId) => boolean;
  readonly leaveAtGates: boolean;
}

/** Why a run did not start or go on, for people. */
export interface StartProblem {
  /** `request`: what was asked for cannot be. `system`: this time it could not be done. */
  readonly kind: 'request' | 'system';
  readonly message: string;
  /** Where to look, when it is in a file. */
  readonly at: Location | undefined;
}

/** All the run will know, or what keeps it from being started. @param agents of the folder, as they are now */
export function planOf(
  request: StartRequest,
  agents: readonly AgentEntry[],
  base: Base,
): Result<RunPlan, StartProblem> {
  const { workflow } = request;
  const inputs = resolveInputs(workflow, request.inputs);
  if (!inputs.ok) {
    return inputs;
  }
  const isThere = (name: string) =>
    agents.some((entry) => entry.kind === 'valid' && entry.name === name);
  const lost = workflow.steps.find((step) => step.kind === 'agent' && !isThere(step.agent));
  if (lost?.kind === 'agent') {
    // The files have changed since the workflow was read.
    return refuse(`${workflow.name} needs the agent ${lost.agent}, which is not there any more.`);
  }
  return ok({
    workflow,
    agents: agentsOf(workflow, agents),
    inputs: inputs.value,
    maxParallel:
      request.maxParallel ?? workflow.maxParallel ?? request.usualParallel ?? DEFAULT_MAX_PARALLEL,
    base,
  });
}

function resolveInputs(
  workflow: Workflow,
  given: Readonly<Record<string, string>>,
): Result<Record<string, string>, StartProblem> {
  const names = Object.keys(workflow.inputs);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const known = names.length === 0 ? 'It takes none.' : `It takes ${names.join(', ')}.`;
    return refuse(`${workflow.name} has no input ${unknown.join(', ')}. ${known}`);
  }
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, spec] of Object.entries(workflow.inputs)) {
    const value = Object.hasOwn(given, name) ? given[name] : spec.default;
    if (value === undefined) {
      missing.push(name);
    } else {
      values[name] = value;
    }
  }
  return missing.length === 0
    ? ok(values)
    : refuse(`${workflow.name} needs a value for ${missing.join(', ')}.`);
}

function refuse(message: string): { readonly ok: false; readonly error: StartProblem } {
  return err(startProblem('request', message));
}

export function startProblem(kind: StartProblem['kind'], message: string): StartProblem {
  return { kind, message, at: undefined };
}

/** A full disk or a damaged repository is a problem to be told; a bug stays an exception. */
export async function attempted<T>(
  work: () => Promise<Result<T, StartProblem>>,
): Promise<Result<T, StartProblem>> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Error && !thrown.message.startsWith('Internal error')) {
      return err(startProblem('system', thrown.message));
    }
    throw thrown;
  }
}
