import { err, ok, type Result } from '../../base/result.ts';
import type { JsonValue } from '../../domain/workflow.ts';

/** Deeper than any configuration, and far from where a parser runs out of stack. */
const MAX_DEPTH = 64;

/** Where a text is no JSON, and why. */
export interface JsonMistake {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** The end of a sentence: `a value was expected`. */
  readonly message: string;
}

/** Reads JSON as editors write it for people: with comments, and with a comma after the last member. */
export function parseJsonWithComments(text: string): Result<JsonValue, JsonMistake> {
  const reader = new Reader(text);
  try {
    return ok(reader.document());
  } catch (error) {
    if (error instanceof Mistake) {
      const lines = text.slice(0, error.at).split(/\r\n|[\r\n]/);
      const column = (lines.at(-1) ?? '').length + 1;
      return err({ line: lines.length, column, message: error.message });
    }
    throw error;
  }
}

class Mistake extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const BLANK = /(?:[\s\ufeff]+|\/\/[^\r\n]*|\/\*[^]*?\*\/)*/y;
const STRING = /"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"/y;
const WORD = /[-+.\w]+/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) {
      throw new Mistake(this.#at, 'something follows the end');
    }
    return value;
  }

  #value(depth: number): JsonValue {
    this.#skip();
    if (depth > MAX_DEPTH) {
      throw new Mistake(this.#at, `it is nested more than ${MAX_DEPTH} levels deep`);
    }
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  #object(depth: number): JsonValue {
    // Without a prototype, `__proto__` is a key like any other.
    const found = Object.create(null) as Record<string, JsonValue>;
    this.#members('}', () => {
      if (this.#text[this.#at] !== '"') {
        throw new Mistake(this.#at, 'a name in double quotes was expected');
      }
      const name = this.#string();
      this.#skip();
      if (!this.#takes(':')) {
        throw new Mistake(this.#at, 'a ":" was expected');
      }
      found[name] = this.#value(depth + 1);
    });
    return found;
  }

  #list(depth: number): JsonValue {
    const found: JsonValue[] = [];
    this.#members(']', () => {
      found.push(this.#value(depth + 1));
    });
    return found;
  }

  #members(close: string, member: () => void): void {
    this.#at += 1;
    for (let mayFollow = true; ; mayFollow = this.#takes(',')) {
      this.#skip();
      if (this.#takes(close)) {
        return;
      }
      if (!mayFollow) {
        throw new Mistake(this.#at, `a "," or "${close}" was expected`);
      }
      member();
      this.#skip();
    }
  }

  #string(): string {
    const at = this.#at;
    const quoted = this.#match(STRING);
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw new Mistake(at, 'the text in quotes is not closed, or has an unknown escape');
    }
  }

  #word(): JsonValue {
    const at = this.#at;
    try {
      return JSON.parse(this.#match(WORD)) as JsonValue;
    } catch {
      throw new Mistake(
        at,
        at === this.#text.length ? 'it ends too early' : 'a value was expected',
      );
    }
  }

  #skip(): void {
    this.#match(BLANK);
  }

  #takes(mark: string): boolean {
    const isThere = this.#text[this.#at] === mark;
    this.#at += isThere ? 1 : 0;
    return isThere;
  }

  /** What the pattern matches from here on, and goes behind it; empty when it does not match. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}
