import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { WorkspaceCopies } from '../../../src/core/workspaces/copies.ts';
import { CopiesRig, put, run, task, walked } from './copiesRig.ts';
import { anyEdits, doEdits } from './treeEdits.ts';

const onUnix = process.platform === 'win32' ? it.skip : it;
/** Other systems' disks refuse names that are no text. */
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('a workspace copy that was used', () => {
  let rig: CopiesRig;
  let copies: WorkspaceCopies;
  const { signal } = new AbortController();

  beforeEach(() => {
    rig = new CopiesRig();
    rig.write('src/a.ts', 'aaaa');
    rig.write('src/deep/b.ts', 'bbbb');
    rig.write('src/deep/c.ts', 'cccc');
    rig.write('run.sh', '#!/bin/sh\n', 0o755);
    rig.write('node_modules/tool/index.js', 'tool');
    fs.symlinkSync('src/a.ts', path.join(rig.source, 'link'));
    copies = rig.open();
  });

  afterEach(() => rig.dispose());

  const create = (name: string, number = 1) => copies.create(run(number), task(name), 1, signal);

  /** Whether the next copy is the one that was used, by its root. */
  async function used(work: (folder: string) => void) {
    const copy = await create('first');
    const begun = walked(copy.folder);
    const root = rootOf(copy.folder);
    work(copy.folder);
    await copy.dispose();
    const next = await create('next');
    assert.deepEqual(walked(next.folder), begun);
    return { isSame: rootOf(next.folder) === root, next };
  }

  it('is the next attempt’s, with all it did undone, and a scratch folder of its own', async () => {
    const { isSame, next } = await used((folder) => {
      put(path.join(folder, 'src/a.ts'), 'AAAA');
      put(path.join(folder, 'new/file'), '');
      put(path.join(folder, '../scratch/left'), '');
      put(path.join(folder, '../output'), 'answer');
      fs.rmSync(path.join(folder, 'src/deep'), { recursive: true });
      fs.rmSync(path.join(folder, 'node_modules'));
      put(path.join(folder, 'node_modules/tool/index.js'), 'mine');
      fs.chmodSync(path.join(folder, 'run.sh'), 0o644);
      fs.chmodSync(path.join(folder, 'src'), 0o700);
    });
    assert.ok(isSame);
    assert.deepEqual(fs.readdirSync(next.scratch), []);
    assert.equal(fs.existsSync(next.outputFile), false);
    assert.equal(
      fs.readFileSync(path.join(rig.source, 'node_modules/tool/index.js'), 'utf8'),
      'tool',
    );
  });

  it('is undone what was written without a trace in size and times', async () => {
    const { isSame } = await used((folder) => {
      const file = path.join(folder, 'src/a.ts');
      const { atime, mtime } = fs.statSync(file);
      fs.writeFileSync(file, 'AAAA');
      fs.utimesSync(file, atime, mtime);
    });
    assert.ok(isSame);
  });

  it('is what was laid into it no more', async () => {
    const copy = await create('first');
    const begun = walked(copy.folder);
    await copy.layIn([
      rig.laid('src/a.ts', 'laid'),
      rig.laid('out/new', 'laid'),
      { path: 'src/deep', removed: true },
    ]);
    await copy.dispose();
    assert.deepEqual(walked((await create('next')).folder), begun);
  });

  onUnix('is removed when a file of it has another name, which may be anywhere', async () => {
    const outside = path.join(rig.scratch, 'outside');
    const { isSame, next } = await used((folder) =>
      fs.linkSync(path.join(folder, 'src/a.ts'), outside),
    );
    assert.equal(isSame, false);
    fs.writeFileSync(outside, 'later');
    assert.equal(fs.readFileSync(path.join(next.folder, 'src/a.ts'), 'utf8'), 'aaaa');
  });

  onLinux('is removed when something in it has a name that is no text', async () => {
    const { isSame } = await used((folder) => {
      put(path.join(folder, 'src/\ufffd'), '');
      fs.writeFileSync(Buffer.from(`${folder}/src/\xff`, 'latin1'), '');
    });
    assert.ok(!isSame);
  });

  onUnix('is looked into nowhere else, whatever stands in its place', async () => {
    const outside = path.join(rig.scratch, 'outside');
    put(path.join(outside, 'tree/mine'), 'mine');
    for (const place of ['.', '..']) {
      const copy = await create('first');
      const at = path.join(copy.folder, place);
      fs.renameSync(at, path.join(rig.scratch, `aside${place.length}`));
      fs.symlinkSync(place === '.' ? path.join(outside, 'tree') : outside, at);
      await copy.dispose();
      assert.equal(fs.readFileSync(path.join(outside, 'tree/mine'), 'utf8'), 'mine');
      assert.deepEqual(rig.idle('copy'), []);
    }
  });

  onUnix('loses pipes and closed folders that were made in it', async () => {
    await used((folder) => {
      execFileSync('mkfifo', [path.join(folder, 'src/pipe')]);
      fs.mkdirSync(path.join(folder, 'closed/deep'), { recursive: true });
      fs.chmodSync(path.join(folder, 'closed'), 0o000);
      fs.chmodSync(path.join(folder, 'src/deep'), 0o000);
    });
  });

  it('is removed when nobody said that its attempt has ended', async () => {
    const first = await create('first');
    put(path.join(first.folder, 'left'), '');
    copies = rig.open();
    const { folder } = await create('first');
    assert.equal(fs.existsSync(path.join(folder, 'left')), false);
    const reopened = await rig.open().reopen(run(1), task('first'), 1);
    await reopened?.dispose();
    assert.equal(fs.existsSync(folder), false);
    assert.deepEqual(rig.idle('copy'), []);
  });

  it('is not used when it was changed while it waited', async () => {
    const copy = await create('first');
    const begun = walked(copy.folder);
    await copy.dispose();
    const idle = path.join(rig.root, '.pool', rig.idle('copy')[0] ?? '', 'tree');
    put(path.join(idle, 'src/a.ts'), 'AAAA');
    put(path.join(idle, 'left'), '');
    fs.rmSync(path.join(idle, 'run.sh'));
    assert.deepEqual(walked((await create('next')).folder), begun);
  });

  it('is used by another program once, though several ask', async () => {
    const copy = await create('first');
    const begun = walked(copy.folder);
    const root = rootOf(copy.folder);
    await copy.dispose();
    const others = await Promise.all(
      [1, 2, 3].map((n) => rig.open().create(run(1), task(`next${n}`), 1, signal)),
    );
    assert.equal(others.filter(({ folder }) => rootOf(folder) === root).length, 1);
    others.forEach(({ folder }) => assert.deepEqual(walked(folder), begun));
  });

  it('waits no more when a kill left it without its record, which a sweep removes', async () => {
    await (await create('first')).dispose();
    const at = path.join(rig.root, '.pool', rig.idle('copy')[0] ?? '');
    fs.rmSync(path.join(at, 'record.json'));
    copies = rig.open();
    await (await create('next')).dispose();
    assert.equal(rig.idle('copy').length, 2);
    await copies.sweep(() => true);
    assert.equal(rig.idle('copy').length, 1);
    assert.equal(fs.existsSync(at), false);
  });

  it('is byte for byte what the run’s tree is, whatever was done in it', async () => {
    const begun = walked((await create('untouched')).folder);
    let copy = await create('first');
    let wasUsedAgain = 0;
    let number = 0;
    await fc.assert(
      fc.asyncProperty(anyEdits, async (edits) => {
        const root = rootOf(copy.folder);
        doEdits(copy.folder, edits);
        await copy.dispose();
        number += 1;
        copy = await create(`next${number}`);
        wasUsedAgain += Number(rootOf(copy.folder) === root);
        assert.deepEqual(walked(copy.folder), begun);
      }),
      { numRuns: Number(process.env['SLUICE_HISTORIES'] ?? 60) },
    );
    assert.ok(wasUsedAgain > number / 4, `${wasUsedAgain} of ${number} were used again`);
  });
});

/** Tells a folder from all others: an inode alone is soon another one's. */
function rootOf(folder: string): string {
  const { ino, birthtimeNs } = fs.statSync(folder, { bigint: true });
  return `${ino} ${birthtimeNs}`;
}
