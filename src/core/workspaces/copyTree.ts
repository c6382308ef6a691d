import { constants, lstat, type BigIntStats } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LimitFunction } from 'p-limit';
import { identityOf, isRacy, type IdentityNotes } from './fileIdentity.ts';
import { makeFolders, realFolders } from './folders.ts';

/** What of a list of paths was copied. Paths are relative, with `/`. */
export interface CopiedTree {
  /** Files and links. */
  readonly files: readonly string[];
  /** Made empty: in the list of files, a folder is another repository that Git only names. */
  readonly folders: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/** Something that was there and is not in the copy. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

const lstatOf = promisify(lstat);

type Copied = 'file' | 'folder' | 'gone' | { readonly why: string };

/**
 * Copies files with their execute bits, and links that stay inside the tree. What vanishes meanwhile
 * is passed over, and so is what lies behind a link: to Git that is gone too.
 * Nothing goes on any more once it has resolved or rejected.
 * @param from absolute @param to absolute; made when missing @param notes filled
 * @throws what the disk throws first, or the signal's reason
 */
export async function copyTree(
  from: string,
  to: string,
  paths: readonly string[],
  limit: LimitFunction,
  signal: AbortSignal,
  notes?: IdentityNotes,
): Promise<CopiedTree> {
  const isReal = await realFolders(from, paths);
  await makeFolders(
    to,
    [...isReal].map((folder) => `${folder}/.`),
  );
  let failed: { readonly error: unknown } | undefined;
  const copied = await Promise.all(
    paths.map((file) =>
      limit(async (): Promise<Copied> => {
        if (failed !== undefined || !isReal.has(path.posix.dirname(file))) {
          return 'gone';
        }
        try {
          signal.throwIfAborted();
          return await (notes === undefined
            ? copyOne(from, to, file)
            : copyNoted(from, to, file, notes));
        } catch (error) {
          failed ??= { error };
          return 'gone';
        }
      }),
    ),
  );
  if (failed !== undefined) {
    throw failed.error;
  }
  return {
    files: paths.filter((_, index) => copied[index] === 'file'),
    folders: paths.filter((_, index) => copied[index] === 'folder'),
    leftOut: paths.flatMap((file, index) => {
      const result = copied[index];
      return typeof result === 'object' ? [{ path: file, why: result.why }] : [];
    }),
  };
}

/** @param seen what the disk has just said of it; left out: it is looked at */
async function copyOne(
  from: string,
  to: string,
  file: string,
  seen?: BigIntStats,
): Promise<Copied> {
  const source = path.join(from, file);
  const target = path.join(to, file);
  try {
    const status = seen ?? (await fs.lstat(source));
    if (status.isFile()) {
      await fs.copyFile(source, target, constants.COPYFILE_FICLONE);
      return 'file';
    }
    if (status.isDirectory()) {
      await fs.mkdir(target, { recursive: true });
      return 'folder';
    }
    return status.isSymbolicLink()
      ? await copyLink(await fs.readlink(source), target, file)
      : { why: 'it is neither a file nor a link' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return 'gone';
    }
    throw error;
  }
}

/** What is the same before and after was copied as that, unless it may have changed unseen in between. */
async function copyNoted(
  from: string,
  to: string,
  file: string,
  { now, identities }: IdentityNotes,
): Promise<Copied> {
  const source = path.join(from, file);
  const begun = now();
  const before = await statusOf(source);
  const copied = await copyOne(from, to, file, before);
  if (before !== undefined && copied === 'file' && !isRacy(before, begun)) {
    const after = await statusOf(source);
    const identity = identityOf(before);
    if (after !== undefined && identityOf(after) === identity) {
      identities.set(file, identity);
    }
  }
  return copied;
}

async function statusOf(at: string): Promise<BigIntStats | undefined> {
  try {
    return await lstatOf(at, { bigint: true });
  } catch {
    // What keeps the copy from being made is told by the copying.
    return undefined;
  }
}

async function copyLink(link: string, target: string, file: string): Promise<Copied> {
  if (!staysInside(file, link)) {
    return { why: `it is a link that leads out of the folder, to ${link}` };
  }
  try {
    await fs.symlink(link, target);
    return 'file';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') {
      return { why: 'it is a link, and the system does not let you make links' };
    }
    throw error;
  }
}

/**
 * True when a link can lead nowhere but into the tree. It may go up first and then down; a step up
 * after a step down is refused, since what it steps down through may itself be a link to a place
 * higher up.
 */
export function staysInside(file: string, link: string): boolean {
  if (path.isAbsolute(link)) {
    return false;
  }
  const parts = link.split(path.sep).filter((part) => part !== '' && part !== '.');
  const firstDown = parts.findIndex((part) => part !== '..');
  const stepsUp = firstDown < 0 ? parts.length : firstDown;
  const depth = file.split('/').length - 1;
  return stepsUp <= depth && !parts.slice(stepsUp).includes('..');
}
