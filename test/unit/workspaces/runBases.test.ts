import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { ObjectId } from '../../../src/core/domain/ids.ts';
import type { BaseSource, WorkspaceCopies } from '../../../src/core/workspaces/copies.ts';
import { CopiesRig, put, run, task, walked } from './copiesRig.ts';

const { signal } = new AbortController();
const WORKTREE: BaseSource = { kind: 'worktree' };
const commit = (id: string): BaseSource => ({ kind: 'commit', commit: id as ObjectId });

describe('The tree of a run', () => {
  let rig: CopiesRig;
  let copies: WorkspaceCopies;

  beforeEach(() => {
    rig = new CopiesRig();
    rig.write('src/a.ts', 'a');
    rig.write('src/deep/b.ts', 'b');
    rig.write('node_modules/tool/index.js', 'tool');
    rig.commits.set('one', { 'src/a.ts': 'committed', 'old/c.ts': 'c' });
    copies = rig.open();
  });

  afterEach(() => rig.dispose());

  const base = (number: number) => path.join(rig.root, run(number), 'base');

  async function inRun(number: number, source: BaseSource = WORKTREE) {
    const tree = await copies.tree(run(number), signal, source);
    const found = walked(tree.folder);
    const { ino } = fs.statSync(path.join(tree.folder, 'src/a.ts'));
    const copy = await copies.create(run(number), task('t'), 1, signal, source);
    const copied = walked(copy.folder);
    await copy.dispose();
    await copies.removeRun(run(number));
    return { found, copied, ino, files: tree.files };
  }

  /** As a run would find it for which nothing was kept. */
  async function anew(source: BaseSource = WORKTREE) {
    const other = rig.open();
    fs.rmSync(path.join(rig.root, '.pool'), { recursive: true, force: true });
    const { folder } = await other.tree(run(99), signal, source);
    const found = walked(folder);
    fs.rmSync(path.join(rig.root, run(99)), { recursive: true });
    return found;
  }

  describe('of a commit', () => {
    it('has the commit’s files, with dependencies and what is included of the folder', async () => {
      rig.write('.env', 'SECRET');
      rig.included = ['.env'];
      const copy = await copies.create(run(1), task('t'), 1, signal, commit('one'));
      assert.equal(fs.readFileSync(path.join(copy.folder, 'src/a.ts'), 'utf8'), 'committed');
      assert.equal(fs.existsSync(path.join(copy.folder, 'src/deep')), false);
      assert.equal(fs.readFileSync(path.join(copy.folder, '.env'), 'utf8'), 'SECRET');
      assert.equal(
        fs.realpathSync(path.join(copy.folder, 'node_modules')),
        path.join(rig.source, 'node_modules'),
      );
      const tree = await copies.tree(run(1), signal);
      assert.deepEqual(tree.files, ['.env', 'old/c.ts', 'src/a.ts']);
    });

    it('leaves out links that lead elsewhere, and what is in the way of the commit’s files', async () => {
      rig.commits.set('one', {
        'a/file': 'x',
        node_modules: 'a file',
        inside: '-> a/file',
        outside: '-> ../elsewhere',
      });
      rig.write('a/file/inner', '');
      rig.write('b', '');
      rig.included = ['a/file/inner', 'a', 'b'];
      const { files, folder } = await copies.tree(run(1), signal, commit('one'));
      assert.deepEqual(files, ['a/file', 'b', 'inside', 'node_modules']);
      assert.deepEqual(fs.readdirSync(folder).sort(), ['a', 'b', 'inside', 'node_modules']);
      const copy = await copies.create(run(1), task('t'), 1, signal);
      assert.deepEqual(
        copy.leftOut.map((left) => left.path),
        ['outside'],
      );
    });

    it('is the same for a program that takes the run over, whatever is asked of it', async () => {
      await copies.tree(run(1), signal, commit('one'));
      copies = rig.open();
      const { folder } = await copies.create(run(1), task('t'), 1, signal);
      assert.equal(fs.readFileSync(path.join(folder, 'src/a.ts'), 'utf8'), 'committed');
      for (const other of [WORKTREE, commit('two')]) {
        await assert.rejects(copies.create(run(1), task('u'), 1, signal, other), {
          message: /^Internal error: the tree of example-1 is of the commit one, and was asked for/,
        });
      }
    });

    it('is checked out once for runs of the same commit, and not taken for another', async () => {
      rig.commits.set('two', { 'src/a.ts': 'later' });
      const first = await inRun(1, commit('one'));
      const again = await inRun(2, commit('one'));
      assert.deepEqual(again, first);
      assert.deepEqual(rig.checkedOut, ['one']);
      const other = await inRun(3, commit('two'));
      assert.equal(other.copied['src/a.ts'], '100644 later');
      assert.deepEqual(rig.checkedOut, ['one', 'two']);
    });

    it('is checked out again when somebody wrote to what was kept', async () => {
      const first = await inRun(1, commit('one'));
      const kept = path.join(rig.root, '.pool', rig.idle('base')[0] ?? '', 'tree/old/c.ts');
      fs.chmodSync(kept, 0o644);
      fs.writeFileSync(kept, 'C');
      const { copied } = await inRun(2, commit('one'));
      assert.deepEqual(copied, first.copied);
      assert.deepEqual(rig.checkedOut, ['one', 'one']);
    });

    it('has what is included as it is now', async () => {
      rig.write('.env', 'ONE');
      rig.included = ['.env'];
      await inRun(1, commit('one'));
      rig.write('.env', 'TWO');
      assert.equal((await inRun(2, commit('one'))).copied['.env'], '100644 TWO');
      rig.included = [];
      assert.equal((await inRun(3, commit('one'))).copied['.env'], undefined);
      assert.deepEqual(rig.checkedOut, ['one']);
    });
  });

  describe('that an earlier run had', () => {
    it('is taken over with nothing copied that has not changed', async () => {
      const first = await inRun(1);
      rig.write('src/deep/b.ts', 'edited');
      const second = await inRun(2);
      assert.equal(second.ino, first.ino);
      assert.equal(second.copied[path.join('src', 'deep', 'b.ts')], '100644 edited');
      assert.deepEqual(second.found, await anew());
    });

    it('is what one made now would be, whatever was done to the folder', async () => {
      await inRun(1);
      const steps: (() => void)[] = [
        () => fs.rmSync(path.join(rig.source, 'src/deep'), { recursive: true }),
        () => rig.write('src/deep', 'a file now'),
        () => rig.write('src/new/deeper/file', 'new'),
        () => fs.chmodSync(path.join(rig.source, 'src/a.ts'), 0o755),
        () => fs.rmSync(path.join(rig.source, 'node_modules'), { recursive: true }),
        () => fs.symlinkSync('a.ts', path.join(rig.source, 'src/link')),
        () => {
          fs.rmSync(path.join(rig.source, 'src/new'), { recursive: true });
          fs.renameSync(path.join(rig.source, 'src'), path.join(rig.source, 'lib'));
          fs.symlinkSync('lib', path.join(rig.source, 'src'));
          rig.write('lib/new', 'also new');
        },
        () => fs.rmSync(path.join(rig.source, 'src')),
        () => fs.renameSync(path.join(rig.source, 'lib'), path.join(rig.source, 'src')),
      ];
      for (const [index, step] of steps.entries()) {
        step();
        if (!fs.existsSync(path.join(rig.source, 'src/a.ts'))) {
          continue;
        }
        const { found, copied } = await inRun(index + 2);
        const kept = rig.idle('base').length;
        assert.equal(kept, 1);
        const expected = await renewedThen(() => anew());
        assert.deepEqual(found, expected);
        assert.deepEqual(Object.keys(copied).sort(), Object.keys(expected).sort());
      }
    });

    it('is not taken while its run goes on', async () => {
      await copies.tree(run(1), signal);
      const before = walked(base(1));
      rig.write('src/a.ts', 'edited');
      const copy = await rig.open().create(run(2), task('t'), 1, signal);
      assert.equal(fs.readFileSync(path.join(copy.folder, 'src/a.ts'), 'utf8'), 'edited');
      assert.deepEqual(walked(base(1)), before);
    });

    it('is without what somebody did in it meanwhile', async () => {
      const first = await inRun(1);
      const kept = path.join(rig.root, '.pool', rig.idle('base')[0] ?? '', 'tree');
      fs.rmSync(path.join(kept, 'src/a.ts'));
      fs.writeFileSync(path.join(kept, 'src/a.ts'), 'A');
      put(path.join(kept, 'left/over'), '');
      const { found, copied } = await inRun(2);
      assert.deepEqual(found, first.found);
      assert.deepEqual(copied, first.copied);
    });

    it('is of one folder only', async () => {
      await inRun(1);
      const other = new CopiesRig();
      other.write('src/a.ts', 'of another worktree');
      fs.renameSync(rig.root, other.root);
      const copy = await other.open().create(run(2), task('t'), 1, signal);
      assert.equal(
        fs.readFileSync(path.join(copy.folder, 'src/a.ts'), 'utf8'),
        'of another worktree',
      );
      other.dispose();
    });
  });

  it('cut off anywhere by a kill is whole with its record, or none', async () => {
    await inRun(1);
    const record = path.join(rig.root, run(2), 'base.json');
    // As if it was killed while it was brought up to date: the tree is there, its record is not.
    await copies.tree(run(2), signal);
    fs.rmSync(record);
    fs.rmSync(path.join(base(2), 'src/deep/b.ts'));
    const { folder } = await rig.open().create(run(2), task('t'), 1, signal);
    assert.equal(fs.readFileSync(path.join(folder, 'src/deep/b.ts'), 'utf8'), 'b');
    // As if it was killed while it was given away: the record is gone first.
    fs.rmSync(record);
    fs.renameSync(base(2), path.join(rig.root, '.pool', 'base-cut-off'));
    assert.equal(fs.existsSync((await rig.open().tree(run(2), signal)).folder), true);
    await rig.open().sweep(() => true);
    assert.deepEqual(rig.idle('base'), []);
  });

  it('of which somebody wrote to a file is copied no more, with a clear message', async () => {
    await copies.tree(run(1), signal);
    const file = path.join(base(1), 'src/a.ts');
    assert.equal(fs.statSync(file).mode & 0o222, 0);
    fs.chmodSync(file, 0o644);
    fs.writeFileSync(file, 'A');
    await assert.rejects(copies.create(run(1), task('t'), 1, signal), {
      message: /base.src.a\.ts was changed since the run began/,
    });
  });

  describe('for a task that only answers', () => {
    it('is read where it lies, with a folder of its own beside it', async () => {
      const reader = await copies.reader(run(1), task('t'), 1, signal);
      assert.equal(reader.folder, base(1));
      assert.deepEqual(fs.readdirSync(reader.scratch), []);
      await reader.provide([{ path: 'a/task.json', json: {} }]);
      fs.writeFileSync(reader.sessionFile, 'so far');
      const again = await rig.open().reopen(run(1), task('t'), 1);
      assert.equal(again?.folder, base(1));
      assert.deepEqual(await (await again.watchChanges('recall', signal))(), []);
      assert.deepEqual(await again.versionBefore('src/a.ts'), {
        file: path.join(base(1), 'src/a.ts'),
        executable: false,
      });
      await again.dispose();
      assert.deepEqual(fs.readdirSync(path.join(rig.root, run(1))).sort(), ['base', 'base.json']);
      assert.ok(fs.existsSync(path.join(base(1), 'src/a.ts')));
    });

    it('has nothing laid into it', async () => {
      const reader = await copies.reader(run(1), task('t'), 1, signal);
      await assert.rejects(reader.layIn([rig.laid('src/a.ts', 'x')]), {
        message:
          'Internal error: src/a.ts is to be laid into the tree that all tasks of a run read',
      });
      await reader.layIn([]);
    });
  });

  /** What is kept is put aside meanwhile. */
  async function renewedThen<T>(work: () => Promise<T>): Promise<T> {
    const pool = path.join(rig.root, '.pool');
    fs.renameSync(pool, `${rig.scratch}/aside`);
    try {
      return await work();
    } finally {
      fs.rmSync(pool, { recursive: true, force: true });
      fs.renameSync(`${rig.scratch}/aside`, pool);
    }
  }
});
