import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ok } from '../../../src/core/base/result.ts';
import { tailOf } from '../../../src/core/runners/outputFiles.ts';
import { OUTPUT_CAP_BYTES } from '../../../src/core/runners/startCommand.ts';
import { CommandRig, script, survivors } from './commandRig.ts';

describe('what a command prints', () => {
  it('is kept byte for byte', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('bytes.mjs'));
    await attempt.result;
    assert.deepEqual([...attempt.output()], [...Array(256).keys()]);
  });

  it('stands in the log in the order it came, output apart from errors', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('alternate.mjs'));
    for (const word of ['one', 'two', 'three']) {
      writeFileSync(path.join(rig.scratch, word), '');
      await attempt.printed(new RegExp(word));
    }
    await attempt.result;
    assert.equal(attempt.log(), 'one\ntwo\nthree\n');
    assert.equal(attempt.output().toString(), 'one\nthree\n');
  });

  it('may end before the command does', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('closes.mjs'));
    assert.deepEqual(await attempt.result, ok({ kind: 'done', exitCode: 0 }));
    assert.equal(attempt.output().toString(), 'last words\n');
    assert.match(attempt.log(), /still here/);
  });

  it('may be one line of a megabyte', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('flood.mjs', '1000000'));
    assert.deepEqual(await attempt.result, ok({ kind: 'done', exitCode: 0 }));
    assert.equal(attempt.output().length, 1_000_000);
  });

  it('may fill the cap to the last byte', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('flood.mjs', '300000'), { outputCapBytes: 300_000 });
    assert.deepEqual(await attempt.result, ok({ kind: 'done', exitCode: 0 }));
  });

  it('stops the command with one byte more', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('flood.mjs', '300001'), { outputCapBytes: 300_000 });
    assert.deepEqual(await attempt.failure(), { reason: 'output-cap', limitBytes: 300_000 });
    assert.equal(attempt.output().length, 300_000);
    assert.equal(statSync(path.join(rig.root, 'log')).size, 300_000);
  });

  it('stops a command of 100 MB at the real cap', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(script('flood.mjs', String(100 * 1024 * 1024)));
    assert.deepEqual(await attempt.failure(), {
      reason: 'output-cap',
      limitBytes: OUTPUT_CAP_BYTES,
    });
    assert.equal(statSync(path.join(rig.root, 'output')).size, OUTPUT_CAP_BYTES);
    assert.deepEqual(survivors(path.basename(rig.root)), []);
  }).timeout(20_000);
});

describe('the tail of a log', () => {
  const tail = async (text: string | Buffer) => {
    using rig = new CommandRig();
    const file = path.join(rig.root, 'log');
    writeFileSync(file, text);
    return await tailOf(file);
  };

  it('is the last 20 lines', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
    assert.equal(await tail(`${lines.join('\n')}\n`), lines.slice(10).join('\n'));
  });

  it('is at most 4 KB, beginning with a whole line', async () => {
    const lines = Array.from({ length: 15 }, (_, index) => `${index} ${'é'.repeat(200)}`);
    const text = await tail(lines.join('\n'));
    assert.ok(Buffer.byteLength(text) <= 4096);
    assert.equal(text, lines.slice(-text.split('\n').length).join('\n'));
    assert.ok(text.split('\n').length >= 9);
  });

  it('is the end of a single long line', async () => {
    assert.equal(await tail('x'.repeat(10_000)), 'x'.repeat(4096));
  });

  it('is plain text', async () => {
    assert.equal(await tail('\u001b[31mred\u001b[0m\0\u202e\r\nnext\r'), 'red\nnext');
  });

  it('is empty for an empty log and for none', async () => {
    assert.equal(await tail(''), '');
    assert.equal(await tailOf(path.join('/', 'no', 'such', 'log')), '');
  });
});
