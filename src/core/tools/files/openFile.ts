import { constants } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import { hasCode } from '../../base/disk.ts';
import { err, ok, type Result } from '../../base/result.ts';
import * as problems from '../toolProblems.ts';
import type { ReadablePlace } from './copyPaths.ts';

// Windows lacks some of them. Without NONBLOCK the open of a pipe waits for somebody who writes to it.
const {
  O_RDONLY,
  O_NOFOLLOW = 0,
  O_NONBLOCK = 0,
} = constants as Partial<Pick<typeof constants, 'O_NOFOLLOW' | 'O_NONBLOCK'>> &
  Pick<typeof constants, 'O_RDONLY'>;
/** Opens of a file that is exchanged at the same moment. */
const TRIES = 3;

export interface OpenedFile {
  readonly handle: FileHandle;
  /** Bytes. */
  readonly size: number;
}

/** Opens a regular file of which it is sure that it is the one that was judged. The caller closes the handle. */
export async function openFile({
  path,
  real,
}: Pick<ReadablePlace, 'path' | 'real'>): Promise<Result<OpenedFile, string>> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const opened = await openOnce(path, real);
    if (opened !== 'exchanged') {
      return opened;
    }
  }
  return err(problems.changedMeanwhile(path));
}

async function openOnce(
  path: string,
  real: string,
): Promise<Result<OpenedFile, string> | 'exchanged'> {
  let handle: FileHandle;
  try {
    handle = await fs.open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ENXIO')) {
      return err(problems.isNoFile(path));
    }
    if (hasCode(error, 'ELOOP', 'EMLINK', 'ENOENT', 'ENOTDIR')) {
      return 'exchanged';
    }
    throw error;
  }
  let isTaken = false;
  try {
    const status = await handle.stat();
    if (status.isDirectory()) {
      return err(problems.isFolder(path));
    }
    if (!status.isFile()) {
      return err(problems.isNoFile(path));
    }
    if ((await fileOf(handle, real)) !== real) {
      return 'exchanged';
    }
    isTaken = true;
    return ok({ handle, size: status.size });
  } finally {
    if (!isTaken) {
      await handle.close();
    }
  }
}

/** Where what was opened lies; `undefined` where that cannot be told. */
async function fileOf(handle: FileHandle, real: string): Promise<string | undefined> {
  const link = await fs.readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
  if (link !== undefined) {
    // It may have been replaced meanwhile, as a whole: what was opened is what stood there.
    return link.replace(/ \(deleted\)$/, '');
  }
  try {
    const [there, opened] = [await fs.stat(real), await handle.stat()];
    const isSame = there.ino === opened.ino && there.dev === opened.dev;
    return isSame ? await fs.realpath(real) : undefined;
  } catch {
    return undefined;
  }
}
