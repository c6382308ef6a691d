import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { colorThemes } from '../host/settings.ts';
import { cutOffInGraph, cutOffRows } from './support/looks.ts';
import {
  commands,
  container,
  gateActions,
  graphCards,
  runActions,
  taskActions,
  views,
} from './support/names.ts';
import { pictureFile, picturedThemes } from './support/pictures.ts';
import { says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter, tidy } from './support/windowHooks.ts';

// Pictures of every state for people to look at (.host/ui/*.png), and what a program can see in them: that nothing
// is missing, cut off or scrolls sideways.

const STEPS = ['lint', 'types', 'secrets', 'tests', 'report', 'approve'];
const PUBLISH = [
  ...['build', 'fetch', 'upload', 'tests', 'search.index', 'search.rank', 'announce', 'agree'],
];

describe('how it looks', function () {
  this.timeout(180_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;
  let runs = 0;

  before(async () => {
    folder = scratch.repository('web-shop');
    fillFolder(folder);
    folder.git('add', '--all');
    folder.git('commit', '--quiet', '--message', 'Add workflows');
    window = await SluiceWindow.open({ target: { folder: folder.path }, colorTheme: 'light' });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'release').waitFor();
    await window.workbench.clearNotifications();
  });

  closeAfter(() => window, scratch, tidy);

  for (const theme of picturedThemes) {
    it(`${colorThemes[theme].label}: running, waiting, succeeded and failed`, async () => {
      const { workbench } = window;
      await workbench.setColorTheme(theme);

      const run = await start('code-quality');
      await says(window, run, /^running · 2 of 6 done/);
      const graph = await graphOf(run);
      await picture(`running-${theme}`, graph, STEPS);

      folder.give(`go-${run}`);
      await workbench.notification(`${run} asks: Put the report on its branch?`).waitFor();
      await says(window, run, /^waiting · 5 of 6 done$/);
      await picture(`gate-${theme}`, graph, STEPS);

      await graph.getByText(gateActions.approve, { exact: true }).click();
      await workbench.notification(`${run} succeeded`).waitFor();
      await picture(`succeeded-${theme}`, graph, STEPS);

      await workbench.runCommand('View: Close All Editors');
      await workbench.clearNotifications();
      const failed = await start('release');
      await workbench.notification(`${failed} degraded`).waitFor();
      await picture(`failed-${theme}`, await graphOf(failed), ['build', 'sign', 'upload', 'notes']);
    });
  }

  it('narrow: a side bar of 300 pixels in a window of 800', async () => {
    const { workbench } = window;
    await workbench.setColorTheme('light');
    await workbench.page.setViewportSize({ width: 800, height: 900 });
    await workbench.setSideBarWidth(300);
    const run = await start('code-quality');
    const graph = await graphOf(run);
    folder.give(`go-${run}`);
    await workbench.notification(`${run} asks`).waitFor();
    await picture('gate-narrow', graph, STEPS);
    await workbench.page.setViewportSize({ width: 1400, height: 900 });
  });

  for (const theme of picturedThemes) {
    it(`${colorThemes[theme].label}: delayed, held, in need of a look, and paused`, async () => {
      const { workbench } = window;
      await workbench.setColorTheme(theme);
      await workbench.runCommand('View: Close All Editors');
      const run = await start('publish');
      await says(window, run, /^running · 1 of 8 done$/);
      await says(window, 'fetch', /^tries again in \d/);
      for (const task of ['announce', 'upload']) {
        const row = workbench.row(views.runs, task);
        await workbench.chooseFromContextMenu(row, taskActions.hold);
      }
      await says(window, 'announce', /^held by /);
      await says(window, 'upload', /^needs a look$/);
      await says(window, 'search', /^0 of 2 done$/);
      await workbench.clearNotifications();
      const graph = await graphOf(run);
      await picture(`delayed-${theme}`, graph, PUBLISH, ['search']);
      await workbench.pressInlineAction(views.runs, run, runActions.pause);
      await says(window, run, /^pausing/);
      folder.give(`go-${run}`);
      await says(window, run, /^paused · 3 of 8 done$/);
      await picture(`paused-${theme}`, graph, PUBLISH, ['search']);
      await workbench.pressInlineAction(views.runs, run, runActions.cancel);
      await says(window, run, /^cancelled/);
    });
  }

  /** Starts a workflow; returns the run, whose row is there. */
  async function start(workflow: string): Promise<string> {
    await window.workbench.choose(commands.runWorkflow, workflow);
    runs += 1;
    const run = `${workflow}-${runs}`;
    await window.workbench.row(views.runs, run).waitFor();
    return run;
  }

  async function graphOf(run: string): Promise<Frame> {
    await window.workbench.runCommand(commands.showGraph);
    await window.workbench.tab(run).waitFor();
    return await window.workbench.webview(graphCards);
  }

  /** Takes the picture once all steps are drawn, and looks for what should not be. */
  async function picture(
    name: string,
    graph: Frame,
    steps: readonly string[],
    groups: readonly string[] = [],
  ): Promise<void> {
    const { workbench } = window;
    await until(
      'all cards',
      async () => (await graph.locator(graphCards).count()) === steps.length,
    );
    const rows = (await workbench.rows(views.runs)).map(({ label }) => label);
    assert.deepEqual(
      [...steps, ...groups].filter((step) => !rows.includes(step)),
      [],
      'rows that are not drawn',
    );
    const fading = workbench.page.locator('.notification-toast.notification-fade-in');
    await until('the notification to be there', async () => (await fading.count()) === 0);
    // Away from what would show that the mouse is over it.
    await workbench.page.mouse.move(0, 0);
    await workbench.screenshot(pictureFile(name));
    // What went wrong may be a long story; tooltip and page have all of it.
    const isLong = (text: string): boolean =>
      /was not found|did not succeed|^ai\/generated/.test(text);
    const short = [...(await cutOffInGraph(graph)), ...(await cutOffRows(workbench))];
    assert.deepEqual(
      short.filter((text) => !isLong(text)),
      [],
    );
  }
});

