import type { JsonValue } from '../../domain/workflow.ts';
import type { ResponseFormat } from './tappedModel.ts';
import type { TurnRequest } from './turn.ts';

// How a model is held to a JSON Schema: by its provider where that can be, else by being asked to.

export interface Structure {
  readonly format: ResponseFormat;
  /** What is added to the system prompt; may be empty. */
  readonly words: string;
  /** OpenAI's strict mode wants every property required and none added; others are taken as a wish. */
  readonly strict: boolean;
}

export function structureFor(
  request: Pick<TurnRequest, 'outputSchema' | 'canStructure' | 'tools'>,
): Structure {
  const schema = request.outputSchema;
  if (schema === undefined) {
    return { format: undefined, words: '', strict: false };
  }
  // With tools the first answer may be a call, and some providers take no schema beside tools.
  if (request.canStructure && request.tools.length === 0 && isObjectSchema(schema)) {
    return {
      format: { type: 'json', name: 'answer', schema },
      words: '',
      strict: isStrict(schema),
    };
  }
  return { format: undefined, words: inWords(schema), strict: false };
}

function inWords(schema: JsonValue): string {
  return [
    'Your last answer must be one JSON text and nothing else: no other words, no code fence.',
    `It must satisfy this JSON Schema:\n${JSON.stringify(schema)}`,
  ].join('\n');
}

type ObjectSchema = { readonly [name: string]: JsonValue };

function isObjectSchema(schema: JsonValue): schema is ObjectSchema {
  return isRecord(schema) && schema['type'] === 'object';
}

function isRecord(value: JsonValue | undefined): value is ObjectSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object in it names all its properties as required and takes no others. */
function isStrict(schema: JsonValue | undefined): boolean {
  if (Array.isArray(schema)) {
    return schema.every(isStrict);
  }
  if (!isRecord(schema)) {
    return true;
  }
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required: readonly JsonValue[] = Array.isArray(schema['required'])
    ? schema['required']
    : [];
  const isObject = schema['type'] === 'object' || schema['properties'] !== undefined;
  const closed =
    !isObject ||
    (schema['additionalProperties'] === false &&
      Object.keys(properties).every((name) => required.includes(name)));
  return (
    closed &&
    Object.values(properties).every(isStrict) &&
    ['items', 'anyOf', 'oneOf', 'allOf', 'prefixItems', 'not'].every((name) =>
      isStrict(schema[name]),
    ) &&
    ['$defs', 'definitions'].every((name) => {
      const definitions = schema[name];
      return !isRecord(definitions) || Object.values(definitions).every(isStrict);
    })
  );
}
