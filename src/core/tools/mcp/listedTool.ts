import { z } from 'zod';
import { err, ok, type Result } from '../../base/result.ts';
import type { ToolDeed } from '../../domain/tool.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { quoted } from './problems.ts';

/** Most characters of a description and of a schema as JSON: every call of a model pays for them. */
const MAX_DESCRIPTION = 4000;
const MAX_SCHEMA = 50_000;

/** A tool as its server describes it, checked. */
export interface ListedTool {
  /** As the server calls it. */
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonValue;
  readonly does: ToolDeed;
  /** What it asks is the world outside, by what its server says of it; `undefined`: it does not say. */
  readonly isOpenWorld: boolean | undefined;
}

/** Why a tool cannot be used, as the end of a sentence. */
export interface UnusableTool {
  readonly name: string;
  readonly why: string;
}

const LISTED = z.looseObject({
  name: z.string().min(1),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.json()),
  annotations: z
    .looseObject({ readOnlyHint: z.boolean().optional(), openWorldHint: z.boolean().optional() })
    .optional(),
  execution: z.looseObject({ taskSupport: z.string().optional() }).optional(),
});

const NAMED = z.object({ name: z.string() });

export async function listedTool(listed: unknown): Promise<Result<ListedTool, UnusableTool>> {
  const parsed = LISTED.safeParse(listed);
  if (!parsed.success) {
    const named = NAMED.safeParse(listed);
    const place = parsed.error.issues[0]?.path.join('.') ?? '';
    return err({
      name: named.success ? named.data.name : '(without a name)',
      why: `its description is wrong${place === '' ? '' : ` at "${place}"`}`,
    });
  }
  const { name, title, description = title ?? '', annotations, execution } = parsed.data;
  if (execution?.taskSupport === 'required') {
    return err({
      name,
      why: 'it answers only as a task of the protocol, which Sluice does not follow',
    });
  }
  const inputSchema = {
    ...parsed.data.inputSchema,
    type: parsed.data.inputSchema['type'] ?? 'object',
  };
  const wrong = await wrongSchema(inputSchema);
  if (wrong !== undefined) {
    return err({ name, why: `its input schema ${wrong}` });
  }
  return ok({
    name,
    description: description.slice(0, MAX_DESCRIPTION),
    inputSchema,
    // Only what the server says of itself, so it is still something outside of the copy.
    does: annotations?.readOnlyHint === true ? 'reach' : 'other',
    isOpenWorld: annotations?.openWorldHint,
  });
}

/** The end of a sentence that begins with the schema. */
async function wrongSchema(
  schema: Readonly<Record<string, JsonValue>>,
): Promise<string | undefined> {
  if (schema['type'] !== 'object') {
    return 'is not one of an object';
  }
  if (JSON.stringify(schema).length > MAX_SCHEMA) {
    return `is longer than ${MAX_SCHEMA} characters`;
  }
  const { $schema: version, ...rest } = schema;
  const isOlder = typeof version === 'string' && /draft-0[467]/.test(version);
  checkers ??= newCheckers();
  const { older, current } = await checkers;
  const ajv = isOlder ? older : current;
  // Only looked at, never compiled: it comes from outside.
  if (ajv.validateSchema(rest) === true) {
    return undefined;
  }
  const [error] = ajv.errors ?? [];
  return `is no JSON Schema: ${quoted(`${error?.instancePath ?? ''} ${error?.message ?? ''}`)}`;
}

/** Made once: they take longer than all that is checked with them. */
let checkers: ReturnType<typeof newCheckers> | undefined;

async function newCheckers() {
  const { Ajv, Ajv2020 } = await import('../../base/ajv.ts');
  const options = { logger: false, strict: false } as const;
  return { older: new Ajv(options), current: new Ajv2020(options) };
}
