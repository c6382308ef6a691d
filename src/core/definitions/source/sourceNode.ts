import { isAlias, isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import type { Problem } from './problem.ts';
import * as problems from '../problems.ts';

// A document as plain values that remember where they stand. Built from the YAML library's tree, of
// which nothing else is used: no tags beyond the core ones, no merging, no prototypes.

export type SourceNode = ScalarNode | ListNode | MapNode;

interface NodeBase {
  /** UTF-16 offsets of the value; equal where nothing is written. */
  readonly start: number;
  readonly end: number;
  /** Levels of lists and maps, this one included, aliases followed. */
  readonly depth: number;
  /** How many values it stands for, itself included, aliases written out. */
  readonly size: number;
  /** True where `*name` is written and the value stands elsewhere. */
  readonly alias: boolean;
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `1.0` stays `1.0`. */
  readonly text: string;
}

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
  readonly value: readonly unknown[];
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  /** In the order written. */
  readonly fields: ReadonlyMap<string, Field>;
  /** Without a prototype. */
  readonly value: Readonly<Record<string, unknown>>;
}

export interface Field {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly node: SourceNode;
}

/** A map without fields at the start of a file that has none. */
export function emptyMap(): MapNode {
  return mapNode(new Map(), 0, 0);
}

/** @param source the file, whose text a number and the like keeps as written */
export function scalarNode(
  value: ScalarNode['value'],
  source: string,
  start: number,
  end: number,
): ScalarNode {
  const text = typeof value === 'string' ? value : source.slice(start, end);
  return { kind: 'scalar', value, text, depth: 0, size: 1, start, end, alias: false };
}

export function listNode(items: readonly SourceNode[], start: number, end: number): ListNode {
  let depth = 0;
  let size = 1;
  const value: unknown[] = [];
  for (const item of items) {
    depth = Math.max(depth, item.depth);
    size += item.size;
    value.push(item.value);
  }
  return { kind: 'list', items, value, depth: depth + 1, size, start, end, alias: false };
}

export function mapNode(fields: ReadonlyMap<string, Field>, start: number, end: number): MapNode {
  let depth = 0;
  let size = 1;
  const value = Object.create(null) as Record<string, unknown>;
  for (const [key, { node }] of fields) {
    depth = Math.max(depth, node.depth);
    size += node.size;
    value[key] = node.value;
  }
  return { kind: 'map', fields, value, depth: depth + 1, size, start, end, alias: false };
}

/** Where what ends at `end` ends without the white space behind it. */
export function trimmedEnd(text: string, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && isSpace(text.charCodeAt(trimmed - 1))) {
    trimmed -= 1;
  }
  return trimmed;
}

function isSpace(code: number): boolean {
  return code <= 0x20
    ? code === 0x20 || (code >= 0x09 && code <= 0x0d)
    : code >= 0xa0 && /\s/.test(String.fromCharCode(code));
}

export interface PlacedProblem {
  readonly problem: Problem;
  readonly start: number;
  readonly end: number;
  readonly related?: { readonly start: number; readonly end: number; readonly message: string };
}

/** Lists and maps may stand in each other this deep. */
export const MAX_DEPTH = 64;
/** Aliases of one document may stand for this many values in all: a bomb stands for billions. */
export const MAX_ALIASED_VALUES = 10_000;

/** The document's root, and all that is wrong with it; `undefined` when its aliases lead nowhere or too far, or it is too deep. */
export function toSourceNode(
  document: Document.Parsed,
  text: string,
): { readonly root: SourceNode | undefined; readonly problems: readonly PlacedProblem[] } {
  const builder = new NodeBuilder(text);
  const root = builder.build(document.contents);
  return { root: builder.unusable ? undefined : root, problems: builder.problems };
}

class NodeBuilder {
  readonly problems: PlacedProblem[] = [];
  unusable = false;
  readonly #text: string;
  /** The latest node of each anchor, in document order as YAML wants it. */
  readonly #anchors = new Map<string, SourceNode>();
  #aliasedValues = 0;

  constructor(text: string) {
    this.#text = text;
  }

  build(node: Node | null): SourceNode {
    const start = node?.range?.[0] ?? 0;
    // The library counts the line end behind a block to it.
    const end = trimmedEnd(this.#text, start, node?.range?.[1] ?? 0);
    const built = this.#buildAt(node, start, end);
    if (built.depth > MAX_DEPTH && !this.unusable) {
      this.unusable = true;
      this.problems.push({ problem: problems.tooDeep(MAX_DEPTH), start, end });
    }
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
      this.#anchors.set(node.anchor, built);
    }
    return built;
  }

  #buildAt(node: Node | null, start: number, end: number): SourceNode {
    if (isMap(node)) {
      return this.#buildMap(node.items, start, end);
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.build(item as Node | null));
      return listNode(items, start, end);
    }
    if (isAlias(node)) {
      return this.#buildAlias(node.source, start, end);
    }
    const value = isScalar(node) ? node.value : null;
    const plain =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? value
        : null;
    return scalarNode(plain, this.#text, start, end);
  }

  #buildMap(
    pairs: readonly { readonly key: unknown; readonly value: unknown }[],
    start: number,
    end: number,
  ): MapNode {
    const fields = new Map<string, Field>();
    for (const pair of pairs) {
      const keyNode = pair.key as Node | null;
      const keyStart = keyNode?.range?.[0] ?? start;
      const keyEnd = keyNode?.range?.[1] ?? keyStart;
      const node = this.build(pair.value as Node | null);
      const key = this.#keyOf(keyNode);
      const refuse = (problem: Problem, related?: PlacedProblem['related']) =>
        this.problems.push({
          problem,
          start: keyStart,
          end: keyEnd,
          ...(related === undefined ? {} : { related }),
        });
      if (key === undefined) {
        refuse(problems.badKey());
        continue;
      }
      if (key === '__proto__') {
        refuse(problems.forbiddenKey(key));
        continue;
      }
      const earlier = fields.get(key);
      if (earlier !== undefined) {
        refuse(problems.duplicateKey(key), {
          start: earlier.keyStart,
          end: earlier.keyEnd,
          message: `"${key}" stands here first.`,
        });
        continue;
      }
      // A value that is not written has its place behind the key.
      const placed = pair.value === null ? { ...node, start: keyEnd, end: keyEnd } : node;
      fields.set(key, { keyStart, keyEnd, node: placed });
    }
    return mapNode(fields, start, end);
  }

  #buildAlias(name: string, start: number, end: number): SourceNode {
    const target = this.#anchors.get(name);
    this.#aliasedValues += target?.size ?? 0;
    if (target !== undefined && this.#aliasedValues <= MAX_ALIASED_VALUES) {
      return { ...target, start, end, alias: true };
    }
    if (target === undefined) {
      this.unusable = true;
      this.problems.push({ problem: problems.unknownAlias(name), start, end });
    } else if (!this.unusable) {
      this.unusable = true;
      this.problems.push({ problem: problems.tooManyAliases(MAX_ALIASED_VALUES), start, end });
    }
    return { kind: 'scalar', value: null, text: '', depth: 0, size: 1, start, end, alias: true };
  }

  /** A key as text; numbers and the like as written. `undefined`: it is empty, a list, a map or an alias. */
  #keyOf(node: Node | null): string | undefined {
    if (!isScalar(node) || node.value === null) {
      return undefined;
    }
    const [start, end] = node.range ?? [0, 0];
    return typeof node.value === 'string' ? node.value : this.#text.slice(start, end);
  }
}
