import { globFault } from '../base/glob.ts';
import type { KnownValues } from '../domain/knownValues.ts';
import { termsOf, type AgentStep, type PlannedTask, type RunPlan } from '../domain/workflow.ts';

/** The paths a task may and must not change, with its own values in them. */
export interface TaskBounds {
  /** Globs that can be read; those whose values are not known before the run are left out. */
  readonly owns: readonly string[];
  readonly never: readonly string[];
  /** What the values make of a glob that then is none, as the rest of a sentence about it. */
  readonly faults: readonly { readonly glob: string; readonly fault: string }[];
}

export function boundsOf(
  task: PlannedTask,
  step: AgentStep,
  agents: RunPlan['agents'],
  known: KnownValues,
): TaskBounds {
  const { owns = [], never } = termsOf(step, agents[step.agent]);
  const faults: { glob: string; fault: string }[] = [];
  const filled = (texts: readonly string[]) =>
    texts.flatMap((text) => {
      const glob = known.fill(text, task.names, () => undefined);
      const fault = glob === undefined ? undefined : globFault(glob);
      if (glob !== undefined && fault !== undefined) {
        faults.push({ glob, fault });
      }
      return glob === undefined || fault !== undefined ? [] : [glob];
    });
  return { owns: filled(owns), never: filled(never), faults };
}
