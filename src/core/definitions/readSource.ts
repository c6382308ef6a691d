import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { err, type Result } from '../base/result.ts';
import { FILE_START, type Diagnostic } from '../domain/diagnostic.ts';
import { diagnosticAt, type Problem } from './problem.ts';
import * as problems from './problems.ts';
import { decodeSource, MAX_FILE_BYTES, type SourceText } from './sourceText.ts';

/**
 * Reads one definition file; never more of it than the limit.
 * @param folder absolute
 * @param file relative to the folder with `/`, or absolute
 */
export async function readSource(
  folder: string,
  file: string,
): Promise<Result<SourceText, Diagnostic>> {
  const refuse = (problem: Problem) => err(diagnosticAt(file, FILE_START, problem));
  let handle: fs.FileHandle | undefined;
  try {
    // Without O_NONBLOCK opening a named pipe would wait for somebody to write into it.
    const nonBlocking = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;
    handle = await fs.open(path.resolve(folder, file), constants.O_RDONLY | nonBlocking);
    const stats = await handle.stat();
    if (!stats.isFile()) {
      return refuse(problems.notAFile());
    }
    if (stats.size > MAX_FILE_BYTES) {
      return refuse(problems.tooLarge(stats.size, MAX_FILE_BYTES));
    }
    return decodeSource(file, await readAtMost(handle, MAX_FILE_BYTES + 1, stats.size));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown) {
      return refuse(problems.unreadable(String(thrown.code)));
    }
    throw thrown;
  } finally {
    await handle?.close();
  }
}

/** @param expected bytes; more are read when the file has grown since */
async function readAtMost(
  handle: fs.FileHandle,
  limit: number,
  expected: number,
): Promise<Uint8Array> {
  let bytes = Buffer.alloc(Math.min(limit, expected + 1));
  let filled = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === limit) {
      return bytes.subarray(0, filled);
    }
    if (filled === bytes.length) {
      bytes = Buffer.concat([bytes], Math.min(limit, bytes.length * 2));
    }
  }
}
