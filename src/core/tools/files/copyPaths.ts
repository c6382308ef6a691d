import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../../base/disk.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { protectedName, protectedPath } from '../../domain/protectedPaths.ts';
import type { ToolPlace } from '../parts.ts';
import * as problems from '../toolProblems.ts';

// Which files of a workspace copy tools may read and change.
//
// P1. What is judged is the path with every link resolved, by segments; what cannot be resolved is refused.
// P2. The copy's root was resolved when the tools were opened. No call and no program can move it.
// P3. Of what lies outside, the linked dependency folders may be read, and nothing may be changed.
// P4. A path to change is judged as it was asked for and as it was resolved.

/** Folders that workspace copies link to the user's own. */
const DEPENDENCIES: ReadonlySet<string> = new Set(['node_modules', '.venv']);
/** UTF-16 units. */
const LONGEST_PATH = 4096;
/** Bytes of UTF-8: what every file system takes. */
const LONGEST_NAME = 255;
const RESERVED_ON_WINDOWS = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** A place that is there. */
export interface ReadablePlace {
  /** As it was asked for, relative to the root with `/`; empty: the root. */
  readonly path: string;
  /** Absolute, every link resolved. */
  readonly real: string;
  readonly isDependency: boolean;
}

/** A file that may be made or changed. */
export interface WritablePlace {
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** Absolute; every link resolved in the part that is there. */
  readonly real: string;
  /** Absolute, every link resolved: the innermost folder that is there. */
  readonly folder: string;
  /** Folders in it that are missing, outermost first. */
  readonly missing: readonly string[];
  /** Permission bits of the file that is there; `undefined`: there is none yet. */
  readonly mode: number | undefined;
}

export async function placeToRead(
  root: string,
  text: string,
): Promise<Result<ReadablePlace, string>> {
  const relative = relativePath(root, text);
  if (!relative.ok) {
    return relative;
  }
  const names = relative.value === '' ? [] : relative.value.split('/');
  let real: string;
  try {
    real = await fs.realpath(path.join(root, ...names));
  } catch (error) {
    return err(await unreadable(error, root, relative.value));
  }
  const inside = pathInside(root, real);
  if (inside !== undefined) {
    return inside.split('/').some(isGitName)
      ? err(problems.isGit(text))
      : ok({ path: relative.value, real, isDependency: false });
  }
  const dependencies = await dependencyFolder(root, names);
  const within = dependencies === undefined ? undefined : pathInside(dependencies, real);
  if (within === undefined) {
    return err(problems.leadsOut(text));
  }
  return within.split('/').some(isGitName)
    ? err(problems.isGit(text))
    : ok({ path: relative.value, real, isDependency: true });
}

export async function placeToWrite(
  place: Pick<ToolPlace, 'root' | 'whyNotWrite' | 'named'>,
  text: string,
): Promise<Result<WritablePlace, string>> {
  const { root } = place;
  const relative = relativePath(root, text);
  if (!relative.ok) {
    return relative;
  }
  const asked = relative.value;
  if (asked === '') {
    return err(problems.isFolder(text));
  }
  const refused = whyNotChange(asked, place);
  if (refused !== undefined) {
    return err(refused);
  }
  const found = await innermostFolder(root, asked.split('/').slice(0, -1));
  if (found === undefined) {
    return err(problems.unresolved(asked));
  }
  if (pathInside(root, found.folder) === undefined) {
    const dependencies = await dependencyFolder(root, asked.split('/'));
    return err(
      dependencies === undefined ? problems.leadsOut(asked) : problems.isDependency(asked),
    );
  }
  const file = path.join(found.folder, ...found.missing, path.posix.basename(asked));
  const standing = await standingFile(file, asked);
  if (!standing.ok) {
    return standing;
  }
  const real = standing.value?.real ?? file;
  const resolved = pathInside(root, real);
  if (resolved === undefined) {
    return err(problems.leadsOut(asked));
  }
  const refusedThere = resolved === asked ? undefined : whyNotChange(resolved, place);
  return refusedThere === undefined
    ? ok({ path: asked, real, ...found, mode: standing.value?.mode })
    : err(refusedThere);
}

/** The copy's folder without links; of one that is not there nothing will be read either. */
export async function realOf(folder: string): Promise<string> {
  return fs.realpath(folder).catch(() => path.resolve(folder));
}

/** Where `real` lies in `folder`, with `/`; empty for the folder itself, `undefined` outside. Both absolute and resolved. */
export function pathInside(folder: string, real: string): string | undefined {
  const relative = path.relative(folder, real);
  if (path.isAbsolute(relative)) {
    return undefined;
  }
  const names = relative.split(path.sep);
  return names[0] === '..' ? undefined : names.join('/');
}

/** True for `.git` in any spelling that some file system takes for it. */
export function isGitName(name: string): boolean {
  return protectedName(name) === '.git' || /^git~\d+$/i.test(name.trim());
}

/** True for a folder that copies link to the user's own. */
export function isDependencyName(name: string): boolean {
  return DEPENDENCIES.has(name);
}

