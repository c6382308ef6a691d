import type { BaseTreeKind } from '../../domain/workflow.ts';
import { info, warning, type Problem } from '../source/problem.ts';

// What people read about bases, validation and protected files in workflows.

/** @param own of the workflow around it; `undefined`: it says nothing */
export function otherBase(
  workflow: string,
  base: BaseTreeKind,
  own: BaseTreeKind | undefined,
): Problem {
  const instead =
    own === undefined
      ? `Write "base: ${base}" into this workflow too, or remove it there.`
      : `Here it begins as this workflow does, with "base: ${own}": say the same in both, or remove it there.`;
  return warning(
    'other-base',
    `"${workflow}" says "base: ${base}", which counts only where it is run by itself. ${instead}`,
  );
}

/** @param others steps that do not come before the gate; at least one */
export function askedBeforeValidation(others: readonly string[]): Problem {
  const [first = ''] = others;
  const more = others.length === 1 ? '' : ` and ${others.length - 1} more`;
  return info(
    'asked-early',
    `This gate may be asked before "validate" has run, which waits for "${first}"${more} too: let the gate need all that comes before it, and it opens once "validate" has passed.`,
  );
}

/** @param name of what is protected @param glob that takes nothing else */
export function wildcardForProtected(glob: string, name: string): Problem {
  return warning(
    'protected-path',
    `"${glob}" gives this step nothing: all of "${name}" is protected, and a task may change such files only where "owns" names each by its whole path.`,
  );
}
