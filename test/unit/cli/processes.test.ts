import assert from 'node:assert/strict';
import fs from 'node:fs';
import { met, TempProject } from '../../support/project.ts';
import { objects } from './commandLine.ts';

/** Most memory the process has had so far, in MB; 0 once it is gone. */
function peakOf(pid: number): number {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

describe('The program sluice', function () {
  this.timeout(30_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.agent('works', `console.log('done');`);
    project.agent('endless', `note('endless'); setInterval(() => {}, 1000);`);
    project.workflow('long', {
      spin: { agent: 'endless' },
      then: { agent: 'works', needs: 'spin' },
    });
  });
  afterEach(() => project.dispose());

  it('writes no escape codes into a pipe, and ends with the exit code of its command', async () => {
    project.workflow('asks', { work: { agent: 'works' }, ask: { needs: 'work', gate: 'Go on?' } });
    const { code, out, err } = await project.spawn('run', 'asks').ended;
    assert.deepEqual([code, err], [3, '']);
    assert.match(out, /^asks-1\n {2}✓ work +succeeded/);
    assert.equal(out.includes('\u001b'), false);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`cancels its run at ${signal}, ends with 130 and leaves no process`, async function () {
      if (process.platform === 'win32') {
        this.skip();
      }
      const command = project.spawn('run', 'long', '--json');
      await project.noted('endless');
      command.process.kill(signal);
      const { code, signal: endedBy, out, err } = await command.ended;
      assert.deepEqual([code, endedBy, err], [130, null, '']);
      assert.equal(objects(out).at(-1)?.['status'], 'cancelled');
      assert.deepEqual(project.livingAttempts(), []);
      assert.deepEqual(project.copies(), []);
    });
  }

  it('goes on with its run when nobody reads what it prints any more', async () => {
    project.agent('waits', `note('waits'); await sign('go');`);
    project.workflow('unseen', {
      first: { agent: 'waits' },
      then: { agent: 'works', needs: 'first' },
    });
    const command = project.spawn('run', 'unseen', '--json');
    await project.noted('waits');
    command.process.stdout.destroy();
    project.give('go');
    const { code, err } = await command.ended;
    assert.deepEqual([code, err], [0, '']);
  });

  it('needs no more memory for an agent that prints 100 MB', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    project.agent(
      'floods',
      `const chunk = Buffer.alloc(1 << 20, 'a line of sixteen\\n');
       for (let i = 0; i < 100; i += 1) { if (!process.stdout.write(chunk)) await new Promise((go) => process.stdout.once('drain', go)); }`,
    );
    project.workflow('flood', { only: { agent: 'floods' } });
    const command = project.spawn('run', 'flood');
    let peak = 0;
    let hasEnded = false;
    void command.ended.then(() => (hasEnded = true));
    await met(() => {
      peak = Math.max(peak, peakOf(command.process.pid!));
      return hasEnded;
    });
    const { code, out } = await command.ended;
    assert.equal(code, 1);
    assert.match(out, /Stopped: it printed more than 64 MB/);
    // All of it once in memory would be 100 MB over what the program takes by itself, about 130 MB.
    assert.ok(peak > 0 && peak < 200, `${peak} MB`);
  });
});
