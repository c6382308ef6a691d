import fs from 'node:fs';
import path from 'node:path';

/** Tells what a file was from what stands in its place later, without its text. Times in milliseconds since 1970. */
export interface FileIdentity {
  /** Bytes. */
  readonly size: number;
  readonly modified: number;
  /** Set by the system alone: a program can give an old time of modification to a new text, but not this one. */
  readonly changed: number;
  readonly inode: number;
}

export function identityOf({ size, mtimeMs, ctimeMs, ino }: fs.Stats): FileIdentity {
  return { size, modified: mtimeMs, changed: ctimeMs, inode: ino };
}

/**
 * Of the file a path leads to now; `undefined`: there is none, or it cannot be asked for.
 * @param folder absolute
 * @param file relative to the folder, or absolute
 */
export function identityNow(folder: string, file: string): FileIdentity | undefined {
  try {
    const stats = fs.statSync(pathOf(folder, file), { throwIfNoEntry: false });
    return stats?.isFile() === true ? identityOf(stats) : undefined;
  } catch {
    // Why it cannot be asked for is told when it is read.
    return undefined;
  }
}

/** What `path.resolve` gives for tidy paths, in a tenth of the time: this is asked of every file, each time. */
export function pathOf(folder: string, file: string): string {
  return path.isAbsolute(file) ? file : `${folder}${path.sep}${file}`;
}

export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
  return (
    a.size === b.size && a.modified === b.modified && a.changed === b.changed && a.inode === b.inode
  );
}

/** Systems count time in steps of up to 16 ms. */
const STEP_MS = 20;
/** Some file systems know whole seconds only, FAT every other one. */
const COARSE_STEP_MS = 2050;

/**
 * Whether a file's identity is sure to change with its text from now on: one that changes in the same
 * step of its file system's time, before and after it was read, looks the same both times.
 * @param readAt a time before its text was read, milliseconds since 1970
 */
export function isSettled({ modified, changed }: FileIdentity, readAt: number): boolean {
  const last = Math.max(modified, changed);
  return last < readAt - (last % 1000 === 0 ? COARSE_STEP_MS : STEP_MS);
}
