import type { Fix } from '../../domain/diagnostic.ts';
import { indentOf, lineBreakOf, lineEnd, type TextEdit } from './lines.ts';
import { spelled } from '../workflows/nameFixes.ts';
import type { SourceDocument, SourcePath } from './sourceDocument.ts';
import type { ListNode, MapNode, ScalarNode, SourceNode } from './sourceNode.ts';

// Changes of a file by hand's rules: in the style and the indentation that stand there, and nothing else
// is touched. Where that cannot be, there is no change.

/** Adds texts to a field of a map that is a text or a list, and gives the map that field where it has none. */
export function additionFix(
  document: SourceDocument,
  map: SourcePath,
  field: string,
  texts: readonly string[],
): readonly Fix[] {
  const node = document.nodeAt(map);
  if (node?.kind !== 'map' || node.alias) {
    return [];
  }
  const { text } = document.source;
  const existing = node.fields.get(field);
  const inJson = text[existing?.keyStart ?? firstKey(node)] === '"';
  const items = texts.map((item) => (inJson ? JSON.stringify(item) : spelled(item)));
  const edit =
    existing === undefined
      ? newField(text, node, field, `[${items.join(', ')}]`)
      : moreItems(text, existing.node, items);
  const named = texts.map((item) => `"${item}"`).join(', ');
  return fixOf(document, `Add ${named} to "${field}"`, edit);
}

/** Gives a map a field. @param value as YAML and JSON write it */
export function fieldFix(
  document: SourceDocument,
  map: SourcePath,
  field: string,
  value: string,
): readonly Fix[] {
  const node = document.nodeAt(map);
  const edit =
    node?.kind === 'map' && !node.alias && !node.fields.has(field)
      ? newField(document.source.text, node, field, value)
      : undefined;
  return fixOf(document, `Add "${field}: ${value}"`, edit);
}

function fixOf(
  { source }: SourceDocument,
  title: string,
  edit: TextEdit | undefined,
): readonly Fix[] {
  return edit === undefined
    ? []
    : [{ title, edits: [{ range: source.range(edit.start, edit.end), text: edit.text }] }];
}

function moreItems(text: string, node: SourceNode, items: readonly string[]): TextEdit | undefined {
  if (node.alias || node.start === node.end) {
    return undefined;
  }
  switch (node.kind) {
    case 'map':
      return undefined;
    case 'scalar':
      return intoList(text, node, items);
    case 'list':
      return text[node.start] === '['
        ? intoBrackets(node, items)
        : behindLastLine(text, node, items);
  }
}

/** `a` becomes `[a, b]`. */
function intoList(
  text: string,
  { start, end }: ScalarNode,
  items: readonly string[],
): TextEdit | undefined {
  const written = text.slice(start, end);
  const isQuoted = /^(?:"[^"\\\r\n]*"|'[^'\r\n]*')$/.test(written);
  return isQuoted || /^[A-Za-z0-9_][A-Za-z0-9_./@ -]*$/.test(written)
    ? { start, end, text: `[${[written, ...items].join(', ')}]` }
    : undefined;
}

function intoBrackets({ start, items: known }: ListNode, items: readonly string[]): TextEdit {
  const last = known.at(-1);
  const at = last?.end ?? start + 1;
  const added = items.join(', ');
  return { start: at, end: at, text: last === undefined ? added : `, ${added}` };
}

function behindLastLine(
  text: string,
  node: ListNode,
  items: readonly string[],
): TextEdit | undefined {
  const indent = indentOf(text, node.start);
  const last = node.items.at(-1);
  const at = last?.kind === 'scalar' && last.end > last.start ? lineEnd(text, last.end) : undefined;
  return indent === undefined || at === undefined
    ? undefined
    : {
        start: at,
        end: at,
        text: items.map((item) => `${lineBreakOf(text)}${indent}- ${item}`).join(''),
      };
}

function newField(text: string, map: MapNode, field: string, value: string): TextEdit | undefined {
  const [first] = map.fields.values();
  if (first === undefined) {
    return undefined;
  }
  const { keyStart, node } = first;
  const isWritten = node.end > node.start && node.kind === 'scalar';
  const at = isWritten ? lineEnd(text, node.end) : undefined;
  if (text[map.start] !== '{') {
    const indent = indentOf(text, keyStart);
    if (indent === undefined) {
      return undefined;
    }
    const line = `${field}: ${value}`;
    const isOneLine = isWritten && !/[\r\n]/.test(text.slice(keyStart, node.end));
    return isOneLine && at !== undefined
      ? { start: at, end: at, text: `${lineBreakOf(text)}${indent}${line}` }
      : { start: keyStart, end: keyStart, text: `${line}${lineBreakOf(text)}${indent}` };
  }
  const before = text.slice(map.start + 1, keyStart);
  if (/\S/.test(before)) {
    return undefined;
  }
  const line = text[keyStart] === '"' ? `"${field}": ${value}` : `${field}: ${value}`;
  const apart = before === '' || /^[ \t]+$/.test(before) ? ' ' : before;
  return node.end > node.start
    ? { start: node.end, end: node.end, text: `,${apart}${line}` }
    : { start: keyStart, end: keyStart, text: `${line},${apart}` };
}

function firstKey(map: MapNode): number {
  const [first] = map.fields.values();
  return first?.keyStart ?? map.start;
}
