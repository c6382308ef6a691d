import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/core/base/clock.ts';
import { searchByWalking } from '../../../src/core/tools/files/ownSearch.ts';
import type { SearchRequest } from '../../../src/core/tools/files/searching.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { ALL, dataIn, NEVER, type OpenBox, ToolRig } from './toolRig.ts';

function layOut(rig: ToolRig): void {
  rig.write('src/a.ts', 'const one = 1;\nconst Two = 2;\nexport { one };\n');
  rig.write('src/deep/b.ts', 'one\r\ntwo\r\n');
  rig.write('README.md', 'one (.*) $\n');
  rig.write('.hidden/c.md', 'one\n');
  rig.write('.gitignore', 'ignored\n');
  rig.write('ignored/d.ts', 'one\n');
  rig.write('.git/e.ts', 'one\n');
  rig.write('packages/p/node_modules/f.ts', 'one\n');
  rig.write('bin', Buffer.from('one\0one\n'));
  rig.write('latin.txt', Buffer.from([0x6f, 0x6e, 0x65, 0xe9, 0x0a]));
  rig.write('wide.js', `${'x'.repeat(5000)}needle${'y'.repeat(5000)}\n`);
  rig.link('to-outside', path.join(rig.root, 'outside'));
}

const request = (changes: Partial<SearchRequest>): SearchRequest => ({
  pattern: 'x',
  isLiteral: false,
  case: 'sensitive',
  glob: undefined,
  context: 0,
  folder: '/',
  file: undefined,
  isDependency: false,
  most: 200,
  timeoutMs: 20_000,
  ...changes,
});

for (const with_ of ['ripgrep', 'its own search'] as const) {
  const open = (rig: ToolRig): Promise<OpenBox> =>
    rig.open(
      with_ === 'ripgrep'
        ? { tools: ALL }
        : { tools: ALL, options: { findRipgrep: () => Promise.resolve(undefined) } },
    );

  describe(`the tool search with ${with_}`, () => {
    it('finds lines in all files but those of Git, dependencies, links and what is no text', async () => {
      await using rig = new ToolRig();
      layOut(rig);
      const box = await open(rig);
      const text = await box.ok('search', { pattern: '^(export )?.*\\bone' });
      assert.match(text, /^6 matching lines in 5 files\.\n|^7 matching lines in 6 files\.\n/);
      const files = dataIn(text)
        .split('\n\n')
        .map((part) => part.split('\n')[0]);
      assert.deepEqual(
        files.filter((file) => file !== 'latin.txt'),
        ['.hidden/c.md', 'README.md', 'ignored/d.ts', 'src/a.ts', 'src/deep/b.ts'],
      );
      assert.match(dataIn(text), /src\/a\.ts\n1:const one = 1;\n3:export \{ one \};/);
    });

    it('takes a path, a glob, a case, plain text and lines around', async () => {
      await using rig = new ToolRig();
      layOut(rig);
      const box = await open(rig);
      const search = async (input: Record<string, string | number | boolean>) =>
        dataIn(await box.ok('search', input));
      assert.equal(
        await search({ pattern: 'TWO', case: 'ignore', path: 'src' }),
        'src/a.ts\n2:const Two = 2;\n\nsrc/deep/b.ts\n2:two',
      );
      assert.equal(
        await search({ pattern: 'two', case: 'smart', glob: '*.ts' }),
        'src/a.ts\n2:const Two = 2;\n\nsrc/deep/b.ts\n2:two',
      );
      assert.equal(await search({ pattern: 'Two', case: 'smart' }), 'src/a.ts\n2:const Two = 2;');
      assert.equal(
        await search({ pattern: 'two$', glob: 'src/**/*.ts', context: 1 }),
        'src/deep/b.ts\n1-one\n2:two',
      );
      assert.equal(await search({ pattern: '(.*) $', literal: true }), 'README.md\n1:one (.*) $');
      assert.equal(
        await search({ pattern: 'one', path: 'src/a.ts', context: 1 }),
        'src/a.ts\n1:const one = 1;\n2-const Two = 2;\n3:export { one };',
      );
      assert.equal(
        await search({ pattern: 'dependency', path: 'node_modules' }),
        'node_modules/dep/index.js\n1:module.exports = "dependency";',
      );
      assert.equal(
        await box.ok('search', { pattern: 'nowhere to be found' }),
        'Nothing was found.',
      );
      assert.equal(
        await box.ok('search', { pattern: 'one', glob: '*.none' }),
        'Nothing was found.',
      );
      const others = await search({ pattern: '^one', glob: '!*.ts' });
      assert.match(others, /^\.hidden\/c\.md\n1:one\n\nREADME\.md\n1:one/);
    });

    it('shows a long line about its match', async () => {
      await using rig = new ToolRig();
      layOut(rig);
      const box = await open(rig);
      const text = dataIn(await box.ok('search', { pattern: 'needle' }));
      assert.match(text, /^wide\.js\n1:… x+needley+ …$/);
      assert.ok(text.length < 400);
    });

    it('ends after two hundred matches and says so', async () => {
      await using rig = new ToolRig();
      rig.write('a.txt', 'x\n'.repeat(150));
      rig.write('b.txt', 'x\n'.repeat(150));
      const box = await open(rig);
      const text = await box.ok('search', { pattern: 'x' });
      assert.match(text, /^200 matching lines in 2 files\./);
      assert.match(text, /There are more: search for something more exact/);
      assert.equal(dataIn(text).match(/^\d+:x$/gm)?.length, 200);
      rig.write('b.txt', 'x\n'.repeat(50));
      assert.doesNotMatch(await box.ok('search', { pattern: 'x' }), /There are more/);
    });

    it('says what is wrong with a pattern', async () => {
      await using rig = new ToolRig();
      layOut(rig);
      const box = await open(rig);
      assert.match(await box.error('search', { pattern: '(' }), /^The pattern cannot be used: /);
      assert.match(await box.error('search', { pattern: 'x', glob: '/etc/*' }), /is absolute/);
      assert.match(await box.error('search', { pattern: 'x', path: 'no' }), /is not there/);
      assert.match(await box.error('search', { pattern: '' }), /^Wrong input for search: pattern:/);
    });

    it('takes a pattern that begins like an option for a pattern', async () => {
      await using rig = new ToolRig();
      rig.write('a.txt', '--pre=touch evil\n');
      const box = await open(rig);
      assert.match(await box.ok('search', { pattern: '--pre=touch' }), /1:--pre=touch evil/);
      assert.match(
        (await box.call('search', { pattern: 'x', glob: '--files' })).text,
        /Nothing was found/,
      );
    });

    it('does not hang on a pattern that takes for ever', async function () {
      this.timeout(10_000);
      await using rig = new ToolRig();
      rig.write('a.txt', `${'a'.repeat(40)}b\n`.repeat(50));
      const box = await open(rig);
      const began = performance.now();
      const { text } = await box.call('search', { pattern: '^(a+)+$' });
      assert.ok(performance.now() - began < 3000);
      assert.match(text, with_ === 'ripgrep' ? /^Nothing was found/ : /takes too long in "a\.txt"/);
    });

    it('is stopped within 100 ms', async () => {
      await using rig = new ToolRig();
      for (let index = 0; index < 60; index += 1) {
        rig.write(`many/${index}.txt`, 'some text without it\n'.repeat(20_000));
      }
      const box = await open(rig);
      const stop = new AbortController();
      const call = box.call('search', { pattern: 'no(t|w)here{2,3}x' }, stop.signal);
      await new Promise(setImmediate);
      const began = performance.now();
      stop.abort();
      assert.deepEqual(await call, { text: 'Stopped: the attempt was ended.', isError: true });
      assert.ok(performance.now() - began < 100);
    });
  });
}

