import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { ALL, dataIn, ToolRig } from './toolRig.ts';

/** Processes that work in the folder or below. */
function processesIn(folder: string): string[] {
  return fs.readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

describe('the tool shell', () => {
  it('runs a line in the copy and tells its exit code and what it printed', async () => {
    await using rig = new ToolRig();
    rig.write('a.txt', 'one\n');
    const box = await rig.open();
    const text = await box.ok('shell', { command: 'cat a.txt | tr o 0; pwd' });
    assert.match(text, /^Exit code 0\./);
    assert.equal(dataIn(text), `0ne\n${rig.folder}`);
    assert.match(
      await box.error('shell', { command: 'echo no >&2; exit 3' }),
      /^Exit code 3\.[^]*no/,
    );
    assert.equal(await box.ok('shell', { command: 'true' }), 'Exit code 0. It printed nothing.');
  });

  it('passes on none of the variables of the host but those it may', async () => {
    await using rig = new ToolRig();
    process.env['SLUICE_TEST_KEY'] = 'sk-secret';
    try {
      const box = await rig.open();
      const text = await box.ok('shell', { command: 'env; cat /proc/self/environ' });
      assert.doesNotMatch(text, /sk-secret/);
      assert.match(text, /SLUICE_SCRATCH=/);
    } finally {
      delete process.env['SLUICE_TEST_KEY'];
    }
  });

  it('shows begin and end of much output, without escapes', async () => {
    await using rig = new ToolRig();
    const box = await rig.open();
    const text = await box.ok('shell', {
      command: "printf '\\033[31mbegin\\033[0m\\n'; seq 20000; echo end",
    });
    const shown = dataIn(text);
    assert.ok(shown.length < 31_000);
    assert.match(shown, /^begin\n1\n2\n[^]*… \d+ characters left out …[^]*\n20000\nend$/);
  });

  it('ends a line that takes too long, with all its processes', async function () {
    this.timeout(10_000);
    await using rig = new ToolRig();
    const box = await rig.open();
    const text = await box.error('shell', { command: 'sleep 1000 & sleep 1000', timeout: 1 });
    assert.match(text, /^It did not end by itself\./);
    assert.deepEqual(processesIn(rig.folder), []);
  });

  it('is answered within 100 ms when it is stopped, and closing waits for its processes', async function () {
    this.timeout(10_000);
    await using rig = new ToolRig();
    const box = await rig.open();
    const stop = new AbortController();
    const command = ': > started; sleep 1000 & sleep 1000';
    const call = box.call('shell', { command }, stop.signal);
    while (!rig.exists('started')) {
      await new Promise(setImmediate);
    }
    const began = performance.now();
    stop.abort();
    assert.equal((await call).isError, true);
    assert.ok(performance.now() - began < 100);
    await box.box.close();
    assert.deepEqual(processesIn(rig.folder), []);
  });

  it('keeps to the commands its agent names', async () => {
    await using rig = new ToolRig();
    rig.write('a.txt', 'one\n');
    const box = await rig.open({ tools: ['Bash(cat:*)', 'Bash(echo hello)'] });
    assert.match(await box.ok('shell', { command: 'cat a.txt' }), /one/);
    assert.match(await box.ok('shell', { command: 'echo hello' }), /hello/);
    for (const command of [
      'ls',
      'catalogue',
      'cat a.txt; ls',
      'cat a.txt && ls',
      'cat a.txt | sh',
      'cat `ls`',
      'cat $(ls)',
      'cat a.txt > b.txt',
      'cat a.txt\nls',
      'echo other',
      'FOO=1 cat a.txt',
    ]) {
      assert.match(
        await box.error('shell', { command }),
        /may run only single plain commands that begin with "cat" or "echo hello"/,
        command,
      );
    }
    assert.ok(!fs.existsSync(path.join(rig.folder, 'b.txt')));
    const free = await rig.open({ tools: ['Bash(cat:*)', 'Bash'] });
    assert.match(await free.ok('shell', { command: 'ls' }), /a\.txt/);
  });

  it('says what is wrong with its input', async () => {
    await using rig = new ToolRig();
    const box = await rig.open({ tools: ALL });
    assert.match(await box.error('shell', { command: '' }), /^Wrong input for shell: command:/);
    assert.match(await box.error('shell', { command: 'a\0b' }), /NUL/);
    assert.match(await box.error('shell', { command: 'ls', timeout: 9999 }), /timeout:/);
    assert.match(await box.error('shell', { command: 'ls', cwd: '/' }), /"cwd"/);
  });
});
