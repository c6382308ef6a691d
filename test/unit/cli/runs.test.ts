import assert from 'node:assert/strict';
import path from 'node:path';
import { TempProject } from '../../support/project.ts';
import { CapturedTerminal, objects, sluice, sluiceOn } from './commandLine.ts';

/** Without what differs each time: durations. */
function steady(out: string): string {
  return out.replace(/\d+(?:\.\d)? (?:ms|s)\b/g, 'SOME');
}

describe('sluice run', function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.agent('works', `note(process.env.SLUICE_TASK); fs.writeFileSync('report.md', 'made');`);
    project.agent('fails', `console.log('no luck'); process.exitCode = 3;`);
    project.agent('tells', `note(process.env.WORD);`);
    project.workflow('good', {
      first: { agent: 'works', produces: 'report.md' },
      then: { agent: 'works', needs: 'first' },
    });
    project.workflow('bad', { only: { agent: 'fails' }, after: { agent: 'works', needs: 'only' } });
    project.workflow('mixed', { only: { agent: 'fails' }, other: { agent: 'works' } });
    project.workflow('guarded', {
      make: { agent: 'works', produces: 'report.md' },
      ask: { needs: 'make', gate: { ask: 'Keep it?', show: 'report.md' } },
      confirm: { needs: 'ask', gate: 'Sure?' },
    });
    project.workflow(
      'words',
      { say: { agent: 'tells', env: { WORD: '${{ inputs.word }}' } } },
      { inputs: { word: null } },
    );
  });
  afterEach(() => project.dispose());

  it('tells each task as it ends, where its files are, and exits with 0', async () => {
    const { code, out, err } = await sluice(project, 'run', 'good');
    assert.equal(
      steady(out),
      [
        'good-1',
        '  ✓ first  succeeded  SOME',
        '  ✓ then   succeeded  SOME',
        '  first is on ai/generated/good-1/first (report.md)',
        'good-1 · succeeded · 2 of 2 done · checkout untouched · SOME',
        '',
      ].join('\n'),
    );
    assert.deepEqual([code, err], [0, '']);
  });

  it('exits with 1 when the run failed, and says what to do', async () => {
    const { code, out } = await sluice(project, 'run', 'bad');
    assert.equal(code, 1);
    assert.match(out, /✗ only +failed +".*node" exited with code 3\n/);
    assert.match(out, /- after +skipped +only did not succeed\n/);
    assert.match(out, / {2}only: Read its output\. If this code means success/);
    assert.match(out, /bad-1 · failed · 0 of 2 done · 1 failed · 1 skipped/);
  });

  it('exits with 4 when some tasks failed and yet an end was reached', async () => {
    const { code, out } = await sluice(project, 'run', 'mixed');
    assert.equal(code, 4);
    assert.match(out, /mixed-1 · degraded · 1 of 2 done · 1 failed/);
  });

  it('exits with 3 when only gates are left, and says how to answer', async () => {
    const { code, out } = await sluice(project, 'run', 'guarded');
    assert.equal(code, 3);
    assert.match(out, /\? ask +waiting +Keep it\?\n/);
    assert.match(out, /guarded-1 · waiting · 1 of 3 done · 1 waiting/);
    assert.match(
      out,
      /Answer with: sluice approve guarded-1 ask {3}or: sluice reject guarded-1 ask\nOr have it changed: sluice request-changes guarded-1 ask --note <text>\n$/,
    );
    assert.match((await sluice(project, 'runs')).out, /^guarded-1 +waiting /);
  });

  it('approves the gates it is told to, or all', async () => {
    const all = await sluice(project, 'run', 'guarded', '--approve', 'all');
    assert.equal(all.code, 0);
    assert.match(all.out, /✓ confirm +approved +by .+: approved on the command line/);
    const one = await sluice(project, 'run', 'guarded', '--approve', 'ask');
    assert.equal(one.code, 3);
    assert.match(one.out, /✓ ask +approved/);
    assert.match(one.out, /\? confirm +waiting/);
    const both = await sluice(
      project,
      'run',
      'guarded',
      '--approve',
      'ask',
      '--approve',
      'confirm',
    );
    assert.equal(both.code, 0);
    assert.deepEqual(await sluice(project, 'run', 'guarded', '--approve', 'aks'), {
      code: 2,
      out: '',
      err: 'sluice: guarded has no gate "aks", only ask, confirm.\n',
    });
  });

  it('gives inputs, and exits with 2 when one is missing, unknown or not key=value', async () => {
    assert.equal((await sluice(project, 'run', 'words', '-i', 'word=a=b')).code, 0);
    assert.equal((await sluice(project, 'run', 'words', '--input', 'word=')).code, 0);
    assert.deepEqual(project.notes(), ['a=b', '']);
    for (const [args, problem] of [
      [[], 'sluice: words needs a value for word.\n'],
      [['-i', 'word=x', '-i', 'wird=y'], 'sluice: words has no input wird. It takes word.\n'],
      [['-i', 'word'], /^error: .*Write it as key=value\.\n/],
    ] as const) {
      const { code, err } = await sluice(project, 'run', 'words', ...args);
      assert.equal(code, 2);
      if (typeof problem === 'string') {
        assert.equal(err, problem);
      } else {
        assert.match(err, problem);
      }
    }
    assert.equal(objects((await sluice(project, 'runs', '--json')).out).length, 2);
  });

  it('makes lanes of an input that is a JSON list, or one value a line', async () => {
    project.workflow(
      'lanes',
      {
        say: {
          agent: 'tells',
          matrix: { word: '${{ inputs.words }}' },
          env: { WORD: '${{ matrix.word }}' },
        },
      },
      { inputs: { words: null } },
    );
    for (const words of ['["a b","c=d"]', 'a b\nc=d\n']) {
      const { code, out } = await sluice(
        project,
        'run',
        'lanes',
        '--no-cache',
        '-i',
        `words=${words}`,
      );
      assert.equal(code, 0, out);
      assert.match(out, / · succeeded · 2 of 2 done/);
    }
    assert.deepEqual(project.notes().sort(), ['a b', 'a b', 'c=d', 'c=d']);
  });

  it('tells of each task the groups it is in, and the time expected beside the time it took', async () => {
    project.workflow('outer', { inner: { workflow: 'good' } });
    await sluice(project, 'run', 'good');
    assert.equal((await sluice(project, 'run', 'outer', '--no-cache')).code, 0);
    const [shown] = objects((await sluice(project, 'show', 'last', '--json')).out);
    const [first, then] = shown?.['tasks'] as Record<string, unknown>[];
    assert.deepEqual([first?.['groups'], then?.['groups']], [['inner'], ['inner']]);
    assert.deepEqual([first?.['verbs'], first?.['triesAgainAt']], [['rerun'], undefined]);
    for (const name of ['estimateMs', 'durationMs']) {
      assert.ok(Number(first?.[name]) > 0, name);
    }
  });

  it('takes a workflow by its file, also one outside .sluice', async () => {
    project.write('other/own.yaml', 'name: own\nsteps: { only: { agent: works } }\n');
    for (const file of ['other/own.yaml', path.join(project.folder, 'other/own.yaml')]) {
      const { code, out } = await sluice(project, 'run', file);
      assert.equal(code, 0);
      assert.match(out, /^own-\d\n/);
    }
  });

  it('exits with 2 for a workflow that is not there or cannot run, and starts nothing', async () => {
    assert.deepEqual(await sluice(project, 'run', 'nothing'), {
      code: 2,
      out: '',
      err: 'sluice: There is no workflow "nothing" here, only bad, good, guarded, mixed, words.\n',
    });
    project.write(
      '.sluice/workflows/cycle.yaml',
      'a: 1\nsteps:\n  a: { agent: works, needs: a }\n',
    );
    const { code, out, err } = await sluice(project, 'run', 'cycle');
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /^\.sluice\/workflows\/cycle\.yaml:1:1: error: .* \[unknown-field\]\n/);
    assert.match(err, /\.sluice\/workflows\/cycle\.yaml:3:29: error: /);
    assert.match(err, /sluice: cycle cannot run before its problems are solved\.\n$/);
    assert.equal((await sluice(project, 'runs')).out, 'Nothing has run here yet.\n');
  });

  it('runs as many tasks at once as it is told', async () => {
    project.workflow(
      'wide',
      Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, { agent: 'works' }])),
    );
    const most = async (...args: string[]) => {
      const { code, out } = await sluice(project, 'run', 'wide', '--no-cache', '--json', ...args);
      assert.equal(code, 0);
      let running = 0;
      const changes: Record<string, number> = { 'task-started': 1, 'task-succeeded': -1 };
      return Math.max(...objects(out).map(({ type }) => (running += changes[String(type)] ?? 0)));
    };
    assert.equal(await most(), 4);
    assert.equal(await most('--max-parallel', '2'), 2);
    assert.equal(await most('--sequential'), 1);
    assert.equal(await most('--sequential', '--max-parallel', '4'), 1);
    assert.equal((await sluice(project, 'run', 'wide', '--max-parallel', '0')).code, 2);
    assert.equal((await sluice(project, 'run', 'wide', '--max-parallel', 'many')).code, 2);
  });

  it('gives every event as an object, and last how the run ended', async () => {
    const { code, out } = await sluice(project, 'run', 'good', '--json');
    const told = objects(out);
    const end = told.pop()!;
    assert.equal(code, 0);
    assert.deepEqual(
      told.map(({ seq }) => seq),
      told.map((_, index) => index + 1),
    );
    assert.deepEqual([told[0]?.['type'], told.at(-1)?.['type']], ['run-created', 'run-finished']);
    assert.deepEqual(
      [end['type'], end['run'], end['workflow'], end['status']],
      ['end', 'good-1', 'good', 'succeeded'],
    );
    const [first] = end['tasks'] as Record<string, unknown>[];
    assert.deepEqual(
      [first?.['task'], first?.['agent'], first?.['state'], first?.['branch']],
      ['first', 'works', 'succeeded', 'ai/generated/good-1/first'],
    );
    const shown = objects((await sluice(project, 'show', 'last', '--json')).out)[0];
    assert.deepEqual({ ...shown, type: 'end' }, end);
  });

  it('says on standard error that no branch will be made where there is no repository', async () => {
    const plain = new TempProject('plain');
    try {
      plain.agent('works', `fs.writeFileSync('report.md', 'made');`);
      plain.workflow('good', { first: { agent: 'works', produces: 'report.md' } });
      const { code, out, err } = await sluice(plain, 'run', 'good');
      assert.equal(code, 0);
      assert.match(err, /^This folder is not in a Git repository: artifacts stay with their run/);
      assert.doesNotMatch(out, /is on/);
      assert.equal((await sluice(plain, 'runs')).err, '');
    } finally {
      await plain.dispose();
    }
  });

  it('works in the folder that -C names, before or after the command', async () => {
    const { environment, parent } = project;
    const from = (...args: string[]) =>
      sluiceOn(new CapturedTerminal(), { environment, folder: parent }, ...args);
    const folder = path.basename(project.folder);
    for (const args of [
      ['-C', folder, 'run', 'good'],
      ['run', 'good', '-C', folder],
      ['run', '-C', project.folder, 'good', '--json'],
    ]) {
      assert.equal((await from(...args)).code, 0, args.join(' '));
    }
    assert.match((await from('runs', '-C', folder)).out, /^good-3 .*\ngood-2 .*\ngood-1 .*\n$/);
    assert.equal((await from('runs')).out, 'Nothing has run here yet.\n');
    assert.deepEqual(await from('-C', 'nowhere', 'runs'), {
      code: 2,
      out: '',
      err: `sluice: There is no folder ${path.join(parent, 'nowhere')}. Give one with -C.\n`,
    });
  });

  it('names a missing command and how to install it', async () => {
    project.command('missing', ['no-such-tool'], { install: 'npm install no-such-tool' });
    project.workflow('lacks', { only: { agent: 'missing' } });
    const { code, out } = await sluice(project, 'run', 'lacks');
    assert.equal(code, 1);
    assert.match(out, /✗ only {2}failed +The command "no-such-tool" was not found\n/);
    assert.match(out, / {2}only: Install it: npm install no-such-tool\n/);
  });
});
