import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nodeDisk } from '../src/core/base/disk.ts';
import { objectId, type ObjectId } from '../src/core/domain/ids.ts';
import { gitProgram } from '../src/core/git/gitProgram.ts';
import { openRepository, type Repository } from '../src/core/git/repository.ts';
import { median, printRows, turned, type BenchRow } from './table.ts';

// What a result on its branch costs: ten files of 4 KB put on a commit of so many tracked files, and a branch made,
// beside one `git fast-import`, as it is and told to survive a power loss as ours does, and beside `git add` and
// `git commit`. All in turn, in one repository.

const ROUNDS = 9;
/** `git add` and `git commit` write index and work tree, which take long to put right again. */
const SLOW_ROUNDS = 4;
const FILES = 10;
const BYTES = 4096;
const FLUSHED = ['-c', 'core.fsync=all', '-c', 'core.fsyncMethod=fsync'];
const RULES = { prefix: 'ai/generated' };
const WHO = { name: 'Bench', email: 'bench@localhost' };
const ENVIRONMENT = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_AUTHOR_NAME: WHO.name,
  GIT_AUTHOR_EMAIL: WHO.email,
  GIT_COMMITTER_NAME: WHO.name,
  GIT_COMMITTER_EMAIL: WHO.email,
};

export async function benchCommits(): Promise<void> {
  const own = new Map<number, number>();
  for (const tracked of [5_000, 50_000]) {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-commits-')));
    try {
      const rows = await compare(folder, tracked);
      printRows(`${FILES} files on ${tracked} tracked ones`, 'ms', 'git fast-import', rows);
      own.set(tracked, median(rows[0]?.rounds ?? []));
      if (tracked === 50_000) {
        await race(folder);
      }
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
  const [small = Number.NaN, large = Number.NaN] = [...own.values()];
  console.log(`  sluice at 50000 tracked files: ${(large / small).toFixed(2)} x that at 5000`);
}

async function compare(folder: string, tracked: number): Promise<readonly BenchRow[]> {
  const head = makeRepository(folder, tracked);
  const repository = await opened(folder);
  let made = 0;
  const files = () => {
    made += 1;
    return Array.from({ length: FILES }, (_, n) => ({
      path: `artifacts/r${made}/c${n}/a.md`,
      bytes: randomBytes(BYTES / 2).toString('hex'),
    }));
  };
  const ways = {
    sluice: async () => {
      const chosen = files();
      const begun = performance.now();
      await commitBySluice(repository, head, `bench-${made}/a`, chosen);
      return performance.now() - begun;
    },
    'git fast-import': async () => {
      const chosen = files();
      const begun = performance.now();
      await importInto(folder, head, `ai/generated/import-${made}/a`, chosen);
      return performance.now() - begun;
    },
    'git fast-import, flushed': async () => {
      const chosen = files();
      const begun = performance.now();
      await importInto(folder, head, `ai/generated/flushed-${made}/a`, chosen, FLUSHED);
      return performance.now() - begun;
    },
    'git add + commit': async () => {
      const chosen = files();
      const begun = performance.now();
      for (const file of chosen) {
        fs.mkdirSync(path.dirname(path.join(folder, file.path)), { recursive: true });
        fs.writeFileSync(path.join(folder, file.path), file.bytes);
      }
      await git(folder, ['add', '--', ...chosen.map((file) => file.path)]);
      await git(folder, ['commit', '--quiet', '--message', 'bench']);
      const took = performance.now() - begun;
      await git(folder, ['reset', '--quiet', '--hard', head]);
      return took;
    },
  };
  const rounds: Record<keyof typeof ways, number[]> = {
    sluice: [],
    'git fast-import': [],
    'git fast-import, flushed': [],
    'git add + commit': [],
  };
  const names = Object.keys(ways) as (keyof typeof ways)[];
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const name of turned(names, round)) {
      if (name === 'git add + commit' && round > SLOW_ROUNDS) {
        continue;
      }
      const took = await ways[name]();
      // The first reads the index of the pack, as the first result after a start does.
      if (round > 0) {
        rounds[name].push(took);
      }
    }
  }
  return names.map((name) => ({ name, rounds: rounds[name] }));
}

