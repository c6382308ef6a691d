import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { nodeDisk, type Disk } from '../../../src/core/base/disk.ts';
import { layInto, planLaying, type StarterFile } from '../../../src/core/starters/layInto.ts';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import { TemporaryFolder } from '../definitions/folder.ts';

const fileOf = (file: string, text = `text of ${file}`): StarterFile => ({
  path: file,
  bytes: Buffer.from(text),
});

const PACK = [fileOf('.sluice/agents/a.md'), fileOf('.sluice/agents/b.md'), fileOf('x/y/z.json')];

describe('Laying files into a folder', function () {
  this.timeout(20_000);

  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => folder.dispose());

  const plan = (files: readonly StarterFile[] = PACK) => planLaying(folder.path, files);

  async function lay(files: readonly StarterFile[] = PACK, disk: Disk = nodeDisk) {
    const planned = await plan(files);
    assert.ok(planned.ok);
    return layInto(disk, planned.value);
  }

  it('makes every file, and the folders above it', async () => {
    assert.deepEqual(await lay(), { ok: true, value: undefined });
    assert.deepEqual(
      filesIn(folder.path),
      Object.fromEntries(PACK.map(({ path: file }) => [file, `text of ${file}`])),
    );
  });

  it('tells what is there with the same text, whatever its line ends, and what differs', async () => {
    folder.write('.sluice/agents/a.md', 'one\r\ntwo\r\n');
    folder.write('x/y/z.json', 'mine');
    const files = [fileOf('.sluice/agents/a.md', 'one\ntwo\n'), ...PACK.slice(1)];
    const planned = await plan(files);
    assert.ok(planned.ok);
    const { fresh, same, different } = planned.value;
    assert.deepEqual(
      [fresh.map(({ path: file }) => file), same, different],
      [['.sluice/agents/b.md'], ['.sluice/agents/a.md'], ['x/y/z.json']],
    );
    assert.ok((await layInto(nodeDisk, planned.value)).ok);
    assert.equal(filesIn(folder.path)['x/y/z.json'], 'mine');
    assert.equal(filesIn(folder.path)['.sluice/agents/a.md'], 'one\r\ntwo\r\n');
  });

  it('is refused where a link leads out of the folder, or nowhere', async () => {
    const outside = new TemporaryFolder();
    try {
      outside.write('secret', 'theirs');
      for (const [link, target, code] of [
        ['.sluice', outside.path, 'leads out of the folder'],
        ['.sluice/agents', outside.path, 'leads out of the folder'],
        ['.sluice/agents/a.md', path.join(outside.path, 'secret'), 'leads out of the folder'],
        ['.sluice/agents', path.dirname(folder.path), 'leads out of the folder'],
        ['.sluice/agents', 'nowhere', 'leads nowhere'],
        ['.sluice', '.sluice', 'leads nowhere'],
      ] as const) {
        fs.rmSync(path.join(folder.path, '.sluice'), { recursive: true, force: true });
        folder.link(link, target);
        const planned = await plan();
        assert.ok(!planned.ok, link);
        assert.match(
          planned.error,
          new RegExp(`^"${link.replaceAll('.', '\\.')}" is a link that ${code}`),
        );
      }
      assert.deepEqual(fs.readdirSync(outside.path), ['secret']);
    } finally {
      outside.dispose();
    }
  });

  it('follows a link that stays in the folder', async () => {
    fs.mkdirSync(path.join(folder.path, 'kept'));
    folder.link('.sluice', 'kept');
    assert.ok((await lay()).ok);
    assert.ok(fs.existsSync(path.join(folder.path, 'kept/agents/a.md')));
  });

  it('is refused where something else stands in the way', async () => {
    folder.write('.sluice', 'a file');
    const blocked = await plan();
    assert.ok(!blocked.ok);
    assert.match(blocked.error, /^"\.sluice" is there and is no folder: nothing was written/);
    fs.rmSync(path.join(folder.path, '.sluice'));
    fs.mkdirSync(path.join(folder.path, '.sluice/agents/a.md'), { recursive: true });
    const taken = await plan();
    assert.ok(!taken.ok);
    assert.match(taken.error, /^"\.sluice\/agents\/a\.md" is there and is no file/);
  });

  it('writes nothing where a file has appeared since it was planned', async () => {
    const planned = await plan();
    assert.ok(planned.ok);
    folder.write('x/y/z.json', 'quicker');
    const laid = await layInto(nodeDisk, planned.value);
    assert.ok(!laid.ok);
    assert.match(laid.error, /^"x\/y\/z\.json" has just been made by somebody else/);
    assert.deepEqual(filesIn(folder.path), { 'x/y/z.json': 'quicker' });
    assert.ok(!fs.existsSync(path.join(folder.path, '.sluice')));
  });

  it('leaves the folder as it was, whichever operation of the disk fails', async () => {
    folder.write('.sluice/agents/mine.md', 'mine');
    const count = new FaultyDisk();
    const trial = new TemporaryFolder();
    const planned = await planLaying(trial.path, PACK);
    assert.ok(planned.ok);
    assert.ok((await layInto(count.disk, planned.value)).ok);
    trial.dispose();
    const before = filesIn(folder.path);
    let failures = 0;
    for (let at = 1; at <= count.operations; at += 1) {
      const faulty = new FaultyDisk({ kind: 'error', at, code: 'ENOSPC' });
      const laid = await lay(PACK, faulty.disk);
      if (laid.ok) {
        // The failure was one that takes nothing away, such as removing a temporary file.
        assert.equal(Object.keys(filesIn(folder.path)).length, PACK.length + 1);
        PACK.forEach(({ path: file }) => fs.rmSync(path.join(folder.path, file)));
        fs.rmSync(path.join(folder.path, 'x'), { recursive: true });
      } else {
        failures += 1;
        assert.match(laid.error, /could not be written, so nothing was: ENOSPC/);
        assert.ok(!fs.existsSync(path.join(folder.path, 'x')), `at ${at}`);
      }
      assert.deepEqual(filesIn(folder.path), before, `at ${at}`);
    }
    assert.ok(failures >= PACK.length * 3, `${failures} failures`);
  });

  it('never changes a file that is there', async () => {
    const names = ['a', 'b/c', 'b/d', 'e/f/g'];
    const some = fc.uniqueArray(fc.constantFrom(...names));
    await fc.assert(
      fc.asyncProperty(some, some, some, async (pack, mine, equal) => {
        fs.rmSync(folder.path, { recursive: true });
        fs.mkdirSync(folder.path);
        mine.forEach((name) => folder.write(name, 'mine'));
        equal.filter((name) => !mine.includes(name)).forEach((name) => folder.write(name, name));
        const before = filesIn(folder.path);
        assert.ok((await lay(pack.map((name) => fileOf(name, name)))).ok);
        assert.deepEqual(filesIn(folder.path), {
          ...Object.fromEntries(pack.map((name) => [name, name])),
          ...before,
        });
      }),
      { numRuns: 100 },
    );
  });
});

/** Texts by path; temporary files, which nothing reads, are left out. */
function filesIn(folder: string): Record<string, string> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.tmp_'))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [
        path.relative(folder, file).split(path.sep).join('/'),
        fs.readFileSync(file, 'utf8'),
      ]),
  );
}
