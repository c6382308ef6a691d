import type { Stats } from 'node:fs';

export interface FileStatus {
  /** `other`: a socket, a device, a pipe. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Permission bits, `0o777`. */
  readonly mode: number;
  /** When its bytes were last written, in milliseconds since 1970. */
  readonly modified: number;
  /** Two files that are there at the same moment have different ones. */
  readonly inode: number;
}

export function statusOf(stats: Stats): FileStatus {
  const special = stats.isSymbolicLink() ? 'link' : 'other';
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : special;
  const { size, mode, mtimeMs, ino } = stats;
  return { kind, size, mode: mode & 0o777, modified: mtimeMs, inode: ino };
}
