import type { SourceDocument, SourcePath } from '../definitions/source/sourceDocument.ts';
import type { SourceNode } from '../definitions/source/sourceNode.ts';
import type { Position, Range } from '../domain/diagnostic.ts';
import type { Mention } from './mentions.ts';

export function contains({ start, end }: Range, { line, column }: Position): boolean {
  return (
    (start.line < line || (start.line === line && start.column <= column)) &&
    (end.line > line || (end.line === line && end.column >= column))
  );
}

/** The name at a position. */
export function mentionAt(mentions: readonly Mention[], position: Position): Mention | undefined {
  return mentions.find(({ whole }) => contains(whole, position));
}

/** The key that stands at an offset, as the path it ends. */
export function keyAt(
  document: SourceDocument,
  offset: number,
): { readonly path: SourcePath; readonly range: Range } | undefined {
  const path: (string | number)[] = [];
  let node: SourceNode | undefined = document.root;
  while (node !== undefined && !node.alias) {
    let next: SourceNode | undefined;
    if (node.kind === 'list') {
      const index = node.items.findIndex(({ start, end }) => start <= offset && offset <= end);
      path.push(index);
      next = node.items[index];
    } else if (node.kind === 'map') {
      for (const [key, { keyStart, keyEnd, node: value }] of node.fields) {
        if (keyStart <= offset && offset <= keyEnd) {
          return { path: [...path, key], range: document.source.range(keyStart, keyEnd) };
        }
        if (value.start <= offset && offset <= value.end) {
          path.push(key);
          next = value;
          break;
        }
      }
    }
    node = next;
  }
  return undefined;
}
