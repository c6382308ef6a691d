import { diff3MergeRegions } from 'node-diff3';

export type MergedLines =
  | { readonly kind: 'merged'; readonly lines: readonly string[] }
  /** Both changed the same lines, or it cannot be told which lines are the same. */
  | { readonly kind: 'conflict' }
  /** The texts repeat themselves so much that comparing them would take seconds. */
  | { readonly kind: 'too-long' };

/** Steps of comparing, about a third of a second. The package's way takes the square of what differs. */
const MOST_STEPS = 200_000_000;

/** Lines that surely are the same in all three, between a change that both made and another. */
const ANCHORS_APART = 3;

/**
 * Three-way merge of lines; a line holds its own end. It is stricter than Git: where lines that are alike can be paired
 * in two ways, and the ways come to different texts, it is a conflict.
 */
export function mergeLines(
  was: readonly string[],
  ours: readonly string[],
  theirs: readonly string[],
): MergedLines {
  const names = new Map<string, number>();
  const numbers = (lines: readonly string[]) => lines.map((line) => numberOf(names, line));
  const texts = { o: numbers(was), a: numbers(ours), b: numbers(theirs) };
  const merged: number[] = [];
  let steps = 0;
  /** Anchors since a change that both made, and since one that only one of them made. */
  let [sinceShared, sinceOther] = [Infinity, Infinity];
  for (const piece of piecesOf(texts)) {
    const { o, a, b } = piece;
    const settled = settledPiece(piece);
    if (settled !== undefined && areSame(o, a) && areSame(o, b)) {
      append(merged, settled);
      sinceShared += o.length;
      sinceOther += o.length;
      continue;
    }
    const isShared = areSame(a, b);
    // Of a change that both made beside one that only one made it cannot be told where the one ends.
    if ((isShared ? sinceOther : sinceShared) < ANCHORS_APART) {
      return { kind: 'conflict' };
    }
    [sinceShared, sinceOther] = isShared ? [0, sinceOther] : [sinceShared, 0];
    if (settled !== undefined) {
      append(merged, settled);
      continue;
    }
    steps += 2 * stepsOf(piece);
    if (steps > MOST_STEPS) {
      return { kind: 'too-long' };
    }
    const down = mergedPiece(piece);
    const up = mergedPiece({
      o: o.toReversed(),
      a: a.toReversed(),
      b: b.toReversed(),
    })?.toReversed();
    if (down === undefined || up === undefined || !areSame(down, up)) {
      return { kind: 'conflict' };
    }
    append(merged, down);
  }
  const lines = [...names.keys()];
  return { kind: 'merged', lines: merged.map((number) => lines[number] ?? '') };
}

/** What was (`o`), ours (`a`) and theirs (`b`): each line by its number. */
interface Texts {
  readonly o: readonly number[];
  readonly a: readonly number[];
  readonly b: readonly number[];
}

function numberOf(names: Map<string, number>, line: string): number {
  const known = names.get(line);
  if (known !== undefined) {
    return known;
  }
  names.set(line, names.size);
  return names.size - 1;
}

/**
 * The texts cut at lines that surely are the same in all three: those at both ends, and those between that each text has
 * once and that nothing has moved past. What lies between two of them is small, and is merged by itself.
 */
function* piecesOf({ o, a, b }: Texts): Generator<Texts> {
  const shortest = Math.min(o.length, a.length, b.length);
  let start = 0;
  while (start < shortest && o[start] === a[start] && o[start] === b[start]) {
    start += 1;
  }
  let end = 0;
  while (
    end < shortest - start &&
    o[o.length - 1 - end] === a[a.length - 1 - end] &&
    o[o.length - 1 - end] === b[b.length - 1 - end]
  ) {
    end += 1;
  }
  const piece = (from: Anchor, to: Anchor): Texts => ({
    o: o.slice(from.inO, to.inO),
    a: a.slice(from.inA, to.inA),
    b: b.slice(from.inB, to.inB),
  });
  const past = ({ inO, inA, inB }: Anchor): Anchor => ({
    inO: inO + 1,
    inA: inA + 1,
    inB: inB + 1,
  });
  const head: Anchor = { inO: start, inA: start, inB: start };
  const tail: Anchor = { inO: o.length - end, inA: a.length - end, inB: b.length - end };
  yield piece({ inO: 0, inA: 0, inB: 0 }, head);
  // Anchors that follow each other are one piece: most of a long text is.
  let [from, to] = [head, head];
  for (const anchor of anchorsOf({ o, a, b })) {
    if (anchor.inO < head.inO || anchor.inO >= tail.inO) {
      continue;
    }
    if (anchor.inO !== to.inO || anchor.inA !== to.inA || anchor.inB !== to.inB) {
      yield piece(from, to);
      yield piece(to, anchor);
      from = anchor;
    }
    to = past(anchor);
  }
  yield piece(from, to);
  yield piece(to, tail);
  yield piece(tail, { inO: o.length, inA: a.length, inB: b.length });
}

