import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { JsonValue } from '../../../src/core/domain/workflow.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { type OpenBox, ToolRig } from './toolRig.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]);
const file = (...paths: string[]) => paths.map((one) => ({ kind: 'file', path: one }));

async function looks(box: OpenBox, tool: string, input: JsonValue) {
  const { reads = [], writes = [] } = await box.call(tool, input);
  return { reads, writes };
}

async function reads(box: OpenBox, tool: string, input: JsonValue) {
  return (await looks(box, tool, input)).reads;
}

describe('what tools look at', () => {
  it('read looks at its file, also when there is none or it is refused', async () => {
    await using rig = new ToolRig();
    rig.write('src/a.ts', 'a\n');
    rig.write('src/a.png', PNG);
    rig.write('src/a.bin', PNG);
    const box = await rig.open();
    for (const there of ['src/a.ts', 'src/a.png', 'src/a.bin', 'src/gone.ts', 'src', 'a/b/c']) {
      assert.deepEqual(await reads(box, 'read', { path: there }), file(there));
    }
    const spelled = ['./src//a.ts', 'src/../src/a.ts', path.join(rig.folder, 'src/a.ts')];
    for (const text of spelled) {
      assert.deepEqual(await reads(box, 'read', { path: text, limit: 1 }), file('src/a.ts'));
    }
  });

  it('read looks at nothing where the text of the path is all that was judged', async () => {
    await using rig = new ToolRig();
    const box = await rig.open();
    for (const text of ['../secret', '/etc/passwd', '.git/config', 'a\u0000b', '~/x']) {
      const { text: told, reads = [] } = await box.call('read', { path: text });
      assert.deepEqual(reads, [], told);
    }
    assert.deepEqual(await reads(box, 'read', { wrong: 1 }), []);
  });

  it('read looks at every link on the way', async () => {
    await using rig = new ToolRig();
    rig.write('real/deep/a.ts', 'a\n');
    rig.link('one', 'real/deep');
    rig.link('two', 'one');
    rig.link('real/b.ts', '../two/a.ts');
    rig.link('far', path.join(rig.folder, 'real'));
    rig.link('circle', 'circle');
    rig.link('out', path.join(rig.root, 'outside'));
    const box = await rig.open();
    assert.deepEqual(
      await reads(box, 'read', { path: 'two/a.ts' }),
      file('two', 'one', 'real/deep/a.ts'),
    );
    assert.deepEqual(
      await reads(box, 'read', { path: 'far/b.ts' }),
      file('far', 'real/b.ts', 'two', 'one', 'real/deep/a.ts'),
    );
    // Where a link leads decides, whether something is there or not.
    assert.deepEqual(
      await reads(box, 'read', { path: 'one/gone.ts' }),
      file('one', 'real/deep/gone.ts'),
    );
    assert.ok((await reads(box, 'read', { path: 'circle' })).length > 0);
    assert.deepEqual(await reads(box, 'read', { path: 'out/secret.txt' }), [
      ...file('out'),
      { kind: 'web' },
    ]);
  });

  it('a folder of dependencies is outside of the tree', async () => {
    await using rig = new ToolRig();
    const box = await rig.open();
    const outside = [{ kind: 'web' }];
    assert.deepEqual(await reads(box, 'read', { path: 'node_modules/dep/index.js' }), outside);
    assert.deepEqual(await reads(box, 'read', { path: 'node_modules/dep/gone.js' }), outside);
    assert.deepEqual(await reads(box, 'list', { path: 'node_modules/dep' }), outside);
    assert.deepEqual(
      await reads(box, 'search', { pattern: 'x', path: 'node_modules/dep' }),
      outside,
    );
  });

  it('edit looks at its file, and changes it where it could', async () => {
    await using rig = new ToolRig();
    rig.write('a.ts', 'old\n');
    rig.write('deep/a.ts', 'old\n');
    rig.link('short', 'deep');
    const box = await rig.open();
    assert.deepEqual(await looks(box, 'edit', { path: 'a.ts', old: 'old', new: 'new' }), {
      reads: file('a.ts'),
      writes: ['a.ts'],
    });
    assert.deepEqual(await looks(box, 'edit', { path: 'a.ts', old: 'old', new: 'newer' }), {
      reads: file('a.ts'),
      writes: [],
    });
    assert.deepEqual(await looks(box, 'edit', { path: 'gone.ts', old: 'a', new: 'b' }), {
      reads: file('gone.ts'),
      writes: [],
    });
    assert.deepEqual(await looks(box, 'edit', { path: 'short/a.ts', old: 'old', new: 'new' }), {
      reads: file('short', 'deep/a.ts'),
      writes: ['deep/a.ts'],
    });
  });

  it('write changes its file without a look at it, and tells nothing of it', async () => {
    await using rig = new ToolRig();
    rig.write('old.ts', 'old');
    rig.write('folder/a.ts', '');
    const box = await rig.open();
    const [made, replaced] = [
      await box.call('write', { path: 'new.ts', content: 'x' }),
      await box.call('write', { path: 'old.ts', content: 'x' }),
    ];
    assert.deepEqual([made.reads, replaced.reads], [undefined, undefined]);
    assert.deepEqual([made.writes, replaced.writes], [['new.ts'], ['old.ts']]);
    assert.equal(made.text.replace('new.ts', ''), replaced.text.replace('old.ts', ''));
    assert.deepEqual(await looks(box, 'write', { path: 'folder', content: 'x' }), {
      reads: file('folder'),
      writes: [],
    });
  });

  it('list and search ask a question that can be asked again', async () => {
    await using rig = new ToolRig();
    rig.write('src/a.ts', 'one\n');
    const box = await rig.open();
    const [list] = await reads(box, 'list', { path: path.join(rig.folder, 'src/'), depth: 3 });
    assert.ok(list?.kind === 'asked');
    assert.deepEqual(
      { ...list, found: '' },
      {
        kind: 'asked',
        tool: 'list',
        input: { path: 'src', depth: 3 },
        within: 'src',
        found: '',
      },
    );
    const [search] = await reads(box, 'search', { pattern: 'one' });
    assert.ok(search?.kind === 'asked');
    assert.deepEqual([search.input, search.within], [{ path: '.', pattern: 'one' }, '']);
    const [inFile] = await reads(box, 'search', { pattern: 'one', path: 'src/a.ts' });
    assert.ok(inFile?.kind === 'asked' && inFile.within === 'src/a.ts');
  });

  it('list and search that come to an error look at their place alone, and at its links', async () => {
    await using rig = new ToolRig();
    rig.write('src/a.ts', 'one\n');
    rig.link('short', 'src');
    const box = await rig.open();
    assert.deepEqual(await reads(box, 'list', { path: 'gone' }), file('gone'));
    assert.deepEqual(await reads(box, 'list', { path: 'src/a.ts' }), file('src/a.ts'));
    assert.deepEqual(await reads(box, 'list', { path: 'src', glob: '[' }), []);
    assert.deepEqual(await reads(box, 'search', { pattern: 'x', path: 'gone' }), file('gone'));
    assert.deepEqual(await reads(box, 'search', { pattern: '(' }), []);
    const [link, asked] = await reads(box, 'list', { path: 'short' });
    assert.deepEqual(link, { kind: 'file', path: 'short' });
    assert.ok(asked?.kind === 'asked' && asked.within === 'src');
  });

  it('a search that time ends, or a pattern that takes too long, stands on the whole tree', async () => {
    await using rig = new ToolRig();
    rig.write('a.txt', 'a\n');
    rig.write('slow.txt', `${'a'.repeat(50)}!\n`);
    const clock = new ManualClock();
    let looked = 0;
    const late: typeof clock.monotonic = () => (looked += 1) * 30_000;
    clock.monotonic = late;
    const options = { findRipgrep: () => Promise.resolve(undefined) };
    const box = await rig.open({ options: { ...options, clock } });
    const { text, reads: told } = await box.call('search', { pattern: 'a' });
    assert.match(text, /ended after 20 s/);
    assert.deepEqual(told, [{ kind: 'tree' }]);
    const slow = await rig.open({ options });
    assert.deepEqual(await reads(slow, 'search', { pattern: '^(a+)+$' }), [{ kind: 'tree' }]);
  });

  it('fetch looks at the world outside, also where it fails', async () => {
    await using rig = new ToolRig();
    const box = await rig.open({ tools: ['fetch'] });
    assert.deepEqual(await reads(box, 'fetch', { url: 'ftp://x.test/' }), [{ kind: 'web' }]);
  });

  it('a program tells nothing: whoever runs it takes it for a look at everything', async () => {
    await using rig = new ToolRig();
    const box = await rig.open();
    assert.deepEqual(await looks(box, 'shell', { command: 'cat a' }), { reads: [], writes: [] });
    assert.equal(box.tool('shell').does, 'run');
    fs.rmSync(rig.folder, { recursive: true });
  });
});
