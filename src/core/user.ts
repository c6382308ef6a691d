import os from 'node:os';
import path from 'node:path';

// Who uses this system, and where their programs keep things. The same for every host, so that a window
// and a terminal on one folder meet.

export interface UserFolders {
  readonly home: string;
  /** May be lost: workspace copies, what agents' files were parsed to. */
  readonly cache: string;
  /** Must not be lost: journals of folders without a Git repository. */
  readonly state: string;
  /** What the user writes: `models.json`. */
  readonly config: string;
}

export function userFolders(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): UserFolders {
  const home = environment['HOME'] ?? environment['USERPROFILE'] ?? os.homedir();
  if (platform === 'win32') {
    const local = environment['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local');
    return {
      home,
      cache: path.join(local, 'Sluice', 'cache'),
      state: path.join(local, 'Sluice', 'state'),
      config: path.join(local, 'Sluice'),
    };
  }
  if (platform === 'darwin') {
    const library = path.join(home, 'Library');
    return {
      home,
      cache: path.join(library, 'Caches', 'sluice'),
      state: path.join(library, 'Application Support', 'sluice'),
      config: path.join(library, 'Application Support', 'sluice'),
    };
  }
  return {
    home,
    cache: path.join(
      absolute(environment['XDG_CACHE_HOME']) ?? path.join(home, '.cache'),
      'sluice',
    ),
    state: path.join(
      absolute(environment['XDG_STATE_HOME']) ?? path.join(home, '.local', 'state'),
      'sluice',
    ),
    config: path.join(
      absolute(environment['XDG_CONFIG_HOME']) ?? path.join(home, '.config'),
      'sluice',
    ),
  };
}

/** The XDG rules: a relative path is to be ignored. */
function absolute(folder: string | undefined): string | undefined {
  return folder !== undefined && path.isAbsolute(folder) ? folder : undefined;
}

/** The user's name on this machine. A container may run as a user the system has no name for. */
export function userName(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    return os.userInfo().username;
  } catch {
    return environment['USER'] ?? environment['USERNAME'] ?? 'somebody';
  }
}
