import path from 'node:path';
import { read as fsRead } from 'node:fs';
import { promisify } from 'node:util';
import { hasCode, type Disk } from '../base/disk.ts';
import { LINE_FEED } from './record.ts';

/** Bytes after which the writer begins the next segment, so that no file grows without end. */
export const SEGMENT_BYTES = 8 * 1024 * 1024;

/** A few milliseconds of parsing: between two of these other work gets its turn. */
const CHUNK_BYTES = 256 * 1024;

const SEGMENT_NAME = /^(\d{4,9})\.jsonl$/;

/** @param segment from 1 */
export function segmentFile(folder: string, segment: number): string {
  return path.join(folder, `${String(segment).padStart(4, '0')}.jsonl`);
}

/** Numbers of the segments in a run's folder, rising; empty when there is no folder. */
export async function listSegments(disk: Disk, folder: string): Promise<number[]> {
  let names: string[];
  try {
    names = await disk.readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return [];
    }
    throw error;
  }
  return names
    .flatMap((name) => SEGMENT_NAME.exec(name)?.slice(1) ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

const readInto = promisify(fsRead);

/** The file's bytes from `offset` to its end, piece by piece; each piece is only good until the next. */
export async function* readPieces(
  disk: Disk,
  file: string,
  offset = 0,
): AsyncGenerator<Buffer, void, undefined> {
  const fd = await disk.open(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let position = offset; ;) {
      const { bytesRead } = await readInto(fd, buffer, 0, buffer.length, position);
      if (bytesRead === 0) {
        return;
      }
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
    }
  } finally {
    await disk.close(fd);
  }
}

/** Cuts pieces of a file into lines. A line is only good until the next piece. */
export class LineCutter {
  #rest: Buffer[] = [];

  /** Lines whose line feed has come, without it. */
  *cut(piece: Buffer): Generator<Buffer, void, undefined> {
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, start)) {
      const line = piece.subarray(start, end);
      yield this.#rest.length === 0 ? line : Buffer.concat([...this.#rest, line]);
      this.#rest = [];
      start = end + 1;
    }
    if (start < piece.length) {
      this.#rest.push(Buffer.from(piece.subarray(start)));
    }
  }

  /** Bytes behind the last line feed. */
  get rest(): number {
    return this.#rest.reduce((sum, { length }) => sum + length, 0);
  }
}
