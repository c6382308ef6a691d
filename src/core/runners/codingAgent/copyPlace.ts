import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { protectedPath } from '../../domain/protectedPaths.ts';
import type { RunnerRequest } from '../../domain/runner.ts';

/** Where a path is, once its links are followed. */
export interface CopyPlace {
  /** Absolute. */
  readonly file: string;
  /** Relative to the workspace copy, with `/`; `''`: the copy itself. */
  readonly path: string;
}

/**
 * The place of a path in the workspace copy, whether there is something or not; `undefined`: it is outside of the
 * copy, or cannot be told. @param path absolute, or relative to the copy
 */
export async function copyPlace(folder: string, path: string): Promise<CopyPlace | undefined> {
  if (path.includes('\0')) {
    return undefined;
  }
  try {
    const file = await resolved(resolve(folder, path));
    const inside = relative(await realpath(folder), file);
    return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)
      ? undefined
      : { file, path: inside.split(sep).join('/') };
  } catch {
    return undefined;
  }
}

/** Why an agent may not change the place, as the end of a sentence; `undefined`: it may. */
export function whyNotChange(
  { path }: CopyPlace,
  request: Pick<RunnerRequest, 'whyNotWrite' | 'named'>,
): string | undefined {
  const name = protectedPath(path, request.named);
  return name === undefined ? request.whyNotWrite(path) : `${name} is protected`;
}

/** Follows the links of all that is there; rejects for a link that leads nowhere. */
async function resolved(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing || dirname(file) === file || (await isThere(file))) {
      throw error;
    }
    return join(await resolved(dirname(file)), basename(file));
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch {
    return false;
  }
}
