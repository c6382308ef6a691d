import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { inflateSync } from 'node:zlib';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { ObjectId } from '../../../src/core/domain/ids.ts';
import { objectId } from '../../../src/core/domain/ids.ts';
import { CatFile } from '../../../src/core/git/catFile.ts';
import type { CommitRequest } from '../../../src/core/git/commit.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import { ObjectReader } from '../../../src/core/git/objectReader.ts';
import type { Repository } from '../../../src/core/git/repository.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { parseTree } from '../../../src/core/git/tree.ts';
import { digestCheckout, gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

describe('a commit of files', () => {
  let temp: TempRepository;
  beforeEach(() => {
    temp = new TempRepository();
  });
  afterEach(() => temp.dispose());

  const open = async (folder = temp.folder): Promise<Repository> => {
    const result = await openRepository(folder, {
      disk: nodeDisk,
      program: gitProgram(gitEnvironment),
    });
    assert.equal(result.kind, 'repository');
    return (result as { repository: Repository }).repository;
  };
  const request = (
    parent: ObjectId | undefined,
    files: Readonly<Record<string, string>>,
    executable: readonly string[] = [],
  ): CommitRequest => ({
    base: parent,
    parents: parent === undefined ? [] : [parent],
    removed: [],
    files: Object.entries(files).map(([file, content]) => ({
      path: file,
      executable: executable.includes(file),
      read: () => Promise.resolve(Buffer.from(content)),
    })),
    message: 'Subject\n\nBody\n',
    author: { name: 'Sluice', email: 'sluice@localhost' },
    timestamp: { seconds: 1_700_000_100, offsetMinutes: -330 },
  });
  const commit = async (repository: Repository, asked: CommitRequest): Promise<ObjectId> => {
    const made = await repository.commit(asked);
    assert.ok(made.ok, JSON.stringify(made));
    return made.value;
  };
  const entries = (id: ObjectId) => temp.git('ls-tree', '-r', id).split('\n');

  it('adds them to the tree of its parent and touches nothing else', async () => {
    temp.write('src/a.ts', 'a');
    temp.write('src/deep/b.ts', 'b');
    temp.write('docs/c.md', 'c');
    const base = temp.commit();
    temp.write('dirty.txt', 'not committed');
    temp.write('src/a.ts', 'changed');
    temp.git('add', 'dirty.txt');
    const before = digestCheckout(temp.folder);

    const repository = await open();
    const id = await commit(
      repository,
      request(base, { 'src/deep/new.ts': 'n', 'src/a.ts': 'A', 'run.sh': '#!' }, ['run.sh']),
    );

    assert.deepEqual(digestCheckout(temp.folder), before);
    assert.equal(temp.problems(), '');
    assert.deepEqual(
      entries(id).map((line) => line.replace(/ blob [0-9a-f]{40}\t/, ' ')),
      [
        '100644 docs/c.md',
        '100755 run.sh',
        '100644 src/a.ts',
        '100644 src/deep/b.ts',
        '100644 src/deep/new.ts',
      ],
    );
    assert.equal(temp.git('show', `${id}:src/a.ts`), 'A');
    assert.equal(temp.git('rev-parse', `${id}:docs`), temp.git('rev-parse', `${base}:docs`));
  });

  it('is byte for byte what Git would write', async () => {
    temp.write('a', '1');
    const base = temp.commit();
    const repository = await open();
    const id = await commit(repository, request(base, { 'b/c': '2', 'b-d': '3', 'b.e': '4' }));

    for (const [file, content] of [
      ['b/c', '2'],
      ['b-d', '3'],
      ['b.e', '4'],
    ] as const) {
      temp.write(file, content);
    }
    temp.git('add', '--all');
    const tree = temp.git('write-tree');
    const theirs = spawnSync('git', ['commit-tree', tree, '-p', base, '-m', 'Subject\n\nBody'], {
      cwd: temp.folder,
      encoding: 'utf8',
      env: {
        ...gitEnvironment,
        GIT_AUTHOR_NAME: 'Sluice',
        GIT_AUTHOR_EMAIL: 'sluice@localhost',
        GIT_COMMITTER_NAME: 'Sluice',
        GIT_COMMITTER_EMAIL: 'sluice@localhost',
        GIT_AUTHOR_DATE: '1700000100 -0530',
        GIT_COMMITTER_DATE: '1700000100 -0530',
      },
    });
    assert.equal(id, theirs.stdout.trim());
  });

  it('is the same for the same request', async () => {
    const base = temp.commit();
    const one = await commit(await open(), request(base, { a: '1', 'b/c': '2' }));
    const two = await commit(await open(), request(base, { 'b/c': '2', a: '1' }));
    assert.equal(one, two);
  });

  it('without a parent holds only the files', async () => {
    temp.write('in the work tree', '');
    const before = digestCheckout(temp.folder);
    const id = await commit(await open(), request(undefined, { 'a/b': 'x', c: 'x' }));
    assert.equal(entries(id).length, 2);
    assert.equal(temp.git('rev-list', '--count', id), '1');
    assert.deepEqual(digestCheckout(temp.folder), before);
    assert.equal(temp.problems(), '');
  });

  it('puts the files under the subfolder opened', async () => {
    temp.write('packages/a/x', '');
    const base = temp.commit();
    const id = await commit(
      await open(path.join(temp.folder, 'packages/a')),
      request(base, { 'out/y': '' }),
    );
    assert.equal(temp.git('diff', '--name-only', base, id), 'packages/a/out/y');
  });

  it('goes to the shared objects from a linked worktree, and leaves both checkouts alone', async () => {
    temp.write('a', '1');
    const base = temp.commit();
    const linked = path.join(temp.parent, 'linked');
    temp.git('worktree', 'add', '--quiet', '-b', 'side', linked);
    const before = [digestCheckout(temp.folder), digestCheckout(linked)];
    const id = await commit(await open(linked), request(base, { b: '2' }));
    assert.deepEqual([digestCheckout(temp.folder), digestCheckout(linked)], before);
    assert.equal(entries(id).length, 2);
    assert.equal(temp.problems(), '');
  });

  it('keeps names in any language and encoding as they are', async () => {
    const latin1 = Buffer.from([0x67, 0x72, 0xfc, 0xdf, 0x65]);
    const blob = spawnSync('git', ['hash-object', '-w', '--stdin'], {
      cwd: temp.folder,
      input: 'x',
    });
    const id = blob.stdout.toString().trim();
    const tree = spawnSync('git', ['mktree', '-z'], {
      cwd: temp.folder,
      input: Buffer.concat([Buffer.from(`100644 blob ${id}\t`), latin1, Buffer.from([0])]),
    });
    const base = objectId(temp.git('commit-tree', tree.stdout.toString().trim(), '-m', 'latin'));
    const made = await commit(await open(), request(base, { '日本/Übersicht 😀.md': 'y' }));
    const listed = spawnSync('git', ['ls-tree', '-r', '-z', '--name-only', made], {
      cwd: temp.folder,
    });
    assert.deepEqual(
      listed.stdout,
      Buffer.concat([latin1, Buffer.from('\0日本/Übersicht 😀.md\0')]),
    );
    assert.equal(temp.problems(), '');
  });

  it('is made on packed objects, deltas included', async () => {
    for (let n = 0; n < 20; n += 1) {
      for (let file = 0; file < 60; file += 1) {
        temp.write(`many/file-${file}`, `${file} ${file === n ? n : ''}\n`.repeat(20));
      }
      temp.commit(`${n}`);
    }
    temp.git('gc', '--quiet', '--prune=now');
    assert.match(temp.git('count-objects', '-v'), /^count: 0$/m);
    const base = objectId(temp.git('rev-parse', 'HEAD'));
    const repository = await open();
    const id = await commit(repository, request(base, { 'many/new': 'n' }));
    assert.equal(temp.git('diff', '--name-only', base, id), 'many/new');
    const again = await commit(repository, request(id, { 'many/newer': 'n' }));
    assert.equal(temp.git('diff', '--name-only', base, again), 'many/new\nmany/newer');
    assert.equal(temp.problems(), '');
  });

  it('has git read packs that are too large to be held in memory', async () => {
    temp.write('a/b', '1');
    const base = temp.commit();
    temp.git('gc', '--quiet', '--prune=now');
    const asked: string[] = [];
    const program = gitProgram(gitEnvironment);
    const gitDir = path.join(temp.folder, '.git');
    const byProgram = new CatFile(
      {
        ...program,
        start: (args, call) => {
          asked.push(args[0] ?? '');
          return program.start(args, call);
        },
      },
      gitDir,
      'sha1',
    );
    const reader = new ObjectReader(nodeDisk, gitDir, byProgram, 10);
    await reader.during(async () => {
      const body = await reader.read(base, 'commit');
      assert.match(body.toString(), /^tree /);
      const tree = objectId(body.toString('latin1', 5, 45));
      assert.equal(parseTree(await reader.read(tree, 'tree'), 40)[0]?.name, 'a');
    });
    assert.deepEqual(asked, ['cat-file']);
    await assert.rejects(reader.read(objectId('1'.repeat(40)), 'commit'), /cannot be read/);
  });

  it('writes again what a power loss left empty or torn', async () => {
    const base = temp.commit();
    const repository = await open();
    const asked = request(base, { 'a/b': 'content '.repeat(100) });
    const id = await commit(repository, asked);
    const objects = [
      id,
      ...temp
        .git('rev-list', '--objects', `${base}..${id}`)
        .split('\n')
        .map((l) => l.slice(0, 40)),
    ];
    for (const [index, object] of objects.entries()) {
      const file = path.join(temp.folder, '.git/objects', object.slice(0, 2), object.slice(2));
      fs.chmodSync(file, 0o644);
      fs.truncateSync(file, index % 2 === 0 ? 0 : Math.floor(fs.statSync(file).size / 2));
    }
    assert.notEqual(temp.problems(), '');
    assert.equal(await commit(repository, asked), id);
    assert.equal(temp.problems(), '');
  });

  it('writes an object once, read-only, in the form Git reads', async () => {
    const id = await commit(await open(), request(undefined, { a: 'same', b: 'same' }));
    assert.match(temp.git('count-objects'), /^3 objects/);
    const file = path.join(temp.folder, '.git/objects', id.slice(0, 2), id.slice(2));
    assert.equal(fs.statSync(file).mode & 0o222, 0);
    assert.match(inflateSync(fs.readFileSync(file)).toString(), /^commit \d+\0tree /);
  });

  it('is refused whole for a name that is not safe everywhere', async () => {
    const repository = await open();
    for (const file of ['.git/hooks/pre-commit', 'a/../b', 'aux.txt', 'x/.GIT']) {
      const made = await repository.commit(request(undefined, { fine: '', [file]: '' }));
      assert.ok(!made.ok);
      assert.equal(made.error.reason, 'bad-path');
      assert.equal(made.error.path, file);
    }
    assert.match(temp.git('count-objects'), /^0 objects/);
  });

  it('is refused when a file would take the place of a folder, or the other way round', async () => {
    temp.write('folder/x', '1');
    temp.write('file', '1');
    fs.symlinkSync('folder', path.join(temp.folder, 'link'));
    temp.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
    temp.git('add', 'folder', 'file', 'link');
    temp.git('commit', '--quiet', '-m', 'x');
    const base = objectId(temp.git('rev-parse', 'HEAD'));
    const repository = await open();
    for (const [files, message] of [
      [{ folder: '' }, /"folder" is a folder/],
      [{ 'file/x': '' }, /"file" is a file/],
      [{ 'link/x': '' }, /"link" is a symbolic link/],
      [{ 'module/x': '' }, /"module" is a submodule/],
      [{ module: '' }, /"module" is a submodule/],
      [{ 'a/b': '', a: '' }, /"a" is both/],
      [{ a: '', 'a/b': '' }, /"a" is both/],
    ] as const) {
      const made = await repository.commit(request(base, files));
      assert.ok(!made.ok);
      assert.equal(made.error.reason, 'path-conflict');
      assert.match(made.error.message, message);
    }
    const twice = request(base, { x: '' });
    const made = await repository.commit({ ...twice, files: [...twice.files, ...twice.files] });
    assert.ok(!made.ok && made.error.reason === 'path-conflict');
    // A link that a plain file replaces is a change like any other.
    await commit(repository, request(base, { link: 'plain' }));
  });

  it('leaves out what is removed, and the folders that become empty', async () => {
    for (const file of ['keep', 'src/a', 'src/deep/b', 'src/deep/c', 'only/d/e', 'aux.txt']) {
      temp.write(file, file);
    }
    fs.symlinkSync('keep', path.join(temp.folder, 'link'));
    const base = temp.commit();
    const before = digestCheckout(temp.folder);
    const repository = await open();
    const id = await commit(repository, {
      ...request(base, { 'src/new': 'n' }),
      removed: [
        'src/deep/b',
        'only/d/e',
        'link',
        'aux.txt',
        'not there',
        'keep/not there',
        'gone/x',
        '',
      ],
    });
    assert.deepEqual(
      entries(id).map((line) => line.split('\t')[1]),
      ['keep', 'src/a', 'src/deep/c', 'src/new'],
    );
    const nothing = await commit(repository, {
      ...request(id, {}),
      removed: ['keep', 'src/a', 'src/deep/c', 'src/new'],
    });
    assert.equal(temp.git('ls-tree', nothing), '');
    assert.deepEqual(digestCheckout(temp.folder), before);
    assert.equal(temp.problems(), '');
  });

  it('puts a file where a folder becomes empty, and a folder where a file is removed', async () => {
    temp.write('file', '1');
    temp.write('folder/a', '1');
    temp.write('folder/b/c', '1');
    const base = temp.commit();
    const repository = await open();
    const id = await commit(repository, {
      ...request(base, { 'file/in': '2', folder: '2' }),
      removed: ['file', 'folder/a', 'folder/b/c'],
    });
    assert.deepEqual(
      entries(id).map((line) => line.split('\t')[1]),
      ['file/in', 'folder'],
    );
    assert.equal(temp.problems(), '');
    const partly = await repository.commit({
      ...request(base, { folder: '' }),
      removed: ['folder/a'],
    });
    assert.ok(!partly.ok && partly.error.reason === 'path-conflict');
  });

  it('removes no folder and no submodule, and nothing that is written', async () => {
    temp.write('folder/x', '1');
    temp.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
    temp.git('add', 'folder');
    temp.git('commit', '--quiet', '-m', 'x');
    const base = objectId(temp.git('rev-parse', 'HEAD'));
    const repository = await open();
    for (const [removed, message] of [
      ['folder', /"folder" is a folder/],
      ['module', /"module" is a submodule/],
      ['written', /"written" is both written and removed/],
    ] as const) {
      const made = await repository.commit({
        ...request(base, { written: '' }),
        removed: [removed],
      });
      assert.ok(!made.ok && made.error.reason === 'path-conflict');
      assert.match(made.error.message, message);
    }
  });

  it('removes below the subfolder opened', async () => {
    temp.write('a/x', '');
    temp.write('packages/a/x', '');
    const base = temp.commit();
    const repository = await open(path.join(temp.folder, 'packages/a'));
    const id = await commit(repository, { ...request(base, { y: '' }), removed: ['x'] });
    assert.equal(temp.git('ls-tree', '-r', '--name-only', id), 'a/x\npackages/a/y');
  });

  it('may have several parents, which have to be there', async () => {
    const one = temp.commit('one');
    const two = temp.commit('two');
    const repository = await open();
    const id = await commit(repository, { ...request(one, { a: '' }), parents: [two, one] });
    assert.equal(temp.git('rev-list', '--parents', '-1', id), `${id} ${two} ${one}`);
    const missing = objectId('1'.repeat(40));
    await assert.rejects(
      repository.commit({ ...request(one, { a: '' }), parents: [one, missing] }),
      { name: 'UnreadableObject', id: missing },
    );
  });

  it('on a base that is missing, or is no commit, is an error that names it', async () => {
    temp.write('a', '1');
    temp.commit();
    const repository = await open();
    const tree = objectId(temp.git('rev-parse', 'HEAD^{tree}'));
    for (const parent of [objectId('1'.repeat(40)), tree]) {
      await assert.rejects(repository.commit(request(parent, { b: '' })), {
        name: 'UnreadableObject',
        message: new RegExp(parent),
      });
    }
  });

  it('fails with the error of a file that cannot be read, and nothing is under way then', async () => {
    const repository = await open();
    const asked = request(
      undefined,
      Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`f${n}`, `${n}`])),
    );
    const files = asked.files.map((file, index) =>
      index === 20 ? { ...file, read: () => Promise.reject(new Error('the blob is lost')) } : file,
    );
    await assert.rejects(repository.commit({ ...asked, files }), /the blob is lost/);
    const count = temp.git('count-objects');
    await new Promise(setImmediate);
    assert.equal(temp.git('count-objects'), count);
  });

  it('has an author that Git takes, whatever the setting says', async () => {
    const repository = await open();
    for (const author of [
      { name: 'A <b>\nc', email: '<x@y>\n' },
      { name: '', email: '' },
      { name: ' . ', email: 'ä@ö' },
    ]) {
      await commit(repository, { ...request(undefined, { a: '' }), author });
    }
    assert.equal(temp.problems(), '');
  });
});
