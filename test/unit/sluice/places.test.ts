import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { runId, seen, start, taskId } from '../../support/runs.ts';
import { digestCheckout, gitEnvironment } from '../../support/tempRepository.ts';

/** What a run of `makes` leaves, wherever the folder is. */
async function make(
  sluice: Sluice,
): Promise<{ status: string; branch: string | undefined; made: string }> {
  const { run, ended } = await start(sluice, 'makes');
  const end = await ended;
  const { state } = seen(sluice, run);
  const landing = state.landings.get(taskId('make'));
  const made = await sluice.artifact(run, taskId('make'), 'made.txt');
  return {
    status: end.kind === 'finished' ? end.status : end.kind,
    branch: landing?.kind === 'done' ? landing.branch : undefined,
    made: Buffer.from(made ?? []).toString(),
  };
}

describe('The folder a run works in', function () {
  this.timeout(20_000);

  let project: TempProject;
  afterEach(() => project.dispose());

  function prepare(kind: 'git' | 'plain' = 'git', below = ''): void {
    project = new TempProject(kind);
    project.write('root.txt', 'root\n');
    project.write(
      path.join(below, '.sluice/agents/make.json'),
      JSON.stringify({
        command: [
          process.execPath,
          '-e',
          `require('fs').writeFileSync('made.txt', require('fs').readdirSync('.').filter((name) => name !== '.sluice').join(' '))`,
        ],
      }),
    );
    project.write(
      path.join(below, '.sluice/workflows/makes.json'),
      JSON.stringify({ steps: { make: { agent: 'make', produces: 'made.txt' } } }),
    );
  }

  const files = (ref: string) => project.repository.git('ls-tree', '-r', '--name-only', ref);

  it('may be on a branch without a commit: artifacts are a first commit of their own', async () => {
    prepare();
    const before = digestCheckout(project.folder);
    const sluice = await project.open();
    assert.deepEqual(await make(sluice), {
      status: 'succeeded',
      branch: 'ai/generated/makes-1/make',
      made: 'root.txt',
    });
    const branch = 'ai/generated/makes-1/make';
    assert.equal(files(branch), 'made.txt');
    assert.equal(project.repository.git('rev-list', '--count', branch), '1');
    assert.deepEqual(digestCheckout(project.folder), before);
    assert.equal(project.repository.git('symbolic-ref', 'HEAD'), 'refs/heads/main');
  });

  it('may have a detached HEAD', async () => {
    prepare();
    const commit = project.repository.commit();
    project.repository.git('checkout', '--quiet', '--detach');
    const before = digestCheckout(project.folder);
    const sluice = await project.open();
    const { branch } = await make(sluice);
    assert.equal(project.repository.git('rev-parse', `${branch}^`), commit);
    assert.deepEqual(digestCheckout(project.folder), before);
    assert.deepEqual(seen(sluice, sluice.runs()[0]!.run).plan.base, {
      kind: 'git',
      commit,
      branch: undefined,
    });
  });

  it('may be a folder inside a repository: tasks see that folder, artifacts land below it', async () => {
    prepare('git', 'packages/app');
    project.write('packages/app/app.txt', 'app\n');
    project.repository.commit();
    const sluice = await project.open(path.join(project.folder, 'packages/app'));
    const { branch, made } = await make(sluice);
    assert.equal(made, 'app.txt');
    assert.equal(
      project.repository.git('diff-tree', '-r', '--name-only', 'HEAD', branch!),
      'packages/app/made.txt',
    );
  });

  it('may be a linked worktree, whose HEAD and index are left alone too', async () => {
    prepare();
    project.repository.commit();
    const linked = path.join(project.parent, 'linked');
    project.repository.git('worktree', 'add', '--quiet', '-b', 'topic', linked);
    fs.writeFileSync(path.join(linked, 'topic.txt'), 'only here\n');
    const before = [digestCheckout(project.folder), digestCheckout(linked)];
    const sluice = await project.open(linked);
    const { branch, made } = await make(sluice);
    assert.equal(made, 'root.txt topic.txt');
    assert.equal(files(branch!).includes('made.txt'), true);
    assert.deepEqual([digestCheckout(project.folder), digestCheckout(linked)], before);
    assert.ok(fs.existsSync(path.join(project.folder, '.git/sluice/runs/makes-1')));
  });

  it('shows its own runs only, and numbers them with those of the other folders of the repository', async () => {
    prepare();
    project.repository.commit();
    const linked = path.join(project.parent, 'linked');
    project.repository.git('worktree', 'add', '--quiet', linked);
    const below = path.join(project.folder, 'below');
    fs.cpSync(path.join(project.folder, '.sluice'), path.join(below, '.sluice'), {
      recursive: true,
    });
    const folders = [project.folder, linked, below];
    const sluices: Sluice[] = [];
    for (const folder of folders) {
      const sluice = await project.open(folder);
      sluices.push(sluice);
      assert.equal((await make(sluice)).status, 'succeeded');
    }
    const later: Sluice[] = [];
    for (const folder of folders) {
      later.push(await project.open(folder));
    }
    for (const opened of [sluices, later]) {
      await Promise.all(opened.map((sluice) => sluice.refreshRuns()));
      assert.deepEqual(
        opened.map((sluice) => sluice.runs().map(({ run }) => run)),
        [['makes-1'], ['makes-2'], ['makes-3']],
      );
    }
    assert.deepEqual(
      await sluices[0]!.request(runId('makes-2'), { kind: 'cancel', by: sluices[0]!.actor }),
      { kind: 'refused', why: 'makes-2 is not a run of this folder' },
    );
  });

  it('may be in no repository: a notice says so, the run succeeds and keeps its artifacts', async () => {
    prepare('plain');
    const sluice = await project.open();
    assert.match(sluice.notice ?? '', /not in a Git repository: artifacts stay with their run/);
    assert.deepEqual(await make(sluice), {
      status: 'succeeded',
      branch: undefined,
      made: 'root.txt',
    });
    assert.deepEqual(fs.readdirSync(project.folder).sort(), ['.sluice', 'root.txt']);
    const again = await project.open();
    assert.deepEqual(
      again.runs().map(({ run }) => run),
      ['makes-1'],
      'another program finds the run',
    );
    assert.deepEqual(project.copies(), []);
  });

  it('may be in a repository that cannot be written safely: a notice says why, artifacts are kept', async () => {
    prepare('plain');
    const git = (...args: readonly string[]) =>
      execFileSync('git', args, { cwd: project.folder, env: gitEnvironment, stdio: 'pipe' });
    git('init', '--quiet');
    git('config', 'core.repositoryFormatVersion', '1');
    git('config', 'extensions.refStorage', 'reftable');
    const sluice = await project.open();
    assert.match(sluice.notice ?? '', /because its refs are kept in the reftable format/);
    assert.deepEqual(await make(sluice), {
      status: 'succeeded',
      branch: undefined,
      made: 'root.txt',
    });
    assert.deepEqual(fs.existsSync(path.join(project.folder, '.git/sluice')), false);
  });

  it('may be in no repository and have gates all the same', async () => {
    prepare('plain');
    project.workflow('guarded', {
      make: { agent: 'make', produces: 'made.txt' },
      ask: { needs: 'make', gate: { ask: 'Keep?', show: 'made.txt' } },
    });
    const sluice = await project.open();
    const { ended } = await start(sluice, 'guarded', { approveGate: () => true });
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
  });

  it('tells what keeps a run from starting: a damaged branch, a store that cannot be made', async () => {
    prepare();
    project.repository.commit();
    const sluice = await project.open();
    const entry = await sluice.findWorkflow('makes');
    assert.equal(entry?.kind, 'valid');
    const { workflow } = entry;
    const request = { workflow, inputs: {}, approveGate: () => false, leaveAtGates: false };
    const main = path.join(project.folder, '.git/refs/heads/main');
    const commit = fs.readFileSync(main);
    fs.writeFileSync(main, '');
    assert.deepEqual(await sluice.start(request), {
      ok: false,
      error: {
        kind: 'system',
        message: 'The ref refs/heads/main is damaged; "git fsck" tells more',
        at: undefined,
      },
    });
    fs.writeFileSync(main, commit);
    fs.writeFileSync(path.join(project.folder, '.git/sluice'), 'in the way');
    const blocked = await sluice.start(request);
    assert.equal(blocked.ok ? undefined : blocked.error.kind, 'system');
    assert.match(blocked.ok ? '' : blocked.error.message, /\.git\/sluice/);
    fs.rmSync(path.join(project.folder, '.git/sluice'));
    assert.equal((await make(sluice)).status, 'succeeded');
  });

  it('needs the program git when it is in a repository, and says so', async () => {
    prepare();
    const environment = { ...project.environment, PATH: path.join(project.parent, 'empty') };
    const sluice = await project.open(project.folder, { environment });
    const { run, ended } = await start(sluice, 'makes');
    assert.deepEqual(await ended, { kind: 'finished', status: 'failed' });
    assert.match(
      await sluice.taskPage(run, taskId('make')),
      /The workspace copy could not be made: The program "git" was not found on PATH; install Git\./,
    );
  });

  it('must be there', async () => {
    prepare('plain');
    await assert.rejects(project.open(path.join(project.folder, 'nowhere')), { code: 'ENOENT' });
  });
});
