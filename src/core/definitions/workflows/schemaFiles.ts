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
import type { Judge } from './schemaJudge.ts';
import type { SourceNode } from '../source/sourceNode.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { SourceText } from '../source/sourceText.ts';
import * as problems from './workflowProblems.ts';

const OPEN_FILES = 16;

/** Why a schema cannot be used, for whoever names it. */
export interface FileFault {
  readonly problem: Problem;
  readonly related: readonly RelatedLocation[];
}

/**
 * Reads files of JSON Schemas, and judges them.
 * @param folder absolute
 * @param files as agents and workflows write them, each once
 */
export async function readSchemaFiles(
  folder: string,
  files: readonly string[],
  judge: Judge,
  read: ReadFiles,
): Promise<ReadonlyMap<string, Result<JsonValue, FileFault>>> {
  const limit = pLimit(OPEN_FILES);
  const areInside = await Promise.all(files.map((file) => limit(isInside, folder, file)));
  const inside = files.filter((_, index) => areInside[index]);
  const outside = files.filter((_, index) => areInside[index] === false);
  const schemas = await read(inside, schemaFile(judge));
  return new Map([
    ...outside.map(
      (file) => [file, err({ problem: problems.schemaOutside(file), related: [] })] as const,
    ),
    ...schemas.map((schema, index) => [inside[index] ?? '', schema] as const),
  ]);
}

/** A schema that is written where it is used, not judged yet. */
export function inlineSchema(
  node: SourceNode,
  at: SourcePath,
): Result<JsonValue, { readonly path: SourcePath; readonly problem: Problem }> {
  const value = jsonOf(node, at);
  if (value.ok) {
    return value;
  }
  const { path: place, fault } = value.error;
  const problem = fault === 'number' ? problems.notJson() : problems.schemaTooDeep(MAX_JSON_DEPTH);
  return err({ path: place, problem });
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