function fillFolder(folder: TestFolder): void {
  const agents = {
    eslint: 'Lints the sources.',
    tsc: 'Checks the types.',
    secretlint: 'Looks for keys and passwords.',
    mocha: 'Runs the tests.',
    'quality-report': 'Makes one report of what the others found.',
  };
  const go = `await sign('go-' + process.env.RUN);`;
  for (const [name, description] of Object.entries(agents)) {
    const script =
      name === 'quality-report'
        ? `fs.writeFileSync('report.md', '# Code quality\\n'); fs.writeFileSync('report.sarif', '{}');`
        : ['tsc', 'mocha'].includes(name)
          ? go
          : '';
    folder.agent(name, script, { description, env: { RUN: '${{ run.id }}' } });
  }
  folder.workflow('code-quality', {
    lint: { agent: 'eslint' },
    types: { agent: 'tsc' },
    secrets: { agent: 'secretlint' },
    tests: { agent: 'mocha' },
    report: {
      agent: 'quality-report',
      needs: ['lint', 'types', 'secrets', 'tests'],
      produces: ['report.md', 'report.sarif'],
    },
    approve: {
      needs: ['report'],
      gate: { ask: 'Put the report on its branch?', show: ['report.md'] },
    },
  });
  folder.command('codesign', ['codesign-archive'], {
    description: 'Signs what was built.',
    install: 'npm install --save-dev codesign-archive',
  });
  folder.workflow('release', {
    build: { agent: 'eslint' },
    sign: { agent: 'codesign', needs: ['build'] },
    upload: { agent: 'eslint', needs: ['sign'] },
    notes: { agent: 'secretlint', needs: ['build'] },
  });
  folder.agent('unreachable', 'process.exit(1);', { description: 'Fetches what is not there.' });
  folder.agent('rsync', go, {
    description: 'Copies what was built to a server.',
    effects: 'external',
    env: { RUN: '${{ run.id }}' },
  });
  folder.workflow('search', {
    index: { agent: 'tsc' },
    rank: { agent: 'eslint', needs: ['index'] },
  });
  folder.workflow('publish', {
    build: { agent: 'eslint' },
    fetch: { agent: 'unreachable', retry: { attempts: 3, delay: '10m', 'max-delay': '1h' } },
    upload: { agent: 'rsync', needs: ['build'] },
    tests: { agent: 'mocha', needs: ['build'] },
    search: { workflow: 'search' },
    announce: { agent: 'eslint', needs: ['upload', 'tests'] },
    agree: { gate: { ask: 'Announce it?' }, needs: ['announce', 'search'] },
  });
}
