import assert from 'node:assert/strict';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { start } from '../../support/runs.ts';
import { CapturedTerminal, objects, sluice, sluiceOn } from './commandLine.ts';

describe('sluice exec', function () {
  this.timeout(30_000);

  let project: TempProject;
  let window: Sluice;

  beforeEach(async () => {
    project = new TempProject();
    project.write('source.txt', 'as it was');
    project.agent('makes', `fs.writeFileSync('made.txt', 'made'); note('made'); await sign('go');`);
    project.workflow('one', { make: { agent: 'makes', produces: 'made.txt' } });
    window = await project.open();
  });
  afterEach(() => project.dispose());

  const exec = (...command: string[]) =>
    sluice(project, 'exec', 'last', 'make', '--', process.execPath, '-e', ...command);

  it('prints what the command prints, and ends with its exit code', async () => {
    await start(window, 'one');
    await project.noted('made');
    assert.deepEqual(
      await exec(
        'console.log("out"); console.error(...process.argv.slice(1)); process.exit(7);',
        '--',
        '--json',
        '-C',
      ),
      { code: 7, out: 'out\n--json -C\n', err: '' },
    );
  });

  it('works in the copy of a task that runs, and in no other', async () => {
    await start(window, 'one');
    await project.noted('made');
    const look = `console.log(fs.readFileSync('made.txt', 'utf8'), fs.readFileSync('source.txt', 'utf8'));`;
    assert.equal((await exec(look)).out, 'made as it was\n');
    assert.equal(project.repository.git('status', '--porcelain', '--', 'made.txt'), '');
  });

  it('works in a copy of its own with what the task made once that has ended', async () => {
    const { ended } = await start(window, 'one');
    project.give('go');
    await ended;
    const write = `console.log(fs.readFileSync('made.txt', 'utf8')); fs.writeFileSync('made.txt', 'spoilt');`;
    for (const told of [await exec(write), await exec(write)]) {
      assert.deepEqual(told, { code: 0, out: 'made\n', err: '' });
    }
    assert.deepEqual(project.copies(), []);
  });

  it('is told to the journal of whoever drives the run', async () => {
    const { ended } = await start(window, 'one');
    await project.noted('made');
    const commands: unknown[] = [];
    window.onDidAppend((events) =>
      commands.push(...events.flatMap((event) => (event.type === 'command-ran' ? [event] : []))),
    );
    await exec('process.exit(2)');
    project.give('go');
    await ended;
    const [ran] = commands as { task: string; command: string[]; exitCode: number }[];
    assert.deepEqual(
      [commands.length, ran?.task, ran?.command, ran?.exitCode],
      [1, 'make', [process.execPath, '-e', 'process.exit(2)'], 2],
    );
  });

  it('ends with 1 and says why when there is no such command', async () => {
    await start(window, 'one');
    await project.noted('made');
    const { code, out } = await sluice(project, 'exec', '1', 'make', '--', 'no-such-tool');
    assert.equal(code, 1);
    assert.match(out, /The command "no-such-tool" was not found/);
  });

  it('shows no escape sequences on a screen, and every byte in a pipe', async () => {
    await start(window, 'one');
    await project.noted('made');
    const print = [
      'exec',
      '1',
      'make',
      '--',
      process.execPath,
      '-e',
      `console.log('\\u001b[31mred')`,
    ];
    const screen = await sluiceOn(new CapturedTerminal({ live: true }), project, ...print);
    assert.equal(screen.out, 'red\n');
    assert.equal((await sluice(project, ...print)).out, '\u001b[31mred\n');
  });

  it('does not go on with a run that was interrupted', async () => {
    await start(window, 'one');
    await project.noted('made');
    await window.close();
    assert.deepEqual(await exec('0'), {
      code: 1,
      out: '',
      err: 'sluice: Nobody drives one-1. Go on with it first: sluice resume one-1\n',
    });
    assert.equal(
      objects((await sluice(project, 'runs', '--json')).out)[0]?.['status'],
      'interrupted',
    );
    assert.deepEqual(project.notes(), ['made']);
  });
});
