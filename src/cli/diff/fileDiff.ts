import { isBinary } from '../../core/base/text.ts';
import type { FileChange } from '../../core/domain/merge.ts';
import { lineChanges, type LineChange } from './lineChanges.ts';

/** One file that a task made, changed or removed, with the bytes of both sides where they are shown. */
export interface ChangedFile {
  readonly change: FileChange;
  /** Lines of both sides; `undefined`: no one can read them as text, or there are too many. */
  readonly text: ChangedText | undefined;
}

export interface ChangedText {
  /** Each with its line feed; one character for each byte, so that any encoding comes out as it went in. */
  readonly was: readonly string[];
  readonly is: readonly string[];
  readonly changes: readonly LineChange[];
}

/** Bytes; of a larger file it is only said that it differs. */
export const LARGEST_SHOWN = 16 * 1024 * 1024;

/** Lines of context around a change, as Git shows them. */
const CONTEXT = 3;

/** @param read the bytes of one version */
export async function changedFile(
  change: FileChange,
  read: (version: NonNullable<FileChange['is']>) => Promise<Uint8Array>,
): Promise<ChangedFile> {
  const { was, is } = change;
  if ([was, is].some((version) => version !== undefined && version.bytes > LARGEST_SHOWN)) {
    return { change, text: undefined };
  }
  if (was?.digest === is?.digest) {
    return { change, text: { was: [], is: [], changes: [] } };
  }
  const nothing = new Uint8Array();
  const bytesWas = was === undefined ? nothing : await read(was);
  const bytesIs = is === undefined ? nothing : await read(is);
  if (isBinary(bytesWas) || isBinary(bytesIs)) {
    return { change, text: undefined };
  }
  const [linesWas, linesIs] = [linesOf(bytesWas), linesOf(bytesIs)];
  const changes = lineChanges(linesWas, linesIs);
  return { change, text: { was: linesWas, is: linesIs, changes } };
}

/** Lines that came and went; `undefined` where they are not shown. */
export function lineCounts({
  text,
}: ChangedFile): { readonly added: number; readonly removed: number } | undefined {
  if (text === undefined) {
    return undefined;
  }
  let [added, removed] = [0, 0];
  for (const { was, is } of text.changes) {
    added += is.to - is.from;
    removed += was.to - was.from;
  }
  return { added, removed };
}

/**
 * The change as `git diff` shows it and `git apply` takes it, a line each without its end; one character for each byte.
 * It has no `index` line: how objects are named is the repository's affair. @param prefix before each path: `src/`
 */
export function unifiedDiff({ change, text }: ChangedFile, prefix = ''): readonly string[] {
  const { path, was, is } = change;
  const [a, b] = [quotedPath(`a/${prefix}${path}`), quotedPath(`b/${prefix}${path}`)];
  const [from, to] = [was === undefined ? '/dev/null' : a, is === undefined ? '/dev/null' : b];
  const head = [`diff --git ${a} ${b}`, ...modeLines(change)];
  if (text === undefined) {
    return was?.digest === is?.digest ? head : [...head, `Binary files ${from} and ${to} differ`];
  }
  if (text.changes.length === 0) {
    return head;
  }
  return [...head, `--- ${marked(from)}`, `+++ ${marked(to)}`, ...hunkLines(text)];
}

function modeLines({ was, is }: FileChange): readonly string[] {
  const mode = (version: { readonly executable: boolean }) =>
    version.executable ? '100755' : '100644';
  if (was === undefined) {
    return is === undefined ? [] : [`new file mode ${mode(is)}`];
  }
  if (is === undefined) {
    return [`deleted file mode ${mode(was)}`];
  }
  return was.executable === is.executable ? [] : [`old mode ${mode(was)}`, `new mode ${mode(is)}`];
}

/** Of a name with a space nobody could else tell where it ends. */
function marked(name: string): string {
  return name.includes(' ') ? `${name}\t` : name;
}

/** As Git writes it: in quotes, bytes beyond ASCII by their numbers, when it holds more than plain characters. */
function quotedPath(path: string): string {
  const bytes = Buffer.from(path, 'utf8');
  const isPlain = bytes.every(
    (byte) => byte >= 0x20 && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH,
  );
  return isPlain ? path : `"${Array.from(bytes, quotedByte).join('')}"`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<number, string>> = {
  ...{ 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' },
  ...{ [QUOTE]: '\\"', [BACKSLASH]: '\\\\' },
};

function quotedByte(byte: number): string {
  const escape = ESCAPES[byte];
  if (escape !== undefined) {
    return escape;
  }
  return byte >= 0x20 && byte < 0x7f
    ? String.fromCharCode(byte)
    : `\\${byte.toString(8).padStart(3, '0')}`;
}

function hunkLines({ was, is, changes }: ChangedText): readonly string[] {
  const lines: string[] = [];
  const add = (mark: string, line: string | undefined) => {
    const text = line ?? '';
    if (text.endsWith('\n')) {
      lines.push(`${mark}${text.slice(0, -1)}`);
    } else {
      lines.push(`${mark}${text}`, '\\ No newline at end of file');
    }
  };
  for (const hunk of hunksOf(changes)) {
    const [first, last] = [hunk[0], hunk.at(-1)];
    if (first === undefined || last === undefined) {
      continue;
    }
    const before = Math.min(CONTEXT, first.was.from);
    const after = Math.min(CONTEXT, was.length - last.was.to);
    const spanWas = { from: first.was.from - before, to: last.was.to + after };
    const spanIs = { from: first.is.from - before, to: last.is.to + after };
    lines.push(`@@ -${spanText(spanWas)} +${spanText(spanIs)} @@`);
    let at = spanWas.from;
    for (const change of hunk) {
      for (; at < change.was.from; at += 1) {
        add(' ', was[at]);
      }
      for (; at < change.was.to; at += 1) {
        add('-', was[at]);
      }
      for (let added = change.is.from; added < change.is.to; added += 1) {
        add('+', is[added]);
      }
    }
    for (; at < spanWas.to; at += 1) {
      add(' ', was[at]);
    }
  }
  return lines;
}

/** Changes whose context touches are shown together. */
function hunksOf(changes: readonly LineChange[]): readonly (readonly LineChange[])[] {
  const hunks: LineChange[][] = [];
  let end = -Infinity;
  for (const change of changes) {
    if (change.was.from - end <= 2 * CONTEXT) {
      hunks.at(-1)?.push(change);
    } else {
      hunks.push([change]);
    }
    end = change.was.to;
  }
  return hunks;
}

/** `12,3`; one line is `12`, and none are named by the line before them. */
function spanText({ from, to }: { readonly from: number; readonly to: number }): string {
  const length = to - from;
  const start = length === 0 ? from : from + 1;
  return length === 1 ? `${start}` : `${start},${length}`;
}

function linesOf(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