/** Where a line is in each text. */
interface Anchor {
  readonly inO: number;
  readonly inA: number;
  readonly inB: number;
}

function anchorsOf({ o, a, b }: Texts): readonly Anchor[] {
  const singles = placesOfSingles(o);
  const unmovedInA = unmoved(singles, placesOfSingles(a));
  const unmovedInB = unmoved(singles, placesOfSingles(b));
  return [...singles].flatMap(([line, inO]) => {
    const inA = unmovedInA.get(line);
    const inB = unmovedInB.get(line);
    return inA === undefined || inB === undefined ? [] : [{ inO, inA, inB }];
  });
}

/** Lines that are there once, in their order, and where. */
function placesOfSingles(lines: readonly number[]): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  const repeated = new Set<number>();
  for (const [at, line] of lines.entries()) {
    if (places.has(line)) {
      repeated.add(line);
    } else {
      places.set(line, at);
    }
  }
  for (const line of repeated) {
    places.delete(line);
  }
  return places;
}

/**
 * Those of the lines of one text that another has too, on the same side of every other one, and where it has them. Of a
 * line and what it was moved past nobody can tell which of them stayed.
 */
function unmoved(
  from: ReadonlyMap<number, number>,
  to: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  const shared = [...from.keys()].flatMap((line) => {
    const at = to.get(line);
    return at === undefined ? [] : [{ line, at }];
  });
  const lowestAfter: number[] = [];
  let lowest = Infinity;
  for (const { at } of shared.toReversed()) {
    lowestAfter.push(lowest);
    lowest = Math.min(lowest, at);
  }
  lowestAfter.reverse();
  let highest = -1;
  const stayed = new Map<number, number>();
  for (const [index, { line, at }] of shared.entries()) {
    if (highest < at && at < (lowestAfter[index] ?? Infinity)) {
      stayed.set(line, at);
    }
    highest = Math.max(highest, at);
  }
  return stayed;
}

/** A piece that at most one side changed, or both in the same way. */
function settledPiece({ o, a, b }: Texts): readonly number[] | undefined {
  if (areSame(a, b) || areSame(o, b)) {
    return a;
  }
  return areSame(o, a) ? b : undefined;
}

/** Steps that comparing takes at most, one way. */
function stepsOf({ o, a, b }: Texts): number {
  const inO = new Map<number, number>();
  for (const line of o) {
    inO.set(line, (inO.get(line) ?? 0) + 1);
  }
  let steps = 0;
  for (const side of [a, b]) {
    const pairs = side.reduce((sum, line) => sum + (inO.get(line) ?? 0), o.length);
    steps += pairs * Math.min(o.length, side.length);
  }
  return steps;
}

function mergedPiece({ o, a, b }: Texts): readonly number[] | undefined {
  const merged: number[] = [];
  for (const region of diff3MergeRegions([...a], [...o], [...b])) {
    if (!region.stable) {
      // Also where both did the same: beside another change it cannot be told whether it is one change or two.
      return undefined;
    }
    append(merged, region.bufferContent);
  }
  return merged;
}

/** Not with a spread, which takes only so many. */
function append(to: number[], lines: readonly number[]): void {
  for (const line of lines) {
    to.push(line);
  }
}

function areSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((line, at) => line === other[at]);
}
