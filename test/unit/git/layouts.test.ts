import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { ObjectId } from '../../../src/core/domain/ids.ts';
import type { CommitRequest } from '../../../src/core/git/commit.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import type { Repository } from '../../../src/core/git/repository.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import {
  digestCheckout,
  gitEnvironment,
  problemsIn,
  TempRepository,
} from '../../support/tempRepository.ts';

/** A repository of one kind, ready to be committed to. */
interface Layout {
  readonly folder: string;
  readonly access: 'files' | 'program';
  /** A file of its HEAD that is removed; `undefined` where there is no commit. */
  readonly old: string | undefined;
  /** Files to write beside the usual ones. */
  readonly files?: Readonly<Record<string, string>>;
  /** What Git stores of them, where it is not what was written. */
  readonly stored?: Readonly<Record<string, string>>;
}

const BRANCH = 'refs/heads/ai/generated/try-1/a';
const TAG = 'refs/tags/workflow_try-1_a';

/** Without the line end, which may be part of a file's bytes otherwise. */
function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, env: gitEnvironment, encoding: 'utf8' });
}

async function open(folder: string, disk = nodeDisk): Promise<Repository> {
  const result = await openRepository(folder, { disk, program: gitProgram(gitEnvironment) });
  assert.equal(result.kind, 'repository', JSON.stringify(result));
  return (result as { repository: Repository }).repository;
}

function request(
  base: ObjectId | undefined,
  files: Readonly<Record<string, string>>,
  removed: readonly string[] = [],
): CommitRequest {
  return {
    base,
    parents: base === undefined ? [] : [base],
    files: Object.entries(files).map(([file, content]) => ({
      path: file,
      executable: file.endsWith('.sh'),
      read: () => Promise.resolve(Buffer.from(content, 'latin1')),
    })),
    removed,
    message: 'A result\n\nRun: try-1\n',
    author: { name: 'Sluice', email: 'sluice@localhost' },
    timestamp: { seconds: 1_700_000_100, offsetMinutes: 60 },
  };
}

async function commit(repository: Repository, asked: CommitRequest): Promise<ObjectId> {
  const made = await repository.commit(asked);
  assert.ok(made.ok, JSON.stringify(made));
  return made.value;
}

