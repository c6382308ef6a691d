import { globFault } from '../../base/glob.ts';
import { MAX_TASKS } from '../../domain/workflow.ts';
import { wrongValue } from '../problems.ts';
import { readList } from '../source/readParts.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { MatrixDraft, MatrixValuesDraft, Written } from './workflowDraft.ts';
import * as problems from './workflowProblems.ts';

/**
 * The matrix of a step.
 * @param written the field as it stands in the file @param valid the field as far as its schema accepts it
 */
export function readMatrix(
  reader: DocumentReader,
  path: SourcePath,
  written: unknown,
  valid: unknown,
): MatrixDraft | 'unread' | undefined {
  if (valid === undefined) {
    return written === undefined ? undefined : 'unread';
  }
  const matrix = new Map<string, MatrixValuesDraft>();
  for (const name of reader.document.keysAt(path)) {
    const at = [...path, name];
    const node = reader.document.nodeAt(at);
    switch (node?.kind) {
      case 'list':
        matrix.set(name, readValues(reader, at, name, node.items.length));
        break;
      case 'map':
        matrix.set(name, { files: readFiles(reader, at, name) });
        break;
      default:
        matrix.set(name, readExpression(reader, at, name));
    }
  }
  if (matrix.size === 0) {
    reader.report(path, problems.noLanes());
  }
  let lanes = 1;
  for (const values of matrix.values()) {
    lanes *= isList(values) ? values.length : 1;
  }
  if (lanes > MAX_TASKS) {
    reader.report(path, problems.tooManyLanes(lanes), 'key');
  }
  return matrix;
}

function readValues(
  reader: DocumentReader,
  path: SourcePath,
  name: string,
  length: number,
): readonly Written[] {
  const values = new Map<string, Written>();
  for (let index = 0; index < length; index += 1) {
    const at = [...path, index];
    const text = reader.textAt(at);
    if (values.has(text)) {
      reader.report(at, problems.laneTwice(text));
    } else if (text.includes('${{')) {
      reader.report(at, problems.expressionInLanes(name));
    }
    values.set(text, { text, path: at });
  }
  return [...values.values()];
}

/** True for values that stand in the file. */
export function isList(values: MatrixValuesDraft): values is readonly Written[] {
  return Array.isArray(values);
}

function readFiles(reader: DocumentReader, path: SourcePath, name: string): readonly Written[] {
  const at = [...path, 'files'];
  const node = reader.document.nodeAt(at);
  const globs = readList(reader, at, node?.value);
  if (globs.length === 0) {
    reader.report(at, problems.noFiles(name));
  }
  for (const { text, path: place } of globs) {
    const fault = globFault(text);
    if (text.includes('${{')) {
      reader.report(place, problems.expressionInFiles());
    } else if (fault !== undefined) {
      const label = place === at ? '"files"' : 'An item of "files"';
      reader.report(place, wrongValue(label, fault));
    }
  }
  return globs;
}

function readExpression(reader: DocumentReader, path: SourcePath, name: string): Written {
  const text = reader.textAt(path);
  // `$${{` stands for plain characters.
  if (!/(?<!\$)\$\{\{/.test(text)) {
    reader.report(path, problems.lanesWithoutExpression(name));
  }
  return { text, path };
}
