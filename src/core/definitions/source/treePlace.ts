import type { JsonValue } from '../../domain/workflow.ts';
import { blockEdits, flowEdits, type EntryPlan, type Span } from './entryEdits.ts';
import {
  beforeBreak,
  indentOf,
  leadingBlanks,
  lineBreakOf,
  lineEnd,
  lineStart,
  type TextEdit,
} from './lines.ts';
import type { SourceDocument, SourcePath } from './sourceDocument.ts';
import type { Field, MapNode, SourceNode } from './sourceNode.ts';
import type { ListItem } from './treeChanges.ts';
import {
  fieldText,
  flowText,
  itemText,
  literalText,
  requoted,
  scalarText,
  valueBehindKey,
  type Style,
} from './writtenValue.ts';

export interface Writing {
  /** The text is JSON, and stays so. */
  readonly isJson: boolean;
  /** Quotes around every text, and places that are sure: for where nicer was not read back as meant. */
  readonly isCareful: boolean;
}

/** A value of the document, and how it is written there. */
export class Place {
  readonly #text: string;
  readonly #writing: Writing;
  /** From the root to the value itself. */
  readonly #nodes: readonly SourceNode[];
  /** Of the field that holds the value; `undefined`: it is an item, or the root. */
  readonly #field: Field | undefined;

  constructor({ source, root }: SourceDocument, path: SourcePath, writing: Writing) {
    this.#text = source.text;
    this.#writing = writing;
    const nodes: SourceNode[] = [root];
    let field: Field | undefined;
    for (const part of path) {
      const node = nodes.at(-1);
      field = node?.kind === 'map' ? node.fields.get(String(part)) : undefined;
      const child = node?.kind === 'list' ? node.items[Number(part)] : field?.node;
      if (child === undefined) {
        throw new Error(`Internal error: no value stands at ${path.join('.')}`);
      }
      nodes.push(child);
    }
    this.#nodes = nodes;
    this.#field = field;
  }

  /** It stands where an anchor is: a change there is one here. */
  get isShared(): boolean {
    return this.#nodes.some(({ alias }) => alias);
  }

