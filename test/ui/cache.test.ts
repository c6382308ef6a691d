import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { colorThemes } from '../host/settings.ts';
import { killAll } from '../host/processes.ts';
import { contrastsInGraph, cutOffInGraph } from './support/looks.ts';
import {
  commands,
  container,
  graphCards,
  graphStrip,
  taskActions,
  views,
} from './support/names.ts';
import { pictureFile, picturedThemes } from './support/pictures.ts';
import { described, says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter, tidy } from './support/windowHooks.ts';

const STEPS = ['login', 'logout', 'search', 'types', 'report'];
/** Of text on what is behind it, by which most people can read it (WCAG 2, level AA). */
const READABLE = 4.5;

describe('the cache, as a person sees it', function () {
  this.timeout(180_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;
  let runs = 0;

  before(async () => {
    folder = scratch.repository('web-shop');
    fillFolder(folder);
    folder.git('add', '--all');
    folder.git('commit', '--quiet', '--message', 'Add a workflow');
    window = await SluiceWindow.open({
      target: { folder: folder.path },
      colorTheme: 'light',
      settings: { 'sluice.cache.enabled': true },
    });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'review').waitFor();
    await window.workbench.clearNotifications();
  });

  closeAfter(() => window, scratch, tidy);

  const restarts = {
    'its window was loaded anew': () => window.workbench.reload(),
    'its extension host was killed': () => {
      killAll(window.server.extensionHosts());
      return Promise.resolve();
    },
  };
  for (const [how, restart] of Object.entries(restarts)) {
    it(`reuses everything once ${how}, and the rows say so`, async () => {
      const { workbench } = window;
      if (runs === 0) {
        const first = await start();
        await ended(first);
        assert.deepEqual((await ranIn(first)).sort(), [...STEPS].sort());
      }
      const hosts = window.server.extensionHosts();
      assert.ok(hosts.length > 0, 'an extension host runs');
      await restart();
      await until('another extension host', () =>
        window.server.extensionHosts().some((host) => !hosts.includes(host)),
      );

      const run = await start();
      await ended(run);
      assert.deepEqual(await ranIn(run), []);
      await says(window, run, /^succeeded · 5 reused/);
      for (const step of STEPS) {
        await says(window, step, /^reused · .*(just now|\d+ min ago)$/);
      }
      const row = (await workbench.rows(views.runs)).find(({ label }) => label === 'report');
      assert.match(row?.accessibleName ?? '', /^report, succeeded, reused: same agent, /);
    });
  }

  it('runs exactly what an edited file concerns, and the row names the file', async () => {
    folder.write('src/login.ts', 'export const greeting = "Welcome back";\n');
    const run = await start();
    await ended(run);
    assert.deepEqual((await ranIn(run)).sort(), ['login', 'report']);
    await says(window, 'login', /^ran: login\.ts changed · \d/);
    await says(window, 'report', /^ran: what login made changed · \d/);
    await says(window, 'logout', /^reused · /);
    await says(window, run, /^succeeded · 3 reused/);
  });

  for (const theme of picturedThemes) {
    it(`${colorThemes[theme].label}: cards say why they ran or were reused`, async () => {
      const { workbench } = window;
      await workbench.setColorTheme(theme);
      folder.write('src/login.ts', `export const greeting = ${JSON.stringify(theme)};\n`);
      const run = await start();
      await ended(run);
      await workbench.clearNotifications();
      await workbench.runCommand(commands.showGraph);
      await workbench.tab(run).waitFor();
      const graph = await workbench.webview(graphCards);
      await until('all cards', async () => (await graph.locator(graphCards).count()) === 5);
      assert.match(
        await textOf(graph, 'logout'),
        /^logout\s*reviewer\s*Reused(saved \d|just now|\d+ min)/,
      );
      assert.match(
        await textOf(graph, 'login'),
        /^login\s*(?:Critical\s*)?ran: login\.ts changed\s*Succeeded/,
      );
      assert.match(
        await nameOf(graph, 'logout'),
        /^logout, reviewer, reused: same agent, .* as run /,
      );
      assert.match(await nameOf(graph, 'login'), /, ran: src\/login\.ts changed/);
      assert.match(await graph.locator(graphStrip).innerText(), /5 of 5 done · 3 reused/);
      const border = (task: string): Promise<string> =>
        cardOf(graph, task).evaluate(
          (card: Styled) => card.ownerDocument.defaultView.getComputedStyle(card).borderTopStyle,
        );
      assert.deepEqual([await border('logout'), await border('login')], ['dashed', 'solid']);
      await workbench.page.mouse.move(0, 0);
      await workbench.screenshot(pictureFile(`cache-${theme}`));
      assert.deepEqual(await cutOffInGraph(graph), []);
      const faint = (await contrastsInGraph(graph)).filter(({ ratio }) => ratio < READABLE);
      assert.deepEqual(faint, []);
    });
  }

  it('is left out by who re-runs a task without it', async () => {
    const { workbench } = window;
    await workbench.setColorTheme('light');
    const run = await start();
    await ended(run);
    assert.deepEqual(await ranIn(run), []);
    const row = workbench.row(views.runs, 'search');
    await workbench.chooseFromContextMenu(row, taskActions.rerunWithoutCache);
    // Rows are drawn in no order: it may be the task of an earlier run.
    const missed = async () =>
      (
        await Promise.all(
          Array.from({ length: runs }, (_, n) =>
            folder.eventsOf(`review-${n + 1}`, 'cache-missed'),
          ),
        )
      )
        .flat()
        .filter(({ why }) => why.kind === 'fresh')
        .map(({ task }) => task);
    await until('both to run', async () => (await missed()).length === 2);
    assert.deepEqual((await missed()).sort(), ['report', 'search']);
  });

  it('shows what it holds, and is cleared after a question', async () => {
    const { workbench } = window;
    await workbench.runCommand(commands.showCache);
    const page = await workbench.webview('.markdown-body table');
    await until('the agents', async () => /reviewer/.test(await page.locator('body').innerText()));
    await workbench.screenshot(pictureFile('cache-page'));
    const kept = async (): Promise<string | undefined> =>
      /Kept now: (\d+) answers?/.exec(
        await (await workbench.webview('.markdown-body')).locator('body').innerText(),
      )?.[1];
    assert.notEqual(await kept(), '0');

    await workbench.choose(commands.clearCache, 'All');
    await workbench.pressDialogButton('Clear');
    await workbench.notification(/answers of the cache are gone/).waitFor();
    await until('an empty cache', async () => (await kept()) === '0');
  });

  /** Starts the workflow; gives the run, whose row is there. */
  async function start(): Promise<string> {
    await window.workbench.choose(commands.runWorkflow, 'review');
    runs += 1;
    const run = `review-${runs}`;
    await window.workbench.row(views.runs, run).waitFor();
    return run;
  }

  async function ended(run: string): Promise<void> {
    await says(window, run, /^succeeded/, { timeout: 60_000 });
    assert.notEqual(await described(window, run), '');
  }

  async function ranIn(run: string): Promise<string[]> {
    return (await folder.eventsOf(run, 'task-started')).map(({ task }) => task);
  }
});

