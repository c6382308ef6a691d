import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { statusOf, type FileStatus } from './fileStatus.ts';

// Files that are whole or absent after a crash at any moment, and stay once a call has returned.
//
// D1. Bytes are flushed before the name is given to them, the name (its folder) before the call returns.
// D2. A call that fails leaves the target as it was; the temporary file is removed if the disk still lets us.
// D3. A kill leaves at most a file whose name starts with the temporary prefix. Nothing reads such files.

export type { FileStatus } from './fileStatus.ts';

/** `r`: read. `r+`: read and write in place. `a`: append, made if missing. `wx`: made, must not exist. */
export type OpenFlag = 'r' | 'r+' | 'a' | 'wx';

/**
 * The calls on the file system that Sluice's own state is written with: tests put one in its place
 * that fails, tears writes or stops. Errors are Node's, with `code`.
 */
export interface DiskSync {
  /** @param mode permission bits of a file it makes, before the umask; 0o666 unless given */
  open(file: string, flag: OpenFlag, mode?: number): number;
  /** From `offset` on; behind what was written last when `position` is null. May take fewer bytes; returns how many. */
  write(fd: number, bytes: Uint8Array, offset: number, position: number | null): number;
  fsync(fd: number): void;
  fdatasync(fd: number): void;
  truncate(fd: number, length: number): void;
  close(fd: number): void;
  rename(from: string, to: string): void;
  /** A second name for a file; EEXIST when `to` exists. */
  link(from: string, to: string): void;
  unlink(file: string): void;
  /** One level; EEXIST when something of that name exists. */
  mkdir(folder: string): void;
  /** Only an empty one. */
  rmdir(folder: string): void;
  readFile(file: string): Buffer;
  /** Names, in no order. */
  readdir(folder: string): string[];
  /** Follows links. */
  stat(file: string): FileStatus;
  lstat(file: string): FileStatus;
  /** Waits `ms` milliseconds. */
  pause(ms: number): void;
}

type Promised = {
  [Name in keyof DiskSync]: (
    ...args: Parameters<DiskSync[Name]>
  ) => Promise<ReturnType<DiskSync[Name]>>;
};

/** The same calls without blocking, and with blocking under `sync`. */
export interface Disk extends Promised {
  readonly sync: DiskSync;
  /** There a rename over a file that a scanner or reader has open is refused for a moment, and folders are not flushed. */
  readonly windows: boolean;
  /** Never the same twice, in any process; letters, digits and dashes. */
  unique(): string;
}

export interface WriteOptions {
  /** Permission bits before the umask. @default 0o666 */
  readonly mode?: number;
  /** What the name of the temporary file starts with. @default 'tmp_' */
  readonly temporaryPrefix?: string;
}

/**
 * Puts a file with these bytes (text as UTF-8) in the place of whatever file is there, and makes
 * missing folders. Durable once it returns; until then the old file stands. @throws what the disk throws
 */
export function writeFileDurably(
  disk: Disk,
  file: string,
  bytes: Uint8Array | string,
  options: WriteOptions = {},
): Promise<void> {
  return perform(disk, replaceFile(disk, file, asBytes(bytes), options));
}

export function writeFileDurablySync(
  disk: Disk,
  file: string,
  bytes: Uint8Array | string,
  options: WriteOptions = {},
): void {
  performSync(disk, replaceFile(disk, file, asBytes(bytes), options));
}

/**
 * As `writeFileDurably`, but only where nothing is yet: of several callers one gets `true`, the others
 * `false`, and nobody sees half of it. On a file system without hard links the bytes are written under
 * the final name, so that there a kill can leave a part.
 */
export function createFileDurably(
  disk: Disk,
  file: string,
  bytes: Uint8Array | string,
  options: WriteOptions = {},
): Promise<boolean> {
  return perform(disk, createFile(disk, file, asBytes(bytes), options));
}

export function createFileDurablySync(
  disk: Disk,
  file: string,
  bytes: Uint8Array | string,
  options: WriteOptions = {},
): boolean {
  return performSync(disk, createFile(disk, file, asBytes(bytes), options));
}

/** A new file in `folder` with these bytes, flushed; returns its path. Its name is not durable. */
export function writeTemporary(
  disk: Disk,
  folder: string,
  bytes: Uint8Array | string,
  options: WriteOptions = {},
): Promise<string> {
  return perform(disk, temporaryFile(disk, folder, asBytes(bytes), options));
}

/** Writes every byte, however little the disk takes at a time. */
export function writeAll(disk: Disk, fd: number, bytes: Uint8Array): Promise<void> {
  return perform(disk, append(fd, bytes));
}

