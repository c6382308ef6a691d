import assert from 'node:assert/strict';
import type { CacheCounts, CacheStatistics } from '../../../src/core/domain/cache.ts';
import { cacheTables } from '../../../src/cli/cacheTables.ts';
import { TempProject } from '../../support/project.ts';
import { CapturedTerminal, objects, sluice, sluiceOn } from './commandLine.ts';

const NOTHING: CacheCounts = {
  hits: 0,
  misses: 0,
  coalesced: 0,
  evictions: 0,
  expirations: 0,
  damaged: 0,
  entries: 0,
  bytes: 0,
  saved: { ms: 0, calls: 0, tokens: 0, usd: 0 },
};

const model: CacheCounts = {
  ...NOTHING,
  hits: 20,
  misses: 2,
  coalesced: 3,
  entries: 22,
  bytes: 1_300_000,
  expirations: 4,
  saved: { ms: 240_000, calls: 31, tokens: 210_000, usd: 1.84 },
};
const command: CacheCounts = {
  ...NOTHING,
  hits: 4,
  misses: 1,
  entries: 5,
  bytes: 900,
  damaged: 1,
  saved: { ms: 8000, calls: 0, tokens: 0, usd: 0 },
};
const total: CacheCounts = {
  ...model,
  hits: 24,
  misses: 3,
  entries: 27,
  bytes: 1_300_900,
  damaged: 1,
  saved: { ...model.saved, ms: 248_000 },
};

describe('The tables of the cache', () => {
  const tables = (over: Partial<CacheStatistics> = {}, width = 80) =>
    cacheTables(
      {
        total,
        namespaces: { command_output: command, model_response: model },
        agents: { reviewer: model, lint: command },
        ...over,
      },
      width,
    );

  it('tell what was answered, saved and kept: in all, by namespace and by agent', () => {
    assert.deepEqual(tables().split('\n'), [
      '27 of 30 questions answered without work (90 %)',
      'Saved: 4 min, 210,000 tokens, $1.84, 31 calls',
      'Kept: 27 answers, 1.2 MB',
      '',
      'questions         hits  shared  misses  rate   time   tokens  money',
      'in all              24       3       3  90 %  4 min  210,000  $1.84',
      'by namespace',
      '  model_response    20       3       2  92 %  4 min  210,000  $1.84',
      '  command_output     4       0       1  80 %    8 s',
      'by agent',
      '  reviewer          20       3       2  92 %  4 min  210,000  $1.84',
      '  lint               4       0       1  80 %    8 s',
      '',
      'answers           kept    size  evicted  expired  damaged',
      'in all              27  1.2 MB        0        4        1',
      'by namespace',
      '  model_response    22  1.2 MB        0        4        0',
      '  command_output     5   900 B        0        0        1',
      'by agent',
      '  reviewer          22  1.2 MB        0        4        0',
      '  lint               5   900 B        0        0        1',
      '',
      '',
    ]);
  });

  it('fit on a screen of 80 columns with the largest figures there are, names cut', () => {
    const huge: CacheCounts = {
      hits: 999_999,
      misses: 999_999,
      coalesced: 123_456_789,
      evictions: 123_456_789,
      expirations: 999_999,
      damaged: 999_999,
      entries: 123_456_789,
      bytes: 1023 * 1024 ** 3,
      saved: { ms: 9_999 * 3_600_000 + 59 * 60_000, calls: 1, tokens: 1e12, usd: 99_999.99 },
    };
    const name = 'an-agent-with-a-name-as-long-as-names-may-be\u001b[31m-and-red';
    const text = tables({
      total: huge,
      namespaces: { model_response: huge },
      agents: { [name]: huge },
    });
    const widths = text.split('\n').map((line) => line.length);
    assert.ok(Math.max(...widths) <= 80, text);
    assert.match(text, /\n {2}an-agent-w.*… {2}999,999 {2}123\.5M {2}999,999 /);
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    assert.doesNotMatch(text, /\u001b/);
    const wide = tables({ agents: { [name]: huge } }, Infinity);
    assert.match(wide, /\n {2}an-agent-with-a-name-as-long-as-names-may-be-and-red {2}/);
  });

  it('never round up to all, and have no rate before the first question', () => {
    const almost = { ...NOTHING, hits: 9999, misses: 1 };
    assert.match(tables({ total: almost }), /\nin all +9,999 +0 +1 +99 %\n/);
    const kept = { ...NOTHING, entries: 1 };
    assert.match(
      tables({ total: kept, namespaces: {}, agents: {} }),
      /^0 of 0 questions answered without work\nSaved: nothing yet\nKept: 1 answer, 0 B\n/,
    );
    assert.equal(
      tables({ total: NOTHING, namespaces: {}, agents: {} }),
      'Nothing has been asked of the cache yet.\n',
    );
  });
});