/** What a page function gets of an element; the DOM's types are not part of this program. */
interface Styled {
  readonly ownerDocument: {
    readonly defaultView: {
      getComputedStyle(element: Styled): { readonly borderTopStyle: string };
    };
  };
}

function cardOf(graph: Frame, task: string) {
  return graph.locator(`${graphCards}[data-item="${task}"]`);
}

async function textOf(graph: Frame, task: string): Promise<string> {
  return await cardOf(graph, task).locator('.face').innerText();
}

async function nameOf(graph: Frame, task: string): Promise<string> {
  return (await cardOf(graph, task).locator('button.open').getAttribute('aria-label')) ?? '';
}

/** Agents print what they read, so what needs them sees whether that is another one. */
function fillFolder(folder: TestFolder): void {
  const show = `console.log(fs.readFileSync(fs.readFileSync(0, 'utf8').trim(), 'utf8'));`;
  folder.agent('reviewer', show, { description: 'Reviews one file.' });
  folder.agent('tsc', '', { description: 'Checks the types.' });
  folder.agent('report-writer', `process.stdout.write(fs.readFileSync(0, 'utf8'));`, {
    description: 'Makes one report of what the others found.',
  });
  for (const page of ['login', 'logout', 'search']) {
    folder.write(`src/${page}.ts`, `export const greeting = "${page}";\n`);
  }
  const review = (page: string) => ({
    agent: 'reviewer',
    prompt: `src/${page}.ts`,
    cache: { inputs: [`src/${page}.ts`] },
  });
  folder.workflow('review', {
    login: review('login'),
    logout: review('logout'),
    search: review('search'),
    types: { agent: 'tsc', cache: { inputs: ['tsconfig.json'] } },
    report: {
      agent: 'report-writer',
      needs: ['login', 'logout', 'search', 'types'],
      prompt: 'Sum it up.',
      cache: { inputs: ['report/**'] },
    },
  });
}
