import type { SourcePath } from '../definitions/source/sourceDocument.ts';
import type { DefinitionKind } from './definitionKind.ts';

// What the values and keys of definition files name, by their paths. The same words serve a parsed file
// and one that is half written.

export type ValueRole =
  | 'agent'
  | 'step'
  | 'workflow'
  /** A workflow by its file. */
  | 'workflow-file'
  | 'model'
  /** A tool of an agent. */
  | 'tool'
  /** A file that a step makes. */
  | 'product'
  /** One that a gate shows. */
  | 'shown'
  | 'condition'
  /** The id of the step itself. */
  | 'step-id'
  /** The name of the workflow or agent itself. */
  | 'name';

export type KeyRole =
  | 'step-id'
  | 'input'
  | 'matrix'
  /** An input of the workflow that is the step. */
  | 'given'
  | 'agent';

/** The step a path leads into, and the rest of the path. */
export interface StepPlace {
  readonly step: SourcePath;
  readonly field: SourcePath;
}

export function stepPlaceOf(path: SourcePath): StepPlace | undefined {
  const [first, second, third, fourth] = path;
  const length =
    typeof first === 'number'
      ? 1
      : first === 'steps' && second !== undefined
        ? 2
        : first === 'phases' &&
            typeof second === 'number' &&
            third === 'steps' &&
            typeof fourth === 'string'
          ? 4
          : 0;
  return length === 0 ? undefined : { step: path.slice(0, length), field: path.slice(length) };
}

/** Of a text that stands at the path. */
export function valueRole({ kind }: DefinitionKind, path: SourcePath): ValueRole | undefined {
  const place = kind === 'workflow' ? stepPlaceOf(path) : undefined;
  if (place !== undefined) {
    return stepValueRole(place);
  }
  const [first, second] = path;
  if (kind === 'workflow' && first === 'phases' && path[2] === 'steps' && path.length <= 4) {
    return typeof path[3] === 'number' ? 'step' : undefined;
  }
  if (first === 'name' && path.length === 1) {
    return 'name';
  }
  if (isListOf(path, 'model')) {
    return 'model';
  }
  if (kind === 'additions') {
    return isListOf(path.slice(1), 'model') ? 'model' : undefined;
  }
  if (kind === 'agent' && isListOf(path, 'tools')) {
    return 'tool';
  }
  const names = isListOf(path, 'agents') || (first === 'handoffs' && path[2] === 'agent');
  return kind === 'agent' && names && second !== '*' ? 'agent' : undefined;
}

function stepValueRole({ step, field }: StepPlace): ValueRole | undefined {
  const [first, second, third] = field;
  if (field.length === 0) {
    return typeof step.at(-1) === 'number' ? 'agent' : undefined;
  }
  if (isListOf(field, 'needs') || isListOf(field, 'dependencies')) {
    return 'step';
  }
  if (isListOf(field, 'model')) {
    return 'model';
  }
  if (
    isListOf(field, 'produces') ||
    (first === 'produces' && typeof second === 'number' && third === 'path')
  ) {
    return 'product';
  }
  if (isListOf(field, 'show') || (first === 'gate' && isListOf(field.slice(1), 'show'))) {
    return 'shown';
  }
  if (field.length > 1) {
    const isRoute = first === 'debug' && second === 'routing' && field.length === 3;
    return isRoute ? 'agent' : undefined;
  }
  switch (first) {
    case 'agent':
      return 'agent';
    case 'workflow':
      return 'workflow';
    case 'uses':
      return 'workflow-file';
    case 'if':
      return 'condition';
    case 'id':
      return 'step-id';
    default:
      return undefined;
  }
}

/** Of the last key of the path. */
export function keyRole({ kind }: DefinitionKind, path: SourcePath): KeyRole | undefined {
  if (kind === 'additions') {
    return path.length === 1 ? 'agent' : undefined;
  }
  if (kind !== 'workflow' || typeof path.at(-1) !== 'string') {
    return undefined;
  }
  if (path[0] === 'inputs') {
    return path.length === 2 ? 'input' : undefined;
  }
  const place = stepPlaceOf(path);
  if (place === undefined) {
    return undefined;
  }
  const { field } = place;
  if (field.length === 0) {
    return 'step-id';
  }
  if (field.length !== 2) {
    return undefined;
  }
  return field[0] === 'matrix' ? 'matrix' : field[0] === 'with' ? 'given' : undefined;
}

/** The field itself, or an item of its list. */
function isListOf(path: SourcePath, name: string): boolean {
  return (
    path[0] === name && (path.length === 1 || (path.length === 2 && typeof path[1] === 'number'))
  );
}
