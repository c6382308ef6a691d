import assert from 'node:assert/strict';
import { digestOf } from '../../../../src/core/base/digest.ts';
import { MOST_CHANGES } from '../../../../src/core/domain/cache.ts';
import type { Read, TreeFile, TreeView } from '../../../../src/core/domain/trace.ts';
import {
  digestOfFiles,
  digestOfFilesInSlices,
} from '../../../../src/core/cache/tasks/fileLists.ts';
import {
  boundedTrace,
  rememberingLooks,
  traceReads,
  whatChanged,
} from '../../../../src/core/cache/tasks/traces.ts';
import { fileRead, Tree } from './questions.ts';

const BEFORE = { 'src/a.ts': 'old', 'src/b.ts': 'todo', 'docs/c.md': 'text' };

async function changesOf(
  reads: readonly Read[],
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): ReturnType<typeof whatChanged> {
  return await whatChanged(await traceReads(reads, new Tree(before)), new Tree(now));
}

describe('a trace', () => {
  it('holds where every look would show the same', async () => {
    const tree = new Tree(BEFORE);
    const reads: Read[] = [
      fileRead('src/a.ts'),
      fileRead('src/none.ts'),
      tree.look('list', { path: 'src' }, 'src'),
      tree.look('search', { pattern: 'todo' }, ''),
      { kind: 'tree' },
      { kind: 'web' },
    ];
    assert.deepEqual(await changesOf(reads, BEFORE, BEFORE), []);
    const traced = await traceReads(reads, tree);
    assert.deepEqual(traced[0], { kind: 'file', path: 'src/a.ts', digest: digestOf('old') });
    assert.deepEqual(traced[1], { kind: 'file', path: 'src/none.ts', digest: null });
  });

  it('says of each file how it differs', async () => {
    const reads = ['src/a.ts', 'src/b.ts', 'src/new.ts', 'docs/c.md'].map(fileRead);
    const now = { 'src/a.ts': 'new', 'src/new.ts': '', 'docs/c.md': 'text' };
    assert.deepEqual(await changesOf(reads, BEFORE, now), [
      { what: 'file', name: 'src/a.ts', how: 'changed' },
      { what: 'file', name: 'src/b.ts', how: 'removed' },
      { what: 'file', name: 'src/new.ts', how: 'added' },
    ]);
  });

  it('holds where files changed that nobody had read', async () => {
    const now = { ...BEFORE, 'docs/c.md': 'other', 'docs/d.md': '' };
    assert.deepEqual(await changesOf([fileRead('src/a.ts')], BEFORE, now), []);
  });

  it('names the list or the search that would show something else', async () => {
    const tree = new Tree(BEFORE);
    const reads = [
      tree.look('list', {}, ''),
      tree.look('list', {}, 'src'),
      tree.look('list', { path: './src' }, 'src'),
      tree.look('search', { pattern: 'todo', path: 'src' }, 'src'),
      { ...tree.look('search', {}, 'src'), input: ['of another form'] },
      { ...tree.look('search', {}, 'src'), input: null },
    ] as Read[];
    assert.deepEqual(await changesOf(reads, BEFORE, { ...BEFORE, 'src/d.ts': 'todo' }), [
      { what: 'list', name: undefined, how: 'changed' },
      { what: 'list', name: 'src', how: 'changed' },
      { what: 'list', name: './src', how: 'changed' },
      { what: 'search', name: 'todo', how: 'changed' },
      { what: 'search', name: 'src', how: 'changed' },
      { what: 'search', name: 'src', how: 'changed' },
    ]);
  });

  it('asks again only where a file in question changed, and stands where the answer is the same', async () => {
    const traced = await traceReads(
      [new Tree(BEFORE).look('search', { pattern: 'todo' }, 'src')],
      new Tree(BEFORE),
    );
    const untouched = new Tree({ ...BEFORE, 'docs/c.md': 'todo' });
    assert.deepEqual(await whatChanged(traced, untouched), []);
    assert.equal(untouched.asked, 0);
    const sameFind = new Tree({ ...BEFORE, 'src/a.ts': 'newer' });
    assert.deepEqual(await whatChanged(traced, sameFind), []);
    assert.equal(sameFind.asked, 1);
  });

  it('does not hold where a question cannot be asked again', async () => {
    const traced = await traceReads(
      [new Tree(BEFORE).look('search', { pattern: 'todo' }, '')],
      new Tree(BEFORE),
    );
    const view = rememberingLooks(new Tree({ 'src/b.ts': 'todo' }));
    const mute: TreeView = { ...view, askAgain: () => Promise.resolve(undefined) };
    assert.equal((await whatChanged(traced, mute)).length, 1);
  });

  it('of a program that was run holds only while no file changed', async () => {
    assert.deepEqual(await changesOf([{ kind: 'tree' }], BEFORE, { ...BEFORE, x: '' }), [
      { what: 'tree', name: undefined, how: 'changed' },
    ]);
  });

  it('is looked at until there are more changes than are told', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `file-${index}`);
    const before = Object.fromEntries(names.map((name) => [name, name]));
    const traced = await traceReads(names.map(fileRead), new Tree(before));
    let asked = 0;
    const empty = rememberingLooks(new Tree({}));
    const view: TreeView = {
      ...empty,
      digest: (path) => {
        asked += 1;
        return empty.digest(path);
      },
    };
    assert.equal((await whatChanged(traced, view)).length, MOST_CHANGES + 1);
    assert.ok(asked < 500, `${asked} files were looked at`);
  });

  it('asks for a folder once, however many looks were at it', async () => {
    const tree = new Tree(BEFORE);
    const reads: Read[] = Array.from({ length: 600 }, () =>
      tree.look('search', { pattern: 'todo' }, 'src'),
    );
    const traced = await traceReads(reads, tree);
    assert.equal(tree.listed, 1);
    const now = new Tree({ ...BEFORE, 'src/b.ts': 'done' });
    assert.equal((await whatChanged(traced, now)).length, MOST_CHANGES + 1);
    assert.deepEqual([now.listed, now.asked], [1, 1]);
  });

  it('that is too long to keep stands while nothing at all has changed', async () => {
    const tree = new Tree(BEFORE);
    const short = await traceReads([fileRead('src/a.ts')], tree);
    assert.equal(await boundedTrace(short, tree), short);
    const reads: Read[] = [{ kind: 'web' }];
    for (let index = 0; index < 10_000; index += 1) {
      reads.push(fileRead(`none/${index}`));
    }
    const bounded = await boundedTrace(await traceReads(reads, tree), tree);
    assert.deepEqual(
      bounded.map(({ kind }) => kind),
      ['tree', 'web'],
    );
    assert.deepEqual(await whatChanged(bounded, tree), []);
    assert.equal((await whatChanged(bounded, new Tree({}))).length, 1);
  });

  it('of 200 files is compared in at most 10 ms', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `src/folder/file-${index}.ts`);
    const tree = new Tree(Object.fromEntries(names.map((name) => [name, name])));
    const traced = await traceReads(names.map(fileRead), tree);
    const times: number[] = [];
    for (let round = 0; round < 15; round += 1) {
      const begun = performance.now();
      await whatChanged(traced, tree);
      times.push(performance.now() - begun);
    }
    const median = times.sort((a, b) => a - b)[7]!;
    assert.ok(median <= 10, `${median.toFixed(2)} ms`);
  });
});

describe('the digest of a list of files', () => {
  it('is the same in slices and in one go, for any length', async () => {
    for (const length of [0, 1, 1999, 2000, 2001, 5000]) {
      const list = (): readonly TreeFile[] =>
        Array.from({ length }, (_, index) => ({ path: `f${index}`, digest: digestOf(`${index}`) }));
      const one = list();
      const whole = digestOfFiles(list());
      assert.equal(await digestOfFilesInSlices(one), whole);
      assert.equal(await digestOfFilesInSlices(one), whole);
      assert.equal(digestOfFiles(one), whole);
    }
  });
});
