import { globFault } from '../base/glob.ts';
import { parseTemplate, type Reference } from '../domain/expression.ts';
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
  { agents, scopes }: Pick<RunPlan, 'agents' | 'scopes'>,
): TaskBounds {
  const { owns = [], never } = termsOf(step, agents[step.agent]);
  const faults: { glob: string; fault: string }[] = [];
  const filled = (texts: readonly string[]) =>
    texts.flatMap((text) => {
      const glob = fill(text, task, scopes);
      const fault = glob === undefined ? undefined : globFault(glob);
      if (glob !== undefined && fault !== undefined) {
        faults.push({ glob, fault });
      }
      return glob === undefined || fault !== undefined ? [] : [glob];
    });
  return { owns: filled(owns), never: filled(never), faults };
}

/** `undefined`: a value in it is not known yet. */
function fill(text: string, task: PlannedTask, scopes: RunPlan['scopes']): string | undefined {
  if (!text.includes('${{')) {
    return text;
  }
  const template = parseTemplate(text);
  if (!template.ok) {
    return undefined;
  }
  let filled = '';
  for (const part of template.value.parts) {
    const value = part.kind === 'literal' ? part.text : valueOf(part.expression, task, scopes);
    if (value === undefined) {
      return undefined;
    }
    filled += value;
  }
  return filled;
}

function valueOf(
  { names: [root, member] }: Reference,
  { names, unfoldsAfter }: PlannedTask,
  scopes: RunPlan['scopes'],
): string | undefined {
  const scope = scopes[names.scope];
  const values =
    root.name === 'matrix' && unfoldsAfter.length === 0
      ? names.matrix
      : root.name === 'inputs' && scope?.within === undefined
        ? (scope?.inputs ?? {})
        : {};
  return member !== undefined && Object.hasOwn(values, member.name)
    ? values[member.name]
    : undefined;
}
