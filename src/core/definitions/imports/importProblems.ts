import { error, warning, type Problem } from '../source/problem.ts';

// What people read about workflows of other tools, as in problems.ts.

/** @param first the file that goes before it */
export function hiddenWorkflow(name: string, first: string): Problem {
  return warning(
    'hidden-workflow',
    `"${name}" is hidden by the workflow of ${first}, which has the same name: that one runs.`,
  );
}

/** @param id of the gate at which a list is approved */
export function idOfApproval(id: string): Problem {
  return error(
    'duplicate-id',
    `"${id}" is the gate that "approval" begins with: rename this todo.`,
  );
}

/** @param kind of failure */
export function routedTwice(kind: string): Problem {
  return error('duplicate-value', `"${kind}" is routed twice: keep one of them.`);
}

/** Names shown in one sentence at most. */
const MAX_NAMES = 20;

/** @param names of the workflows that a file holds, of which one is wanted */
export function notOneWorkflow(names: readonly string[]): Problem {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  const more = names.length > MAX_NAMES ? ', …' : '';
  return error(
    'several-workflows',
    names.length === 0
      ? 'This file holds no workflow.'
      : `This file holds ${names.length.toLocaleString('en')} workflows, so name one of them: ${shown}${more}.`,
  );
}
