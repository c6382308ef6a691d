// HTML as text for a reader: headings, lists, links and code stay what they are, scripts and styles go. One pass from
// the begin to the end, so that no page takes more than time in proportion to its length.

/** Elements whose content is not read. */
const UNREAD = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'math',
  'iframe',
  'object',
  'head',
  'select',
  'canvas',
]);
const BLOCKS = new Set([
  'p',
  'div',
  'section',
  'article',
  'main',
  'header',
  'footer',
  'nav',
  'aside',
  'ul',
  'ol',
  'dl',
  'dt',
  'dd',
  'table',
  'tr',
  'blockquote',
  'figure',
  'form',
  'fieldset',
  'hr',
  'pre',
  'address',
  'details',
  'summary',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'li',
  'body',
]);
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  times: '×',
  deg: '°',
  plusmn: '±',
  para: '¶',
  sect: '§',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  larr: '←',
  rarr: '→',
  uarr: '↑',
  darr: '↓',
  shy: '',
  zwnj: '',
  zwj: '',
};

interface Tag {
  readonly kind: 'tag';
  readonly name: string;
  readonly isEnd: boolean;
  /** Just behind it. */
  readonly end: number;
  /** The text between name and `>`. */
  readonly attributes: string;
}

export function readableText(html: string): string {
  const page = new Page();
  let at = 0;
  let hasHead = false;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open === -1) {
      page.text(html.slice(at));
      break;
    }
    page.text(html.slice(at, open));
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4);
      at = end === -1 ? html.length : end + 3;
      continue;
    }
    const tag = tagAt(html, open);
    at = tag.end;
    if (tag.kind === 'text') {
      page.text(html.slice(open, at));
      continue;
    }
    const isHead = tag.name === 'head' && !tag.isEnd;
    if (isHead && !hasHead) {
      page.title(titleIn(html, at));
    }
    // A second head is none, and looking for the end of each would take long.
    const isUnread = UNREAD.has(tag.name) && !(isHead && hasHead);
    hasHead ||= isHead;
    if (isUnread && !tag.isEnd && !tag.attributes.endsWith('/')) {
      at = behindEndOf(tag.name, html, at);
    } else {
      page.tag(tag);
    }
  }
  return page.finish();
}

/** The text so far, with white space as a browser shows it. */
class Page {
  readonly #parts: string[] = [];
  readonly #links: { readonly href: string; readonly begin: number }[] = [];
  /** Line feeds that stand before the next text. */
  #breaks = 0;
  #space = false;
  #preformatted = 0;
  #isEmpty = true;

  title(title: string): void {
    if (title !== '') {
      this.#add(`# ${title}`);
      this.#breaks = 2;
    }
  }

  text(raw: string): void {
    if (raw === '') {
      return;
    }
    const text = withoutEntities(raw);
    if (this.#preformatted > 0) {
      this.#add(text);
      return;
    }
    const words = text.replace(/\s+/g, ' ');
    const bare = words.trim();
    this.#space ||= words.startsWith(' ');
    if (bare !== '') {
      this.#add(bare);
      this.#space = words.endsWith(' ');
    }
  }

  tag({ name, isEnd, attributes }: Tag): void {
    if (name === 'br') {
      this.#breaks = Math.max(this.#breaks, 1);
    } else if (name === 'a') {
      this.#link(isEnd, attributes);
    } else if (name === 'td' || name === 'th') {
      this.#space = true;
      if (isEnd) {
        this.#add('|');
      }
    } else if (name === 'img' && !isEnd) {
      const alt = attribute('alt', attributes);
      this.text(alt === '' ? '' : ` [image: ${alt}] `);
    } else if (BLOCKS.has(name)) {
      this.#block(name, isEnd);
    }
  }

  finish(): string {
    const lines = this.#parts.join('').split('\n');
    return lines
      .map((line) => line.trimEnd())
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
  }

