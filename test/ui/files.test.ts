import assert from 'node:assert/strict';
import fs from 'node:fs';
import { container, views } from './support/names.ts';
import { pictureFile, picturedThemes } from './support/pictures.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter, tidy } from './support/windowHooks.ts';

describe('agents and workflows as files', function () {
  this.timeout(180_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;

  before(async () => {
    folder = scratch.example('code-quality');
    fillFolder(folder);
    window = await SluiceWindow.open({ target: { folder: folder.path }, colorTheme: 'light' });
    await window.workbench.openViewContainer(container);
    // There is room for all rows of the other two then.
    for (const view of [views.runs, views.gates]) {
      await window.workbench.view(view).locator('.pane-header').click();
    }
    await window.workbench.row(views.agents, '.sluice/agents').waitFor();
    await window.workbench.clearNotifications();
  });

  closeAfter(() => window, scratch, tidy);

  it('shows the agents of every tool by where they are, and the critical ones alone', async () => {
    const { workbench } = window;
    const labels = async () => (await workbench.rows(views.agents)).map(({ label }) => label);
    await until('all agents', async () => (await labels()).includes('security-auditor'));
    const rows = await workbench.rows(views.agents);
    assert.deepEqual(
      rows.filter(({ level }) => level === 1).map(({ label }) => label),
      ['.sluice/agents', '.claude/claude.json', '.github/agents', '.claude/agents'],
    );
    const of = (name: string) => rows.find(({ label }) => label === name);
    assert.match(of('bug-investigator')?.description ?? '', /^Finds the root cause/);
    assert.match(of('security-auditor')?.description ?? '', /put quotes around/);
    await workbench.runCommand('Sluice: Show Critical Agents Only');
    await until('the critical agent alone', async () => !(await labels()).includes('eslint'));
    assert.deepEqual(await labels(), [
      '.sluice/agents',
      'mocha',
      'secretlint',
      '.claude/agents',
      'code-reviewer',
    ]);
    await workbench.runCommand('Sluice: Show All Agents');
    await until('all agents again', async () => (await labels()).includes('eslint'));
    await workbench.screenshot(pictureFile('agents'));
  });

  it('repairs a workflow with the fixes beside its problems', async () => {
    const { workbench } = window;
    await workbench.row(views.workflows, 'release').click();
    const squiggles = workbench.page.locator('.cdr.squiggly-error');
    await squiggles.first().waitFor();
    for (const theme of picturedThemes) {
      await workbench.setColorTheme(theme);
      await workbench.screenshot(pictureFile(`problems-${theme}`));
    }
    await workbench.setColorTheme('light');
    const fix = await workbench.quickFix('eslnt', 'eslint');
    await workbench.screenshot(pictureFile('fix'));
    await fix.click();
    await workbench.page.locator('.view-line', { hasText: 'agent: eslint' }).waitFor();
    await workbench.runCommand('File: Save');
    await until('the repaired workflow', async () =>
      (await workbench.rows(views.workflows)).some(
        ({ label, description }) => label === 'release' && /2 steps/.test(description),
      ),
    );
  });

  it('tells before a run what it would do', async () => {
    const { workbench } = window;
    await workbench.choose('Sluice: Pre-flight', 'code-quality');
    const page = () => workbench.webview('h1:has-text("Pre-flight")');
    await (await page()).getByText('Critical path').waitFor();
    for (const theme of picturedThemes) {
      await workbench.setColorTheme(theme);
      await workbench.screenshot(pictureFile(`preflight-${theme}`));
    }
    await workbench.setColorTheme('light');
    assert.match(
      await (await page()).locator('body').innerText(),
      /Together[\s\S]*lint[\s\S]*eslint/,
    );
  });

  it('makes an agent and a workflow that are valid as they are', async () => {
    const { workbench } = window;
    await workbench.choose('Sluice: New Agent…', 'Command');
    assert.match(await workbench.enterRefused('eslint'), /already|there/i);
    await workbench.enter('my-check');
    await workbench.row(views.agents, 'my-check').waitFor();
    assert.ok(fs.existsSync(folder.file('.sluice/agents/my-check.yaml')));
    await workbench.choose('Sluice: New Workflow…', 'One after another');
    await until('the agents to choose from', async () =>
      (await workbench.pickLabels()).includes('my-check'),
    );
    await workbench.page.keyboard.press('Enter');
    await workbench.enter('my-flow');
    await workbench.row(views.workflows, 'my-flow').waitFor();
    await until('a valid workflow', async () =>
      (await workbench.rows(views.workflows)).some(
        ({ label, description }) => label === 'my-flow' && /step/.test(description),
      ),
    );
  });

  it('adds a pack without touching what is there', async () => {
    const { workbench } = window;
    const before = fs.readFileSync(folder.file('.sluice/agents/eslint.yaml'), 'utf8');
    await workbench.choose('Sluice: Add Pack…', 'Mathematics course');
    await workbench.notification(/files added/).waitFor();
    await workbench.row(views.workflows, 'maths-concepts').waitFor();
    assert.equal(fs.readFileSync(folder.file('.sluice/agents/eslint.yaml'), 'utf8'), before);
  });

  it('writes a workflow of another tool as one of Sluice', async () => {
    const { workbench } = window;
    await workbench.choose('Sluice: Convert to Sluice Workflow…', 'bug-fix');
    await workbench.enter('mend-bugs.yaml');
    await until('the new file', () =>
      fs.existsSync(folder.file('.sluice/workflows/mend-bugs.yaml')),
    );
    assert.match(
      fs.readFileSync(folder.file('.sluice/workflows/mend-bugs.yaml'), 'utf8'),
      /agent: bug-investigator/,
    );
  });
});

/** Agents and workflows as the tools that people have write them; two files have a fault. */
function fillFolder(folder: TestFolder): void {
  folder.write(
    '.github/agents/planner.agent.md',
    '---\nname: Planner\ndescription: Plans a change before anybody writes code.\ntools: [search/codebase]\nmodel: [Claude Opus 4.5, GPT-5.2]\n---\nYou plan.\n',
  );
  folder.write(
    '.claude/agents/code-reviewer.md',
    '---\nname: code-reviewer\ndescription: Reviews a change for bugs and style.\ntools: Read, Grep\nmodel: sonnet\n---\nYou review.\n',
  );
  folder.write(
    '.claude/agents/team/security-auditor.md',
    '---\nname: security-auditor\ndescription: Looks for holes: injection, secrets, defaults.\n---\nYou audit.\n',
  );
  folder.write(
    '.claude/agents/bug-investigator.md',
    '# Bug Investigator\n\n## Role\nFinds the root cause of a bug and how to reproduce it.\n',
  );
  folder.write(
    '.claude/claude.json',
    JSON.stringify({
      version: '1.0.0',
      agents: { 'bug-investigator': { file: 'agents/bug-investigator.md', priority: 1 } },
      workflows: { 'bug-fix': ['bug-investigator', 'code-reviewer'] },
    }),
  );
  folder.write('.sluice/agents.yaml', 'code-reviewer:\n  criticality: 9\n');
  folder.write(
    '.sluice/workflows/release.yaml',
    `name: release
description: Checks every part before it goes out.
steps:
  lint:
    agent: eslnt
    timeout: 5m
  tests:
    agent: mocha
    needs: [lint]
`,
  );
}