export function writeAllSync(disk: Disk, fd: number, bytes: Uint8Array): void {
  performSync(disk, append(fd, bytes));
}

/** Makes the folder and the missing ones above it; each is durable once it returns. */
export function makeFolderDurably(disk: Disk, folder: string): Promise<void> {
  return perform(disk, makeFolder(disk, folder));
}

export function makeFolderDurablySync(disk: Disk, folder: string): void {
  performSync(disk, makeFolder(disk, folder));
}

/** Flushes the names in a folder. Does nothing where the system cannot, as on Windows. */
export function syncFolder(disk: Disk, folder: string): Promise<void> {
  return perform(disk, flushFolder(disk, folder));
}

export function syncFolderSync(disk: Disk, folder: string): void {
  performSync(disk, flushFolder(disk, folder));
}

/** Renames, over an existing file too; on Windows tries for 2 s while somebody has that file open. Not durable by itself. */
export function renameOver(disk: Disk, from: string, to: string): Promise<void> {
  return perform(disk, rename(disk, from, to));
}

export function renameOverSync(disk: Disk, from: string, to: string): void {
  performSync(disk, rename(disk, from, to));
}

/** True for an error of Node's with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    codes.includes(error.code)
  );
}

// Each operation is written once, as the steps it takes on the disk, and performed either way.

interface Step {
  readonly name: keyof DiskSync;
  readonly args: readonly unknown[];
}

type Steps<T> = Generator<Step, T>;

function* call<Name extends keyof DiskSync>(
  name: Name,
  ...args: Parameters<DiskSync[Name]>
): Steps<ReturnType<DiskSync[Name]>> {
  return (yield { name, args }) as ReturnType<DiskSync[Name]>;
}

async function perform<T>(disk: Disk, steps: Steps<T>): Promise<T> {
  let next = steps.next();
  while (next.done !== true) {
    const { name, args } = next.value;
    let answer: unknown;
    try {
      answer = await (disk[name] as (...args: readonly unknown[]) => unknown)(...args);
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(answer);
  }
  return next.value;
}

function performSync<T>({ sync }: Disk, steps: Steps<T>): T {
  let next = steps.next();
  while (next.done !== true) {
    const { name, args } = next.value;
    let answer: unknown;
    try {
      answer = (sync[name] as (...args: readonly unknown[]) => unknown)(...args);
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(answer);
  }
  return next.value;
}

function* replaceFile(
  disk: Disk,
  file: string,
  bytes: Uint8Array,
  options: WriteOptions,
): Steps<void> {
  const folder = path.dirname(file);
  const temporary = yield* temporaryFile(disk, folder, bytes, options);
  try {
    yield* rename(disk, temporary, file);
  } catch (error) {
    yield* discard(temporary);
    throw error;
  }
  yield* flushFolder(disk, folder);
}

function* createFile(
  disk: Disk,
  file: string,
  bytes: Uint8Array,
  options: WriteOptions,
): Steps<boolean> {
  const folder = path.dirname(file);
  const temporary = yield* temporaryFile(disk, folder, bytes, options);
  try {
    yield* linkOrWrite(temporary, file, bytes, options.mode);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) {
      return false;
    }
    throw error;
  } finally {
    yield* discard(temporary);
  }
  yield* flushFolder(disk, folder);
  return true;
}

function* linkOrWrite(
  temporary: string,
  file: string,
  bytes: Uint8Array,
  mode: number | undefined,
): Steps<void> {
  try {
    yield* call('link', temporary, file);
    return;
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR')) {
      throw error;
    }
  }
  const fd = yield* call('open', file, 'wx', mode);
  yield* fill(fd, file, bytes);
}

function* temporaryFile(
  disk: Disk,
  folder: string,
  bytes: Uint8Array,
  options: WriteOptions,
): Steps<string> {
  const file = path.join(folder, `${options.temporaryPrefix ?? 'tmp_'}${disk.unique()}`);
  let fd: number;
  try {
    fd = yield* call('open', file, 'wx', options.mode);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) {
      throw error;
    }
    yield* makeFolder(disk, folder);
    fd = yield* call('open', file, 'wx', options.mode);
  }
  yield* fill(fd, file, bytes);
  return file;
}

/** Writes, flushes and closes a file just made; removes it when that fails. */
function* fill(fd: number, file: string, bytes: Uint8Array): Steps<void> {
  try {
    try {
      yield* append(fd, bytes);
      yield* call('fsync', fd);
    } finally {
      yield* call('close', fd);
    }
  } catch (error) {
    yield* discard(file);
    throw error;
  }
}

