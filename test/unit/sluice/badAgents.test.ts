import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { isAlive } from '../../../src/core/base/processes.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { cancel, kinds, start, taskId, taskOf } from '../../support/runs.ts';

type Fields = Readonly<Record<string, unknown>>;

describe('An agent that', function () {
  this.timeout(20_000);

  let project: TempProject;
  let sluice: Sluice;

  beforeEach(() => {
    project = new TempProject('plain');
  });
  afterEach(() => project.dispose());

  /** Runs the agent `bad` beside one that is good; says how it failed and what people read of it. */
  async function failureOf(step: Fields = {}): Promise<{ failure: Failure; page: string }> {
    project.agent('good', '');
    project.workflow('try', { bad: { agent: 'bad', ...step }, good: { agent: 'good' } });
    sluice = await project.open();
    const { run, ended } = await start(sluice, 'try');
    assert.deepEqual(await ended, { kind: 'finished', status: 'degraded' });
    const task = taskOf(sluice, run, 'bad');
    assert.equal(task.kind, 'failed');
    assert.equal(kinds(sluice, run)['good'], 'succeeded');
    assert.deepEqual(project.copies(), []);
    return { failure: task.failure, page: await sluice.taskPage(run, taskId('bad')) };
  }

  it('names a command that is not there fails with its name and how to install it', async () => {
    project.command('bad', ['no-such-linter', '--all'], { install: 'npm install no-such-linter' });
    const { failure, page } = await failureOf();
    assert.deepEqual(failure, {
      reason: 'command-not-found',
      command: 'no-such-linter',
      install: 'npm install no-such-linter',
    });
    assert.match(
      page,
      /The command "no-such-linter" was not found\nInstall it: npm install no-such-linter\n/,
    );
  });

  it('names a file that is no program fails with the reason', async () => {
    project.write('tool', 'just text');
    project.command('bad', ['./tool']);
    const { failure, page } = await failureOf();
    assert.equal(failure.reason, 'spawn-failed');
    assert.match(page, /"\.\/tool" could not be started: .*tool is not executable/);
  });

  it('needs a language model fails and says so where nothing here can ask one', async () => {
    project.write(
      '.github/agents/bad.agent.md',
      '---\nname: bad\ndescription: A model.\n---\nThink.',
    );
    const { failure, page } = await failureOf();
    assert.deepEqual(failure, { reason: 'no-runner', agent: 'bad', kind: 'model' });
    assert.match(page, /Nothing here can run the agent "bad": it is a language model/);
  });

  it('is ended by a signal fails with the signal and its last words', async () => {
    project.agent('bad', `console.log('last words'); process.kill(process.pid, 'SIGKILL');`);
    const { failure, page } = await failureOf();
    assert.deepEqual(failure.reason === 'signalled' && [failure.signal, failure.tail], [
      'SIGKILL',
      'last words',
    ]);
    assert.match(page, /was ended by SIGKILL\n.*out of memory/);
    assert.match(page, /\nlast words\n/);
  });

  it('takes longer than it may is stopped', async () => {
    project.agent('bad', `note('begun'); setInterval(() => {}, 1000);`);
    const { failure, page } = await failureOf({ timeout: '200ms' });
    assert.deepEqual(failure, { reason: 'timed-out', limit: 'wall', afterMs: 200 });
    assert.match(page, /Stopped after 200 ms, its time limit\nRaise timeout/);
    assert.deepEqual(project.livingAttempts(), []);
  });

  it('is silent for longer than it may is stopped', async () => {
    project.agent('bad', `setInterval(() => {}, 1000);`, { 'idle-timeout': '200ms' });
    const { failure } = await failureOf();
    assert.deepEqual(failure, { reason: 'timed-out', limit: 'idle', afterMs: 200 });
  });

  it('never ends is cancelled with everything it started', async () => {
    project.agent(
      'bad',
      `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
       child.unref(); note(String(child.pid)); note('begun'); setInterval(() => {}, 1000);`,
    );
    project.workflow('endless', { bad: { agent: 'bad' } });
    sluice = await project.open();
    const { run, ended } = await start(sluice, 'endless');
    await project.noted('begun');
    const child = Number(project.notes()[0]);
    assert.ok(isAlive(child, ''));
    await cancel(sluice, run);
    assert.deepEqual(await ended, { kind: 'finished', status: 'cancelled' });
    if (process.platform === 'linux') {
      assert.equal(isAlive(child, ''), false);
    }
    assert.deepEqual(project.livingAttempts(), []);
    assert.deepEqual(project.copies(), []);
  });

  it('prints 100 MB is stopped at the limit', async () => {
    project.agent(
      'bad',
      `const chunk = Buffer.alloc(1 << 20, 'a line of sixteen\\n');
       for (let i = 0; i < 100; i += 1) { if (!process.stdout.write(chunk)) await new Promise((go) => process.stdout.once('drain', go)); }`,
    );
    const { failure, page } = await failureOf();
    assert.deepEqual(failure, { reason: 'output-cap', limitBytes: 64 * 1024 * 1024 });
    assert.match(page, /Stopped: it printed more than 64 MB\nMake the command print less/);
    assert.ok(page.length < 3_000_000, 'an editor can show the page');
  });

  it('prints bytes that are no text is said to have printed so many of them', async () => {
    project.agent(
      'bad',
      `process.stdout.write(Buffer.from([0, 1, 2, 255])); process.exitCode = 1;`,
    );
    const { page } = await failureOf();
    assert.match(page, /\(4 bytes of binary output, kept with the run\)/);
    assert.doesNotMatch(page, /\0/);
  });

  it('prints terminal commands and invisible characters is shown without them', async () => {
    project.agent(
      'bad',
      `console.log('\\u001b]0;title\\u0007\\u001b[31mred\\u001b[0m \\u202eevil'); process.exitCode = 1;`,
    );
    const { page } = await failureOf();
    assert.match(page, /\nred evil\n/);
  });

  it('does not write what it should produce fails with the names', async () => {
    project.agent('bad', `fs.writeFileSync('there.txt', ''); fs.mkdirSync('folder');`);
    const { failure, page } = await failureOf({ produces: ['there.txt', 'report.md', 'folder'] });
    assert.deepEqual(failure, { reason: 'not-produced', paths: ['report.md', 'folder'] });
    assert.match(page, /It ended well but did not produce report\.md, folder/);
  });

  it('leads out of its folder with a link fails, and what the link names stays secret', async () => {
    const secret = path.join(project.parent, 'secret.txt');
    fs.writeFileSync(secret, 'secret');
    project.agent('bad', `fs.symlinkSync(${JSON.stringify(secret)}, 'report.md');`);
    const { failure } = await failureOf({ produces: 'report.md' });
    assert.deepEqual(failure, { reason: 'not-produced', paths: ['report.md'] });
  });

  it('changes or deletes files changes its own copy only', async () => {
    project.write('text.txt', 'mine');
    project.agent(
      'bad',
      `fs.writeFileSync('text.txt', 'theirs'); fs.rmSync('.sluice', { recursive: true }); process.exitCode = 1;`,
    );
    await failureOf();
    assert.equal(fs.readFileSync(path.join(project.folder, 'text.txt'), 'utf8'), 'mine');
    assert.ok(fs.existsSync(path.join(project.folder, '.sluice')));
  });
});
