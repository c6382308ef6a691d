import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runIdOf, stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import { WorkspaceCopies } from '../../../src/core/workspaces/copies.ts';
import { removeFolder } from '../../../src/core/workspaces/removeFolder.ts';
import { walkFolder } from '../../../src/core/workspaces/walk.ts';

const WORK = taskIdOf(stepId('work'));

describe('removing', () => {
  let scratch: string;
  const { signal } = new AbortController();

  beforeEach(() => {
    scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-removal-')));
  });

  afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

  describe('a folder', () => {
    it('that is not there is nothing', async () => {
      await removeFolder(path.join(scratch, 'nothing'));
      assert.deepEqual(fs.readdirSync(scratch), []);
    });

    it('takes its links and leaves what they lead to', async () => {
      fs.mkdirSync(path.join(scratch, 'outside/deep'), { recursive: true });
      fs.writeFileSync(path.join(scratch, 'outside/deep/file'), '');
      fs.mkdirSync(path.join(scratch, 'folder/inner'), { recursive: true });
      fs.symlinkSync(path.join(scratch, 'outside'), path.join(scratch, 'folder/inner/link'));
      await removeFolder(path.join(scratch, 'folder'));
      assert.deepEqual(fs.readdirSync(scratch, { recursive: true }).sort(), [
        'outside',
        path.join('outside', 'deep'),
        path.join('outside', 'deep', 'file'),
      ]);
    });

    it('works though folders in it are write-protected, and leaves the mode of linked ones', async () => {
      fs.mkdirSync(path.join(scratch, 'outside'), { mode: 0o555 });
      const inner = path.join(scratch, 'folder/module/v1');
      fs.mkdirSync(inner, { recursive: true });
      fs.writeFileSync(path.join(inner, 'file'), '', { mode: 0o444 });
      fs.symlinkSync(path.join(scratch, 'outside'), path.join(inner, 'link'));
      fs.chmodSync(inner, 0o555);
      fs.chmodSync(path.dirname(inner), 0o555);
      await removeFolder(path.join(scratch, 'folder'));
      assert.deepEqual(fs.readdirSync(scratch), ['outside']);
      assert.equal(fs.statSync(path.join(scratch, 'outside')).mode & 0o777, 0o555);
    });

    it('works however deep it is, and whatever names are in it', async function () {
      if (process.platform === 'win32') {
        this.skip();
      }
      const folder = path.join(scratch, 'folder');
      const name = 'x'.repeat(200);
      const before = process.cwd();
      try {
        fs.mkdirSync(folder);
        process.chdir(folder);
        for (let depth = 0; depth < 40; depth += 1) {
          fs.mkdirSync(name);
          fs.symlinkSync('/', 'root');
          process.chdir(name);
        }
        fs.mkdirSync(Buffer.from('no-text-\xff', 'latin1'));
      } finally {
        process.chdir(before);
      }
      await removeFolder(folder);
      assert.deepEqual(fs.readdirSync(scratch), []);
    });
  });

  describe('what runs left', () => {
    let copies: WorkspaceCopies;
    const root = () => path.join(scratch, 'copies');

    beforeEach(() => {
      const source = path.join(scratch, 'source');
      fs.mkdirSync(source);
      fs.writeFileSync(path.join(source, 'file'), '');
      copies = new WorkspaceCopies({
        root: root(),
        source,
        list: (stop) => walkFolder(source, new Set(), stop),
        copyBlob: () => Promise.reject(new Error('no blob is asked for')),
      });
    });

    it('spares runs that go on', async () => {
      await copies.sweep(() => true);
      for (const number of [1, 2]) {
        await copies.create(runIdOf('run', number), WORK, 1, signal);
      }
      fs.mkdirSync(path.join(root(), 'run-3.gone-abc', 'it'), { recursive: true });
      await copies.sweep((run) => Promise.resolve(run === 'run-2' || run.includes('.gone')));
      assert.deepEqual(fs.readdirSync(root()), ['run-2']);
      await copies.create(runIdOf('run', 1), WORK, 1, signal);
    });

    it('does not forget a task because another was stopped while it made the base for both', async () => {
      const stop = new AbortController();
      const stopped = copies.create(runIdOf('run', 1), WORK, 1, stop.signal);
      const other = copies.create(runIdOf('run', 1), taskIdOf(stepId('other')), 1, signal);
      stop.abort(new Error('stopped'));
      await assert.rejects(stopped, { message: 'stopped' });
      const { folder } = await other;
      assert.deepEqual(fs.readdirSync(folder), ['file']);
    });

    it('is no part of a tree that the copies themselves lie in', async () => {
      const inside = new WorkspaceCopies({
        root: path.join(scratch, 'source', '.cache', 'copies'),
        source: path.join(scratch, 'source'),
        list: (stop) => walkFolder(path.join(scratch, 'source'), new Set(), stop),
        copyBlob: () => Promise.reject(new Error('no blob is asked for')),
      });
      await inside.create(runIdOf('run', 1), WORK, 1, signal);
      const { folder } = await inside.create(runIdOf('run', 2), WORK, 1, signal);
      assert.deepEqual(fs.readdirSync(folder), ['file']);
    });
  });
});

describe('walking a folder without a repository', () => {
  it('finds files and links, and dependency folders wherever they are', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-walk-'));
    for (const file of [
      'b.ts',
      'a/c.ts',
      '.git/HEAD',
      'a/.git',
      'node_modules/x/y.js',
      'a/node_modules/z.js',
    ]) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), '');
    }
    fs.symlinkSync('b.ts', path.join(folder, 'link'));
    const { signal } = new AbortController();
    assert.deepEqual(await walkFolder(folder, new Set(['node_modules']), signal), {
      files: ['a/c.ts', 'b.ts', 'link'],
      linked: ['a/node_modules', 'node_modules'],
    });
    fs.rmSync(folder, { recursive: true });
  });
});
