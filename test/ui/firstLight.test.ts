import assert from 'node:assert/strict';
import { digestCheckout } from '../support/tempRepository.ts';
import { commands, container, gateActions, graphCards, views } from './support/names.ts';
import { says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter } from './support/windowHooks.ts';

const QUESTION = 'Put the report on its branch?';
/** Milliseconds for linters and a compiler on a busy machine. */
const AGENTS = { timeout: 180_000 };

describe('a person with the example', function () {
  this.timeout(400_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;

  before(async () => {
    folder = scratch.example('code-quality');
    window = await SluiceWindow.open({ target: { folder: folder.path } });
  });

  closeAfter(() => window, scratch);

  it('is offered the workflow, and finds agents and workflows listed', async () => {
    const { workbench } = window;
    await workbench.notification('This folder has a Sluice workflow').waitFor();
    await workbench.openViewContainer(container);
    await workbench.row(views.agents, 'eslint').waitFor();
    assert.deepEqual(
      (await workbench.rows(views.agents)).map(({ label }) => label),
      ['.sluice/agents', 'eslint', 'mocha', 'quality-report', 'secretlint', 'tsc'],
    );
    const [workflow] = await workbench.rows(views.workflows);
    assert.deepEqual(
      [workflow?.label, workflow?.description],
      ['code-quality', '5 steps · 1 gate'],
    );
  });

  it('runs it from the palette, watches tree and graph, reads the report, approves, and finds the branch', async () => {
    const { workbench } = window;
    const before = digestCheckout(folder.path);
    await workbench.choose(commands.runWorkflow, 'code-quality');
    await workbench.row(views.runs, 'code-quality-1').waitFor();
    await workbench.runCommand(commands.showGraph);
    const graph = await workbench.webview(graphCards);
    await until('six cards', async () => (await graph.locator(graphCards).count()) === 6);

    await workbench.row(views.gates, QUESTION).waitFor(AGENTS);
    assert.equal(await workbench.badge(container), '1');
    await workbench.notification(`code-quality-1 asks: ${QUESTION}`).waitFor();
    assert.deepEqual(folder.branches(), ['main'], 'nothing lands before the answer');

    await workbench.row(views.gates, QUESTION).click();
    await workbench.tab('Preview Gate approve of code-quality-1.md').waitFor();
    const page = await workbench.webview('h1:has-text("approve of code-quality-1")');
    await page.getByRole('heading', { name: 'report.md' }).waitFor();
    assert.match(await page.locator('body').innerText(), /Code quality/, 'it shows the report');

    await workbench.pressInlineAction(views.gates, QUESTION, gateActions.approve);
    await says(window, 'code-quality-1', /^succeeded/, AGENTS);
    await says(window, 'approve', /^by /);
    assert.equal(await workbench.badge(container), undefined);
    const branch = 'ai/generated/code-quality-1/report';
    assert.deepEqual(folder.branches(), [branch, 'main']);
    assert.deepEqual(folder.git('diff', '--name-only', 'main', branch).split('\n'), [
      'report.md',
      'report.sarif',
    ]);
    assert.deepEqual(
      (await workbench.rows(views.runs))
        .filter(({ level }) => level === 3)
        .map(({ label }) => label),
      ['report.md', 'report.sarif', branch],
    );
    assert.deepEqual(digestCheckout(folder.path), before, 'the checkout is as it was');
  });

  it('finds the run where it was after a reload in the middle, and nothing done twice', async () => {
    const { workbench } = window;
    folder.agent('quick', '');
    folder.agent('held', `await sign('release');`);
    folder.workflow('held', {
      quick: { agent: 'quick' },
      held: { agent: 'held', needs: ['quick'] },
      after: { agent: 'quick', needs: ['held'] },
    });
    await workbench.row(views.workflows, 'held').waitFor();
    await workbench.choose(commands.runWorkflow, 'held');
    await says(window, 'held-2', /^running · 1 of 3 done$/);
    await until('the held step to run', async () => (await starts()).includes('held.1'));
    await workbench.runCommand(commands.showGraph);
    await workbench.tab('held-2').waitFor();

    await workbench.reload();
    await workbench.openViewContainer(container);
    await until('the held step to run again', async () => (await starts()).includes('held.2'));
    await workbench.tab('held-2').click();
    const graph = await workbench.webview(`${graphCards}:nth-child(3)`);
    folder.give('release');
    await says(window, 'held-2', /^succeeded/);
    await graph.getByText('3 of 3 done').waitFor();
    assert.deepEqual(await starts(), ['quick.1', 'held.1', 'held.2', 'after.1']);
  });

  /** Attempts in the order they began. */
  async function starts(): Promise<string[]> {
    const events = await folder.eventsOf('held-2', 'task-started');
    return events.map(({ task, attempt }) => `${task}.${attempt}`);
  }
});
