import assert from 'node:assert/strict';
import { colorThemes } from '../host/settings.ts';
import { violationsIn, violationText } from './support/axe.ts';
import { GraphPageOf } from './support/graphPage.ts';
import { commands, container, runActions, views } from './support/names.ts';
import { pictureFile, picturedThemes } from './support/pictures.ts';
import { described, says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter, tidy } from './support/windowHooks.ts';

/** Lanes of the large workflow: three steps in a chain each. */
const MANY = 64;

describe('the graph page', function () {
  this.timeout(180_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;
  let runs = 0;

  before(async () => {
    folder = scratch.repository('tea-shop');
    fillFolder(folder);
    folder.git('add', '--all');
    folder.git('commit', '--quiet', '--message', 'Add workflows');
    window = await SluiceWindow.open({ target: { folder: folder.path }, colorTheme: 'light' });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'release').waitFor();
  });

  closeAfter(() => window, scratch, tidy);

  it('shows what the pre-flight knows of a workflow that has not run', async () => {
    const { workbench } = window;
    await workbench.pressInlineAction(views.workflows, 'release', runActions.showGraph);
    const graph = await GraphPageOf.inFront(window);
    await graph
      .card('broken')
      .getByText(/was not found/)
      .waitFor();
    await graph.select('checks');
    await until('its facts', async () =>
      /Tasks\s*6/.test(await graph.section('About it').innerText()),
    );
    await graph.select('build');
    assert.match(await graph.section('Prompt').innerText(), /Build the tea shop/);
    assert.match(await graph.section('About it').innerText(), /Agent\s*builder/);
    await workbench.screenshot(pictureFile('graph-unrun'));
  });

  it('is walked, searched and answered by the keyboard alone', async () => {
    const { workbench } = window;
    const run = await start('shop');
    await says(window, run, /^waiting/);
    await workbench.runCommand(commands.showGraph);
    let graph = await GraphPageOf.inFront(window);

    // The page has the keyboard: the first arrow leads in, the next ones along the edges.
    await until('a card with the focus', async () => {
      await graph.press('ArrowRight');
      return await graph.focused();
    });
    await graph.press('Home');
    await graph.hasFocus('plan');
    await graph.press('ArrowRight');
    await graph.hasFocus('build');
    await graph.press('ArrowLeft');
    await graph.hasFocus('plan');

    await graph.press('ArrowRight', 'Space');
    await graph.panel.getByRole('heading', { name: 'build', exact: true }).waitFor();
    await graph.section('Output').getByText('Steeping the tea').waitFor();
    assert.match(await graph.section('Prompt').innerText(), /Build the tea shop/);
    assert.match(await graph.section('Attempt').innerText(), /1: succeeded/);

    // Enter opens the output in an editor, and the graph is where it was.
    await graph.hasFocus('build');
    await graph.press('Enter');
    await workbench.tab('build.log').waitFor();
    await until('the output', async () => (await workbench.editorText()).includes('Steeping'));
    await workbench.runCommand('View: Close Editor');
    // VS Code has taken the page of the hidden graph away; it comes back as it was.
    graph = await GraphPageOf.inFront(window);
    const { frame, panel } = graph;
    await panel.getByRole('heading', { name: 'build', exact: true }).waitFor();

    await until('the focus back in the page', async () => {
      await graph.press('ArrowRight');
      return await graph.focused();
    });
    await graph.press('/');
    await until('the field', async () => {
      const label = await frame.evaluate(`document.activeElement?.getAttribute('aria-label')`);
      return String(label).startsWith('Find a task');
    });
    await workbench.page.keyboard.type('agree');
    await frame.getByText('1 found').waitFor();
    await graph.press('Enter', 'Escape');
    await graph.hasFocus('agree');

    // Lanes folded to one card open in place.
    await graph.press('Home');
    await graph.hasFocus('plan');
    const fold = graph.cards.and(frame.locator('.fold'));
    assert.equal(await fold.count(), 1);
    await graph.press('/');
    await workbench.page.keyboard.type('checks');
    await frame.getByText('6 found').waitFor();
    await graph.press('Escape');
    await until('the folded lanes with the focus', async () => {
      await graph.press('PageDown');
      return (await frame.evaluate(`document.activeElement?.closest('.fold') !== null`)) === true;
    });
    await graph.press('Enter');
    await until('six lanes', async () => (await fold.count()) === 0);
    assert.ok((await graph.cards.count()) >= 6);

    // L: the same as a list, with the same keys.
    await graph.press('l');
    await frame.getByRole('main', { name: 'Tasks as a list' }).waitFor();
    await graph.press('End');
    await graph.hasFocus('ship');
    await graph.press('ArrowUp');
    await graph.hasFocus('agree');
    await graph.press('a');
    await says(window, run, /^succeeded/);
    await graph.press('l');
    await graph.card('agree').getByText('Approved').waitFor();
    const [answer] = await folder.eventsOf(run, 'gate-answered');
    assert.deepEqual([answer?.task, answer?.decision], ['agree', 'approved']);
  });

  it('follows a task that runs, asks of it what is offered there, and compares its files', async () => {
    const { workbench } = window;
    const run = await start('watched');
    await says(window, run, /^running/);
    await workbench.pressInlineAction(views.runs, run, runActions.showGraph);
    let graph = await GraphPageOf.inFront(window);
    await graph.select('talks');
    const output = graph.section('Output');
    await output.getByText('first line').waitFor();
    assert.doesNotMatch(await output.innerText(), /second line/);
    folder.give('more');
    await output.getByText('second line').waitFor();
    assert.match(await output.innerText(), /Output so far/);

    await graph.select('after');
    await graph.panel.getByRole('button', { name: 'Hold', exact: true }).click();
    await says(window, 'after', /^held by /);
    await graph.panel.getByRole('button', { name: 'Release', exact: true }).click();
    await graph.select('talks');
    folder.give('enough');
    await says(window, run, /^succeeded/);
    await graph.section('Files').getByRole('button', { name: 'Changes of tea.txt' }).click();
    await workbench.tab('tea.txt').waitFor();
    await workbench.page
      .locator('.editor-group-container.active .diff-editor, .multiDiffEntry')
      .first()
      .waitFor();
    await workbench.runCommand('View: Close Editor');
    graph = await GraphPageOf.inFront(window);

    await graph.panel.getByRole('button', { name: 'Rerun', exact: true }).click();
    await graph.section('Attempts').getByText('2: succeeded').waitFor();
    assert.match(await graph.section('Attempts').innerText(), /1: succeeded/);
  });

  it('is as it was after a reload in the middle of a run, and goes on', async () => {
    const { workbench } = window;
    folder.withdraw('enough');
    folder.give('more');
    const run = await start('watched');
    await says(window, run, /^running/);
    await workbench.pressInlineAction(views.runs, run, runActions.showGraph);
    let graph = await GraphPageOf.inFront(window);
    await graph.cards.and(graph.frame.locator('.fold')).locator('button.open').click();
    await graph.card('lanes.3').waitFor();
    const before = await graph.cards.count();
    await graph.select('talks');
    await graph.section('Output').getByText('second line').waitFor();
    // The page keeps what it shows a moment after it changes.
    await workbench.page.waitForTimeout(500);

    await workbench.reload();
    await workbench.openViewContainer(container);
    graph = await GraphPageOf.inFront(window);
    await graph.panel.getByRole('heading', { name: 'talks', exact: true }).waitFor();
    await until('the cards that were open', async () => (await graph.cards.count()) === before);
    await says(window, run, /^running/);
    await graph.section('Output').getByText('second line').waitFor();
    folder.give('enough');
    await says(window, run, /^succeeded/);
    await graph.panel.getByText('Succeeded').first().waitFor();
  });

  it('goes back in time and forward again, and runs a task again from there', async () => {
    const { workbench } = window;
    const run = await start('shop');
    await says(window, run, /^waiting/);
    await workbench.runCommand(commands.showGraph);
    const graph = await GraphPageOf.inFront(window);
    await graph.select('build');
    await graph.frame.getByRole('button', { name: 'Time line' }).click();
    await graph.timeline.locator('.row').first().waitFor();
    await graph.slider.focus();
    await graph.press('Home');
    await graph.moment.getByText(/^As of /).waitFor();
    await graph.card('build').getByText('Pending').waitFor();
    await says(window, run, /as of /);
    await until(
      'a panel of that moment',
      async () => (await graph.panel.locator('.panel-state').innerText()) === 'Pending',
    );
    assert.equal(await graph.section('Output').count(), 0);
    // The card follows the slider a little later: who has gone too far goes back.
    const toRunning = async () => {
      const card = await graph.card('build').innerText();
      if (!card.includes('Running')) {
        await graph.press(card.includes('Succeeded') ? 'ArrowLeft' : 'ArrowRight');
      }
      return card.includes('Running');
    };
    await until('a later moment with the task running', toRunning, { every: 300 });
    assert.match(await described(window, run), /as of /);
    await graph.moment.getByRole('button', { name: 'Back to now' }).click();
    await graph.moment.waitFor({ state: 'hidden' });
    await graph.card('build').getByText('Succeeded').waitFor();
    await says(window, run, /^waiting/);

    await graph.slider.focus();
    await graph.press('End', 'PageDown');
    await graph.moment.getByText(/^As of /).waitFor();
    await graph.panel.getByRole('button', { name: 'Re-run from here' }).click();
    await workbench.dialog.getByText('Run build again?').waitFor();
    await workbench.pressDialogButton('Run');
    await graph.moment.waitFor({ state: 'hidden' });
    await graph.section('Attempts').getByText('2: succeeded').waitFor();
    await says(window, run, /^waiting/);
  });

  it('draws of hundreds of tasks what is in sight', async () => {
    const { workbench } = window;
    const run = await start('many');
    await says(window, run, /^succeeded/, { timeout: 120_000 });
    await workbench.runCommand(commands.showGraph);
    const graph = await GraphPageOf.inFront(window);
    await graph.frame.getByText(`${3 * MANY} of ${3 * MANY} done`).waitFor();
    assert.ok((await graph.cards.count()) <= 3, 'lanes are folded');
    const minimap = graph.frame.locator('.minimap');
    assert.equal(await minimap.isVisible(), false, 'all of it is in sight');
    await workbench.clearNotifications();
    await workbench.screenshot(pictureFile('graph-folded-light'));
    await graph.cards.first().locator('button.open').click();
    await until('lanes', async () => (await graph.cards.count()) > 3);
    await minimap.waitFor();
    const drawn = await graph.cards.count();
    assert.ok(drawn < 120, `${drawn} cards of ${3 * MANY} in the document`);
    await workbench.screenshot(pictureFile('graph-many-light'));
  });

  describe('as people see it', () => {
    before(async () => {
      // Else the progress of what runs lies over it.
      await window.workbench.runCommand('Notifications: Toggle Do Not Disturb Mode');
    });

    for (const theme of picturedThemes) {
      it(`${colorThemes[theme].label}: has nothing that axe finds, with panel and time line`, async () => {
        const { workbench } = window;
        await workbench.setColorTheme(theme);
        const run = await start('pictured');
        await says(window, run, /7 of 11 done/);
        await says(window, 'agree', /^waits for you/);
        await says(window, 'post', /^press did not/);
        await workbench.runCommand(commands.showGraph);
        const graph = await GraphPageOf.inFront(window);
        if (!(await graph.timeline.isVisible())) {
          await graph.frame.getByRole('button', { name: 'Time line' }).click();
        }
        await graph.timeline.locator('.row').first().waitFor();
        const found: string[] = [];
        for (const [task, name] of [
          ['design', 'panel-output'],
          ['agree', 'panel-gate'],
          ['press', 'panel-failed'],
        ] as const) {
          await graph.timeline.locator(`.row[data-task="${task}"]`).click();
          await graph.panel.getByRole('heading', { name: task, exact: true }).waitFor();
          await graph.frame.locator('aside.panel:not([aria-busy])').waitFor();
          await workbench.page.mouse.move(0, 0);
          await workbench.screenshot(pictureFile(`${name}-${theme}`));
          found.push(violationText(await violationsIn(graph.frame)));
        }
        await graph.frame.getByRole('button', { name: 'Show as a list' }).click();
        await graph.frame.locator('main.list').waitFor();
        found.push(violationText(await violationsIn(graph.frame)));
        await workbench.screenshot(pictureFile(`graph-list-${theme}`));
        await graph.frame.getByRole('button', { name: 'Show as a list' }).click();
        await graph.slider.focus();
        await graph.press('End', 'PageDown', 'PageDown', 'PageDown', 'PageDown');
        await graph.moment.getByText(/^As of /).waitFor();
        found.push(violationText(await violationsIn(graph.frame)));
        await workbench.screenshot(pictureFile(`timeline-past-${theme}`));
        await graph.press('End');
        await graph.moment.waitFor({ state: 'hidden' });
        await graph.panel.getByRole('button', { name: 'Close the panel' }).click();
        await workbench.page.mouse.move(0, 0);
        await workbench.screenshot(pictureFile(`timeline-${theme}`));
        await graph.frame.getByRole('button', { name: 'Time line' }).click();
        await workbench.page.mouse.move(0, 0);
        await workbench.screenshot(pictureFile(`graph-${theme}`));

        await workbench.page.setViewportSize({ width: 620, height: 900 });
        await workbench.setSideBarWidth(270);
        await graph.frame.getByRole('button', { name: 'Time line' }).click();
        await graph.timeline.locator('.row[data-task="agree"]').click();
        await workbench.page.mouse.move(0, 0);
        await workbench.screenshot(pictureFile(`graph-narrow-${theme}`));
        found.push(violationText(await violationsIn(graph.frame)));
        await workbench.page.setViewportSize({ width: 1400, height: 900 });
        assert.equal(found.filter((text) => text !== '').join('\n'), '');
        await workbench.pressInlineAction(views.runs, run, runActions.cancel);
      });
    }
  });

  /** Starts a workflow; returns the run, whose row is there. */
  async function start(workflow: string): Promise<string> {
    await window.workbench.choose(commands.runWorkflow, workflow);
    runs += 1;
    const run = `${workflow}-${runs}`;
    await window.workbench.row(views.runs, run).waitFor();
    return run;
  }
});

