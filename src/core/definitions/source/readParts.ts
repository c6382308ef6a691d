import type { JsonValue } from '../../domain/workflow.ts';
import { jsonOf, MAX_JSON_DEPTH } from './jsonOf.ts';
import * as problems from '../workflows/workflowProblems.ts';
import { twoWords } from '../problems.ts';
import type { DocumentReader } from './shape.ts';
import type { SourcePath } from './sourceDocument.ts';
import type { Written } from '../workflows/workflowDraft.ts';

// What all steps, phases and workflows are read with.

/** Which of two words for one field is written; both is a fault, and then the first one counts. */
export function eitherWord<Alias extends string, Field extends string>(
  reader: DocumentReader,
  path: SourcePath,
  alias: Alias,
  field: Field,
  fields: Readonly<Partial<Record<Alias | Field, unknown>>>,
): Alias | Field {
  if (fields[alias] === undefined) {
    return field;
  }
  if (fields[field] === undefined) {
    return alias;
  }
  reader.report([...path, alias], twoWords(alias, field), 'key');
  return field;
}

/** A value that is carried as it stands. */
export function readMetadata(reader: DocumentReader, path: SourcePath): JsonValue | undefined {
  const at = [...path, 'metadata'];
  const node = reader.document.nodeAt(at);
  const value = node && jsonOf(node, at);
  if (value?.ok === false) {
    const { path: place, fault } = value.error;
    reader.report(place, problems.badMetadata(fault, MAX_JSON_DEPTH));
    return undefined;
  }
  return value?.value;
}

/** A text or a list of texts, as the schema has found it. */
export function readList(
  reader: DocumentReader,
  path: SourcePath,
  value: unknown,
): readonly Written[] {
  if (value === undefined) {
    return [];
  }
  const paths = Array.isArray(value) ? value.map((_, index) => [...path, index]) : [path];
  return paths.map((at) => ({ text: reader.textAt(at), path: at }));
}

/** Texts by name, in the order written. */
export function readTexts(
  reader: DocumentReader,
  path: SourcePath,
  value: Readonly<Record<string, unknown>> | undefined,
): ReadonlyMap<string, Written> {
  const keys = value === undefined ? [] : reader.document.keysAt(path);
  return new Map(
    keys.map((key) => [key, { text: reader.textAt([...path, key]), path: [...path, key] }]),
  );
}

/** A text that the schema has found there; `undefined`: none is written. */
export function readText(
  reader: DocumentReader,
  path: SourcePath,
  value: unknown,
): Written | undefined {
  return value === undefined ? undefined : { text: reader.textAt(path), path };
}