  get #node(): SourceNode {
    const node = this.#nodes.at(-1);
    if (node === undefined) {
      throw new Error('Internal error: a place has no value');
    }
    return node;
  }

  valueEdits(value: JsonValue): readonly TextEdit[] | undefined {
    const { start, end, kind } = this.#node;
    const around = this.#nodes.at(-2);
    const style = this.#style(around, this.#field?.keyStart ?? start);
    if (start === end) {
      const at = this.#behindColon();
      return at === undefined
        ? undefined
        : [{ start: at, end: at, text: valueBehindKey(value, style) }];
    }
    const written = this.#text.slice(start, end);
    if (kind === 'scalar' && typeof value === 'string') {
      return [{ start, end, text: this.#scalarInPlace(written, value, style) }];
    }
    if (!style.isFlow && !style.isJson && this.#field !== undefined && isDeep(value)) {
      const colon = this.#behindColon();
      const isAlone = colon !== undefined && /^\s*$/.test(this.#text.slice(colon, start));
      return isAlone ? [{ start: colon, end, text: valueBehindKey(value, style) }] : undefined;
    }
    return [{ start, end, text: flowText(value, style, style.indent) }];
  }

  #scalarInPlace(written: string, value: string, style: Style): string {
    const isBlock = /^[|>]/.test(written);
    const isLong = value.includes('\n');
    if (!style.isFlow && !style.isJson && !style.isCareful && (isBlock || isLong)) {
      const isQuotedNow = /^["']/.test(written);
      const literal = literalText(value, style.indent, style.lineBreak);
      if (literal !== undefined && !(isQuotedNow && !isLong)) {
        const comment = /^[|>][^\s#]*([ \t]+#[^\r\n]*)/.exec(written)?.[1] ?? '';
        const [head = ''] = literal.split(/[\r\n]/, 1);
        const sign = written.startsWith('>') && isOneLine(value) ? `>${head.slice(1)}` : head;
        return sign + comment + literal.slice(head.length);
      }
    }
    const kept = style.isCareful ? undefined : requoted(value, written);
    return kept ?? scalarText(value, style);
  }

  fieldEdits(
    name: string,
    value: JsonValue | undefined,
    order: readonly string[],
  ): readonly TextEdit[] | undefined {
    const map = this.#node;
    if (map.kind !== 'map') {
      return undefined;
    }
    const known = [...map.fields];
    const at = known.findIndex(([other]) => other === name);
    const [first] = known;
    if (first === undefined) {
      const style = this.#style(map, map.start);
      const isFlow = this.#text[map.start] === '{';
      return value === undefined || !isFlow
        ? undefined
        : [
            {
              start: map.start,
              end: map.end,
              text: flowText({ [name]: value }, style, style.indent),
            },
          ];
    }
    const style = this.#style(map, first[1].keyStart);
    const indexes = known.map((_field, index) => index);
    if (value === undefined) {
      const plan = indexes.filter((index) => index !== at);
      return at === -1 || plan.length === 0 ? undefined : this.#entryEdits(map, plan, style);
    }
    if (at !== -1) {
      throw new Error(`Internal error: there is a field ${name} already`);
    }
    const before = order.slice(0, order.indexOf(name));
    const behind = known.findLastIndex(([other]) => before.includes(other));
    const plan: EntryPlan = [
      ...indexes.slice(0, behind + 1),
      fieldText(name, value, style),
      ...indexes.slice(behind + 1),
    ];
    return this.#entryEdits(map, plan, style);
  }

  listEdits(items: readonly ListItem[]): readonly TextEdit[] | undefined {
    const list = this.#node;
    if (list.kind !== 'list') {
      return undefined;
    }
    const [first] = list.items;
    const isFlow = this.#text[list.start] === '[';
    const style = this.#itemStyle(list, first);
    const indent = isFlow
      ? first === undefined
        ? style.indent
        : leadingBlanks(this.#text, first.start)
      : ' '.repeat(this.#columnOf(first?.start ?? list.start));
    const written = (value: JsonValue): string =>
      isFlow ? flowText(value, style, indent) : `- ${itemText(value, style, indent)}`;
    // One that stands before another that stays cannot be moved in its place: it is written anew.
    let last = -1;
    const plan = items.map((item) => {
      if (!('from' in item)) {
        return written(item.value);
      }
      if (item.from > last) {
        last = item.from;
        return item.from;
      }
      return written(list.value[item.from] as JsonValue);
    });
    if (!isFlow && plan.length === 0) {
      return this.#emptied(list);
    }
    return first === undefined && isFlow && style.isSpread && items.some(isDeepItem)
      ? [
          {
            start: list.start,
            end: list.end,
            text: flowText(
              items.flatMap((item) => ('value' in item ? [item.value] : [])),
              style,
              style.indent,
            ),
          },
        ]
      : this.#entryEdits(list, plan, style);
  }

  /** Behind the key stand empty brackets; comments between the items stay. */
  #emptied(list: SourceNode): readonly TextEdit[] | undefined {
    const at = this.#behindColon();
    const text = this.#text;
    const lines = this.#spansOf(list)?.map(({ start, end }) => {
      const begin = lineStart(text, start);
      const last = lineEnd(text, end);
      return last === undefined || /\S/.test(text.slice(begin, start))
        ? undefined
        : { start: beforeBreak(text, begin), end: last, text: '' };
    });
    return at === undefined || lines?.every((line) => line !== undefined) !== true
      ? undefined
      : [{ start: at, end: at, text: ' []' }, ...lines];
  }

  #entryEdits(node: SourceNode, plan: EntryPlan, style: Style): readonly TextEdit[] | undefined {
    const spans = this.#spansOf(node);
    if (spans === undefined) {
      return undefined;
    }
    return isBracket(this.#text[node.start])
      ? flowEdits(this.#text, node, spans, plan, style.apart)
      : blockEdits(this.#text, spans, plan, !style.isCareful);
  }

  #spansOf(node: SourceNode): readonly Span[] | undefined {
    const isFlow = isBracket(this.#text[node.start]);
    const spans =
      node.kind === 'map'
        ? [...node.fields.values()].map((field) => ({
            start: field.keyStart,
            end: Math.max(this.#endOf(field), field.keyEnd),
          }))
        : node.kind === 'list'
          ? node.items.map(({ start, end }) => {
              const dash = isFlow ? start : this.#dashBefore(start);
              return dash === undefined ? undefined : { start: dash, end };
            })
          : [];
    return spans.every((span) => span !== undefined) ? spans : undefined;
  }

  /** Where a field ends: behind its value, or behind its colon where it has none. */
  #endOf({ keyEnd, node }: Field): number {
    return node.end > node.start ? node.end : (colonBehind(this.#text, keyEnd) ?? keyEnd);
  }

  #dashBefore(start: number): number | undefined {
    const before = /-[ \t]*(?:(?:\r\n|\n|\r)[ \t]*)*$/.exec(
      this.#text.slice(Math.max(0, start - 1000), start),
    );
    return before === null ? undefined : start - before[0].length;
  }

  #behindColon(): number | undefined {
    return this.#field && colonBehind(this.#text, this.#field.keyEnd);
  }

  #columnOf(offset: number): number {
    return indentOf(this.#text, offset)?.length ?? leadingBlanks(this.#text, offset).length;
  }

  /** Of a list's new items: as the first one is written. */
  #itemStyle(list: SourceNode, first: SourceNode | undefined): Style {
    const style = this.#style(list, list.start);
    if (first === undefined) {
      const around = this.#nodes.at(-2);
      return around?.kind === 'map' ? { ...style, isSpread: this.#isSpread(around) } : style;
    }
    const isSpread =
      first.kind === 'scalar'
        ? this.#isSpread(list)
        : /[\r\n]/.test(this.#text.slice(first.start, first.end));
    return { ...style, isSpread };
  }

  #isSpread(node: SourceNode): boolean {
    const first = firstIn(node);
    return (
      isBracket(this.#text[node.start]) &&
      first !== undefined &&
      /[\r\n]/.test(this.#text.slice(node.start, first))
    );
  }

  /** @param around what holds the values that are written @param at where one of them begins */
  #style(around: SourceNode | undefined, at: number): Style {
    const text = this.#text;
    const isFlow = this.#nodes.some(
      (node) => isBracket(text[node.start]) && (node !== this.#node || node === around),
    );
    const map = isFlow ? this.#nearestMap() : undefined;
    const key = map === undefined ? undefined : [...map.fields.values()][0];
    const indent = isFlow ? leadingBlanks(text, at) : ' '.repeat(this.#columnOf(at));
    return {
      isFlow,
      isJson: this.#writing.isJson || (key !== undefined && text[key.keyStart] === '"'),
      isCareful: this.#writing.isCareful,
      spreadsTexts: isFlow && /\[[ \t]*[\r\n]\s*["'\w]/.test(text),
      isSpread: around !== undefined && this.#isSpread(around),
      indent,
      unit: this.#unit(),
      colon:
        key !== undefined && /^\s*:\S/.test(text.slice(key.keyEnd, key.keyEnd + 9)) ? ':' : ': ',
      apart: isFlow && this.#isTight() ? '' : ' ',
      lineBreak: lineBreakOf(text),
    };
  }

  #nearestMap(): MapNode | undefined {
    const maps = this.#nodes.filter((node) => node.kind === 'map' && node.fields.size > 0);
    const list = this.#node.kind === 'list' ? this.#node.items[0] : undefined;
    const own = list?.kind === 'map' && list.fields.size > 0 ? list : maps.at(-1);
    return own?.kind === 'map' ? own : undefined;
  }

  /** Nothing stands behind a `,`: as programs write for programs. */
  #isTight(): boolean {
    return this.#nodes.some((node) => {
      const children = childSpans(node);
      const [first, second] = children;
      return first !== undefined && second !== undefined && second.start === first.end + 1;
    });
  }

  /** What the lines in the outermost brackets are indented by. */
  #unit(): string {
    for (const node of this.#nodes) {
      const first = firstIn(node);
      if (first !== undefined && this.#isSpread(node)) {
        const [inner, outer] = [
          leadingBlanks(this.#text, first),
          leadingBlanks(this.#text, node.start),
        ];
        if (inner.length > outer.length) {
          return inner.slice(outer.length);
        }
      }
    }
    return '  ';
  }
}

function childSpans(node: SourceNode): readonly Span[] {
  switch (node.kind) {
    case 'list':
      return node.items;
    case 'map':
      return [...node.fields.values()].map((field) => ({
        start: field.keyStart,
        end: Math.max(field.node.end, field.keyEnd),
      }));
    case 'scalar':
      return [];
  }
}

function firstIn(node: SourceNode): number | undefined {
  return childSpans(node)[0]?.start;
}

function colonBehind(text: string, keyEnd: number): number | undefined {
  const before = /^\s*:/.exec(text.slice(keyEnd, keyEnd + 1000));
  return before === null ? undefined : keyEnd + before[0].length;
}

function isBracket(sign: string | undefined): boolean {
  return sign === '[' || sign === '{';
}

function isOneLine(text: string): boolean {
  return !text.replace(/\n$/, '').includes('\n');
}

function isDeep(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function isDeepItem(item: ListItem): boolean {
  return 'value' in item && isDeep(item.value);
}
