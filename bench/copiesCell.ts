// Makes copies of a folder of 5,000 files and prints what that took as one line of JSON.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nodeDisk } from '../src/core/base/disk.ts';
import { runIdOf, stepId, taskIdOf } from '../src/core/domain/ids.ts';
import { gitProgram } from '../src/core/git/gitProgram.ts';
import { openRepository } from '../src/core/git/repository.ts';
import { WorkspaceCopies, type PoolLimits } from '../src/core/workspaces/copies.ts';
import { STEPS, type CopiesFigures, type CopiesStep } from './copies.ts';
import { turned } from './table.ts';

const FILES = 5000;
const ROUNDS = 5;
const EDITS = 20;
const ROOM = 6;
const MANY = 20;
const { signal } = new AbortController();

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-copies-')));
const source = path.join(scratch, 'source');
const root = path.join(scratch, 'copies');
const files = Array.from(
  { length: FILES },
  (_, n) => `packages/p${n % 25}/src/d${n % 13}/file${n}.ts`,
);
let number = 0;

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args], {
    cwd: source,
    stdio: 'ignore',
  });
}

function prepare(): void {
  for (const [n, file] of files.entries()) {
    const at = path.join(source, file);
    fs.mkdirSync(path.dirname(at), { recursive: true });
    fs.writeFileSync(at, randomBytes(500 + (n % 3000)).toString('base64'));
  }
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'bench');
  // As a repository is that was cloned.
  git('repack', '-adq');
  // So that no file counts as just written.
  const old = new Date(Date.now() - 60_000);
  files.forEach((file) => fs.utimesSync(path.join(source, file), old, old));
}

async function open(limits: PoolLimits): Promise<WorkspaceCopies> {
  const opened = await openRepository(source, { disk: nodeDisk, program: gitProgram(process.env) });
  if (opened.kind !== 'repository') {
    throw new Error('it is no repository');
  }
  return new WorkspaceCopies({
    root,
    source,
    list: async (stop) => {
      const listed = await opened.repository.listFiles(stop);
      if (!listed.ok) {
        throw new Error(listed.error.message);
      }
      return { files: listed.value, linked: [] };
    },
    copyBlob: () => Promise.reject(new Error('no blob is asked for')),
    pool: {
      limits: () => limits,
      clock: { now: () => Date.now() + 60_000 },
      log: { info: () => undefined, debug: () => undefined },
    },
  });
}

const LIMITS = { mostCopies: 8, mostBytes: 5 * 1024 ** 3 };
const nextRun = () => runIdOf('bench', (number += 1));
const task = (name: string) => taskIdOf(stepId(name));
const forgetIdle = (kind: string) => {
  const pool = path.join(root, '.pool');
  const names = fs.existsSync(pool) ? fs.readdirSync(pool) : [];
  for (const name of names.filter((one) => one.startsWith(kind))) {
    fs.rmSync(path.join(pool, name), { recursive: true, force: true });
  }
};

function edit(folder: string, round: number): void {
  for (let n = 0; n < EDITS; n += 1) {
    fs.writeFileSync(path.join(folder, files[(n * 200 + round) % FILES] ?? ''), `edit ${round}`);
  }
}

const rounds = Object.fromEntries(STEPS.map((name) => [name, [] as number[]])) as Record<
  CopiesStep,
  number[]
>;

async function timed<T>(name: CopiesStep, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  rounds[name].push(performance.now() - begun);
  return result;
}

async function worktree(round: number): Promise<void> {
  const at = path.join(scratch, `worktree${round}`);
  await timed('git worktree add', () => {
    git('worktree', 'add', '-q', '--detach', at);
    return Promise.resolve();
  });
  git('worktree', 'remove', '--force', at);
}

async function ofOneRun(copies: WorkspaceCopies, round: number): Promise<void> {
  const run = nextRun();
  await copies.tree(run, signal);
  forgetIdle('copy');
  const made = await timed('copy, made', () => copies.create(run, task('a'), 1, signal));
  await made.dispose();
  const again = await timed('copy, used again', () => copies.create(run, task('b'), 1, signal));
  edit(again.folder, round);
  await timed('given back after 20 edits', () => again.dispose());
  const third = await timed('copy, used again after 20 edits', () =>
    copies.create(run, task('c'), 1, signal),
  );
  await third.dispose();
  const reader = await timed('reader of the run’s tree', () =>
    copies.reader(run, task('d'), 1, signal),
  );
  await reader.dispose();
  await copies.removeRun(run);
}

/** A run with one task: until that can begin. */
async function lone(copies: WorkspaceCopies, name: CopiesStep): Promise<void> {
  const run = nextRun();
  const copy = await timed(name, () => copies.create(run, task('a'), 1, signal));
  await copy.dispose();
  await copies.removeRun(run);
}

async function ofRuns(copies: WorkspaceCopies, round: number): Promise<void> {
  forgetIdle('');
  await lone(copies, 'first run: tree and copy');
  await lone(copies, 'next run: tree and copy');
  edit(source, round);
  await lone(copies, 'next run after 20 edits: tree and copy');
  forgetIdle('copy');
  await lone(copies, 'next run, copies removed: tree and copy');
}

async function underCap(): Promise<CopiesFigures['capped']> {
  forgetIdle('');
  const folders = new Set(
    files.flatMap((file) => [path.dirname(file), path.dirname(path.dirname(file))]),
  );
  const blocksOf = (at: string) => fs.statSync(path.join(source, at)).blocks;
  const blocks = [...files, ...folders, 'packages', ''].reduce((sum, at) => sum + blocksOf(at), 0);
  // The run's own tree counts as one copy.
  const copies = await open({ mostCopies: MANY, mostBytes: blocks * 512 * (ROOM + 1.2) });
  const run = nextRun();
  let most = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: MANY }, async (_, n) => {
      const copy = await copies.create(run, task(`t${n}`), 1, new AbortController().signal);
      const trees = (folder: string) =>
        fs.readdirSync(folder).filter((at) => fs.existsSync(path.join(folder, at, 'tree'))).length;
      most = Math.max(most, trees(path.join(root, run)) + trees(path.join(root, '.pool')));
      edit(copy.folder, n);
      await copy.dispose();
    }),
  );
  const ms = performance.now() - begun;
  await copies.removeRun(run);
  return { room: ROOM, most, ms };
}

try {
  prepare();
  const copies = await open(LIMITS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of turned([worktree, ofOneRun, ofRuns] as const, round)) {
      await (one === worktree
        ? worktree(round)
        : one === ofOneRun
          ? ofOneRun(copies, round)
          : ofRuns(copies, round));
    }
  }
  const figures: CopiesFigures = { rounds, capped: await underCap() };
  console.log(JSON.stringify(figures));
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
