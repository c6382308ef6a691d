// Markdown as agents write it, read into blocks. It is shown while it is written, so any beginning of a text has to do; and
// it comes from outside, so it never becomes HTML, an address that can be followed, or more work than its length is worth.

export type Block =
  /** `level` from 1 to 6, as written. */
  | { readonly kind: 'heading'; readonly level: number; readonly text: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly text: readonly Inline[] }
  | { readonly kind: 'quote'; readonly text: readonly Inline[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  /** As it is written, in lines of the same width. */
  | { readonly kind: 'table'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly ListItem[] }
  | { readonly kind: 'rule' };

export interface ListItem {
  /** From 0, each at most one more than that of the item before. */
  readonly depth: number;
  /** `•`, `3.`, `☐`, `☑` */
  readonly mark: string;
  readonly text: readonly Inline[];
}

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly text: readonly Inline[] }
  /** Where it leads is told and cannot be followed. */
  | { readonly kind: 'link'; readonly text: string; readonly address: string }
  | { readonly kind: 'break' };

/** A block, and the text it was read from. */
export interface WrittenBlock {
  readonly block: Block;
  readonly source: string;
}

const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*(\S*)/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const ITEM = /^([ \t]*)(?:[-*+]|(\d{1,9})[.)])[ \t]+(.*)$/;
const TASK = /^\[([ xX])\][ \t]+(.*)$/;
const TABLE_RULE = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** Nobody writes longer lines; what a machine prints in one is shown as it is. */
const LONGEST_LINE = 4000;

/** Each line belongs to one block; a line that is nothing special is text. */
export function readMarkdown(markdown: string): WrittenBlock[] {
  const lines = markdown.replace(/\r\n?/g, '\n').split('\n');
  const blocks: WrittenBlock[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (line.trim() === '') {
      at += 1;
      continue;
    }
    const { block, end } = blockAt(lines, at, line);
    blocks.push({ block, source: lines.slice(at, end).join('\n') });
    at = end;
  }
  return blocks;
}

interface Read {
  readonly block: Block;
  /** The line behind it. */
  readonly end: number;
}

function blockAt(lines: readonly string[], at: number, line: string): Read {
  if (line.length > LONGEST_LINE) {
    return { block: { kind: 'paragraph', text: [{ kind: 'text', text: line }] }, end: at + 1 };
  }
  const fence = FENCE.exec(line);
  if (fence !== null) {
    return codeAt(lines, at, fence[1] ?? '```', fence[2] ?? '');
  }
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const text = (heading[2] ?? '').replace(/[ \t]+#+[ \t]*$/, '');
    const level = (heading[1] ?? '#').length;
    return { block: { kind: 'heading', level, text: readInline(text) }, end: at + 1 };
  }
  if (RULE.test(line)) {
    return { block: { kind: 'rule' }, end: at + 1 };
  }
  if (QUOTE.test(line)) {
    const end = endOf(lines, at, (one) => QUOTE.test(one));
    const text = lines.slice(at, end).map((one) => QUOTE.exec(one)?.[1] ?? '');
    return { block: { kind: 'quote', text: joined(text) }, end };
  }
  if (isTableAt(lines, at)) {
    const end = endOf(lines, at, (one) => one.includes('|'));
    return { block: { kind: 'table', text: lines.slice(at, end).join('\n') }, end };
  }
  return ITEM.test(line) ? listAt(lines, at) : paragraphAt(lines, at);
}

/** A fence that is not closed yet goes on to the end. */
function codeAt(lines: readonly string[], at: number, fence: string, language: string): Read {
  const sign = fence.charAt(0);
  let end = at + 1;
  while (end < lines.length) {
    const line = (lines[end] ?? '').trim();
    if (line.length >= fence.length && line === sign.repeat(line.length)) {
      break;
    }
    end += 1;
  }
  const text = lines.slice(at + 1, end).join('\n');
  return { block: { kind: 'code', language, text }, end: Math.min(end + 1, lines.length) };
}

function listAt(lines: readonly string[], at: number): Read {
  const items: { depth: number; mark: string; lines: string[] }[] = [];
  /** Columns where the items begin that the last one is inside of, and its own. */
  const columns: number[] = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? '';
    const item = line.length > LONGEST_LINE || RULE.test(line) ? null : ITEM.exec(line);
    if (item !== null) {
      const column = columnOf(item[1] ?? '');
      while (columns.length > 0 && column <= (columns.at(-1) ?? 0) - 1) {
        columns.pop();
      }
      if (columns.length === 0 || column > (columns.at(-1) ?? 0) + 1) {
        columns.push(column);
      }
      const task = TASK.exec(item[3] ?? '');
      const mark =
        task === null ? (item[2] === undefined ? '•' : `${item[2]}.`) : task[1] === ' ' ? '☐' : '☑';
      items.push({
        depth: Math.min(columns.length - 1, MOST_DEPTH),
        mark,
        lines: [task?.[2] ?? item[3] ?? ''],
      });
    } else if (line.length <= LONGEST_LINE && /^[ \t]+\S/.test(line) && !FENCE.test(line)) {
      items.at(-1)?.lines.push(line.trim());
    } else {
      break;
    }
  }
  return {
    block: {
      kind: 'list',
      items: items.map(({ depth, mark, lines: text }) => ({ depth, mark, text: joined(text) })),
    },
    end,
  };
}

/** Deeper lists have no room beside a graph. */
const MOST_DEPTH = 5;

function columnOf(indent: string): number {
  return indent.replaceAll('\t', '    ').length;
}