describe('the tool search', () => {
  it('does without ripgrep where it cannot be started', async () => {
    await using rig = new ToolRig();
    rig.write('a.txt', 'one\n');
    for (const findRipgrep of [
      () => Promise.resolve(path.join(rig.root, 'not-there')),
      () => Promise.resolve(rig.folder),
      () => Promise.reject(new Error('no')),
    ]) {
      const box = await rig.open({ tools: ALL, options: { findRipgrep } });
      assert.equal(dataIn(await box.ok('search', { pattern: 'one' })), 'a.txt\n1:one');
    }
  });

  it('reads no settings of ripgrep', async () => {
    await using rig = new ToolRig();
    rig.write('a.txt', 'one\n');
    rig.put('rc', '--pre=/bin/false\n--files-without-match\n');
    process.env['RIPGREP_CONFIG_PATH'] = path.join(rig.root, 'rc');
    try {
      const box = await rig.open();
      assert.equal(dataIn(await box.ok('search', { pattern: 'one' })), 'a.txt\n1:one');
    } finally {
      delete process.env['RIPGREP_CONFIG_PATH'];
    }
  });

  it('ends when its time is up, with what it has found', async () => {
    await using rig = new ToolRig();
    // A program that tells of one match and then nothing more.
    rig.put(
      'slow-rg',
      `#!/bin/sh
printf '%s\\n' '{"type":"begin","data":{"path":{"text":"./a.txt"}}}'
echo 'no JSON'
printf '%s\\n' '{"type":"match","data":{"path":{"text":"./a.txt"},"lines":{"text":"one\\n"},"line_number":1,"absolute_offset":0,"submatches":[{"match":{"text":"one"},"start":0,"end":3}]}}'
: > '${rig.root}/told'
exec sleep 1000
`,
    );
    const program = path.join(rig.root, 'slow-rg');
    fs.chmodSync(program, 0o755);
    const clock = new ManualClock();
    const box = await rig.open({
      tools: ALL,
      options: { clock, findRipgrep: () => Promise.resolve(program) },
    });
    const call = box.ok('search', { pattern: 'one' });
    while (!fs.existsSync(path.join(rig.root, 'told'))) {
      await new Promise(setImmediate);
    }
    clock.advance(20_000);
    const text = await call;
    assert.equal(dataIn(text), 'a.txt\n1:one');
    assert.match(text, /It was ended after 20 s/);
  });

  it('ends its own search when its time is up', async () => {
    await using rig = new ToolRig();
    rig.write('a.txt', 'one\n');
    const late = { ...systemClock, monotonic: () => (time += 30_000) };
    let time = 0;
    const found = await searchByWalking(
      request({ pattern: 'one', folder: rig.folder }),
      late,
      NEVER,
    );
    assert.deepEqual(found, { ok: true, value: { files: [], matches: 0, stopped: 'time' } });
  });
});
