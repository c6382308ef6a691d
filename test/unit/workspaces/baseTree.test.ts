import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { digestOf } from '../../../src/core/base/digest.ts';
import { stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import type { TreeFile } from '../../../src/core/domain/trace.ts';
import type { BaseTree } from '../../../src/core/workspaces/baseTree.ts';
import { digestOfFile, fileDigestOf } from '../../../src/core/workspaces/fileDigest.ts';
import { DigestRig, run } from '../../support/digestRig.ts';

const onUnix = process.platform === 'win32' ? it.skip : it;
const { signal } = new AbortController();
const paths = (files: readonly TreeFile[]) => files.map((file) => file.path);

describe('the tree of a run', () => {
  let rig: DigestRig;

  beforeEach(() => {
    rig = new DigestRig();
    rig.write('src/a.ts', 'a');
    rig.write('src/deep/b.ts', 'b');
    rig.write('src.md', 'beside');
    rig.write('src-2/c.ts', 'c');
    rig.write('run.sh', '#!/bin/sh\n', 0o755);
  });

  afterEach(() => rig.dispose());

  const treeOf = (number: number): Promise<BaseTree> => rig.open().tree(run(number), signal);

  it('tells every file by its bytes and its execute bit', async () => {
    const tree = await treeOf(1);
    assert.deepEqual(tree.files, ['run.sh', 'src-2/c.ts', 'src.md', 'src/a.ts', 'src/deep/b.ts']);
    assert.equal(await tree.digest('src/a.ts'), digestOfFile('a', false));
    assert.equal(
      await tree.digest('run.sh'),
      digestOfFile('#!/bin/sh\n', process.platform !== 'win32'),
    );
    assert.notEqual(digestOfFile('a', false), digestOfFile('a', true));
  });

  it('tells a file of a known blob as one that was read', () => {
    assert.equal(fileDigestOf(digestOf('text'), 'exec'), digestOfFile('text', true));
  });

  it('digests a file of several pieces as one', async () => {
    const text = 'many bytes '.repeat(100_000);
    rig.write('large.txt', text);
    assert.equal(await (await treeOf(1)).digest('large.txt'), digestOfFile(text, false));
  });

  it('has nothing where no file is, nor for a folder, nor outside', async () => {
    const tree = await treeOf(1);
    for (const file of ['none', 'src', '', '.', '..', '../source/src/a.ts', 'src/a.ts/x', 'src/']) {
      assert.equal(await tree.digest(file), undefined, file);
    }
  });

  it('has in a folder what lies in it and below, and no folder of a like name', async () => {
    const tree = await treeOf(1);
    assert.deepEqual(paths(await tree.within('src')), ['src/a.ts', 'src/deep/b.ts']);
    assert.deepEqual(paths(await tree.within('src/a.ts')), ['src/a.ts']);
    assert.deepEqual(paths(await tree.within('')), tree.files);
    assert.deepEqual(await tree.within('sr'), []);
    assert.deepEqual(await tree.within('../source'), []);
  });

  it('has what globs mean, each file once', async () => {
    const tree = await treeOf(1);
    assert.deepEqual(paths(await tree.like(['**/*.ts', 'src/*'])), [
      'src-2/c.ts',
      'src/a.ts',
      'src/deep/b.ts',
    ]);
    assert.deepEqual(paths(await tree.like(['src/*'])), ['src/a.ts']);
    assert.deepEqual(await tree.like([]), []);
  });

  it('takes a glob without wildcard in its last name for a folder with all in it', async () => {
    const tree = await treeOf(1);
    for (const glob of ['src', 'src/', 's*c/', '{src,none/*}']) {
      assert.deepEqual(paths(await tree.like([glob])), ['src/a.ts', 'src/deep/b.ts'], glob);
    }
  });

  it('stays as it was when the user edits the folder, also where nobody had asked yet', async () => {
    const copies = rig.open();
    const tree = await copies.tree(run(1), signal);
    const before = await tree.digest('src/a.ts');
    rig.write('src/a.ts', 'edited');
    rig.write('src.md', 'edited');
    rig.write('new.ts', 'new');
    for (const later of [tree, await rig.open().tree(run(1), signal)]) {
      assert.equal(await later.digest('src/a.ts'), before);
      assert.equal(await later.digest('src.md'), digestOfFile('beside', false));
      assert.equal(await later.digest('new.ts'), undefined);
    }
    assert.equal(await (await treeOf(2)).digest('src/a.ts'), digestOfFile('edited', false));
  });

  it('is that of its copies, whichever is made first', async () => {
    const copies = rig.open();
    const [tree, copy] = await Promise.all([
      copies.tree(run(1), signal),
      copies.create(run(1), taskIdOf(stepId('a')), 1, signal),
    ]);
    rig.write('src/a.ts', 'edited');
    const text = fs.readFileSync(path.join(copy.folder, 'src/a.ts'));
    assert.equal(await tree.digest('src/a.ts'), digestOfFile(text, false));
    assert.equal(tree, await copies.tree(run(1), signal));
  });

  it('is made anew after its run was removed', async () => {
    const copies = rig.open();
    await copies.tree(run(1), signal);
    await copies.removeRun(run(1));
    rig.write('src/a.ts', 'edited');
    const tree = await copies.tree(run(1), signal);
    assert.equal(await tree.digest('src/a.ts'), digestOfFile('edited', false));
  });

  it('is not made once the signal aborts', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await assert.rejects(rig.open().tree(run(1), stop.signal), { message: 'stopped' });
    assert.equal((await treeOf(1)).files.length, 5);
  });

  it('reads each file once, however many ask at once', async () => {
    const counts = { known: 0, read: 0 };
    const tree = await rig.open(counts).tree(run(1), signal);
    await Promise.all([
      ...[1, 2, 3].map(() => tree.within('')),
      ...[1, 2, 3].map(() => tree.digest('src/a.ts')),
      tree.like(['**/*.ts']),
    ]);
    assert.deepEqual(counts, { known: 0, read: 5 });
  });

  describe('with links', () => {
    onUnix('tells a link by where it leads and by what is there', async () => {
      rig.link('here', 'src/a.ts');
      const [one, other] = [await treeOf(1), await treeOf(2)];
      assert.equal(await one.digest('here'), await other.digest('here'));
      rig.write('src/a.ts', 'edited');
      const edited = await (await treeOf(3)).digest('here');
      fs.unlinkSync(rig.at('here'));
      rig.link('here', './src/a.ts');
      const moved = await (await treeOf(4)).digest('here');
      assert.equal(new Set([await one.digest('here'), edited, moved]).size, 3);
    });

    onUnix('finds files through links to folders, and what is behind counts', async () => {
      rig.link('lib/shared', '../src/deep');
      const tree = await treeOf(1);
      assert.equal(await tree.digest('lib/shared/b.ts'), digestOfFile('b', false));
      assert.deepEqual(paths(await tree.within('lib')), ['lib/shared', 'src/deep/b.ts']);
      assert.deepEqual(paths(await tree.within('lib/shared')), ['lib/shared', 'src/deep/b.ts']);
      assert.deepEqual(paths(await tree.like(['lib/**'])), ['lib/shared', 'src/deep/b.ts']);
    });

    onUnix('ends with links that lead in a circle, to themselves or nowhere', async () => {
      rig.link('one', 'two');
      rig.link('two', 'one');
      rig.link('src/up', '..');
      rig.link('broken', 'none');
      const tree = await treeOf(1);
      assert.notEqual(await tree.digest('one'), undefined);
      assert.equal(await tree.digest('one/x'), undefined);
      assert.equal(await tree.digest('src/up/src/up/src/a.ts'), digestOfFile('a', false));
      assert.notEqual(await tree.digest('broken'), undefined);
      assert.deepEqual(paths(await tree.within('one')), ['one']);
      assert.deepEqual(paths(await tree.within('src')), tree.files);
    });
  });

  describe('beside linked dependencies', () => {
    beforeEach(() => rig.write('node_modules/tool/index.js', 'tool'));

    it('does not have them among its files', async () => {
      const tree = await treeOf(1);
      assert.deepEqual(paths(await tree.within('')), tree.files);
      assert.equal(
        tree.files.some((file) => file.startsWith('node_modules')),
        false,
      );
      assert.deepEqual(await tree.like(['node_modules/**']), []);
    });

    it('tells a file of them without reading it, as it is now', async () => {
      const tree = await treeOf(1);
      const before = await tree.digest('node_modules/tool/index.js');
      assert.notEqual(before, undefined);
      assert.equal(await (await treeOf(2)).digest('node_modules/tool/index.js'), before);
      rig.write('node_modules/tool/index.js', 'longer');
      assert.notEqual(await tree.digest('node_modules/tool/index.js'), before);
      fs.rmSync(rig.at('node_modules/tool'), { recursive: true });
      assert.equal(await tree.digest('node_modules/tool/index.js'), undefined);
      assert.equal(await tree.digest('node_modules'), undefined);
    });

    it('tells what is in a folder of them to who asks for it', async () => {
      const tree = await treeOf(1);
      const before = await tree.within('node_modules/tool');
      assert.deepEqual(paths(before), ['node_modules/tool/index.js']);
      rig.write('node_modules/tool/lib/more.js', 'more');
      assert.deepEqual(paths(await tree.within('node_modules/tool')), [
        'node_modules/tool/index.js',
        'node_modules/tool/lib/more.js',
      ]);
    });

    it('has them in its folder by a link, as the copies have, and leaves them when it is removed', async () => {
      const copies = rig.open();
      const { folder } = await copies.tree(run(1), signal);
      assert.equal(fs.realpathSync(path.join(folder, 'node_modules')), rig.at('node_modules'));
      await copies.removeRun(run(1));
      assert.equal(fs.readFileSync(rig.at('node_modules/tool/index.js'), 'utf8'), 'tool');
    });
  });
});
