import assert from 'node:assert/strict';
import path from 'node:path';
import { root } from '../../scripts/paths.mjs';
import { gatePage, gateRow, graphOf } from './support/gates.ts';
import { GraphPageOf } from './support/graphPage.ts';
import { commands, container, views } from './support/names.ts';
import { pictureFile, picturedThemes } from './support/pictures.ts';
import { says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { closeAfter, tidy } from './support/windowHooks.ts';

// What people see of a task that failed and is mended: below it in the tree, beside it in the graph, in its panel, and at
// the gate where fixes are spent. The coder is a model of test/host/standIns/models: it does what its prompt says.

const FIX = 'code_branch_01';
const DEEPER = 'code_branch_01_branch_01';
const GATE = 'code_branch_gate';

/** Each time it runs the greeting is a little less wrong; the third time it is right. */
const STEP = `
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
const file = 'src/greet.mjs';
mkdirSync('src', { recursive: true });
const now = existsSync(file) ? readFileSync(file, 'utf8') : '';
await new Promise((done) => setTimeout(done, 1500));
writeFileSync(file, now === ''
  ? 'export const greet = () => "Hello";\\n'
  : now.includes('() =>')
    ? 'export const greet = (name) => "Hello" + name;\\n'
    : 'export const greet = (name) => \`Hello \${name}\`;\\n');
console.log('src/greet.mjs is written');
`;

const TESTS = `
import assert from 'node:assert/strict';
import test from 'node:test';
import { greet } from './src/greet.mjs';
test('greets', () => assert.match(greet('Ada'), /^Hello/));
test('greets by name', () => assert.equal(greet('Ada'), 'Hello Ada'));
`;

describe('a person whose tasks are mended', function () {
  this.timeout(120_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;

  before(async () => {
    folder = scratch.repository('greetings');
    fillFolder(folder);
    folder.git('add', '--all');
    folder.git('commit', '--quiet', '--message', 'Say how to greet');
    window = await SluiceWindow.open({
      target: { folder: folder.path },
      beside: [path.join(root, 'test/host/standIns/models')],
      colorTheme: 'light',
    });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'greet').waitFor();
    await window.workbench.clearNotifications();
  });

  closeAfter(() => window, scratch, tidy);

  it('sees fixes open below the task and beside it, and the trail in its panel', async () => {
    const { workbench } = window;
    await workbench.choose(commands.runWorkflow, 'greet');
    await says(window, 'code', new RegExp(`^mended by ${FIX}$`));
    await says(window, 'fix 1', /^implementation bug → coder/);
    const graph = new GraphPageOf(window, await graphOf(window, 'greet-1'));
    await graph.card(FIX).waitFor();
    await pictures('fix-at-work');
    await says(window, 'code', /^with 2 fixes/);
    await says(window, 'fix 1.1', /^implementation bug → coder/);
    await graph.card(DEEPER).getByText('Succeeded').waitFor();
    await says(window, 'greet-1', /^waiting · 1 of 3 done \+ 2 fixes/);

    await graph.select('code');
    const trail = graph.section('Mending');
    await trail.getByText('2 tests passed').or(trail.getByText('1 failed')).first().waitFor();
    assert.match(await trail.innerText(), /greets by name/);
    await pictures('fix-trail');
    await trail.getByRole('button', { name: `Show fix 1, ${FIX}` }).click();
    await graph.panel.getByRole('heading', { name: FIX, exact: true }).waitFor();
    assert.match(await graph.section('Mends').innerText(), /code[\s\S]*implementation bug/);

    await workbench.row(views.gates, 'Is the greeting right?').click();
    await gatePage(window, 'review of greet-1', /2 tests passed/);
    await pictures('fix-evidence');
  });

  it('is asked once fixes are spent, with all that was tried', async () => {
    const { workbench } = window;
    await workbench.choose(commands.runWorkflow, 'hopeless');
    const asks = '"code" still fails after 2 fixes. Try again?';
    await says(window, 'gate', /^asks you: 2 fixes did not mend code$/);
    await pictures('fix-asks');
    await gateRow(window, asks, /hopeless-2|^$/);
    await workbench.pressNotificationButton(`hopeless-2 asks: ${asks}`, 'Show');
    const page = await gatePage(window, `${GATE} of hopeless-2`, /Attempt 3 failed/);
    assert.match(page, /What was tried:/);
    assert.match(page, /fix 1\.1/);
    await pictures('fix-gate');
  });

  async function pictures(name: string): Promise<void> {
    for (const theme of picturedThemes) {
      await window.workbench.screenshot(pictureFile(`${name}-${theme}`), theme);
    }
  }
});

function fillFolder(folder: TestFolder): void {
  folder.write('step.mjs', STEP);
  folder.write('test.mjs', TESTS);
  const coder = { instructions: 'You write code.', model: 'vscode/fake/scripted' };
  folder.write(
    '.sluice/agents/coder.json',
    JSON.stringify({ name: 'coder', ...coder, tools: ['shell'] }),
  );
  folder.command('publisher', ['node', '--version']);
  const code = {
    agent: 'coder',
    prompt: 'call: shell {"command":"node step.mjs"}\ntell: I have done it: {result}',
    owns: ['src/**'],
    permissions: 'bypassPermissions',
  };
  const tap = ['node', '--test', '--test-reporter=tap', 'test.mjs'];
  folder.workflow('greet', {
    code: { ...code, checks: [tap], debug: true },
    review: { gate: 'Is the greeting right?', needs: ['code'] },
    ship: { agent: 'publisher', needs: ['review'] },
  });
  const never = ['node', '-e', 'console.log("not ok 1 - never right"); process.exit(1)'];
  folder.workflow('hopeless', {
    code: { ...code, checks: [tap, never], debug: { attempts: 2 } },
    ship: { agent: 'publisher', needs: ['code'] },
  });
}
