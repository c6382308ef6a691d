// Globs of paths: `*` and `?` within a name, `**` for any number of folders, `[a-z]`, `[!a-z]`, `{a,b}`.
// Names that begin with a dot are names like others. Matching and overlap take time in the product of
// the lengths and never more: no glob makes them slow.

/** UTF-16 units. */
const MAX_LENGTH = 1000;
/** Globs that braces stand for. */
const MAX_ALTERNATIVES = 64;

type Token =
  | { readonly kind: 'star' }
  /** Inclusive ranges of UTF-16 units; `not`: what is in none of them. */
  | {
      readonly kind: 'one';
      readonly not: boolean;
      readonly ranges: readonly (readonly [number, number])[];
    };

/** The part between two slashes. */
type Segment = 'any folders' | readonly Token[];

export interface Glob {
  readonly text: string;
  /** One list of segments for each combination of what stands in braces. */
  readonly alternatives: readonly (readonly Segment[])[];
}

/** What keeps a text from being a glob of paths inside a folder, as the rest of a sentence that begins with "it". */
export function globFault(text: string): string | undefined {
  if (text.trim() === '') {
    return 'is empty';
  }
  if (text.length > MAX_LENGTH) {
    return `is longer than ${MAX_LENGTH} characters`;
  }
  if (text.includes('\\') || text.includes('\0')) {
    return 'holds a backslash or a NUL character: write "/" between folders';
  }
  if (text.startsWith('/') || /^[A-Za-z]:/.test(text)) {
    return 'is absolute: write it relative to the folder';
  }
  const expanded = expandBraces(text);
  if (typeof expanded === 'string') {
    return expanded;
  }
  for (const one of expanded) {
    const fault = segmentsOf(one).map(segmentFault).find(Boolean);
    if (fault !== undefined) {
      return fault;
    }
  }
  return undefined;
}

/** @throws for a text that `globFault` finds fault with */
export function parseGlob(text: string): Glob {
  const fault = globFault(text);
  const expanded = expandBraces(text);
  if (fault !== undefined || typeof expanded === 'string') {
    throw new Error(`Internal error: the glob ${text} ${fault ?? 'cannot be read'}`);
  }
  return { text, alternatives: expanded.map((one) => segmentsOf(one).map(parseSegment)) };
}

/** @param path relative, with `/` */
export function globMatches({ alternatives }: Glob, path: string): boolean {
  const names = path.split('/');
  return alternatives.some((segments) => segmentsMatch(segments, names));
}

/** True for a path the glob matches, and for everything in a folder that it matches. */
export function globCovers({ alternatives }: Glob, path: string): boolean {
  const names = path.split('/');
  return alternatives.some((segments) => segmentsMatch([...segments, 'any folders'], names));
}

/** True where some path could be covered by both. */
export function globsOverlap(a: Glob, b: Glob): boolean {
  return a.alternatives.some((one) =>
    b.alternatives.some((other) =>
      segmentsOverlap([...one, 'any folders'], [...other, 'any folders']),
    ),
  );
}

/** What a glob can stand for at most, before its first wildcard: the folder a search begins in. Without a slash at its end. */
export function folderOfGlob(text: string): string {
  const names = text.split('/');
  const wild = names.findIndex((name) => /[*?[{]/.test(name));
  return names.slice(0, wild === -1 ? names.length - 1 : wild).join('/');
}

function segmentsOf(text: string): string[] {
  const segments = text.split('/');
  // `src/` is the folder and all that is in it, as `src` is.
  return segments.length > 1 && segments.at(-1) === '' ? segments.slice(0, -1) : segments;
}

function segmentFault(segment: string): string | undefined {
  if (segment === '') {
    return 'has two slashes in a row';
  }
  if (segment === '.' || segment === '..') {
    return `holds "${segment}": write it relative to the folder, without "." and ".."`;
  }
  if (segment !== '**' && segment.includes('**')) {
    return 'has "**" beside other characters: it stands alone between slashes';
  }
  return /\[/.test(segment.replace(/\[!?\]?[^\]]*\]/g, '')) ? 'has a "[" without "]"' : undefined;
}

/** The globs without braces that it stands for, or what is wrong with them. Braces may stand in braces. */
function expandBraces(text: string): string[] | string {
  const done: string[] = [];
  const open = [text];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const start = next.indexOf('{');
    if (start === -1) {
      if (next.includes('}')) {
        return 'has a "}" without "{"';
      }
      done.push(next);
      continue;
    }
    const parts = partsFrom(next, start);
    if (parts === undefined) {
      return 'has a "{" without "}"';
    }
    const { choices, end } = parts;
    for (const choice of choices.reverse()) {
      open.push(`${next.slice(0, start)}${choice}${next.slice(end)}`);
    }
    if (done.length + open.length > MAX_ALTERNATIVES) {
      return `stands for more than ${MAX_ALTERNATIVES} globs: use fewer braces`;
    }
  }
  return done;
}

