import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Digest } from '../base/digest.ts';
import { Slices } from '../base/slices.ts';
import type { FileKind, KnownFile } from './fileDigest.ts';

// What was remembered of a folder's files, as a file: a line with the version and the digest of all that follows, a
// line with the number of entries and the folder, and a line for each entry. It is believed whole or not at all.

export interface IndexEntry extends KnownFile {
  readonly identity: string;
  /** Days since 1970: the last on which a run saw it. */
  readonly seen: number;
}

const VERSION = 'sluice-digests-1';
const LETTERS = { file: 'f', exec: 'x', link: 'l' } as const;
const KINDS: Readonly<Record<string, FileKind>> = { f: 'file', x: 'exec', l: 'link' };
/** Bytes that are digested, or entries that are written, before it is asked whether others wait. */
const PIECE = 64 * 1024;
const ENTRIES_AT_ONCE = 500;
const NEWLINE = 0x0a;
/** Where the space after an entry's kind and digest stands. */
const BEFORE_SEEN = 65;

/** Milliseconds in one go: tasks are looked up meanwhile. */
const SLICE_MS = 1;

type SliceClock = Pick<Clock, 'monotonic'>;

/** Nothing stops it: others may wait for the same. */
const UNSTOPPED = new AbortController().signal;

/**
 * The entries by path. None when there is no such file, or it is of another version or folder, or damaged.
 * @param wanted which are of interest; left out: all
 */
export async function readIndex(
  file: string,
  source: string,
  clock: SliceClock,
  wanted: (path: string, identity: string) => boolean = () => true,
): Promise<Map<string, IndexEntry>> {
  const bytes = await fs.readFile(file).catch(() => undefined);
  if (bytes === undefined || !(await isWhole(bytes, clock))) {
    return new Map();
  }
  const entries = new Map<string, IndexEntry>();
  const slices = new Slices(clock, UNSTOPPED, SLICE_MS);
  let at = bytes.indexOf(NEWLINE) + 1;
  const begin = bytes.indexOf(NEWLINE, at);
  const head = bytes.toString('utf8', at, begin);
  if (head.slice(head.indexOf(' ') + 1) !== JSON.stringify(source)) {
    return entries;
  }
  for (at = begin + 1; at < bytes.length;) {
    const end = bytes.lastIndexOf(NEWLINE, at + PIECE);
    // A line that is longer than a piece.
    const stop = end < at ? bytes.indexOf(NEWLINE, at) : end;
    for (const line of bytes.toString('utf8', at, stop).split('\n')) {
      const second = line.indexOf(' ', BEFORE_SEEN + 1);
      const third = line.indexOf(' ', second + 1);
      const path = line.slice(third + 1);
      const identity = line.slice(second + 1, third);
      if (wanted(path, identity)) {
        const digest = line.slice(1, BEFORE_SEEN) as Digest;
        const kind = KINDS[line.charAt(0)] ?? 'file';
        const seen = Number(line.slice(BEFORE_SEEN + 1, second));
        entries.set(path, { digest, kind, identity, seen });
      }
    }
    at = stop + 1;
    if (slices.isOver) {
      await slices.next();
    }
  }
  return entries;
}

/** The bytes of such a file. */
export async function formatIndex(
  entries: ReadonlyMap<string, IndexEntry>,
  source: string,
  clock: SliceClock,
): Promise<Buffer> {
  const slices = new Slices(clock, UNSTOPPED, SLICE_MS);
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  let lines = [`${entries.size} ${JSON.stringify(source)}\n`];
  const end = () => {
    const piece = Buffer.from(lines.join(''), 'utf8');
    hash.update(piece);
    pieces.push(piece);
    lines = [];
  };
  for (const [path, { digest, kind, identity, seen }] of entries) {
    lines.push(`${LETTERS[kind]}${digest} ${seen} ${identity} ${path}\n`);
    if (lines.length >= ENTRIES_AT_ONCE) {
      end();
      if (slices.isOver) {
        await slices.next();
      }
    }
  }
  end();
  return Buffer.concat([Buffer.from(`${VERSION} ${hash.digest('hex')}\n`), ...pieces]);
}

/** How many entries the file says it has; 0 when it is no such file. Only its beginning is read. */
export async function countEntries(file: string): Promise<number> {
  const handle = await fs.open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(128), 0, 128, 0);
    const match = /^sluice-digests-1 [0-9a-f]{64}\n(\d+) /.exec(
      buffer.toString('latin1', 0, bytesRead),
    );
    return Number(match?.[1] ?? 0);
  } finally {
    await handle.close();
  }
}

async function isWhole(bytes: Buffer, clock: SliceClock): Promise<boolean> {
  const end = bytes.indexOf(NEWLINE);
  const [version, digest, ...rest] = bytes.toString('latin1', 0, Math.max(0, end)).split(' ');
  if (version !== VERSION || rest.length > 0 || bytes.at(-1) !== NEWLINE) {
    return false;
  }
  const hash = createHash('sha256');
  const slices = new Slices(clock, UNSTOPPED, SLICE_MS);
  for (let at = end + 1; at < bytes.length; at += PIECE) {
    hash.update(bytes.subarray(at, at + PIECE));
    if (slices.isOver) {
      await slices.next();
    }
  }
  return hash.digest('hex') === digest;
}
