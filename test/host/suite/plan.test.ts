import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TestFolder } from '../../ui/support/testFolder.ts';
import { until } from '../../ui/support/until.ts';
import { askOnCard, NOTICED, RUN, sluice, windowFolder } from './inWindow.ts';

const list = (role: string) =>
  JSON.stringify({
    name: 'add-login',
    todos: [{ id: 'page', title: 'The page', agent_role: role, description: 'Write it.' }],
  });

describe('a plan from a request', function () {
  this.timeout(60_000);

  let folder: TestFolder;

  before(async () => {
    folder = windowFolder();
    await sluice().activate();
  });

  beforeEach(() => {
    folder.agent('coder', '');
  });

  afterEach(async () => {
    folder.remove('.sluice');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const planner = (script: string) => folder.agent('planner', script, { description: 'Plans.' });
  const plan = (typed: string) => askOnCard('sluice.planFromRequest', folder, { run: '' }, typed);
  const file = (name: string) => path.join(folder.path, '.sluice/todos', name);
  const shown = () => vscode.window.activeTextEditor?.document.uri.fsPath;
  const graphs = () =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof vscode.TabInputWebview)
      .map(({ label }) => label);

  it('opens the list beside its graph, and lists it as a workflow', async () => {
    planner(`console.log(${JSON.stringify(list('coder'))});`);
    await plan('Add a login page.');
    await until('the file', () => shown() === file('add-login.yaml'), RUN);
    assert.match(fs.readFileSync(file('add-login.yaml'), 'utf8'), /^request: Add a login page\.$/m);
    await until('its graph', () => graphs().includes('add-login'), NOTICED);
    const groups = vscode.window.tabGroups.all.filter(({ tabs }) => tabs.length > 0);
    assert.ok(groups.length >= 2, 'they do not stand side by side');
  });

  it('takes what is selected in the editor for where the request begins', async () => {
    planner(`console.log(${JSON.stringify(list('coder'))});`);
    const document = await vscode.workspace.openTextDocument({ content: 'Make it blue.' });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 0, 13);
    const { proposed } = await plan('Make it blue.');
    assert.deepEqual(proposed, ['Make it blue.']);
  });

  it('opens a list that stays wrong, with its problems as of any file', async () => {
    planner(`console.log(${JSON.stringify(list('wizard'))});`);
    const { warnings } = await plan('Add a login page.');
    await until('the file', () => shown() === file('add-login.yaml'), RUN);
    assert.ok(!graphs().includes('add-login'));
    assert.match(warnings.join(), /add-login still has 1 problem/);
    await until(
      'the problem',
      () =>
        vscode.languages
          .getDiagnostics(vscode.Uri.file(file('add-login.yaml')))
          .some(({ message }) => message.includes('wizard')),
      NOTICED,
    );
  });

  it('is kept once more by the row of its run, which opens what stands there', async () => {
    planner(`console.log(${JSON.stringify(list('coder'))});`);
    await plan('Add a login page.');
    await until('the file', () => shown() === file('add-login.yaml'), RUN);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const run = folder.runs().at(-1) ?? '';
    await askOnCard('sluice.keepPlan', folder, { run });
    await until('the file again', () => shown() === file('add-login.yaml'), NOTICED);
    assert.deepEqual(fs.readdirSync(path.join(folder.path, '.sluice/todos')), ['add-login.yaml']);
  });
});