describe('a result is committed, followed and partly removed in', () => {
  let temp: TempRepository;
  beforeEach(() => {
    temp = new TempRepository();
    temp.write('README.md', 'readme\n');
    temp.write('src/old.ts', 'old\n');
    temp.write('src/kept.ts', 'kept\n');
  });
  afterEach(() => temp.dispose());

  const layouts: Readonly<Record<string, () => Layout>> = {
    'a plain repository': () => {
      temp.commit();
      return { folder: temp.folder, access: 'files', old: 'src/old.ts' };
    },
    'a linked worktree': () => {
      temp.commit();
      const folder = path.join(temp.parent, 'linked');
      temp.git('worktree', 'add', '--quiet', '-b', 'side', folder);
      return { folder, access: 'files', old: 'src/old.ts' };
    },
    'packed objects and refs': () => {
      temp.commit();
      temp.git('tag', 'v1');
      temp.git('gc', '--quiet', '--prune=now');
      temp.git('pack-refs', '--all');
      return { folder: temp.folder, access: 'files', old: 'src/old.ts' };
    },
    'a shallow clone': () => {
      temp.commit();
      temp.write('src/kept.ts', 'newer\n');
      temp.commit();
      const folder = path.join(temp.parent, 'clone');
      temp.git('clone', '--quiet', '--depth=1', `file://${temp.folder}`, folder);
      return { folder, access: 'files', old: 'src/old.ts' };
    },
    'a repository without a commit': () => ({
      folder: temp.folder,
      access: 'files',
      old: undefined,
    }),
    'a repository with a submodule': () => {
      const inner = new TempRepository();
      try {
        inner.write('in', 'in');
        inner.commit();
        const allow = ['-c', 'protocol.file.allow=always'];
        temp.git(...allow, 'submodule', '--quiet', 'add', inner.folder, 'modules/in');
      } finally {
        inner.dispose();
      }
      temp.commit();
      return { folder: temp.folder, access: 'files', old: 'src/old.ts' };
    },
    'a repository with files behind a filter, as LFS has them': () => {
      const script = path.join(temp.parent, 'clean.sh');
      fs.writeFileSync(script, '#!/bin/sh\nprintf "pointer to %s" "$(cat | wc -c)"\n', {
        mode: 0o755,
      });
      temp.write('.gitattributes', '*.bin filter=big\n');
      temp.git('config', 'filter.big.clean', script);
      temp.git('config', 'filter.big.required', 'true');
      temp.write('old.bin', 'x'.repeat(1000));
      temp.commit();
      return {
        folder: temp.folder,
        access: 'files',
        old: 'old.bin',
        files: { 'deep/new.bin': 'y'.repeat(123) },
        stored: { 'deep/new.bin': 'pointer to 123' },
      };
    },
    'a repository with core.autocrlf': () => {
      temp.commit();
      temp.git('config', 'core.autocrlf', 'true');
      return {
        folder: temp.folder,
        access: 'files',
        old: 'src/old.ts',
        files: { 'a.txt': 'one\r\ntwo\r\n', 'b.bin': 'x\0\r\n' },
        stored: { 'a.txt': 'one\ntwo\n' },
      };
    },
    'a repository with line ends in .gitattributes': () => {
      temp.write('.gitattributes', '*.txt text eol=crlf\n*.raw -text\n');
      temp.commit();
      return {
        folder: temp.folder,
        access: 'files',
        old: 'src/old.ts',
        files: { 'a.txt': 'one\r\ntwo\n', 'a.raw': 'one\r\n' },
        stored: { 'a.txt': 'one\ntwo\n' },
      };
    },
    'a repository with executables and symbolic links': () => {
      temp.write('bin/tool', '#!/bin/sh\n');
      fs.chmodSync(path.join(temp.folder, 'bin/tool'), 0o755);
      fs.symlinkSync('../README.md', path.join(temp.folder, 'bin/link'));
      temp.commit();
      return { folder: temp.folder, access: 'files', old: 'src/old.ts' };
    },
    'a repository with names in any language and of any length': () => {
      temp.write('src/日本語/Übersicht 😀.md', 'x');
      temp.commit();
      return {
        folder: temp.folder,
        access: 'files',
        old: 'src/日本語/Übersicht 😀.md',
        files: {
          'src/日本語/"quoted" é.md': 'q',
          [`${`${'ü'.repeat(120)}/`.repeat(16)}long.md`]: 'long',
        },
      };
    },
    'a clone that borrows objects': () => {
      temp.commit();
      temp.git('gc', '--quiet');
      const folder = path.join(temp.parent, 'clone');
      temp.git('clone', '--quiet', '--shared', temp.folder, folder);
      return {
        folder,
        access: 'program',
        old: 'src/old.ts',
        files: { 'src/日本語/"quoted" é.md': 'q' },
      };
    },
    'a repository named by SHA-256': () => {
      const folder = path.join(temp.parent, 'sha256');
      temp.git('init', '--quiet', '--object-format=sha256', folder);
      fs.cpSync(temp.folder, folder, {
        recursive: true,
        filter: (from) => path.basename(from) !== '.git',
      });
      fs.writeFileSync(path.join(folder, '.gitattributes'), '*.txt text\n');
      git(folder, 'add', '--all');
      git(folder, 'commit', '--quiet', '-m', 'x');
      return {
        folder,
        access: 'program',
        old: 'src/old.ts',
        files: { 'a.txt': 'one\r\n' },
        stored: { 'a.txt': 'one\n' },
      };
    },
    'a repository named by SHA-256 without a commit': () => {
      const folder = path.join(temp.parent, 'sha256');
      temp.git('init', '--quiet', '--object-format=sha256', folder);
      return { folder, access: 'program', old: undefined };
    },
    'a partial clone without the bytes of files': () => {
      temp.commit();
      temp.git('config', 'uploadpack.allowFilter', 'true');
      const folder = path.join(temp.parent, 'clone');
      temp.git('clone', '--quiet', '--filter=blob:none', `file://${temp.folder}`, folder);
      return { folder, access: 'program', old: 'src/old.ts' };
    },
    'a partial clone without trees': () => {
      temp.commit();
      temp.write('src/kept.ts', 'newer\n');
      temp.commit();
      temp.git('config', 'uploadpack.allowFilter', 'true');
      const folder = path.join(temp.parent, 'clone');
      const url = `file://${temp.folder}`;
      temp.git('clone', '--quiet', '--filter=tree:0', '--no-checkout', url, folder);
      return { folder, access: 'program', old: 'src/old.ts' };
    },
  };

  for (const [name, make] of Object.entries(layouts)) {
    it(name, async () => {
      const { folder, access, old, files = {}, stored = {} } = make();
      const before = digestCheckout(folder);
      const repository = await open(folder);
      assert.equal(repository.places.access.by, access);
      const { commit: head } = await repository.head();
      assert.equal(head === undefined, old === undefined);

      const written = {
        'docs/a.md': 'a\n',
        'src/new.ts': 'new\n',
        'run.sh': '#!/bin/sh\n',
        ...files,
      };
      const one = await commit(repository, request(head, written));
      assert.deepEqual(await repository.createRef(BRANCH, one), { kind: 'created' });
      assert.deepEqual(await repository.createRef(TAG, one), { kind: 'created' });
      const removed = ['docs/a.md', ...(old === undefined ? [] : [old])];
      const two = await commit(repository, request(one, { 'src/new.ts': 'newer\n' }, removed));
      assert.deepEqual(await repository.updateRef(BRANCH, two, one), { kind: 'updated' });
      assert.deepEqual(await repository.updateRef(BRANCH, one, one), {
        kind: 'conflict',
        ref: BRANCH,
        value: two,
      });
      assert.deepEqual(await repository.createRef(TAG, one), { kind: 'exists-same' });
      assert.equal(await commit(repository, request(head, written)), one, 'not the same again');

      assert.deepEqual(digestCheckout(folder), before);
      assert.equal(problemsIn(folder), '');
      assert.equal(git(folder, 'rev-parse', BRANCH, TAG), `${two}\n${one}\n`);
      assert.equal(
        git(folder, 'rev-list', '--first-parent', '-2', two).split('\n')[1],
        one,
        'it does not follow the first',
      );
      for (const [file, content] of Object.entries({ ...written, ...stored })) {
        assert.equal(git(folder, 'cat-file', 'blob', `${one}:${file}`), content, file);
      }
      assert.match(git(folder, 'ls-tree', one, 'run.sh'), /^100755 /);
      const changes = [
        ...git(folder, 'diff', '--no-renames', '--name-status', '-z', one, two).split('\0'),
      ].slice(0, -1);
      assert.deepEqual(
        changes.filter((_part, index) => index % 2 === 1).sort(),
        [...removed, 'src/new.ts'].sort(),
      );
      await seesTheSameAsGit(repository, head, two);
      assertNothingIsLeft(repository);
    });
  }

  async function seesTheSameAsGit(
    repository: Repository,
    from: ObjectId | undefined,
    to: ObjectId,
  ): Promise<void> {
    const folder = repository.workTree;
    const changes = await repository.changedPaths(from, to);
    const empty = git(folder, 'hash-object', '-t', 'tree', '--stdin').trim();
    const theirs = git(folder, 'diff', '--no-renames', '--name-only', '-z', from ?? empty, to);
    assert.deepEqual([...changes.keys()].sort(), theirs.split('\0').slice(0, -1).sort());
    for (const [file, { is }] of changes) {
      const found = await repository.readFileAt(to, file);
      assert.equal(found?.kind, is?.kind);
      if (found?.kind === 'file') {
        assert.equal(found.bytes.toString(), git(folder, 'cat-file', 'blob', `${to}:${file}`));
        assert.equal(found.id, git(folder, 'rev-parse', '--verify', `${to}:${file}`).trim());
        assert.equal(found.executable, file.endsWith('.sh'));
      }
    }
  }

  function assertNothingIsLeft({ gitDir, commonDir }: Repository): void {
    const names = [gitDir, commonDir].flatMap((folder) =>
      fs.readdirSync(folder, { recursive: true }).map(String),
    );
    assert.deepEqual(
      names.filter((name) => /\.lock$|tmp_|fast_import_crash|refs.sluice/.test(name)),
      [],
    );
  }
});

