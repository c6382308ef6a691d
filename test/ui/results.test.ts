import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import {
  commands,
  container,
  gateActions,
  resultActions,
  runActions,
  views,
} from './support/names.ts';
import { pictureFile, picturedThemes } from './support/pictures.ts';
import { says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter, tidy } from './support/windowHooks.ts';

// What becomes of results: shown, forecast, merged, taken back, dropped. The tests follow each other in one folder.

const PRICES = ['# Prices', '', 'tea 3', 'coffee 4', 'cake 5', ''].join('\n');
const MERGED = 'ai/generated/prices-1/merged';

describe('what was made', function () {
  this.timeout(120_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;

  before(async () => {
    folder = scratch.repository('tea-shop');
    fillFolder(folder);
    folder.git('add', '--all');
    folder.git('commit', '--quiet', '--message', 'Open the shop');
    window = await SluiceWindow.open({
      target: { folder: folder.path },
      colorTheme: 'light',
      // Else its text is a picture.
      settings: { 'terminal.integrated.gpuAcceleration': 'off' },
    });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'prices').waitFor();
    await window.workbench.clearNotifications();
  });

  closeAfter(() => window, scratch, tidy);

  it('is forecast before a gate: which results conflict with which', async () => {
    const { workbench } = window;
    await workbench.choose(commands.runWorkflow, 'prices');
    await workbench
      .notification('prices-1 asks: Change the prices? (2 conflicts: dearer, cheaper)')
      .waitFor();
    const gate = workbench.row(views.gates, 'Change the prices?');
    await workbench.chooseFromContextMenu(gate, resultActions.forecast);
    const page = await workbench.webview('h1:has-text("Forecast: prices-1")');
    const text = await page.locator('body').innerText();
    assert.match(text, /prices\.md/);
    assert.match(text, /dearer and cheaper changed the same lines/);
    await pictures('forecast');
    await workbench.runCommand('View: Close All Editors');

    await workbench.pressInlineAction(views.gates, 'Change the prices?', resultActions.changes);
    await workbench.tab('What agree of prices-1 guards (6 files)').waitFor();
    await workbench.runCommand('View: Close All Editors');
    await workbench.pressInlineAction(views.gates, 'Change the prices?', gateActions.approve);
    await says(window, 'prices-1', /^succeeded · /);
    await says(window, 'checkout', /^untouched ✓$/);
    await says(window, 'ai/generated/prices-1/cheaper', /^$/);
  });

  it('is shown file by file, of a task and of a run', async () => {
    const { workbench } = window;
    await workbench.clearNotifications();
    const row = workbench.row(views.runs, 'dearer');
    await workbench.chooseFromContextMenu(row, resultActions.changes);
    await workbench.tab('dearer of prices-1 (3 files)').waitFor();
    await shows('tea 4', 'Tea is dearer now.');
    await picture('changes-light');
    await workbench.pressInlineAction(views.runs, 'prices-1', resultActions.changes);
    await workbench.tab('prices-1 (6 files)').waitFor();
    // Opened again it takes its own place.
    await workbench.pressInlineAction(views.runs, 'prices-1', resultActions.changes);
    await until(
      'one tab for it',
      async () => (await workbench.page.locator('.part.editor .tab').count()) === 1,
    );
  });

  it('is merged once people have chosen where it conflicts', async () => {
    const { workbench } = window;
    await workbench.pressInlineAction(views.runs, 'prices-1', resultActions.merge);
    await workbench
      .notification('Merging prices-1 waits for you: cheaper conflicts in 2 files.')
      .waitFor();
    const conflict = 'merge of prices-1: prices.md';
    await workbench.row(views.gates, conflict).waitFor();
    await says(window, 'merge', /^2 conflicts wait for you$/);
    assert.equal(await workbench.badge(container), '2');
    await workbench.pressInlineAction(views.gates, conflict, resultActions.versions);
    await workbench.tab(conflict).waitFor();
    await shows('tea 4', 'tea 2');
    await pictures('conflict');

    const menu = 'merge of prices-1: menu.md';
    await workbench.pressInlineAction(views.gates, menu, resultActions.takeTheirs);
    await workbench.row(views.gates, menu).getByText('theirs', { exact: true }).waitFor();
    await says(window, 'merge', /^1 conflict waits for you$/);
    await workbench.pressInlineAction(views.gates, conflict, resultActions.edit);
    await workbench.tab('prices.md').waitFor();
    await workbench.page.getByText('Use This Version of prices.md in the Merge').waitFor();
    const marked = await workbench.editorText();
    assert.match(marked, /<<<<<<< ours: merged before\ntea 4\n=======\ntea 2\n>>>>>>> theirs/);
    await picture('own-version-light');
    await replaceText('# Prices\n\ntea 3.50\ncoffee 4\ncake 5\n');
    await workbench.page.getByText('Use This Version of prices.md in the Merge').click();
    await workbench.notification(`3 results of prices-1 are merged on the local branch`).waitFor();
    await workbench.row(views.gates, conflict).waitFor({ state: 'detached' });
    await says(window, 'merge', /^3 results$/);
    assert.equal(
      folder.git('show', `${MERGED}:prices.md`),
      '# Prices\n\ntea 3.50\ncoffee 4\ncake 5',
    );
    assert.equal(folder.git('show', `${MERGED}:menu.md`), 'Cheap tea.');
    assert.equal(folder.git('show', `${MERGED}:notes.md`), 'Prices change each spring.');
    await workbench.notification('Merging prices-1: ').waitFor({ state: 'hidden' });
    await picture('merged-light');

    await workbench.pressNotificationButton('3 results of prices-1 are merged', 'Open Terminal');
    await workbench.page
      .locator('.terminal-wrapper.active .xterm-rows')
      .filter({ hasText: `git merge ${MERGED}` })
      .waitFor();
    await picture('merge-terminal-light');
    assert.equal(folder.git('log', '--oneline').split('\n').length, 2, 'nobody pressed Enter');
    await workbench.runCommand('Terminal: Kill All Terminals');
  });

  it('is taken back by itself, and dropped with its run', async () => {
    const { workbench } = window;
    await workbench.clearNotifications();
    const run = workbench.row(views.runs, 'prices-1');
    await workbench.chooseFromContextMenu(run, resultActions.forecast);
    const forecast = await workbench.webview('h1:has-text("Forecast: prices-1")');
    await forecast.getByText('3 tasks were merged now: 2 conflicts.').waitFor();
    const cheaper = workbench.row(views.runs, 'cheaper');
    await workbench.chooseFromContextMenu(cheaper, resultActions.rollBack);
    await workbench.dialog.getByText('Removed: the branch ai/generated/prices-1/cheaper').waitFor();
    await picture('roll-back-light');
    await workbench.pressDialogButton('Roll Back');
    await workbench.notification('cheaper of prices-1 is rolled back.').waitFor();
    await says(window, 'cheaper', /^rolled back by /);
    await forecast.getByText('2 tasks were merged now: no conflicts.').waitFor();
    assert.deepEqual(ownBranches(), [
      'ai/generated/prices-1/dearer',
      MERGED,
      'ai/generated/prices-1/notes',
    ]);

    await workbench.chooseFromContextMenu(run, resultActions.drop);
    await workbench.dialog.getByText('3 branches:').waitFor();
    await workbench.dialog.getByText('Nothing else of the repository is touched.').waitFor();
    await picture('drop-light');
    await workbench.pressDialogButton('Drop');
    await workbench.notification('prices-1 is gone.').waitFor();
    await run.waitFor({ state: 'detached' });
    assert.deepEqual(ownBranches(), []);
    assert.equal(folder.git('tag', '--list'), '');
    assert.deepEqual(folder.runs(), []);
  });

  it('stops a run, where the checkout changes beside it, and says whose doing it was', async () => {
    const { workbench } = window;
    await workbench.choose(commands.runWorkflow, 'watched');
    await workbench.notification('watched-2 asks: Go on?').waitFor();
    folder.write('README.md', 'Somebody else was here.\n');
    await workbench.pressInlineAction(views.gates, 'Go on?', gateActions.approve);
    await workbench.notification('watched-2 is paused: your checkout changed').waitFor();
    await says(window, 'watched-2', /^paused: checkout$/);
    await says(window, 'checkout', /^changed: 1 · not by Sluice$/);
    await picture('checkout-light');
    await workbench.pressNotificationButton('watched-2 is paused', 'Show What Changed');
    const page = await workbench.webview('h1:has-text("Checkout: watched-2")');
    assert.match(await page.locator('body').innerText(), /README\.md changed: not by Sluice/);
    // Drawn, and not only there.
    await page.locator('h1').click();
    await picture('checkout-page-light');
    await workbench.pressInlineAction(views.runs, 'watched-2', runActions.resume);
    await says(window, 'watched-2', /^succeeded .*checkout changed: 1$/);
  });

  /** In each theme, and narrow. */
  async function pictures(name: string): Promise<void> {
    const { workbench } = window;
    // The one that stays comes last: a change of theme takes a second.
    for (const theme of picturedThemes.toReversed()) {
      await workbench.setColorTheme(theme);
      await picture(`${name}-${theme}`);
    }
    await workbench.page.setViewportSize({ width: 800, height: 900 });
    await workbench.setSideBarWidth(300);
    await picture(`${name}-narrow`);
    await workbench.page.setViewportSize({ width: 1400, height: 900 });
  }

  async function picture(name: string): Promise<void> {
    const { workbench } = window;
    const fading = workbench.page.locator('.notification-toast.notification-fade-in');
    await until('the notification to be there', async () => (await fading.count()) === 0);
    // Away from what would show that the mouse is over it.
    await workbench.page.mouse.move(0, 0);
    await workbench.screenshot(pictureFile(name));
  }

  /** Waits until the editor of changes shows these. */
  async function shows(...texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      await line(text).waitFor();
    }
  }

  function line(text: string): Locator {
    return window.workbench.page.locator('.view-line', { hasText: text }).first();
  }

  async function replaceText(text: string): Promise<void> {
    const { page } = window.workbench;
    await page.locator('.editor-group-container.active .view-line').first().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(text);
  }

  function ownBranches(): string[] {
    return folder.branches().filter((branch) => branch.startsWith('ai/'));
  }
});

