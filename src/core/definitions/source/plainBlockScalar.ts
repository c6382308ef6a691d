import { code, type PlainCursor } from './plainCursor.ts';
import { scalarNode, trimmedEnd, type ScalarNode } from './sourceNode.ts';

/**
 * Reads `|` or `>` and the lines below it, and stands at the end of the last of them that is not blank.
 * `undefined`: nothing stands below, an indentation is given, or blank lines are longer than the indentation.
 * @param parent column of the list or map it stands in
 */
export function readBlockScalar(cursor: PlainCursor, parent: number): ScalarNode | undefined {
  const { text, at: start } = cursor;
  const folds = cursor.codeAt(start) === code.greater;
  const chomping = cursor.codeAt(start + 1);
  const hasChomping = chomping === code.dash || chomping === code.plus;
  let offset = start + (hasChomping ? 2 : 1);
  if (!cursor.isBlankAt(offset)) {
    return undefined;
  }
  while (cursor.codeAt(offset) === code.space) {
    offset += 1;
  }
  if (cursor.codeAt(offset) === code.hash) {
    offset = cursor.lineEnd(offset);
  }
  if (!cursor.isLineEnd(offset)) {
    return undefined;
  }

  const lines: string[] = [];
  /** Of the first line that is not blank; all others have it too. */
  let column: number | undefined;
  let blanks = 0;
  let longestBlank = 0;
  let leading = 0;
  let contentEnd = offset;
  let newlines = 0;
  while (offset < cursor.end) {
    const lineStart = cursor.nextLine(offset);
    newlines += 1;
    let first = lineStart;
    while (cursor.codeAt(first) === code.space) {
      first += 1;
    }
    if (cursor.isLineEnd(first)) {
      longestBlank = Math.max(longestBlank, first - lineStart);
      blanks += first < cursor.end ? 1 : 0;
      offset = first;
      continue;
    }
    const indentation = first - lineStart;
    if (indentation < (column ?? parent + 1)) {
      if (cursor.codeAt(first) === code.tab) {
        return undefined;
      }
      break;
    }
    offset = cursor.lineEnd(first);
    if (cursor.codeAt(first) === code.tab && text.slice(first, offset).trim() === '') {
      return undefined;
    }
    if (column === undefined) {
      column = indentation;
      leading = blanks;
    } else {
      for (let blank = 0; blank < blanks; blank += 1) {
        lines.push('');
      }
    }
    lines.push(text.slice(lineStart + column, offset));
    contentEnd = offset;
    blanks = 0;
    newlines = 0;
  }
  if (column === undefined || longestBlank > column) {
    return undefined;
  }
  cursor.at = contentEnd;
  const content = '\n'.repeat(leading) + (folds ? folded(lines) : lines.join('\n'));
  const tail = chomping === code.dash ? 0 : chomping === code.plus ? Math.max(1, newlines) : 1;
  const end = trimmedEnd(text, start, contentEnd);
  return scalarNode(content + '\n'.repeat(tail), text, start, end);
}

/** Lines as one, but for those that are indented further and the blank ones. */
function folded(lines: readonly string[]): string {
  let value = '';
  let separator = '';
  let afterIndented = false;
  for (const line of lines) {
    const first = line.charCodeAt(0);
    if (first === code.space || first === code.tab) {
      if (separator === ' ') {
        separator = '\n';
      } else if (!afterIndented && separator === '\n') {
        separator = '\n\n';
      }
      value += separator + line;
      separator = '\n';
      afterIndented = true;
    } else if (line === '') {
      if (separator === '\n') {
        value += '\n';
      } else {
        separator = '\n';
      }
    } else {
      value += separator + line;
      separator = ' ';
      afterIndented = false;
    }
  }
  return value;
}
