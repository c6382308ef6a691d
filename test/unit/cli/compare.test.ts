import assert from 'node:assert/strict';
import process from 'node:process';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { TempProject } from '../../support/project.ts';
import { CapturedTerminal, objects, sluice, sluiceOn } from './commandLine.ts';

type Facts = Readonly<Record<string, unknown>>;

describe('sluice compare', function () {
  this.timeout(60_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.agent('good', `note(process.env.SLUICE_TASK); console.log('fine')`);
    // What runs and what it did before is in the notes: every second run of it fails.
    project.agent(
      'moody',
      `note('moody'); const all = fs.readFileSync(process.env.COUNT, 'utf8').split('\\n');
       process.exitCode = all.filter((line) => line === 'moody').length % 2 === 0 ? 3 : 0;`,
      { env: { COUNT: `${project.parent}/notes` } },
    );
    project.workflow('steady', {
      first: { agent: 'good' },
      then: { agent: 'good', needs: 'first' },
    });
    project.workflow('moody', { only: { agent: 'moody' } });
    project.workflow('guarded', { ask: { gate: 'Go on?' }, then: { agent: 'good', needs: 'ask' } });
    project.workflow(
      'words',
      { say: { agent: 'good', prompt: '${{ inputs.word }}' } },
      { inputs: { word: null } },
    );
  });
  afterEach(() => project.dispose());

  const ask = (...args: readonly string[]) => sluice(project, 'compare', ...args);
  const table = (out: string, name: string) =>
    out.split('\n').find((line) => line.startsWith(`${name} `)) ?? '';

  it('makes runs of both in turn, and tells what they came to and how sure that is', async () => {
    const { code, out, err } = await ask('steady', 'moody', '--runs', '4');
    assert.equal(code, 0, err);
    assert.match(
      err,
      /^8 runs: 4 of steady and 4 of moody\. Expected: .*, cost 0, no model is asked\.\n/,
    );
    assert.deepEqual(
      [...err.matchAll(/^\d of 8: \w+-\d \((\w)\) (\w+)/gm)].map(([, way, status]) => [
        way,
        status,
      ]),
      [
        ['A', 'succeeded'],
        ['B', 'succeeded'],
        ['B', 'failed'],
        ['A', 'succeeded'],
        ['A', 'succeeded'],
        ['B', 'succeeded'],
        ['B', 'failed'],
        ['A', 'succeeded'],
      ],
    );
    assert.match(
      out,
      /\nA {4}steady-1 +succeeded +[\d.]+ m?s +[\d.]+ m?s +2 \(2\+0\+0\) +- +- +-\n/,
    );
    assert.match(
      table(out, 'success'),
      /^success +4 of 4 \(51–100 %\) +2 of 4 \(15–85 %\) +−50 points/,
    );
    assert.match(table(out, 'iterations'), / 2 \(2–2\) +1 \(1–1\) +−1 .* 0\.029 +0\.086$/);
    assert.match(table(out, 'cost'), /^cost( +-){5}$/);
    assert.match(
      out,
      /\nIn words\nFrom 4 runs each nothing can be significant, however far the ways are apart: p cannot be below 0\.086\. It takes at least 5 of each\.\nNo difference in success can be told: 4 of 4 against 2 of 4, p = [\d.]+/,
    );
    // Runs as any others.
    const runs = (await sluice(project, 'runs')).out;
    assert.equal(runs.split('\n').filter((line) => /^(steady|moody)-\d /.test(line)).length, 8);
    assert.match(
      (await sluice(project, 'show', '1')).out,
      /one of two ways that are compared: steady and moody/,
    );
  });

  it('lets no run live on what another did, unless it is told to', async () => {
    await ask('steady', 'moody', '--runs', '2');
    assert.equal(project.notes().filter((line) => line === 'first').length, 2);
    const { out } = await ask('steady', 'moody', '--runs', '2', '--cache');
    assert.ok(project.notes().filter((line) => line === 'first').length <= 3);
    assert.match(out, /reused what was made before/);
  });

  it('tells of runs that are kept, and adds them to new ones when asked to', async () => {
    const none = await ask('steady', 'moody');
    assert.deepEqual([none.code, none.out], [2, '']);
    assert.match(none.err, /No run of steady is kept here .* sluice compare steady moody --runs 5/);
    await sluice(project, 'run', 'steady');
    await sluice(project, 'run', 'moody');
    const kept = await ask('steady', 'moody', '--since', '1h', '--last', '1');
    assert.equal(kept.code, 0);
    assert.match(kept.out, /\nFrom 1 run each nothing can be significant/);
    assert.match(kept.out, /\nWhich way was taken was chosen by people/);
    const { out } = await ask('steady', 'moody', '--runs', '1', '--with-kept');
    assert.match(table(out, 'success'), /^success +2 of 2 .* 1 of 2 /);
    const drawn = await ask('steady', 'moody', '--drawn');
    assert.match(table(drawn.out, 'success'), /^success +1 of 1 .* 0 of 1 /);
    assert.doesNotMatch(drawn.out, /chosen by people/);
  });

  it('tells all of it as JSON, an object a line', async () => {
    const { code, out } = await ask('steady', 'moody', '--runs', '1', '--json');
    assert.equal(code, 0);
    const [first, second, comparison] = objects(out);
    assert.deepEqual(
      [first?.['type'], first?.['way'], first?.['status']],
      ['run', 'A', 'succeeded'],
    );
    assert.deepEqual(
      [second?.['type'], second?.['run'], second?.['cost']],
      ['run', 'moody-2', { kind: 'none' }],
    );
    assert.equal(comparison?.['type'], 'comparison');
    const { a, test } = comparison['success'] as { readonly a: Facts; readonly test: Facts };
    assert.deepEqual([a['successes'], a['of'], test['p']], [1, 1, 1]);
    assert.equal((comparison['runs'] as readonly Facts[]).length, 2);
    assert.equal((comparison['sentences'] as readonly string[]).length, 5);
  });

  it('counts a run that waits for a person as no success, and answers gates as it is told', async () => {
    const waits = await ask('steady', 'guarded', '--runs', '1');
    assert.equal(waits.code, 0);
    assert.match(waits.out, /\nB {4}guarded-2 +waits +- /);
    assert.match(table(waits.out, 'success'), /1 of 1 .* 0 of 1 /);
    assert.match(waits.out, /\n1 run waits for a person: no success/);
    const answered = await ask('steady', 'guarded', '--runs', '1', '--approve', 'ask');
    assert.match(table(answered.out, 'success'), /1 of 1 .* 1 of 1 /);
    const stranger = await ask('steady', 'guarded', '--runs', '1', '--approve', 'nobody');
    assert.deepEqual(
      [stranger.code, stranger.err],
      [2, 'sluice: Neither workflow has a gate "nobody", only ask.\n'],
    );
  });

  it('starts nothing where one of them cannot run, or does not take what it is given', async () => {
    project.workflow('broken', { only: { agent: 'nobody' } });
    project.command('lost', ['no-such-program-anywhere']);
    project.workflow('missing', { only: { agent: 'lost' } });
    for (const other of ['broken', 'missing']) {
      const { code, out, err } = await ask('steady', other, '--runs', '1');
      assert.deepEqual([code, out], [2, '']);
      assert.match(
        err,
        new RegExp(`It cannot work[^]*sluice: ${other} cannot run, so nothing was started`),
      );
    }
    const unknown = await ask('steady', 'moody', '--runs', '1', '-i', 'x=1');
    assert.match(unknown.err, /Neither steady nor moody has an input x\.\n$/);
    const same = await ask('steady', 'steady', '--runs', '1');
    assert.match(same.err, /steady cannot be compared with itself\.\n$/);
    assert.match((await ask('steady', 'words', '--runs', '1')).err, /needs? a value for word|word/);
    assert.match(
      (await ask('steady', 'nothing', '--runs', '1')).err,
      /There is no workflow "nothing" here, only /,
    );
    assert.equal((await sluice(project, 'runs')).out, 'Nothing has run here yet.\n');
    assert.equal((await ask('steady', 'words', '--runs', '1', '-i', 'word=hello')).code, 0);
  });

  it('refuses options that mean nothing together', async () => {
    assert.match(
      (await ask('steady', 'moody', '--at-once', '2')).err,
      /^sluice: --at-once is for runs that are made: say how many with --runs\.\n$/,
    );
    assert.match(
      (await ask('steady', 'moody', '--runs', '2', '--last', '2')).err,
      /^sluice: --last is for runs that are kept: add them with --with-kept\.\n$/,
    );
    assert.match(
      (await ask('steady', 'moody', '--runs', '2', '--timeout', '0s')).err,
      /It must be seconds/,
    );
  });

  it('stops a run whose time is up, and counts it as failed and as taking that long', async () => {
    project.agent('stuck', `await sign('never');`);
    project.workflow('stuck', { only: { agent: 'stuck' } });
    const { code, out } = await ask('steady', 'stuck', '--runs', '1', '--timeout', '3s');
    assert.equal(code, 0);
    assert.match(out, /\nB {4}stuck-2 +timed out +\d\.\d s /);
    assert.match(out, /\n1 run took longer than 3\.0 s and was stopped: no success/);
  });

  it('stops at Ctrl+C, and tells what is there', async () => {
    project.agent('stuck', `note('stuck'); await sign('never');`);
    project.workflow('stuck', { only: { agent: 'stuck' } });
    const told = ask('steady', 'stuck', '--runs', '3');
    await project.noted('stuck');
    process.emit('SIGINT');
    const { code, out, err } = await told;
    assert.equal(code, 130);
    assert.match(err, /\nStopped after 2 of 6 runs\.\n$/);
    assert.match(out, /\nA {4}steady-1 +succeeded /);
    assert.match(out, /\nB {4}stuck-2 +cancelled +- /);
    assert.match(out, /\nNothing can be told: no run of stuck counts\.\n/);
  });

  it('asks before it may cost something, and starts nothing where nobody can be asked', async () => {
    project.write(
      '.sluice/agents/writer.md',
      '---\nname: writer\ndescription: writes\nmodel: openai/gpt-4o-mini\n---\nYou write.\n',
    );
    project.workflow('paid', { only: { agent: 'writer', prompt: 'Write.' } });
    project.writeHome('.config/sluice/models.json', '{}');
    const paid = {
      environment: { ...project.environment, OPENAI_API_KEY: 'sk-none' },
      folder: project.folder,
    };
    const silent = await sluiceOn(
      new CapturedTerminal(),
      paid,
      'compare',
      'steady',
      'paid',
      '--runs',
      '1',
    );
    assert.deepEqual([silent.code, silent.out], [2, '']);
    assert.match(silent.err, /sluice: This may cost money\. Say --yes if you want that\.\n$/);
    const asked: string[] = [];
    const terminal: CapturedTerminal & Pick<Terminal, 'confirm'> = Object.assign(
      new CapturedTerminal(),
      {
        confirm: (question: string) => {
          asked.push(question);
          return Promise.resolve(false);
        },
      },
    );
    const refused = await sluiceOn(terminal, paid, 'compare', 'steady', 'paid', '--runs', '1');
    assert.deepEqual([refused.code, asked], [130, ['Make 2 runs?']]);
    assert.match(refused.err, /Nothing was started\.\n$/);
    assert.equal((await sluice(project, 'runs')).out, 'Nothing has run here yet.\n');
  });
});

