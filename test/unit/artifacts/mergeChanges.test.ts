import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import fc from 'fast-check';
import { mergeChanges } from '../../../src/core/artifacts/merge/mergeChanges.ts';
import { MergeTree, type OtherEntry } from '../../../src/core/artifacts/merge/mergeTree.ts';
import { changesOfTask } from '../../../src/core/artifacts/taskChanges.ts';
import type { FileVersion } from '../../../src/core/domain/event.ts';
import { choiceKey, type ConflictChoice, type FileChange } from '../../../src/core/domain/merge.ts';
import { stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import { sampleOf } from '../../support/sample.ts';
import { gitEnvironment, TempRepository } from '../../support/tempRepository.ts';
import { changesBetween, treeOf, Versions } from './versions.ts';

const TASK = taskIdOf(stepId('docs'));

describe('merging what a task did into a tree', () => {
  let versions: Versions;
  beforeEach(() => {
    versions = new Versions();
  });

  type Files = Readonly<Record<string, string | OtherEntry>>;
  const treeWith = (files: Files) =>
    MergeTree.of(
      treeOf(
        new Map(
          Object.entries(files).map(([path, is]) => [
            path,
            typeof is === 'string' ? versions.of(is) : is,
          ]),
        ),
      ),
    );
  const change = (path: string, was: string | undefined, is: string | undefined): FileChange => ({
    path,
    was: was === undefined ? undefined : versions.of(was),
    is: is === undefined ? undefined : versions.of(is),
  });
  const merge = async (
    tree: MergeTree,
    changes: readonly FileChange[],
    choices: Readonly<Record<string, ConflictChoice>> = {},
  ) => {
    const merged = await mergeChanges(
      TASK,
      tree,
      changes,
      versions.read,
      new Map(Object.entries(choices).map(([path, choice]) => [choiceKey(TASK, path), choice])),
    );
    if (merged.kind === 'merged') {
      versions.keep(merged.made);
    }
    return merged;
  };
  const told = async (...request: Parameters<typeof merge>) => {
    const merged = await merge(...request);
    if (merged.kind === 'conflict') {
      return merged.conflicts.map(({ path, kind }) => `${path}: ${kind}`);
    }
    return {
      ...Object.fromEntries(
        merged.files.map(({ path, version }) => [path, versions.text(version)]),
      ),
      ...Object.fromEntries(merged.removed.map((path) => [path, undefined])),
    };
  };

  it('says what is new against the tree before, and what is gone', async () => {
    const tree = treeWith({ 'a.ts': '1\n2\n3\n', 'b.ts': 'b', 'd/c.ts': 'c' });
    const changes = [
      change('a.ts', '1\n2\n3\n', '1\n2\nthree\n'),
      change('d/c.ts', 'c', undefined),
      change('new/e.ts', undefined, 'e'),
      change('b.ts', 'old', 'b'),
    ];
    assert.deepEqual(await told(tree, changes), {
      'a.ts': '1\n2\nthree\n',
      'new/e.ts': 'e',
      'd/c.ts': undefined,
    });
  });

  it('goes on from one task to the next', async () => {
    const first = await merge(treeWith({ f: 'a\nb\nc\n' }), [
      change('f', 'a\nb\nc\n', 'A\nb\nc\n'),
    ]);
    assert.ok(first.kind === 'merged');
    const second = await merge(first.tree, [change('f', 'a\nb\nc\n', 'a\nb\nC\n')]);
    assert.ok(second.kind === 'merged');
    assert.equal(versions.text(second.tree.changes.get('f')), 'A\nb\nC\n');
    assert.equal(second.made.size, 1);
    const third = await merge(second.tree, [change('f', 'A\nb\nC\n', undefined)]);
    assert.ok(third.kind === 'merged');
    assert.deepEqual([third.files, third.removed], [[], ['f']]);
    assert.equal(await third.tree.at('f'), undefined);
  });

  it('tells every conflict, with the three versions, and merges nothing', async () => {
    const tree = treeWith({ f: 'ours', gone: 'g' });
    const changes = [
      change('f', 'was', 'theirs'),
      change('gone', 'old', undefined),
      change('fine', undefined, 'fine'),
    ];
    assert.deepEqual(await merge(tree, changes), {
      kind: 'conflict',
      conflicts: [
        {
          path: 'f',
          kind: 'content',
          was: versions.of('was'),
          ours: versions.of('ours'),
          theirs: versions.of('theirs'),
        },
        {
          path: 'gone',
          kind: 'removed',
          was: versions.of('old'),
          ours: versions.of('g'),
          theirs: undefined,
        },
      ],
    });
  });

  it('takes what people chose: ours, theirs, nothing, or what they wrote', async () => {
    const tree = treeWith({ f: 'ours', gone: 'g' });
    const changes = [change('f', 'was', 'theirs'), change('gone', 'old', undefined)];
    assert.deepEqual(await told(tree, changes, { f: 'ours' }), ['gone: removed']);
    assert.deepEqual(await told(tree, changes, { f: 'ours', gone: 'ours' }), {});
    assert.deepEqual(await told(tree, changes, { f: 'theirs', gone: 'theirs' }), {
      f: 'theirs',
      gone: undefined,
    });
    assert.deepEqual(await told(tree, changes, { f: versions.of('written'), gone: 'ours' }), {
      f: 'written',
    });
    const merged = await merge(tree, changes, { f: 'theirs', gone: 'ours', other: 'theirs' });
    assert.deepEqual(merged.kind === 'merged' && merged.chosen, [
      { path: 'f', choice: 'theirs' },
      { path: 'gone', choice: 'ours' },
    ]);
  });

  it('finds a file where a folder has to be, and the other way round', async () => {
    const tree = treeWith({ file: 'x', 'folder/a': 'a', 'folder/b/c': 'c' });
    const changes = [change('file/in', undefined, 'in'), change('folder', undefined, 'f')];
    assert.deepEqual(await told(tree, changes), ['file/in: folder', 'folder: folder']);
    assert.deepEqual(await told(tree, changes, { 'file/in': 'theirs', folder: 'theirs' }), {
      'file/in': 'in',
      file: undefined,
      folder: 'f',
      'folder/a': undefined,
      'folder/b/c': undefined,
    });
    assert.deepEqual(await told(tree, changes, { 'file/in': 'ours', folder: 'ours' }), {});
  });

  it('lets a task put a folder where it removed a file, and a file where it emptied a folder', async () => {
    const tree = treeWith({ file: 'x', 'folder/a': 'a', 'folder/b': 'b' });
    assert.deepEqual(
      await told(tree, [change('file', 'x', undefined), change('file/in', undefined, 'in')]),
      { 'file/in': 'in', file: undefined },
    );
    const emptied = [change('folder/a', 'a', undefined), change('folder', undefined, 'f')];
    assert.deepEqual(await told(tree, emptied), ['folder: folder']);
    assert.deepEqual(await told(tree, [...emptied, change('folder/b', 'b', undefined)]), {
      folder: 'f',
      'folder/a': undefined,
      'folder/b': undefined,
    });
  });

  it('takes names that differ in capitals or Unicode form alone for one file', async () => {
    const tree = treeWith({ 'docs/README.md': 'r', 'src/caf\u00e9': 'c', Lib: 'l' });
    assert.deepEqual(
      await told(tree, [
        change('docs/readme.md', undefined, 'x'),
        change('src/cafe\u0301', undefined, 'x'),
        change('lib/a', undefined, 'x'),
        change('docs/other.md', undefined, 'x'),
      ]),
      ['docs/readme.md: added', 'lib/a: folder', 'src/cafe\u0301: added'],
    );
    assert.deepEqual(
      await told(tree, [change('docs/readme.md', undefined, 'x')], { 'docs/readme.md': 'theirs' }),
      { 'docs/readme.md': 'x', 'docs/README.md': undefined },
    );
    const renamed = [
      change('docs/README.md', 'r', undefined),
      change('docs/readme.md', undefined, 'r'),
    ];
    assert.deepEqual(await told(tree, renamed), {
      'docs/readme.md': 'r',
      'docs/README.md': undefined,
    });
  });

  it('never writes through or over a link or a submodule unasked, and never drops a submodule', async () => {
    const tree = treeWith({ link: { kind: 'link' }, sub: { kind: 'submodule' } });
    const changes = [
      change('link', 'x', 'y'),
      change('sub/a', undefined, 'x'),
      change('link/a', undefined, 'x'),
    ];
    assert.deepEqual(await told(tree, changes), ['link: kind', 'link/a: kind', 'sub/a: kind']);
    assert.deepEqual(await told(tree, [change('link', 'x', undefined)]), ['link: kind']);
    const choices = { link: 'theirs', 'link/a': 'ours', 'sub/a': 'theirs' } as const;
    assert.deepEqual(await told(tree, changes, choices), ['sub/a: kind']);
    assert.deepEqual(await told(tree, changes, { ...choices, 'sub/a': 'ours' }), { link: 'y' });
  });

  it('reads what a task did from its artifacts and what it removed', () => {
    const [one, other] = [versions.of('one'), versions.of('other', true)];
    assert.deepEqual(
      changesOfTask({
        artifacts: [
          { path: 'b', ...one },
          { path: 'a', ...other, was: one },
          { path: 'same', ...one, was: one },
        ],
        removed: [{ path: 'A', was: one }],
      }),
      [
        { path: 'A', was: one, is: undefined },
        { path: 'a', was: one, is: other },
        { path: 'b', was: undefined, is: one },
      ],
    );
  });
});

describe('merging trees, beside `git merge-tree`', function () {
  this.timeout(sampleOf(60_000));

  type Files = ReadonlyMap<string, FileVersion>;
  let repository: TempRepository;
  const versions = new Versions();
  before(() => {
    repository = new TempRepository();
  });
  after(() => repository.dispose());

  const PATHS = ['a', 'a/b', 'a/b/c', 'd', 'd/e', 'f', 'g/h', 'g/i'];
  const lines = ['1\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n', 'one\n2\n3\n4\n5\n', '1\n2\n3\n', '\0x'];
  // What stands at one path is like nothing at another: Git would find renames, which we do not look for.
  const content = (path: string, text: string) =>
    `${text}${Array.from({ length: 12 }, (_, at) => `${path} and line ${at}\n`).join('')}`;
  const file = fc
    .constantFrom(...PATHS)
    .chain((path) =>
      fc
        .tuple(fc.constantFrom(...lines), fc.integer({ min: 0, max: 4 }))
        .map(([text, mode]) => [path, versions.of(content(path, text), mode === 0)] as const),
    );
  const files = fc.array(file, { maxLength: 6 }).map(sound);
  /** What is new makes room for itself. */
  const sideOf = (base: Files) =>
    fc
      .tuple(
        fc.array(file, { maxLength: 2 }),
        fc.subarray([...base.keys()], { maxLength: Math.min(2, base.size) }),
      )
      .map(([changed, removed]) =>
        sound([...changed, ...[...base].filter(([path]) => !removed.includes(path))]),
      );

  /** Of paths that exclude each other the first. */
  function sound(all: readonly (readonly [string, FileVersion])[]): Files {
    const kept = new Map<string, FileVersion>();
    for (const [path, is] of all) {
      const clash = [...kept.keys()].some(
        (other) => path === other || path.startsWith(`${other}/`) || other.startsWith(`${path}/`),
      );
      if (!clash) {
        kept.set(path, is);
      }
    }
    return kept;
  }

  const git = (args: readonly string[], input?: string) =>
    spawnSync('git', args, {
      cwd: repository.folder,
      env: gitEnvironment,
      encoding: 'utf8',
      input,
    });
  const stream = (tree: Files, mark: number, parent: number | undefined): string =>
    [
      'commit refs/heads/x',
      `mark :${mark}`,
      'committer a <a@b> 0 +0000',
      'data 0',
      ...(parent === undefined ? [] : [`from :${parent}`]),
      'deleteall',
      ...[...tree].map(([path, is]) => {
        const text = versions.text(is) ?? '';
        return `M ${is.executable ? '100755' : '100644'} inline ${path}\ndata ${text.length}\n${text}`;
      }),
      '',
      '',
    ].join('\n');

  it('comes to the same tree, and finds every conflict', async () => {
    const cases = fc.sample(
      files.chain((base) => fc.tuple(fc.constant(base), sideOf(base), sideOf(base))),
      { numRuns: sampleOf(100), seed: 5 },
    );
    const marks = `${repository.parent}/marks`;
    const imported = git(
      ['fast-import', '--quiet', '--force', `--export-marks=${marks}`],
      cases
        .map(([base, ours, theirs], index) =>
          [
            'reset refs/heads/x\n\n',
            stream(base, index * 3 + 1, undefined),
            stream(ours, index * 3 + 2, index * 3 + 1),
            stream(theirs, index * 3 + 3, index * 3 + 1),
          ].join(''),
        )
        .join(''),
    );
    assert.equal(imported.status, 0, imported.stderr);
    const commits = new Map(
      fs
        .readFileSync(marks, 'utf8')
        .trim()
        .split('\n')
        .map((line) => [Number(line.slice(1).split(' ')[0]), line.split(' ')[1] ?? '']),
    );
    const counts = { alike: 0, stricter: 0, conflicts: 0 };
    for (const [index, [base, ours, theirs]] of cases.entries()) {
      const merged = await mergeChanges(
        TASK,
        MergeTree.of(treeOf(ours)),
        changesBetween(base, theirs),
        versions.read,
        new Map(),
      );
      const asGit = git([
        ...['-c', 'merge.directoryRenames=false', 'merge-tree', '--write-tree', '--no-messages'],
        ...[commits.get(index * 3 + 2) ?? '', commits.get(index * 3 + 3) ?? ''],
      ]);
      const about = JSON.stringify([base, ours, theirs].map((one) => [...one.keys()]));
      assert.ok(asGit.status === 0 || asGit.status === 1, asGit.stderr);
      if (merged.kind === 'conflict') {
        counts[asGit.status === 0 ? 'stricter' : 'conflicts'] += 1;
        continue;
      }
      assert.equal(asGit.status, 0, `a conflict to Git: ${about} ${asGit.stdout}`);
      versions.keep(merged.made);
      const result = new Map<string, FileVersion | undefined>([...ours, ...merged.tree.changes]);
      const tree = git(['ls-tree', '-r', '-z', asGit.stdout.trim()])
        .stdout.split('\0')
        .filter((line) => line !== '')
        .map((line) => `${line.slice(0, 6)} ${line.split('\t')[1] ?? ''}`);
      const own = [...result]
        .flatMap(([path, is]) =>
          is === undefined ? [] : [`${is.executable ? '100755' : '100644'} ${path}`],
        )
        .sort((one, other) => (one.slice(7) < other.slice(7) ? -1 : 1));
      assert.deepEqual(own, tree, about);
      for (const [path, is] of merged.tree.changes) {
        if (merged.made.has(is?.digest ?? versions.of('').digest)) {
          assert.equal(
            versions.text(is),
            git(['cat-file', 'blob', `${asGit.stdout.trim()}:${path}`]).stdout,
          );
        }
      }
      counts.alike += 1;
    }
    process.stdout.write(
      `      ${counts.alike} trees alike, ${counts.conflicts} conflicts to both, ${counts.stricter} to us alone\n`,
    );
    assert.ok(counts.alike > 20 && counts.conflicts > 20);
  });
});
