import assert from 'node:assert/strict';
import fs from 'node:fs';
import { colorThemes } from '../host/settings.ts';
import { violationsIn, violationText } from './support/axe.ts';
import { GraphPageOf } from './support/graphPage.ts';
import { container, runActions, views } from './support/names.ts';
import { pictureFile, picturedThemes } from './support/pictures.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter } from './support/windowHooks.ts';

const FILE = '.sluice/todos/basket.yaml';

const PLAN = `# What we agreed on with the shop
name: basket
todos:
  - id: contract
    title: Agree on the interface of the basket
    agent_role: architect
    description: |
      Write down what the basket can do: add, remove, total.

      Nothing of how it is kept.
    dependencies: []
    owns: [contracts/**]

  - id: store
    title: Keep the basket in a file
    agent_role: coder
    dependencies: [contract] # it says how
    owns: [src/basket/**]
    acceptance_criteria:
      tests:
        - cmd: npm test -- basket
          timeout_seconds: 120
    validation_rules:
      - type: lint
        command: npm run lint

  - id: page
    title: Show the basket
    agent_role: coder
    dependencies: [contract]
    owns: [src/page/**]
    never: [src/page/theme.css]

  - id: checkout
    title: Pay for what is in it
    agent_role: coder
    dependencies: [store, page]
    owns: [src/checkout/**]
    acceptance_criteria:
      tests:
        - cmd: npm test -- checkout
          timeout_seconds: 300
        - cmd: npm run e2e

  - id: try-it
    title: Try the shop as a customer does
    agent_role: tester
    dependencies: [checkout]

  - id: handbook
    title: Tell customers about it
    agent_role: writer
    dependencies: [checkout]
    owns: [docs/**]
`;

