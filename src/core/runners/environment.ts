import { delimiter, dirname, join } from 'node:path';
import type { RunnerRequest } from '../domain/runner.ts';

const ALLOWED = ['HOME', 'USER', 'LANG', 'TMPDIR'];
/** Without these Windows programs find neither their libraries nor a place for temporary files. */
const ALLOWED_ON_WINDOWS = [
  'APPDATA',
  'COMSPEC',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'NUMBER_OF_PROCESSORS',
  'OS',
  'PATHEXT',
  'PROCESSOR_ARCHITECTURE',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'USERNAME',
  'USERPROFILE',
  'WINDIR',
];

/** The attempt a program is started for, and what it is told of it. */
export type AttemptPlace = Pick<
  RunnerRequest,
  'run' | 'task' | 'attempt' | 'folder' | 'scratch' | 'env'
>;

/**
 * All variables a command gets: an allow-list of the host's, over them what agent and step declare,
 * over those what Sluice itself says. Nothing else of the host's is passed on, so that a key in it
 * reaches only the step that declares it.
 */
export function commandEnvironment(
  place: AttemptPlace,
  host: Readonly<Record<string, string | undefined>>,
  marker: string,
): Record<string, string> {
  return Object.assign(searchEnvironment(place, host), {
    SLUICE_RUN: place.run,
    SLUICE_TASK: place.task,
    SLUICE_ATTEMPT: marker,
    SLUICE_SCRATCH: place.scratch,
    SLUICE_NEEDS: join(place.scratch, 'needs'),
    // The copy has no .git: without this, a git command in it would take a repository that happens
    // to surround the cache folder, such as one of dot files in the home folder.
    GIT_CEILING_DIRECTORIES: dirname(place.folder),
  });
}

/** The part of a command's variables that decides which program its first word means. */
export function searchEnvironment(
  { folder, env }: Pick<AttemptPlace, 'folder' | 'env'>,
  host: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value !== undefined && isAllowed(name)) {
      environment[name] = value;
    }
  }
  const searchPath = env['PATH'] ?? hostPath(host);
  return Object.assign(environment, { TERM: 'dumb' }, env, {
    PATH: [join(folder, 'node_modules', '.bin'), searchPath].filter(Boolean).join(delimiter),
  });
}

function isAllowed(name: string): boolean {
  if (process.platform === 'win32') {
    // Names of variables have no case there.
    const upper = name.toUpperCase();
    return ALLOWED_ON_WINDOWS.includes(upper) || ALLOWED.includes(upper);
  }
  return ALLOWED.includes(name) || name.startsWith('LC_');
}

function hostPath(host: Readonly<Record<string, string | undefined>>): string {
  const name =
    process.platform === 'win32'
      ? (Object.keys(host).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH')
      : 'PATH';
  return host[name] ?? '';
}
