import {
  beforeBreak,
  behindBreak,
  indentOf,
  leadingBlanks,
  lineBreakOf,
  lineEnd,
  lineStart,
  type TextEdit,
} from './lines.ts';

// Items of a list and fields of a map are both entries: what is taken out and put in between them moves nothing else.

/** Where an entry stands: from its dash, its key or its value to the end of its value. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What the entries should be: those that stay, by their index in ascending order, and the text of new ones. */
export type EntryPlan = readonly (number | string)[];

/** Entries taken out, and texts put in, between one that stays and the next. */
interface Gap {
  /** The one that stays before; `undefined`: it is the beginning. */
  readonly before: number | undefined;
  /** `undefined`: it is the end. */
  readonly behind: number | undefined;
  readonly added: readonly string[];
}

/**
 * Entries on lines of their own, behind dashes or as `key: value`.
 * @param isTidy blank lines are kept as they separate entries now
 * @returns `undefined`: what stands there cannot be changed line by line
 */
export function blockEdits(
  text: string,
  spans: readonly Span[],
  plan: EntryPlan,
  isTidy: boolean,
): readonly TextEdit[] | undefined {
  const [first, second] = spans;
  const indent = first && indentOf(text, first.start);
  if (first === undefined || indent === undefined) {
    return undefined;
  }
  const line = lineBreakOf(text) + indent;
  const isApart = isTidy && second !== undefined && hasBlankLine(text, first.end, second.start);
  const edits: TextEdit[] = [];
  for (const { before, behind, added } of gapsOf(plan)) {
    const out = spans.slice((before ?? -1) + 1, behind ?? spans.length);
    const next = behind === undefined ? undefined : spans[behind];
    const last = before === undefined ? undefined : spans[before];
    if (out.length === 0 && added.length === 0) {
      continue;
    }
    if (last === undefined && next === undefined) {
      const [start, end] = [out[0]?.start ?? 0, out.at(-1)?.end ?? 0];
      edits.push({ start, end, text: added.join(line) });
      continue;
    }
    if (added.length > 0) {
      const edit = insertion(text, { last, next, added, line, isApart, isTidy });
      if (edit === undefined) {
        return undefined;
      }
      edits.push(edit);
    }
    const removed = out.length === 0 ? undefined : removal(text, out, next, isTidy);
    if (out.length > 0 && removed === undefined) {
      return undefined;
    }
    edits.push(...(removed === undefined ? [] : [removed]));
  }
  return edits;
}

function insertion(
  text: string,
  place: {
    readonly last: Span | undefined;
    readonly next: Span | undefined;
    readonly added: readonly string[];
    readonly line: string;
    readonly isApart: boolean;
    readonly isTidy: boolean;
  },
): TextEdit | undefined {
  const { last, next, added, line, isApart, isTidy } = place;
  const blank = isApart ? lineBreakOf(text) : '';
  // Behind a text that keeps its blank lines only the next entry's place is sure.
  if (next !== undefined && (last === undefined || !isTidy)) {
    const put = added.map((entry) => entry + blank + line).join('');
    return { start: next.start, end: next.start, text: put };
  }
  if (last === undefined) {
    return undefined;
  }
  if (!isTidy) {
    const isEnded = /[\r\n]$/.test(text);
    const put = added.map((entry) => line + entry).join('');
    const whole = isEnded ? put.slice(lineBreakOf(text).length) + lineBreakOf(text) : put;
    return { start: text.length, end: text.length, text: whole };
  }
  const at = lineEnd(text, last.end);
  const put = added.map((entry) => blank + line + entry).join('');
  return at === undefined ? undefined : { start: at, end: at, text: put };
}

function removal(
  text: string,
  out: readonly Span[],
  next: Span | undefined,
  isTidy: boolean,
): TextEdit | undefined {
  const from = out[0]?.start ?? 0;
  const end = lineEnd(text, out.at(-1)?.end ?? 0);
  const start = lineStart(text, from);
  if (end === undefined) {
    return undefined;
  }
  if (/\S/.test(text.slice(start, from))) {
    // It stands behind the dash of what it is a part of.
    return next === undefined ? undefined : { start: from, end: next.start, text: '' };
  }
  const behind = behindBreak(text, end);
  if (behind === end) {
    // The file ends without a line break, and goes on doing so.
    return { start: isTidy ? aboveBlank(text, start) : beforeBreak(text, start), end, text: '' };
  }
  if (!isTidy) {
    return { start, end: behind, text: '' };
  }
  const above = aboveBlank(text, start);
  const isBelowBlank = above < beforeBreak(text, start);
  return next === undefined
    ? { start: isBelowBlank ? behindBreak(text, above) : start, end: behind, text: '' }
    : { start, end: isBelowBlank ? belowBlank(text, behind) : behind, text: '' };
}

