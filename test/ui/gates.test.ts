import assert from 'node:assert/strict';
import { digestCheckout } from '../support/tempRepository.ts';
import {
  digestOn,
  gatePage,
  gateRow,
  graphOf,
  notificationButtons,
  pressOnCard,
  pressTitleButton,
  titleButton,
  waiting,
} from './support/gates.ts';
import { commands, container, gateActions, resultActions, views } from './support/names.ts';
import { pictureFile, picturedThemes } from './support/pictures.ts';
import { says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import { sluiceInTerminal } from './support/terminal.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter, tidy } from './support/windowHooks.ts';

// Gates as a person meets and answers them: where, in which order, with what to say. One folder, one run a test.

const QUESTION = 'May the page go out?';
const NOTE = 'Shorter, and say what it costs.';

describe('a person at gates', function () {
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
    });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'page').waitFor();
    await window.workbench.clearNotifications();
  });

  closeAfter(
    () => window,
    scratch,
    async () => {
      await letGo();
      await tidy(window);
    },
  );

  it('looks, requests changes on the page, sees what changed, and approves over the diff', async () => {
    const { workbench } = window;
    const before = digestCheckout(folder.path);
    const run = await start('page');
    const notification = `${run} asks: ${QUESTION}`;
    const buttons = await notificationButtons(workbench, notification);
    assert.deepEqual(buttons, ['Approve', 'Request Changes…', 'Reject', 'Show']);
    await pictures('gate-notified');
    await workbench.pressNotificationButton(notification, 'Show');
    const first = await gatePage(window, `review of ${run}`, /^prices\.md changed by draft$/m);
    assert.match(first, /Write the page\./, 'what it shows stands on the page');
    for (const action of [...Object.values(gateActions), resultActions.changes]) {
      const isThere = action !== gateActions.identical;
      const button = titleButton(workbench, action);
      await button.waitFor({ state: isThere ? 'visible' : 'detached' });
    }
    await pictures('gate-page');

    await pressTitleButton(workbench, gateActions.requestChanges);
    assert.match(await workbench.enterRefused(' '), /Say what is to be changed/);
    await workbench.enter(NOTE);
    const lapsed = /wanted changes (just now|\d+ \w+ ago); docs\/page\.md changed since/;
    const second = await gatePage(window, `review of ${run}`, lapsed);
    assert.match(second, new RegExp(`^.* to draft, .*: ${NOTE}$`, 'm'));
    assert.notEqual(digestOn(second), digestOn(first));
    await gateRow(window, QUESTION, /^asked again/);
    await workbench.expand(views.gates, QUESTION);
    await workbench.view(views.gates).locator('.label-name', { hasText: lapsed }).waitFor();
    const [wanted] = (await folder.eventsOf(run, 'gate-answered')).map(({ note }) => note);
    assert.equal(wanted, NOTE);
    assert.deepEqual(resultsOf(run), [], 'nothing lands before the approval');
    await pictures('gate-asked-again', { isNarrowToo: true });

    await pressTitleButton(workbench, resultActions.changes);
    await workbench.tab(`What review of ${run} guards (2 files)`).waitFor();
    await workbench.page.locator('.view-line', { hasText: NOTE }).first().waitFor();
    await titleButton(workbench, gateActions.requestChanges).waitFor();
    await pictures('gate-diff');
    await pressTitleButton(workbench, gateActions.approve);
    await says(window, run, /^succeeded/);
    assert.deepEqual(resultsOf(run), ['draft']);
    const page = folder.git('show', `ai/generated/${run}/draft:docs/page.md`);
    assert.match(page, /^Write the page\.[^]*were asked for changes:\n\n- .*: Shorter, and say/);
    assert.deepEqual(digestCheckout(folder.path), before, 'the checkout is as it was');
    await titleButton(workbench, gateActions.approve).waitFor({ state: 'detached' });
    await waiting(window, 0);
  });

  const places = {
    view: async (_run: string, gate: string) => {
      await window.workbench.pressInlineAction(views.gates, asked(gate), gateActions.approve);
    },
    graph: async (run: string, gate: string) => {
      await pressOnCard(await graphOf(window, run), gate, `Approve ${gate}`);
    },
    palette: async (_run: string, gate: string, left: number) => {
      // The only one is not asked for.
      const { workbench } = window;
      await (left === 1
        ? workbench.runCommand(commands.approve)
        : workbench.choose(commands.approve, gate));
    },
  } as const;

  for (const [place, order] of (
    [
      [
        ['red', 'view'],
        ['green', 'graph'],
        ['blue', 'palette'],
      ],
      [
        ['green', 'palette'],
        ['blue', 'view'],
        ['red', 'graph'],
      ],
      [
        ['blue', 'graph'],
        ['red', 'palette'],
        ['green', 'view'],
      ],
    ] as const
  ).entries()) {
    const told = order.map(([lane, where]) => `${lane} in the ${where}`).join(', ');
    it(`answers three gates at once: ${told}`, async () => {
      const { workbench } = window;
      const run = await start('lanes');
      await waiting(window, 3);
      // Where one lane was done a good deal earlier it is told by itself, and 20 s later all that wait.
      await workbench.notification('3 gates wait for you.').waitFor({ timeout: 60_000 });
      if (place === 0) {
        await pictures('gates-notified', { isNarrowToo: true });
        await workbench.pressNotificationButton('3 gates wait for you.', 'Next Gate');
        await workbench.webview(`h1:has-text("of ${run}")`);
        await workbench.runCommand('View: Close All Editors');
      }
      for (const [answered, [lane, where]] of order.entries()) {
        await places[where](run, `agree-${lane}`, order.length - answered);
        await waiting(window, 2 - answered);
        const sofar = order.slice(0, answered + 1).map(([each]) => each);
        await until('what was approved, and no more', () => {
          assert.deepEqual(resultsOf(run), [...sofar].sort());
          return true;
        });
      }
      await says(window, run, /^succeeded/);
      for (const [lane] of order) {
        const text = folder.git('show', `ai/generated/${run}/${lane}:${lane}.md`);
        assert.equal(text, `Tea in ${lane} cups.`);
      }
    });
  }

  it('rejects with a reason, and nothing reaches a branch', async () => {
    const { workbench } = window;
    const run = await start('page');
    await workbench.pressInlineAction(views.gates, QUESTION, gateActions.reject);
    await workbench.enter('Too expensive.');
    await says(window, run, /^failed/);
    await says(window, 'review', /Too expensive\./);
    assert.deepEqual(resultsOf(run), []);
    await waiting(window, 0);
    const [{ decision, note } = { decision: undefined, note: undefined }] = await folder.eventsOf(
      run,
      'gate-answered',
    );
    assert.deepEqual([decision, note], ['rejected', 'Too expensive.']);
  });

  it('chooses where a gate offers choices, writes where it wants words, and what comes next is told', async () => {
    const { workbench } = window;
    const run = await start('poster');
    await waiting(window, 2);
    await pressOnCard(await graphOf(window, run), 'colour', 'Approve colour');
    assert.deepEqual(await workbench.pickLabels(), ['blue', 'red']);
    await workbench.pick('red');
    await waiting(window, 1);
    await workbench.pressInlineAction(views.gates, 'What is its title?', gateActions.approve);
    assert.match(await workbench.enterRefused(' '), /Write an answer/);
    await workbench.enter('Summer "prices"');
    await says(window, run, /^succeeded/);
    assert.equal(folder.noteOf('poster'), 'A red poster: Summer "prices"');
  });

  it('approves all that ask the same about the same content, once they are named', async () => {
    const { workbench } = window;
    const run = await start('same');
    await waiting(window, 3);
    const label = '3 × Is the notice right?';
    await workbench.row(views.gates, label).waitFor();
    await workbench.pressInlineAction(views.gates, label, gateActions.identical);
    await workbench.dialog.getByText('Approve 3 gates that ask the same').waitFor();
    for (const lane of ['one', 'two', 'three']) {
      await workbench.dialog.getByText(`ok-${lane} of ${run}`).waitFor();
    }
    await picture('gates-identical-light');
    await workbench.pressDialogButton('Cancel');
    await waiting(window, 3);
    await workbench.pressInlineAction(views.gates, label, gateActions.identical);
    await workbench.pressDialogButton('Approve All');
    await says(window, run, /^succeeded/);
    await waiting(window, 0);
    assert.deepEqual(resultsOf(run), ['one', 'three', 'two']);
  });

  it('sees an answer that was given in a terminal, and cannot give another', async () => {
    const { workbench } = window;
    const run = await start('page');
    await workbench.row(views.gates, QUESTION).click();
    const page = await gatePage(window, `review of ${run}`, /^Digest: /m);
    const number = /\d+$/.exec(run)?.[0] ?? '';
    const shown = await sluiceInTerminal(window, folder.path, 'gates');
    assert.match(shown.out, new RegExp(`${run}.*review.*May the page go out`));
    const terminal = await sluiceInTerminal(window, folder.path, 'approve', number, 'review');
    assert.equal(terminal.code, 0, terminal.out + terminal.err);
    await says(window, run, /^succeeded/);
    await waiting(window, 0);
    await gatePage(window, `review of ${run}`, /^Approved by /m);
    await titleButton(workbench, gateActions.approve).waitFor({ state: 'detached' });
    await workbench.pressNotificationButton(`${run} asks: ${QUESTION}`, 'Reject');
    await workbench.notification(`review of ${run} is answered already`).waitFor();
    const answers = await folder.eventsOf(run, 'gate-answered');
    assert.deepEqual(
      answers.map(({ by, decision, digest }) => [by.via, decision, digest]),
      [['terminal', 'approved', digestOn(page)]],
    );
    assert.deepEqual(resultsOf(run), ['draft']);
  });

  it('finds a gate as it was after the window was reloaded, and answers it', async () => {
    const { workbench } = window;
    const run = await start('page');
    await workbench.row(views.gates, QUESTION).click();
    const before = await gatePage(window, `review of ${run}`, /^Digest: /m);
    await workbench.reload();
    await workbench.openViewContainer(container);
    await workbench.row(views.gates, QUESTION).waitFor();
    await workbench.tab(`Preview Gate review of ${run}.md`).click();
    const after = await gatePage(window, `review of ${run}`, /^Digest: /m);
    assert.equal(digestOn(after), digestOn(before));
    assert.equal((await folder.eventsOf(run, 'gate-opened')).length, 1, 'asked once');
    await waiting(window, 1);
    await pressTitleButton(workbench, gateActions.approve);
    await says(window, run, /^succeeded/);
    assert.deepEqual(resultsOf(run), ['draft']);
    assert.equal((await folder.eventsOf(run, 'task-started')).length, 2, 'nothing was done twice');
  });

  /** A run that waits at a gate; nothing of other runs does. */
  async function start(workflow: string): Promise<string> {
    const before = folder.runs().length;
    await window.workbench.choose(commands.runWorkflow, workflow);
    const run = await until('the run', () => folder.runs()[before]);
    await until('its gate', async () => (await folder.eventsOf(run, 'gate-opened')).length > 0);
    return run;
  }

  /** Leaves no gate to the next test, where one has failed before its gates were answered. */
  async function letGo(): Promise<void> {
    for (const run of folder.runs()) {
      if ((await folder.endOf(run)) === undefined) {
        await sluiceInTerminal(window, folder.path, 'cancel', run);
      }
    }
  }

  /** Tasks whose results are on branches. */
  function resultsOf(run: string): string[] {
    const prefix = `ai/generated/${run}/`;
    return folder
      .branches()
      .filter((branch) => branch.startsWith(prefix))
      .map((branch) => branch.slice(prefix.length));
  }

  /** In each theme, and narrow. */
  async function pictures(name: string, { isNarrowToo = false } = {}): Promise<void> {
    const { workbench } = window;
    // The one that stays comes last: a change of theme takes a second.
    for (const theme of picturedThemes.toReversed()) {
      await workbench.setColorTheme(theme);
      await picture(`${name}-${theme}`);
    }
    if (isNarrowToo) {
      await workbench.page.setViewportSize({ width: 800, height: 900 });
      await workbench.setSideBarWidth(300);
      await picture(`${name}-narrow`);
      await workbench.page.setViewportSize({ width: 1400, height: 900 });
    }
  }

  async function picture(name: string): Promise<void> {
    const { workbench } = window;
    const fading = workbench.page.locator('.notification-toast.notification-fade-in');
    await until('the notification to be there', async () => (await fading.count()) === 0);
    // Away from what would show that the mouse is over it.
    await workbench.page.mouse.move(0, 0);
    await workbench.screenshot(pictureFile(name));
  }
});

