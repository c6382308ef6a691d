import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { copyExample } from '../../scripts/example.mjs';
import { digestCheckout } from '../support/tempRepository.ts';
import { container, commands, gateActions, views } from './support/names.ts';
import { pictureFile } from './support/pictures.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import { until } from './support/until.ts';

/** Milliseconds for linters and a compiler on a busy machine. */
const AGENTS = { timeout: 180_000 };

describe('a person with the example', function () {
  this.timeout(400_000);
  let scratch: string;
  let folder: string;
  let window: SluiceWindow;

  before(async () => {
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-ui-'));
    folder = path.join(scratch, 'code-quality');
    copyExample('code-quality', folder);
    window = await SluiceWindow.open({ target: { folder } });
  });

  after(async () => {
    await window.close();
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(await window.screenshotOf(this.currentTest.title));
    }
  });

  it('is offered the workflow, and finds agents and workflows listed', async () => {
    const { workbench } = window;
    await workbench.notification('This folder has a Sluice workflow').waitFor();
    await workbench.openViewContainer(container);
    await workbench.row(views.agents, 'eslint').waitFor();
    assert.deepEqual(
      (await workbench.rows(views.agents)).map(({ label }) => label),
      ['eslint', 'mocha', 'quality-report', 'secretlint', 'tsc'],
    );
    const [workflow] = await workbench.rows(views.workflows);
    assert.deepEqual(
      [workflow?.label, workflow?.description],
      ['code-quality', '5 steps · 1 gate'],
    );
  });

  it('runs it from the palette, watches tree and graph, reads the report, approves, and finds the branch', async () => {
    const { workbench } = window;
    const before = digestCheckout(folder);
    await workbench.runCommand(commands.runWorkflow);
    await workbench.pick('code-quality');
    await workbench.row(views.runs, 'code-quality-1').waitFor();
    await workbench.runCommand(commands.showGraph);
    const graph = await workbench.webview('.card');
    await graph.locator('.card').nth(5).waitFor();

    await workbench.row(views.gates, 'approve').waitFor(AGENTS);
    assert.equal(await workbench.badge(container), '1');
    await workbench.notification('code-quality-1 asks: Put the report on its branch?').waitFor();
    await workbench.screenshot(pictureFile('gate'));
    assert.deepEqual(branches(folder), ['main'], 'nothing lands before the answer');

    await workbench.pressInlineAction(views.gates, 'approve', gateActions.approve);
    await until(
      'the end of the run',
      async () => (await described(window, 'code-quality-1')).startsWith('succeeded'),
      AGENTS,
    );
    await workbench.screenshot(pictureFile('succeeded'));
    assert.deepEqual(branches(folder), ['ai/generated/code-quality-1/report', 'main']);
    assert.deepEqual(
      git(folder, 'diff', '--name-only', 'main', 'ai/generated/code-quality-1/report').split('\n'),
      ['report.md', 'report.sarif'],
    );
    assert.equal(digestCheckout(folder), before, 'HEAD, index and working tree are as they were');
  });

  it('finds the run where it was after a reload in the middle, and nothing done twice', async () => {
    const { workbench } = window;
    // A step that is over at once, and one that takes until the file is there.
    fs.writeFileSync(
      path.join(folder, '.sluice/agents/quick.yaml'),
      'name: quick\ndescription: Over at once.\nrunner: command\ncommand: [node, -e, "console.log(1)"]\n',
    );
    const release = path.join(scratch, 'release');
    fs.writeFileSync(
      path.join(folder, '.sluice/agents/held.yaml'),
      `name: held
description: Runs until it is released.
runner: command
command: [node, -e, "setInterval(() => require('fs').existsSync(process.env.RELEASE) && process.exit(), 50)"]
env: { RELEASE: ${JSON.stringify(release)} }
`,
    );
    fs.writeFileSync(
      path.join(folder, '.sluice/workflows/held.yaml'),
      `name: held
description: For the reload.
steps:
  quick: { agent: quick }
  held: { agent: held, needs: [quick] }
  after: { agent: quick, needs: [held] }
`,
    );
    await workbench.row(views.workflows, 'held').waitFor();
    await workbench.runCommand(commands.runWorkflow);
    await workbench.pick('held');
    await until(
      'the held step to run',
      async () =>
        (await described(window, 'held-2')).includes('1 running') &&
        (await described(window, 'held-2')).includes('1 of 3'),
    );
    await workbench.reload();
    await workbench.openViewContainer(container);
    await until(
      'the held step to run again',
      () => startsOf(folder, 'held-2').includes('held.2'),
      AGENTS,
    );
    fs.writeFileSync(release, '');
    await until(
      'the end of the run',
      async () => (await described(window, 'held-2')).startsWith('succeeded'),
      AGENTS,
    );
    assert.deepEqual(startsOf(folder, 'held-2'), ['quick.1', 'held.1', 'held.2', 'after.1']);
  });
});

async function described({ workbench }: SluiceWindow, run: string): Promise<string> {
  const row = (await workbench.rows(views.runs)).find(({ label }) => label === run);
  return row?.description ?? '';
}

/** Attempts in the order they began, as the journal tells it. */
function startsOf(folder: string, run: string): string[] {
  const journal = path.join(folder, '.git/sluice/runs', run, '0001.jsonl');
  return fs
    .readFileSync(journal, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const event = line === '' ? {} : (JSON.parse(line.slice(line.indexOf(' ') + 1)) as object);
      return 'type' in event &&
        event.type === 'task-started' &&
        'task' in event &&
        'attempt' in event
        ? [`${String(event.task)}.${String(event.attempt)}`]
        : [];
    });
}

function branches(folder: string): string[] {
  return git(folder, 'for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n');
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
}
