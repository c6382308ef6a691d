import fs from 'node:fs/promises';
import path from 'node:path';
import { createFileDurably, hasCode, type Disk } from '../base/disk.ts';
import { err, ok, type Result } from '../base/result.ts';
import { thrownMessage } from '../base/text.ts';
import * as problems from './starterProblems.ts';

/** A file that a folder is to begin with. */
export interface StarterFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What laying files into a folder would do. */
export interface LayingPlan {
  /** Absolute, links resolved. */
  readonly folder: string;
  /** Not there yet. */
  readonly fresh: readonly StarterFile[];
  /** Paths of files that are there with the same text; line ends do not count. */
  readonly same: readonly string[];
  /** Paths of files that are there and differ. They are never written. */
  readonly different: readonly string[];
}

/**
 * Looks what is there already. The error is a sentence: a file that could only be written outside the
 * folder, or not at all.
 * @param folder absolute @param files with paths that stay inside it
 */
export async function planLaying(
  folder: string,
  files: readonly StarterFile[],
): Promise<Result<LayingPlan, string>> {
  const root = await fs.realpath(folder);
  const fresh: StarterFile[] = [];
  const same: string[] = [];
  const different: string[] = [];
  for (const file of files) {
    const found = await whatIsAt(root, file.path);
    if (!found.ok) {
      return found;
    }
    if (found.value === undefined) {
      fresh.push(file);
    } else {
      (textOf(found.value) === textOf(file.bytes) ? same : different).push(file.path);
    }
  }
  return ok({ folder: root, fresh, same, different });
}

/**
 * Writes the fresh files of a plan: all of them, or none. Never over a file. The error is a sentence.
 */
export async function layInto(disk: Disk, plan: LayingPlan): Promise<Result<void, string>> {
  const made: string[] = [];
  const takeBack = async () => {
    for (const at of made.reverse()) {
      // A folder somebody has put something into meanwhile stays.
      await disk.unlink(at).catch(() => disk.rmdir(at).catch(() => undefined));
    }
  };
  for (const { path: relative, bytes } of plan.fresh) {
    // The folder may have changed since it was looked at.
    const found = await whatIsAt(plan.folder, relative);
    if (!found.ok || found.value !== undefined) {
      await takeBack();
      return found.ok ? err(problems.appeared(relative)) : found;
    }
    const target = path.join(plan.folder, relative);
    try {
      made.push(...(await missingAbove(plan.folder, relative)));
      if (!(await createFileDurably(disk, target, bytes, { temporaryPrefix: '.tmp_' }))) {
        await takeBack();
        return err(problems.appeared(relative));
      }
      made.push(target);
    } catch (thrown) {
      // What fails last is to make the name durable: then the file is there already.
      const left = await whatIsAt(plan.folder, relative);
      if (left.ok && left.value !== undefined && Buffer.from(bytes).equals(left.value)) {
        made.push(target);
      }
      await takeBack();
      return err(problems.notWritten(relative, thrownMessage(thrown)));
    }
  }
  return ok(undefined);
}

/** Folders that are to be made for a file, the outermost first. */
async function missingAbove(root: string, relative: string): Promise<string[]> {
  const missing: string[] = [];
  let at = root;
  for (const part of relative.split('/').slice(0, -1)) {
    at = path.join(at, part);
    if ((await statusOf(at)) === undefined) {
      missing.push(at);
    }
  }
  return missing;
}

/** The bytes of the file; `undefined`: there is none, and one can be made inside the folder. */
async function whatIsAt(
  root: string,
  relative: string,
): Promise<Result<Uint8Array | undefined, string>> {
  const parts = relative.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new Error(`Internal error: "${relative}" is no path inside a folder`);
  }
  let at = root;
  for (const [index, part] of parts.entries()) {
    const shown = parts.slice(0, index + 1).join('/');
    const isLast = index === parts.length - 1;
    at = path.join(at, part);
    try {
      const status = await statusOf(at);
      if (status === undefined) {
        return ok(undefined);
      }
      if (status.isSymbolicLink()) {
        at = await fs.realpath(at);
        if (!isInside(root, at)) {
          return err(problems.leadsOutside(shown));
        }
      }
      const { isFile, isFolder } = await kindOf(at);
      if (isLast ? !isFile : !isFolder) {
        return err(problems.inTheWay(shown, isLast ? 'file' : 'folder'));
      }
      if (isLast) {
        return ok(await fs.readFile(at));
      }
    } catch (thrown) {
      return err(
        hasCode(thrown, 'ENOENT', 'ELOOP')
          ? problems.leadsNowhere(shown)
          : problems.unreadable(shown, thrownMessage(thrown)),
      );
    }
  }
  return ok(undefined);
}

async function kindOf(at: string): Promise<{ isFile: boolean; isFolder: boolean }> {
  const status = await fs.stat(at);
  return { isFile: status.isFile(), isFolder: status.isDirectory() };
}

async function statusOf(at: string) {
  try {
    return await fs.lstat(at);
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) {
      return undefined;
    }
    throw thrown;
  }
}

function isInside(root: string, at: string): boolean {
  const relative = path.relative(root, at);
  return relative !== '' && !/^\.\.(?:[\\/]|$)/.test(relative) && !path.isAbsolute(relative);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n');
}
