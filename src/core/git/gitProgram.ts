import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as path from 'node:path';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';

/** Why the `git` program gave no answer. `message` is one sentence for people. */
export interface GitProgramProblem {
  readonly reason: 'git-missing' | 'git-failed';
  readonly message: string;
}

export interface GitProgram {
  /**
   * Resolves with what the command prints, byte for byte. Rejects only with the reason of `signal`,
   * once the process is gone.
   */
  run(
    args: readonly string[],
    options: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<Result<Buffer, GitProgramProblem>>;
}

/** What of the host's environment the program is given; the rest could change what it does or where it looks. */
const PASSED_ON: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'SYSTEMROOT',
  'WINDIR',
  'TMPDIR',
  'TEMP',
  'TMP',
  'XDG_CONFIG_HOME',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_NOSYSTEM',
]);

const ALWAYS = {
  // Reading must not write the index.
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

/** A repository's own configuration names programs under these; none may run. */
const SAFE_CONFIG = ['-c', 'core.fsmonitor=', '-c', 'core.hooksPath=/dev/null'];

/** The `git` on the host's PATH. It is looked for at each call, so that installing it is enough. */
export function gitProgram(environment: Readonly<Record<string, string | undefined>>): GitProgram {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && PASSED_ON.has(name.toUpperCase())) {
      env[name] = value;
    }
  }
  return {
    run: async (args, options, signal) => {
      signal.throwIfAborted();
      const program = await findGit(env);
      if (program === undefined) {
        return err({
          reason: 'git-missing',
          message: 'The program "git" was not found on PATH; install Git.',
        });
      }
      return await runProgram(
        program,
        [...SAFE_CONFIG, ...args],
        options.folder,
        { ...env, ...ALWAYS, ...options.env },
        signal,
      );
    },
  };
}

/** Absolute, because Windows would look in the working folder first: a repository could bring its own `git.exe`. */
async function findGit(env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'git.exe' : 'git';
  const variable = Object.entries(env).find(([key]) => key.toUpperCase() === 'PATH')?.[1] ?? '';
  for (const folder of variable.split(path.delimiter)) {
    if (!path.isAbsolute(folder)) {
      continue;
    }
    const file = path.join(folder, name);
    try {
      await access(file, constants.X_OK);
      if ((await stat(file)).isFile()) {
        return file;
      }
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}

function runProgram(
  program: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<Buffer, GitProgramProblem>> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    let complaint = '';
    let thrown: Error | undefined;
    const child = spawn(program, args, {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      signal,
      killSignal: 'SIGKILL',
    });
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(0, 2000);
    });
    child.on('error', (error) => {
      thrown = error;
      if (child.pid === undefined) {
        // It never ran, so nothing will be closed.
        settle(null);
      }
    });
    child.on('close', settle);

    function settle(code: number | null): void {
      if (signal.aborted) {
        reject(signal.reason as Error);
      } else if (code === 0) {
        resolve(ok(Buffer.concat(out)));
      } else {
        const why = complaint.trim() || thrown?.message || `it ended with code ${code ?? 'none'}`;
        resolve(
          err({
            reason: 'git-failed',
            message: `"git ${args[SAFE_CONFIG.length] ?? ''}" failed: ${why}`,
          }),
        );
      }
    }
  });
}