/** Twenty at once on branches of their own, and on one: nobody's result is lost. */
async function race(folder: string): Promise<void> {
  const head = objectId(text(folder, ['rev-parse', 'HEAD']));
  const repositories = await Promise.all(Array.from({ length: 20 }, () => opened(folder)));
  const begun = performance.now();
  await Promise.all(
    repositories.map((repository, n) =>
      commitBySluice(repository, head, `race/own-${n}`, [{ path: `race/${n}.md`, bytes: `${n}` }]),
    ),
  );
  const took = performance.now() - begun;
  const branches = text(folder, [
    'for-each-ref',
    '--format=%(refname)',
    'refs/heads/ai/generated/race/',
  ]);
  const taken = await Promise.all(
    repositories.map(async (repository, n) => {
      const commit = await commitOf(repository, head, [{ path: 'one.md', bytes: `${n}` }]);
      return await repository.createRef('refs/heads/ai/generated/race-one/a', commit, RULES);
    }),
  );
  const won = taken.filter(({ kind }) => kind === 'created').length;
  const told = taken.filter(({ kind }) => kind === 'conflict' || kind === 'locked').length;
  const sound = text(folder, ['fsck', '--full', '--strict', '--no-dangling']) === '';
  console.log(
    `  20 committers at once: ${branches.split('\n').length} of 20 branches in ${took.toFixed(0)} ms; ` +
      `on one branch ${won} won and ${told} were told; git fsck ${sound ? 'finds nothing' : 'COMPLAINS'}`,
  );
}

interface NewFile {
  readonly path: string;
  readonly bytes: string;
}

async function commitBySluice(
  repository: Repository,
  head: ObjectId,
  branch: string,
  files: readonly NewFile[],
): Promise<void> {
  const commit = await commitOf(repository, head, files);
  const outcome = await repository.createRef(`refs/heads/ai/generated/${branch}`, commit, RULES);
  if (outcome.kind !== 'created') {
    throw new Error(`${branch} was not made: ${outcome.kind}`);
  }
}

async function commitOf(
  repository: Repository,
  head: ObjectId,
  files: readonly NewFile[],
): Promise<ObjectId> {
  const commit = await repository.commit({
    base: head,
    parents: [head],
    files: files.map((file) => ({
      path: file.path,
      executable: false,
      read: () => Promise.resolve(Buffer.from(file.bytes)),
    })),
    removed: [],
    message: 'bench\n',
    author: WHO,
    timestamp: { seconds: 1_700_000_000, offsetMinutes: 0 },
  });
  if (!commit.ok) {
    throw new Error(commit.error.message);
  }
  return commit.value;
}

async function opened(folder: string): Promise<Repository> {
  const found = await openRepository(folder, { disk: nodeDisk, program: gitProgram(ENVIRONMENT) });
  if (found.kind !== 'repository') {
    throw new Error(`there is no repository in ${folder}`);
  }
  return found.repository;
}

/** Files of 150 bytes in folders of a hundred, in one pack, with a work tree and an index. */
function makeRepository(folder: string, tracked: number): ObjectId {
  text(folder, ['init', '--quiet', '--initial-branch', 'main', '.']);
  const stream = ['commit refs/heads/main\ncommitter b <b@localhost> 1700000000 +0000\ndata 0\n'];
  for (let n = 0; n < tracked; n += 1) {
    const body = `file ${n}\n${'lorem '.repeat(20)}`;
    const at = `d${Math.floor(n / 1000)}/e${Math.floor(n / 100) % 10}/f${n}.txt`;
    stream.push(`M 100644 inline ${at}\ndata ${body.length}\n${body}\n`);
  }
  execFileSync('git', ['fast-import', '--quiet'], {
    cwd: folder,
    env: ENVIRONMENT,
    input: stream.join(''),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  text(folder, ['checkout', '--quiet', '--force', 'main']);
  return objectId(text(folder, ['rev-parse', 'HEAD']));
}

function importInto(
  folder: string,
  head: ObjectId,
  branch: string,
  files: readonly NewFile[],
  options: readonly string[] = [],
): Promise<void> {
  const stream = [
    `commit refs/heads/${branch}\ncommitter b <b@localhost> 1700000000 +0000\ndata 2\nm\nfrom ${head}\n`,
    ...files.map(
      (file) => `M 100644 inline ${file.path}\ndata ${file.bytes.length}\n${file.bytes}\n`,
    ),
    '\n',
  ];
  return git(folder, [...options, 'fast-import', '--quiet', '--force'], stream.join(''));
}

function git(folder: string, args: readonly string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: folder,
      env: ENVIRONMENT,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`git ${args[0] ?? ''} ended with ${code ?? 'a signal'}`));
      }
    });
    child.stdin.end(input);
  });
}

function text(folder: string, args: readonly string[]): string {
  const options = { cwd: folder, env: ENVIRONMENT, encoding: 'utf8', maxBuffer: 1e8 } as const;
  return execFileSync('git', args, options).trim();
}