describe('the graph page of a plan', function () {
  this.timeout(180_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;
  let graph: GraphPageOf;

  before(async () => {
    folder = scratch.repository('tea-shop');
    for (const name of ['architect', 'coder', 'tester', 'writer']) {
      folder.agent(name, 'note("ran", "");');
    }
    folder.write(FILE, PLAN);
    folder.git('add', '--all');
    folder.git('commit', '--quiet', '--message', 'Plan the basket');
    window = await SluiceWindow.open({ target: { folder: folder.path }, colorTheme: 'light' });
    const { workbench } = window;
    await workbench.openViewContainer(container);
    await workbench.row(views.workflows, 'basket').waitFor();
    await workbench.pressInlineAction(views.workflows, 'basket', runActions.showGraph);
    graph = await GraphPageOf.inFront(window);
  });

  closeAfter(() => window, scratch);

  it('renames, re-wires, adds and removes todos in the file, and takes it back', async () => {
    const { workbench } = window;
    const { panel, frame } = graph;
    await graph.select('store');
    const id = panel.getByLabel('Id', { exact: true });
    await id.fill('keep');
    await graph.press('Enter');
    await saved('the new name', PLAN.replace('id: store', 'id: keep').replace('[store,', '[keep,'));
    await graph.card('keep').waitFor();
    await panel.getByRole('heading', { name: 'keep', exact: true }).waitFor();

    // Two todos of one name: the field says so, what was written stays, and Escape takes it back.
    await id.fill('page');
    await graph.press('Enter');
    await panel.getByText('Two todos would be called page.').waitFor();
    assert.equal(await id.inputValue(), 'page');
    await graph.press('Escape');
    assert.equal(await id.inputValue(), 'keep');
    const renamed = textOf();

    await panel.getByRole('button', { name: 'Do not need contract any more' }).click();
    await saved('no need', renamed.replace('[contract] # it', '[] # it'));
    await panel.getByLabel('Add a todo it needs').selectOption('page');
    await saved('another need', renamed.replace('[contract] # it', '[page] # it'));

    // Others need it: they get what it needs, and Undo brings it back.
    const before = textOf();
    await panel.getByRole('button', { name: 'Remove', exact: true }).click();
    await panel.getByText('checkout needs it. It can need page instead.').waitFor();
    await panel.getByRole('button', { name: 'Pass on what it needs' }).click();
    await until('it to be gone', () => !textOf().includes('keep'));
    assert.match(textOf(), /dependencies: \[page\]\n {4}owns: \[src\/checkout/);
    await panel.waitFor({ state: 'hidden' });
    await frame.getByText('keep is removed.').waitFor();
    await frame.getByRole('button', { name: 'Undo', exact: true }).click();
    await saved('it again', before);

    await frame.getByRole('button', { name: 'Fit the whole graph' }).click();
    await graph.select('handbook');
    await panel.getByRole('button', { name: 'Add Todo After' }).click();
    await panel.getByRole('heading', { name: 'todo-7', exact: true }).waitFor();
    await until('the title', async () => {
      const label = await frame.evaluate(`document.activeElement?.labels?.[0]?.textContent`);
      return label === 'Title';
    });
    await workbench.page.keyboard.type('Print it: all of it');
    await graph.press('Enter');
    const added = `
  - id: todo-7
    title: 'Print it: all of it'
    agent_role: writer
    dependencies: [handbook]
`;
    await saved('the new todo', before + added);
    await graph.card('todo-7').waitFor();
  });

  it('shows what is wrong at the card and at the field, and all todos as a table', async () => {
    await graph.press('Escape');
    folder.write(FILE, PLAN.replace('agent_role: tester', 'agent_role: taster'));
    const { panel, frame } = graph;
    await graph.card('try-it').getByText('Cannot run').waitFor();
    await graph.select('try-it');
    const agent = panel.getByLabel('Agent', { exact: true });
    assert.equal(await agent.locator('option:checked').textContent(), 'taster (unknown)');
    assert.equal(await agent.getAttribute('aria-invalid'), 'true');
    await window.workbench.screenshot(pictureFile('plan-problem'));
    await agent.selectOption('tester');
    await saved('the agent', PLAN);

    // A file that cannot be read leaves the graph, says why, and all is back once it can.
    folder.write(FILE, PLAN.replace('todos:', 'todos: ['));
    await frame.getByRole('button', { name: 'Open File' }).waitFor();
    await graph.card('try-it').waitFor();
    folder.write(FILE, PLAN);
    await frame.getByRole('button', { name: 'Open File' }).waitFor({ state: 'hidden' });
    await agent.waitFor();
    await graph.press('Escape');

    await frame.getByRole('button', { name: 'Show as a table' }).click();
    const table = frame.getByRole('main', { name: 'Todos as a table' });
    await table.getByRole('row', { name: /^store/ }).waitFor();
    assert.equal(await table.getByRole('row').count(), 7);
    // By keyboard alone: along the rows and cells, into a title and out.
    await table.getByRole('button', { name: 'contract', exact: true }).focus();
    await graph.press('ArrowDown', 'ArrowRight', 'Enter', 'Control+a');
    await window.workbench.page.keyboard.type('Keep it');
    await graph.press('Enter');
    await saved('the title', PLAN.replace('Keep the basket in a file', 'Keep it'));
    await table.getByRole('button', { name: 'Title of store: Keep it. Change' }).waitFor();

    // The same as from the Workflows view; the table is there again when one comes back to it.
    await frame.getByRole('button', { name: 'Pre-flight' }).click();
    await window.workbench.webview('h1:has-text("Pre-flight")');
    await window.workbench.tab('basket').click();
    const again = await window.workbench.webview('main.plan-table tbody tr:visible');
    graph = new GraphPageOf(window, again);
  });

  it('can be used by everybody, in every theme and in little room', async () => {
    const { workbench } = window;
    const { frame } = graph;
    await workbench.clearNotifications();
    for (const theme of picturedThemes) {
      await workbench.setColorTheme(theme);
      for (const view of ['table', 'graph'] as const) {
        const main = frame.getByRole('main', { name: 'Todos as a table' });
        if ((await main.isVisible()) !== (view === 'table')) {
          await frame.getByRole('button', { name: 'Show as a table' }).click();
        }
        await (view === 'table'
          ? main.getByRole('button', { name: 'checkout', exact: true }).click()
          : graph.select('checkout'));
        const found = await violationsIn(frame);
        assert.equal(violationText(found), '', `${view} in ${colorThemes[theme].label}`);
        await workbench.screenshot(pictureFile(`plan-${view}-${theme}`));
        await workbench.page.setViewportSize({ width: 648, height: 1000 });
        await until('little room', async () => {
          const width = Number(await frame.evaluate('document.body.clientWidth'));
          return width < 340;
        });
        const wide = await frame.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        assert.equal(wide, 0);
        await workbench.screenshot(pictureFile(`plan-${view}-narrow-${theme}`));
        await workbench.page.setViewportSize({ width: 1400, height: 900 });
      }
    }
  });

  function textOf(): string {
    return fs.readFileSync(folder.file(FILE), 'utf8');
  }

  /** Waits until the file says this, to the byte. */
  async function saved(what: string, text: string): Promise<void> {
    await until(`${what} in the file`, () => {
      if (textOf() !== text) {
        throw new Error(`it says:\n${textOf()}`);
      }
      return true;
    });
  }
});
