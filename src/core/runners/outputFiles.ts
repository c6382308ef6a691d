import { open, type FileHandle } from 'node:fs/promises';
import { plainText } from '../base/text.ts';

/** Most lines and bytes of a log that a failure carries. */
const TAIL_LINES = 20;
const TAIL_BYTES = 4096;

/** Where what a command prints is kept. */
export interface OutputSink {
  readonly capBytes: number;
  /** More was written than is kept. */
  readonly overflowed: boolean;
  /** Resolves when it is kept; rejects with the system's error, such as ENOSPC. */
  write(chunk: Uint8Array, isOutput: boolean): Promise<void>;
}

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
export class OutputFiles implements OutputSink {
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

  async write(chunk: Uint8Array, isOutput: boolean): Promise<void> {
    await Promise.all([this.#log.append(chunk), isOutput && this.#output.append(chunk)]);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#output.close(), this.#log.close()]);
  }
}

/** A log that others have printed into before. Owns its handle until `close`. */
export class ContinuedLog implements OutputSink {
  readonly capBytes: number;
  /** Where what is written from now on begins, in bytes. */
  readonly begin: number;
  readonly #handle: FileHandle;
  readonly #file: CappedFile;

  private constructor(handle: FileHandle, begin: number, capBytes: number) {
    this.capBytes = capBytes;
    this.begin = begin;
    this.#handle = handle;
    this.#file = new CappedFile(handle, capBytes);
  }

  /** Made when missing; the heading gets a line of its own. Rejects with the system's error. */
  static async open(logFile: string, heading: string, capBytes: number): Promise<ContinuedLog> {
    const handle = await open(logFile, 'a+');
    try {
      return new ContinuedLog(handle, await appendLine(handle, heading), capBytes);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get overflowed(): boolean {
    return this.#file.overflowed;
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#file.append(chunk);
  }

  /** Adds a line that does not count against the cap. Rejects with the system's error. */
  async conclude(line: string): Promise<void> {
    await appendLine(this.#handle, line);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#file.close()]);
  }
}

/** Resolves with the size of the file afterwards. */
async function appendLine(handle: FileHandle, line: string): Promise<number> {
  const { size } = await handle.stat();
  const last = Buffer.alloc(1);
  if (size > 0) {
    await handle.read(last, 0, 1, size - 1);
  }
  const bytes = Buffer.from(size > 0 && last.toString() !== '\n' ? `\n${line}\n` : `${line}\n`);
  await handle.appendFile(bytes);
  return size + bytes.length;
}

/**
 * The last lines of a log as plain text, at most 20 and at most 4 KB; empty when it cannot be read.
 * @param from bytes of the log that are passed over
 */
export async function tailOf(logFile: string, from = 0): Promise<string> {
  let bytes: Buffer;
  let isWhole: boolean;
  try {
    await using handle = await open(logFile, 'r');
    const { size } = await handle.stat();
    const start = Math.max(from, size - TAIL_BYTES);
    isWhole = start === from;
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
