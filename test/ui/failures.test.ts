import assert from 'node:assert/strict';
import { isAlive } from '../../src/core/base/processes.ts';
import {
  commands,
  container,
  gateActions,
  graphCards,
  runActions,
  views,
} from './support/names.ts';
import { described, says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import { sluiceInTerminal } from './support/terminal.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter } from './support/windowHooks.ts';

describe('what does not go its straight way', function () {
  this.timeout(120_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;

  before(async () => {
    folder = scratch.repository('project');
    folder.command('absent', ['sluice-no-such-program'], { install: 'npm install --save-dev it' });
    folder.agent('quick', `console.log('done');`);
    folder.agent(
      'endless',
      `const { spawn } = require('node:child_process');
       const child = spawn('node', ['-e', 'setInterval(() => {}, 1000)']);
       note('pids', process.pid + ' ' + child.pid);
       await sign('never');`,
    );
    folder.workflow('partly', {
      missing: { agent: 'absent' },
      after: { agent: 'quick', needs: ['missing'] },
      works: { agent: 'quick' },
      goesOn: { agent: 'quick', needs: ['works'] },
    });
    folder.workflow('endless', { wait: { agent: 'endless' } });
    folder.workflow('question', {
      look: { agent: 'quick' },
      agree: { gate: 'Go on with it?', needs: ['look'] },
      after: { agent: 'quick', needs: ['agree'] },
    });
    window = await SluiceWindow.open({ target: { folder: folder.path } });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'question').waitFor();
  });

  closeAfter(
    () => window,
    scratch,
    ({ workbench }) => workbench.clearNotifications(),
  );

  it('shows the error of a task at its row, goes on with what does not need it, and says what to install', async () => {
    const { workbench } = window;
    await runWorkflow('partly');
    await says(window, 'partly-1', /^degraded/);
    await says(window, 'missing', /^The command "sluice-no-such-program" was not found$/);
    await says(window, 'after', /^missing did not succeed$/);
    assert.match(await described(window, 'goesOn'), /^\d/, 'it says how long it took');

    await workbench.row(views.runs, 'missing').click();
    await workbench.tab('missing.log').waitFor();
    const text = await until('its page', async () => {
      const shown = await workbench.editorText();
      return shown.includes('was not found') && shown;
    });
    assert.match(text, /^missing · failed/);
    assert.match(text, /^Install it: npm install --save-dev it$/m);

    await workbench.pressNotificationButton('partly-1 degraded', 'Show Graph');
    await workbench.tab('partly-1').waitFor();
    const graph = await workbench.webview(graphCards);
    const failed = graph.locator('.card', { hasText: 'missing' }).first();
    assert.match(await failed.innerText(), /was not found/);
  });

  it('cancels a run from its row, and no process is left', async () => {
    const { workbench } = window;
    await runWorkflow('endless');
    const noted = await until('the agent', () => folder.noteOf('pids'));
    const pids = noted.split(' ').map(Number);
    assert.deepEqual(
      pids.filter((pid) => !isAlive(pid, '')),
      [],
    );
    await says(window, 'endless-2', /^running/);
    await workbench.pressInlineAction(views.runs, 'endless-2', runActions.cancel);
    await says(window, 'endless-2', /^cancelled/);
    assert.deepEqual(
      pids.filter((pid) => isAlive(pid, '')),
      [],
    );
    assert.equal(await folder.endOf('endless-2'), 'cancelled');
  });

  it('rejects from the notification with a note, which is kept', async () => {
    const { workbench } = window;
    await runWorkflow('question');
    await workbench.pressNotificationButton('question-3 asks: Go on with it?', 'Reject');
    await workbench.enter('The numbers are last year’s');
    await says(window, 'question-3', /^failed/);
    await says(window, 'agree', /^Rejected by .+: The numbers are last year’s$/);
    const [answer] = await folder.eventsOf('question-3', 'gate-answered');
    assert.deepEqual(
      [answer?.decision, answer?.note, answer?.by.via],
      ['rejected', 'The numbers are last year’s', 'vscode'],
    );
    assert.deepEqual(
      (await folder.eventsOf('question-3', 'task-skipped')).map(({ task }) => task),
      ['after'],
    );
  });

  it('approves at the card of the graph', async () => {
    const { workbench } = window;
    await runWorkflow('question');
    await workbench.pressInlineAction(views.runs, 'question-4', runActions.showGraph);
    await workbench.tab('question-4').waitFor();
    const graph = await workbench.webview(graphCards);
    const gate = graph.locator('.card', { hasText: 'Go on with it?' });
    await gate.getByRole('button', { name: gateActions.approve }).click();
    await gate.getByText('Approved').waitFor();
    await says(window, 'question-4', /^succeeded/);
  });

  it('takes an answer from the terminal while the window drives the run', async () => {
    const { workbench } = window;
    await runWorkflow('question');
    await workbench.row(views.gates, 'Go on with it?').waitFor();
    const { code, err } = await sluiceInTerminal(
      window,
      folder.path,
      ...['approve', 'question-5', 'agree', '-m', 'from the terminal'],
    );
    assert.deepEqual([code, err], [0, '']);
    await says(window, 'question-5', /^succeeded/);
    await says(window, 'agree', /^by .+: from the terminal$/);
    await workbench.row(views.gates, 'Go on with it?').waitFor({ state: 'detached' });
    // The question stands until it is closed; its answer does not count twice.
    await workbench.pressNotificationButton('question-5 asks', 'Approve');
    await workbench.notification('agree of question-5 is answered already').waitFor();
    assert.equal((await folder.eventsOf('question-5', 'gate-answered')).length, 1);
  });

  async function runWorkflow(name: string): Promise<void> {
    await window.workbench.choose(commands.runWorkflow, name);
  }
});
