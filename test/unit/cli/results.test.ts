import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { TempProject } from '../../support/project.ts';
import { digestCheckout, gitEnvironment } from '../../support/tempRepository.ts';
import { interruptible } from '../../../src/cli/interrupting.ts';
import { CapturedTerminal, objects, sluice, sluiceOn } from './commandLine.ts';

const LINES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** A file of nine lines, of which one is another. */
function nine(at: number, line: string): string {
  return `${LINES.with(at, line).join('\n')}\n`;
}

describe('What tasks have made', function () {
  this.timeout(60_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.write('src/a.txt', `${LINES.join('\n')}\n`);
    project.write('src/old.txt', 'old\n');
    const write = (file: string, text: string) =>
      `fs.mkdirSync('src', { recursive: true }); fs.writeFileSync(${JSON.stringify(file)}, ${JSON.stringify(text)});`;
    project.agent('first-line', write('src/a.txt', nine(0, 'ONE')));
    project.agent('last-line', write('src/a.txt', nine(8, 'NINE')));
    project.agent('other-first', write('src/a.txt', nine(0, 'Eins')));
    project.agent(
      'makes',
      `${write('src/new b.txt', 'new\n')} fs.writeFileSync('logo.png', '\\0');`,
    );
    const produces = 'src/a.txt';
    project.workflow('apart', {
      top: { agent: 'first-line', produces },
      bottom: { agent: 'last-line', produces },
      more: { agent: 'makes', produces: ['src/new b.txt', 'logo.png'] },
    });
    project.workflow('clash', {
      top: { agent: 'first-line', produces },
      other: { agent: 'other-first', produces },
    });
    project.repository.commit();
  });
  afterEach(() => project.dispose());

  const ask = (...args: string[]) => sluice(project, ...args);

  async function ran(workflow: string): Promise<void> {
    const { code, out, err } = await ask('run', workflow, '--sequential');
    assert.equal(code, 0, out + err);
  }

  it('are shown as a diff that git applies', async () => {
    await ran('apart');
    const top = await ask('diff', '1', 'top');
    assert.deepEqual(top, {
      code: 0,
      out: [
        'diff --git a/src/a.txt b/src/a.txt',
        '--- a/src/a.txt',
        '+++ b/src/a.txt',
        '@@ -1,4 +1,4 @@',
        '-one',
        '+ONE',
        ' two',
        ' three',
        ' four',
        '',
      ].join('\n'),
      err: '',
    });
    const { out } = await ask('diff', 'last', 'more');
    assert.match(out, /^diff --git a\/logo\.png b\/logo\.png\nnew file mode 100644\nBinary files /);
    assert.match(out, /\ndiff --git a\/src\/new b\.txt b\/src\/new b\.txt\nnew file mode 100644\n/);
    const applied = spawnSync('git', ['apply'], {
      cwd: project.folder,
      env: gitEnvironment,
      input: top.out,
      encoding: 'utf8',
    });
    assert.deepEqual([applied.status, applied.stderr], [0, '']);
    assert.equal(fs.readFileSync(path.join(project.folder, 'src/a.txt'), 'utf8'), nine(0, 'ONE'));
  });

  it('are shown of all tasks, as how much changed, as names, and as objects', async () => {
    await ran('apart');
    assert.deepEqual((await ask('diff', '1')).out.match(/^# .*/gm), [
      '# top',
      '# bottom',
      '# more',
    ]);
    assert.equal(
      (await ask('diff', '1', 'more', '--stat')).out,
      [
        ' logo.png      | Bin 0 B -> 1 B',
        ' src/new b.txt |   1 +',
        ' 2 files changed, 1 insertion(+)',
        '',
      ].join('\n'),
    );
    assert.equal(
      (await ask('diff', '1', '--name-only')).out,
      'logo.png\nsrc/a.txt\nsrc/new b.txt\n',
    );
    const [, text] = objects((await ask('diff', '1', 'more', '--json')).out);
    assert.deepEqual(
      { ...text, is: undefined },
      {
        ...{ run: 'apart-1', task: 'more', path: 'src/new b.txt', how: 'added', was: null },
        ...{ is: undefined, lines: { added: 1, removed: 0 } },
        patch:
          'diff --git a/src/new b.txt b/src/new b.txt\nnew file mode 100644\n--- /dev/null\n+++ b/src/new b.txt\t\n@@ -0,0 +1 @@\n+new',
      },
    );
    const [named] = objects((await ask('diff', '1', 'top', '--name-only', '--json')).out);
    assert.deepEqual(
      [named?.['path'], named?.['how'], named?.['lines']],
      ['src/a.txt', 'changed', undefined],
    );
    assert.equal((await ask('diff', '1', '--stat', '--name-only')).code, 2);
  });

  it('are shown from the root of the repository, on a screen in colours and without escapes', async () => {
    project.write(
      'part/.sluice/agents/loud.json',
      JSON.stringify({
        name: 'loud',
        command: [
          process.execPath,
          '-e',
          `require('fs').writeFileSync('x.txt', 'a\\u001b[2Jb\\n')`,
        ],
      }),
    );
    project.write(
      'part/.sluice/workflows/in.json',
      JSON.stringify({
        name: 'in',
        steps: { only: { agent: 'loud', produces: 'x.txt' } },
      }),
    );
    project.repository.commit();
    const part = { environment: project.environment, folder: path.join(project.folder, 'part') };
    await sluiceOn(new CapturedTerminal(), part, 'run', 'in');
    const screen = new CapturedTerminal({ live: true, colour: true });
    const { out } = await sluiceOn(screen, part, 'diff', 'last', 'only');
    assert.match(out, /\+\+\+ b\/part\/x\.txt/);
    assert.ok(out.endsWith('\u001b[32m+ab\u001b[39m\n'));
    assert.equal(
      (await sluiceOn(new CapturedTerminal(), part, 'diff', 'last', 'only', '--name-only')).out,
      'x.txt\n',
    );
    const piped = await sluiceOn(new CapturedTerminal(), part, 'diff', 'last');
    assert.ok(piped.out.endsWith('\n+a\u001b[2Jb\n'));
  });

  it('can be forecast: exit code 0 without a conflict, 1 with one', async () => {
    await ran('apart');
    assert.deepEqual(await ask('forecast', 'last'), {
      code: 0,
      out: 'apart-1: no conflicts\n',
      err: '',
    });
    await ran('clash');
    const { code, out } = await ask('forecast', 'last');
    assert.equal(code, 1);
    assert.equal(out, 'clash-2: 1 conflict\nsrc/a.txt: top and other changed the same lines\n');
    const [facts] = objects((await ask('forecast', '2', '--json')).out);
    assert.deepEqual(
      [facts?.['run'], facts?.['tasks'], facts?.['base']],
      ['clash-2', ['top', 'other'], 'main'],
    );
  });

  it('are merged into one branch, and nothing of the checkout is touched', async () => {
    await ran('apart');
    const before = digestCheckout(project.folder);
    const { code, out, err } = await ask('merge', 'last');
    assert.deepEqual([code, err], [0, '']);
    assert.match(
      out,
      /^ {2}merging \w+\n {2}merging \w+\n {2}merging \w+\napart-1 is merged on ai\/generated\/apart-1\/merged \([0-9a-f]{10}\)\.\nBring it into your branch with: git merge ai\/generated\/apart-1\/merged\n$/,
    );
    assert.deepEqual(digestCheckout(project.folder), before);
    project.repository.git('merge', '--quiet', 'ai/generated/apart-1/merged');
    assert.equal(
      fs.readFileSync(path.join(project.folder, 'src/a.txt'), 'utf8'),
      `${LINES.with(0, 'ONE').with(8, 'NINE').join('\n')}\n`,
    );
    const told = objects((await ask('merge', 'last', '--json')).out);
    assert.equal(told.at(-1)?.['kind'], 'done');
  });

  describe('in conflict', () => {
    beforeEach(async () => {
      await ran('clash');
      const { code, out } = await ask('merge', 'last');
      assert.equal(code, 3);
      assert.match(
        out,
        /The result of other cannot be merged without you: 1 path conflicts\.\n {2}src\/a\.txt: both changed the same lines\n/,
      );
      assert.match(out, /Choose with: sluice merge clash-1 --take ours src\/a\.txt {3}or: /);
    });

    const merged = () => project.repository.git('show', 'ai/generated/clash-1/merged:src/a.txt');

    it('are taken as one of them has it', async () => {
      const { code, out } = await ask('merge', 'last', '--take', 'theirs', './src/a.txt');
      assert.equal(code, 0, out);
      assert.match(merged(), /^Eins\n/);
    });

    it('are taken as a file of one’s own has it', async () => {
      project.writeHome('mine=1.txt', nine(0, 'MINE'));
      const { code, out } = await ask('merge', 'last', '--take-file', 'src/a.txt=../mine=1.txt');
      assert.equal(code, 0, out);
      assert.match(merged(), /^MINE\n/);
    });

    it('are there again when it is begun anew, whatever was chosen, on the branch as it is now', async () => {
      const chosen = await ask('merge', 'last', '--take', 'theirs', 'src/a.txt');
      assert.equal(chosen.code, 0, chosen.out);
      project.write('src/a.txt', `${LINES.with(4, 'FIVE').join('\n')}\n`);
      project.repository.commit();
      const waits = await ask('merge', 'last', '--anew');
      assert.equal(waits.code, 3, waits.out);
      const again = await ask('merge', 'last', '--take', 'ours', 'src/a.txt');
      assert.equal(again.code, 0, again.out);
      assert.match(merged(), /^ONE\n[^]*\nFIVE\n/);
    });

    it('are written as files to be looked at', async () => {
      const { code, out } = await ask('merge', 'last', '--versions', '../three');
      assert.equal(code, 0);
      assert.equal(out.split('\n').length, 4);
      const read = (side: string) =>
        fs.readFileSync(path.join(project.parent, 'three', side, 'src/a.txt'), 'utf8');
      assert.deepEqual(
        ['was', 'ours', 'theirs'].map((side) => read(side).split('\n')[0]),
        ['one', 'ONE', 'Eins'],
      );
      assert.match((await ask('merge', 'last', '--versions', '../three')).err, /cannot be written/);
    });

    for (const [args, problem] of [
      [['--take', 'theirs'], 'Say of which path: --take theirs <path>.'],
      [
        ['--take', 'ours', 'b.txt'],
        'b.txt is no conflict with the result of other, only src/a.txt.',
      ],
      [
        ['--take-file', 'b.txt=x'],
        'b.txt is no conflict with the result of other, only src/a.txt.',
      ],
      [['--take-file', 'x'], 'Write it as --take-file <path>=<your file>.'],
      [
        ['--take', 'ours', 'src/a.txt', 'theirs', 'src/a.txt'],
        'There are two choices for src/a.txt. Give one.',
      ],
      [
        ['--versions', 'x', '--take', 'ours', 'src/a.txt'],
        'Look at the versions first: --versions goes without a choice.',
      ],
      [
        ['--anew', '--take', 'ours', 'src/a.txt'],
        'A merge that begins anew knows no choice yet: --anew goes without --take, --take-file and --versions.',
      ],
    ] as const) {
      it(`are not settled by ${args.join(' ')}`, async () => {
        assert.deepEqual(await ask('merge', 'last', ...args), {
          code: 2,
          out: '',
          err: `sluice: ${problem}\n`,
        });
      });
    }

    it('are to be named after the side that is taken', async () => {
      const { code, err } = await ask('merge', 'last', '--take', 'src/a.txt', 'ours');
      assert.equal(code, 2);
      assert.match(err, /Write it as --take ours <path> or --take theirs <path>\./);
    });
  });

  it('need no choice where no conflict waits for one, and get none', async () => {
    await ran('apart');
    assert.deepEqual(await ask('merge', 'last', '--take', 'ours', 'src/a.txt'), {
      code: 2,
      out: '',
      err: 'sluice: No conflict of apart-1 waits for a choice. "sluice merge apart-1" merges its results.\n',
    });
  });

  it('are not merged where the workflow’s own check fails, which is told with its end', async () => {
    const check = `if (require('fs').existsSync('src/new b.txt')) { console.log('b is bad'); process.exit(4); }`;
    project.workflow(
      'checked',
      {
        top: { agent: 'first-line', produces: 'src/a.txt' },
        more: { agent: 'makes', produces: 'src/new b.txt' },
      },
      { validate: [{ command: [process.execPath, '-e', check] }] },
    );
    project.repository.commit();
    await ask('run', 'checked');
    const { code, out } = await ask('merge', 'last');
    assert.equal(code, 1, out);
    assert.match(
      out,
      /^ {2}merging top\n {2}merging more\nWith the result of more, ".*" exits with code 4\.\n/,
    );
    assert.match(
      out,
      /\n {2}b is bad\nNo branch was made\. .* leave it out: sluice rollback checked-1 more /,
    );
    assert.equal((await ask('rollback', 'last', 'more')).code, 0);
    assert.equal((await ask('merge', 'last')).code, 0);
  });

  it('are taken back one by one', async () => {
    await ran('apart');
    const { code, out } = await ask('rollback', 'last', 'top');
    assert.equal(code, 0);
    assert.equal(
      out,
      'The result of top is taken back:\n  branch ai/generated/apart-1/top\n  tag workflow_apart-1_top\n',
    );
    assert.doesNotMatch(project.repository.git('branch', '--list', 'ai/*'), /top/);
    assert.match(project.repository.git('branch', '--list', 'ai/*'), /bottom/);
    assert.match(
      (await ask('show', 'last')).out,
      / {2}top was taken back by .+; it is on no branch\n/,
    );
    assert.equal((await ask('rollback', 'last', 'top')).code, 1);
  });

  it('go with their run, after all that goes was listed', async () => {
    await ran('apart');
    const refused = await ask('drop', 'last');
    assert.equal(refused.code, 2);
    assert.match(
      refused.err,
      /^This would go of apart-1, which ended \d{4}-\d\d-\d\d:\n(?: {2}(?:branch|tag) .*\n){6} {2}its journal and its workspace copies\nsluice: Say --yes if you want that\.\n$/,
    );
    assert.match((await ask('runs')).out, /^apart-1 /);
    const screen = (yes: boolean) =>
      Object.assign(new CapturedTerminal({ live: true }), { confirm: () => Promise.resolve(yes) });
    const no = await sluiceOn(screen(false), project, 'drop', 'last');
    assert.equal(no.code, 130);
    assert.match(no.err, /Nothing was dropped\.\n$/);
    const yes = await sluiceOn(screen(true), project, 'drop', 'last');
    assert.equal(yes.code, 0);
    assert.match(yes.out, /^apart-1 is dropped:\n {2}branch /);
    assert.equal((await ask('runs')).out, 'Nothing has run here yet.\n');
    assert.equal(project.repository.git('for-each-ref', '--format=%(refname)'), 'refs/heads/main');
  });

  it('go with runs that ended long ago', async () => {
    await ran('apart');
    assert.deepEqual(await ask('prune', '--older-than', '30d'), {
      code: 0,
      out: 'No run ended that long ago.\n',
      err: '',
    });
    const dry = await ask('prune', '--older-than', '0m', '--dry-run');
    assert.match(dry.out, /^This would go of apart-1, /);
    assert.match((await ask('runs')).out, /^apart-1 /);
    assert.equal((await ask('prune', '--older-than', '0m')).code, 2);
    const [gone] = objects((await ask('prune', '--older-than', '0m', '--yes', '--json')).out);
    assert.ok(gone);
    assert.equal(gone['run'], 'apart-1');
    assert.equal((gone['refs'] as string[]).length, 6);
    assert.equal((await ask('runs')).out, 'Nothing has run here yet.\n');
    assert.match((await ask('prune')).err, /required option '--older-than <age>' not specified/);
    assert.match((await ask('prune', '--older-than', 'May')).err, /minutes, hours, days or weeks/);
  });
});

