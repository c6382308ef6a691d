import { z } from 'zod';
import type { Location } from '../../domain/diagnostic.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { jsonSchema } from '../commonSchema.ts';
import * as problems from '../problems.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import { inlineSchema } from '../workflows/schemaFiles.ts';
import * as agentProblems from './agentProblems.ts';

// What an agent answers and is asked with, as its file says it. Whether those are schemas is judged once all
// files are read: the schemas may be files of their own.

/** What every provider of models takes as the name of a tool. */
export const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Tools that Sluice itself gives agents: an agent of such a name would never be asked. */
export const OWN_TOOLS: ReadonlySet<string> = new Set([
  ...['read', 'list', 'search', 'edit', 'write', 'shell', 'fetch'],
]);

export const outputSchemaField = jsonSchema
  .optional()
  .describe(
    'JSON Schema its output must satisfy as JSON: written here, or the path of a JSON file. Left out: any text.',
  );

export const toolSchema = z.strictObject({
  name: z
    .string()
    .regex(TOOL_NAME, { error: 'must be made of 1 to 64 letters, digits, "_" and "-"' })
    .refine((name) => !OWN_TOOLS.has(name), {
      error: 'is the name of a tool that Sluice has itself: choose another',
    })
    .describe('What other agents write into their "tools".'),
  input: jsonSchema
    .optional()
    .describe(
      'JSON Schema of what it is asked with, an object: written here, or the path of a JSON file. Left out: a text called "question".',
    ),
});

export const toolField = toolSchema
  .optional()
  .describe('Other agents can ask it while they work, as a tool of this name.');

/** A JSON Schema nobody has judged yet, and where it is written. */
export interface DeclaredSchema {
  readonly place: Location;
  readonly written:
    | { readonly kind: 'inline'; readonly value: JsonValue }
    /** As the file writes its path. */
    | { readonly kind: 'file'; readonly file: string };
}

export interface Declared {
  readonly output: DeclaredSchema | undefined;
  readonly tool:
    | {
        readonly name: string;
        /** Where the name is written. */
        readonly place: Location;
        /** `undefined`: it is asked with a text alone. */
        readonly input: DeclaredSchema | undefined;
      }
    | undefined;
}

/** What a tool is asked with that says nothing about it. */
export const PLAIN_QUESTION: JsonValue = {
  type: 'object',
  properties: { question: { type: 'string', description: 'What is asked, with all it takes.' } },
  required: ['question'],
  additionalProperties: false,
};

/** As the schemas of agents' files have found them. */
export interface DeclaringFields {
  readonly 'output-schema'?: unknown;
  readonly tool?: z.output<typeof toolField>;
}

/** @param path of the map that describes the agent; `undefined` is given where it declares nothing */
export function readDeclared(
  reader: DocumentReader,
  path: SourcePath,
  fields: DeclaringFields,
): Declared | undefined {
  const output = readSchema(reader, [...path, 'output-schema'], fields['output-schema']);
  const at = [...path, 'tool'];
  const tool = fields.tool && {
    name: fields.tool.name,
    place: placeOf(reader, [...at, 'name']),
    input: readSchema(reader, [...at, 'input'], fields.tool.input),
  };
  return output === undefined && tool === undefined ? undefined : { output, tool };
}

function readSchema(
  reader: DocumentReader,
  path: SourcePath,
  value: unknown,
): DeclaredSchema | undefined {
  const node = reader.document.nodeAt(path);
  if (value === undefined || node === undefined) {
    return undefined;
  }
  const place = placeOf(reader, path);
  if (typeof value === 'string') {
    if (value.trim() === '') {
      const label = `"${String(path.at(-1))}"`;
      reader.report(path, problems.wrongValue(label, 'must name a JSON file, or be a schema'));
      return undefined;
    }
    return { place, written: { kind: 'file', file: reader.textAt(path) } };
  }
  const inline = inlineSchema(node, path);
  if (!inline.ok) {
    reader.report(inline.error.path, inline.error.problem);
    return undefined;
  }
  return { place, written: { kind: 'inline', value: inline.value } };
}

function placeOf(reader: DocumentReader, path: SourcePath): Location {
  return { file: reader.file, range: reader.document.rangeOf(path) };
}

/** Models are asked to fill in named values: a schema of anything but an object cannot be. */
export function inputFault(
  schema: JsonValue,
): ReturnType<typeof agentProblems.toolInputNoObject> | undefined {
  const type =
    typeof schema === 'object' && schema !== null && 'type' in schema ? schema['type'] : undefined;
  return type === 'object' ? undefined : agentProblems.toolInputNoObject();
}
