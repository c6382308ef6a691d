import assert from 'node:assert/strict';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import {
  clearIndex,
  DigestIndex,
  indexStatistics,
} from '../../../src/core/workspaces/digestIndex.ts';
import { digestOfFile, type KnownFile } from '../../../src/core/workspaces/fileDigest.ts';
import { identityOf, isRacy } from '../../../src/core/workspaces/fileIdentity.ts';
import { DigestRig, run } from '../../support/digestRig.ts';
import { FaultyDisk, type DiskFault } from '../../support/faultyDisk.ts';
import { sampleOf } from '../../support/sample.ts';

const { signal } = new AbortController();
const DAY_MS = 24 * 60 * 60 * 1000;

describe('the identity of a file', () => {
  const status = { size: 5n, mtimeNs: 10n ** 18n, ctimeNs: 10n ** 18n, ino: 7n, mode: 0o100644n };
  const fields = ['size', 'mtimeNs', 'ctimeNs', 'ino', 'mode'] as const;

  it('is another one when any part of it is', () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 64n });
    const statuses = fc.record({
      size: number,
      mtimeNs: number,
      ctimeNs: number,
      ino: number,
      mode: number,
    });
    fc.assert(
      fc.property(statuses, fc.constantFrom(...fields), number, (one, field, value) => {
        const other = { ...one, [field]: value };
        assert.equal(identityOf(one) === identityOf(other), one[field] === value);
      }),
    );
  });

  it('is not trusted within two seconds of a change, of its bytes or of anything else, nor before it', () => {
    const changed = 1_000_000_000_000;
    for (const [now, racy] of [
      [changed - 5000, true],
      [changed, true],
      [changed + 1999, true],
      [changed + 2000, false],
    ] as const) {
      assert.equal(isRacy(status, now), racy, String(now));
      assert.equal(isRacy({ ...status, mtimeNs: 0n }, now), racy);
      assert.equal(isRacy({ ...status, ctimeNs: 0n }, now), racy);
    }
  });
});

