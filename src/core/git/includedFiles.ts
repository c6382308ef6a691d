import { isUtf8 } from 'node:buffer';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { hasCode } from '../base/disk.ts';
import { globFault } from '../base/glob.ts';
import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import { protectedName } from '../domain/protectedPaths.ts';
import type { GitProgramProblem } from './gitProgram.ts';
import type { IgnoreParts } from './ignoredPaths.ts';
import { eachEntry } from './listing.ts';

// Files that Git ignores and a copy has nevertheless, because somebody says so: `.worktreeinclude` or a setting.

/** Lines as in a `.gitignore`, and what keeps others from counting, each as a sentence for people. */
export interface IncludePatterns {
  readonly patterns: readonly string[];
  readonly faults: readonly string[];
}

export interface IncludedFiles {
  /** Files and links, relative to the folder opened, with `/`, sorted. */
  readonly files: readonly string[];
  /** Files with secrets that a pattern means but none names: they are in no copy. */
  readonly unnamed: readonly string[];
}

const FILE = '.worktreeinclude';
const MOST_BYTES = 64 * 1024;
const MOST_LINES = 1000;

/** Reads `.worktreeinclude` in a folder; one that breaks a limit counts for nothing. @param folder absolute */
export async function readWorktreeInclude(folder: string): Promise<IncludePatterns> {
  const file = path.join(folder, FILE);
  const refuse = (why: string): IncludePatterns => ({ patterns: [], faults: [`${FILE} ${why}`] });
  let bytes: Buffer;
  try {
    const status = await stat(file);
    if (!status.isFile()) {
      return refuse('is no file.');
    }
    if (status.size > MOST_BYTES) {
      return refuse(`is larger than ${MOST_BYTES / 1024} KB: nothing of it counts.`);
    }
    bytes = await readFile(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return { patterns: [], faults: [] };
    }
    return refuse(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isUtf8(bytes) || bytes.includes(0)) {
    return refuse('is no text in UTF-8: nothing of it counts.');
  }
  const lines = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  if (lines.length > MOST_LINES + 1) {
    return refuse(`has more than ${MOST_LINES} lines: nothing of it counts.`);
  }
  return {
    patterns: lines.filter((line) => line.trim() !== '' && !line.startsWith('#')),
    faults: [],
  };
}

/** Globs of a setting as such patterns: they begin at the folder opened, and one that means a folder means all in it. */
export function patternsOfGlobs(globs: readonly string[]): IncludePatterns {
  const patterns: string[] = [];
  const faults: string[] = [];
  for (const glob of globs) {
    const fault = globFault(glob);
    if (fault === undefined) {
      // An alternative may be empty, as in "{,/**}".
      patterns.push(
        ...[...new Set(withoutBraces(glob))].map((one) => `/${one.replace(/ +$/, '[ ]')}`),
      );
    } else {
      faults.push(`The glob "${glob}" of files to include ${fault}.`);
    }
  }
  return { patterns, faults };
}

/**
 * Files below the folder opened that Git ignores and that such patterns mean. Those in linked folders are not among
 * them, and not looked for. Rejects only with the reason of `signal`, and with what the disk throws.
 * @param patterns as in a `.gitignore` of the folder opened; a later one overrules an earlier one
 * @param linked folders that are linked into copies, relative to the folder opened, with `/`
 */
export async function listIncluded(
  { places, program, scratch }: IgnoreParts,
  patterns: readonly string[],
  linked: readonly string[],
  signal: AbortSignal,
): Promise<Result<IncludedFiles, GitProgramProblem>> {
  if (patterns.length === 0) {
    return ok({ files: [], unnamed: [] });
  }
  const own = await mkdtemp(path.join(scratch, 'included-'));
  try {
    const file = path.join(own, 'patterns');
    const prefix = path.relative(places.workTree, places.folder).split(path.sep).join('/');
    await writeFile(file, patterns.map((one) => `${fromRoot(one, prefix)}\n`).join(''));
    const list = (args: readonly string[]) =>
      program.run(
        ['ls-files', '-z', '--others', '--ignored', ...args],
        {
          folder: places.folder,
          env: { GIT_DIR: places.gitDir, GIT_WORK_TREE: places.workTree },
        },
        signal,
      );
    const except = linked.map((folder) => `:(exclude,literal)${folder}`);
    const [meant, ignored] = await Promise.all([
      list([`--exclude-from=${file}`, '--', '.', ...except]),
      list(['--exclude-standard', '--directory']),
    ]);
    if (!meant.ok) {
      return meant;
    }
    if (!ignored.ok) {
      return ignored;
    }
    const isIgnored = await anyOf(ignored.value, signal);
    const isLinked = (one: string) => linked.some((folder) => one.startsWith(`${folder}/`));
    const found: string[] = [];
    await eachEntry(meant.value, signal, (entry) => {
      const one = isUtf8(entry) ? entry.toString('utf8') : '';
      // With a slash at its end it is another repository.
      if (one !== '' && !one.endsWith('/') && isIgnored(one) && !isLinked(one)) {
        found.push(one);
      }
    });
    const named = new Set(patterns.flatMap(secretNamedBy));
    const isUnnamed = (one: string) => {
      const secret = secretName(path.posix.basename(one));
      return secret !== undefined && !named.has(secret);
    };
    return ok({
      files: found.filter((one) => !isUnnamed(one)).sort(),
      unnamed: found.filter(isUnnamed).sort(),
    });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Of the files that tasks must not write, those in which people keep keys. */
const SECRETS: ReadonlySet<string> = new Set([
  '.env*',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.mcp.json',
]);

/** What kind of secret a file of this name is. */
function secretName(name: string): string | undefined {
  const kind = protectedName(name);
  return kind !== undefined && SECRETS.has(kind) ? kind : undefined;
}

/** `config/` and `*` mean such a file, but whoever wrote them may not have thought of it; `.env.*` names it. */
function secretNamedBy(pattern: string): readonly string[] {
  const kind = pattern.startsWith('!')
    ? undefined
    : secretName(path.posix.basename(pattern.replace(/[\s/]+$/, '')));
  return kind === undefined ? [] : [kind];
}

/** What Git lists as ignored: files, and folders of which all is. */
async function anyOf(printed: Buffer, signal: AbortSignal): Promise<(file: string) => boolean> {
  const listed = new Set<string>();
  await eachEntry(printed, signal, (entry) => listed.add(entry.toString('utf8')));
  if (listed.has('./')) {
    return () => true;
  }
  return (file) => {
    for (let at = file.indexOf('/'); at !== -1; at = file.indexOf('/', at + 1)) {
      if (listed.has(file.slice(0, at + 1))) {
        return true;
      }
    }
    return listed.has(file);
  };
}

/** Git takes a pattern on its own from the root of the work tree on, where one with a slash begins. */
function fromRoot(pattern: string, prefix: string): string {
  const [, not = '', rest = ''] = /^(!?)(.*)$/su.exec(pattern) ?? [];
  if (prefix === '' || !rest.trimEnd().replace(/\/$/, '').includes('/')) {
    return pattern;
  }
  const begin = prefix.replace(/[\\*?[\]]/g, '\\$&');
  return `${not}/${begin}/${rest.replace(/^\//, '')}`;
}

/** The globs without braces it stands for. @param glob without fault */
function withoutBraces(glob: string): readonly string[] {
  const close = glob.indexOf('}');
  const open = glob.lastIndexOf('{', close);
  // The innermost first: between the first end and the beginning before it there is no other.
  return close === -1
    ? [glob]
    : glob
        .slice(open + 1, close)
        .split(',')
        .flatMap((one) => withoutBraces(`${glob.slice(0, open)}${one}${glob.slice(close + 1)}`));
}
