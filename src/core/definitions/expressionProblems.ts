import { error, type Problem } from './problem.ts';

// What people read about expressions and conditions, as in problems.ts.

export function badExpression(message: string): Problem {
  return error('bad-expression', message);
}

/** @param place `text`: plain characters stand around it; `condition`: it is part of an `if` */
export function unknownRoot(
  name: string,
  suggestion: string,
  place: 'text' | 'condition' = 'text',
): Problem {
  const repair =
    place === 'text'
      ? '"$${{" stands for the plain characters.'
      : 'a text stands in single quotes.';
  return error(
    'unknown-value',
    `"${name}" is no value here.${suggestion === '' ? ` There are inputs, steps, matrix and run; ${repair}` : suggestion}`,
  );
}

/** @param example how it is written in full */
export function incompleteReference(reference: string, example: string): Problem {
  return error('unknown-value', `${reference} is no value: write ${example}.`);
}

export function unknownMember(reference: string, known: string): Problem {
  return error('unknown-value', `There is no value ${reference}: there is ${known}.`);
}

export function unknownInput(name: string, suggestion: string): Problem {
  return error(
    'unknown-input',
    `There is no input "${name}".${suggestion === '' ? ' Declare it under "inputs".' : suggestion}`,
  );
}

export function unknownStepOutput(id: string, suggestion: string): Problem {
  return error('unknown-step', `There is no step "${id}".${suggestion}`);
}

export function gateOutput(id: string): Problem {
  return error('unknown-value', `"${id}" is a gate: it has no output.`);
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
export function unknownLane(name: string, names: readonly string[], suggestion: string): Problem {
  return error(
    'unknown-matrix',
    names.length === 0
      ? `This step has no matrix, so there is no matrix.${name}: give it a "matrix" with "${name}".`
      : `There is no "${name}" in the matrix of this step.${suggestion === '' ? ` There is ${names.slice(0, 10).join(', ')}.` : suggestion}`,
  );
}

/** In a text that gives the values of a matrix. */
export function notAnInput(reference: string): Problem {
  return error(
    'unknown-value',
    `${reference} cannot give the values of a matrix: they are known when the run starts, so only inputs can.`,
  );
}

/** @param problem of a text in the agent's file, at a step that uses the agent */
export function inAgent(agent: string, problem: Problem): Problem {
  return { ...problem, message: `In the agent "${agent}": ${problem.message}` };
}