describe('The cache in the terminal', function () {
  this.timeout(30_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.write('src/a.txt', 'a');
    project.agent('reads', `note('reads'); console.log(fs.readFileSync('src/a.txt', 'utf8'));`);
    project.agent('ends', `note('ends'); fs.writeFileSync('made.txt', 'made');`);
    // read --> end
    project.workflow('two', {
      read: { agent: 'reads' },
      end: { agent: 'ends', needs: 'read', produces: 'made.txt' },
    });
  });
  afterEach(() => project.dispose());

  const ask = (...args: string[]) => sluice(project, ...args);
  const tasksOf = async (...args: string[]) => {
    const [shown] = objects((await ask('show', ...args, '--json')).out);
    return shown?.['tasks'] as Record<string, unknown>[];
  };

  it('answers a second run, which says so task by task and in the end', async () => {
    const first = await ask('run', 'two');
    assert.deepEqual([first.code, first.err], [0, '']);
    assert.doesNotMatch(first.out, /reused|ran:/);
    const { code, out } = await ask('run', 'two');
    assert.equal(code, 0);
    assert.match(out, /\n {2}✓ read {2}succeeded {2}reused(?: · saved \d+ s)? · just now\n/);
    assert.match(out, /\n {2}✓ end {3}succeeded {2}reused .*just now/);
    assert.match(out, /\n2 of 2 reused, saved \d+ m?s\ntwo-2 · succeeded · 2 of 2 done · 2 reused/);
    assert.deepEqual(project.notes(), ['reads', 'ends']);
    assert.match((await ask('runs')).out, /^two-2 .* 2 of 2 done · 2 reused/);
    assert.match(
      (await ask('ledger', '2')).out,
      /^two-2 has asked no model\.\nReused: 2 tasks, saved \d+ m?s\n$/,
    );
  });

  it('says of a task that runs again what has changed, in short, in whole and as an object', async () => {
    await ask('run', 'two');
    project.write('src/a.txt', 'b');
    const { code, out } = await ask('run', 'two');
    assert.equal(code, 0);
    assert.match(out, /\n {2}✓ read {2}succeeded {2}[\d.]+ m?s · ran: a\.txt changed\n/);
    assert.match((await ask('show', '2')).out, /✓ read .* · ran: a\.txt changed\n/);
    const page = await ask('show', '2', 'read');
    assert.equal(page.code, 0);
    assert.match(page.out, /^read · succeeded/);
    assert.match(
      page.out,
      /\nRan: 1 thing changed since run two-1 · just now\n {2}src\/a\.txt changed\nunchanged: /,
    );
    assert.match(page.out, /\nb\n+$/, 'what it printed');
    const [read] = await tasksOf('2');
    const { kind, changes, than } = read?.['miss'] as Record<string, unknown>;
    assert.deepEqual(
      [kind, changes],
      ['changed', [{ what: 'file', name: 'src/a.txt', how: 'changed' }]],
    );
    assert.equal((than as { run: string }).run, 'two-1');
    assert.equal(read?.['reuse'], undefined);
    const [alone] = objects((await ask('show', '2', 'read', '--json')).out);
    assert.deepEqual(alone, { run: 'two-2', ...read });
  });

  it('gives what was reused as objects with the fields that docs/cli.md promises', async () => {
    await ask('run', 'two');
    await ask('run', 'two');
    const [read] = await tasksOf('2');
    const reuse = read?.['reuse'] as Record<string, unknown>;
    assert.deepEqual(Object.keys(reuse).sort(), ['from', 'namespace', 'same', 'saved', 'shared']);
    assert.deepEqual(
      [(reuse['from'] as { run: string }).run, reuse['namespace'], reuse['shared'], read?.['miss']],
      ['two-1', 'command_output', false, undefined],
    );
    assert.equal(read?.['durationMs'], undefined);
    const [run] = objects((await ask('runs', '--json')).out);
    const { tasks, saved } = run?.['reused'] as Record<string, unknown>;
    assert.equal(tasks, 2);
    assert.deepEqual(Object.keys(saved as object), ['ms', 'calls', 'tokens', 'usd']);
    const page = await ask('show', '2', 'read');
    assert.match(
      page.out,
      /\nReused: same agent.* as run two-1 · just now · saved \d+ m?s\nkept as: command_output\n/,
    );
  });

  it('does not take what was reused for quick', async () => {
    for (const _time of [1, 2, 3]) {
      await ask('run', 'two');
    }
    const [second, third] = [await tasksOf('2'), await tasksOf('3')];
    assert.ok(Number(second[0]?.['estimateMs']) > 0);
    assert.equal(third[0]?.['estimateMs'], second[0]?.['estimateMs']);
  });

  it('is left alone by a run with --no-cache, which says on the page why', async () => {
    await ask('run', 'two');
    const { code, out } = await ask('run', 'two', '--no-cache');
    assert.equal(code, 0);
    assert.doesNotMatch(out, /reused/);
    assert.equal(project.notes().length, 4);
    const [read] = await tasksOf('2');
    assert.deepEqual([read?.['cacheOff'], read?.['verbs']], ['run', ['rerun']]);
    assert.match(
      (await ask('show', '2', 'read')).out,
      /\nCache: off, because the run was started without it/,
    );
  });

  it('answers what comes of a task that is made again, and with --no-cache nothing of it', async () => {
    await ask('run', 'two');
    const again = await ask('rerun', '1', 'read');
    assert.equal(again.code, 0);
    assert.match(again.out, /✓ read .* · ran: a person wanted it anew\n/);
    assert.match(again.out, /✓ end .*reused/);
    assert.deepEqual(project.notes(), ['reads', 'ends', 'reads']);
    const anew = await ask('rerun', '1', 'read', '--no-cache');
    assert.equal(anew.code, 0);
    assert.deepEqual(project.notes(), ['reads', 'ends', 'reads', 'reads', 'ends']);
  });

  it('tells at a gate that what it asks about was made before', async () => {
    project.workflow('asks', { read: { agent: 'reads' }, ok: { needs: 'read', gate: 'Good?' } });
    await ask('run', 'asks');
    await ask('run', 'asks');
    const { out } = await ask('gates');
    assert.match(out, /\n {2}ok of asks-2: read reused: same agent.* as run asks-1 · just now/);
    const open = objects((await ask('gates', '--json')).out);
    assert.deepEqual(
      open.map(({ run, reused }) => [run, (reused as { task: string }[]).map(({ task }) => task)]),
      [
        ['asks-2', ['read']],
        ['asks-1', []],
      ],
    );
  });

  it('counts what it did: as a table, and as one object', async () => {
    assert.match((await ask('cache')).out, /^Nothing has been asked of the cache yet\.\nKept in /);
    await ask('run', 'two');
    await ask('run', 'two');
    const { code, out } = await ask('cache', 'stats');
    assert.equal(code, 0);
    assert.match(
      out,
      /^2 of \d+ questions answered without work \(\d+ %\)\nSaved: \d+ m?s\nKept: 2 answers, /,
    );
    assert.match(out, /\nby namespace\n(?: {2}file_read .*\n)? {2}command_output +2 +0 +2 +50 %/);
    assert.match(out, /\nby agent\n {2}(?:ends|reads) +1 +0 +1 +50 %/);
    const [facts] = objects((await ask('cache', '--json')).out);
    assert.deepEqual(Object.keys(facts!), ['folder', 'total', 'namespaces', 'agents']);
    const namespaces = facts?.['namespaces'] as Record<string, Record<string, unknown>>;
    const commands = namespaces['command_output']!;
    for (const counts of [facts?.['total'], commands]) {
      assert.deepEqual(
        Object.keys(counts as object).sort(),
        [...Object.keys(NOTHING), 'rate'].sort(),
      );
    }
    const { hits, misses, rate, entries } = commands;
    assert.deepEqual([hits, misses, rate, entries], [2, 2, 0.5, 2]);
    assert.deepEqual(Object.keys(facts?.['agents'] as object).sort(), ['ends', 'reads']);
  });

  it('forgets one agent, one namespace, or what one run has added', async () => {
    await ask('run', 'two');
    assert.equal((await ask('cache', 'clear', '--agent', 'ends')).out, '1 answer cleared.\n');
    await ask('run', 'two');
    assert.deepEqual(project.notes(), ['reads', 'ends', 'ends']);
    assert.match((await ask('show', '2')).out, /✓ end .* · ran: the answer is not kept any more\n/);
    assert.deepEqual(objects((await ask('cache', 'clear', '--run', 'last', '--json')).out), [
      { cleared: 1, what: { kind: 'run', run: 'two-2' } },
    ]);
    assert.equal(
      (await ask('cache', 'clear', '--namespace', 'command_output')).out,
      '1 answer cleared.\n',
    );
    assert.equal(
      (await ask('cache', 'clear', '--agent', 'reads')).out,
      'Nothing was kept there.\n',
    );
  });

  it('names what it knows when it is asked to forget what it does not know', async () => {
    assert.deepEqual(await ask('cache', 'clear', '--agent', 'red'), {
      code: 2,
      out: '',
      err: 'sluice: The cache knows no agent "red", only ends, reads.\n',
    });
    assert.match(
      (await ask('cache', 'clear', '--namespace', 'web')).err,
      /^sluice: The cache knows no namespace "web", only command_output, .*web_search\.\n$/,
    );
    assert.match(
      (await ask('cache', 'clear', '--run', '7')).err,
      /^sluice: Nothing has run in this folder yet\.\n$/,
    );
    const several = await ask('cache', 'clear', '--run', '1', '--agent', 'reads');
    assert.deepEqual(
      [several.code, several.err],
      [2, 'sluice: Name one of --namespace, --agent and --run, not several.\n'],
    );
    const stray = await ask('cache', '--agent', 'reads');
    assert.deepEqual(
      [stray.code, stray.err],
      [2, 'sluice: --agent says what to clear: sluice cache clear --agent …\n'],
    );
    assert.match((await ask('cache', 'wipe')).err, /Allowed choices are stats, clear\./);
  });

  it('forgets all only for who says so: with --yes, or asked on a screen', async () => {
    await ask('run', 'two');
    assert.deepEqual(await ask('cache', 'clear'), {
      code: 2,
      out: '',
      err: 'sluice: The whole cache of this folder would be gone, 2 answers. Say --yes if you want that, or name a part with --namespace, --agent or --run.\n',
    });
    const questions: string[] = [];
    const screen = (yes: boolean) =>
      Object.assign(new CapturedTerminal({ live: true }), {
        confirm: (question: string) => {
          questions.push(question);
          return Promise.resolve(yes);
        },
      });
    const no = await sluiceOn(screen(false), project, 'cache', 'clear');
    assert.deepEqual(no, { code: 130, out: '', err: 'Nothing was cleared.\n' });
    const yes = await sluiceOn(screen(true), project, 'cache', 'clear');
    assert.deepEqual(yes, { code: 0, out: '2 answers cleared.\n', err: '' });
    assert.deepEqual(questions, Array(2).fill('Clear the whole cache of this folder, 2 answers?'));
    assert.equal((await ask('cache', 'clear', '--yes')).out, 'Nothing was kept there.\n');
  });

  it('is as the user has set it, and what is wrong in the settings is told and passed over', async () => {
    await ask('run', 'two');
    project.writeHome('.config/sluice/cache.json', '{ "enabled": false }');
    await ask('run', 'two');
    assert.equal(project.notes().length, 4);
    project.writeHome(
      '.config/sluice/cache.json',
      '{ "ttl": { "command_output": "soon" }, "size": 3 }',
    );
    const { code, out, err } = await ask('run', 'two');
    assert.equal(code, 0);
    assert.match(out, /2 of 2 reused/);
    assert.match(err, /cache\.json has "size", which is none of enabled, ttl, maxSizeMb\.\n/);
    assert.match(err, /cache\.json: cache\.ttl gives command_output "soon", and needs a duration/);
    for (const [text, problem] of [
      ['{', /cache\.json is not JSON, so none of its settings count/],
      ['[]', /cache\.json must hold an object, so none of its settings count\.\n/],
    ] as const) {
      project.writeHome('.config/sluice/cache.json', text);
      assert.match((await ask('cache')).err, problem);
    }
  });
});
