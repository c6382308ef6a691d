import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { delimiter, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import type { Failure } from '../domain/failure.ts';

/** What a command's first word turned out to be. */
export type Program =
  | {
      readonly kind: 'found';
      /** Absolute. */
      readonly file: string;
      /** Arguments that come before the command's own. */
      readonly leading: readonly string[];
    }
  | { readonly kind: 'missing' }
  /** It is there and cannot be executed. */
  | { readonly kind: 'unusable'; readonly message: string };

/**
 * Finds a program: a bare name on the search path, anything with a slash in it relative to the folder.
 * @param environment of the command to be; its `PATH` is searched
 */
export async function findProgram(
  name: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Program> {
  const isPath = name.includes('/') || (process.platform === 'win32' && name.includes('\\'));
  const places = isPath
    ? [resolve(folder, name)]
    : (environment['PATH'] ?? '')
        .split(delimiter)
        // An entry relative to nobody knows what, or an empty one, would let the copied files
        // decide what a bare name means.
        .filter((entry) => isAbsolute(entry))
        .map((entry) => join(entry, name));
  let best: Program = { kind: 'missing' };
  for (const place of places.flatMap((file) => spellings(file, environment))) {
    const found = await inspect(place, environment);
    if (found.kind === 'found') {
      return found;
    }
    // As the system does it: a file that may not be executed does not end the search.
    if (best.kind === 'missing') {
      best = found;
    }
  }
  return best;
}

/** Why a command is not started whose first word turned out to be no program. */
export function notFound(
  command: string,
  program: Exclude<Program, { kind: 'found' }>,
  install?: string,
): Failure {
  return program.kind === 'missing'
    ? { reason: 'command-not-found', command, install }
    : { reason: 'spawn-failed', command, message: program.message };
}

async function inspect(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<Program> {
  try {
    if (!(await stat(file)).isFile()) {
      return { kind: 'missing' };
    }
  } catch {
    return { kind: 'missing' };
  }
  try {
    await access(file, constants.X_OK);
  } catch {
    return { kind: 'unusable', message: `${file} is not executable` };
  }
  return process.platform === 'win32' && /\.(?:cmd|bat)$/i.test(file)
    ? await unwrapBatchFile(file, environment)
    : { kind: 'found', file, leading: [] };
}

/** On Windows `eslint` may be `eslint.exe` or `eslint.cmd`; elsewhere a name is what it is. */
function spellings(file: string, environment: Readonly<Record<string, string>>): string[] {
  if (process.platform !== 'win32') {
    return [file];
  }
  const extensions = (environment['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean);
  const isComplete = extensions.some(
    (extension) => extension.toLowerCase() === extname(file).toLowerCase(),
  );
  return isComplete ? [file] : extensions.map((extension) => file + extension);
}

/**
 * A batch file cannot be given arguments safely: cmd.exe reads them as its own language. Nearly all
 * that agents name are npm's wrappers around a script, and the script is run instead.
 */
async function unwrapBatchFile(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<Program> {
  const script = wrappedScript(await readFile(file, 'utf8'));
  const node = script === undefined ? undefined : await findProgram('node', '', environment);
  return script === undefined || node?.kind !== 'found'
    ? {
        kind: 'unusable',
        message: `${file} is a batch file; name the program it starts instead`,
      }
    : { kind: 'found', file: node.file, leading: [join(dirname(file), ...script.split('\\'))] };
}

/** The script an npm wrapper starts, relative to the wrapper, with `\`. */
export function wrappedScript(batch: string): string | undefined {
  return [...batch.matchAll(/%(?:~dp0|dp0%)\\([^"%\r\n]+?\.[cm]?js)"/g)].at(-1)?.[1];
}
