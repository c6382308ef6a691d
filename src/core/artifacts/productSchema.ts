import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { err, ok, type Result } from '../base/result.ts';
import { oneLine, thrownMessage } from '../base/text.ts';
import type { JsonValue } from '../domain/workflow.ts';
import { jsonProblem } from './jsonProblem.ts';
import { schemaProblems } from './schemaProblems.ts';

/** Most sentences told of one file. */
const MOST_PROBLEMS = 10;
/** Of a file with more bytes only the first problem is looked for: a list of numbers has one for every other byte. */
const ALL_PROBLEMS_BYTES = 256 * 1024;

/** What is wrong with a value; empty when nothing is. */
type Validator = (value: unknown) => readonly ErrorObject[];

/** The error is one sentence. */
type Compiled = Result<Validator, string>;

const DIALECTS = {
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
} as const;

type Version = keyof typeof DIALECTS;

const OPTIONS: Options = {
  // Keywords and formats that only other programs know are no mistakes.
  strict: false,
  validateFormats: false,
  // `toString` is no member of every object.
  ownProperties: true,
  logger: false,
};

const compiled = {
  all: new WeakMap<object, Compiled>(),
  first: new WeakMap<object, Compiled>(),
};

/**
 * What keeps a file from being JSON that satisfies a JSON Schema; empty when it does. At most 10
 * sentences of at most 200 characters, for people. A schema without `$schema` is taken for one of
 * 2020-12, or of draft-07 where it can only be that. It must hold all it refers to.
 */
export function productProblems(schema: JsonValue, bytes: Uint8Array): readonly string[] {
  const value = parse(bytes);
  if (!value.ok) {
    return [oneLine(`it is not JSON: ${value.error}`)];
  }
  const validator = validatorOf(schema, bytes.length <= ALL_PROBLEMS_BYTES ? 'all' : 'first');
  if (!validator.ok) {
    return [oneLine(`its schema cannot be used: ${validator.error}`)];
  }
  try {
    return schemaProblems(validator.value(value.value), MOST_PROBLEMS);
  } catch (error) {
    if (error instanceof RangeError) {
      return ['it cannot be checked: it is nested too deeply'];
    }
    throw error;
  }
}

function parse(bytes: Uint8Array): Result<unknown, string> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return err('it is not text in UTF-8');
  }
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return err(text.trim() === '' ? 'it is empty' : (jsonProblem(text) ?? thrownMessage(error)));
  }
}

function validatorOf(schema: JsonValue, told: keyof typeof compiled): Compiled {
  if (typeof schema !== 'object' || schema === null) {
    return compile(schema, told);
  }
  const known = compiled[told].get(schema) ?? compile(schema, told);
  compiled[told].set(schema, known);
  return known;
}

function compile(schema: JsonValue, told: keyof typeof compiled): Compiled {
  if (typeof schema === 'boolean') {
    return compileIn('2020-12', schema, told);
  }
  if (typeof schema !== 'object' || schema === null || isList(schema)) {
    return err('it is no object');
  }
  const { $schema: dialect, ...rest } = schema;
  if ('$async' in rest) {
    return err('"$async" is no part of JSON Schema');
  }
  if (dialect === undefined) {
    const newer = compileIn('2020-12', rest, told);
    const older = newer.ok ? newer : compileIn('draft-07', rest, told);
    return older.ok ? older : newer;
  }
  const version = versionOf(dialect);
  if (version === undefined) {
    const known = Object.values(DIALECTS).map((each) => `"${each}"`);
    return err(`"$schema" is ${JSON.stringify(dialect)}; known are ${known.join(' and ')}`);
  }
  return compileIn(version, rest, told);
}

/** With or without the `#`, and by either protocol: it is a name, and nothing is fetched from there. */
function versionOf(dialect: JsonValue): Version | undefined {
  const bare = (name: JsonValue) => JSON.stringify(name).replace(/^"https?:|#?"$/g, '');
  const versions = Object.keys(DIALECTS) as Version[];
  return versions.find((version) => bare(DIALECTS[version]) === bare(dialect));
}

function compileIn(
  version: Version,
  schema: object | boolean,
  told: keyof typeof compiled,
): Compiled {
  const options = { ...OPTIONS, allErrors: told === 'all' };
  try {
    // One for each schema: it keeps all ids it has seen, and two schemas may use the same.
    const ajv = version === 'draft-07' ? new Ajv(options) : new Ajv2020(options);
    const validate = ajv.compile(schema);
    return ok((value) => (validate(value) ? [] : (validate.errors ?? [])));
  } catch (error) {
    return err(thrownMessage(error));
  }
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
