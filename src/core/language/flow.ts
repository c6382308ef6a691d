import type { SourcePath } from '../definitions/source/sourceDocument.ts';

/** Where a caret stands among brackets and braces. */
export interface FlowPlace {
  /** From where the scan began; of the map for a key, else of the value. */
  readonly path: SourcePath;
  readonly place: 'key' | 'value' | 'either';
  /** Offset of what is being written, inside its quotes; `undefined`: nothing is. */
  readonly start: number | undefined;
  readonly quote: string;
  /** What would close all that is open, the innermost first. */
  readonly closers: string;
}

interface Frame {
  readonly kind: 'map' | 'list';
  /** The key whose value is being written. */
  key: string | undefined;
  index: number;
}

/**
 * Reads lists and maps in brackets, JSON or YAML's, up to a caret. Text that is not finished is what it
 * expects; a quote that is open at its line's end is taken for closed.
 * @param from offset of the first bracket or brace
 * @returns `undefined`: all is closed before the caret, or it stands in a comment
 */
export function flowPlace(text: string, from: number, caret: number): FlowPlace | undefined {
  const frames: Frame[] = [];
  let quote = '';
  let start: number | undefined;
  /** Of a token that stands in quotes: just behind the closing one. */
  let closedAt: number | undefined;

  const token = () => (start === undefined ? '' : text.slice(start, closedAt ?? at).trim());
  const reset = () => {
    start = undefined;
    closedAt = undefined;
  };
  let at = from;
  for (; at < caret; at += 1) {
    const character = text[at] ?? '';
    const frame = frames.at(-1);
    if (quote !== '') {
      if (character === '\\' && quote === '"') {
        at += 1;
      } else if (character === quote || character === '\n' || character === '\r') {
        quote = '';
        closedAt = at;
      }
      continue;
    }
    switch (character) {
      case '"':
      case "'":
        if (start === undefined) {
          quote = character;
          start = at + 1;
        }
        break;
      case '{':
      case '[':
        frames.push({ kind: character === '{' ? 'map' : 'list', key: undefined, index: 0 });
        reset();
        break;
      case '}':
      case ']':
        frames.pop();
        reset();
        if (frames.length === 0) {
          return undefined;
        }
        break;
      case ',':
        if (frame !== undefined) {
          frame.index += 1;
          frame.key = undefined;
        }
        reset();
        break;
      case ':':
        if (
          frame?.kind === 'map' &&
          frame.key === undefined &&
          (closedAt !== undefined || at + 1 >= caret || /[\s,{}[\]]/.test(text[at + 1] ?? ''))
        ) {
          frame.key = token();
          reset();
        }
        break;
      case '#':
        if (/\s/.test(text[at - 1] ?? '')) {
          const end = text.slice(at, caret).search(/[\r\n]/);
          if (end === -1) {
            return undefined;
          }
          at += end;
        }
        break;
      default:
        if (start === undefined && !/\s/.test(character)) {
          start = at;
        }
    }
  }
  const last = frames.at(-1);
  if (last === undefined || (quote === '' && closedAt !== undefined)) {
    return undefined;
  }
  const path = frames.flatMap(({ kind, key, index }): (string | number)[] =>
    kind === 'list' ? [index] : key === undefined ? [] : [key],
  );
  const place = last.kind === 'list' ? 'either' : last.key === undefined ? 'key' : 'value';
  const closers = frames.map(({ kind }) => (kind === 'map' ? '}' : ']')).reverse();
  return { path, place, start, quote, closers: quote + closers.join('') };
}
