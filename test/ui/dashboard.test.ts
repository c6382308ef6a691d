import assert from 'node:assert/strict';
import type { Frame, Locator } from 'playwright-core';
import { colorThemes } from '../host/settings.ts';
import { violationsIn, violationText } from './support/axe.ts';
import { commands, container, views } from './support/names.ts';
import { pictureFile, picturedThemes } from './support/pictures.ts';
import { says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter } from './support/windowHooks.ts';

/** A selector that no other page has. */
const DASHBOARD = 'main.page header.top';

describe('the dashboard', function () {
  this.timeout(180_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;

  before(async () => {
    folder = scratch.repository('tea-shop');
    fillFolder(folder);
    folder.git('add', '--all');
    folder.git('commit', '--quiet', '--message', 'Add workflows');
    window = await SluiceWindow.open({ target: { folder: folder.path }, colorTheme: 'light' });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'good').waitFor();
  });

  closeAfter(
    () => window,
    scratch,
    async (opened) => {
      await opened.workbench.clearNotifications();
    },
  );

  it('says what to do where nothing has run', async () => {
    const page = await openDashboard();
    await page.getByText('Nothing has run here yet').waitFor();
    await page.getByRole('button', { name: 'Run Workflow…' }).click();
    await window.workbench.pick('good');
    await says(window, 'good-1', /^succeeded/);
    await count(page, 'Completed', 1);
  });

  it('counts the runs as they are, and shows only those asked for', async () => {
    const { workbench } = window;
    await workbench.choose(commands.runWorkflow, 'good');
    await says(window, 'good-2', /^succeeded/);
    await workbench.choose(commands.runWorkflow, 'bad');
    await says(window, 'bad-3', /^failed/);
    await workbench.choose(commands.runWorkflow, 'endless');
    await says(window, 'endless-4', /^running/);
    const page = await openDashboard();
    await count(page, 'Running', 1);
    await count(page, 'Completed', 2);
    await count(page, 'Failed', 1);
    assert.deepEqual(await runsIn(page), ['endless-4', 'bad-3', 'good-2', 'good-1']);
    // Nothing is mended in these, and nothing reports tests.
    assert.equal(await page.getByRole('heading', { name: /^(?:Fixes|Tests)$/ }).count(), 0);
    assert.equal(await page.getByRole('columnheader', { name: 'Fixes' }).count(), 0);

    const failed = page.getByRole('button', { name: '1 Failed', exact: true });
    await failed.click();
    await until('the failed run alone', async () => (await runsIn(page)).join() === 'bad-3');
    await workbench.screenshot(pictureFile('dashboard-filtered-light'));
    await failed.click();
    await until('all runs', async () => (await runsIn(page)).length === 4);
  });

  it('pauses, resumes and cancels a run from its row, by keyboard too', async () => {
    const page = await openDashboard();
    await page.getByRole('button', { name: 'Pause endless-4' }).click();
    await says(window, 'endless-4', /^paus/);
    folder.give('tick');
    await says(window, 'endless-4', /^paused/);
    await count(page, 'Paused', 1);
    const resume = page.getByRole('button', { name: 'Resume endless-4' });
    await resume.focus();
    await window.workbench.page.keyboard.press('Enter');
    await says(window, 'endless-4', /^running/);
    await count(page, 'Running', 1);
    await page.getByRole('button', { name: 'Cancel endless-4' }).click();
    await says(window, 'endless-4', /^cancelled/);
    await count(page, 'Terminated', 1);
  });

  it('leads from a row to the graph of its run', async () => {
    const page = await openDashboard();
    await page.getByRole('button', { name: 'Show the graph of bad-3' }).click();
    await window.workbench.tab('bad-3').waitFor();
    await window.workbench.runCommand('View: Close Editor');
  });

  it('keeps the window of time that was chosen over a reload', async () => {
    const { workbench } = window;
    let page = await openDashboard();
    assert.ok(await page.getByRole('radio', { name: 'the last 7 days' }).isChecked());
    await page.locator('label.segment', { hasText: '24 h' }).click();
    await count(page, 'Completed', 2);
    await page
      .getByRole('columnheader', { name: /^Agent/ })
      .first()
      .waitFor();
    // The page keeps what it shows a moment after it changes.
    await workbench.page.waitForTimeout(500);
    await workbench.reload();
    await workbench.openViewContainer(container);
    page = await workbench.webview(DASHBOARD);
    await until('the window of time', () =>
      page.getByRole('radio', { name: 'the last 24 hours' }).isChecked(),
    );
    await count(page, 'Completed', 2);
    await count(page, 'Terminated', 1);
  });

  it('asks what to export, and where to', async () => {
    const { workbench } = window;
    const page = await openDashboard();
    await page.getByRole('button', { name: 'Export the metrics' }).click();
    const labels = await workbench.pickLabels();
    assert.deepEqual(
      labels.filter((label) => /^(?:CSV|JSON)/.test(label)),
      ['CSV: agents', 'CSV: runs', 'CSV: over time', 'JSON: everything'],
    );
    await workbench.pick('CSV: runs');
    const field = workbench.quickInput.locator('.quick-input-box input');
    await until('the question where to', async () => (await field.inputValue()).endsWith('.csv'));
    await workbench.closeQuickInput();
  });

  for (const theme of picturedThemes) {
    it(`${colorThemes[theme].label}: has nothing that axe finds, wide and narrow`, async () => {
      const { workbench } = window;
      await workbench.setColorTheme(theme);
      const page = await openDashboard();
      await count(page, 'Completed', 2);
      await workbench.page.mouse.move(0, 0);
      await workbench.screenshot(pictureFile(`dashboard-${theme}`));
      const wide = violationText(await violationsIn(page));
      await workbench.page.setViewportSize({ width: 620, height: 900 });
      await workbench.setSideBarWidth(270);
      await workbench.page.mouse.move(0, 0);
      await workbench.screenshot(pictureFile(`dashboard-narrow-${theme}`));
      const narrow = violationText(await violationsIn(page));
      const isScrolled = await page.evaluate(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      await workbench.page.setViewportSize({ width: 1400, height: 900 });
      assert.deepEqual([wide, narrow, isScrolled], ['', '', false]);
    });
  }

  async function openDashboard(): Promise<Frame> {
    await window.workbench.runCommand(commands.showDashboard);
    return await window.workbench.webview(DASHBOARD);
  }
});

/** Waits until so many runs are told to be so. */
async function count(page: Frame, name: string, runs: number): Promise<void> {
  await page.getByRole('button', { name: `${runs} ${name}`, exact: true }).waitFor();
}

/** In the order of the table. */
async function runsIn(page: Frame): Promise<string[]> {
  const names: Locator = page.locator('table.runs .run-name');
  return await names.allInnerTexts();
}

function fillFolder(folder: TestFolder): void {
  folder.agent('baker', `console.log('Baked.');`, { description: 'Bakes.' });
  folder.agent('taster', `console.log('Good.');`, { description: 'Tastes.' });
  folder.agent('burner', `console.error('Burnt'); process.exit(1);`, { description: 'Burns.' });
  folder.agent('waiter', `await sign('tick');`, { description: 'Waits for a sign.' });
  folder.agent('endless', `await sign('never');`, { description: 'Never ends.' });
  folder.workflow('good', {
    bake: { agent: 'baker' },
    taste: { agent: 'taster', needs: ['bake'] },
  });
  folder.workflow('bad', { burn: { agent: 'burner' } });
  folder.workflow('endless', {
    wait: { agent: 'waiter' },
    more: { agent: 'endless', needs: ['wait'] },
  });
}