function partsFrom(text: string, start: number): { choices: string[]; end: number } | undefined {
  const choices: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{') {
      depth += 1;
    } else if (character === ',' && depth === 1) {
      choices.push(text.slice(from, at));
      from = at + 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth === 0) {
        choices.push(text.slice(from, at));
        return { choices, end: at + 1 };
      }
    }
  }
  return undefined;
}

function parseSegment(segment: string): Segment {
  if (segment === '**') {
    return 'any folders';
  }
  const tokens: Token[] = [];
  for (let at = 0; at < segment.length; at += 1) {
    const character = segment[at];
    if (character === '*') {
      tokens.push({ kind: 'star' });
    } else if (character === '?') {
      tokens.push({ kind: 'one', not: true, ranges: [] });
    } else if (character === '[') {
      const close = segment.indexOf(']', at + (segment[at + 1] === '!' ? 3 : 2));
      tokens.push(parseClass(segment.slice(at + 1, close)));
      at = close;
    } else {
      const unit = segment.charCodeAt(at);
      tokens.push({ kind: 'one', not: false, ranges: [[unit, unit]] });
    }
  }
  return tokens;
}

/** @param text what stands between the brackets */
function parseClass(text: string): Token {
  const not = text.startsWith('!');
  const body = not ? text.slice(1) : text;
  const ranges: (readonly [number, number])[] = [];
  for (let at = 0; at < body.length; at += 1) {
    const from = body.charCodeAt(at);
    const isRange = body[at + 1] === '-' && at + 2 < body.length;
    ranges.push([from, isRange ? body.charCodeAt(at + 2) : from]);
    at += isRange ? 2 : 0;
  }
  return { kind: 'one', not, ranges };
}

function segmentsMatch(segments: readonly Segment[], names: readonly string[]): boolean {
  return pairUp(
    segments,
    names,
    (segment) => segment === 'any folders',
    () => false,
    (segment, name) => segment === 'any folders' || nameMatches(segment, name),
  );
}

function segmentsOverlap(a: readonly Segment[], b: readonly Segment[]): boolean {
  const isAny = (segment: Segment) => segment === 'any folders';
  return pairUp(a, b, isAny, isAny, (one, other) =>
    one === 'any folders' || other === 'any folders' ? true : tokensOverlap(one, other),
  );
}

function nameMatches(tokens: readonly Token[], name: string): boolean {
  const units = Array.from({ length: name.length }, (_, at) => name.charCodeAt(at));
  return pairUp(
    tokens,
    units,
    (token) => token.kind === 'star',
    () => false,
    (token, unit) => token.kind === 'star' || holds(token, unit),
  );
}

function tokensOverlap(a: readonly Token[], b: readonly Token[]): boolean {
  const isStar = (token: Token) => token.kind === 'star';
  return pairUp(
    a,
    b,
    isStar,
    isStar,
    (one, other) => one.kind === 'star' || other.kind === 'star' || shareUnit(one, other),
  );
}

/**
 * True where two sequences can be told as one: each item stands for one thing, repeating ones for any
 * number. Row by row, so that it costs the product of the lengths.
 */
function pairUp<A, B>(
  as: readonly A[],
  bs: readonly B[],
  repeatsA: (a: A) => boolean,
  repeatsB: (b: B) => boolean,
  agree: (a: A, b: B) => boolean,
): boolean {
  /** Whether the rest of `as` from this row on goes with the rest of `bs` from each place on. */
  let below: boolean[] = [];
  for (let i = as.length; i >= 0; i -= 1) {
    const a = as[i];
    const row: boolean[] = [];
    for (let j = bs.length; j >= 0; j -= 1) {
      const b = bs[j];
      if (a === undefined && b === undefined) {
        row[j] = true;
        continue;
      }
      const skipsA = a !== undefined && repeatsA(a) && below[j] === true;
      const skipsB = b !== undefined && repeatsB(b) && row[j + 1] === true;
      const both = a !== undefined && b !== undefined && agree(a, b);
      const goesOn =
        both &&
        (below[j + 1] === true ||
          (repeatsA(a) && row[j + 1] === true) ||
          (repeatsB(b) && below[j] === true));
      row[j] = skipsA || skipsB || goesOn;
    }
    below = row;
  }
  return below[0] === true;
}

function holds(token: Extract<Token, { kind: 'one' }>, unit: number): boolean {
  return token.ranges.some(([from, to]) => unit >= from && unit <= to) !== token.not;
}

/** Sets made of ranges share something only if they share an end of a range, or what lies beside one. */
function shareUnit(
  a: Extract<Token, { kind: 'one' }>,
  b: Extract<Token, { kind: 'one' }>,
): boolean {
  const ends = [...a.ranges, ...b.ranges].flat().flatMap((end) => [end - 1, end, end + 1]);
  return [0, ...ends].some(
    (unit) => unit >= 0 && unit <= 0xffff && holds(a, unit) && holds(b, unit),
  );
}
