import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import pLimit from 'p-limit';
import { copyTree, staysInside } from '../../../src/core/workspaces/copyTree.ts';

const onUnix = process.platform === 'win32' ? it.skip : it;

describe('copying a tree', () => {
  let scratch: string;
  let from: string;
  let to: string;
  const { signal } = new AbortController();

  beforeEach(() => {
    scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-tree-')));
    from = path.join(scratch, 'from');
    to = path.join(scratch, 'to');
    fs.mkdirSync(from);
  });

  afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

  const copy = (paths: string[], stop = signal) => copyTree(from, to, paths, pLimit(4), stop);

  it('makes folders for submodules and passes over what is gone', async () => {
    fs.mkdirSync(path.join(from, 'vendor/library'), { recursive: true });
    fs.writeFileSync(path.join(from, 'vendor/library/inner'), '');
    fs.writeFileSync(path.join(from, 'kept'), '');
    assert.deepEqual(await copy(['vendor/library', 'kept', 'gone', 'gone/too']), {
      files: ['kept'],
      folders: ['vendor/library'],
      leftOut: [],
    });
    assert.deepEqual(fs.readdirSync(to, { recursive: true }).sort(), [
      'kept',
      'vendor',
      path.join('vendor', 'library'),
    ]);
  });

  onUnix('says what it leaves out', async () => {
    execFileSync('mkfifo', [path.join(from, 'pipe')]);
    fs.symlinkSync('../secret', path.join(from, 'link'));
    const { files, leftOut } = await copy(['pipe', 'link']);
    assert.deepEqual(files, []);
    assert.deepEqual(leftOut, [
      { path: 'pipe', why: 'it is neither a file nor a link' },
      { path: 'link', why: 'it is a link that leads out of the folder, to ../secret' },
    ]);
  });

  it('does not read through a folder that was replaced by a link', async () => {
    fs.mkdirSync(path.join(scratch, 'secrets'));
    fs.writeFileSync(path.join(scratch, 'secrets', 'key'), 'secret');
    fs.symlinkSync('../secrets', path.join(from, 'settings'));
    const { files } = await copy(['settings/key']);
    assert.deepEqual(files, []);
    assert.equal(fs.existsSync(path.join(to, 'settings')), false);
  });

  it('leaves nothing under way when it fails', async () => {
    const paths = Array.from({ length: 200 }, (_, index) => `file-${index}`);
    for (const file of paths) {
      fs.writeFileSync(path.join(from, file), '');
    }
    // A folder in the place of a file fails its copy.
    fs.mkdirSync(path.join(to, 'file-20'), { recursive: true });
    await assert.rejects(copy(paths));
    const copied = fs.readdirSync(to).length;
    assert.ok(copied < 100);
    await new Promise(setImmediate);
    assert.equal(fs.readdirSync(to).length, copied);
  });
});

describe('a link', () => {
  for (const [file, link, expected] of [
    ['a', 'b/c', true],
    ['a/b', '../c', true],
    ['a/b', '..', true],
    ['a', './/b', true],
    ['a', '..', false],
    ['a/b', '../../c', false],
    // Where `d` is a link to the root, `d/../secret` is beside it.
    ['a', 'd/../secret', false],
    ['a/b', '../d/../../secret', false],
    ['a', '/etc/hosts', false],
  ] as const) {
    it(`${file} to ${link} ${expected ? 'stays inside' : 'may lead out'}`, () => {
      assert.equal(staysInside(file, link), expected);
    });
  }

  it('that stays inside does so whatever other such links there are', () => {
    const part = fc.constantFrom('a', 'b', '..', '.');
    const target = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', 'a/a', 'a/b', 'b/a'), target),
        (links) => {
          const allowed = new Map(
            Object.entries(links).filter(([file, link]) => staysInside(file, link)),
          );
          // A file under another link is no place of its own.
          const reachable = [...allowed.keys()].filter(
            (file) => !allowed.has(path.posix.dirname(file)),
          );
          assert.ok(reachable.every((file) => leadsInside(file, allowed)));
        },
      ),
    );
  });

  /** Walks as the system does, following each link on the way; false once above the root. */
  function leadsInside(file: string, links: ReadonlyMap<string, string>): boolean {
    const left = file.split('/');
    const at: string[] = [];
    for (let steps = 0; left.length > 0 && steps < 100; steps += 1) {
      const part = left.shift() ?? '.';
      if (part === '..' && at.pop() === undefined) {
        return false;
      }
      if (part !== '..' && part !== '.') {
        const link = links.get([...at, part].join('/'));
        if (link === undefined) {
          at.push(part);
        } else {
          left.unshift(...link.split('/'));
        }
      }
    }
    return true;
  }
});
