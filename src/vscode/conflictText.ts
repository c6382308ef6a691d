import { isBinary } from '../core/base/text.ts';
import type { ConflictChoice, ConflictKind, MergeConflict } from '../core/domain/merge.ts';

/** Why two versions cannot both stand, for a row. */
export const CONFLICT_TEXTS: Readonly<Record<ConflictKind, string>> = {
  content: 'both changed the same lines',
  added: 'both made it, and differently',
  removed: 'one changed it, the other removed it',
  binary: 'both changed it, and it has no lines to merge or is too large',
  folder: 'a file of the one is a folder of the other',
  mode: 'only one makes it executable',
  kind: 'there is a link or a submodule',
};

/** Whether people can write a version of their own: there are lines to write. */
export function takesOwnVersion({ kind, ours, theirs }: MergeConflict): boolean {
  return (
    (kind === 'content' || kind === 'added' || kind === 'removed') &&
    (ours !== undefined || theirs !== undefined)
  );
}

/** `ours`; `undefined`: nothing is chosen yet. */
export function choiceText(choice: ConflictChoice | undefined): string | undefined {
  if (choice === undefined) {
    return undefined;
  }
  return typeof choice === 'string' ? choice : 'your own';
}

/** One of the sides as it is; `undefined`: it has no such file. */
export interface ConflictSide {
  /** What stands behind the mark: `ours: merged before`. */
  readonly name: string;
  readonly bytes: Uint8Array | undefined;
}

/**
 * Both versions in one text, between the marks that Git and VS Code know; lines that both begin or end with stand once.
 * The result has the line ends of the first side. `undefined`: one of them is no text.
 */
export function markedText(ours: ConflictSide, theirs: ConflictSide): string | undefined {
  const sides = [ours.bytes, theirs.bytes];
  if (sides.some((bytes) => bytes !== undefined && isBinary(bytes))) {
    return undefined;
  }
  const [one = [], other = []] = sides.map(linesOf);
  const least = Math.min(one.length, other.length);
  let before = 0;
  while (before < least && one[before] === other[before]) {
    before += 1;
  }
  let after = 0;
  while (after < least - before && one.at(-1 - after) === other.at(-1 - after)) {
    after += 1;
  }
  const end = [...one, ...other].some((line) => line.endsWith('\r\n')) ? '\r\n' : '\n';
  const middle = (lines: readonly string[]) =>
    lines
      .slice(before, lines.length - after)
      // A mark begins a line.
      .map((line) => (line.endsWith('\n') ? line : `${line}${end}`));
  return [
    ...one.slice(0, before),
    `<<<<<<< ${ours.name}${end}`,
    ...middle(one),
    `=======${end}`,
    ...middle(other),
    `>>>>>>> ${theirs.name}${end}`,
    ...one.slice(one.length - after),
  ].join('');
}

/** Whether marks of a conflict are still in it. */
export function hasMarks(text: string): boolean {
  return /^(?:<{7} |={7}\r?$|>{7} )/m.test(text);
}

/** Each with its end. */
function linesOf(bytes: Uint8Array | undefined): readonly string[] {
  const text = bytes === undefined ? '' : new TextDecoder().decode(bytes);
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
