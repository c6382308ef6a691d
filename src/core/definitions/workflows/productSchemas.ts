import { err, type Result } from '../../base/result.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import type { ReadFiles } from '../files/fileParser.ts';
import { readFresh } from '../files/readSource.ts';
import { inlineSchema, readSchemaFiles, type FileFault } from './schemaFiles.ts';
import { loadJudge, type Judge } from './schemaJudge.ts';
import type { SourceDocument, SourcePath } from '../source/sourceDocument.ts';
import type { SchemaDraft, WorkflowDraft } from './workflowDraft.ts';
import * as problems from './workflowProblems.ts';

/** Why a schema cannot be used, at its place in the workflow. */
export interface SchemaFault extends FileFault {
  readonly path: SourcePath;
}

/** The JSON Schemas that steps declare for their files and outputs. */
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
    const value = inlineSchema(node, at);
    if (!value.ok) {
      return err({ ...value.error, related: [] });
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
    .flatMap((step) =>
      step.kind === 'agent'
        ? [...step.produces.map(({ schema }) => schema), step.outputSchema]
        : [],
    )
    .filter((schema) => schema !== undefined);
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
  const files = await readSchemaFiles(folder, [...schemaFilesOf(drafts)], judge, read);
  return new ProductSchemas(files, judge);
}
