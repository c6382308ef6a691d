import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { commands, container, views } from './support/names.ts';
import { pictureFile } from './support/pictures.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';

describe('the views before there is anything to show', function () {
  this.timeout(180_000);
  const scratch = new Scratch();
  let window: SluiceWindow | undefined;

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(await window?.screenshotOf(this.currentTest.title));
    }
    await window?.close();
    window = undefined;
  });

  after(() => scratch.dispose());

  it('explain that the folder is not trusted and read nothing, and fill once it is, without a reload', async () => {
    const folder = scratch.example('code-quality');
    window = await SluiceWindow.open({
      target: { folder: folder.path },
      trust: 'asked',
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
    const { workbench } = window;
    await workbench.openViewContainer(container);
    await workbench.view(views.runs).getByText('You have not trusted this folder').waitFor();
    await workbench.view(views.gates).getByText('Gates wait here for your answer').waitFor();
    assert.deepEqual(await workbench.rows(views.agents), []);
    assert.deepEqual(
      (await workbench.offeredCommands('Sluice: ')).filter((title) => !title.includes('Focus on')),
      [
        // These are about the user, not the folder.
        'Sluice: Choose Default Model…',
        'Sluice: Dashboard',
        'Sluice: Get Started',
        'Sluice: Refresh',
        'Sluice: Set API Key…',
        'Sluice: Show Graph',
        'Sluice: Show Log',
      ],
    );
    await workbench.runCommand(commands.showGraph);
    await workbench.notification('You have not trusted this folder').waitFor();
    assert.equal(fs.existsSync(path.join(folder.path, '.git/sluice')), false);

    await workbench.view(views.runs).getByText('Manage Workspace Trust').click();
    await workbench.page
      .locator('.workspace-trust-editor .monaco-button')
      .filter({ hasText: /^Trust$/ })
      .first()
      .click();
    await workbench.row(views.workflows, 'code-quality').waitFor();
    await workbench.row(views.agents, 'eslint').waitFor();
    await workbench.view(views.runs).getByText('Nothing has run here yet').waitFor();
  });

  it('offer to open a folder in a window without one', async () => {
    window = await SluiceWindow.open({ target: { empty: true } });
    const { workbench } = window;
    await workbench.openViewContainer(container);
    await workbench.view(views.runs).getByText('Open a folder to run agents in it').waitFor();
    await workbench.view(views.runs).getByText('Open Folder', { exact: true }).waitFor();
    await workbench.runCommand(commands.showGraph);
    await workbench.notification('Open a folder first').waitFor();
  });

  it('say what an agent and a workflow are in a folder without any, and what a folder without Git lacks', async () => {
    window = await SluiceWindow.open({ target: { folder: scratch.folder('plain').path } });
    const { workbench } = window;
    await workbench.openViewContainer(container);
    await workbench.view(views.workflows).getByText('A workflow is a file in').waitFor();
    await workbench.view(views.agents).getByText('An agent is a file in').waitFor();
    await workbench.view(views.runs).getByText('This folder is not in a Git repository').waitFor();
    await workbench.view(views.runs).getByText('Add Pack…').waitFor();
    await workbench.screenshot(pictureFile('plain'));
    await workbench.runCommand(commands.runWorkflow);
    await workbench.notification('There is no workflow here yet').waitFor();
  });
});
