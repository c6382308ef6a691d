// The tags of an XML text. No entity is expanded but the five of XML itself, nothing is fetched, and each character is
// looked at a fixed number of times.

export type XmlPart =
  | {
      readonly kind: 'open';
      readonly name: string;
      /** As written; `xmlText` reads them. */
      readonly attributes: ReadonlyMap<string, string>;
      /** `<a/>`: no end follows. */
      readonly isEmpty: boolean;
    }
  | { readonly kind: 'close'; readonly name: string }
  /** Between tags. */
  | { readonly kind: 'text'; readonly text: string; readonly isLiteral: boolean };

const NAME = /[^\s=/><"'&]+/y;
const BLANKS = /\s*/y;

/**
 * Takes an XML text apart from a tag on, part by part.
 * @returns by `next`: `undefined` at the end of the text, and where it goes on as no XML does
 */
export class XmlTags {
  readonly #text: string;
  #at: number;

  /** @param from of the first tag */
  constructor(text: string, from: number) {
    this.#text = text;
    this.#at = from;
  }

  /** Behind what was read. */
  get at(): number {
    return this.#at;
  }

  next(): XmlPart | undefined {
    for (;;) {
      const text = this.#text;
      const at = this.#at;
      if (text[at] !== '<') {
        const end = text.indexOf('<', at);
        return end === -1 ? undefined : this.#part(end, textPart(text.slice(at, end), false));
      }
      if (text.startsWith('<![CDATA[', at)) {
        const end = text.indexOf(']]>', at);
        return end === -1
          ? undefined
          : this.#part(end + 3, textPart(text.slice(at + 9, end), true));
      }
      const comment = text.startsWith('<!--', at) ? '-->' : undefined;
      const skipped = comment ?? (text.startsWith('<?', at) ? '?>' : undefined);
      if (skipped === undefined) {
        // A declaration could define entities: such a text is not read.
        return text[at + 1] === '!'
          ? undefined
          : text[at + 1] === '/'
            ? this.#close()
            : this.#open();
      }
      const end = text.indexOf(skipped, at + 2);
      if (end === -1) {
        return undefined;
      }
      this.#at = end + skipped.length;
    }
  }

  #part(behind: number, part: XmlPart): XmlPart {
    this.#at = behind;
    return part;
  }

  #close(): XmlPart | undefined {
    const from = this.#at + 2;
    const name = this.#match(NAME, from);
    const end = from + name.length + this.#match(BLANKS, from + name.length).length;
    return name === '' || this.#text[end] !== '>'
      ? undefined
      : this.#part(end + 1, { kind: 'close', name });
  }

  #open(): XmlPart | undefined {
    const text = this.#text;
    const name = this.#match(NAME, this.#at + 1);
    const attributes = new Map<string, string>();
    let at = this.#at + 1 + name.length;
    while (name !== '') {
      const blanks = this.#match(BLANKS, at);
      at += blanks.length;
      if (text[at] === '>') {
        return this.#part(at + 1, { kind: 'open', name, attributes, isEmpty: false });
      }
      if (text.startsWith('/>', at)) {
        return this.#part(at + 2, { kind: 'open', name, attributes, isEmpty: true });
      }
      const key = blanks === '' ? '' : this.#match(NAME, at);
      at += key.length;
      at += this.#match(BLANKS, at).length;
      const quote = text[at] === '=' ? at + 1 + this.#match(BLANKS, at + 1).length : -1;
      const sign = text[quote];
      const end = sign === '"' || sign === "'" ? text.indexOf(sign, quote + 1) : -1;
      if (key === '' || end === -1 || attributes.size >= MOST_ATTRIBUTES) {
        return undefined;
      }
      attributes.set(key, text.slice(quote + 1, end));
      at = end + 1;
    }
    return undefined;
  }

  #match(pattern: RegExp, at: number): string {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0] ?? '';
  }
}

const MOST_ATTRIBUTES = 100;

function textPart(text: string, isLiteral: boolean): XmlPart {
  return { kind: 'text', text, isLiteral };
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

/** A text as it is meant: characters by number or by one of the five names. Other names stay as they are written. */
export function xmlText(written: string): string {
  return written.replace(
    /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) {
        return ENTITIES[name] ?? whole;
      }
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
