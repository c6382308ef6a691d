// What in a page of output leads somewhere. Found in its text alone; whether it is there is looked up by who asks.

export type LinkTo =
  | { readonly kind: 'run' }
  /** What the task changed, which is on the branch that is named. */
  | { readonly kind: 'branch' }
  | { readonly kind: 'artifact'; readonly path: string }
  /** Of a file: as it is written. Line and column count from 1. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly line: number | undefined;
      readonly column: number | undefined;
    };

/** In one line, in UTF-16 units from 0. */
export interface FoundLink {
  readonly start: number;
  readonly end: number;
  readonly to: LinkTo;
}

const HEAD: readonly (readonly [RegExp, (found: string) => LinkTo])[] = [
  [/^Run: (\S+)/, () => ({ kind: 'run' })],
  [/^Branch: (\S+)/, () => ({ kind: 'branch' })],
  [/^Artifact: (.+) \([\d.]+ [KMG]?B\)$/, (path) => ({ kind: 'artifact', path })],
  [/^Agent: .+ \((.+)\)$/, (path) => ({ kind: 'file', path, line: undefined, column: undefined })],
];

/** @param line one of the head's, as `taskPage` writes them */
export function headLink(line: string): FoundLink | undefined {
  for (const [pattern, to] of HEAD) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) {
      const start = line.indexOf(found, line.indexOf(':'));
      return { start, end: start + found.length, to: to(found) };
    }
  }
  return undefined;
}

/** A file's name has an ending; before it stands nothing that a path could go on with, so each run is read once. */
const FILE =
  /(?<![\w@.+\-/\\:])(?:[A-Za-z]:(?=[\\/]))?[\w@.+\-/\\]*[\w@+-]\.[A-Za-z]\w{0,9}(?![\w/\\])(?::(\d{1,7})(?::(\d{1,7}))?|\((\d{1,7})(?:, ?(\d{1,7}))?\)|", line (\d{1,7}))?/g;
/** Of a longer line only the beginning is looked at. */
const LONGEST = 2000;

/** `src/a.ts:3:4`, `src\a.cs(3,4)`, `File "a.py", line 3`, `README.md`; of a web address nothing. */
export function fileLinks(line: string): FoundLink[] {
  const links: FoundLink[] = [];
  for (const match of line.slice(0, LONGEST).matchAll(FILE)) {
    const [whole, colonLine, colonColumn, bracketLine, bracketColumn, wordLine] = match;
    const path = whole.replace(/(?::\d+){1,2}$|\(\d+(?:, ?\d+)?\)$|", line \d+$/, '');
    links.push({
      start: match.index,
      end: match.index + whole.length,
      to: {
        kind: 'file',
        path,
        line: numberOf(colonLine ?? bracketLine ?? wordLine),
        column: numberOf(colonColumn ?? bracketColumn),
      },
    });
  }
  return links;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/**
 * The path below the folder that is meant, with `/`; `undefined`: it is nowhere below. A task works in a copy of the
 * folder, `…/<run>/<task>.<attempt>/`, and prints paths of that.
 * @param folder absolute
 */
export function pathInFolder(path: string, folder: string, run: string): string | undefined {
  const written = path.replaceAll('\\', '/');
  const copy = new RegExp(`/${run.replaceAll('.', '\\.')}/[^/]+\\.\\d+/(.+)$`).exec(written);
  const root = `${folder.replaceAll('\\', '/').replace(/\/$/, '')}/`;
  const below = copy?.[1] ?? (written.startsWith(root) ? written.slice(root.length) : written);
  if (/^(?:\/|[A-Za-z]:)/.test(below)) {
    return undefined;
  }
  const parts = below.split('/').filter((part) => part !== '.' && part !== '');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}