  #block(name: string, isEnd: boolean): void {
    const isTight =
      name === 'li' || name === 'tr' || name === 'dt' || name === 'dd' || name === 'div';
    this.#breaks = Math.max(this.#breaks, isTight ? 1 : 2);
    this.#space = false;
    const level = /^h([1-6])$/.exec(name)?.[1];
    if (name === 'pre') {
      this.#preformatted = Math.max(0, this.#preformatted + (isEnd ? -1 : 1));
      this.#breaks = isEnd ? 1 : 2;
      this.#add('```');
      this.#breaks = isEnd ? 2 : 1;
    } else if (!isEnd && level !== undefined) {
      this.#add(`${'#'.repeat(Number(level))} `);
    } else if (!isEnd && name === 'li') {
      this.#add('- ');
    }
  }

  #link(isEnd: boolean, attributes: string): void {
    if (!isEnd) {
      this.#links.push({ href: attribute('href', attributes), begin: this.#parts.length });
      return;
    }
    const link = this.#links.pop();
    if (link !== undefined && /^https?:/i.test(link.href) && this.#parts.length > link.begin) {
      this.#space = false;
      this.#parts.push(` (${link.href})`);
    }
  }

  #add(text: string): void {
    if (this.#breaks > 0 && !this.#isEmpty) {
      this.#parts.push('\n'.repeat(this.#breaks));
    } else if (this.#space && !this.#isEmpty && !/\s$/.test(this.#parts.at(-1) ?? '')) {
      this.#parts.push(' ');
    }
    this.#breaks = 0;
    this.#space = false;
    this.#isEmpty = false;
    this.#parts.push(text);
  }
}

/** A tag, or what only begins like one: then reading goes on at `end`, so that no part is looked at twice. */
function tagAt(html: string, open: number): Tag | { readonly kind: 'text'; readonly end: number } {
  const rest = /[!?]|\/?[A-Za-z][A-Za-z0-9:-]*/y;
  rest.lastIndex = open + 1;
  const begin = rest.exec(html)?.[0];
  if (begin === undefined) {
    return { kind: 'text', end: open + 1 };
  }
  const from = open + 1 + begin.length;
  if (begin === '!' || begin === '?') {
    const close = html.indexOf('>', from);
    const end = close === -1 ? html.length : close + 1;
    return { kind: 'tag', name: '', isEnd: false, end, attributes: '' };
  }
  const mark = /["'<>]/g;
  for (let at = from; ;) {
    mark.lastIndex = at;
    const found = mark.exec(html);
    if (found === null) {
      return { kind: 'text', end: html.length };
    }
    const [character] = found;
    if (character === '>') {
      const isEnd = begin.startsWith('/');
      const name = begin.slice(isEnd ? 1 : 0).toLowerCase();
      const attributes = html.slice(from, found.index);
      return { kind: 'tag', name, isEnd, end: found.index + 1, attributes };
    }
    if (character === '<') {
      return { kind: 'text', end: found.index };
    }
    const close = html.indexOf(character, found.index + 1);
    if (close === -1) {
      return { kind: 'text', end: html.length };
    }
    at = close + 1;
  }
}

/** Where reading goes on behind an element that is not read. */
function behindEndOf(name: string, html: string, from: number): number {
  const end = new RegExp(`</${name}[\\s>/]`, 'gi');
  end.lastIndex = from;
  const found = end.exec(html);
  if (found === null) {
    // Never closed: of a head the rest is the page, of anything else there is no rest.
    return name === 'head' ? from : html.length;
  }
  const close = html.indexOf('>', found.index);
  return close === -1 ? html.length : close + 1;
}

function titleIn(html: string, from: number): string {
  // A title far behind the begin is none that anybody sees.
  const head = html.slice(from, from + 20_000);
  const found = /<title[^>]{0,200}>([^<]{0,500})/i.exec(head)?.[1] ?? '';
  return withoutEntities(found).replace(/\s+/g, ' ').trim();
}

function attribute(name: string, attributes: string): string {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(
    attributes,
  );
  return withoutEntities(found?.[1] ?? found?.[2] ?? found?.[3] ?? '').trim();
}

function withoutEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,8}));/g,
    (whole, ...groups) => {
      const [decimal, hexadecimal, name] = groups as readonly (string | undefined)[];
      if (name !== undefined) {
        return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole;
      }
      const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
      const isCharacter = code > 31 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
      return isCharacter ? String.fromCodePoint(code) : ' ';
    },
  );
}
