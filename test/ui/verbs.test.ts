import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { root } from '../../scripts/paths.mjs';
import {
  commands,
  container,
  graphCards,
  graphStrip,
  runActions,
  taskActions,
  views,
} from './support/names.ts';
import { says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter, tidy } from './support/windowHooks.ts';

describe('a person who steps in', function () {
  this.timeout(120_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;

  before(async () => {
    folder = scratch.repository('project');
    folder.agent('quick', `console.log('done');`);
    folder.agent('slow', `await sign('go');`);
    folder.agent('echo', `process.stdout.write(fs.readFileSync(0, 'utf8'));`);
    folder.workflow('work', {
      slow: { agent: 'slow' },
      after: { agent: 'quick', needs: ['slow'] },
      asked: { agent: 'echo', prompt: 'Say one' },
    });
    window = await SluiceWindow.open({
      target: { folder: folder.path },
      settings: { 'sluice.resumeRuns': 'ask' },
    });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'work').waitFor();
  });

  closeAfter(() => window, scratch, tidy);

  it('stops, reruns and skips from tree and graph', async () => {
    const { workbench } = window;
    await workbench.choose(commands.runWorkflow, 'work');
    await says(window, 'work-1', /^running · 1 of 3 done$/);
    await workbench.pressInlineAction(views.runs, 'slow', taskActions.stop);
    await says(window, 'after', /^slow did not succeed$/);
    await says(window, 'work-1', /^degraded/);

    await workbench.pressInlineAction(views.runs, 'slow', taskActions.rerun);
    await says(window, 'work-1', /^running/);
    await workbench.pressInlineAction(views.runs, 'work-1', runActions.showGraph);
    const graph = await workbench.webview(graphCards);
    const slow = card(graph, 'slow');
    await slow.getByText('Running').waitFor();
    await workbench.chooseFromContextMenu(slow, taskActions.stop);
    await slow.getByText('Cancelled').waitFor();

    // From the keyboard, and with nothing in the menu that cannot be asked of a task of a run that is over.
    await says(window, 'work-1', /^degraded/);
    const items = workbench.page.locator('.monaco-menu .action-item .action-label');
    await until('a menu of what can be asked', async () => {
      await slow.getByRole('button').first().focus();
      await workbench.page.keyboard.press('ContextMenu');
      await items.filter({ hasText: taskActions.rerunWithPrompt }).waitFor();
      const all = await items.allInnerTexts();
      await workbench.page.keyboard.press('Escape');
      await items.first().waitFor({ state: 'hidden' });
      // The card hears of the end a moment after the row.
      const offered = Object.values(taskActions).filter((action) => all.includes(action));
      return (
        offered.join() ===
        'Rerun Task,Rerun Task with Another Prompt…,Run Command in Workspace Copy…'
      );
    });

    await workbench.chooseFromContextMenu(slow, taskActions.rerun);
    await slow.getByText('Running').waitFor();
    await workbench.chooseFromContextMenu(card(graph, 'after'), taskActions.skip);
    await card(graph, 'after').getByText('Skipped').waitFor();
    folder.give('go');
    await says(window, 'work-1', /^succeeded/);
    await says(window, 'after', /^by /);
  });

  it('pauses in the graph, holds a task, and resumes', async () => {
    const { workbench } = window;
    folder.withdraw('go');
    await workbench.choose(commands.runWorkflow, 'work');
    await says(window, 'work-2', /^running · 1 of 3 done$/);
    await workbench.pressInlineAction(views.runs, 'work-2', runActions.showGraph);
    const graph = await workbench.webview(graphCards);
    const strip = graph.locator(graphStrip);
    await strip.getByRole('button', { name: 'Pause the run' }).click();
    await strip.getByText('Pausing').waitFor();
    await workbench.chooseFromContextMenu(workbench.row(views.runs, 'after'), taskActions.hold);
    await says(window, 'after', /^held by /);
    folder.give('go');
    await strip.getByText('Paused').waitFor();
    await says(window, 'work-2', /^paused · 2 of 3 done$/);
    await strip.getByRole('button', { name: 'Resume the run' }).click();
    await says(window, 'work-2', /^waiting/);
    await workbench.pressInlineAction(views.runs, 'after', taskActions.release);
    await says(window, 'work-2', /^succeeded/);
  });

  it('asks an agent something else, and looks into its copy', async () => {
    const { workbench } = window;
    const asked = workbench.row(views.runs, 'asked');
    await workbench.chooseFromContextMenu(asked, taskActions.rerunWithPrompt);
    assert.equal(
      await workbench.quickInput.locator('.quick-input-box input').inputValue(),
      'Say one',
    );
    assert.match(await workbench.enterRefused('Say ${{ one'), /\$\{\{/);
    await workbench.enter('Say two');
    await until(
      'its answer',
      async () => (await folder.eventsOf('work-2', 'tasks-reset')).length === 1,
    );
    await says(window, 'work-2', /^succeeded/);

    await workbench.chooseFromContextMenu(asked, taskActions.runCommand);
    await workbench.enter(`node -e "console.log('look here')"`);
    await workbench.tab('asked command.log').waitFor();
    const text = await until('what it printed', async () => {
      const shown = await workbench.editorText();
      return shown.includes('Exit code') && shown;
    });
    assert.match(text, /^look here$/m);
    assert.match(text, /^Exit code 0$/m);
    await workbench.notification('node in asked of work-2 exited with code 0').waitFor();
  });

  it('is told of a run that was cut off, and what resuming it will do', async () => {
    const { workbench } = window;
    folder.withdraw('go');
    const terminal = spawn(process.execPath, [path.join(root, 'dist/cli.cjs'), 'run', 'work'], {
      cwd: folder.path,
      env: { ...process.env, ...window.environment },
      stdio: 'ignore',
    });
    await says(window, 'work-3', /^running · 1 of 3 done$/);
    await until('the agent', async () => {
      const started = await folder.eventsOf('work-3', 'task-process');
      return started.some(({ task }) => task === 'slow');
    });
    terminal.kill('SIGKILL');
    await says(window, 'work-3', /^interrupted · 1 of 3 done$/);
    await says(window, 'slow', /^cut off$/);

    const preview = '1 of 3 done. Resuming keeps 1, runs 1, makes 1 again.';
    await workbench.reload();
    await workbench.openViewContainer(container);
    await workbench.notification(`work-3 was interrupted: ${preview}`).waitFor();
    await workbench.pressInlineAction(views.runs, 'work-3', runActions.resume);
    await workbench.dialog.getByText(preview).waitFor();
    await workbench.pressDialogButton('Cancel');
    await says(window, 'work-3', /^interrupted/);
    await workbench.pressNotificationButton('work-3 was interrupted', 'Resume');
    await says(window, 'work-3', /^running/);
    folder.give('go');
    await says(window, 'work-3', /^succeeded/);
  });

  function card(graph: Frame, task: string): Locator {
    return graph.locator(`.card[data-item="${task}"]`);
  }
});
