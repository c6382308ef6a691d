import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  createFileDurably,
  createFileDurablySync,
  makeFolderDurably,
  nodeDisk,
  writeFileDurably,
  writeFileDurablySync,
} from '../../../src/core/base/disk.ts';
import type { DiskFault } from '../../support/faultyDisk.ts';
import { FaultyDisk } from '../../support/faultyDisk.ts';

describe('durable files', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-disk-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const inFolder = (name: string) => path.join(folder, name);
  const text = (name: string) => fs.readFileSync(inFolder(name), 'utf8');

  it('are written with the folders above them, and over what was there', async () => {
    await writeFileDurably(nodeDisk, inFolder('a/b/c'), 'one');
    assert.equal(text('a/b/c'), 'one');
    await writeFileDurably(nodeDisk, inFolder('a/b/c'), new Uint8Array([0, 255]));
    assert.deepEqual([...fs.readFileSync(inFolder('a/b/c'))], [0, 255]);
    writeFileDurablySync(nodeDisk, inFolder('d/e'), 'two');
    assert.equal(text('d/e'), 'two');
    assert.deepEqual(fs.readdirSync(inFolder('a/b')), ['c']);
  });

  it('get the mode asked for', async () => {
    await writeFileDurably(nodeDisk, inFolder('private'), '', { mode: 0o600 });
    assert.equal((await nodeDisk.stat(inFolder('private'))).mode, 0o600);
  });

  it('are whole when the disk takes three bytes at a time', async () => {
    const { disk } = new FaultyDisk(undefined, { largestWrite: 3 });
    await writeFileDurably(disk, inFolder('a'), 'more than three bytes');
    writeFileDurablySync(disk, inFolder('b'), 'more than three bytes');
    assert.equal(text('a'), 'more than three bytes');
    assert.equal(text('b'), 'more than three bytes');
  });

  it('are created by one of many callers', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, n) => createFileDurably(nodeDisk, inFolder('x/one'), `${n}`)),
    );
    assert.equal(made.filter(Boolean).length, 1);
    assert.equal(text('x/one'), String(made.indexOf(true)));
    assert.equal(createFileDurablySync(nodeDisk, inFolder('x/one'), 'late'), false);
    assert.deepEqual(fs.readdirSync(inFolder('x')), ['one']);
  });

  it('are created where there are no hard links', async () => {
    const { disk } = new FaultyDisk(undefined, { links: false });
    assert.equal(await createFileDurably(disk, inFolder('a'), 'bytes'), true);
    assert.equal(await createFileDurably(disk, inFolder('a'), 'other'), false);
    assert.equal(text('a'), 'bytes');
    assert.deepEqual(fs.readdirSync(folder), ['a']);
  });

  it('are renamed on Windows once the scanner lets go', async () => {
    for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
      const { disk } = new FaultyDisk({ kind: 'error', at: 4, code }, { windows: true });
      await writeFileDurably(disk, inFolder('a'), code);
      assert.equal(text('a'), code);
    }
    const persistent: typeof nodeDisk = {
      ...new FaultyDisk(undefined, { windows: true }).disk,
      rename: () => Promise.reject(Object.assign(new Error('held'), { code: 'EBUSY' })),
    };
    await assert.rejects(writeFileDurably(persistent, inFolder('a'), 'never'), /held/);
    assert.deepEqual(fs.readdirSync(folder), ['a']);
  });

  it('stand in folders that survive a power loss', async () => {
    const faulty = new FaultyDisk();
    await makeFolderDurably(faulty.disk, inFolder('a/b/c'));
    await makeFolderDurably(faulty.disk, inFolder('a/b/c'));
    faulty.losePower();
    assert.equal(fs.existsSync(inFolder('a/b/c')), true);
  });

  it('cannot be made inside a file', async () => {
    fs.writeFileSync(inFolder('file'), '');
    await assert.rejects(makeFolderDurably(nodeDisk, inFolder('file')), { code: 'EEXIST' });
    await assert.rejects(writeFileDurably(nodeDisk, inFolder('file/x'), ''), { code: 'ENOTDIR' });
  });

  const writers = {
    writeFileDurably: (disk: typeof nodeDisk, file: string) => writeFileDurably(disk, file, 'new!'),
    writeFileDurablySync: (disk: typeof nodeDisk, file: string) =>
      Promise.resolve().then(() => writeFileDurablySync(disk, file, 'new!')),
  };
  for (const [name, write] of Object.entries(writers)) {
    it(`are the old or the new one after a stop at any operation of ${name}`, async () => {
      let points = 0;
      for (let at = 1, done = false; !done; at += 1) {
        for (const kind of ['stop', 'torn'] as const) {
          for (const power of [true, false]) {
            const file = inFolder(`${kind}-${at}-${power}/file`);
            writeFileDurablySync(nodeDisk, file, 'old');
            const faulty = new FaultyDisk({ kind, at });
            await write(faulty.disk, file).catch(() => undefined);
            done = !faulty.stopped;
            if (power) {
              faulty.losePower();
            }
            const there = fs.readFileSync(file, 'utf8');
            assert.ok(there === 'new!' || (there === 'old' && !done), `${kind} at ${at}: ${there}`);
            points += 1;
          }
        }
      }
      assert.ok(points > 20);
    });

    it(`are left as they were by an error at any operation of ${name}`, async () => {
      for (let at = 1; ; at += 1) {
        const file = inFolder(`${at}/file`);
        writeFileDurablySync(nodeDisk, file, 'old');
        const fault: DiskFault = { kind: 'error', at, code: 'EIO' };
        const faulty = new FaultyDisk(fault);
        const failed = await write(faulty.disk, file).then(
          () => false,
          () => true,
        );
        if (!failed) {
          assert.equal(fs.readFileSync(file, 'utf8'), 'new!');
          break;
        }
        // The flush of the folder comes after the rename: then the new file is there, unproven.
        const renamed = faulty.log.includes('rename') && faulty.log[at - 1] !== 'rename';
        assert.equal(fs.readFileSync(file, 'utf8'), renamed ? 'new!' : 'old');
        assert.deepEqual(fs.readdirSync(path.dirname(file)), ['file']);
      }
    });
  }
});
