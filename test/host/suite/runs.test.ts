import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { isAlive } from '../../../src/core/base/processes.ts';
import { digestCheckout } from '../../support/tempRepository.ts';
import type { TestFolder } from '../../ui/support/testFolder.ts';
import { until } from '../../ui/support/until.ts';
import { outputOf, RUN, sluice, startFirst, takeFirst, windowFolder } from './inWindow.ts';

describe('runs', () => {
  let folder: TestFolder;

  before(async () => {
    folder = windowFolder();
    await sluice().activate();
  });

  afterEach(() => {
    folder.remove('.sluice');
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('start from the palette, wait at the gate, land on a branch, and leave the checkout as it was', async () => {
    folder.agent('writer', `fs.writeFileSync('notes.md', '# Notes\\n'); console.log('written');`);
    folder.workflow('notes', {
      write: { agent: 'writer', produces: ['notes.md'] },
      agree: { gate: { ask: 'Keep the notes?', show: ['notes.md'] }, needs: ['write'] },
    });
    const before = digestCheckout(folder.path);
    const run = await startFirst('sluice.runWorkflow', folder);
    await until('the gate', async () => (await folder.eventsOf(run, 'gate-opened'))[0], RUN);
    assert.deepEqual(folder.branches(), ['main'], 'nothing lands before the answer');

    await vscode.commands.executeCommand('sluice.approveGate');
    assert.equal(await until('the end', () => folder.endOf(run), RUN), 'succeeded');
    const [answer] = await folder.eventsOf(run, 'gate-answered');
    assert.deepEqual([answer?.decision, answer?.by.via], ['approved', 'vscode']);
    const branch = `ai/generated/${run}/write`;
    assert.deepEqual(folder.branches(), [branch, 'main']);
    assert.equal(folder.git('show', `${branch}:notes.md`), '# Notes');
    assert.deepEqual(digestCheckout(folder.path), before);

    assert.match(await outputOf(folder, run, 'write'), /^write · succeeded · .*\n[^]*\nwritten\n/);
    assert.match(await outputOf(folder, run, 'agree'), /Asks: Keep the notes\?/);
    await vscode.commands.executeCommand('sluice.showGraph');
    await until('its graph', () => graphTabs().includes(run), RUN);
  });

  it('ask for inputs, and fail with the message that says what to install', async () => {
    folder.command('absent', ['sluice-no-such-program'], { install: 'npm install it' });
    folder.workflow('inputs', { only: { agent: 'absent' } }, { inputs: { where: 'here' } });
    const run = await startFirst('sluice.runWorkflow', folder);
    assert.equal(await until('the end', () => folder.endOf(run), RUN), 'failed');
    const output = await outputOf(folder, run, 'only');
    assert.match(output, /The command "sluice-no-such-program" was not found\n/);
    assert.match(output, /Install it: npm install it\n/);
  });

  it('are cancelled with all that they started', async () => {
    folder.agent(
      'family',
      `const { spawn } = require('node:child_process');
       const child = spawn('node', ['-e', 'setInterval(() => {}, 1000)']);
       note('pids', process.pid + ' ' + child.pid);
       await sign('never');`,
    );
    const run = await startFirst('sluice.runAgent', folder);
    const pids = (await until('the agent', () => folder.noteOf('pids'), RUN)).split(' ');
    assert.ok(pids.every((pid) => isAlive(Number(pid), '')));
    await vscode.commands.executeCommand('sluice.cancelRun');
    assert.equal(await until('the end', () => folder.endOf(run), RUN), 'cancelled');
    assert.deepEqual(
      pids.filter((pid) => isAlive(Number(pid), '')),
      [],
    );
  });

  it('are rejected with the note that was given', async () => {
    folder.workflow('ask', { agree: { gate: 'Go on?' } });
    const run = await startFirst('sluice.runWorkflow', folder);
    await until('the gate', async () => (await folder.eventsOf(run, 'gate-opened'))[0], RUN);
    await takeFirst('sluice.rejectGate');
    assert.equal(await until('the end', () => folder.endOf(run), RUN), 'failed');
    const [answer] = await folder.eventsOf(run, 'gate-answered');
    assert.equal(answer?.decision, 'rejected');
    assert.match(await outputOf(folder, run, 'agree'), /Rejected by /);
  });

  it('have no page for what is not theirs', async () => {
    assert.match(await outputOf(folder, 'no-run-99', 'task'), /There is no run no-run-99 here/);
    const elsewhere = vscode.Uri.parse('sluice-output:/a-1/b.log?file:///elsewhere');
    assert.match((await vscode.workspace.openTextDocument(elsewhere)).getText(), /not open/);
  });

  /** The newest run, once its command has ended. */
});

function graphTabs(): string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('sluice.graph'),
    )
    .map(({ label }) => label);
}
