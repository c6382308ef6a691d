import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { findRepository } from '../../../src/core/git/findRepository.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import { ignoredAmong } from '../../../src/core/git/ignoredPaths.ts';
import { digestCheckout, gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

describe('paths that Git ignores in a copy', () => {
  let temp: TempRepository;
  let copy: string;
  let scratch: string;
  beforeEach(() => {
    temp = new TempRepository();
    copy = path.join(temp.parent, 'copy');
    scratch = path.join(temp.parent, 'scratch');
    fs.mkdirSync(copy);
    fs.mkdirSync(scratch);
  });
  afterEach(() => {
    assert.deepEqual(fs.readdirSync(scratch), []);
    temp.dispose();
  });

  const never = new AbortController().signal;
  const inCopy = (file: string, content = '') => {
    fs.mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    fs.writeFileSync(path.join(copy, file), content);
  };
  const ignored = async (
    paths: readonly string[],
    folder = temp.folder,
    environment: Readonly<Record<string, string>> = gitEnvironment,
    signal = never,
  ): Promise<readonly string[]> => {
    const found = await findRepository(nodeDisk, folder);
    assert.ok(found.kind === 'found');
    const parts = { places: found, program: gitProgram(environment), scratch };
    const answer = await ignoredAmong(parts, paths, copy, signal);
    assert.ok(answer.ok, answer.ok ? '' : answer.error.message);
    return [...answer.value].sort();
  };

  it('are judged by the ignore files of the copy, not by those of the user’s folder', async () => {
    temp.write('.gitignore', '*.log\n');
    inCopy('.gitignore', 'dist/\n*.tmp\n!keep.tmp\n');
    inCopy('src/.gitignore', '/only-here\n');
    const before = digestCheckout(temp.folder);
    assert.deepEqual(
      await ignored([
        'a.log',
        'dist/x/y.js',
        'dist',
        'a.tmp',
        'keep.tmp',
        'src/only-here',
        'src/deep/only-here',
        'only-here',
        'ü/日本\n.tmp',
        ':(glob)*.tmp',
        '-z.tmp',
      ]),
      ['-z.tmp', ':(glob)*.tmp', 'a.tmp', 'dist/x/y.js', 'src/only-here', 'ü/日本\n.tmp'],
    );
    assert.deepEqual(digestCheckout(temp.folder), before);
  });

  it('are judged by what the repository and the user ignore everywhere, too', async () => {
    temp.write('.git/info/exclude', 'mine\n');
    const excludes = path.join(temp.parent, 'excludes');
    fs.writeFileSync(excludes, '*.swp\n');
    const config = path.join(temp.parent, 'gitconfig');
    fs.writeFileSync(config, `[core]\n\texcludesFile = ${excludes}\n`);
    const environment = { ...gitEnvironment, GIT_CONFIG_GLOBAL: config };
    const paths = ['mine', 'a.swp', 'other'];
    assert.deepEqual(await ignored(paths, temp.folder, environment), ['a.swp', 'mine']);
  });

  it('are none where nothing is ignored, and none of no paths', async () => {
    assert.deepEqual(await ignored(['a', 'b/c']), []);
    assert.deepEqual(await ignored([]), []);
  });

  it('are never those that Git tracks', async () => {
    temp.write('built.js', '');
    temp.write('packages/a/built.js', '');
    temp.commit();
    inCopy('.gitignore', '*.js\n');
    assert.deepEqual(await ignored(['built.js', 'other.js']), ['other.js']);
    const folder = path.join(temp.folder, 'packages/a');
    assert.deepEqual(await ignored(['built.js', 'other.js'], folder), ['other.js']);
  });

  it('are judged by the folders above a subfolder that is open', async () => {
    temp.write('.gitignore', '/packages/a/out\n*.log\n/packages/b\n');
    temp.write('packages/.gitignore', 'a/gen/\n');
    temp.write('packages/a/.gitignore', 'not-in-the-copy\n');
    temp.commit();
    inCopy('.gitignore', '/here\n!b.log\n');
    const paths = ['out', 'a.log', 'b.log', 'gen/x', 'here', 'not-in-the-copy', 'sub/out'];
    const expected = ['a.log', 'gen/x', 'here', 'out'];
    assert.deepEqual(await ignored(paths, path.join(temp.folder, 'packages/a')), expected);
    assert.deepEqual(await ignored(['x'], path.join(temp.folder, 'packages/a')), []);
  });

  it('are found whatever an agent has made in the copy', async () => {
    temp.write('x', '1');
    const head = temp.commit();
    temp.git('update-index', '--add', '--cacheinfo', `160000,${head},sub`);
    const outside = path.join(temp.parent, 'outside');
    fs.mkdirSync(outside);
    fs.writeFileSync(path.join(outside, '.gitignore'), '*\n');
    inCopy('.gitignore', '*.log\n');
    fs.symlinkSync(outside, path.join(copy, 'link'));
    inCopy('nested/x', '');
    temp.gitIn(path.join(copy, 'nested'), 'init', '--quiet');
    inCopy('linked/x', '');
    fs.symlinkSync(path.join(outside, '.gitignore'), path.join(copy, 'linked/.gitignore'));
    const paths = ['link/x', 'link/a.log', 'nested/a.log', 'nested/x', 'linked/x', 'sub/a.log'];
    assert.deepEqual(await ignored([...paths, 'sub/x']), [
      'link/a.log',
      'nested/a.log',
      'sub/a.log',
    ]);
  });

  it('are what Git says of the same files in a repository', async () => {
    const patterns = ['*.a', '!x.a', '/top', 'mid/dle', 'dir/', '**/deep', '*.b\n!dir2/*.b', 'x?'];
    const names = [
      'x.a',
      'y.a',
      'top',
      'mid/dle',
      'dir/x',
      'dir',
      'q/deep',
      'q.b',
      'dir2/q.b',
      'xy',
    ];
    const paths = [
      ...names,
      ...names.map((name) => `below/${name}`),
      ...names.map((n) => `dir/${n}`),
    ];
    temp.write('.gitignore', patterns.join('\n'));
    inCopy('.gitignore', patterns.join('\n'));
    temp.write('below/.gitignore', '!*.a\nxy\n');
    inCopy('below/.gitignore', '!*.a\nxy\n');
    const truth = temp
      .git('check-ignore', '--no-index', '--', ...paths)
      .split('\n')
      .sort();
    assert.deepEqual(await ignored(paths), truth);
    assert.ok(truth.length > 5 && truth.length < paths.length - 5);
  });

  it('are not told when Git fails or nobody wants to know any more', async () => {
    inCopy('.gitignore', '*\n');
    const stop = new AbortController();
    const asking = ignored(['a'], temp.folder, gitEnvironment, stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(asking, /enough/);
    await assert.rejects(ignored(['../a']), /outside repository/);
  });
});
