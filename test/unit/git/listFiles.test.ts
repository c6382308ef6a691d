import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import type { Repository } from '../../../src/core/git/repository.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { digestCheckout, gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

describe('the files of a folder', () => {
  let temp: TempRepository;
  beforeEach(() => {
    temp = new TempRepository();
    temp.write('.gitignore', 'node_modules/\n*.log\n/out\n');
    temp.write('tracked.txt', '1');
    temp.write('deleted.txt', '1');
    temp.write('packages/a/Übersicht 日本.md', '1');
    temp.write('packages/a/new\nline', '1');
    temp.commit();
    fs.rmSync(path.join(temp.folder, 'deleted.txt'));
    temp.write('untracked.txt', '1');
    temp.write('debug.log', '1');
    temp.write('out/x', '1');
    temp.write('packages/a/node_modules/dep/index.js', '1');
    temp.write('packages/a/src/b.ts', '1');
  });
  afterEach(() => temp.dispose());

  const never = new AbortController().signal;
  const open = async (folder: string, environment = gitEnvironment): Promise<Repository> => {
    const result = await openRepository(folder, {
      disk: nodeDisk,
      program: gitProgram(environment),
    });
    assert.equal(result.kind, 'repository');
    return (result as { repository: Repository }).repository;
  };

  it('are those Git tracks that are there, and new ones it does not ignore', async () => {
    const repository = await open(temp.folder);
    assert.deepEqual(await repository.listFiles(never), {
      ok: true,
      value: [
        '.gitignore',
        'packages/a/new\nline',
        'packages/a/src/b.ts',
        'packages/a/Übersicht 日本.md',
        'tracked.txt',
        'untracked.txt',
      ],
    });
    assert.deepEqual(await repository.listIgnoredFolders(never), {
      ok: true,
      value: ['out', 'packages/a/node_modules'],
    });
  });

  it('are given relative to the subfolder opened', async () => {
    const repository = await open(path.join(temp.folder, 'packages/a'));
    assert.deepEqual(await repository.listFiles(never), {
      ok: true,
      value: ['new\nline', 'src/b.ts', 'Übersicht 日本.md'],
    });
    assert.deepEqual(await repository.listIgnoredFolders(never), {
      ok: true,
      value: ['node_modules'],
    });
  });

  it('are listed before the first commit and in a linked worktree', async () => {
    const linked = path.join(temp.parent, 'linked');
    temp.git('worktree', 'add', '--quiet', '--detach', linked);
    fs.writeFileSync(path.join(linked, 'only-here'), '');
    const listed = await (await open(linked)).listFiles(never);
    assert.ok(
      listed.ok && listed.value.includes('only-here') && listed.value.includes('deleted.txt'),
    );
    const empty = new TempRepository();
    try {
      empty.write('new.txt', '');
      assert.deepEqual(await (await open(empty.folder)).listFiles(never), {
        ok: true,
        value: ['new.txt'],
      });
    } finally {
      empty.dispose();
    }
  });

  it('leave out submodules, nested repositories and what a sparse checkout leaves out', async () => {
    const inner = path.join(temp.folder, 'inner');
    fs.mkdirSync(inner);
    temp.gitIn(inner, 'init', '--quiet');
    fs.writeFileSync(path.join(inner, 'x'), '');
    temp.git('update-index', '--add', '--cacheinfo', `160000,${temp.git('rev-parse', 'HEAD')},sub`);
    fs.mkdirSync(path.join(temp.folder, 'sub'));
    temp.git('update-index', '--skip-worktree', 'tracked.txt');
    fs.rmSync(path.join(temp.folder, 'tracked.txt'));
    const listed = await (await open(temp.folder)).listFiles(never);
    assert.ok(listed.ok);
    assert.deepEqual(
      listed.value.filter((file) => /^(?:inner|sub|tracked)/.test(file)),
      [],
    );
  });

  it('are listed without running anything the repository names, or writing anything', async () => {
    const ran = path.join(temp.parent, 'ran');
    const script = path.join(temp.parent, 'script');
    fs.writeFileSync(script, `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 });
    temp.git('config', 'core.fsmonitor', script);
    temp.git('config', 'core.untrackedCache', 'true');
    const hooks = path.join(temp.folder, '.git/hooks');
    fs.mkdirSync(hooks, { recursive: true });
    fs.copyFileSync(script, path.join(hooks, 'post-index-change'));
    fs.chmodSync(path.join(hooks, 'post-index-change'), 0o755);
    const before = fs.readFileSync(path.join(temp.folder, '.git/index'));
    const repository = await open(temp.folder, {
      ...gitEnvironment,
      GIT_DIR: '/nowhere',
      GIT_INDEX_FILE: path.join(temp.parent, 'other-index'),
    });
    const listed = await repository.listFiles(never);
    await repository.listIgnoredFolders(never);
    assert.ok(listed.ok && listed.value.includes('tracked.txt'));
    assert.equal(fs.existsSync(ran), false);
    assert.deepEqual(fs.readFileSync(path.join(temp.folder, '.git/index')), before);
  });

  it('cannot be listed without git, and that is said', async () => {
    const empty = path.join(temp.parent, 'bin');
    fs.mkdirSync(empty);
    // A program in the folder itself must not be taken for Git.
    fs.writeFileSync(path.join(temp.folder, 'git'), '#!/bin/sh\n', { mode: 0o755 });
    const repository = await open(temp.folder, { ...gitEnvironment, PATH: `.:${empty}` });
    const listed = await repository.listFiles(never);
    assert.ok(!listed.ok);
    assert.equal(listed.error.reason, 'git-missing');
    assert.match(listed.error.message, /install Git/);
  });

  it('are not listed when git fails, and its words are passed on', async () => {
    const repository = await open(temp.folder);
    fs.writeFileSync(path.join(temp.folder, '.git/index'), 'not an index at all, much too short');
    const listed = await repository.listFiles(never);
    assert.ok(!listed.ok);
    assert.equal(listed.error.reason, 'git-failed');
    assert.match(listed.error.message, /index/);
  });

  it('are not listed once nobody wants them any more', async () => {
    const repository = await open(temp.folder);
    const gone = new AbortController();
    gone.abort(new Error('enough'));
    await assert.rejects(repository.listFiles(gone.signal), /enough/);
    const later = new AbortController();
    const listing = repository.listFiles(later.signal);
    later.abort(new Error('enough'));
    await assert.rejects(listing, /enough/);
  });

  it('are digested part by part by the check of tests', () => {
    const before = digestCheckout(temp.folder);
    assert.deepEqual(digestCheckout(temp.folder), before);
    temp.write('untracked.txt', '2');
    const after = digestCheckout(temp.folder);
    assert.notEqual(after['workTree'], before['workTree']);
    assert.equal(after['index'], before['index']);
  });
});
