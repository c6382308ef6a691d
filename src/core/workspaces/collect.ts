import fs from 'node:fs/promises';
import path from 'node:path';

export interface CollectedFile {
  /** As declared: relative to the copy, with `/`. */
  readonly path: string;
  /** Where it lies. */
  readonly absolute: string;
  readonly bytes: number;
  readonly executable: boolean;
}

export interface CollectedFiles {
  readonly found: readonly CollectedFile[];
  /** Declared, but not there, too large, or not a plain file inside the copy. */
  readonly missing: readonly string[];
}

/** Larger files are no artifact of a workflow; they would bloat the repository for good. */
export const LARGEST_ARTIFACT_BYTES = 100 * 1024 * 1024;

/** Looks for declared files in a folder an agent has worked in: nothing there is to be believed. */
export async function collectFiles(
  folder: string,
  paths: readonly string[],
): Promise<CollectedFiles> {
  const real = await fs.realpath(folder);
  const found: CollectedFile[] = [];
  const missing: string[] = [];
  for (const declared of new Set(paths)) {
    const file = await plainFile(real, declared);
    if (file === undefined) {
      missing.push(declared);
    } else {
      found.push(file);
    }
  }
  return { found, missing };
}

async function plainFile(folder: string, declared: string): Promise<CollectedFile | undefined> {
  const absolute = path.join(folder, declared);
  if (!absolute.startsWith(folder + path.sep)) {
    return undefined;
  }
  try {
    // The whole path must be what it says: a link anywhere in it could lead outside.
    if ((await fs.realpath(absolute)) !== absolute) {
      return undefined;
    }
    const status = await fs.lstat(absolute);
    return status.isFile() && status.size <= LARGEST_ARTIFACT_BYTES
      ? {
          path: declared,
          absolute,
          bytes: status.size,
          executable: (status.mode & 0o100) !== 0,
        }
      : undefined;
  } catch {
    return undefined;
  }
}