function fillFolder(folder: TestFolder): void {
  folder.write('prices.md', PRICES);
  const write = (text: string) =>
    `fs.writeFileSync('prices.md', fs.readFileSync('prices.md', 'utf8').replace('tea 3', '${text}'));`;
  const menu = (kind: string) => `fs.writeFileSync('menu.md', '${kind} tea.\\n');`;
  folder.agent(
    'raise',
    `${write('tea 4')} fs.writeFileSync('news.md', 'Tea is dearer now.\\n'); ${menu('Good')}`,
  );
  folder.agent('lower', `${write('tea 2')} ${menu('Cheap')}`);
  folder.agent('write', `fs.writeFileSync('notes.md', 'Prices change each spring.\\n');`);
  folder.workflow('prices', {
    dearer: { agent: 'raise', produces: ['prices.md', 'menu.md', 'news.md'] },
    cheaper: { agent: 'lower', produces: ['prices.md', 'menu.md'] },
    notes: { agent: 'write', produces: ['notes.md'] },
    agree: { needs: ['dearer', 'cheaper', 'notes'], gate: { ask: 'Change the prices?' } },
  });
  folder.workflow('watched', {
    notes: { agent: 'write', produces: ['notes.md'] },
    agree: { needs: ['notes'], gate: { ask: 'Go on?' } },
    again: { agent: 'write', needs: ['agree'] },
    last: { agent: 'write', needs: ['again'] },
  });
}
