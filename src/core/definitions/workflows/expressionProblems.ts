import { changing, didYouMean, error, type Problem } from '../source/problem.ts';

// What people read about expressions and conditions, as in problems.ts.

export function badExpression(message: string): Problem {
  return error('bad-expression', message);
}

/** @param place `text`: plain characters stand around it; `condition`: it is part of an `if` */
export function unknownRoot(
  name: string,
  meant: string | undefined,
  place: 'text' | 'condition' = 'text',
): Problem {
  const repair =
    place === 'text'
      ? '"$${{" stands for the plain characters.'
      : 'a text stands in single quotes.';
  const hint = didYouMean(meant) || ` There are inputs, steps, matrix and run; ${repair}`;
  return renaming(error('unknown-value', `"${name}" is no value here.${hint}`), name, meant);
}

/** @param example how it is written in full */
export function incompleteReference(reference: string, example: string): Problem {
  return error('unknown-value', `${reference} is no value: write ${example}.`);
}

export function unknownMember(reference: string, known: string): Problem {
  return error('unknown-value', `There is no value ${reference}: there is ${known}.`);
}

export function unknownInput(name: string, meant: string | undefined): Problem {
  const hint = didYouMean(meant) || ' Declare it under "inputs".';
  return renaming(error('unknown-input', `There is no input "${name}".${hint}`), name, meant);
}

export function unknownStepOutput(id: string, meant: string | undefined): Problem {
  return renaming(
    error('unknown-step', `There is no step "${id}".${didYouMean(meant)}`),
    id,
    meant,
  );
}

export function gateOutput(id: string): Problem {
  return error(
    'unknown-value',
    `"${id}" is a gate that asks for no answer: it has no output. Give it "choices", or "input: true".`,
  );
}

export function ownEnd(asked: 'output' | 'status'): Problem {
  return error('missing-need', `A step cannot read its own ${asked}.`);
}

export function endWithoutNeed(id: string, asked: 'output' | 'status'): Problem {
  return error(
    'missing-need',
    `The ${asked} of "${id}" is not there yet when this step starts: add "${id}" to "needs".`,
  );
}

/** @param names of the step's matrix; none: it has no matrix */
export function unknownLane(
  name: string,
  names: readonly string[],
  meant: string | undefined,
): Problem {
  const hint = didYouMean(meant) || ` There is ${names.slice(0, 10).join(', ')}.`;
  const message =
    names.length === 0
      ? `This step has no matrix, so there is no matrix.${name}: give it a "matrix" with "${name}".`
      : `There is no "${name}" in the matrix of this step.${hint}`;
  return renaming(error('unknown-matrix', message), name, meant);
}

/** In a text that gives the values of a matrix. */
export function notForLanes(reference: string): Problem {
  return error(
    'unknown-value',
    `${reference} cannot give the values of a matrix: only inputs and outputs of steps can.`,
  );
}

/** In a glob of what a step owns or must not change. */
export function notForPaths(reference: string): Problem {
  return error(
    'unknown-value',
    `${reference} cannot be part of a path here: only inputs and values of the matrix can.`,
  );
}

/** Of globs that stand for every step of the workflow. */
export function notForAllSteps(reference: string): Problem {
  return error(
    'unknown-value',
    `${reference} cannot be part of a path here, which is for all steps: only inputs can.`,
  );
}

/** @param problem of a text in the agent's file, at a step that uses the agent */
export function inAgent(agent: string, problem: Problem): Problem {
  const { severity, code, message } = problem;
  return { severity, code, message: `In the agent "${agent}": ${message}` };
}

/** Behind a dot a name cannot be any text, in brackets it can; there both are in quotes. */
function renaming(problem: Problem, from: string, to: string | undefined): Problem {
  const isDotted = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
  return changing(problem, from, to !== undefined && isDotted.test(to) ? to : undefined);
}
