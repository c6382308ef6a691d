import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

// The schema of the OASIS standard, as Microsoft's own SARIF matchers ship it.
const SCHEMA = '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';

/** What the official SARIF 2.1.0 schema has against a log, one `path message` each; empty: it is valid. */
export function sarifProblems(log: unknown): string[] {
  const {
    id,
    $schema: _draft4,
    ...schema
  } = createRequire(import.meta.url)(SCHEMA) as {
    readonly id: string;
    readonly $schema: string;
  };
  // The schema is draft 4, of which it uses nothing that later drafts read differently but `id`; one
  // of its patterns is no regular expression in Unicode mode.
  const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
  addFormats(ajv);
  const validate = ajv.compile({ ...schema, $id: id });
  return validate(log)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}
