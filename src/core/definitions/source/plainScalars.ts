import type { ScalarNode } from './sourceNode.ts';

// One-line scalars as the YAML library resolves them by its core schema: what it is not sure to read
// alike is `undefined`, and the library reads the file instead.

/** An unquoted scalar's value. */
export function coreValue(text: string): ScalarNode['value'] {
  switch (text.charCodeAt(0)) {
    case 0x7e: // ~
    case 0x6e: // n
    case 0x4e: // N
      return /^(?:~|[Nn]ull|NULL)$/.test(text) ? null : text;
    case 0x74: // t
    case 0x54: // T
      return /^(?:[Tt]rue|TRUE)$/.test(text) ? true : text;
    case 0x66: // f
    case 0x46: // F
      return /^(?:[Ff]alse|FALSE)$/.test(text) ? false : text;
    case 0x2b: // +
    case 0x2d: // -
    case 0x2e: // .
    case 0x30: // 0
    case 0x31:
    case 0x32:
    case 0x33:
    case 0x34:
    case 0x35:
    case 0x36:
    case 0x37:
    case 0x38:
    case 0x39: // 9
      return numberOf(text) ?? text;
    default:
      return text;
  }
}

const INTEGER = /^[-+]?[0-9]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+)$/;

function numberOf(text: string): number | undefined {
  if (INTEGER.test(text)) {
    return Number.parseInt(text, 10);
  }
  if (/^0o[0-7]+$/.test(text)) {
    return Number.parseInt(text.slice(2), 8);
  }
  if (/^0x[0-9a-fA-F]+$/.test(text)) {
    return Number.parseInt(text.slice(2), 16);
  }
  if (FLOAT.test(text)) {
    return Number.parseFloat(text);
  }
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) {
    return Number.NaN;
  }
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) {
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  '\t': '\t',
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([^xuU]))/y;

/** What stands between double quotes on one line; `undefined`: an escape is not one. */
export function unescaped(written: string): string | undefined {
  let value = '';
  let from = 0;
  for (let at = written.indexOf('\\'); at !== -1; at = written.indexOf('\\', from)) {
    ESCAPE.lastIndex = at;
    const [whole, byte, unit, letter = ''] = ESCAPE.exec(written) ?? [''];
    const code = byte ?? unit;
    const character =
      code === undefined ? ESCAPES[letter] : String.fromCharCode(Number.parseInt(code, 16));
    if (character === undefined) {
      return undefined;
    }
    value += written.slice(from, at) + character;
    from = at + whole.length;
  }
  return from === 0 ? written : value + written.slice(from);
}