describe('digests of a folder', () => {
  let rig: DigestRig;

  beforeEach(() => {
    rig = new DigestRig();
    for (const name of ['a', 'b', 'c']) {
      rig.write(`src/${name}.ts`, name);
    }
    rig.write('run.sh', 'run', 0o755);
    rig.link('link', 'src/a.ts');
  });

  afterEach(() => rig.dispose());

  const indexFile = () => {
    const name = fs.readdirSync(rig.index)[0];
    return path.join(rig.index, name ?? '');
  };

  it('are remembered: a second run of a folder that has not changed reads no file', async () => {
    const first = await rig.readInRun(1);
    const second = await rig.readInRun(2);
    assert.deepEqual(
      [first, second].map(({ known, read }) => ({ known, read })),
      [
        { known: 0, read: 5 },
        { known: 5, read: 0 },
      ],
    );
    assert.deepEqual(second.files, first.files);
  });

  it('are read for what has changed, and for nothing else', async () => {
    const before = await rig.readInRun(1);
    rig.write('src/b.ts', 'B');
    rig.write('src/new.ts', 'new');
    fs.rmSync(rig.at('src/c.ts'));
    const { known, read, files } = await rig.readInRun(2);
    assert.deepEqual({ known, read }, { known: 3, read: 2 });
    assert.equal(files['src/b.ts'], digestOfFile('B', false));
    assert.equal(files['src/a.ts'], before.files['src/a.ts']);
    assert.equal(files['src/c.ts'], undefined);
  });

  it('notice a change that leaves length and modification time', async () => {
    await rig.readInRun(1);
    const { atime, mtime } = fs.statSync(rig.at('src/b.ts'));
    rig.write('src/b.ts', 'B');
    fs.utimesSync(rig.at('src/b.ts'), atime, mtime);
    assert.equal((await rig.readInRun(2)).files['src/b.ts'], digestOfFile('B', false));
  });

  it('notice another file in the place of one, and another execute bit', async () => {
    await rig.readInRun(1);
    fs.renameSync(rig.at('src/a.ts'), rig.at('src/b.ts'));
    fs.chmodSync(rig.at('run.sh'), 0o644);
    const { files } = await rig.readInRun(2);
    assert.equal(files['src/b.ts'], digestOfFile('a', false));
    assert.equal(files['run.sh'], digestOfFile('run', false));
  });

  it('are not trusted for files that were changed just before the run: those are read each time', async () => {
    rig.aheadMs = 0;
    assert.deepEqual((await rig.readInRun(1)).read, 5);
    assert.deepEqual((await rig.readInRun(2)).read, 5);
    assert.deepEqual(fs.existsSync(rig.index), false);
  });

  it('are read when the clock was set back behind the files', async () => {
    await rig.readInRun(1);
    rig.aheadMs = -DAY_MS;
    assert.equal((await rig.readInRun(2)).read, 5);
  });

  describe('of a file that is changed while it is copied', () => {
    const copyFile = fsp.copyFile.bind(fsp);

    afterEach(() => {
      fsp.copyFile = copyFile;
    });

    for (const moment of ['before', 'after'] as const) {
      it(`${moment} its bytes are taken are those of the copy, and not remembered`, async () => {
        // Of the file as it was before; asked about it only after.
        await rig.open().tree(run(5), signal);
        fsp.copyFile = async (from, to, mode) => {
          const isIt = from === rig.at('src/b.ts');
          if (isIt && moment === 'before') {
            rig.write('src/b.ts', 'B');
          }
          await copyFile(from, to, mode);
          if (isIt && moment === 'after') {
            rig.write('src/b.ts', 'B');
          }
        };
        const { files } = await rig.readInRun(1);
        const text = moment === 'before' ? 'B' : 'b';
        assert.equal(files['src/b.ts'], digestOfFile(text, false));
        fsp.copyFile = copyFile;
        const earlier = await rig.readInRun(5);
        assert.equal(earlier.files['src/b.ts'], digestOfFile('b', false));
        const later = await rig.readInRun(2);
        assert.deepEqual([later.known, later.read], [4, 1]);
        assert.equal(later.files['src/b.ts'], digestOfFile('B', false));
      });
    }
  });

  it('are not remembered of a copy that something else has written to', async () => {
    const copies = rig.open();
    const tree = await copies.tree(run(1), signal);
    const made = fs.lstatSync(path.join(rig.copies, run(1), 'base.json'), { bigint: true });
    const copied = path.join(tree.folder, 'src/b.ts');
    do {
      fs.writeFileSync(copied, 'from outside');
    } while (fs.lstatSync(copied, { bigint: true }).ctimeNs <= made.ctimeNs);
    await tree.within('');
    await copies.removeRun(run(1));
    const { read, files } = await rig.readInRun(2);
    assert.equal(read, 1);
    assert.equal(files['src/b.ts'], digestOfFile('b', false));
  });

  it('are known to a program that takes a run over, though the folder has changed', async () => {
    const before = await rig.readInRun(1);
    await rig.open().tree(run(2), signal);
    rig.write('src/a.ts', 'edited');
    const { known, read, files } = await rig.readInRun(2);
    assert.deepEqual({ known, read }, { known: 5, read: 0 });
    assert.deepEqual(files, before.files);
  });

  it('are read for a run whose record is of a version that noted no identities', async () => {
    await rig.readInRun(1);
    await rig.open().tree(run(2), signal);
    const record = path.join(rig.copies, run(2), 'base.json');
    const { identities, ...old } = JSON.parse(fs.readFileSync(record, 'utf8')) as Record<
      string,
      unknown
    >;
    assert.equal(Array.isArray(identities), true);
    fs.writeFileSync(record, JSON.stringify(old));
    assert.deepEqual((await rig.readInRun(2)).read, 5);
  });

  it('are told right though the index is damaged at any byte, or ends anywhere', async () => {
    const { files } = await rig.readInRun(1);
    const whole = fs.readFileSync(indexFile());
    const damage = fc.oneof(
      fc.record({ at: fc.nat(whole.length - 1), bit: fc.nat(7) }),
      fc.record({ at: fc.nat(whole.length - 1) }),
    );
    // A run of its own for each would make copies again and again: what is recalled decides.
    const index = indexOf(rig);
    const identities = await identitiesOf(rig);
    assert.equal((await index.recall(identities)).size, 5);
    await fc.assert(
      fc.asyncProperty(damage, async (one) => {
        const bytes = Buffer.from(whole);
        if ('bit' in one) {
          bytes.writeUInt8(bytes.readUInt8(one.at) ^ (1 << one.bit), one.at);
        }
        fs.writeFileSync(indexFile(), 'bit' in one ? bytes : bytes.subarray(0, one.at));
        assert.deepEqual([...(await index.recall(identities))], []);
      }),
      { numRuns: sampleOf(100) },
    );
    const later = await rig.readInRun(2);
    assert.equal(later.read, 5);
    assert.deepEqual(later.files, files);
    assert.equal((await rig.readInRun(3)).read, 0);
  }).timeout(sampleOf(20_000));

  it('are not those of another folder whose index has come into its place', async () => {
    await rig.readInRun(1);
    const other = new DigestIndex({ ...optionsOf(rig), source: path.join(rig.scratch, 'other') });
    other.learn('x', 'identity', { digest: digestOf('x'), kind: 'file' });
    await other.keep(true);
    const [own, foreign] = fs.readdirSync(rig.index).map((name) => path.join(rig.index, name));
    const isOwn = fs.readFileSync(own!, 'utf8').includes('run.sh');
    fs.renameSync(isOwn ? own! : foreign!, isOwn ? foreign! : own!);
    assert.deepEqual([...(await other.recall(await identitiesOf(rig)))], []);
  });

  it('are kept by two programs at once, neither of which spoils them', async () => {
    const known = (text: string): KnownFile => ({ digest: digestOf(text), kind: 'file' });
    const names = Array.from({ length: 300 }, (_, number) => `file${number}`);
    const identities = new Map(names.map((name) => [name, `of ${name}`.replace(' ', '.')]));
    const programs = [indexOf(rig), indexOf(rig)];
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        programs.map(async (program, which) => {
          for (const name of names.slice(which * 150, which * 150 + 150)) {
            program.learn(name, identities.get(name)!, known(name));
          }
          await program.keep(true);
        }),
      );
      const found = await indexOf(rig).recall(identities);
      assert.equal(found.size >= 150, true, String(found.size));
      for (const [name, { digest }] of found) {
        assert.equal(digest, digestOf(name));
      }
    }
    await Promise.all(programs.map((program) => program.keep(true)));
    programs[0]!.learn('one more', 'identity', known('one more'));
    await programs[0]!.keep(true);
    assert.deepEqual(
      fs.readdirSync(rig.index).filter((name) => name.startsWith('tmp_')),
      [],
    );
  });

  it('go on being remembered while runs see them, and are dropped after 30 days without', async () => {
    await rig.readInRun(1);
    for (let day = 20; day <= 60; day += 20) {
      rig.aheadMs = 60_000 + day * DAY_MS;
      assert.equal((await rig.readInRun(day)).read, 0, `day ${day}`);
    }
    fs.rmSync(rig.at('src/a.ts'));
    rig.aheadMs += 20 * DAY_MS;
    await rig.readInRun(80);
    assert.equal((await indexStatistics(rig.index)).entries, 5);
    rig.aheadMs += 15 * DAY_MS;
    await rig.readInRun(95);
    assert.equal((await indexStatistics(rig.index)).entries, 4);
  });

  it('are no more than 200,000, those seen last', async function () {
    this.timeout(20_000);
    const index = indexOf(rig);
    const known: KnownFile = { digest: digestOf('x'), kind: 'file' };
    index.learn('old', 'identity', known);
    rig.aheadMs += DAY_MS;
    for (let number = 0; number < 200_000; number += 1) {
      index.learn(`file${number}`, 'identity', known);
    }
    await index.keep(true);
    assert.equal((await indexStatistics(rig.index)).entries, 200_000);
    const found = await index.recall(
      new Map([
        ['old', 'identity'],
        ['file7', 'identity'],
      ]),
    );
    assert.deepEqual([...found.keys()], ['file7']);
  });

  it('have the index of a folder that no run uses any more removed, and what a writer left', async () => {
    await rig.readInRun(1);
    const [gone, abandoned, fresh] = ['gone.digests', 'tmp_old', 'tmp_new'].map((name) =>
      path.join(rig.index, name),
    );
    for (const file of [gone!, abandoned!, fresh!]) {
      fs.writeFileSync(file, '');
    }
    const old = new Date(Date.now() - 31 * DAY_MS);
    fs.utimesSync(gone!, old, old);
    fs.utimesSync(abandoned!, old, old);
    rig.write('src/a.ts', 'edited');
    await rig.readInRun(2);
    assert.deepEqual(
      [gone!, abandoned!, fresh!].map((file) => fs.existsSync(file)),
      [false, false, true],
    );
  });

  it('are of names with spaces and of all scripts; one with a line break is read each time', async () => {
    const names = ['with space', 'ünï/çødé', '日本 語.md', '"quoted\\'].filter(
      (name) => process.platform !== 'win32' || !/["\\]/.test(name),
    );
    names.forEach((name) => rig.write(name, name));
    if (process.platform !== 'win32') {
      rig.write('line\nbreak', 'x');
    }
    const first = await rig.readInRun(1);
    const second = await rig.readInRun(2);
    assert.deepEqual(second.files, first.files);
    assert.equal(second.read, process.platform === 'win32' ? 0 : 1);
  });

  describe('on a disk that fails', () => {
    const reading = async (fault: DiskFault) => {
      const faulty = new FaultyDisk(fault);
      const copies = rig.open(undefined, faulty.disk);
      const tree = await copies.tree(run(1), signal);
      const files = await tree.within('');
      await copies.removeRun(run(1));
      return { files, operations: faulty.operations };
    };

    it('are right, and remembered whole or not at all', async () => {
      const { operations } = await reading({ kind: 'stop', at: Infinity });
      assert.equal(operations > 3, true);
      const { files } = await rig.readInRun(9);
      for (const kind of ['stop', 'torn', 'error'] as const) {
        for (let at = 1; at <= operations; at += 1) {
          fs.rmSync(rig.index, { recursive: true, force: true });
          const fault: DiskFault = kind === 'error' ? { kind, at, code: 'ENOSPC' } : { kind, at };
          const failed = await reading(fault);
          assert.deepEqual(
            Object.fromEntries(failed.files.map((file) => [file.path, file.digest])),
            files,
          );
          const after = await rig.readInRun(2);
          assert.equal(after.read === 0 || after.read === 5, true, `${kind} at ${at}`);
          assert.deepEqual(after.files, files);
        }
      }
    }).timeout(20_000);
  });

  it('are counted and forgotten', async () => {
    assert.deepEqual(await indexStatistics(rig.index), { entries: 0, bytes: 0 });
    assert.equal(await clearIndex(rig.index), 0);
    await rig.readInRun(1);
    assert.deepEqual(await indexStatistics(rig.index), {
      entries: 5,
      bytes: fs.statSync(indexFile()).size,
    });
    assert.equal(await clearIndex(rig.index), 5);
    assert.deepEqual(await indexStatistics(rig.index), { entries: 0, bytes: 0 });
    assert.equal((await rig.readInRun(2)).read, 5);
  });
});

const optionsOf = ({ index, source, clock }: DigestRig) => ({
  ...{ folder: index, source, clock },
  disk: nodeDisk,
});

const indexOf = (rig: DigestRig) => new DigestIndex(optionsOf(rig));

async function identitiesOf(rig: DigestRig): Promise<ReadonlyMap<string, string>> {
  const identities = new Map<string, string>();
  for (const entry of await fsp.readdir(rig.source, { recursive: true, withFileTypes: true })) {
    if (!entry.isDirectory()) {
      const at = path.join(entry.parentPath, entry.name);
      const file = path.relative(rig.source, at).split(path.sep).join('/');
      identities.set(file, identityOf(fs.lstatSync(at, { bigint: true })));
    }
  }
  return identities;
}
