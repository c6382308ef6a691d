import type { JsonValue } from '../../domain/workflow.ts';
import type { SourcePath } from './sourceDocument.ts';
import type { SourceNode } from './sourceNode.ts';

// What a document should say instead, and the plain values that come of it.

/** Changes of one document; no two of the same value. Paths are those of the document as it is. */
export type TreeChange =
  /** A value that is there, perhaps empty, becomes another. */
  | { readonly kind: 'value'; readonly path: SourcePath; readonly value: JsonValue }
  /** A map has this field, or has it no more. */
  | {
      readonly kind: 'field';
      readonly map: SourcePath;
      readonly name: string;
      /** `undefined`: it goes. */
      readonly value: JsonValue | undefined;
      /** Names of fields in the order people write them: a new one stands behind those before it. */
      readonly order: readonly string[];
    }
  /** A list has these items: such as are there, by their index, or new ones. */
  | { readonly kind: 'list'; readonly path: SourcePath; readonly items: readonly ListItem[] };

export type ListItem = { readonly from: number } | { readonly value: JsonValue };

/** The values after the changes. */
export function changedValue(root: unknown, changes: readonly TreeChange[]): unknown {
  // Lists last, and from the innermost: their items move.
  const lists = changes.filter(({ kind }) => kind === 'list');
  const others = changes.filter(({ kind }) => kind !== 'list');
  const inner = lists.sort((a, b) => pathOf(b).length - pathOf(a).length);
  return [...others, ...inner].reduce(
    (value, change) => withChange(value, pathOf(change), change),
    root,
  );
}

export function pathOf(change: TreeChange): SourcePath {
  return change.kind === 'field' ? change.map : change.path;
}

function withChange(value: unknown, path: SourcePath, change: TreeChange): unknown {
  const [part, ...rest] = path;
  if (part !== undefined) {
    return Array.isArray(value)
      ? value.map((item: unknown, index) =>
          index === part ? withChange(item, rest, change) : item,
        )
      : Object.fromEntries(
          Object.entries(value as object).map(([name, item]: [string, unknown]) => [
            name,
            name === String(part) ? withChange(item, rest, change) : item,
          ]),
        );
  }
  switch (change.kind) {
    case 'value':
      return change.value;
    case 'field': {
      const others = Object.entries(value as object).filter(([name]) => name !== change.name);
      return Object.fromEntries(
        change.value === undefined ? others : [...others, [change.name, change.value]],
      );
    }
    case 'list':
      return change.items.map((item) =>
        'from' in item ? (value as readonly unknown[])[item.from] : item.value,
      );
  }
}

export function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) {
    return Object.is(a, b);
  }
  const [ones, others] = [Object.entries(a), Object.entries(b)];
  const values = new Map<string, unknown>(others);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    ones.length === others.length &&
    ones.every(([name, value]) => values.has(name) && isSame(value, values.get(name)))
  );
}

/** True where `*name` stands anywhere in it. */
export function hasAlias(node: SourceNode): boolean {
  if (node.alias || node.kind === 'scalar') {
    return node.alias;
  }
  const children =
    node.kind === 'list' ? node.items : [...node.fields.values()].map((field) => field.node);
  return children.some(hasAlias);
}
