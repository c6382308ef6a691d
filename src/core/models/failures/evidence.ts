import type { Headers } from './limitHeaders.ts';

/** What a thrown value tells of a failed call, gathered from all its layers. */
export interface Evidence {
  readonly provider: string;
  /** The first status that a layer has. */
  readonly status: number | undefined;
  readonly headers: Headers;
  /** Every name, code, type and reason that a layer or a body has, in lower case. */
  readonly codes: ReadonlySet<string>;
  /** What the layers and the error in the body say, in lower case. */
  readonly words: string;
  /** The most telling sentence; not yet safe to show. */
  readonly message: string;
  /** The body, parsed, where it is JSON. */
  readonly body: unknown;
  /** The answer is a web page. */
  readonly isPage: boolean;
}

const DEEPEST = 8;
const LARGEST_BODY = 65_536;
const MOST_WORDS = 8_192;
const CODE_NAMES = [
  'name',
  'code',
  'type',
  'status',
  'reason',
  'error_code',
  'errorCode',
  'syscall',
];
const INNER_NAMES = ['error', 'cause', 'lastError', 'data', 'value', 'response', 'details'];

/** Never throws, whatever was thrown. */
export function gatherEvidence(thrown: unknown, provider: string): Evidence {
  const seen = new Set<unknown>();
  const codes = new Set<string>();
  const said: { readonly text: string; readonly rank: number }[] = [];
  let status: number | undefined;
  let headers: Headers = {};
  let body: unknown;
  let isPage = false;

  // A body says more than the layer that carries it, a cause more than "fetch failed".
  const look = (value: unknown, rank: number, depth: number) => {
    if (depth > DEEPEST || seen.has(value)) {
      return;
    }
    if (typeof value === 'string') {
      said.push({ text: value, rank });
      return;
    }
    if (typeof value !== 'object' || value === null) {
      return;
    }
    seen.add(value);
    if (Array.isArray(value)) {
      for (const one of value.slice(0, 20)) {
        look(one, rank - 1, depth + 1);
      }
      return;
    }
    for (const name of CODE_NAMES) {
      const code = read(value, name);
      if (typeof code === 'string' && code.length <= 100) {
        codes.add(code.toLowerCase());
      }
    }
    status ??= [read(value, 'statusCode'), read(value, 'status'), read(value, 'code')]
      .map((one) => (typeof one === 'string' && /^\d{3}$/.test(one) ? Number(one) : one))
      .find((one): one is number => typeof one === 'number' && one >= 100 && one <= 599);
    const message = read(value, 'message');
    if (typeof message === 'string' && message.trim() !== '') {
      said.push({ text: message, rank });
    }
    const ownHeaders = read(value, 'responseHeaders');
    if (typeof ownHeaders === 'object' && ownHeaders !== null) {
      headers = { ...(ownHeaders as Headers), ...headers };
    }
    const text = read(value, 'responseBody') ?? read(value, 'text');
    if (typeof text === 'string') {
      isPage ||= /^\s*(?:<!doctype html|<html|<head|<\?xml)/i.test(text.slice(0, 500));
      const parsed = parseBody(text);
      if (parsed !== undefined) {
        body ??= parsed;
        look(parsed, rank + 10, depth + 1);
      }
    }
    for (const name of INNER_NAMES) {
      const inner = read(value, name);
      // The text of a value that did not fit is an answer, not an error: only objects tell.
      if (typeof inner === 'object' || (typeof inner === 'string' && name === 'error')) {
        look(inner, rank + 1, depth + 1);
      }
    }
    const several = read(value, 'errors');
    if (Array.isArray(several) && read(value, 'lastError') === undefined) {
      look(several.at(-1), rank + 1, depth + 1);
    }
  };
  look(thrown, 0, 0);

  isPage ||= Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /text\/html/i.test(String(value)),
  );
  // The first of the highest rank; what layers repeat is said once.
  const message = said.reduce((best, next) => (next.rank > best.rank ? next : best), {
    text: typeof thrown === 'string' ? thrown : '',
    rank: -1,
  }).text;
  return {
    provider,
    status,
    headers,
    codes,
    words: said
      .map(({ text }) => text)
      .join('\n')
      .slice(0, MOST_WORDS)
      .toLowerCase(),
    message,
    body: body ?? thrown,
    isPage,
  };
}

function parseBody(text: string): unknown {
  if (text.length > LARGEST_BODY || !/^\s*[{[]/.test(text)) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Getters of foreign objects may throw. */
function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
