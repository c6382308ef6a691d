import { oneLine, thrownMessage } from '../../base/text.ts';
import type { JsonValue } from '../../domain/workflow.ts';

/** Why nothing can be checked with a schema, as the rest of a sentence; `undefined`: it can. */
export type Judge = (schema: JsonValue) => string | undefined;

const DIALECTS = {
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
} as const;

type Dialect = keyof typeof DIALECTS;

/**
 * Judges as files are checked when a task has ended: a schema without `$schema` is taken for one of
 * 2020-12, or of draft-07 where it can only be that. Loaded only where a schema is declared: few
 * workflows do, and the checker is large.
 */
export async function loadJudge(): Promise<Judge> {
  const { Ajv, Ajv2020 } = await import('../../base/ajv.ts');
  const options = {
    // Keywords and formats that only other programs know are no mistakes.
    strict: false,
    validateFormats: false,
    ownProperties: true,
    logger: false,
    addUsedSchema: false,
  } as const;
  const checkers = {
    '2020-12': () => new Ajv2020(options),
    'draft-07': () => new Ajv(options),
  };
  /** Making one takes longer than most schemas, so that schemas without names of their own share them. */
  const shared = new Map<Dialect, ReturnType<(typeof checkers)[Dialect]>>();

  const faultIn = (dialect: Dialect, schema: object): string | undefined => {
    const named = /"\$?id"|"\$(?:dynamicA|a)nchor"/.test(JSON.stringify(schema));
    const checker = (named ? undefined : shared.get(dialect)) ?? checkers[dialect]();
    if (!named) {
      shared.set(dialect, checker);
    }
    try {
      checker.compile(schema);
      return undefined;
    } catch (thrown) {
      return oneLine(thrownMessage(thrown)).replace(/\.$/, '');
    }
  };
  return (schema) => {
    const { $schema: written, ...rest } = schema as { readonly [name: string]: JsonValue };
    if ('$async' in rest) {
      return '"$async" is no part of JSON Schema';
    }
    if (written === undefined) {
      const fault = faultIn('2020-12', rest);
      return fault === undefined || faultIn('draft-07', rest) === undefined ? undefined : fault;
    }
    const dialect = dialectOf(written);
    return dialect === undefined
      ? `"$schema" is ${oneLine(JSON.stringify(written), 80)}; known are ${Object.values(DIALECTS).join(' and ')}`
      : faultIn(dialect, rest);
  };
}

/** With or without the `#`, and by either protocol: it is a name, and nothing is fetched from there. */
function dialectOf(written: JsonValue): Dialect | undefined {
  const bare = (name: JsonValue) => JSON.stringify(name).replace(/^"https?:|#?"$/g, '');
  const dialects = Object.keys(DIALECTS) as Dialect[];
  return dialects.find((dialect) => bare(DIALECTS[dialect]) === bare(written));
}
