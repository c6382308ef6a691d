import { Document, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import type { JsonValue } from '../../domain/workflow.ts';

// Values as YAML that people read on: block style, quotes only where YAML needs them, texts of several
// lines as they are, short lists on one line.

/** A longer list has a line for each of its items. */
const MAX_LINE = 80;

export type YamlValue = JsonValue | YamlFields | YamlItems;

/** Fields in the order given, which an object does not keep for names such as `10`. */
export class YamlFields {
  readonly entries: readonly (readonly [string, YamlValue])[];

  /** @param entries those without a value are left out */
  constructor(entries: readonly (readonly [string, YamlValue | undefined])[]) {
    this.entries = entries.flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
  }
}

/** Items that may be fields in order. */
export class YamlItems {
  readonly items: readonly YamlValue[];

  constructor(items: readonly YamlValue[]) {
    this.items = items;
  }
}

/** @param comment stands above it, without signs; empty for none */
export function writeYaml(root: YamlFields, comment = ''): string {
  const document = new Document(null, {
    version: '1.2',
    schema: 'core',
    aliasDuplicateObjects: false,
  });
  document.contents = nodeOf(root, 0);
  if (comment !== '') {
    document.commentBefore = comment.replace(/^/gm, ' ');
  }
  return document.toString({
    lineWidth: 0,
    blockQuote: 'literal',
    singleQuote: true,
    nullStr: '',
    flowCollectionPadding: false,
  });
}

function nodeOf(value: YamlValue, indent: number): Node {
  if (value instanceof YamlFields) {
    return mapOf(value.entries, indent);
  }
  if (value instanceof YamlItems || isList(value)) {
    return listOf(value instanceof YamlItems ? value.items : value, indent);
  }
  return typeof value === 'object' && value !== null
    ? mapOf(Object.entries(value), indent)
    : scalarOf(value);
}

function scalarOf(value: JsonValue): Node {
  const scalar = new Scalar(value);
  if (typeof value === 'string' && value.includes('\n')) {
    scalar.type = standsInBlock(value) ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
  }
  return scalar;
}

/** Blank lines at the beginning, and such as are not empty, would tell a reader the wrong indentation. */
function standsInBlock(text: string): boolean {
  return /^[^\n\t]/.test(text) && !/^[ \t]+$/m.test(text);
}

function mapOf(entries: readonly (readonly [string, YamlValue])[], indent: number): Node {
  const map = new YAMLMap<Node, Node>();
  for (const [name, value] of entries) {
    map.items.push(new Pair(new Scalar(name), nodeOf(value, indent + 2)));
  }
  map.flow = entries.length === 0;
  return map;
}

function listOf(items: readonly YamlValue[], indent: number): Node {
  const list = new YAMLSeq<Node>();
  list.items = items.map((item) => nodeOf(item, indent + 2));
  list.flow = items.every(isPlain) && JSON.stringify(items).length + indent <= MAX_LINE;
  return list;
}

function isList(value: YamlValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** True for what stands well beside others on one line. */
function isPlain(value: YamlValue): boolean {
  return typeof value !== 'object' && !(typeof value === 'string' && value.includes('\n'));
}