/** What the model wrote, as a path in the copy, by its text alone. Absolute ones may name the copy too. */
export function relativePath(root: string, text: string): Result<string, string> {
  // eslint-disable-next-line no-control-regex -- those are what is refused
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    return err(problems.badPath(text, 'holds a control character'));
  }
  if (text.length > LONGEST_PATH) {
    return err(problems.badPath(text, `is longer than ${LONGEST_PATH} characters`));
  }
  if (text.includes('\\') && path.sep !== '\\') {
    return err(problems.badPath(text, 'holds a backslash: write "/" between folders'));
  }
  if (text === '~' || text.startsWith('~/')) {
    return err(problems.pathOutside(text));
  }
  const inside = pathInside(root, path.resolve(root, text));
  if (inside === undefined) {
    return err(problems.pathOutside(text));
  }
  return inside.split('/').some(isGitName) ? err(problems.isGit(text)) : ok(inside);
}

function whyNotChange(
  file: string,
  { whyNotWrite, named }: Pick<ToolPlace, 'whyNotWrite' | 'named'>,
): string | undefined {
  for (const name of file.split('/')) {
    const fault = nameFault(name);
    if (fault !== undefined) {
      return problems.badPath(file, fault);
    }
    if (isGitName(name)) {
      return problems.isGit(file);
    }
  }
  const name = protectedPath(file, named);
  if (name !== undefined) {
    return problems.isProtected(file, name);
  }
  const why = whyNotWrite(file);
  return why === undefined ? undefined : problems.mayNotChange(file, why);
}

/** What keeps a name from being one file on every system, as the rest of a sentence. */
function nameFault(name: string): string | undefined {
  if (/[:\\]/.test(name)) {
    return 'holds a colon or a backslash, which other systems take for something else';
  }
  if (/[. ]$/.test(name)) {
    return 'has a name that ends with a dot or a space, which other systems leave out';
  }
  if (RESERVED_ON_WINDOWS.test(name)) {
    return 'has a name that Windows keeps for a device';
  }
  return Buffer.byteLength(name) > LONGEST_NAME
    ? `has a name of more than ${LONGEST_NAME} bytes`
    : undefined;
}

/** The innermost of these folders that is there, with what is missing behind it; `undefined`: no one can say. */
async function innermostFolder(
  root: string,
  names: readonly string[],
): Promise<Pick<WritablePlace, 'folder' | 'missing'> | undefined> {
  for (let there = names.length; there >= 0; there -= 1) {
    try {
      const folder = await fs.realpath(path.join(root, ...names.slice(0, there)));
      return (await fs.stat(folder)).isDirectory()
        ? { folder, missing: names.slice(there) }
        : undefined;
    } catch (error) {
      // A broken link is "not there" as well: making a folder of its name fails later.
      if (!hasCode(error, 'ENOENT')) {
        return undefined;
      }
    }
  }
  return undefined;
}

async function standingFile(
  file: string,
  asked: string,
): Promise<Result<{ readonly real: string; readonly mode: number } | undefined, string>> {
  try {
    const status = await fs.lstat(file);
    if (status.isSymbolicLink()) {
      return err(problems.isLink(asked));
    }
    if (status.isDirectory()) {
      return err(problems.isFolder(asked));
    }
    if (!status.isFile()) {
      return err(problems.isNoFile(asked));
    }
    // In the spelling it has on the disk.
    return ok({ real: await fs.realpath(file), mode: status.mode & 0o777 });
  } catch (error) {
    return hasCode(error, 'ENOENT') ? ok(undefined) : err(problems.unresolved(asked));
  }
}

/**
 * The user's own folder of dependencies that the path leads into by a link of the copy; resolved. Such a link has
 * the place in the copy that its target has in the user's folder: no other is followed, whoever made it.
 */
async function dependencyFolder(
  root: string,
  names: readonly string[],
): Promise<string | undefined> {
  try {
    let at = root;
    for (const name of names) {
      const next = path.join(at, name);
      if (!(await fs.lstat(next)).isSymbolicLink()) {
        at = next;
        continue;
      }
      if (DEPENDENCIES.has(name)) {
        const target = (await fs.readlink(next)).replace(/[\\/]+$/, '');
        const real = await fs.realpath(next);
        const isTheirs =
          path.isAbsolute(target) &&
          target.endsWith(path.sep + path.relative(root, next)) &&
          path.basename(real) === name;
        return isTheirs ? real : undefined;
      }
      at = await fs.realpath(next);
      if (pathInside(root, at) === undefined) {
        return undefined;
      }
    }
  } catch {
    // Not there, or not to be looked at: then it is nobody's dependency.
  }
  return undefined;
}

async function unreadable(error: unknown, root: string, relative: string): Promise<string> {
  return hasCode(error, 'ENOENT', 'ENOTDIR')
    ? problems.notThere(relative, await namesNear(root, relative))
    : problems.unresolved(relative);
}

/** Files of the same folder whose names differ only in case or ending. */
async function namesNear(root: string, relative: string): Promise<readonly string[]> {
  const folder = path.posix.dirname(relative);
  const parent = await fs.realpath(path.join(root, folder)).catch(() => undefined);
  if (parent === undefined || pathInside(root, parent) === undefined) {
    return [];
  }
  const stem = (name: string) => path.posix.parse(name).name.toLowerCase();
  const wanted = stem(path.posix.basename(relative));
  const names = await fs.readdir(parent).catch(() => []);
  return names
    .filter((name) => stem(name) === wanted && !isGitName(name))
    .sort()
    .slice(0, 3)
    .map((name) => path.posix.join(folder, name));
}
