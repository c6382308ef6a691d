import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { digestOf } from '../../../src/core/base/digest.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { Result } from '../../../src/core/base/result.ts';
import { objectId } from '../../../src/core/domain/ids.ts';
import { checkOutTree } from '../../../src/core/git/checkOutTree.ts';
import type { RepositoryPlaces } from '../../../src/core/git/findRepository.ts';
import { findRepository } from '../../../src/core/git/findRepository.ts';
import type { GitProgramProblem } from '../../../src/core/git/gitProgram.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import { digestCheckout, gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

describe('the tree of a commit, checked out', () => {
  let temp: TempRepository;
  let target: string;
  let temporaryIndex: string;
  beforeEach(() => {
    temp = new TempRepository();
    target = path.join(temp.parent, 'target');
    temporaryIndex = path.join(temp.parent, 'temporary-index');
  });
  afterEach(() => {
    assert.deepEqual(
      fs.readdirSync(temp.parent).filter((name) => name.startsWith('temporary-index')),
      [],
    );
    temp.dispose();
  });

  const never = new AbortController().signal;
  const placesOf = async (folder: string): Promise<RepositoryPlaces> => {
    const found = await findRepository(nodeDisk, folder);
    assert.ok(found.kind === 'found', found.kind === 'unsupported' ? found.problem : found.kind);
    return found;
  };
  const checkOut = (
    places: RepositoryPlaces,
    commit: string,
    signal = never,
  ): Promise<Result<readonly string[], GitProgramProblem>> => {
    const parts = { places, program: gitProgram(gitEnvironment) };
    return checkOutTree(parts, objectId(commit), target, { temporaryIndex }, signal);
  };
  const checkedOut = async (folder = temp.folder, commit = 'HEAD'): Promise<readonly string[]> => {
    const id = temp.gitIn(folder, 'rev-parse', `${commit}^{commit}`);
    const written = await checkOut(await placesOf(folder), id);
    assert.ok(written.ok, written.ok ? '' : written.error.message);
    return written.value;
  };
  /** Whatever Git itself makes of it. */
  const asGitDoes = (folder = temp.folder): string => {
    const made = path.join(temp.parent, 'as-git-does');
    temp.gitIn(folder, 'worktree', 'add', '--quiet', '--detach', made);
    fs.rmSync(path.join(made, '.git'));
    return made;
  };

  it('is byte for byte what Git makes of it', async () => {
    temp.write('.gitattributes', '*.crlf text eol=crlf\n*.id ident\n*.up filter=up\n* text=auto\n');
    temp.git('config', 'filter.up.smudge', 'tr a-z A-Z');
    temp.git('config', 'core.autocrlf', 'true');
    temp.write('windows.crlf', 'one\ntwo\n');
    temp.write('some.txt', 'one\ntwo\n');
    temp.write('binary', Buffer.from([0, 13, 10, 255]));
    temp.write('version.id', '$Id$\n');
    temp.write('loud.up', 'loud');
    temp.write('run.sh', '#!/bin/sh\n');
    fs.chmodSync(path.join(temp.folder, 'run.sh'), 0o755);
    fs.symlinkSync('deep/ü/日本.txt', path.join(temp.folder, 'link'));
    fs.symlinkSync('/nowhere', path.join(temp.folder, 'away'));
    temp.write('deep/ü/日本.txt', 'deep');
    temp.write('-x: (y)', '');
    temp.write(`${'long/'.repeat(180)}path`, 'far');
    temp.commit();
    const files = await checkedOut();
    assert.equal(fs.readFileSync(path.join(target, 'windows.crlf'), 'utf8'), 'one\r\ntwo\r\n');
    assert.equal(fs.readFileSync(path.join(target, 'loud.up'), 'utf8'), 'LOUD');
    assert.deepEqual(contents(target), contents(asGitDoes()));
    assert.deepEqual(files, temp.git('ls-files', '-z').split('\0').filter(Boolean).sort());
  });

  it('leaves all that is the user’s alone, and does not look at it', async () => {
    temp.write('a.txt', 'committed');
    temp.write('b/c.txt', 'committed');
    temp.commit();
    temp.git('config', 'core.splitIndex', 'true');
    temp.git('config', 'core.untrackedCache', 'true');
    temp.write('a.txt', 'edited');
    temp.write('staged', '1');
    temp.git('add', 'staged');
    temp.write('.gitattributes', '* eol=crlf\n');
    const before = digestCheckout(temp.folder);
    const names = () => fs.readdirSync(path.join(temp.folder, '.git'), { recursive: true });
    const inGit = names();
    assert.deepEqual(await checkedOut(), ['a.txt', 'b/c.txt']);
    assert.equal(fs.readFileSync(path.join(target, 'a.txt'), 'utf8'), 'committed');
    assert.deepEqual(digestCheckout(temp.folder), before);
    assert.deepEqual(names(), inGit);
  });

  it('is of any commit, not only of the one that is checked out', async () => {
    temp.write('old', '1');
    temp.commit();
    fs.rmSync(path.join(temp.folder, 'old'));
    temp.write('new', '1');
    temp.commit();
    assert.deepEqual(await checkedOut(temp.folder, 'HEAD~1'), ['old']);
  });

  it('is only what is below the folder opened, with the attributes of the folders above', async () => {
    temp.write('.gitattributes', '/packages/a/*.txt text eol=crlf\n');
    temp.write('top.txt', '1\n');
    temp.write('packages/a/x.txt', '1\n');
    temp.write('packages/a/src/y.ts', '1\n');
    temp.write('packages/a b/z', '1\n');
    temp.commit();
    assert.deepEqual(await checkedOut(path.join(temp.folder, 'packages/a')), ['src/y.ts', 'x.txt']);
    assert.deepEqual(contents(target), contents(path.join(asGitDoes(), 'packages/a')));
    assert.equal(fs.readFileSync(path.join(target, 'x.txt'), 'utf8'), '1\r\n');
  });

  it('is empty where the commit has no such folder, or another thing in its place', async () => {
    temp.write('file', '1');
    fs.symlinkSync('.', path.join(temp.folder, 'link'));
    temp.commit();
    for (const folder of ['new/folder', 'file', 'link']) {
      fs.rmSync(target, { recursive: true, force: true });
      fs.rmSync(path.join(temp.folder, folder), { recursive: true, force: true });
      fs.mkdirSync(path.join(temp.folder, folder), { recursive: true });
      assert.deepEqual(await checkedOut(path.join(temp.folder, folder)), []);
      assert.deepEqual(fs.readdirSync(target), []);
    }
  });

  it('has an empty folder for a submodule', async () => {
    temp.write('x', '1');
    const head = temp.commit();
    temp.git('update-index', '--add', '--cacheinfo', `160000,${head},deep/sub`);
    temp.git('commit', '--quiet', '--message', 'sub');
    temp.git('config', 'submodule.recurse', 'true');
    assert.deepEqual(await checkedOut(), ['x']);
    assert.deepEqual(fs.readdirSync(path.join(target, 'deep/sub')), []);
  });

  it('has large files from the store of this machine, and pointers for the rest', async () => {
    const pointerTo = (content: string, size = content.length) =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${digestOf(content)}\nsize ${size}\n`;
    const keep = (store: string, content: string) => {
      const oid = digestOf(content);
      temp.write(`${store}/objects/${oid.slice(0, 2)}/${oid.slice(2, 4)}/${oid}`, content);
    };
    const extended = pointerTo('ext').replace('\noid', '\next-0-x sha256:1\noid');
    const files = {
      'here.bin': pointerTo('one'),
      'sub/here.bin': pointerTo('one'),
      'away.bin': pointerTo('two'),
      'torn.bin': pointerTo('three', 7),
      'ext.bin': extended,
      'plain.bin': 'one',
      'shown.txt': pointerTo('one'),
    };
    for (const [file, content] of Object.entries(files)) {
      temp.write(file, content);
    }
    fs.chmodSync(path.join(temp.folder, 'here.bin'), 0o755);
    temp.write('.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n');
    temp.commit();
    // Were it asked, it would ask others.
    temp.git('config', 'filter.lfs.process', 'false');
    temp.git('config', 'filter.lfs.smudge', 'false');
    temp.git('config', 'filter.lfs.required', 'true');
    for (const content of ['one', 'three', 'ext']) {
      keep('.git/lfs', content);
    }
    await checkedOut();
    const read = (file: string) => fs.readFileSync(path.join(target, file), 'utf8');
    const got = Object.fromEntries(Object.keys(files).map((file) => [file, read(file)]));
    assert.deepEqual(got, { ...files, 'here.bin': 'one', 'sub/here.bin': 'one' });
    assert.equal(fs.statSync(path.join(target, 'here.bin')).mode & 0o111, 0o111);
    assert.equal(fs.statSync(path.join(target, 'sub/here.bin')).mode & 0o222, 0o200);

    temp.git('config', 'lfs.storage', path.join(temp.folder, '.elsewhere'));
    keep('.elsewhere', 'two');
    fs.rmSync(target, { recursive: true });
    await checkedOut();
    assert.deepEqual([read('here.bin'), read('away.bin')], [files['here.bin'], 'two']);
    fs.rmSync(target, { recursive: true });
    temp.git('config', '--unset', 'lfs.storage');
    assert.deepEqual(await checkedOut(path.join(temp.folder, 'sub')), ['here.bin']);
    assert.equal(read('here.bin'), 'one');
  });

  it('has all files where the user has a sparse checkout', async () => {
    temp.write('in/x', '1');
    temp.write('out/y', '1');
    temp.commit();
    temp.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
    assert.equal(fs.existsSync(path.join(temp.folder, 'out')), false);
    assert.deepEqual(await checkedOut(), ['in/x', 'out/y']);
    assert.ok(fs.existsSync(path.join(target, 'out/y')));
  });

  it('is told without the names that are no UTF-8, and has them', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    const name = Buffer.from([0x63, 0xe9]);
    fs.mkdirSync(path.join(temp.folder, 'sub'));
    for (const folder of ['', 'sub/']) {
      const before = Buffer.from(`${temp.folder}/${folder}`);
      fs.writeFileSync(Buffer.concat([before, name]), '1');
    }
    temp.write('sub/x', '1');
    temp.commit();
    assert.deepEqual(await checkedOut(path.join(temp.folder, 'sub')), ['x']);
    assert.ok(fs.existsSync(Buffer.concat([Buffer.from(`${target}/`), name])));
  });

  it('is the same from a linked worktree, a shallow clone and one that borrows objects', async () => {
    temp.write('a', '1');
    temp.commit();
    temp.write('b', '2');
    temp.commit();
    temp.git('gc', '--quiet');
    const clone = (name: string, ...args: string[]) => {
      const folder = path.join(temp.parent, name);
      temp.git('clone', '--quiet', ...args, `file://${temp.folder}`, folder);
      return folder;
    };
    const linked = path.join(temp.parent, 'linked');
    temp.git('worktree', 'add', '--quiet', '--detach', linked);
    const borrowing = clone('borrowing', '--shared', '--no-local', '--reference', temp.folder);
    for (const folder of [linked, clone('shallow', '--depth=1'), borrowing]) {
      fs.rmSync(target, { recursive: true, force: true });
      assert.deepEqual(await checkedOut(folder), ['a', 'b']);
    }
  });

  it('is the same where objects are named by SHA-256', async () => {
    const folder = path.join(temp.parent, 'sha256');
    temp.git('init', '--quiet', '--object-format=sha256', folder);
    fs.writeFileSync(path.join(folder, 'a'), '1');
    temp.gitIn(folder, 'add', 'a');
    temp.gitIn(folder, 'commit', '--quiet', '--message', 'a');
    assert.deepEqual(await checkedOut(folder), ['a']);
  });

  it('is refused with the words of Git where it cannot be made', async () => {
    temp.write('a', '1');
    temp.commit();
    const places = await placesOf(temp.folder);
    const written = await checkOut(places, '1'.repeat(40));
    assert.ok(!written.ok);
    assert.equal(written.error.reason, 'git-failed');
    assert.match(written.error.message, /read-tree/);
    temp.git('config', 'filter.no.clean', 'cat');
    temp.git('config', 'filter.no.smudge', 'false');
    temp.git('config', 'filter.no.required', 'true');
    temp.write('.gitattributes', 'a filter=no\n');
    temp.git('add', '.gitattributes');
    temp.git('commit', '--quiet', '--message', 'filtered');
    const filtered = await checkOut(places, temp.git('rev-parse', 'HEAD'));
    assert.ok(!filtered.ok);
    assert.match(filtered.error.message, /filter/);
  });

  it('is not put over what is there', async () => {
    temp.write('a', '1');
    const commit = temp.commit();
    fs.mkdirSync(target);
    fs.writeFileSync(path.join(target, 'a'), 'mine');
    await assert.rejects(checkOut(await placesOf(temp.folder), commit), /Internal error.*empty/);
    assert.equal(fs.readFileSync(path.join(target, 'a'), 'utf8'), 'mine');
  });

  it('is given up when nobody wants it any more', async () => {
    temp.write('sub/a', '1');
    const commit = temp.commit();
    const places = await placesOf(path.join(temp.folder, 'sub'));
    const stop = new AbortController();
    const writing = checkOut(places, commit, stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(writing, /enough/);
    assert.deepEqual(fs.readdirSync(target), []);
  });
});

/** Names, kinds, execute bits and bytes of all there is. */
function contents(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true })
    .map(String)
    .sort()
    .map((file) => {
      const at = path.join(folder, file);
      const status = fs.lstatSync(at);
      const what = status.isSymbolicLink()
        ? `link ${fs.readlinkSync(at)}`
        : status.isDirectory()
          ? 'folder'
          : digestOf(fs.readFileSync(at));
      return `${file} ${status.mode} ${what}`;
    });
}