/** Offset of the end of the last line above the place that is not blank. */
function aboveBlank(text: string, at: number): number {
  let end = beforeBreak(text, at);
  for (;;) {
    const start = lineStart(text, end);
    if (start === 0 || start === end + 1 || /\S/.test(text.slice(start, end))) {
      return end;
    }
    end = beforeBreak(text, start);
  }
}

/** Offset of the start of the first line from the place on that is not blank. */
function belowBlank(text: string, at: number): number {
  const blank = /^(?:[ \t]*(?:\r\n|\n|\r))*/.exec(text.slice(at))?.[0] ?? '';
  return at + blank.length;
}

function hasBlankLine(text: string, from: number, to: number): boolean {
  const lines = text.slice(from, to).split(/\r\n|\n|\r/);
  return lines.slice(1, -1).some((line) => /^[ \t]*$/.test(line));
}

/**
 * Entries in brackets.
 * @param around the brackets and what is in them
 * @param apart what stands behind a `,` where no entries show it
 */
export function flowEdits(
  text: string,
  around: Span,
  spans: readonly Span[],
  plan: EntryPlan,
  apart: string,
): readonly TextEdit[] {
  const [first] = spans;
  const gap = first === undefined ? apart : gapOf(text, around, first, apart);
  const isSpread = /[\r\n]/.test(gap);
  return gapsOf(plan).flatMap(({ before, behind, added }): TextEdit[] => {
    const out = spans.slice((before ?? -1) + 1, behind ?? spans.length);
    const next = behind === undefined ? undefined : spans[behind];
    const last = before === undefined ? undefined : spans[before];
    const outStart = out[0]?.start;
    const outEnd = out.at(-1)?.end;
    if (next !== undefined) {
      const put = added.map((entry) => `${entry},${gap}`).join('');
      return [{ start: outStart ?? next.start, end: next.start, text: put }];
    }
    if (last === undefined) {
      return [insideBrackets(text, around, { outStart, outEnd }, added.join(`,${gap}`))];
    }
    if (outStart !== undefined && outEnd !== undefined) {
      return behindLast(text, last, outStart, outEnd, added, gap);
    }
    if (added.length === 0) {
      return [];
    }
    const [tail = '', comma = '', comment = ''] =
      /^[ \t]*(,?)((?:[ \t]*#.*)?)/.exec(text.slice(last.end, around.end - 1)) ?? [];
    const isOpen = comma === '';
    const at = isOpen && comment === '' ? last.end : last.end + tail.length;
    const put = added.join(`,${gap}`);
    return [
      ...(isOpen && comment !== '' ? [{ start: last.end, end: last.end, text: ',' }] : []),
      {
        start: at,
        end: at,
        text: `${isOpen && comment === '' ? ',' : ''}${gap}${put}${!isOpen && isSpread ? ',' : ''}`,
      },
    ];
  });
}

/** The last entries go: a comment behind the one that stays is its own. */
function behindLast(
  text: string,
  last: Span,
  outStart: number,
  outEnd: number,
  added: readonly string[],
  gap: string,
): TextEdit[] {
  if (added.length > 0) {
    return [{ start: outStart, end: outEnd, text: added.join(`,${gap}`) }];
  }
  const between = text.slice(last.end, outStart);
  if (!between.includes('#')) {
    return [{ start: last.end, end: outEnd, text: '' }];
  }
  const comma = last.end + (/^\s*/.exec(between)?.[0].length ?? 0);
  return [
    ...(text[comma] === ',' ? [{ start: comma, end: comma + 1, text: '' }] : []),
    { start: outStart, end: outEnd, text: '' },
  ];
}

/** None of the entries stays. */
function insideBrackets(
  text: string,
  { start, end }: Span,
  {
    outStart,
    outEnd,
  }: { readonly outStart?: number | undefined; readonly outEnd?: number | undefined },
  put: string,
): TextEdit {
  const inside = text.slice(start + 1, end - 1);
  if (put === '' || outStart === undefined || outEnd === undefined) {
    return inside.includes('#') && outStart !== undefined && outEnd !== undefined
      ? { start: outStart, end: outEnd, text: put }
      : { start: start + 1, end: end - 1, text: put };
  }
  return { start: outStart, end: outEnd, text: put };
}

/** What separates an entry from the one before: a line of its own, or a blank, or nothing. */
function gapOf(text: string, around: Span, first: Span, apart: string): string {
  const before = text.slice(around.start + 1, first.start);
  const isOwnLine = /[\r\n][ \t]*$/.test(before);
  return isOwnLine ? lineBreakOf(text) + leadingBlanks(text, first.start) : apart;
}

function gapsOf(plan: EntryPlan): readonly Gap[] {
  const gaps: Gap[] = [];
  let before: number | undefined;
  let added: string[] = [];
  for (const entry of plan) {
    if (typeof entry === 'string') {
      added.push(entry);
      continue;
    }
    if (added.length > 0 || entry !== (before ?? -1) + 1) {
      gaps.push({ before, behind: entry, added });
    }
    before = entry;
    added = [];
  }
  return [...gaps, { before, behind: undefined, added }];
}
