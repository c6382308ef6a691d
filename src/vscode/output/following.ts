/**
 * Whether a document that grows is kept at its end, like `tail -f`. `scrolled`: the person reads further up, and back at
 * the end it follows again. `off`: they said so, and only they change it.
 */
export type Following = 'following' | 'scrolled' | 'off';

/** What an editor shows of its document; lines count from 0. */
export interface View {
  readonly first: number;
  readonly last: number;
  /** Of the document. */
  readonly end: number;
}

/** The last line is empty, and nobody misses it. */
export function isAtEnd({ last, end }: View): boolean {
  return last >= end - 1;
}

/** Lines by which VS Code moves an editor back and forth while it reveals one. */
const JITTER = 2;

/**
 * How it is after the editor has scrolled. Text that grows leaves the end out of sight too, but only a person moves up.
 * @param before the lowest first line since the end was seen; `undefined`: not known, or the lines above it are others
 */
export function afterScroll(
  now: Following,
  before: number | undefined,
  { first, last, end }: View,
): Following {
  if (now === 'off') {
    return 'off';
  }
  if (isAtEnd({ first, last, end })) {
    return 'following';
  }
  return before !== undefined && first < before - JITTER ? 'scrolled' : now;
}