function* append(fd: number, bytes: Uint8Array): Steps<void> {
  for (let offset = 0; offset < bytes.length;) {
    const written = yield* call('write', fd, bytes, offset, null);
    if (written <= 0) {
      // Some file systems say so when they are full; asking again would never end.
      throw Object.assign(new Error('ENOSPC: the disk takes no more bytes'), { code: 'ENOSPC' });
    }
    offset += written;
  }
}

function* makeFolder(disk: Disk, folder: string): Steps<void> {
  const parent = path.dirname(folder);
  try {
    yield* call('mkdir', folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT') && parent !== folder) {
      yield* makeFolder(disk, parent);
      yield* makeFolder(disk, folder);
      return;
    }
    if (hasCode(error, 'EEXIST') && (yield* call('stat', folder)).kind === 'folder') {
      // Whoever made it may have been cut off before the flush below.
      yield* flushFolder(disk, parent);
      return;
    }
    throw error;
  }
  yield* flushFolder(disk, parent);
}

function* flushFolder(disk: Disk, folder: string): Steps<void> {
  if (disk.windows) {
    return;
  }
  try {
    const fd = yield* call('open', folder, 'r');
    try {
      yield* call('fsync', fd);
    } finally {
      yield* call('close', fd);
    }
  } catch (error) {
    // A folder nobody may read or a file system that cannot flush folders is no reason to fail; a broken disk is.
    if (!hasCode(error, 'EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS')) {
      throw error;
    }
  }
}

/** Milliseconds between tries, 2 s together. */
const RENAME_PAUSES = [10, 20, 40, 80, 160, 320, 640, 730] as const;

function* rename(disk: Disk, from: string, to: string): Steps<void> {
  for (const ms of disk.windows ? RENAME_PAUSES : []) {
    try {
      yield* call('rename', from, to);
      return;
    } catch (error) {
      if (!hasCode(error, 'EPERM', 'EACCES', 'EBUSY')) {
        throw error;
      }
    }
    yield* call('pause', ms);
  }
  yield* call('rename', from, to);
}

/** Best effort: the error that led here is the one to report. */
function* discard(file: string): Steps<void> {
  try {
    yield* call('unlink', file);
  } catch {
    // D3 covers what stays.
  }
}

function asBytes(bytes: Uint8Array | string): Uint8Array {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
}

const open = promisify(fs.open);
const write = promisify(fs.write);

/** The real one. */
export const nodeDisk: Disk = {
  open: (file, flag, mode) => open(file, flag, mode),
  write: async (fd, bytes, offset, position) =>
    (await write(fd, bytes, offset, bytes.length - offset, position)).bytesWritten,
  fsync: promisify(fs.fsync),
  fdatasync: promisify(fs.fdatasync),
  truncate: promisify(fs.ftruncate),
  close: promisify(fs.close),
  rename: (from, to) => fs.promises.rename(from, to),
  link: (from, to) => fs.promises.link(from, to),
  unlink: (file) => fs.promises.unlink(file),
  mkdir: (folder) => fs.promises.mkdir(folder),
  rmdir: (folder) => fs.promises.rmdir(folder),
  readFile: (file) => fs.promises.readFile(file),
  readdir: (folder) => fs.promises.readdir(folder),
  stat: async (file) => statusOf(await fs.promises.stat(file)),
  lstat: async (file) => statusOf(await fs.promises.lstat(file)),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  sync: {
    open: (file, flag, mode) => fs.openSync(file, flag, mode),
    write: (fd, bytes, offset, position) =>
      fs.writeSync(fd, bytes, offset, bytes.length - offset, position),
    fsync: (fd) => fs.fsyncSync(fd),
    fdatasync: (fd) => fs.fdatasyncSync(fd),
    truncate: (fd, length) => fs.ftruncateSync(fd, length),
    close: (fd) => fs.closeSync(fd),
    rename: (from, to) => fs.renameSync(from, to),
    link: (from, to) => fs.linkSync(from, to),
    unlink: (file) => fs.unlinkSync(file),
    mkdir: (folder) => fs.mkdirSync(folder),
    rmdir: (folder) => fs.rmdirSync(folder),
    readFile: (file) => fs.readFileSync(file),
    readdir: (folder) => fs.readdirSync(folder),
    stat: (file) => statusOf(fs.statSync(file)),
    lstat: (file) => statusOf(fs.lstatSync(file)),
    pause: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
  },
  windows: process.platform === 'win32',
  unique: () => `${process.pid}-${randomBytes(8).toString('hex')}`,
};