describe('A run whose folder is changed meanwhile', function () {
  this.timeout(30_000);

  let project: TempProject;
  beforeEach(() => {
    project = new TempProject();
    project.write('mine.txt', 'mine\n');
    // What an agent that gets out of its copy does, or the user meanwhile.
    project.agent(
      'meddles',
      `fs.writeFileSync(${JSON.stringify(path.join(project.folder, 'mine.txt'))}, 'other\\n'); fs.writeFileSync('report.md', 'made');`,
    );
    project.agent('works', `note(process.env.SLUICE_TASK);`);
    project.workflow('two', {
      first: { agent: 'meddles', produces: 'report.md' },
      then: { agent: 'works', needs: 'first' },
    });
    project.repository.commit();
  });
  afterEach(() => project.dispose());

  it('says that it was not Sluice, and goes on when it is only to tell', async () => {
    const { code, out } = await sluice(project, 'run', 'two', '--on-checkout-change', 'tell');
    assert.equal(code, 0);
    assert.match(
      out,
      /\n {2}checkout changed while it ran: mine\.txt changed \(Sluice did not do it\)\n/,
    );
    assert.match(out, /\ntwo-1 · succeeded · 2 of 2 done · checkout changed · /);
    assert.match((await sluice(project, 'runs')).out, / {2}2 of 2 done · checkout changed\n$/);
    const [facts] = objects((await sluice(project, 'show', 'last', '--json')).out);
    assert.deepEqual(facts?.['checkout'], {
      untouched: false,
      changes: [{ what: 'file', path: 'mine.txt', how: 'changed', saved: false }],
      more: 0,
    });
  });

  it('stops else, with exit code 3, and goes on when it is told to', async () => {
    const { code, out } = await sluice(project, 'run', 'two');
    assert.equal(code, 3, out);
    assert.match(
      out,
      /\n {2}checkout changed while it ran: mine\.txt changed \(Sluice did not do it\)\n/,
    );
    assert.match(
      out,
      /\ntwo-1 · paused · .*\nIt is paused because the checkout is not as it was\. See that your files are as you want them\.\nGo on with: sluice resume two-1\n$/,
    );
    const resumed = await sluice(project, 'resume', 'last');
    assert.equal(resumed.code, 0, resumed.out);
    assert.deepEqual(project.notes(), ['then']);
  });
});

describe('What may take long', () => {
  const endless = (signal: AbortSignal) =>
    new Promise<string>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });

  it('is stopped when the terminal is closed, and leaves no listener behind', async () => {
    const before = process.listenerCount('SIGHUP');
    const stopped = interruptible(endless);
    process.emit('SIGHUP');
    assert.equal(await stopped, undefined);
    assert.equal(process.listenerCount('SIGHUP'), before);
  });

  it('rejects with what went wrong when nobody stopped it', async () => {
    await assert.rejects(
      interruptible(() => Promise.reject(new Error('a full disk'))),
      /a full disk/,
    );
  });
});
