import fs from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import { err, ok, type Result } from '../../base/result.ts';
import { oneLine, thrownMessage } from '../../base/text.ts';
import { FILE_START } from '../../domain/diagnostic.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import type { Problem, RelatedLocation } from '../source/problem.ts';
import { jsonOf, MAX_JSON_DEPTH } from '../source/jsonOf.ts';
import type { FileParser, ReadFiles } from '../files/fileParser.ts';
import { readFresh } from '../files/readSource.ts';
import { loadJudge, type Judge } from './schemaJudge.ts';
import type { SourceDocument, SourcePath } from '../source/sourceDocument.ts';
import type { SourceText } from '../source/sourceText.ts';
import type { SchemaDraft, WorkflowDraft } from './workflowDraft.ts';
import * as problems from './workflowProblems.ts';

const OPEN_FILES = 16;

/** Why a schema cannot be used, at its place in the workflow. */
export interface SchemaFault {
  readonly path: SourcePath;
  readonly problem: Problem;
  readonly related: readonly RelatedLocation[];
}

type FileFault = Omit<SchemaFault, 'path'>;

/** The JSON Schemas that steps declare for their files. */
export class ProductSchemas {
  readonly #files: ReadonlyMap<string, Result<JsonValue, FileFault>>;
  readonly #judge: Judge;
  readonly #values = new WeakMap<SchemaDraft, Result<JsonValue, SchemaFault>>();

  /** @param files by the paths that workflows write */
  constructor(files: ReadonlyMap<string, Result<JsonValue, FileFault>>, judge: Judge) {
    this.#files = files;
    this.#judge = judge;
  }

  /** The schema, checked. @param document the workflow's */
  valueOf(schema: SchemaDraft, document: SourceDocument): Result<JsonValue, SchemaFault> {
    let value = this.#values.get(schema);
    if (value === undefined) {
      value = schema.kind === 'file' ? this.#fromFile(schema) : this.#inline(schema, document);
      this.#values.set(schema, value);
    }
    return value;
  }

  /** The schema of a file, checked. @param file as workflows write it */
  inFile(file: string): Result<JsonValue, FileFault> {
    const value = this.#files.get(file);
    if (value === undefined) {
      throw new Error(`Internal error: the schema ${file} was not read`);
    }
    return value;
  }

  #fromFile({ file }: SchemaDraft & { kind: 'file' }): Result<JsonValue, SchemaFault> {
    const value = this.inFile(file.text);
    return value.ok ? value : err({ path: file.path, ...value.error });
  }

  #inline(
    { path: at }: SchemaDraft & { kind: 'inline' },
    document: SourceDocument,
  ): Result<JsonValue, SchemaFault> {
    const node = document.nodeAt(at);
    if (node === undefined) {
      throw new Error(`Internal error: no schema stands at ${at.join('.')}`);
    }
    const value = jsonOf(node, at);
    if (!value.ok) {
      const { path: place, fault } = value.error;
      const problem =
        fault === 'number' ? problems.notJson() : problems.schemaTooDeep(MAX_JSON_DEPTH);
      return err({ path: place, problem, related: [] });
    }
    const fault = this.#judge(value.value);
    return fault === undefined
      ? value
      : err({ path: at, problem: problems.badSchema(fault), related: [] });
  }
}

/** Paths of the files that workflows name as schemas, as they write them. */
export function schemaFilesOf(drafts: readonly WorkflowDraft[]): ReadonlySet<string> {
  return new Set(schemasOf(drafts).flatMap((one) => (one.kind === 'file' ? [one.file.text] : [])));
}

function schemasOf(drafts: readonly WorkflowDraft[]): readonly SchemaDraft[] {
  return drafts
    .flatMap(({ steps }) => steps)
    .flatMap((step) => (step.kind === 'agent' ? step.produces : []))
    .flatMap(({ schema }) => (schema === undefined ? [] : [schema]));
}

/**
 * Reads the schemas that workflows name. One that is wrong is told where it is named.
 * @param folder absolute
 * @throws the signal's reason once it aborts
 */
export async function loadSchemas(
  folder: string,
  drafts: readonly WorkflowDraft[],
  signal: AbortSignal,
  read: ReadFiles = readFresh(folder, signal),
): Promise<ProductSchemas> {
  if (schemasOf(drafts).length === 0) {
    return new ProductSchemas(new Map(), () => undefined);
  }
  const judge = await loadJudge();
  const files = [...schemaFilesOf(drafts)];
  const limit = pLimit(OPEN_FILES);
  const areInside = await Promise.all(files.map((file) => limit(isInside, folder, file)));
  const inside = files.filter((_, index) => areInside[index]);
  const outside = files.filter((_, index) => areInside[index] === false);
  const schemas = await read(inside, schemaFile(judge));
  return new ProductSchemas(
    new Map([
      ...outside.map(
        (file) => [file, err({ problem: problems.schemaOutside(file), related: [] })] as const,
      ),
      ...schemas.map((schema, index) => [inside[index] ?? '', schema] as const),
    ]),
    judge,
  );
}

function schemaFile(judge: Judge): FileParser<Result<JsonValue, FileFault>> {
  return {
    id: 'schema',
    parse: (source) => parseSchema(source, judge),
    refuse: (file, { message }) => err({ problem: problems.inSchema(file, message), related: [] }),
  };
}

function parseSchema(source: SourceText, judge: Judge): Result<JsonValue, FileFault> {
  const { file } = source;
  const refuse = (message: string, range = FILE_START) =>
    err({ problem: problems.inSchema(file, message), related: [{ file, range, message }] });
  const parsed = parseJson(source);
  if (!parsed.ok) {
    const { at, message } = parsed.error;
    return refuse(`This is not valid JSON: ${message}.`, source.range(at, at + 1));
  }
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('A schema is made of fields: write "{" and "}" around it.');
  }
  if (!isShallow(value, MAX_JSON_DEPTH)) {
    return refuse(problems.schemaTooDeep(MAX_JSON_DEPTH).message);
  }
  const fault = judge(value);
  return fault === undefined ? ok(value) : refuse(problems.badSchema(fault).message);
}

/** A file that is not there is inside: that it is not there is said when it is read. */
async function isInside(folder: string, file: string): Promise<boolean> {
  const parts = file.split('/');
  if (path.isAbsolute(file) || /^[A-Za-z]:|\\|\0/.test(file) || parts.includes('..')) {
    return false;
  }
  try {
    const [root, real] = await Promise.all([
      fs.realpath(folder),
      fs.realpath(path.join(folder, file)),
    ]);
    return real.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
  } catch {
    return true;
  }
}

function parseJson({
  text,
}: SourceText): Result<JsonValue, { readonly at: number; readonly message: string }> {
  try {
    return ok(JSON.parse(text) as JsonValue);
  } catch (thrown) {
    const message = thrownMessage(thrown);
    const at = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
    return err({ at, message: oneLine(message) });
  }
}

function isShallow(value: unknown, levels: number): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    (levels > 0 && Object.values(value).every((child) => isShallow(child, levels - 1)))
  );
}
