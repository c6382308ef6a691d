import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import { readBase } from '../../../src/core/workspaces/baseRecord.ts';
import type { TreeChange, WorkspaceCopies } from '../../../src/core/workspaces/copies.ts';
import { treeChanges } from '../../../src/core/workspaces/treeChanges.ts';
import { CopiesRig, put, run, task, walked } from './copiesRig.ts';
import { anyEdits, doEdits } from './treeEdits.ts';

const { signal } = new AbortController();
const onUnix = process.platform === 'win32' ? it.skip : it;
/** Other systems' disks refuse names that are no text. */
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('What an attempt has changed in its copy', () => {
  let rig: CopiesRig;
  let copies: WorkspaceCopies;
  let base: string;

  beforeEach(() => {
    rig = new CopiesRig();
    rig.write('src/a.ts', 'a');
    rig.write('src/deep/b.ts', 'b');
    rig.write('README', 'read');
    rig.write('run.sh', '#!/bin/sh\n', 0o755);
    rig.write('node_modules/tool/index.js', 'tool');
    fs.symlinkSync('README', path.join(rig.source, 'link'));
    copies = rig.open();
    base = path.join(rig.root, run(1), 'base');
  });

  afterEach(() => rig.dispose());

  const create = () => copies.create(run(1), task('t'), 1, signal);
  const was = (file: string, executable = false) => ({ file: path.join(base, file), executable });
  const short = (changes: readonly TreeChange[]) =>
    changes.map(({ path: file, how, kind }) => `${how} ${kind} ${file}`);

  it('is nothing at first, and what was written again as it was', async () => {
    const copy = await create();
    const changes = await copy.watchChanges('forget', signal);
    assert.deepEqual(await changes(), []);
    fs.writeFileSync(path.join(copy.folder, 'src/a.ts'), 'a');
    fs.rmSync(path.join(copy.folder, 'link'));
    fs.symlinkSync('README', path.join(copy.folder, 'link'));
    assert.deepEqual(await changes(), []);
  });

  it('is told with what stood there before', async () => {
    const copy = await create();
    put(path.join(copy.folder, 'new/file'), '');
    fs.mkdirSync(path.join(copy.folder, 'empty'));
    fs.writeFileSync(path.join(copy.folder, 'src/a.ts'), 'A');
    fs.rmSync(path.join(copy.folder, 'README'));
    fs.chmodSync(path.join(copy.folder, 'run.sh'), 0o644);
    fs.rmSync(path.join(copy.folder, 'link'));
    fs.symlinkSync('src', path.join(copy.folder, 'link'));
    assert.deepEqual(await copy.changes(), [
      { path: 'README', how: 'removed', kind: 'file', was: was('README') },
      { path: 'link', how: 'changed', kind: 'link', was: undefined },
      { path: 'new/file', how: 'added', kind: 'file', was: undefined },
      { path: 'run.sh', how: 'changed', kind: 'file', was: was('run.sh', true) },
      { path: 'src/a.ts', how: 'changed', kind: 'file', was: was('src/a.ts') },
    ]);
  });

  it('is a folder in the place of a file, and what is in it; of dependencies the folder alone', async () => {
    const copy = await create();
    fs.rmSync(path.join(copy.folder, 'README'));
    put(path.join(copy.folder, 'README/inner'), '');
    fs.rmSync(path.join(copy.folder, 'node_modules'));
    put(path.join(copy.folder, 'node_modules/tool/index.js'), 'mine');
    fs.rmSync(path.join(copy.folder, 'src/deep'), { recursive: true });
    fs.writeFileSync(path.join(copy.folder, 'src/deep'), '');
    assert.deepEqual(short(await copy.changes()), [
      'changed folder README',
      'added file README/inner',
      'changed folder node_modules',
      'added file src/deep',
      'removed file src/deep/b.ts',
    ]);
  });

  onLinux('is told of what nobody reaches by the name that is shown', async () => {
    const copy = await create();
    put(path.join(copy.folder, 'new/\ufffd'), 'a true name');
    fs.writeFileSync(Buffer.from(`${copy.folder}/new/\xff`, 'latin1'), '');
    fs.mkdirSync(Buffer.from(`${copy.folder}/src/\xff`, 'latin1'));
    const changes = await copy.changes();
    assert.deepEqual(short(changes), ['added other new/\ufffd', 'added other src/\ufffd']);
  });

  it('is what the disk says, whatever the attempt says was laid into its copy', async () => {
    const copy = await create();
    const changes = await copy.watchChanges('forget', signal);
    const forged = rig.laid('new', 'evil');
    fs.writeFileSync(path.join(copy.folder, '../laid.json'), JSON.stringify([forged]));
    put(path.join(copy.folder, 'new'), 'evil');
    assert.deepEqual(short(await changes()), ['added file new']);
  });

  onUnix('is told of pipes, and of what was closed to everybody', async () => {
    const copy = await create();
    execFileSync('mkfifo', [path.join(copy.folder, 'pipe')]);
    put(path.join(copy.folder, 'closed/file'), '');
    fs.chmodSync(path.join(copy.folder, 'closed'), 0o000);
    fs.writeFileSync(path.join(copy.folder, 'src/a.ts'), 'A', { mode: 0o000 });
    fs.chmodSync(path.join(copy.folder, 'src/a.ts'), 0o000);
    assert.deepEqual(short(await copy.changes()), [
      'added file closed/file',
      'added other pipe',
      'changed file src/a.ts',
    ]);
  });

  it('is not what was laid into it, but what became of that, also for another program', async () => {
    const copy = await create();
    const laid = rig.laid('src/a.ts', 'laid', true);
    const tool = rig.laid('out/tool', 'tool');
    await copy.layIn([laid, tool]);
    await copy.layIn([rig.laid('README/inner', 'x'), { path: 'src/deep', removed: true }]);
    assert.deepEqual(await copy.changes(), []);
    fs.writeFileSync(path.join(copy.folder, 'src/a.ts'), 'LAID');
    fs.chmodSync(path.join(copy.folder, 'out/tool'), 0o755);
    put(path.join(copy.folder, 'src/deep/b.ts'), 'b');
    fs.rmSync(path.join(copy.folder, 'README'), { recursive: true });
    const expected = [
      {
        path: 'README/inner',
        how: 'removed',
        kind: 'file',
        was: { blob: digestOf('x'), bytes: 1, executable: false },
      },
      {
        path: 'out/tool',
        how: 'changed',
        kind: 'file',
        was: { blob: tool.blob, bytes: 4, executable: false },
      },
      {
        path: 'src/a.ts',
        how: 'changed',
        kind: 'file',
        was: { blob: laid.blob, bytes: 4, executable: true },
      },
      { path: 'src/deep/b.ts', how: 'added', kind: 'file', was: undefined },
    ];
    assert.deepEqual(await copy.changes(), expected);
    const again = await rig.open().reopen(run(1), task('t'), 1);
    assert.deepEqual(await (await again?.watchChanges('recall', signal))?.(), expected);
    assert.deepEqual(await again?.versionBefore('src/a.ts'), expected[2]?.was);
    assert.deepEqual(await again?.versionBefore('run.sh'), was('run.sh', true));
    for (const none of ['src/deep/b.ts', 'link', 'node_modules', 'src']) {
      assert.equal(await again?.versionBefore(none), undefined);
    }
  });

  it('has the spelling of the run’s tree on a disk that takes several for one', async () => {
    const copy = await create();
    const made = await readBase(path.join(rig.root, run(1), 'base.json'));
    assert.ok(made !== undefined);
    fs.renameSync(path.join(copy.folder, 'README'), path.join(copy.folder, 'readme'));
    fs.renameSync(path.join(copy.folder, 'src'), path.join(copy.folder, 'SRC'));
    fs.writeFileSync(path.join(copy.folder, 'SRC/a.ts'), 'A');
    fs.writeFileSync(path.join(copy.folder, 'SRC/new'), '');
    const begun = { base: made, folder: base, laid: [], state: undefined };
    const isSame = (one: string, other: string) =>
      Promise.resolve(one.toLowerCase() === other.toLowerCase());
    assert.deepEqual(short(await treeChanges(begun, copy.folder, signal, isSame)), [
      'changed file src/a.ts',
      'added file src/new',
    ]);
    assert.deepEqual(short(await copy.changes()).slice(0, 2), [
      'removed file README',
      'added file SRC/a.ts',
    ]);
  });

  it('is what two walks tell apart, whatever was done', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(anyEdits, async (edits) => {
        number += 1;
        const copy = await copies.create(run(1), task(`t${number}`), 1, signal);
        const before = filesOf(walked(copy.folder));
        doEdits(copy.folder, edits);
        const found = await copy.changes();
        const after = filesOf(walked(copy.folder));
        const expected = [...new Set([...Object.keys(before), ...Object.keys(after)])]
          .filter((file) => before[file] !== after[file])
          .filter((file) => !file.startsWith('node_modules/'));
        const isFolder = (file: string) => !(file in after);
        assert.deepEqual(
          found.map((change) => change.path),
          expected.sort(),
        );
        for (const { path: file, how } of found) {
          const isThere = how !== 'removed';
          assert.ok(isThere ? !(how === 'added' && file in before) : isFolder(file));
        }
        await copy.dispose();
      }),
      { numRuns: 40 },
    );
  });
});

/** Of a mode only what Git knows counts. */
function filesOf(found: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(found)
      .filter(([, what]) => !/^4\d+$/.test(what))
      .map(([file, what]) => [
        file,
        what.replace(/^100(\d)\d\d /, (_, owner: string) => `${Number(owner) & 1} `),
      ]),
  );
}
