import { parseCondition, type Condition } from '../domain/condition.ts';
import type { Step, Workflow } from '../domain/workflow.ts';
import { PlanFault } from './planFault.ts';

// What stands in a step and may name values.

export function textsOf(step: Step): readonly string[] {
  switch (step.kind) {
    case 'agent':
      return [step.prompt, ...Object.values(step.env)];
    case 'gate':
      return [step.ask];
    case 'workflow':
      return Object.values(step.with);
  }
}

export function textsOfMatrix({ matrix }: Step): readonly string[] {
  return Object.values(matrix ?? {}).filter((values) => typeof values === 'string');
}

/** @throws PlanFault */
export function parsed(text: string): Condition {
  const condition = parseCondition(text);
  if (!condition.ok) {
    throw new PlanFault(`its condition cannot be read; ${condition.error.message}`);
  }
  return condition.value;
}

/** What the inputs of a nested workflow are given. @throws PlanFault */
export function inputsOf(
  workflow: Workflow,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(workflow.inputs, name));
  if (unknown !== undefined) {
    throw new PlanFault(`the workflow ${workflow.name} has no input ${unknown}; leave it out`);
  }
  return Object.fromEntries(
    Object.entries(workflow.inputs).map(([name, spec]) => {
      const text = Object.hasOwn(given, name)
        ? given[name]
        : // It stands for itself, and not for what its braces would name around it.
          spec.default?.replaceAll('${{', () => '$${{');
      if (text === undefined) {
        throw new PlanFault(
          `the workflow ${workflow.name} needs a value for its input ${name}; give one under "with"`,
        );
      }
      return [name, text];
    }),
  );
}
