import fs from 'node:fs';
import { err, type Result } from '../../base/result.ts';
import { FILE_START, type Diagnostic } from '../../domain/diagnostic.ts';
import { identityOf, pathOf, type FileIdentity } from './fileIdentity.ts';
import type { FileParser, ReadFiles } from './fileParser.ts';
import { diagnosticAt, type Problem } from '../source/problem.ts';
import * as problems from '../problems.ts';
import { decodeSource, MAX_FILE_BYTES, type SourceText } from '../source/sourceText.ts';

/** The text of a file, or why there is none, and which file it was. */
export interface SourceRead {
  readonly source: Result<SourceText, Diagnostic>;
  /** Of the file before its text was read; `undefined`: it could not be opened, or is not a plain file. */
  readonly identity: FileIdentity | undefined;
}

/** The text of one definition file; never more of it than the limit. */
export function readSource(folder: string, file: string): Promise<Result<SourceText, Diagnostic>> {
  return Promise.resolve(readSourceFile(folder, file).source);
}

/**
 * Reads and parses files as they are now, remembering nothing.
 * @param folder absolute
 */
export function readFresh(folder: string, signal: AbortSignal): ReadFiles {
  return (files, parser) =>
    Promise.all(files.map((file) => parseFresh(folder, file, parser, signal)));
}

export async function parseFresh<Parsed>(
  folder: string,
  file: string,
  parser: FileParser<Parsed>,
  signal: AbortSignal,
): Promise<Parsed> {
  signal.throwIfAborted();
  const source = await readSource(folder, file);
  return source.ok ? parser.parse(source.value) : parser.refuse(file, source.error);
}

/**
 * Reads one definition file without waiting: of a small file most of the time of a promised reading
 * is spent on the promises. Never more of it than the limit.
 * @param folder absolute
 * @param file relative to the folder with `/`, or absolute
 */
export function readSourceFile(folder: string, file: string): SourceRead {
  let identity: FileIdentity | undefined;
  const refuse = (problem: Problem) => ({
    source: err(diagnosticAt(file, FILE_START, problem)),
    identity,
  });
  let fd: number | undefined;
  try {
    // Without O_NONBLOCK opening a named pipe would wait for somebody to write into it.
    const nonBlocking = process.platform === 'win32' ? 0 : fs.constants.O_NONBLOCK;
    fd = fs.openSync(pathOf(folder, file), fs.constants.O_RDONLY | nonBlocking);
    const stats = fs.fstatSync(fd);
    if (!stats.isFile()) {
      return refuse(problems.notAFile());
    }
    identity = identityOf(stats);
    if (stats.size > MAX_FILE_BYTES) {
      return refuse(problems.tooLarge(stats.size, MAX_FILE_BYTES));
    }
    const bytes = readAtMost(fd, MAX_FILE_BYTES + 1, stats.size);
    return { source: decodeSource(file, bytes), identity };
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown) {
      identity = undefined;
      return refuse(problems.unreadable(String(thrown.code)));
    }
    throw thrown;
  } finally {
    if (fd !== undefined) {
      fs.closeSync(fd);
    }
  }
}

/** @param expected bytes; more are read when the file has grown since */
function readAtMost(fd: number, limit: number, expected: number): Uint8Array {
  let bytes = Buffer.allocUnsafe(Math.min(limit, expected + 1));
  let filled = 0;
  for (;;) {
    const read = fs.readSync(fd, bytes, filled, bytes.length - filled, filled);
    filled += read;
    if (read === 0 || filled === limit) {
      return bytes.subarray(0, filled);
    }
    if (filled === bytes.length) {
      bytes = Buffer.concat([bytes], Math.min(limit, bytes.length * 2));
    }
  }
}
