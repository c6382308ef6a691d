import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestFolder } from '../../ui/support/testFolder.ts';
import { until } from '../../ui/support/until.ts';
import { RUN, sluice, startFirst, windowFolder } from './inWindow.ts';

describe('results', () => {
  let folder: TestFolder;

  before(async () => {
    folder = windowFolder();
    await sluice().activate();
  });

  after(() => {
    // Other suites look which branches there are.
    const made = folder.branches().filter((branch) => branch !== 'main');
    folder.git('branch', '--quiet', '--delete', '--force', ...made);
  });

  afterEach(async () => {
    folder.remove('.sluice');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await set('git.branchPrefix', undefined);
    await set('git.author', undefined);
    await set('base', undefined);
    await set('checkout.onChange', undefined);
  });

  it('are made of HEAD where the user says so, without what is not committed', async () => {
    folder.write('draft.md', 'not committed\n');
    folder.agent('looker', `note('saw', String(fs.existsSync('draft.md')));`);
    folder.workflow('look', { look: { agent: 'looker' } });
    try {
      const sees = async (command: Parameters<typeof startFirst>[0]) => {
        const run = await startFirst(command, folder);
        assert.equal(await until('the end', () => folder.endOf(run), RUN), 'succeeded');
        return folder.noteOf('saw');
      };
      assert.equal(await sees('sluice.runWorkflow'), 'true');
      assert.equal(await sees('sluice.runWorkflowOnHead'), 'false');
      await set('base', 'head');
      assert.equal(await sees('sluice.runWorkflow'), 'false');
      assert.equal(await sees('sluice.runWorkflowOnWorkingTree'), 'true');
    } finally {
      folder.remove('draft.md');
    }
  });

  it('tell what the user saved in the editor meanwhile from what nobody here did', async () => {
    folder.agent('slow', `await sign('go');`);
    folder.agent('quick', '');
    folder.workflow('watched', {
      wait: { agent: 'slow' },
      after: { agent: 'quick', needs: ['wait'] },
    });
    folder.withdraw('go');
    await set('checkout.onChange', 'tell');
    const run = await startFirst('sluice.runWorkflow', folder);
    await until('the agent', async () => (await folder.eventsOf(run, 'task-process'))[0], RUN);
    const readme = folder.git('show', 'HEAD:README.md');
    try {
      const document = await vscode.workspace.openTextDocument(folder.file('README.md'));
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(0, 0), 'Mine.\n');
      await vscode.workspace.applyEdit(edit);
      await document.save();
      folder.write('stranger.md', 'Somebody else was here.\n');
      folder.give('go');
      assert.equal(await until('the end', () => folder.endOf(run), RUN), 'succeeded');
      const looks = await folder.eventsOf(run, 'checkout-looked');
      const files = looks
        .flatMap(({ changes }) => changes)
        .flatMap((change) => (change.what === 'file' ? [[change.path, change.saved]] : []));
      assert.deepEqual(Object.fromEntries(files), { 'README.md': true, 'stranger.md': false });
    } finally {
      folder.remove('stranger.md');
      folder.write('README.md', `${readme}\n`);
    }
  });

  it('are shown as read-only texts, and as what they are where they are no text', async () => {
    folder.agent(
      'writer',
      `fs.writeFileSync('a.md', 'Hello\\n'); fs.writeFileSync('b.bin', Buffer.from([0, 1, 2]));`,
    );
    folder.workflow('notes', { write: { agent: 'writer', produces: ['a.md', 'b.bin'] } });
    const run = await startFirst('sluice.runWorkflow', folder);
    assert.equal(await until('the end', () => folder.endOf(run), RUN), 'succeeded');
    const [made] = await folder.eventsOf(run, 'task-succeeded');
    const texts = await Promise.all(
      (made?.artifacts ?? []).map(async ({ path, digest, bytes }) => {
        const query = new URLSearchParams({
          folder: vscode.Uri.file(folder.path).toString(),
          digest,
          bytes: String(bytes),
        });
        const uri = vscode.Uri.from({
          scheme: 'sluice-version',
          path: `/write/${path}`,
          query: query.toString(),
        });
        return (await vscode.workspace.openTextDocument(uri)).getText();
      }),
    );
    assert.equal(texts[0], 'Hello\n');
    assert.match(texts[1] ?? '', /^\(3 B of binary content, SHA-256 [0-9a-f]{64}\)\n$/);
    await vscode.commands.executeCommand('sluice.showChanges', { ...on(run), task: 'write' });
    await until('the editor of changes', () => tabs().includes(`write of ${run} (2 files)`), RUN);
  });

  it('land below the prefix of the settings, by their author, and a prefix that cannot be is not used', async () => {
    folder.agent('writer', `fs.writeFileSync('notes.md', '# Notes\\n');`);
    folder.workflow('notes', { write: { agent: 'writer', produces: ['notes.md'] } });
    await set('git.branchPrefix', 'robots/tea');
    await set('git.author', 'Ada Lovelace <ada@example.org>');
    const run = await startFirst('sluice.runWorkflow', folder);
    assert.equal(await until('the end', () => folder.endOf(run), RUN), 'succeeded');
    const branch = `robots/tea/${run}/write`;
    assert.ok(folder.branches().includes(branch), folder.branches().join());
    const by = folder.git('log', '-1', '--format=%an <%ae>', branch);
    assert.equal(by, 'Ada Lovelace <ada@example.org>');

    const told = await warningsOf(() => set('git.branchPrefix', 'no such..prefix'));
    assert.deepEqual(told, [
      'sluice.git.branchPrefix "no such..prefix" has a blank or a control character in it, which Git or a file system does not take; until then branches begin with ai/generated.',
    ]);
    const next = await startFirst('sluice.runWorkflow', folder);
    assert.equal(await until('the end', () => folder.endOf(next), RUN), 'succeeded');
    assert.ok(folder.branches().includes(`ai/generated/${next}/write`));
  });

  it('are not merged where a check breaks with one of them, and that one is named', async () => {
    for (const name of ['a', 'b']) {
      folder.agent(`make-${name}`, `fs.writeFileSync('${name}.md', '${name}\\n');`);
    }
    const check = `const { existsSync: has } = require('node:fs'); console.log('looked'); process.exit(has('a.md') && !has('b.md') ? 3 : 0);`;
    folder.workflow(
      'pair',
      {
        a: { agent: 'make-a', produces: ['a.md'] },
        b: { agent: 'make-b', produces: ['b.md'] },
      },
      { validate: [['node', '-e', check]] },
    );
    const run = await startFirst('sluice.runWorkflow', folder);
    assert.equal(await until('the end', () => folder.endOf(run), RUN), 'succeeded');
    const told = await answered({ showErrorMessage: () => 'Show Output' }, async () => {
      await vscode.commands.executeCommand('sluice.mergeApproved', on(run));
    });
    assert.match(
      told[0] ?? '',
      /^Merging pair-\d+ stopped: with the result of a, .* exited with code 3\. It passed without\./,
    );
    const shown = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(shown, /^With the result of a merged, this does not pass:\n[^]*\nlooked\n/);
    assert.ok(!folder.branches().includes(`ai/generated/${run}/merged`));

    // Old runs go only where a person says so, and no other.
    const asked = await answered(
      {
        showQuickPick: (items: readonly { readonly label: string }[]) => {
          const other = items.find(({ label }) => label === 'Other…');
          return other ?? items.filter(({ label }) => label === run);
        },
        showInputBox: () => '0',
        showWarningMessage: () => 'Drop',
      },
      async () => {
        await vscode.commands.executeCommand('sluice.pruneRuns');
      },
    );
    assert.ok(asked.includes('Drop 1 run?'), asked.join());
    assert.ok(!folder.runs().includes(run));
    assert.deepEqual(
      folder.branches().filter((branch) => branch.includes(run)),
      [],
    );
  });

  function on(run: string): object {
    return { folder: vscode.Uri.file(folder.path).toString(), run };
  }

  function tabs(): string[] {
    return vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
  }
});

