import { diffIndices } from 'node-diff3';

/** Lines of one text that stand in place of lines of another; `from` is the first of them, `to` the one after the last. */
export interface LineChange {
  readonly was: LineSpan;
  readonly is: LineSpan;
}

export interface LineSpan {
  /** From 0. */
  readonly from: number;
  readonly to: number;
}

/** Steps of comparing in one file, about a third of a second. The package's way takes the square of what differs. */
const MOST_STEPS = 100_000_000;

/**
 * What differs between two texts, in order; between two changes there is at least one line that is the same. It is
 * right for any two texts, and small for those that people write: where comparing would take too long, a piece between
 * two lines that both have once counts as changed as a whole.
 */
export function lineChanges(was: readonly string[], is: readonly string[]): readonly LineChange[] {
  const numbers = new Map<string, number>();
  const texts: Texts = { was: numbered(was, numbers), is: numbered(is, numbers) };
  let steps = 0;
  const changes: LineChange[] = [];
  for (const whole of piecesOf(texts)) {
    const piece = trimmed(texts, whole);
    if (isEmpty(piece.was) && isEmpty(piece.is)) {
      continue;
    }
    if (isEmpty(piece.was) || isEmpty(piece.is)) {
      changes.push(piece);
      continue;
    }
    const parts = {
      was: texts.was.slice(piece.was.from, piece.was.to),
      is: texts.is.slice(piece.is.from, piece.is.to),
    };
    const needed = stepsOf(parts);
    if (steps + needed > MOST_STEPS) {
      changes.push(piece);
      continue;
    }
    steps += needed;
    for (const { buffer1, buffer2 } of diffIndices([...parts.was], [...parts.is])) {
      changes.push({
        was: spanAt(piece.was.from + buffer1[0], buffer1[1]),
        is: spanAt(piece.is.from + buffer2[0], buffer2[1]),
      });
    }
  }
  return changes;
}

/** Each line by its number. */
interface Texts {
  readonly was: readonly number[];
  readonly is: readonly number[];
}

function numbered(lines: readonly string[], numbers: Map<string, number>): readonly number[] {
  return lines.map((line) => {
    const known = numbers.get(line);
    if (known === undefined) {
      numbers.set(line, numbers.size);
    }
    return known ?? numbers.size - 1;
  });
}

/** Both texts cut at lines that each has once, as many of them as stand in the same order. */
function* piecesOf(texts: Texts): Generator<LineChange> {
  const inner = trimmed(texts, {
    was: { from: 0, to: texts.was.length },
    is: { from: 0, to: texts.is.length },
  });
  const singlesWas = singlesIn(texts.was, inner.was);
  const singlesIs = singlesIn(texts.is, inner.is);
  const shared = [...singlesWas].flatMap(([line, atWas]) => {
    const atIs = singlesIs.get(line);
    return atIs === undefined ? [] : [{ atWas, atIs }];
  });
  let [fromWas, fromIs] = [inner.was.from, inner.is.from];
  for (const { atWas, atIs } of longestRising(shared)) {
    yield { was: { from: fromWas, to: atWas }, is: { from: fromIs, to: atIs } };
    [fromWas, fromIs] = [atWas + 1, atIs + 1];
  }
  yield { was: { from: fromWas, to: inner.was.to }, is: { from: fromIs, to: inner.is.to } };
}

/** Without the lines that are the same at both ends. */
function trimmed({ was, is }: Texts, piece: LineChange): LineChange {
  let [fromWas, toWas] = [piece.was.from, piece.was.to];
  let [fromIs, toIs] = [piece.is.from, piece.is.to];
  while (fromWas < toWas && fromIs < toIs && was[fromWas] === is[fromIs]) {
    fromWas += 1;
    fromIs += 1;
  }
  while (fromWas < toWas && fromIs < toIs && was[toWas - 1] === is[toIs - 1]) {
    toWas -= 1;
    toIs -= 1;
  }
  return { was: { from: fromWas, to: toWas }, is: { from: fromIs, to: toIs } };
}

/** Lines that are there once, in their order, and where. */
function singlesIn(lines: readonly number[], { from, to }: LineSpan): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? -1;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const places = new Map<number, number>();
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? -1;
    if (counts.get(line) === 1) {
      places.set(line, at);
    }
  }
  return places;
}

interface Anchor {
  readonly atWas: number;
  readonly atIs: number;
}

/** As many as can be of which each stands after the one before in both texts. @param anchors in the order of `was` */
function longestRising(anchors: readonly Anchor[]): readonly Anchor[] {
  /** The index of the lowest end of a row of that length. */
  const ends: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, { atIs }] of anchors.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const end = anchors[ends[middle] ?? -1];
      if (end !== undefined && end.atIs < atIs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    before.push(low === 0 ? undefined : ends[low - 1]);
    ends[low] = index;
  }
  const row: Anchor[] = [];
  for (let at = ends.at(-1); at !== undefined; at = before[at]) {
    const anchor = anchors[at];
    if (anchor !== undefined) {
      row.push(anchor);
    }
  }
  return row.reverse();
}

/** Steps that comparing takes at most. */
function stepsOf({ was, is }: Texts): number {
  const counts = new Map<number, number>();
  for (const line of is) {
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const pairs = was.reduce((sum, line) => sum + (counts.get(line) ?? 0), 0);
  return was.length + is.length + pairs * Math.min(was.length, is.length);
}

function spanAt(from: number, length: number): LineSpan {
  return { from, to: from + length };
}

function isEmpty({ from, to }: LineSpan): boolean {
  return from === to;
}