function fillFolder(folder: TestFolder): void {
  folder.agent('quick', '', { description: 'Does its part at once.' });
  folder.agent(
    'builder',
    `console.log('Steeping the tea'); fs.writeFileSync('shop.txt', 'A tea shop\\n');`,
    { description: 'Builds the shop.' },
  );
  folder.agent(
    'talker',
    `console.log('first line'); await sign('more'); console.log('second line');
     await sign('enough'); fs.writeFileSync('tea.txt', 'Assam\\n');`,
  );
  // Programs of the repository, as people have them: pictures show their commands.
  program(
    folder,
    'designer',
    'Designs pages.',
    `console.log('Reading the pages of the shop.\\nThree of them have no prices.');
console.log('Writing a page with all teas and what they cost.');
fs.writeFileSync('prices.md', '# Prices\\n\\nAssam 4.20\\n');
setTimeout(() => console.log('Done: 12 teas, one page.'), 1500);`,
  );
  program(
    folder,
    'printer',
    'Prints labels.',
    `console.log('Warming up');
setTimeout(() => { console.error('No paper in tray 2'); process.exit(3); }, 400);`,
  );
  program(
    folder,
    'brewer',
    'Brews until told to stop.',
    `console.log('Water is at 80 °C'); setTimeout(() => {}, 600_000);`,
  );
  program(folder, 'checker', 'Checks prices.', '');
  folder.command('unknown', ['sluice-no-such-program']);
  folder.workflow('release', {
    plan: { agent: 'quick' },
    build: { agent: 'builder', needs: ['plan'], prompt: 'Build the tea shop.' },
    checks: { agent: 'quick', needs: ['build'], matrix: { leaf: [1, 2, 3, 4, 5, 6] } },
    broken: { agent: 'unknown', needs: ['build'] },
    agree: { needs: ['checks'], gate: { ask: 'Ship it?' } },
  });
  folder.workflow('shop', {
    plan: { agent: 'quick' },
    build: { agent: 'builder', needs: ['plan'], prompt: 'Build the tea shop.' },
    checks: { agent: 'quick', needs: ['build'], matrix: { leaf: [1, 2, 3, 4, 5, 6] } },
    agree: { needs: ['checks'], gate: { ask: 'Ship it?' } },
    ship: { agent: 'quick', needs: ['agree'] },
  });
  folder.workflow('watched', {
    talks: { agent: 'talker', prompt: 'Tell of the tea.', produces: ['tea.txt'] },
    lanes: { agent: 'quick', matrix: { leaf: [1, 2, 3, 4, 5] } },
    after: { agent: 'quick', needs: ['talks'] },
  });
  const lanes = Array.from({ length: MANY }, (_, at) => `t${at}`);
  folder.workflow('many', {
    read: { agent: 'quick', matrix: { tea: lanes } },
    taste: { agent: 'quick', needs: ['read'], matrix: { tea: lanes } },
    note: { agent: 'quick', needs: ['taste'], matrix: { tea: lanes } },
  });
  folder.workflow('pictured', {
    plan: { agent: 'quick', prompt: 'Plan the spring menu.' },
    design: {
      agent: 'designer',
      needs: ['plan'],
      prompt: 'Make a page with the prices of all teas.\nKeep to the colours of the shop.',
      produces: ['prices.md'],
    },
    brew: { agent: 'brewer', needs: ['plan'] },
    press: {
      agent: 'printer',
      needs: ['plan'],
      retry: { attempts: 2, delay: '200ms', 'max-delay': '300ms' },
    },
    checks: {
      agent: 'checker',
      needs: ['design'],
      matrix: { leaf: ['green', 'black', 'white', 'oolong', 'yellow'] },
    },
    agree: {
      needs: ['checks', 'design'],
      gate: { ask: 'Put the price list on its branch?', show: ['prices.md'] },
    },
    post: { agent: 'quick', needs: ['agree', 'press'] },
  });
}

function program(folder: TestFolder, name: string, description: string, script: string): void {
  folder.write(`tools/${name}.mjs`, `import fs from 'node:fs';\n${script}\n`);
  folder.command(name, ['node', `tools/${name}.mjs`], { description });
}
