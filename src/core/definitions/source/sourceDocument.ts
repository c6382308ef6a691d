import type { Range } from '../../domain/diagnostic.ts';
import type { Field, ScalarNode, SourceNode } from './sourceNode.ts';
import type { SourceText } from './sourceText.ts';

/** Keys and list indexes from the root. */
export type SourcePath = readonly (string | number)[];

/** One YAML document: plain values, and the range of every key and value. */
export class SourceDocument {
  readonly source: SourceText;
  readonly root: SourceNode;

  constructor(source: SourceText, root: SourceNode) {
    this.source = source;
    this.root = root;
  }

  nodeAt(path: SourcePath): SourceNode | undefined {
    let node: SourceNode | undefined = this.root;
    for (const part of path) {
      node = childOf(node, part)?.node;
    }
    return node;
  }

  /** A scalar as it is written, without quotes; `undefined` for anything else. */
  textAt(path: SourcePath): string | undefined {
    const node = this.nodeAt(path);
    return node?.kind === 'scalar' ? node.text : undefined;
  }

  /** The keys of a map in the order written, which an object does not keep for `10` and `9`. */
  keysAt(path: SourcePath): readonly string[] {
    const node = this.nodeAt(path);
    return node?.kind === 'map' ? [...node.fields.keys()] : [];
  }

  /**
   * Where a value stands, or the key before it. What is not written has the range of the nearest
   * thing around it that is: an empty value its key, a missing field the key of its map.
   */
  rangeOf(path: SourcePath, part: 'key' | 'value' = 'value'): Range {
    let node: SourceNode = this.root;
    /** The innermost key passed so far: a missing field is shown there. */
    let [start, end] = [0, 0];
    for (const [index, name] of path.entries()) {
      const child = childOf(node, name);
      if (child === undefined) {
        return this.source.range(start, end);
      }
      [start, end] = child.key ?? [child.node.start, headEnd(child.node, this.source.text)];
      if (index === path.length - 1 && part === 'key') {
        return this.source.range(start, end);
      }
      node = child.node;
    }
    if (path.length > 0 && node.start === node.end) {
      return this.source.range(start, end);
    }
    return this.source.range(node.start, node.end);
  }

  /** The places of stretches inside a text value. */
  placesIn(path: SourcePath): ScalarPlaces {
    const node = this.nodeAt(path);
    if (node?.kind !== 'scalar') {
      throw new Error(`Internal error: no text stands at ${path.join('.')}`);
    }
    return new ScalarPlaces(this.source, node);
  }
}

interface Child {
  readonly node: SourceNode;
  readonly key: readonly [start: number, end: number] | undefined;
}

function childOf(node: SourceNode | undefined, part: string | number): Child | undefined {
  if (node?.kind === 'map') {
    const field: Field | undefined = node.fields.get(String(part));
    return field && { node: field.node, key: [field.keyStart, field.keyEnd] };
  }
  const item = node?.kind === 'list' ? node.items[Number(part)] : undefined;
  return item && { node: item, key: undefined };
}

/** The end of an item's first line: underlining a whole step for one missing field tells less. */
function headEnd(node: SourceNode, text: string): number {
  const lineEnd = text.indexOf('\n', node.start);
  const end = lineEnd === -1 ? node.end : Math.min(node.end, lineEnd);
  return text[end - 1] === '\r' ? end - 1 : end;
}

const MARK = '${{';

/**
 * Finds stretches of a text value in the file. Quotes, indentation, folding and escapes lie between
 * the two; each `${{` stands in both, in the same order, and is what the search holds on to.
 */
export class ScalarPlaces {
  readonly #source: SourceText;
  readonly #node: ScalarNode;
  #marks: { readonly inValue: readonly number[]; readonly inFile: readonly number[] } | undefined;

  constructor(source: SourceText, node: ScalarNode) {
    this.#source = source;
    this.#node = node;
  }

  /** @param start offset in the text value: at or behind a `${{` where there is one */
  range(start: number, end: number): Range {
    const { text, start: nodeStart, end: nodeEnd } = this.#node;
    const written = this.#source.text;
    this.#marks ??= {
      inValue: offsetsOf(MARK, text),
      inFile: offsetsOf(MARK, written.slice(nodeStart, nodeEnd)),
    };
    const { inValue, inFile } = this.#marks;
    const index = lastAtOrBefore(inValue, start);
    const mark = inValue[index];
    const markInFile = inFile[index];
    // An alias's text stands elsewhere; an escape such as "\x24" hides a mark.
    if (!this.#node.alias && inValue.length === 0 && inFile.length === 0) {
      return this.#rangeInLine(start, end);
    }
    if (
      this.#node.alias ||
      inValue.length !== inFile.length ||
      mark === undefined ||
      markInFile === undefined
    ) {
      return this.#source.range(nodeStart, nodeEnd);
    }
    const from = nodeStart + markInFile;
    if (written.slice(from, from + end - mark) === text.slice(mark, end)) {
      return this.#source.range(from + start - mark, from + end - mark);
    }
    const close = written.indexOf('}}', from);
    const closed = close !== -1 && close < nodeEnd;
    return this.#source.range(from, closed ? close + 2 : from + MARK.length);
  }

  /** Of a text without any mark its lines are held on to: found where one stands in the file as it is. */
  #rangeInLine(start: number, end: number): Range {
    const { text, start: nodeStart, end: nodeEnd } = this.#node;
    const lineStart = text.slice(0, start).lastIndexOf('\n') + 1;
    const line = /.*/.exec(text.slice(lineStart))?.[0] ?? '';
    const written = this.#source.text.slice(nodeStart, nodeEnd);
    const at = line === '' ? -1 : written.indexOf(line);
    if (at === -1 || end > lineStart + line.length || written.includes(line, at + 1)) {
      return this.#source.range(nodeStart, nodeEnd);
    }
    const shift = nodeStart + at - lineStart;
    return this.#source.range(start + shift, end + shift);
  }
}

function offsetsOf(part: string, text: string): number[] {
  const offsets: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    offsets.push(at);
  }
  return offsets;
}

/** Index of the last of the ascending numbers that is not above `limit`; -1 for none. */
function lastAtOrBefore(numbers: readonly number[], limit: number): number {
  let low = -1;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= limit) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
