import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { objectId } from '../../../src/core/domain/ids.ts';
import { CatFile } from '../../../src/core/git/catFile.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import type { Objects } from '../../../src/core/git/objects.ts';
import type { Repository } from '../../../src/core/git/repository.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { changedPaths } from '../../../src/core/git/treeReading.ts';
import { sampleOf } from '../../support/sample.ts';
import { gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

describe('what commits have at their paths', () => {
  let temp: TempRepository;
  beforeEach(() => {
    temp = new TempRepository();
  });
  afterEach(() => temp.dispose());

  const program = gitProgram(gitEnvironment);
  const open = async (folder = temp.folder): Promise<Repository> => {
    const result = await openRepository(folder, { disk: nodeDisk, program });
    assert.equal(result.kind, 'repository');
    return (result as { repository: Repository }).repository;
  };

  it('is read, with what it is', async () => {
    temp.write('src/a.sh', 'a\r\n');
    fs.chmodSync(path.join(temp.folder, 'src/a.sh'), 0o755);
    temp.write('src/ü', Buffer.from([0, 255]));
    fs.symlinkSync('src', path.join(temp.folder, 'link'));
    temp.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
    temp.git('add', 'src', 'link');
    temp.git('commit', '--quiet', '-m', 'x');
    const commit = objectId(temp.git('rev-parse', 'HEAD'));
    const repository = await open();
    assert.deepEqual(await repository.readFileAt(commit, 'src/a.sh'), {
      kind: 'file',
      id: temp.git('rev-parse', 'HEAD:src/a.sh'),
      executable: true,
      bytes: Buffer.from('a\r\n'),
    });
    const other = await repository.readFileAt(commit, 'src/ü');
    assert.ok(other?.kind === 'file' && !other.executable);
    assert.deepEqual([...other.bytes], [0, 255]);
    assert.deepEqual(await repository.readFileAt(commit, 'src'), { kind: 'folder' });
    assert.deepEqual(await repository.readFileAt(commit, 'link'), { kind: 'link' });
    assert.deepEqual(await repository.readFileAt(commit, 'module'), { kind: 'submodule' });
    for (const absent of ['none', 'src/none', 'src/a.sh/in', 'link/a.sh', 'module/x', '', 'src/']) {
      assert.equal(await repository.readFileAt(commit, absent), undefined, absent);
    }
    await assert.rejects(repository.readFileAt(objectId('1'.repeat(40)), 'src'), {
      name: 'UnreadableObject',
    });
  });

  it('is relative to the subfolder opened', async () => {
    temp.write('a/x', '1');
    temp.write('packages/a/x', '1');
    const one = temp.commit();
    temp.write('a/x', '2');
    temp.write('packages/a/x', '2');
    const two = temp.commit();
    const repository = await open(path.join(temp.folder, 'packages/a'));
    assert.deepEqual([...(await repository.changedPaths(one, two)).keys()], ['x']);
    assert.deepEqual([...(await repository.changedPaths(undefined, two)).keys()], ['x']);
    const found = await repository.readFileAt(one, 'x');
    assert.ok(found?.kind === 'file');
    assert.equal(found.bytes.toString(), '1');
  });

  it('is compared with what each side has; a file may become a folder', async () => {
    temp.write('stays', '1');
    temp.write('mode', '1');
    temp.write('both', '1');
    temp.write('goes/a', '1');
    const one = temp.commit();
    fs.chmodSync(path.join(temp.folder, 'mode'), 0o755);
    fs.rmSync(path.join(temp.folder, 'both'));
    fs.rmSync(path.join(temp.folder, 'goes'), { recursive: true });
    temp.write('both/in', '1');
    fs.symlinkSync('stays', path.join(temp.folder, 'goes'));
    const two = temp.commit();
    const file = { kind: 'file', id: temp.git('rev-parse', 'HEAD:stays'), executable: false };
    const link = { kind: 'link', id: temp.git('rev-parse', 'HEAD:goes'), executable: false };
    const changes = await (await open()).changedPaths(one, two);
    assert.deepEqual(
      changes,
      new Map([
        ['both', { was: file, is: undefined }],
        ['both/in', { was: undefined, is: file }],
        ['goes', { was: undefined, is: link }],
        ['goes/a', { was: file, is: undefined }],
        ['mode', { was: file, is: { ...file, executable: true } }],
      ]),
    );
  });

  it('is compared without a look into what is the same', async () => {
    for (let n = 0; n < 20; n += 1) {
      temp.write(`many/folder-${n}/a/b/c`, `${n}`);
    }
    const one = temp.commit();
    temp.write('many/folder-7/a/b/c', 'other');
    const two = temp.commit();
    const inner = new CatFile(program, path.join(temp.folder, '.git'), 'sha1');
    let reads = 0;
    const counted: Objects = {
      hash: inner.hash,
      during: (work) => inner.during(work),
      read: (id, type) => {
        reads += 1;
        return inner.read(id, type);
      },
    };
    const changes = await inner.during(() => changedPaths(counted, one, two, ''));
    assert.deepEqual([...changes.keys()], ['many/folder-7/a/b/c']);
    // Both commits, and both trees on the way: the root, many, folder-7, a, b.
    assert.equal(reads, 2 + 2 * 5);
    assert.deepEqual(await changedPaths(counted, one, one, ''), new Map());
  });

  it('is compared as Git does it, whatever the trees are', async () => {
    const name = fc.constantFrom('a', 'b', 'a-b', 'a.b', 'ü', 'A');
    const file = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const tree = fc.dictionary(file, fc.constantFrom('1', '2'), { maxKeys: 8 });
    const repository = await open();
    const commitOf = async (files: Readonly<Record<string, string>>) => {
      const asked = Object.entries(files)
        // Of a file and a folder of one name the file.
        .filter(([one]) => !Object.keys(files).some((other) => one.startsWith(`${other}/`)))
        .map(([one, content]) => ({
          path: one,
          executable: false,
          read: () => Promise.resolve(Buffer.from(content)),
        }));
      const made = await repository.commit({
        base: undefined,
        parents: [],
        files: asked,
        removed: [],
        message: '',
        author: { name: 'x', email: 'x' },
        timestamp: { seconds: 1, offsetMinutes: 0 },
      });
      assert.ok(made.ok);
      return made.value;
    };
    await fc.assert(
      fc.asyncProperty(tree, tree, async (before, after) => {
        const [one, two] = [await commitOf(before), await commitOf(after)];
        const ours = [...(await repository.changedPaths(one, two))].map(([where, { was, is }]) =>
          [where, was?.id, is?.id].join(' '),
        );
        const theirs = temp
          .git('diff-tree', '-r', '-z', '--no-renames', one, two)
          .split('\0')
          .slice(0, -1);
        const none = '0'.repeat(40);
        const lines = theirs.flatMap((line, index) => {
          const [, , was, is] = line.split(' ');
          const known = [was, is].map((id) => (id === none ? '' : id));
          return line.startsWith(':') ? [[theirs[index + 1], ...known].join(' ')] : [];
        });
        assert.deepEqual(ours.sort(), lines.sort());
      }),
      { numRuns: sampleOf(25) },
    );
  });
});
