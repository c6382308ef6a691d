import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ObjectId } from '../../src/core/domain/ids.ts';
import { objectId } from '../../src/core/domain/ids.ts';

/** Git as on a fresh machine: no user or system configuration, fixed names and dates. */
export const gitEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  HOME: os.tmpdir(),
  ...(process.env['SystemRoot'] === undefined ? {} : { SystemRoot: process.env['SystemRoot'] }),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_AUTHOR_NAME: 'Somebody',
  GIT_AUTHOR_EMAIL: 'somebody@localhost',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_NAME: 'Somebody',
  GIT_COMMITTER_EMAIL: 'somebody@localhost',
  GIT_COMMITTER_DATE: '1700000000 +0000',
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
};

/** A repository of the real `git` in a folder of its own. Dispose of it. */
export class TempRepository {
  /** Holds nothing but the repository and what tests put beside it; links resolved. */
  readonly parent: string;
  readonly folder: string;

  /** On the branch `main`, without a commit. */
  constructor() {
    this.parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-git-')));
    this.folder = path.join(this.parent, 'repository');
    fs.mkdirSync(this.folder);
    fs.cpSync(emptyRepository(), path.join(this.folder, '.git'), { recursive: true });
  }

  /** What the command prints, without the line end. @throws when it fails */
  git(...args: readonly string[]): string {
    return this.gitIn(this.folder, ...args);
  }

  gitIn(folder: string, ...args: readonly string[]): string {
    return execFileSync('git', args, {
      cwd: folder,
      env: gitEnvironment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).replace(/\n$/, '');
  }

  write(file: string, content: string | Uint8Array): void {
    const absolute = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(absolute), { recursive: true });
    fs.writeFileSync(absolute, content);
  }

  /** Commits all there is in the work tree. */
  commit(message = 'A commit'): ObjectId {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
    const head = this.#read('HEAD');
    return objectId(head.startsWith('ref: ') ? this.#read(head.slice('ref: '.length)) : head);
  }

  #read(ref: string): string {
    return fs.readFileSync(path.join(this.folder, '.git', ref), 'utf8').trim();
  }

  /** What `git fsck` finds wrong; empty when the repository is sound. */
  problems(): string {
    return problemsIn(this.folder);
  }

  dispose(): void {
    fs.rmSync(this.parent, { recursive: true, force: true });
  }
}

let empty: string | undefined;

/** What `git init` makes, once in a process: a copy of it takes a tenth of the time. */
function emptyRepository(): string {
  if (empty === undefined) {
    const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-empty-'));
    process.once('exit', () => fs.rmSync(parent, { recursive: true, force: true }));
    execFileSync('git', ['init', '--quiet', '--initial-branch=main', '--template=', parent], {
      env: gitEnvironment,
    });
    empty = path.join(parent, '.git');
  }
  return empty;
}

export function problemsIn(folder: string): string {
  const checked = spawnSync('git', ['fsck', '--full', '--strict', '--no-dangling'], {
    cwd: folder,
    env: gitEnvironment,
    encoding: 'utf8',
  });
  return checked.status === 0 && !/error|warning|bad|missing/i.test(checked.stderr)
    ? ''
    : `${checked.stdout}${checked.stderr}exit ${checked.status ?? 'none'}`;
}

/**
 * Everything in a checkout that Sluice promises to leave alone, a digest for each part so that a failing
 * comparison names it: HEAD, index, refs of others, reflogs, configuration, hooks, and each file of the
 * work tree with its mode and times. Works in a linked worktree too.
 */
export function digestCheckout(folder: string): Readonly<Record<string, string>> {
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: folder, env: gitEnvironment, encoding: 'utf8' });
  const top = git('rev-parse', '--show-toplevel').trim();
  const gitDir = path.resolve(folder, git('rev-parse', '--absolute-git-dir').trim());
  const commonDir = path.resolve(folder, git('rev-parse', '--git-common-dir').trim());
  return {
    head: digestOfFile(path.join(gitDir, 'HEAD')),
    index: digestOfFile(path.join(gitDir, 'index')),
    status: digest(git('status', '--porcelain=v2', '-z', '--untracked-files=all', '--ignored')),
    refs: digest(
      git('for-each-ref', '--format=%(refname) %(objectname)')
        .split('\n')
        .filter((line) => !/^refs\/(?:heads\/ai\/generated\/|tags\/workflow_)/.test(line))
        .join('\n'),
    ),
    reflogs: digestOfFolder(path.join(commonDir, 'logs')),
    ownReflogs: digestOfFolder(path.join(gitDir, 'logs')),
    config: digestOfFile(path.join(commonDir, 'config')),
    hooks: digestOfFolder(path.join(commonDir, 'hooks')),
    info: digestOfFolder(path.join(commonDir, 'info')),
    workTree: digestOfFolder(top, '.git'),
  };
}

function digestOfFolder(folder: string, except?: string): string {
  const lines: string[] = [];
  const walk = (relative: string) => {
    const absolute = path.join(folder, relative);
    const stat = fs.lstatSync(absolute, { throwIfNoEntry: false });
    if (stat === undefined) {
      return;
    }
    lines.push(`${relative} ${stat.mode} ${stat.isDirectory() ? '' : stat.mtimeMs}`);
    if (stat.isSymbolicLink()) {
      lines.push(fs.readlinkSync(absolute));
    } else if (stat.isDirectory()) {
      for (const name of fs.readdirSync(absolute).sort()) {
        if (name !== except) {
          walk(path.join(relative, name));
        }
      }
    } else {
      lines.push(digestOfFile(absolute));
    }
  };
  walk('');
  return digest(lines.join('\n'));
}

function digestOfFile(file: string): string {
  return fs.existsSync(file) ? digest(fs.readFileSync(file)) : 'absent';
}

function digest(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
