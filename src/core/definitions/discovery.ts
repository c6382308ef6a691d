import type { Dirent } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { FILE_START, type Diagnostic } from '../domain/diagnostic.ts';
import { diagnosticAt } from './problem.ts';
import * as problems from './problems.ts';

/** A folder in which definitions are looked for. */
export interface DefinitionFolder {
  /** Relative to the project's folder, or absolute. */
  readonly path: string;
  /** Lower case, with the dot. */
  readonly endings: readonly string[];
  /** Folders in it are looked into too. */
  readonly nested: boolean;
}

export const WORKFLOW_FOLDER: DefinitionFolder = {
  path: '.sluice/workflows',
  endings: ['.yaml', '.yml', '.json'],
  nested: false,
};

/** Files and folders looked at in one definition folder; what is beyond is reported, not read. */
export const MAX_ENTRIES = 10_000;

/** Folders listed at once: names wait for the disk, not for each other. */
const OPEN_FOLDERS = 16;

export interface Discovery {
  /** Named as the folder is: relative with `/`, or absolute. In the order of their paths. */
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface FolderDiscovery extends Discovery {
  /** The folder's real path; `undefined`: there is none. */
  readonly root: string | undefined;
}

/**
 * Finds definition files. READMEs and names starting with `_` or `.` are none; symbolic links are
 * followed, but into no folder twice. A folder that is not there holds nothing.
 * @param folder absolute
 * @throws the signal's reason once it aborts
 */
export async function discover(
  folder: string,
  wanted: DefinitionFolder,
  signal: AbortSignal,
): Promise<FolderDiscovery> {
  const files: string[] = [];
  const diagnostics: Diagnostic[] = [];
  const refuse = (file: string, code: string) =>
    diagnostics.push(diagnosticAt(file, FILE_START, problems.unreadable(code)));
  /** Real paths, so that a link back to a folder above is noticed. */
  const seen = new Set<string>();
  let entries = 0;
  let root: string | undefined;

  const open = [wanted.path];
  while (open.length > 0) {
    signal.throwIfAborted();
    const next = open.splice(0, OPEN_FOLDERS);
    const listings = await Promise.all(
      next.map(async (relative) => [relative, await list(path.resolve(folder, relative))] as const),
    );
    for (const [relative, listing] of listings) {
      if (!listing.ok) {
        const code = listing.error;
        if (relative !== wanted.path || !(code === 'ENOENT' || code === 'ENOTDIR')) {
          refuse(relative, code);
        }
        continue;
      }
      const { real, found } = listing.value;
      root ??= real;
      if (seen.has(real)) {
        continue;
      }
      seen.add(real);
      for (const entry of found) {
        if (!isCandidate(entry.name)) {
          continue;
        }
        entries += 1;
        if (entries > MAX_ENTRIES) {
          const problem = problems.tooManyFiles(MAX_ENTRIES);
          diagnostics.push(diagnosticAt(wanted.path, FILE_START, problem));
          return { files: files.sort(byCodeUnits), root, diagnostics };
        }
        const file = path.isAbsolute(relative)
          ? path.join(relative, entry.name)
          : `${relative}/${entry.name}`;
        const kind = kindOf(entry) ?? (await kindBehind(path.resolve(folder, file)));
        const ending = wanted.endings.includes(path.extname(entry.name).toLowerCase());
        if (kind === 'file' && ending) {
          files.push(file);
        } else if (kind === 'folder' && wanted.nested && !ending) {
          open.push(file);
        }
      }
    }
  }
  return { files: files.sort(byCodeUnits), root, diagnostics };
}

interface Listing {
  readonly real: string;
  readonly found: readonly Dirent[];
}

/** The error is its code. */
async function list(folder: string): Promise<Result<Listing, string>> {
  try {
    const real = await fs.realpath(folder);
    return ok({ real, found: await fs.readdir(real, { withFileTypes: true }) });
  } catch (thrown) {
    return err(codeOf(thrown));
  }
}

/** READMEs, drafts, hidden files and what packages bring are no definitions. */
export function isCandidate(name: string): boolean {
  return !/^(?:[._]|readme)/i.test(name) && name !== 'node_modules';
}

type Kind = 'file' | 'folder' | 'other';

/** `undefined`: a link, which may lead to either. */
function kindOf(entry: Dirent): Kind | undefined {
  if (entry.isFile()) {
    return 'file';
  }
  if (entry.isDirectory()) {
    return 'folder';
  }
  return entry.isSymbolicLink() ? undefined : 'other';
}

/** @param link absolute */
async function kindBehind(link: string): Promise<Kind> {
  try {
    const stats = await fs.stat(link);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
  } catch (thrown) {
    // A link that leads nowhere is somebody's mistake and shown as a file that cannot be read;
    // links in a circle are nobody's file.
    return codeOf(thrown) === 'ELOOP' ? 'other' : 'file';
  }
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown) {
    return String(thrown.code);
  }
  throw thrown;
}

/** The same on every machine, whatever its language. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
