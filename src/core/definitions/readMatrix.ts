import { MAX_TASKS } from '../domain/workflow.ts';
import type { DocumentReader } from './shape.ts';
import type { SourcePath } from './sourceDocument.ts';
import type { MatrixDraft, Written } from './workflowDraft.ts';
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
  const matrix = new Map<string, readonly Written[] | Written>();
  for (const name of reader.document.keysAt(path)) {
    const at = [...path, name];
    const node = reader.document.nodeAt(at);
    matrix.set(
      name,
      node?.kind === 'list'
        ? readValues(reader, at, name, node.items.length)
        : readExpression(reader, at, name),
    );
  }
  if (matrix.size === 0) {
    reader.report(path, problems.noLanes());
  }
  let lanes = 1;
  for (const values of matrix.values()) {
    lanes *= 'text' in values ? 1 : values.length;
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

function readExpression(reader: DocumentReader, path: SourcePath, name: string): Written {
  const text = reader.textAt(path);
  // `$${{` stands for plain characters.
  if (!/(?<!\$)\$\{\{/.test(text)) {
    reader.report(path, problems.lanesWithoutExpression(name));
  }
  return { text, path };
}
