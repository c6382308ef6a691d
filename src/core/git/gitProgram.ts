import type { ChildProcessWithoutNullStreams } from 'node:child_process';
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

export interface GitCall {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the command reads. @default nothing */
  readonly input?: Uint8Array;
}

/** Files of the user that the program reads wherever it is started. They need not be there. */
export interface UserFiles {
  readonly home: string;
  readonly config: readonly string[];
  readonly attributes: readonly string[];
}

export interface GitProgram {
  readonly userFiles: UserFiles;
  /**
   * Resolves with what the command prints, byte for byte. Rejects only with the reason of `signal`,
   * once the process is gone.
   */
  run(
    args: readonly string[],
    call: GitCall,
    signal: AbortSignal,
  ): Promise<Result<Buffer, GitProgramProblem>>;
  /** Starts a command that is talked to. Whoever starts it ends it. */
  start(
    args: readonly string[],
    call: Omit<GitCall, 'input'>,
  ): Promise<Result<GitConversation, GitProgramProblem>>;
}

/** A `git` process that takes questions and answers in the order of them. */
export interface GitConversation {
  readonly pid: number | undefined;
  /** Resolves when the process has room for more. A process that has ended takes all, and `end` tells why it did. */
  write(bytes: Uint8Array | string): Promise<void>;
  /** What it prints, as it comes. For one reader. */
  readonly output: AsyncIterator<Buffer, unknown>;
  /** Tells it that nothing more comes. Resolves once it is gone. */
  end(): Promise<Result<void, GitProgramProblem>>;
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
  // What a partial clone needs to get an object it lacks.
  'SSH_AUTH_SOCK',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
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

/** The environment of commands that read objects by their ids. */
export const READING = {
  // A commit is made on what an id names, not on what somebody would like to see in its place.
  GIT_NO_REPLACE_OBJECTS: '1',
  // A partial clone gets what it lacks from where it was cloned.
  GIT_NO_LAZY_FETCH: '0',
};

/** Flushes what Git writes, in this process and those it starts. */
export const DURABLY: readonly string[] = ['-c', 'core.fsync=loose-object,pack,pack-metadata'];

/** The `git` on the host's PATH. It is looked for at each call, so that installing it is enough. */
export function gitProgram(environment: Readonly<Record<string, string | undefined>>): GitProgram {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && PASSED_ON.has(name.toUpperCase())) {
      env[name] = value;
    }
  }
  const spawned = async (
    args: readonly string[],
    call: Omit<GitCall, 'input'>,
  ): Promise<Result<GitProcess, GitProgramProblem>> => {
    const program = await findGit(env);
    return program === undefined
      ? err({
          reason: 'git-missing',
          message: 'The program "git" was not found on PATH; install Git.',
        })
      : ok(new GitProcess(program, args, call.folder, { ...env, ...ALWAYS, ...call.env }));
  };
  return {
    userFiles: userFilesOf(env),
    run: async (args, call, signal) => {
      signal.throwIfAborted();
      const found = await spawned(args, call);
      if (!found.ok) {
        return found;
      }
      return await found.value.run(call.input, signal);
    },
    start: spawned,
  };
}

function userFilesOf(env: Readonly<Record<string, string>>): UserFiles {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '';
  const { XDG_CONFIG_HOME: xdg = path.join(home, '.config'), GIT_CONFIG_GLOBAL: named } = env;
  return {
    home,
    config:
      named === undefined
        ? [path.join(home, '.gitconfig'), path.join(xdg, 'git', 'config')]
        : [named],
    attributes: [path.join(xdg, 'git', 'attributes'), path.join('/etc', 'gitattributes')],
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

class GitProcess implements GitConversation {
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<number | null>;
  #complaint = '';
  #thrown: Error | undefined;

  constructor(
    program: string,
    args: readonly string[],
    folder: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.#name = args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-c') ?? '';
    const child = spawn(program, [...SAFE_CONFIG, ...args], {
      cwd: folder,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.#child = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(0, 2000);
    });
    // It may end before it has read all; how it ended tells more than the broken pipe.
    child.stdin.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      child.on('error', (error) => {
        this.#thrown = error;
        if (child.pid === undefined) {
          // It never ran, so nothing will be closed.
          resolve(null);
        }
      });
      child.on('close', resolve);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get output(): AsyncIterator<Buffer, unknown> {
    return this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer, unknown>;
  }

  write(bytes: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.#child.stdin.write(bytes, () => resolve()));
  }

  async end(): Promise<Result<void, GitProgramProblem>> {
    this.#child.stdin.end();
    // What nobody reads would keep it from ending.
    this.#child.stdout.resume();
    return this.#outcome(await this.#closed);
  }

  async run(
    input: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Result<Buffer, GitProgramProblem>> {
    const kill = () => this.#child.kill('SIGKILL');
    signal.addEventListener('abort', kill);
    try {
      const out: Buffer[] = [];
      this.#child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      this.#child.stdin.end(input);
      const code = await this.#closed;
      signal.throwIfAborted();
      const outcome = this.#outcome(code);
      return outcome.ok ? ok(Buffer.concat(out)) : outcome;
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  #outcome(code: number | null): Result<void, GitProgramProblem> {
    if (code === 0) {
      return ok(undefined);
    }
    const why =
      this.#complaint.trim() || this.#thrown?.message || `it ended with code ${code ?? 'none'}`;
    return err({ reason: 'git-failed', message: `"git ${this.#name}" failed: ${why}` });
  }
}
