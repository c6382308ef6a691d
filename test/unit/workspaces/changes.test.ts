import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { changesSince, stateOfTree } from '../../../src/core/workspaces/changes.ts';

describe('What has changed in a tree', () => {
  const signal = new AbortController().signal;
  let folder: string;
  let tree: string;
  let base: string;

  function write(root: string, file: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-changes-'));
    tree = path.join(folder, 'tree');
    base = path.join(folder, 'base');
    for (const root of [tree, base]) {
      write(root, 'kept.txt', 'kept');
      write(root, 'deep/er/file.txt', 'one');
      fs.symlinkSync('kept.txt', path.join(root, 'link'));
    }
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  async function after(work: () => void): Promise<readonly string[]> {
    const before = await stateOfTree(tree, signal);
    work();
    return await changesSince(before, tree, base, signal);
  }

  it('is what was added, changed or removed', async () => {
    assert.deepEqual(await after(() => undefined), []);
    assert.deepEqual(
      await after(() => {
        write(tree, 'new/file.txt', '');
        write(tree, 'deep/er/file.txt', 'two');
        fs.rmSync(path.join(tree, 'kept.txt'));
      }),
      ['deep/er/file.txt', 'kept.txt', 'new/file.txt'],
    );
  });

  it('is told also when the same size and times are given back', async () => {
    const file = path.join(tree, 'kept.txt');
    const { atime, mtime } = fs.statSync(file);
    assert.deepEqual(
      await after(() => {
        fs.writeFileSync(file, 'KEPT');
        fs.utimesSync(file, atime, mtime);
      }),
      ['kept.txt'],
    );
  });

  it('is not what was written again as it was', async () => {
    assert.deepEqual(await after(() => write(tree, 'kept.txt', 'kept')), []);
  });

  it('is a link that leads elsewhere, a file that became a folder, and an execute bit', async () => {
    assert.deepEqual(
      await after(() => {
        fs.rmSync(path.join(tree, 'link'));
        fs.symlinkSync('deep', path.join(tree, 'link'));
        fs.rmSync(path.join(tree, 'deep/er/file.txt'));
        write(tree, 'deep/er/file.txt/inner', '');
        fs.chmodSync(path.join(tree, 'kept.txt'), 0o755);
      }),
      ['deep/er/file.txt', 'deep/er/file.txt/inner', 'kept.txt', 'link'],
    );
  });
});
