import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../src/vscode/ids.ts';
import type { TestFolder } from '../../ui/support/testFolder.ts';
import { until } from '../../ui/support/until.ts';
import {
  askOnCard,
  outputOf,
  RUN,
  sluice,
  startFirst,
  windowFolder,
  type Talk,
} from './inWindow.ts';

describe('what people ask of runs and tasks', () => {
  let folder: TestFolder;
  let run: string;

  before(async () => {
    folder = windowFolder();
    await sluice().activate();
  });

  afterEach(async () => {
    await ask('sluice.cancelRun');
    folder.remove('.sluice');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('a paused run begins nothing new until it is resumed', async () => {
    folder.agent('first', `await sign('first');`);
    folder.agent('second', '');
    await start({ first: { agent: 'first' }, second: { agent: 'second', needs: ['first'] } });
    await begun('first');
    await accepted('sluice.pauseRun');
    folder.give('first');
    await until('the first task to end', async () => (await tasks('task-succeeded')).length === 1);
    assert.deepEqual(await tasks('task-started'), ['first']);

    await accepted('sluice.resumeRun');
    assert.equal(await end(), 'succeeded');
    const again = await ask('sluice.resumeRun');
    assert.deepEqual(again.warnings, [`${run} was not resumed: ${run} has finished.`]);
  });

  it('a pause that interrupts throws attempts away, and makes them again', async () => {
    folder.agent('endless', `note('try', process.env.TRY ?? ''); await sign('endless');`);
    await start({ only: { agent: 'endless' } });
    await until('the agent', () => folder.noteOf('try') !== undefined || begun('only'), RUN);
    await accepted('sluice.interruptRun');
    await until(
      'the attempt to end',
      async () => (await tasks('task-interrupted')).length === 1,
      RUN,
    );
    folder.give('endless');
    await accepted('sluice.resumeRun');
    assert.equal(await end(), 'succeeded');
    assert.deepEqual(await tasks('task-started'), ['only', 'only']);
  });

  it('a held task waits to be released, and one that is skipped is gone on without', async () => {
    folder.agent('gate', `await sign('gate');`);
    folder.agent('quick', '');
    await start({
      gate: { agent: 'gate' },
      held: { agent: 'quick', needs: ['gate'] },
      skipped: { agent: 'quick', needs: ['gate'] },
      after: { agent: 'quick', needs: ['held', 'skipped'] },
    });
    await begun('gate');
    await accepted('sluice.holdTask', 'held');
    await accepted('sluice.skipTask', 'skipped');
    folder.give('gate');
    await until('the gate', async () => (await tasks('task-succeeded')).includes('gate'), RUN);
    assert.deepEqual(await tasks('task-started'), ['gate']);
    await accepted('sluice.releaseTask', 'held');
    assert.equal(await end(), 'succeeded');
    assert.deepEqual(await tasks('task-started'), ['gate', 'held', 'after']);
    const refused = await ask('sluice.releaseTask', 'held');
    assert.equal(refused.warnings.length, 1);
    assert.match(refused.warnings[0] ?? '', /^held of .* was not released, because .*\.$/);
  });

  it('a stopped task ends alone, and runs again when it is asked for', async () => {
    folder.agent('slow', `await sign('slow');`);
    folder.agent('quick', '');
    await start({ slow: { agent: 'slow' }, after: { agent: 'quick', needs: ['slow'] } });
    await begun('slow');
    await accepted('sluice.stopTask', 'slow');
    assert.equal(await end(), 'failed');
    folder.give('slow');
    await accepted('sluice.rerunTask', 'slow');
    await until('the second end', async () => (await ends()).at(-1) === 'succeeded', RUN);
    assert.deepEqual(await tasks('task-started'), ['slow', 'slow', 'after']);
  });

  it('a task of a finished run runs again with another prompt, of several lines', async () => {
    folder.agent('echo', `process.stdout.write(fs.readFileSync(0, 'utf8'));`);
    await start({ only: { agent: 'echo', prompt: 'one\ntwo' } });
    assert.equal(await end(), 'succeeded');
    const { proposed } = await accepted('sluice.rerunTaskWithPrompt', 'only', 'three⏎four');
    assert.deepEqual(proposed, ['one⏎two']);
    await until('the second end', async () => (await ends()).length === 2, RUN);
    assert.match(await outputOf(folder, run, 'only'), /\nthree\nfour\n/);
    const later = await ask('sluice.rerunTaskWithPrompt', 'only');
    assert.deepEqual(later.proposed, ['three⏎four'], 'the prompt it has now');
    assert.equal((await ends()).length, 2, 'nothing was asked by who backed out');
  });

  it('what a program left that was killed is accepted with what its copy holds', async () => {
    folder.agent(
      'deploy',
      `fs.writeFileSync('deployed.md', 'Done'); note('deployed', 'yes'); await sign('never');`,
      { effects: 'external' },
    );
    folder.agent('quick', '');
    folder.workflow('verbs', {
      deploy: { agent: 'deploy', produces: ['deployed.md'] },
      after: { agent: 'quick', needs: ['deploy'] },
    });
    const runs = folder.runs().length;
    const cli = path.join(sluice().extensionPath, 'dist/cli.cjs');
    const terminal = spawn('node', [cli, 'run', 'verbs'], { cwd: folder.path, stdio: 'ignore' });
    await until('the agent', () => folder.noteOf('deployed'), RUN);
    assert.equal(folder.runs().length, runs + 1);
    run = folder.runs().at(-1) ?? '';
    await until(
      'the window to see it',
      async () => (await outputOf(folder, run, 'deploy')).startsWith('deploy · running'),
      RUN,
    );
    terminal.kill('SIGKILL');
    await until('the question', async () => (await tasks('task-unknown')).length === 1, RUN);
    await accepted('sluice.acceptTask', 'deploy');
    assert.equal(await end(), 'succeeded');
    const [deployed] = await folder.eventsOf(run, 'task-succeeded');
    assert.deepEqual(
      [deployed?.task, deployed?.artifacts.map(({ path }) => path)],
      ['deploy', ['deployed.md']],
    );
    assert.deepEqual(await tasks('task-started'), ['deploy', 'after']);
  });

  it('an agent that listens hears what it is told', async () => {
    folder.agent(
      'listener',
      `require('node:readline').createInterface({ input: process.stdin }).once('line', (line) => {
         note('heard', line);
         process.exit(0);
       });
       note('listens', 'yes');`,
      { stdin: 'messages' },
    );
    await start({ only: { agent: 'listener' } });
    await until('the agent', () => folder.noteOf('listens'), RUN);
    await accepted('sluice.steerTask', 'only', 'Mind the gap');
    assert.equal(await end(), 'succeeded');
    assert.equal(folder.noteOf('heard'), 'Mind the gap');
    const deaf = await ask('sluice.steerTask', 'only', 'Too late');
    assert.deepEqual(deaf.warnings, [`only of ${run} was not told, because ${run} has finished.`]);
  });

  it('a command runs in the workspace copy of a task, and tells how it ended', async () => {
    folder.agent('writer', `fs.writeFileSync('made.md', 'Made by the agent');`);
    await start({ write: { agent: 'writer', produces: ['made.md'] } });
    assert.equal(await end(), 'succeeded');
    const script = `console.log(fs.readFileSync('made.md', 'utf8')); process.exit(3)`;
    const talk = await ask('sluice.runCommandInCopy', 'write', `node -e "${script}"`);
    assert.deepEqual(talk.warnings, [
      `node in write of ${run} exited with code 3. What it printed is open beside this.`,
    ]);
    const { document } = vscode.window.activeTextEditor ?? {};
    assert.match(document?.getText() ?? '', /^\$ node -e .*\nMade by the agent\n\nExit code 3\n$/);
    const [ran] = await folder.eventsOf(run, 'command-ran');
    assert.deepEqual([ran?.command[0], ran?.exitCode, ran?.task], ['node', 3, 'write']);
  });

  it('nothing is asked of what a foreign argument names', async () => {
    await vscode.commands.executeCommand('sluice.cancelRun', {
      folder: 'file:///elsewhere',
      run: 7,
    });
    const nobody = await askOnCard('sluice.stopTask', folder, { run: 'no-run-99', task: 'only' });
    assert.deepEqual(nobody.warnings, []);
  });

  async function start(steps: Parameters<TestFolder['workflow']>[1]): Promise<void> {
    folder.workflow('verbs', steps);
    run = await startFirst('sluice.runWorkflow', folder);
  }

  async function ask(command: CommandId, task?: string, typed?: string): Promise<Talk> {
    return await askOnCard(
      command,
      folder,
      { run, ...(task === undefined ? {} : { task }) },
      typed,
    );
  }

  async function accepted(command: CommandId, task?: string, typed?: string): Promise<Talk> {
    return await until(
      `${command} to be accepted`,
      async () => {
        const talk = await ask(command, task, typed);
        // Between a run's end and the release of its claim a request is refused with these words.
        const isTooSoon = talk.warnings.some((warning) => warning.endsWith('; try again.'));
        assert.ok(isTooSoon || talk.warnings.length === 0, talk.warnings.join());
        return isTooSoon ? false : talk;
      },
      RUN,
    );
  }

  async function begun(task: string): Promise<true> {
    return await until(task, async () => (await tasks('task-started')).includes(task), RUN);
  }

  async function tasks(
    type: 'task-started' | 'task-succeeded' | 'task-interrupted' | 'task-unknown',
  ): Promise<string[]> {
    return (await folder.eventsOf(run, type)).map(({ task }) => task);
  }

  async function ends(): Promise<string[]> {
    return (await folder.eventsOf(run, 'run-finished')).map(({ status }) => status);
  }

  async function end(): Promise<string | undefined> {
    return await until('the end', async () => (await ends()).at(0), RUN);
  }
});
