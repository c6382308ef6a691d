import type { DefinedError, ErrorObject } from 'ajv';
import { count, oneLine } from '../base/text.ts';

/** Characters of a path or a value in a sentence. */
const SHORT = 80;

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
};

/** One thing that is wrong; `within`: what is wrong with each alternative of it. */
interface Problem {
  readonly error: ErrorObject;
  readonly within: readonly Problem[];
}

/**
 * What a validator found as sentences for people, such as `"items.3.name" must be a text`; what is said
 * of alternatives is gathered into one.
 * @param most sentences; a last one tells how many are left out
 */
export function schemaProblems(errors: readonly ErrorObject[], most: number): readonly string[] {
  const problems = gather(errors);
  const sentences = new Set<string>();
  for (const [index, problem] of problems.entries()) {
    if (sentences.size === most - 1 && index < problems.length - 1) {
      return [...sentences, `and ${problems.length - index} more`];
    }
    sentences.add(oneLine(sentenceOf(problem)));
  }
  return [...sentences];
}

/** A validator tells of all alternatives first and then that none of them holds. */
function gather(errors: readonly ErrorObject[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const error of errors) {
    switch (error.keyword) {
      case 'anyOf':
      case 'oneOf':
      case 'contains': {
        let first = problems.length;
        while (first > 0 && isOfAlternative(problems[first - 1]?.error, error)) {
          first -= 1;
        }
        problems.push({ error, within: problems.splice(first) });
        break;
      }
      case 'if':
        // What is wrong with the branch it chose has been told.
        break;
      default:
        // What is wrong with a name is told once more, as the object's own problem.
        if (error.propertyName === undefined) {
          problems.push({ error, within: [] });
        }
    }
  }
  return problems;
}

/** Told from a problem that a neighbour of the alternatives found by the way through the schema. */
function isOfAlternative(error: ErrorObject | undefined, alternatives: ErrorObject): boolean {
  if (error === undefined) {
    return false;
  }
  const { instancePath, schemaPath } = alternatives;
  const neighbours = schemaPath.slice(0, schemaPath.lastIndexOf('/') + 1);
  const isWithin =
    error.instancePath === instancePath || error.instancePath.startsWith(`${instancePath}/`);
  return (
    isWithin &&
    // A way that begins elsewhere is that of a definition which an alternative names.
    (error.schemaPath.startsWith(`${schemaPath}/`) || !error.schemaPath.startsWith(neighbours))
  );
}

function sentenceOf({ error, within }: Problem): string {
  const said = within.filter((problem) => problem.error.schemaPath !== error.schemaPath);
  const whatever = `${subjectOf(error)} ${predicateOf(error as DefinedError)}`;
  const chosen = (error as DefinedError).keyword;
  if (chosen === 'contains' || (chosen === 'oneOf' && error.params['passingSchemas'] !== null)) {
    return whatever;
  }
  const types = said.map((problem) => typesOf(problem, error.instancePath));
  return said.length === 0
    ? whatever
    : types.every((each) => each !== undefined)
      ? `${subjectOf(error)} must be ${orList([...new Set(types.flat())])}`
      : `${whatever}: ${said.slice(0, 4).map(sentenceOf).join(', or ')}`;
}

function typesOf({ error }: Problem, instancePath: string): readonly string[] | undefined {
  return error.keyword === 'type' && error.instancePath === instancePath
    ? typeWords(error.params['type'])
    : undefined;
}

/** `"items.3.name"`, or `it` for the whole. */
function subjectOf({ instancePath }: ErrorObject): string {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
  return instancePath === '' ? 'it' : `"${oneLine(path, SHORT)}"`;
}

function predicateOf(error: DefinedError): string {
  switch (error.keyword) {
    case 'type':
      return `must be ${orList(typeWords(error.params.type))}`;
    case 'enum':
      return `must be ${orList(error.params.allowedValues.map(quoted))}`;
    case 'const':
      return `must be ${quoted(error.params.allowedValue)}`;
    case 'required':
      return `must have ${quoted(error.params.missingProperty)}`;
    case 'dependencies':
    case 'dependentRequired':
      return `must have ${quoted(error.params.missingProperty)}, since it has ${quoted(error.params.property)}`;
    case 'additionalProperties':
      return `must not have ${quoted(error.params.additionalProperty)}`;
    case 'unevaluatedProperties':
      return `must not have ${quoted(error.params.unevaluatedProperty)}`;
    case 'propertyNames':
      return `must not have ${quoted(error.params.propertyName)}: the schema does not allow that name`;
    case 'minLength':
      return `must have at least ${count(error.params.limit, 'character')}`;
    case 'maxLength':
      return `must have at most ${count(error.params.limit, 'character')}`;
    case 'minItems':
      return `must have at least ${count(error.params.limit, 'entry', 'entries')}`;
    case 'maxItems':
    case 'items':
    case 'additionalItems':
    case 'unevaluatedItems':
      return `must have at most ${count(error.params.limit, 'entry', 'entries')}`;
    case 'minProperties':
      return `must have at least ${count(error.params.limit, 'member')}`;
    case 'maxProperties':
      return `must have at most ${count(error.params.limit, 'member')}`;
    case 'minimum':
      return `must be at least ${error.params.limit}`;
    case 'maximum':
      return `must be at most ${error.params.limit}`;
    case 'exclusiveMinimum':
      return `must be more than ${error.params.limit}`;
    case 'exclusiveMaximum':
      return `must be less than ${error.params.limit}`;
    case 'multipleOf':
      return `must be a multiple of ${error.params.multipleOf}`;
    case 'pattern':
      return `must match the pattern ${oneLine(error.params.pattern, SHORT)}`;
    case 'uniqueItems':
      return `must not hold the same twice, as in ${error.params.j} and ${error.params.i}`;
    case 'contains':
      return `must hold ${containsWords(error.params)} of the kind the schema asks for`;
    case 'anyOf':
      return 'must be one of the alternatives';
    case 'oneOf':
      return error.params.passingSchemas === null
        ? 'must be one of the alternatives'
        : 'must be only one of the alternatives, and is several';
    case 'not':
      return 'is what the schema rules out';
    case 'false schema':
      return 'must not be there';
    default:
      return (error as ErrorObject).message ?? 'does not satisfy the schema';
  }
}

function containsWords(params: { readonly minContains: number; readonly maxContains?: number }) {
  const { minContains: least, maxContains: most } = params;
  return most === undefined
    ? `at least ${count(least, 'entry', 'entries')}`
    : `${least} to ${count(most, 'entry', 'entries')}`;
}

/** @param type as the schema writes it: a name or several */
function typeWords(type: unknown): readonly string[] {
  return [type].flat().map((name) => TYPES[String(name)] ?? String(name));
}

function quoted(value: unknown): string {
  return oneLine(JSON.stringify(value), SHORT);
}

function orList(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
