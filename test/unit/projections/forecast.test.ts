import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mergeFile } from '../../../src/core/artifacts/merge/mergeFile.ts';
import { stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import type { FileChange } from '../../../src/core/domain/merge.ts';
import {
  forecastOf,
  type BaseStanding,
  type ForecastTask,
} from '../../../src/core/projections/forecast.ts';
import { MOST_BYTES } from '../../../src/core/projections/forecastMerges.ts';
import {
  forecastLines,
  forecastMark,
  forecastPage,
} from '../../../src/core/projections/forecastText.ts';
import { Versions } from '../artifacts/versions.ts';

const id = (name: string) => taskIdOf(stepId(name));

describe('the forecast of a merge', () => {
  let versions: Versions;
  let merges: number;
  beforeEach(() => {
    versions = new Versions();
    merges = 0;
  });

  const change = (path: string, was: string | undefined, is: string | undefined): FileChange => ({
    path,
    was: was === undefined ? undefined : versions.of(was),
    is: is === undefined ? undefined : versions.of(is),
  });
  const task = (
    name: string,
    changes: readonly FileChange[],
    needs: readonly string[] = [],
  ): ForecastTask => ({ task: id(name), changes, ancestors: new Set(needs.map(id)) });
  const forecast = (
    tasks: readonly ForecastTask[],
    base?: Readonly<Record<string, BaseStanding>>,
    signal = new AbortController().signal,
  ) =>
    forecastOf({
      tasks,
      base: base && new Map(Object.entries(base)),
      merge: (...sides) => {
        merges += 1;
        return mergeFile(...sides);
      },
      read: versions.read,
      signal,
    });
  const lines = async (...request: Parameters<typeof forecast>) =>
    forecastLines(await forecast(...request), 'main');

  const FILE = '1\n2\n3\n4\n5\n';

  it('tells tasks that changed the same lines, and paths that can be merged', async () => {
    const told = await forecast(
      [
        task('build', [
          change('src/api.ts', FILE, 'one\n2\n3\n4\n5\n'),
          change('b', FILE, '1\n2\n3\n4\nfive\n'),
        ]),
        task('docs', [
          change('src/api.ts', FILE, 'uno\n2\n3\n4\n5\n'),
          change('b', FILE, 'one\n2\n3\n4\n5\n'),
        ]),
        task('alone', [change('c', undefined, 'c')]),
      ],
      {},
    );
    assert.deepEqual(told, {
      tasks: [id('build'), id('docs'), id('alone')],
      conflicts: [
        {
          path: 'src/api.ts',
          kind: 'content',
          between: [
            { by: 'task', task: id('build') },
            { by: 'task', task: id('docs') },
          ],
        },
      ],
      clean: ['b'],
      baseMoved: false,
      uncompared: [],
    });
    assert.deepEqual(forecastLines(told, 'main'), [
      'src/api.ts: build and docs changed the same lines',
    ]);
    assert.equal(forecastMark(told), '1 conflict');
  });

  it('says nothing of tasks that build on each other', async () => {
    const told = await forecast([
      task('a', [change('f', 'x', 'y')]),
      task('b', [change('f', 'y', 'z')], ['a']),
      task('c', [change('f', 'z', undefined)], ['a', 'b']),
    ]);
    assert.deepEqual([told.conflicts, told.clean, merges], [[], [], 0]);
    assert.equal(forecastMark(told), 'no conflicts');
    assert.deepEqual(forecastLines(told, 'main'), ['It was not looked whether main has moved.']);
  });

  it('compares a task that needs another and was not given its work', async () => {
    assert.deepEqual(
      await lines(
        [task('a', [change('f', 'x', 'y')]), task('b', [change('f', 'x', 'z')], ['a'])],
        {},
      ),
      ['f: a and b changed the same lines'],
    );
  });

  it('compares what two made of the work of a third by that work', async () => {
    const shared = '1\n2\n3\n4\nfive\n';
    const told = await forecast(
      [
        task('a', [change('f', FILE, shared)]),
        task('b', [change('f', shared, 'one\n2\n3\n4\nfive\n')], ['a']),
        task('c', [change('f', shared, '1\n2\n3\n4\nFIVE\n')], ['a']),
      ],
      {},
    );
    assert.deepEqual([told.conflicts, told.clean], [[], ['f']]);
  });

  it('tells what the branch has changed since, against each task', async () => {
    const built = [
      task('build', [change('README.md', FILE, 'one\n2\n3\n4\n5\n'), change('gone', 'g', 'h')]),
      task('more', [change('README.md', 'one\n2\n3\n4\n5\n', 'ein\n2\n3\n4\n5\n')], ['build']),
      task('docs', [change('README.md', FILE, '1\n2\n3\n4\nfive\n'), change('same', 's', 't')]),
    ];
    assert.deepEqual(
      await lines(built, {
        'README.md': versions.of('uno\n2\n3\n4\n5\n'),
        gone: undefined,
        same: versions.of('t'),
        other: versions.of('o'),
      }),
      [
        'README.md: build conflicts with main, which has moved since (the same lines)',
        'README.md: more conflicts with main, which has moved since (the same lines)',
        'gone: build conflicts with main, which has moved since (one changed it, the other removed it)',
      ],
    );
  });

  it('tells where a link, a submodule or a folder has come', async () => {
    assert.deepEqual(
      await lines(
        [
          task('a', [
            change('l', 'x', 'y'),
            change('d', 'x', undefined),
            change('s/t', undefined, 't'),
          ]),
        ],
        {
          l: { kind: 'link' },
          d: { kind: 'folder' },
          s: { kind: 'submodule' },
        },
      ),
      [
        'l: a conflicts with main, which has moved since (a link or a submodule is there now)',
        's/t: a conflicts with main, which has moved since (a link or a submodule is there now: s)',
      ],
    );
  });

  it('tells a file where another needs a folder, and names that are one file on many machines', async () => {
    assert.deepEqual(
      await lines(
        [
          task('a', [change('lib', undefined, 'l'), change('x/y', undefined, 'y')]),
          task('b', [change('lib/in', undefined, 'i'), change('x', undefined, 'x')]),
          task('c', [change('LIB', undefined, 'l')]),
          task('d', [change('x', 'x', undefined), change('x/z', undefined, 'z')], ['b']),
        ],
        { 'X/Q': versions.of('q') },
      ),
      [
        'LIB: c made it, and a made lib, which is the same file on many machines',
        'LIB: c made a file of it, where b needs a folder for lib/in',
        'lib/in: a made a file of lib, where b needs a folder',
        'x: b conflicts with main, which has moved since (a file of the one is a folder of the other: X/Q)',
        'x: b made a file of it, where a needs a folder for x/y',
      ],
    );
  });

  it('takes milliseconds for 1,000 tasks with 10 files each that have nothing in common', async () => {
    const tasks = Array.from({ length: 1000 }, (_, n) =>
      task(
        `t${n}`,
        Array.from({ length: 10 }, (_none, at) =>
          change(`src/part${n}/deep/file${at}.ts`, 'x', 'y'),
        ),
        n > 0 ? [`t${n - 1}`] : [],
      ),
    );
    const began = performance.now();
    const told = await forecast(tasks, { 'src/other.ts': versions.of('o') });
    const took = performance.now() - began;
    process.stdout.write(`      10,000 paths in ${Math.round(took)} ms\n`);
    assert.deepEqual([told.conflicts, told.clean, merges], [[], [], 0]);
    assert.ok(took < 5000);
  });

  it('merges one after another what many tasks changed, and finds with whom each conflicts', async () => {
    const all = Array.from({ length: 401 }, (_, at) => `line ${at}\n`);
    const was = all.join('');
    const tasks = Array.from({ length: 200 }, (_, n) =>
      task(`t${n}`, [change('f', was, all.with(n * 2, `by ${n}\n`).join(''))]),
    );
    const clean = await forecast(tasks, {});
    assert.deepEqual([clean.conflicts, clean.clean, clean.uncompared], [[], ['f'], []]);
    assert.ok(merges <= 200, `${merges}`);
    merges = 0;
    const late = task('late', [change('f', was, all.with(2 * 77, 'late\n').join(''))]);
    const began = performance.now();
    assert.deepEqual(await lines([...tasks, late], {}), ['f: t77 and late changed the same lines']);
    process.stdout.write(
      `      201 tasks on one file: ${merges} merges in ${Math.round(performance.now() - began)} ms\n`,
    );
    assert.ok(merges < 220, `${merges}`);
  });

  it('does not go on for ever with large files, and says what it has not compared', async function () {
    this.timeout(60_000);
    const all = Array.from({ length: 40_000 }, (_, at) => `${'x'.repeat(100)} ${at}\n`);
    const was = all.join('');
    const tasks = Array.from({ length: 40 }, (_, n) =>
      task(`t${n}`, [
        change('f', was, all.with(n * 2, `${n}\n`).join('')),
        change('g', 'x', `${n}`),
      ]),
    );
    const began = performance.now();
    const told = await forecast(tasks, {});
    process.stdout.write(`      stopped after ${Math.round(performance.now() - began)} ms\n`);
    const given = versions.reads.length;
    assert.ok(told.uncompared.includes('f'), told.uncompared.join());
    assert.ok(given * was.length <= MOST_BYTES + 4 * was.length, `${given}`);
    assert.match(forecastMark(told), /not compared$/);
    assert.match(forecastPage(told, 'r-1', 'main'), /## Not compared\n/);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    const tasks = [task('a', [change('f', 'x', 'y')]), task('b', [change('f', 'x', 'z')])];
    await assert.rejects(forecast(tasks, {}, stop.signal), /enough/);
  });

  it('finds for each pair what merging the two finds, in any number', async () => {
    const edits = fc.array(fc.tuple(fc.nat(9), fc.constantFrom('a', 'b')), { maxLength: 2 });
    const all = Array.from({ length: 10 }, (_, at) => `line ${at}\n`);
    await fc.assert(
      fc.asyncProperty(fc.array(edits, { minLength: 2, maxLength: 22 }), async (tasksEdits) => {
        const versionsOf = tasksEdits.map((each) =>
          each.reduce((text, [at, letter]) => text.with(at, `${letter}\n`), all).join(''),
        );
        const told = await forecast(
          versionsOf.map((is, n) => task(`t${n}`, [change('f', all.join(''), is)])),
          {},
        );
        const pairs = new Set<string>();
        for (const [at, is] of versionsOf.entries()) {
          for (let before = 0; before < at; before += 1) {
            const merged = await mergeFile(
              versions.of(all.join('')),
              versions.of(versionsOf[before] ?? ''),
              versions.of(is),
              versions.read,
            );
            if (merged.kind === 'conflict') {
              pairs.add(`t${before} t${at}`);
            }
          }
        }
        const found = told.conflicts.map(({ between }) =>
          between.map((side) => (side.by === 'task' ? side.task : '')).join(' '),
        );
        if (versionsOf.length <= 16) {
          assert.deepEqual(new Set(found), pairs);
        } else {
          // Of many, whoever does not fit is told, with one.
          assert.equal(pairs.size > 0, found.length > 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('shows names and paths on its page, and nothing they say is done', async () => {
    const tasks = [
      task('build', [change('a`b](command:x)\n# h', 'x', 'y')]),
      task('docs', [change('a`b](command:x)\n# h', 'x', 'z')]),
    ];
    const page = forecastPage(await forecast(tasks, {}), 'review-3', 'main');
    assert.equal(
      page,
      [
        '# Forecast: review-3',
        '**If the results of 2 tasks were merged now: 1 conflict.** `main` has not moved since the run began.',
        '## Conflicts',
        '``a`b](command:x) # h``',
        '- `build` and `docs` changed the same lines',
        '## Order',
        '1. `build`\n2. `docs`\n',
      ].join('\n\n'),
    );
  });
});