describe('many results', () => {
  let temp: TempRepository;
  let base: ObjectId;
  beforeEach(() => {
    temp = new TempRepository();
    for (let n = 0; n < 30; n += 1) {
      temp.write(`src/${n % 5}/${n}.ts`, `${n}\n`);
    }
    base = temp.commit();
  });
  afterEach(() => temp.dispose());

  const branchOf = (n: number) => `refs/heads/ai/generated/many-1/step-${n}`;
  const numbers = Array.from({ length: 20 }, (_, n) => n);
  /** Each is a program of its own, with its own cache. */
  const commitAll = (folder: string, head = base) =>
    Promise.all(
      numbers.map(async (n) => {
        const repository = await open(folder);
        const files = { [`src/${n % 5}/new-${n}.ts`]: `${n}`, 'shared.md': `${n}` };
        return { repository, id: await commit(repository, request(head, files)) };
      }),
    );

  it('committed at once to as many branches are all there', async () => {
    const made = await commitAll(temp.folder);
    const outcomes = await Promise.all(
      made.map(({ repository, id }, n) => repository.createRef(branchOf(n), id)),
    );
    assert.ok(outcomes.every(({ kind }) => kind === 'created'));
    for (const [n, { id }] of made.entries()) {
      assert.equal(temp.git('rev-parse', branchOf(n)), id);
      assert.equal(temp.git('show', `${id}:shared.md`), `${n}`);
    }
    assert.equal(temp.problems(), '');
  });

  it('racing for one branch get it one at a time, and the others are told', async () => {
    const hasty = { ...nodeDisk, pause: (ms: number) => nodeDisk.pause(ms / 20) };
    const repositories = await Promise.all(numbers.map(() => open(temp.folder, hasty)));
    const ref = branchOf(0);
    const won: ObjectId[] = [];
    for (let round = 0; round < 6; round += 1) {
      const expected = won.at(-1);
      const tries = await Promise.all(
        repositories.map(async (repository, n) => {
          const files = { [`round-${round}/${n}`]: `${round} ${n}` };
          const id = await commit(repository, request(expected ?? base, files));
          const outcome =
            expected === undefined
              ? await repository.createRef(ref, id)
              : await repository.updateRef(ref, id, expected);
          return { id, outcome };
        }),
      );
      const winners = tries.filter(({ outcome }) => /created|updated/.test(outcome.kind));
      assert.equal(winners.length, 1);
      won.push(...winners.map(({ id }) => id));
      for (const { outcome } of tries) {
        if (outcome.kind === 'conflict') {
          assert.equal(outcome.value, won.at(-1));
        } else {
          assert.match(outcome.kind, /created|updated|locked/);
        }
      }
    }
    const history = temp.git('rev-list', `${base}..${ref}`).split('\n');
    assert.deepEqual(history.reverse(), won);
    assert.equal(temp.problems(), '');
  }).timeout(60_000);

  it('committed by the git program at once are all there too', async () => {
    const clone = path.join(temp.parent, 'clone');
    temp.git('clone', '--quiet', '--shared', temp.folder, clone);
    const made = await commitAll(clone);
    const outcomes = await Promise.all(
      made.map(({ repository, id }, n) => repository.createRef(branchOf(n), id)),
    );
    assert.ok(outcomes.every(({ kind }) => kind === 'created'));
    for (const [n, { id }] of made.entries()) {
      assert.equal(git(clone, 'show', `${id}:shared.md`), `${n}`);
    }
    assert.equal(problemsIn(clone), '');
  });

  it('are all there while another git commits and collects in the same repository', async () => {
    const stop = new AbortController();
    const theirs = commitUntil(stop.signal, temp);
    const repository = await open(temp.folder);
    const made: ObjectId[] = [];
    for (const n of numbers) {
      const { commit: head } = await repository.head();
      const id = await commit(repository, request(head, { [`ours/${n}`]: `${n}` }));
      assert.deepEqual(await repository.createRef(branchOf(n), id), { kind: 'created' });
      made.push(id);
      await nodeDisk.pause(10);
    }
    stop.abort();
    const messages = await theirs;
    assert.ok(messages.length >= 3, 'the other one made too few commits');
    const history = temp.git('log', '--format=%s', `${base}..main`).split('\n');
    assert.deepEqual(history.reverse(), messages);
    for (const [n, id] of made.entries()) {
      assert.equal(temp.git('rev-parse', branchOf(n)), id);
      assert.equal(temp.git('show', `${id}:ours/${n}`), `${n}`);
    }
    assert.equal(temp.git('status', '--porcelain'), '');
    assert.equal(temp.problems(), '');
  }).timeout(60_000);
});

/** Commits again and again, packs everything at each third; returns the messages. */
async function commitUntil(signal: AbortSignal, temp: TempRepository): Promise<string[]> {
  const messages: string[] = [];
  const program = gitProgram({ ...gitEnvironment });
  const run = async (...args: readonly string[]) => {
    const done = await program.run(
      ['-c', 'user.name=x', '-c', 'user.email=x@localhost', ...args],
      { folder: temp.folder, env: {} },
      new AbortController().signal,
    );
    assert.ok(done.ok, JSON.stringify(done));
  };
  while (!signal.aborted) {
    const message = `theirs ${messages.length}`;
    temp.write(`src/${messages.length % 5}/theirs.ts`, message);
    await run('add', '--all');
    await run('commit', '--quiet', '-m', message);
    messages.push(message);
    if (messages.length % 3 === 0) {
      await run('repack', '-a', '-d', '--quiet');
      await run('pack-refs', '--all');
    }
  }
  return messages;
}
