import { oneLine } from '../base/text.ts';

/** What may come next, in words for people. */
const WANTED = {
  value: 'a value',
  valueOrClose: 'a value or "]"',
  name: 'a name in double quotes',
  nameOrClose: 'a name in double quotes or "}"',
  colon: '":"',
  commaOrClose: '","',
  nothing: 'nothing more',
} as const;

type Next = keyof typeof WANTED;

const SPACE = /[ \t\n\r]*/y;
const WORD = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex -- JSON forbids them inside a text
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

/**
 * The first thing wrong with a text that is to be JSON, such as `line 3, column 9: a value should stand
 * here, not "}"`; `undefined` when it is JSON. Engines say it in words of their own, mostly without a line.
 */
export function jsonProblem(text: string): string | undefined {
  const closers: ('}' | ']')[] = [];
  let next: Next = 'value';
  let at = 0;
  /** True when the text goes on with the pattern, which is then behind us. */
  const pass = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const length = pattern.exec(text)?.[0].length ?? 0;
    at += length;
    return length > 0;
  };
  const ended = (): Next => (closers.length === 0 ? 'nothing' : 'commaOrClose');
  for (;;) {
    pass(SPACE);
    if (at === text.length) {
      return next === 'nothing' ? undefined : problem(text, at, wanted(next, closers.at(-1)));
    }
    const sign = text.charAt(at);
    const isName: boolean = next === 'name' || next === 'nameOrClose';
    const isValue: boolean = next === 'value' || next === 'valueOrClose';
    if (sign === '"' && (isName || isValue)) {
      at += 1;
      while (pass(PLAIN) || pass(ESCAPE));
      if (text.charAt(at) !== '"') {
        return unclosed(text, at);
      }
      at += 1;
      next = isName ? 'colon' : ended();
    } else if (sign === closers.at(-1) && next.endsWith('OrClose')) {
      at += 1;
      closers.pop();
      next = ended();
    } else if (sign === ':' && next === 'colon') {
      at += 1;
      next = 'value';
    } else if (sign === ',' && next === 'commaOrClose') {
      at += 1;
      next = closers.at(-1) === '}' ? 'name' : 'value';
    } else if (isValue && (sign === '{' || sign === '[')) {
      at += 1;
      closers.push(sign === '{' ? '}' : ']');
      next = sign === '{' ? 'nameOrClose' : 'valueOrClose';
    } else if (isValue && pass(WORD)) {
      next = ended();
    } else {
      return problem(text, at, wanted(next, closers.at(-1)));
    }
  }
}

function wanted(next: Next, closer: string | undefined): string {
  return next === 'commaOrClose' ? `${WANTED[next]} or "${closer ?? ''}"` : WANTED[next];
}

/** The sign at which a text in quotes can neither go on nor end. */
function unclosed(text: string, at: number): string {
  switch (text.charAt(at)) {
    case '':
      return `${place(text, at)}: it ends inside a text; a double quote is missing`;
    case '\\':
      return `${place(text, at)}: "${oneLine(text.slice(at, at + 2))}" means nothing in JSON; a backslash itself is written twice`;
    default:
      return `${place(text, at)}: a text cannot hold a line end or another control character as it is; a line end is written \\n`;
  }
}

function problem(text: string, at: number, expected: string): string {
  const found = /[\w.+-]{1,20}|"[^"\n]{0,18}"?|./suy;
  found.lastIndex = at;
  const sign = found.exec(text)?.[0];
  return sign === undefined
    ? `${place(text, at)}: it ends where ${expected} should stand`
    : `${place(text, at)}: ${expected} should stand here, not ${oneLine(sign.startsWith('"') ? sign : `"${sign}"`)}`;
}

function place(text: string, at: number): string {
  const lines = text.slice(0, at).split(/\r\n|\n|\r/);
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}