type Step = Readonly<Record<string, unknown>>;

function asked(gate: string): string {
  return `Land ${gate.replace('agree-', '')}?`;
}

function fillFolder(folder: TestFolder): void {
  folder.write('prices.md', ['# Prices', '', 'tea 3', 'coffee 4', ''].join('\n'));
  folder.agent(
    'writer',
    `fs.mkdirSync('docs', { recursive: true }); fs.writeFileSync('docs/page.md', fs.readFileSync(0, 'utf8'));
     fs.writeFileSync('prices.md', fs.readFileSync('prices.md', 'utf8').replace('tea 3', 'tea 4'));`,
  );
  folder.agent(
    'painter',
    `const at = fs.readFileSync(0, 'utf8').trim(); fs.writeFileSync(at + '.md', 'Tea in ' + at + ' cups.\\n');`,
  );
  folder.agent('notifier', `fs.writeFileSync('notice.md', 'Closed on Sunday.\\n');`);
  folder.agent('teller', `note('poster', fs.readFileSync(0, 'utf8').trim());`);
  folder.agent('quick', '');
  folder.workflow('page', {
    draft: { agent: 'writer', prompt: 'Write the page.', produces: ['docs/page.md', 'prices.md'] },
    review: { needs: ['draft'], gate: { ask: QUESTION, show: 'docs/page.md' } },
    publish: { agent: 'quick', needs: ['review'] },
  });
  folder.workflow(
    'lanes',
    Object.fromEntries<Step>(
      ['red', 'green', 'blue'].flatMap((lane) => [
        [lane, { agent: 'painter', prompt: lane, produces: [`${lane}.md`] }],
        [`agree-${lane}`, { needs: [lane], gate: { ask: `Land ${lane}?` } }],
      ]),
    ),
  );
  folder.workflow('poster', {
    colour: { gate: { ask: 'Which colour?', choices: ['blue', 'red'] } },
    title: { gate: { ask: 'What is its title?', input: true } },
    tell: {
      agent: 'teller',
      needs: ['colour', 'title'],
      prompt: 'A ${{ steps.colour.output }} poster: ${{ steps.title.output }}',
    },
  });
  folder.workflow(
    'same',
    Object.fromEntries<Step>(
      ['one', 'two', 'three'].flatMap((lane) => [
        [lane, { agent: 'notifier', produces: ['notice.md'] }],
        [`ok-${lane}`, { needs: [lane], gate: { ask: 'Is the notice right?', show: 'notice.md' } }],
      ]),
    ),
  );
}