async function set(key: string, value: unknown): Promise<void> {
  await vscode.workspace
    .getConfiguration('sluice')
    .update(key, value, vscode.ConfigurationTarget.Global);
}

/** What the window warned of while something was done, and a moment after. */
async function warningsOf(work: () => Promise<void>): Promise<readonly string[]> {
  const warnings: string[] = [];
  const showWarningMessage = (message: string) => {
    warnings.push(message);
    return undefined;
  };
  await answered({ showWarningMessage }, async () => {
    await work();
    await until('a warning', () => warnings.length > 0, RUN);
  });
  return warnings;
}

type Asking = 'showErrorMessage' | 'showWarningMessage' | 'showQuickPick' | 'showInputBox';

/**
 * Does something while questions are answered in a person's place: nobody can press buttons from in here.
 * @returns what was asked or told that has a text
 */
async function answered(
  answers: Partial<Record<Asking, (asked: never) => unknown>>,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const before = Object.getOwnPropertyDescriptors(vscode.window);
  const told: string[] = [];
  const stands = Object.entries(answers).map(([name, answer]) => [
    name,
    (asked: never) => {
      told.push(...(typeof asked === 'string' ? [asked] : []));
      return Promise.resolve(answer(asked));
    },
  ]);
  Object.assign(vscode.window, Object.fromEntries(stands));
  try {
    await work();
  } finally {
    for (const name of Object.keys(answers) as Asking[]) {
      Object.defineProperty(vscode.window, name, before[name]);
    }
  }
  return told;
}
