import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import type { Repository } from '../../../src/core/git/repository.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

describe('a folder opened', () => {
  let temp: TempRepository;
  beforeEach(() => {
    temp = new TempRepository();
  });
  afterEach(() => temp.dispose());

  const open = (folder: string) =>
    openRepository(folder, { disk: nodeDisk, program: gitProgram(gitEnvironment) });
  const opened = async (folder: string): Promise<Repository> => {
    const result = await open(folder);
    assert.equal(result.kind, 'repository', JSON.stringify(result));
    return (result as { repository: Repository }).repository;
  };
  const problem = async (folder: string): Promise<string> => {
    const result = await open(folder);
    assert.equal(result.kind, 'unsupported');
    return (result as { problem: string }).problem;
  };

  it('without a repository is none', async () => {
    assert.deepEqual(await open(temp.parent), { kind: 'none' });
    fs.mkdirSync(path.join(temp.parent, '.git'));
    assert.deepEqual(await open(temp.parent), { kind: 'none' });
  });

  it('that is not there is an error', async () => {
    await assert.rejects(open(path.join(temp.parent, 'gone')), { code: 'ENOENT' });
  });

  it('has an unborn branch, then a commit, then a detached HEAD', async () => {
    const repository = await opened(temp.folder);
    assert.deepEqual(await repository.head(), { commit: undefined, branch: 'main' });
    const commit = temp.commit();
    assert.deepEqual(await repository.head(), { commit, branch: 'main' });
    temp.git('checkout', '--quiet', '-b', 'feature/x');
    assert.deepEqual(await repository.head(), { commit, branch: 'feature/x' });
    temp.git('pack-refs', '--all');
    assert.deepEqual(await repository.head(), { commit, branch: 'feature/x' });
    temp.git('checkout', '--quiet', '--detach');
    assert.deepEqual(await repository.head(), { commit, branch: undefined });
    assert.equal(await repository.resolve('refs/heads/main'), commit);
    assert.equal(await repository.resolve('refs/heads/none'), undefined);
  });

  it('may be a subfolder', async () => {
    temp.write('a/b/c.txt', 'c');
    const repository = await opened(path.join(temp.folder, 'a/b'));
    assert.equal(repository.workTree, temp.folder);
    assert.equal(repository.prefix, 'a/b');
    assert.equal((await opened(temp.folder)).prefix, '');
  });

  it('may be reached by a symbolic link', async () => {
    const link = path.join(temp.parent, 'link');
    fs.symlinkSync(temp.folder, link);
    assert.equal((await opened(link)).workTree, temp.folder);
  });

  it('may be a linked worktree', async () => {
    const commit = temp.commit();
    const linked = path.join(temp.parent, 'linked');
    temp.git('worktree', 'add', '--quiet', '-b', 'side', linked);
    const repository = await opened(linked);
    assert.equal(repository.workTree, linked);
    assert.equal(repository.commonDir, path.join(temp.folder, '.git'));
    assert.equal(repository.gitDir, path.join(temp.folder, '.git/worktrees/linked'));
    assert.deepEqual(await repository.head(), { commit, branch: 'side' });
  });

  it('may be a worktree of a bare repository', async () => {
    temp.commit();
    const bare = path.join(temp.parent, 'bare.git');
    temp.git('clone', '--quiet', '--bare', temp.folder, bare);
    const linked = path.join(temp.parent, 'linked');
    temp.gitIn(bare, 'worktree', 'add', '--quiet', linked, 'main');
    assert.equal((await opened(linked)).commonDir, bare);
    assert.match(await problem(bare), /bare repository/);
  });

  it('may be a submodule', async () => {
    temp.commit();
    const outer = new TempRepository();
    try {
      outer.git(
        '-c',
        'protocol.file.allow=always',
        'submodule',
        '--quiet',
        'add',
        temp.folder,
        'in',
      );
      const repository = await opened(path.join(outer.folder, 'in'));
      assert.equal(repository.workTree, path.join(outer.folder, 'in'));
      assert.equal(repository.commonDir, path.join(outer.folder, '.git/modules/in'));
    } finally {
      outer.dispose();
    }
  });

  it('may be a shallow clone', async () => {
    temp.commit();
    temp.commit();
    const clone = path.join(temp.parent, 'clone');
    temp.git('clone', '--quiet', '--depth=1', `file://${temp.folder}`, clone);
    assert.notEqual((await (await opened(clone)).head()).commit, undefined);
  });

  it('is refused by name when Sluice could do harm to the repository', async () => {
    const config = path.join(temp.folder, '.git/config');
    const plain = fs.readFileSync(config, 'utf8');
    const v1 = '[core]\nrepositoryformatversion = 1\n[extensions]\n';
    const cases: readonly (readonly [string, RegExp])[] = [
      [`${v1}refStorage = reftable\n`, /reftable.* "git refs migrate --ref-format=files" changes/],
      [`${v1}newThing = true\n`, /newthing.* a newer version of Sluice/],
      [`${v1}objectFormat = sha3\n`, /sha3/],
      ['[extensions]\nobjectFormat = sha256\n', /sha256 .* version 0/],
      ['[core]\nrepositoryformatversion = 2\n', /version 2/],
      ['[core]\nbare = true\n', /bare.* "git worktree add"/],
      ['[core]\nworktree = ../..\n', /another folder.* open that one/],
      ['[core\n', /line 1/],
    ];
    for (const [text, expected] of cases) {
      fs.writeFileSync(config, text.startsWith('[core\n') ? text : plain + text);
      assert.match(await problem(temp.folder), expected);
    }
    fs.writeFileSync(
      config,
      `${plain}${v1}objectFormat = sha1\nrefStorage = files\nworktreeConfig = true\n[core]\nworktree = ..\n`,
    );
    assert.deepEqual((await opened(temp.folder)).places.access, { by: 'files' });
    fs.writeFileSync(path.join(temp.folder, '.git/config.worktree'), '[core]\nbare = true\n');
    assert.match(await problem(temp.folder), /bare/);
  });

  it('is reached by the git program when its objects are not all in its files, and says why', async () => {
    const because = async (folder: string) => {
      const { access, hash } = (await opened(folder)).places;
      return access.by === 'program' ? `${hash}: ${access.because}` : access.by;
    };
    temp.commit();
    assert.equal(await because(temp.folder), 'files');
    const clone = path.join(temp.parent, 'clone');
    temp.git('clone', '--quiet', '--shared', temp.folder, clone);
    assert.match(await because(clone), /^sha1: it borrows .* \(objects\/info\/alternates\)$/);

    const other = path.join(temp.parent, 'sha256');
    const made = spawnSync('git', ['init', '--quiet', '--object-format=sha256', other]);
    assert.equal(made.status, 0);
    assert.equal(await because(other), 'sha256: its objects are named by SHA-256');

    const config = path.join(temp.folder, '.git/config');
    const plain = fs.readFileSync(config, 'utf8');
    for (const text of [
      '[core]\nrepositoryformatversion = 1\n[extensions]\npartialClone = origin\n',
      '[remote "origin"]\npromisor = true\n',
    ]) {
      fs.writeFileSync(config, plain + text);
      assert.match(await because(temp.folder), /^sha1: it is a partial clone/);
    }
  });

  it('is refused when .git leads nowhere, or is the folder itself', async () => {
    const lost = path.join(temp.parent, 'lost');
    fs.mkdirSync(lost);
    fs.writeFileSync(path.join(lost, '.git'), 'gitdir: ../gone\n');
    assert.match(await problem(lost), /names no Git folder/);
    assert.match(await problem(path.join(temp.folder, '.git')), /Git folder itself/);
    assert.match(await problem(path.join(temp.folder, '.git/refs')), /Git folder itself/);
  });
});
