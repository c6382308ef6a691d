import fs, { type Dirent } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { err, ok, type Result } from '../../base/result.ts';
import { FILE_START, type Diagnostic } from '../../domain/diagnostic.ts';
import { diagnosticAt } from '../source/problem.ts';
import * as problems from '../problems.ts';

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

/** Folders listed before the program may do other work. */
const FOLDERS_IN_ONE_GO = 16;

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

  const open: { readonly relative: string; readonly real?: string }[] = [{ relative: wanted.path }];
  // A list that grows while it is walked is walked to its new end.
  for (const [number, { relative, real: known }] of open.entries()) {
    if (number % FOLDERS_IN_ONE_GO === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
    const listing = list(path.resolve(folder, relative), known);
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
    const prefix = `${relative}${path.isAbsolute(relative) ? path.sep : '/'}`;
    for (const entry of found) {
      if (!isCandidate(entry.name)) {
        continue;
      }
      entries += 1;
      if (entries > MAX_ENTRIES) {
        const problem = problems.tooManyFiles(MAX_ENTRIES);
        diagnostics.push(diagnosticAt(wanted.path, FILE_START, problem));
        return { files: files.sort(), root, diagnostics };
      }
      const file = `${prefix}${entry.name}`;
      const kind = kindOf(entry) ?? kindBehind(path.resolve(folder, file));
      const ending = wanted.endings.includes(endingOf(entry.name));
      if (kind === 'file' && ending) {
        files.push(file);
      } else if (kind === 'folder' && wanted.nested && !ending) {
        const inner = entry.isDirectory() ? { real: `${real}${path.sep}${entry.name}` } : undefined;
        open.push({ relative: file, ...inner });
      }
    }
  }
  // By code units: the same on every machine, whatever its language.
  return { files: files.sort(), root, diagnostics };
}

interface Listing {
  readonly real: string;
  readonly found: readonly Dirent[];
}

/**
 * Without waiting: most of the time of promised listings is spent on the promises. The error is its code.
 * @param known its real path; `undefined`: a link may lead to it
 */
function list(folder: string, known: string | undefined): Result<Listing, string> {
  try {
    const real = known ?? fs.realpathSync.native(folder);
    return ok({ real, found: fs.readdirSync(real, { withFileTypes: true }) });
  } catch (thrown) {
    return err(codeOf(thrown));
  }
}

/** Also of a file that cannot be read: that is told when it is. @param file relative to the folder */
export function isThere(folder: string, file: string): boolean {
  try {
    return fs.lstatSync(path.join(folder, file), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
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
function kindBehind(link: string): Kind {
  try {
    const stats = fs.statSync(link);
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

/** As `path.extname` gives it for names that do not begin with a dot, in a tenth of the time. */
function endingOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? '' : name.slice(dot).toLowerCase();
}
