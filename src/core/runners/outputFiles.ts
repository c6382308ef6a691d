import { open, type FileHandle } from 'node:fs/promises';
import { plainText } from '../base/text.ts';

/** Most lines and bytes of a log that a failure carries. */
const TAIL_LINES = 20;
const TAIL_BYTES = 4096;

/** Bytes appended in the order of the calls, up to a limit; what is beyond it is dropped. */
class CappedFile {
  readonly #handle: FileHandle;
  readonly #capBytes: number;
  #acceptedBytes = 0;
  #written: Promise<void> = Promise.resolve();
  overflowed = false;

  constructor(handle: FileHandle, capBytes: number) {
    this.#handle = handle;
    this.#capBytes = capBytes;
  }

  append(bytes: Uint8Array): Promise<void> {
    const kept = bytes.subarray(0, this.#capBytes - this.#acceptedBytes);
    this.#acceptedBytes += kept.length;
    this.overflowed ||= kept.length < bytes.length;
    if (kept.length > 0) {
      this.#written = this.#written.then(() => this.#handle.appendFile(kept));
    }
    return this.#written;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/**
 * The two files an attempt prints into. Owns their handles until `close`.
 *
 * O1. The output file holds standard output byte for byte; the log holds both streams in the order
 *     they were read.
 * O2. Neither grows beyond the cap; once one would have, `overflowed` is true for good.
 */
export class OutputFiles {
  readonly capBytes: number;
  readonly #output: CappedFile;
  readonly #log: CappedFile;

  private constructor(output: FileHandle, log: FileHandle, capBytes: number) {
    this.capBytes = capBytes;
    this.#output = new CappedFile(output, capBytes);
    this.#log = new CappedFile(log, capBytes);
  }

  /** Makes both files, empty. Rejects with the system's error. */
  static async open(outputFile: string, logFile: string, capBytes: number): Promise<OutputFiles> {
    const output = await open(outputFile, 'w');
    try {
      return new OutputFiles(output, await open(logFile, 'w'), capBytes);
    } catch (error) {
      await output.close();
      throw error;
    }
  }

  get overflowed(): boolean {
    return this.#output.overflowed || this.#log.overflowed;
  }

  /** Resolves when the files have it; rejects with the system's error, such as ENOSPC. */
  async write(chunk: Uint8Array, isOutput: boolean): Promise<void> {
    await Promise.all([this.#log.append(chunk), isOutput && this.#output.append(chunk)]);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#output.close(), this.#log.close()]);
  }
}

/** The last lines of a log as plain text, at most 20 and at most 4 KB; empty when it cannot be read. */
export async function tailOf(logFile: string): Promise<string> {
  let bytes: Buffer;
  let isWhole: boolean;
  try {
    await using handle = await open(logFile, 'r');
    const { size } = await handle.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    isWhole = start === 0;
    const { bytesRead, buffer } = await handle.read(
      Buffer.alloc(size - start),
      0,
      size - start,
      start,
    );
    bytes = buffer.subarray(0, bytesRead);
  } catch {
    return '';
  }
  const lines = plainText(bytes.toString('utf8')).trimEnd().split('\n');
  // The first line of a part is rarely whole, and may begin inside a character.
  const whole = isWhole || lines.length === 1 ? lines : lines.slice(1);
  return whole.slice(-TAIL_LINES).join('\n');
}
