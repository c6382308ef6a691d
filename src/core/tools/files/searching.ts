/** What is searched for, and where. */
export interface SearchRequest {
  readonly pattern: string;
  readonly isLiteral: boolean;
  readonly case: 'sensitive' | 'ignore' | 'smart';
  /** As `fileFilter` takes it. */
  readonly glob: string | undefined;
  /** Lines before and after a match. */
  readonly context: number;
  /** Absolute, resolved: a folder, or the folder of `file`. */
  readonly folder: string;
  /** A name in `folder`, where one file is searched. */
  readonly file: string | undefined;
  /** In a folder of dependencies: those inside it are searched as well. */
  readonly isDependency: boolean;
  /** Matching lines after which the search ends. */
  readonly most: number;
  readonly timeoutMs: number;
}

export interface FoundLine {
  /** From 1. */
  readonly number: number;
  /** Without its end; shortened when it is long. */
  readonly text: string;
  readonly isMatch: boolean;
}

export interface Found {
  /** In order of their paths, relative to the folder with `/`. */
  readonly files: readonly { readonly path: string; readonly lines: readonly FoundLine[] }[];
  /** Matching lines. */
  readonly matches: number;
  /** Why it ended before everything was searched. */
  readonly stopped: 'enough' | 'time' | undefined;
}

/** Bytes: larger files are passed over. */
export const LARGEST_SEARCHED = 10 * 1024 * 1024;
/** UTF-16 units of a line that are shown, about the first match in it. */
const SHOWN_LINE = 300;

/** @param at where the first match begins */
export function shownLine(line: string, at: number): string {
  const text = line.replace(/[\r\n]+$/, '');
  if (text.length <= SHOWN_LINE) {
    return text;
  }
  const begin = Math.max(0, Math.min(at - SHOWN_LINE / 3, text.length - SHOWN_LINE));
  // Half a character at an end of the part becomes the sign for one that cannot be shown.
  const part = text.slice(begin, begin + SHOWN_LINE).replace(/\p{Surrogate}/gu, '\ufffd');
  return `${begin === 0 ? '' : '… '}${part}${begin + SHOWN_LINE >= text.length ? '' : ' …'}`;
}
