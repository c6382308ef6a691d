import { digestOf } from '../../base/digest.ts';
import { isBinary } from '../../base/text.ts';
import type { FileVersion } from '../../domain/event.ts';
import type { ConflictKind } from '../../domain/merge.ts';
import { mergeLines } from './mergeLines.ts';

export type MergedFile =
  /** `bytes` are there where the version is a new one, which no blob store has yet; `undefined` version: no file. */
  | {
      readonly kind: 'clean';
      readonly version: FileVersion | undefined;
      readonly bytes: Uint8Array | undefined;
    }
  | { readonly kind: 'conflict'; readonly conflict: ConflictKind };

/** The bytes of a version. Rejects when they are missing or damaged, and then so does the merge. */
export type ReadVersion = (version: FileVersion) => Promise<Uint8Array>;

/** Bytes; a larger file that both sides changed is not merged. */
export const LARGEST_MERGED = 5 * 1024 * 1024;

/**
 * Three-way merge of one file. Content and executable bit are merged each by itself; what was merged has the line ends
 * and the bytes of the sides, whatever they are encoded in.
 */
export async function mergeFile(
  was: FileVersion | undefined,
  ours: FileVersion | undefined,
  theirs: FileVersion | undefined,
  read: ReadVersion,
): Promise<MergedFile> {
  if (isSameVersion(ours, theirs) || isSameVersion(was, theirs)) {
    return clean(ours);
  }
  if (isSameVersion(was, ours)) {
    return clean(theirs);
  }
  if (ours === undefined || theirs === undefined) {
    return { kind: 'conflict', conflict: 'removed' };
  }
  if (was === undefined) {
    return { kind: 'conflict', conflict: ours.digest === theirs.digest ? 'mode' : 'added' };
  }
  // One of the two changed it, or neither: there are but two values.
  const executable = ours.executable === was.executable ? theirs.executable : ours.executable;
  if (ours.digest === theirs.digest || was.digest === theirs.digest) {
    return clean({ ...ours, executable });
  }
  if (was.digest === ours.digest) {
    return clean({ ...theirs, executable });
  }
  if ([was, ours, theirs].some(({ bytes }) => bytes > LARGEST_MERGED)) {
    return { kind: 'conflict', conflict: 'binary' };
  }
  const texts = await Promise.all([read(was), read(ours), read(theirs)]);
  if (texts.some(isBinary)) {
    return { kind: 'conflict', conflict: 'binary' };
  }
  const [wasLines = [], ourLines = [], theirLines = []] = texts.map(linesOf);
  const merged = mergeLines(wasLines, ourLines, theirLines);
  switch (merged.kind) {
    case 'conflict':
      return { kind: 'conflict', conflict: 'content' };
    case 'too-long':
      return { kind: 'conflict', conflict: 'binary' };
    case 'merged': {
      const bytes = Buffer.from(merged.lines.join(''), 'latin1');
      const version = { digest: digestOf(bytes), bytes: bytes.length, executable };
      return { kind: 'clean', version, bytes };
    }
  }
}

export function isSameVersion(
  one: FileVersion | undefined,
  other: FileVersion | undefined,
): boolean {
  return one?.digest === other?.digest && one?.executable === other?.executable;
}

function clean(version: FileVersion | undefined): MergedFile {
  return { kind: 'clean', version, bytes: undefined };
}

/** Each with its line feed; one character for each byte, so that any encoding comes out as it went in. */
function linesOf(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const lines: string[] = [];
  for (let from = 0; from < text.length;) {
    const feed = text.indexOf('\n', from);
    const end = feed === -1 ? text.length : feed + 1;
    lines.push(text.slice(from, end));
    from = end;
  }
  return lines;
}