function paragraphAt(lines: readonly string[], at: number): Read {
  const end = endOf(
    lines,
    at,
    (line, place) =>
      place === at ||
      !(
        line.length > LONGEST_LINE ||
        line.trim() === '' ||
        FENCE.test(line) ||
        HEADING.test(line) ||
        RULE.test(line) ||
        QUOTE.test(line) ||
        ITEM.test(line) ||
        isTableAt(lines, place)
      ),
  );
  return { block: { kind: 'paragraph', text: joined(lines.slice(at, end)) }, end };
}

function isTableAt(lines: readonly string[], at: number): boolean {
  const rule = lines[at + 1] ?? '';
  return (
    (lines[at] ?? '').includes('|') &&
    rule.includes('-') &&
    rule.length <= LONGEST_LINE &&
    TABLE_RULE.test(rule)
  );
}

function endOf(
  lines: readonly string[],
  at: number,
  goesOn: (line: string, place: number) => boolean,
): number {
  let end = at;
  while (end < lines.length && goesOn(lines[end] ?? '', end)) {
    end += 1;
  }
  return end;
}

/** Line ends stay: who writes for people breaks lines where they belong. */
function joined(lines: readonly string[]): Inline[] {
  return lines.flatMap((line, place): Inline[] => [
    ...(place === 0 ? [] : [{ kind: 'break' } as const]),
    ...readInline(line.trim()),
  ]);
}

/** Characters between the two ends of emphasis or a link; further away they are not looked for. */
const FARTHEST = 600;
/** Emphasis within emphasis. */
const MOST_NESTED = 3;

export function readInline(text: string, nested = 0): Inline[] {
  const found: Inline[] = [];
  let plain = '';
  const put = (inline: Inline): void => {
    if (plain !== '') {
      found.push({ kind: 'text', text: plain });
      plain = '';
    }
    found.push(inline);
  };
  let at = 0;
  while (at < text.length) {
    const sign = text.charAt(at);
    if (sign === '\\' && ESCAPABLE.test(text.charAt(at + 1))) {
      plain += text.charAt(at + 1);
      at += 2;
      continue;
    }
    const special =
      sign === '`'
        ? codeSpan(text, at)
        : sign === '*' || sign === '_'
          ? emphasis(text, at, nested)
          : sign === '[' || sign === '!'
            ? link(text, at)
            : undefined;
    if (special === undefined) {
      const length = sign === '`' || sign === '*' || sign === '_' ? runAt(text, at) : 1;
      plain += text.slice(at, at + length);
      at += length;
    } else {
      put(special.inline);
      at = special.end;
    }
  }
  if (plain !== '') {
    found.push({ kind: 'text', text: plain });
  }
  return found;
}

const ESCAPABLE = /^[!-/:-@[-`{-~]$/;

interface ReadInline {
  readonly inline: Inline;
  /** The character behind it. */
  readonly end: number;
}

/** How often the character at this place stands there in a row. */
function runAt(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text.charAt(end) === text.charAt(at)) {
    end += 1;
  }
  return end - at;
}

function codeSpan(text: string, at: number): ReadInline | undefined {
  const length = runAt(text, at);
  const fence = '`'.repeat(length);
  const from = at + length;
  const farthest = Math.min(text.length, from + FARTHEST * 4);
  for (let end = text.indexOf(fence, from); end !== -1 && end < farthest;) {
    const run = runAt(text, end);
    if (run === length) {
      const inside = text.slice(from, end);
      const code = /^ .*\S.* $/.test(inside) ? inside.slice(1, -1) : inside;
      return { inline: { kind: 'code', text: code }, end: end + length };
    }
    end = text.indexOf(fence, end + run);
  }
  return undefined;
}

function emphasis(text: string, at: number, nested: number): ReadInline | undefined {
  const sign = text.charAt(at);
  const length = Math.min(2, runAt(text, at));
  const from = at + length;
  const isWord = (place: number): boolean => /[\p{L}\p{N}]/u.test(text.charAt(place));
  // A name like `a_b_c` has none in it.
  const opens = /\S/.test(text.charAt(from)) && (sign === '*' || at === 0 || !isWord(at - 1));
  if (!opens || nested >= MOST_NESTED) {
    return undefined;
  }
  const fence = sign.repeat(length);
  const farthest = Math.min(text.length, from + FARTHEST);
  for (let end = text.indexOf(fence, from); end !== -1 && end < farthest;) {
    const run = runAt(text, end);
    const closes =
      end > from && /\S/.test(text.charAt(end - 1)) && (sign === '*' || !isWord(end + run));
    if (closes && (run === length || run === 3)) {
      // Of three signs the inner ones belong to what is inside.
      const behind = end + run - length;
      const kind = length === 2 ? 'strong' : 'emphasis';
      const inside = readInline(text.slice(from, behind), nested + 1);
      return { inline: { kind, text: inside }, end: behind + length };
    }
    end = text.indexOf(fence, end + run);
  }
  return undefined;
}

/** `[text](address)` and `![text](address)`. */
function link(text: string, at: number): ReadInline | undefined {
  const open = text.charAt(at) === '!' ? at + 1 : at;
  if (text.charAt(open) !== '[') {
    return undefined;
  }
  const window = text.slice(open, open + FARTHEST);
  const found =
    /^\[([^[\]]*)\]\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+["'(][^"'()]*["')])?\s*\)/.exec(
      window,
    );
  if (found === null) {
    return undefined;
  }
  const [whole, name = '', address = ''] = found;
  return {
    inline: { kind: 'link', text: name === '' ? address : name, address },
    end: open + whole.length,
  };
}
