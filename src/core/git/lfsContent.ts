import { constants } from 'node:fs';
import { chmod, copyFile, lstat, readFile, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { hasCode } from '../base/disk.ts';

/** What Git LFS puts into a commit in the place of a large file. */
export interface LfsPointer {
  /** SHA-256, 64 hexadecimal digits. */
  readonly oid: string;
  /** Bytes. */
  readonly size: number;
}

/** So large is no pointer, by the format's own rule. */
const MOST_POINTER_BYTES = 1024;
/** Files copied at once. */
const AT_ONCE = 8;

/**
 * Puts the content in the place of pointers, for what is in the store of this machine; the rest stay pointers. Done here
 * and not by the filter of Git LFS, which fetches what is missing or, told not to, gives no content at all.
 * @param folder absolute @param files names below it, as bytes; those that hold no pointer are left alone
 * @param store absolute: the folder with `objects/`
 * @throws what the disk throws, or the signal's reason
 */
export async function fillFromLfsStore(
  folder: string,
  files: readonly Buffer[],
  store: string,
  signal: AbortSignal,
): Promise<void> {
  const root = Buffer.from(`${folder}${path.sep}`);
  const open = files.values();
  const fillOn = async () => {
    for (const file of open) {
      signal.throwIfAborted();
      await fill(Buffer.concat([root, file]), store);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fillOn));
}

/** `undefined` for what is no pointer, or one whose content further programs would have to change. */
export function lfsPointer(text: string): LfsPointer | undefined {
  const [version = '', ...lines] = text.split('\n');
  if (!VERSIONS.has(version) || lines.some((line) => line.startsWith('ext-'))) {
    return undefined;
  }
  const oid = valueOf(lines, /^oid sha256:([0-9a-f]{64})$/);
  const size = valueOf(lines, /^size ([0-9]{1,15})$/);
  return oid === undefined || size === undefined ? undefined : { oid, size: Number(size) };
}

const VERSIONS: ReadonlySet<string> = new Set([
  'version https://git-lfs.github.com/spec/v1',
  // Written by the first releases, and still read.
  'version https://hawser.github.com/spec/v1',
]);

function valueOf(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line)?.[1]).find((value) => value !== undefined);
}

async function fill(file: Buffer, store: string): Promise<void> {
  const status = await lstat(file);
  if (!status.isFile() || status.size > MOST_POINTER_BYTES) {
    return;
  }
  const pointer = lfsPointer(await readFile(file, 'utf8'));
  if (pointer === undefined) {
    return;
  }
  const { oid, size } = pointer;
  const kept = path.join(store, 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);
  try {
    // A download that was cut off would be shorter.
    if ((await stat(kept)).size !== size) {
      return;
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) {
      return;
    }
    throw error;
  }
  await copyFile(kept, file, constants.COPYFILE_FICLONE);
  // The copy has the mode of what is kept, which nobody may write or execute.
  await chmod(file, status.mode & 0o777);
}
