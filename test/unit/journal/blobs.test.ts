import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { nodeDisk, type Disk } from '../../../src/core/base/disk.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import { BlobStore, DamagedBlob } from '../../../src/core/journal/blobs.ts';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import { TempFolder } from './journalRig.ts';

describe('The blob store', () => {
  let folder: TempFolder;
  let root: string;
  let blobs: BlobStore;

  beforeEach(() => {
    folder = new TempFolder();
    root = path.join(folder.root, 'blobs');
    blobs = new BlobStore(nodeDisk, root);
  });
  afterEach(() => folder.dispose());

  function files(): string[] {
    const all = fs.existsSync(root) ? fs.readdirSync(root, { recursive: true }) : [];
    return all.map(String).filter((file) => fs.lstatSync(path.join(root, file)).isFile());
  }

  function file(content: string): string {
    const at = path.join(folder.root, `made-${nodeDisk.unique()}`);
    fs.writeFileSync(at, content);
    return at;
  }

  it('gives back any bytes under their digest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        const blob = await blobs.put(bytes);
        assert.deepEqual(blob, { digest: digestOf(bytes), bytes: bytes.length });
        assert.deepEqual(await blobs.read(blob.digest), Buffer.from(bytes));
      }),
      { numRuns: 30 },
    );
  });

  it('keeps equal bytes once, however they come', async () => {
    const other = new BlobStore(nodeDisk, root);
    const refs = await Promise.all([
      ...[blobs, other, blobs].map((store) => store.put(Buffer.from('same'))),
      ...[blobs, other].map((store) => store.adopt(file('same'))),
    ]);
    assert.equal(new Set(refs.map(({ digest }) => digest)).size, 1);
    assert.equal(files().length, 1);
    assert.deepEqual(
      fs.readdirSync(folder.root).filter((name) => name.startsWith('made-')),
      [],
      'what was adopted is gone from its place',
    );
  });

  it('takes a file over from another disk, too', async () => {
    const across: Disk = {
      ...nodeDisk,
      rename: (from, to) =>
        from.includes('made-')
          ? Promise.reject(Object.assign(new Error('EXDEV'), { code: 'EXDEV' }))
          : nodeDisk.rename(from, to),
    };
    const made = file('far');
    const { digest } = await new BlobStore(across, root).adopt(made);
    assert.equal((await blobs.read(digest)).toString(), 'far');
    assert.ok(!fs.existsSync(made));
  });

  it('takes files over also when its folders were removed meanwhile', async () => {
    await blobs.put(Buffer.from('lost'));
    fs.rmSync(root, { recursive: true });
    const { digest } = await blobs.adopt(file('lost'));
    assert.equal((await blobs.read(digest)).toString(), 'lost');
  });

  it('copies a file that has another name: who has that could change it later', async () => {
    const made = file('linked');
    const second = path.join(folder.root, 'second');
    fs.linkSync(made, second);
    const { digest } = await blobs.adopt(made);
    fs.writeFileSync(second, 'altered');
    assert.equal((await blobs.read(digest)).toString(), 'linked');
  });

  it('adopts plain files only', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const secret = file('secret');
    const link = path.join(folder.root, 'link');
    fs.symlinkSync(secret, link);
    const pipe = path.join(folder.root, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const odd of [link, pipe, folder.run]) {
      await assert.rejects(blobs.adopt(odd), /is not a plain file/);
    }
    await assert.rejects(blobs.adopt(path.join(folder.root, 'none')), { code: 'ENOENT' });
    assert.deepEqual(files(), []);
  });

  it('notices damaged bytes, keeps them aside, and takes the right ones again', async () => {
    const { digest } = await blobs.put(Buffer.from('right'));
    for (const wrong of ['wrong', '', 'right and more']) {
      fs.writeFileSync(blobs.path(digest), wrong);
      const both = await Promise.allSettled([blobs.read(digest), blobs.read(digest)]);
      for (const outcome of both) {
        assert.ok(outcome.status === 'rejected');
        const { reason } = outcome as { reason: unknown };
        assert.ok(reason instanceof DamagedBlob && reason.digest === digest, String(reason));
      }
      await blobs.put(Buffer.from('right'));
      assert.equal((await blobs.read(digest)).toString(), 'right');
    }
    const aside = files().filter((name) => name.includes('.corrupt-'));
    assert.equal(aside.length, 3, 'nothing is overwritten');
  });

  it('replaces a file of a wrong length before anybody read it', async () => {
    const { digest } = await blobs.put(Buffer.from('right'));
    for (const again of [() => blobs.put(Buffer.from('right')), () => blobs.adopt(file('right'))]) {
      fs.truncateSync(blobs.path(digest), 2);
      await again();
      assert.equal((await blobs.read(digest)).toString(), 'right');
    }
  });

  it('says when a blob is missing', async () => {
    await assert.rejects(blobs.read(digestOf('nobody')), DamagedBlob);
  });

  for (const how of ['put', 'adopt'] as const) {
    it(`holds for good what ${how} has resolved with, also what somebody else had begun`, async () => {
      const bytes = Buffer.from('some bytes');
      const keep = (disk: Disk) => {
        const store = new BlobStore(disk, root);
        return how === 'put' ? store.put(bytes) : store.adopt(file('some bytes'));
      };
      for (let at = 1, reached = true; reached; at++) {
        fs.rmSync(root, { recursive: true, force: true });
        const faulty = new FaultyDisk({ kind: 'error', at, code: 'EIO' });
        await keep(faulty.disk).catch(() => undefined);
        reached = faulty.operations >= at;
        if (reached) {
          await keep(faulty.disk);
        }
        faulty.losePower();
        assert.deepEqual(await blobs.read(digestOf(bytes)), bytes, `failed at ${at}`);
      }
    });
  }
});