describe('A share of runs', function () {
  this.timeout(30_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject('plain');
    project.agent('good', `note(process.env.SLUICE_RUN ?? 'ran')`);
    project.workflow('build', { only: { agent: 'good' } });
    project.workflow('build-alone', { only: { agent: 'good' } });
    project.workflow('needs-word', { only: { agent: 'good' } }, { inputs: { word: null } });
  });
  afterEach(() => project.dispose());

  const shares = (rules: unknown) =>
    project.writeHome('.config/sluice/compare.json', JSON.stringify({ share: rules }));
  const factsOf = async (run: string) =>
    objects((await sluice(project, 'show', run, '--json')).out)[0];

  it('starts the other workflow in its place, says so, and keeps it in the run', async () => {
    shares({ build: { with: 'build-alone', share: 1 } });
    const { code, out, err } = await sluice(project, 'run', 'build');
    assert.equal(code, 0);
    assert.equal(
      err.split('\n').at(-2),
      'build-alone runs in place of build: by your settings it does so in 100 % of the runs.',
    );
    assert.match(out, /^build-alone-1\n/);
    const drawn = { asked: 'build', other: 'build-alone', share: 1 };
    assert.deepEqual((await factsOf('last'))?.['drawn'], drawn);
    // Who asks for the other one, or for this one itself, gets it.
    assert.match((await sluice(project, 'run', 'build-alone')).out, /^build-alone-2\n/);
    assert.equal((await factsOf('last'))?.['drawn'], undefined);
    assert.match((await sluice(project, 'run', 'build', '--as-asked')).out, /^build-3\n/);
    assert.equal((await factsOf('last'))?.['drawn'], undefined);
  });

  it('keeps in the run also that the workflow itself was drawn', async () => {
    shares({ build: { with: 'build-alone', share: 0 } });
    const { out, err } = await sluice(project, 'run', 'build');
    assert.match(out, /^build-1\n/);
    assert.doesNotMatch(err, /in place/);
    assert.deepEqual((await factsOf('last'))?.['drawn'], {
      asked: 'build',
      other: 'build-alone',
      share: 0,
    });
  });

  it('leaves the one that was asked for where the other does not fit, and says why', async () => {
    shares({ build: { with: 'needs-word', share: 1 } });
    const { code, out, err } = await sluice(project, 'run', 'build');
    assert.equal(code, 0);
    assert.match(out, /^build-1\n/);
    assert.match(
      err,
      /build runs\. By your settings it was needs-word's turn, which cannot take its place: needs-word needs a value for word\.\n/,
    );
    assert.equal((await factsOf('last'))?.['drawn'], undefined);
    shares({ build: { with: 'gone', share: 1 } });
    assert.match(
      (await sluice(project, 'run', 'build')).err,
      /cannot take its place: there is no such workflow\.\n/,
    );
  });

  it('tells what is wrong in the settings, and passes it over', async () => {
    shares({ build: { with: 'build', share: 1 }, other: { with: 'build', share: 50 }, more: 3 });
    const { code, out, err } = await sluice(project, 'run', 'build');
    assert.equal(code, 0);
    assert.match(out, /^build-1\n/);
    assert.match(err, /compare\.json: share of "build" names itself/);
    assert.match(err, /share of "other" must have a "share" from 0 to 1/);
    assert.match(err, /share of "more" must be such as/);
  });
});
