import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { root } from '../../scripts/paths.mjs';
import {
  commands,
  container,
  graphCards,
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

// The models are VS Code's own, of an extension beside Sluice: test/host/standIns/models.
describe('a person whose agents talk with models', function () {
  this.timeout(120_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;

  /** A provider that takes one key. */
  const router = http.createServer(({ headers }, response) => {
    const isGood = headers.authorization === 'Bearer good-key';
    response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isGood ? { data: [] } : { error: { message: 'No such key' } }));
  });

  before(async () => {
    await new Promise<void>((resolve) => router.listen(0, '127.0.0.1', resolve));
    folder = scratch.repository('project');
    const agent = { instructions: 'You help.', model: 'vscode/fake/scripted', tools: ['shell'] };
    folder.write('.sluice/agents/talker.json', JSON.stringify({ name: 'talker', ...agent }));
    folder.workflow('streams', {
      speaks: { agent: 'talker', prompt: 'say: I am reading the files one by one\nwait' },
    });
    folder.workflow('asks', {
      runs: { agent: 'talker', prompt: 'call: shell {"command":"echo hello"}\ntell: {result}' },
    });
    window = await SluiceWindow.open({
      target: { folder: folder.path },
      beside: [path.join(root, 'test/host/standIns/models')],
    });
    // What leads to keys is read from the settings of the machine that Sluice runs on.
    machineSettings({ 'sluice.models.baseURLs': { openrouter: `${originOf(router)}/v1` } });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'asks').waitFor();
  });

  after(() => router.close());

  closeAfter(() => window, scratch, tidy);

  it('sees what they say in tree and graph while they say it', async () => {
    const { workbench } = window;
    await workbench.choose(commands.runWorkflow, 'streams');
    await says(window, 'speaks', /I am reading the files one by/);
    await workbench.pressInlineAction(views.runs, 'streams-1', runActions.showGraph);
    const speaks = card(await workbench.webview(graphCards), 'speaks');
    await speaks.getByText('I am reading the files').waitFor();
    await workbench.pressInlineAction(views.runs, 'streams-1', runActions.cancel);
    await says(window, 'streams-1', /^cancelled/);
  });

  it('is told of a question, and answers it in the notification', async () => {
    const { workbench } = window;
    await workbench.choose(commands.runWorkflow, 'asks');
    await workbench.pressNotificationButton(
      /runs of asks-2 asks: May it run echo hello\?/,
      'Allow Once',
    );
    await says(window, 'asks-2', /^succeeded · .* tokens · unpriced$/);
  });

  it('finds the question among the gates, on its row and its card, and denies it with a note', async () => {
    const { workbench } = window;
    await workbench.choose(commands.runWorkflow, 'asks');
    await says(window, 'runs', /^asks: run echo hello$/);
    await says(window, 'asks-3', /^waiting/);
    await workbench.row(views.gates, 'May it run echo hello?').waitFor();
    assert.match((await workbench.badge(container)) ?? '', /1/);

    await workbench.pressInlineAction(views.runs, 'asks-3', runActions.showGraph);
    const runs = card(await workbench.webview(graphCards), 'runs');
    await runs.getByText('Asks you').waitFor();
    await runs.getByRole('button', { name: 'Answer runs' }).click();
    await until('the answers', async () => (await workbench.pickLabels()).length > 0);
    const labels = await workbench.pickLabels();
    const answers = ['Allow Once', 'Allow for This Task', 'Deny…', 'Show All of It'];
    assert.deepEqual(
      labels.map((label) => label.trim()).filter((label) => answers.includes(label)),
      answers,
    );
    await workbench.pick('Deny…');
    await workbench.enter('Not today.');
    await says(window, 'asks-3', /^succeeded/);
    const [answer] = await folder.eventsOf('asks-3', 'question-answered');
    assert.deepEqual(answer?.reply, { kind: 'deny', note: 'Not today.' });
  });

  it('changes the model of an agent that waits for an answer, and its permissions', async () => {
    const { workbench } = window;
    await workbench.choose(commands.runWorkflow, 'asks');
    await says(window, 'runs', /^asks: /);
    await workbench.chooseFromContextMenu(
      workbench.row(views.runs, 'runs'),
      taskActions.changeModel,
    );
    await workbench.pick('Other');
    await until('the choice', async () => (await folder.eventsOf('asks-4', 'model-chosen'))[0]);
    await workbench.chooseFromContextMenu(
      workbench.row(views.runs, 'runs'),
      taskActions.changePermissions,
    );
    await workbench.pick('plan');
    await until('the mode', async () => (await folder.eventsOf('asks-4', 'permissions-chosen'))[0]);
    await workbench.pressInlineAction(views.runs, 'runs', taskActions.answer);
    await workbench.pick('Allow Once');
    await says(window, 'asks-4', /^succeeded/);
    const models = (await folder.eventsOf('asks-4', 'call-started')).map(({ model }) => model);
    assert.deepEqual(models, ['fake/scripted', 'fake/other']);
  });

  it('stores a key that its provider takes, and removes it', async () => {
    const { workbench } = window;
    const box = workbench.page.locator('.quick-input-widget:visible input[type="password"]');
    const enterKey = async (key: string): Promise<void> => {
      await workbench.choose(commands.setApiKey, 'OpenRouter');
      await box.waitFor();
      await workbench.enter(key);
    };
    await workbench.choose(commands.setApiKey, 'OpenRouter');
    await box.waitFor();
    assert.match(await workbench.enterRefused('two words'), /no spaces/);
    await workbench.closeQuickInput();

    await enterKey('wrong-key');
    await workbench.notification(/The key for OpenRouter was not stored\./).waitFor();
    await workbench.clearNotifications();
    await enterKey('good-key');
    await workbench.notification(/The key for OpenRouter is stored\./).waitFor();
    await workbench.choose(commands.setApiKey, 'OpenRouter');
    await workbench.pick('Remove the Key');
    await workbench.notification(/The key for OpenRouter was removed\./).waitFor();
  });

  it('chooses the model of agents that name none', async () => {
    const { workbench } = window;
    await workbench.choose(commands.chooseDefaultModel, 'Other');
    await workbench
      .notification(/Agents that name no model now use vscode\/fake\/other\./)
      .waitFor();
    const settings = JSON.parse(fs.readFileSync(settingsFile(), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(settings['sluice.models.default'], ['vscode/fake/other']);
  });

  function settingsFile(): string {
    return path.join(window.server.userDataFolder, 'Machine', 'settings.json');
  }

  function machineSettings(settings: object): void {
    fs.mkdirSync(path.dirname(settingsFile()), { recursive: true });
    fs.writeFileSync(
      settingsFile(),
      JSON.stringify({ 'sluice.cache.enabled': false, ...settings }),
    );
  }

  function originOf(server: http.Server): string {
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function card(graph: Frame, task: string): Locator {
    return graph.locator(`${graphCards}[data-item="${task}"]`);
  }
});
