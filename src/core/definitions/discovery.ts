import type { Dirent } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { AgentFormat } from '../domain/agent.ts';
import { FILE_START, type Diagnostic } from '../domain/diagnostic.ts';
import { diagnosticAt } from './problem.ts';
import * as problems from './problems.ts';

/** A folder in which definitions are looked for, relative to the project's folder. */
export interface DefinitionFolder {
  readonly path: string;
  /** Lower case, with the dot. */
  readonly endings: readonly string[];
  /** Folders in it are looked into too. */
  readonly nested: boolean;
}

export interface AgentFolder extends DefinitionFolder {
  readonly format: AgentFormat;
}

/** In order of precedence: an earlier folder's agent goes before a later one's of the same name. */
export const AGENT_FOLDERS: readonly AgentFolder[] = [
  {
    path: '.sluice/agents',
    endings: ['.yaml', '.yml', '.json', '.md'],
    nested: false,
    format: 'sluice',
  },
  { path: '.github/agents', endings: ['.md'], nested: false, format: 'vscode' },
  { path: '.claude/agents', endings: ['.md'], nested: true, format: 'claude' },
];

export const WORKFLOW_FOLDER: DefinitionFolder = {
  path: '.sluice/workflows',
  endings: ['.yaml', '.yml', '.json'],
  nested: false,
};

/** Files and folders looked at in one definition folder; what is beyond is reported, not read. */
export const MAX_ENTRIES = 10_000;

export interface Discovery {
  /** Relative to the project's folder with `/`, in the order of their paths. */
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
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
): Promise<Discovery> {
  const files: string[] = [];
  const diagnostics: Diagnostic[] = [];
  const refuse = (file: string, code: string) =>
    diagnostics.push(diagnosticAt(file, FILE_START, problems.unreadable(code)));
  /** Real paths, so that a link back to a folder above is noticed. */
  const seen = new Set<string>();
  const open = [wanted.path];
  let entries = 0;

  for (let relative = open.pop(); relative !== undefined; relative = open.pop()) {
    signal.throwIfAborted();
    let found: Dirent[];
    try {
      const real = await fs.realpath(path.join(folder, relative));
      if (seen.has(real)) {
        continue;
      }
      seen.add(real);
      found = await fs.readdir(real, { withFileTypes: true });
    } catch (thrown) {
      const code = codeOf(thrown);
      if (relative !== wanted.path || !(code === 'ENOENT' || code === 'ENOTDIR')) {
        refuse(relative, code);
      }
      continue;
    }
    for (const entry of found) {
      if (!isCandidate(entry.name)) {
        continue;
      }
      entries += 1;
      if (entries > MAX_ENTRIES) {
        diagnostics.push(diagnosticAt(wanted.path, FILE_START, problems.tooManyFiles(MAX_ENTRIES)));
        return { files: files.sort(byCodeUnits), diagnostics };
      }
      const file = `${relative}/${entry.name}`;
      const kind = await kindOf(entry, path.join(folder, file));
      const ending = wanted.endings.includes(path.extname(entry.name).toLowerCase());
      if (kind === 'file' && ending) {
        files.push(file);
      } else if (kind === 'folder' && wanted.nested && !ending) {
        open.push(file);
      }
    }
  }
  return { files: files.sort(byCodeUnits), diagnostics };
}

function isCandidate(name: string): boolean {
  return !/^(?:[._]|readme)/i.test(name) && name !== 'node_modules';
}

async function kindOf(entry: Dirent, file: string): Promise<'file' | 'folder' | 'other'> {
  if (entry.isFile()) {
    return 'file';
  }
  if (entry.isDirectory()) {
    return 'folder';
  }
  if (!entry.isSymbolicLink()) {
    return 'other';
  }
  try {
    const stats = await fs.stat(file);
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
