import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CommandId } from '../../../src/vscode/ids.ts';
import type { TestFolder } from '../../ui/support/testFolder.ts';
import { until } from '../../ui/support/until.ts';
import { askOnCard, outputOf, RUN, sluice, startFirst, windowFolder } from './inWindow.ts';

describe('the cache', () => {
  let folder: TestFolder;

  before(async () => {
    folder = windowFolder();
    await sluice().activate();
  });

  beforeEach(async () => {
    await set('cache.enabled', true);
    // What it prints is the first line of the file that is named to it.
    folder.agent(
      'reader',
      `const file = fs.readFileSync(0, 'utf8').trim();
       console.log(fs.readFileSync(file, 'utf8').split('\\n')[0]);`,
    );
    folder.agent('joiner', `process.stdout.write(fs.readFileSync(0, 'utf8'));`);
    folder.write('pages/login.md', 'Log in\nhere\n');
    folder.write('pages/logout.md', 'Log out\nhere\n');
    const reads = (page: string) => ({
      agent: 'reader',
      prompt: `pages/${page}.md`,
      cache: { inputs: [`pages/${page}.md`] },
    });
    folder.workflow('pages', {
      login: reads('login'),
      logout: reads('logout'),
      both: {
        agent: 'joiner',
        needs: ['login', 'logout'],
        prompt: '${{ steps.login.output }} ${{ steps.logout.output }}',
        cache: { inputs: ['none/**'] },
      },
    });
    await clear();
  });

  afterEach(async () => {
    await set('cache.enabled', false);
    await set('cache.ttl', undefined);
    folder.remove('.sluice');
    folder.remove('pages');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('answers what was asked before, and says why and what that saves', async () => {
    assert.deepEqual(await ranIn(await finished()), ['both', 'login', 'logout']);
    const run = await finished();
    assert.deepEqual(await ranIn(run), []);
    assert.deepEqual(await reusedIn(run), ['both', 'login', 'logout']);
    const page = await outputOf(folder, run, 'both');
    assert.match(page, /^both · succeeded/);
    assert.match(page, /^Reused: same agent, .*prompt.* as run pages-\d+ · just now/m);
    assert.match(page, /\nLog in Log out\n/, 'what it made is there');
  });

  it('lets exactly the tasks run that an edited file concerns, and says which file it was', async () => {
    await finished();
    folder.write('pages/login.md', 'Log in now\nhere\n');
    const run = await finished();
    assert.deepEqual(await ranIn(run), ['both', 'login']);
    assert.deepEqual(await reusedIn(run), ['logout']);
    assert.match(await outputOf(folder, run, 'login'), /^Ran: .*\n(.*\n)*?.*pages\/login\.md/m);
    assert.match(await outputOf(folder, run, 'both'), /\nLog in now Log out\n/);
  });

  it('stops where what was made again is what it was', async () => {
    await finished();
    folder.write('pages/login.md', 'Log in\nthere\n');
    const run = await finished();
    assert.deepEqual(await ranIn(run), ['login']);
    assert.deepEqual(await reusedIn(run), ['both', 'logout']);
  });

  it('is left out by who re-runs a task without it, or a workflow', async () => {
    const first = await finished();
    const talk = await askOnCard('sluice.rerunTaskWithoutCache', folder, {
      run: first,
      task: 'login',
    });
    assert.deepEqual(talk.warnings, []);
    await until('the second end', async () => (await ends(first)) === 2, RUN);
    assert.deepEqual(await ranIn(first), ['both', 'both', 'login', 'login', 'logout']);

    const anew = await finished('sluice.runWorkflowWithoutCache');
    assert.deepEqual(await ranIn(anew), ['both', 'login', 'logout']);
    assert.deepEqual(await reusedIn(anew), []);
    assert.match(
      await outputOf(folder, anew, 'login'),
      /^Cache: off, because the run was started/m,
    );
  });

  it('is off where the setting says so', async () => {
    await finished();
    await set('cache.enabled', false);
    assert.deepEqual(await ranIn(await finished()), ['both', 'login', 'logout']);
    assert.match(await pageOfCache(), /^\*\*The cache is off\*\*/m);
  });

  it('has a page that counts, follows the runs, and is there as a tab', async () => {
    await finished();
    await vscode.commands.executeCommand('sluice.showCache');
    await until('its tab', () => tabs().some((label) => label.includes('Cache of')), RUN);
    const before = hitsIn(await pageOfCache());
    await finished();
    await until('its hits', async () => hitsIn(await pageOfCache()) === before + 3, RUN);
    const page = await pageOfCache();
    assert.match(page, /^\| command\\_output \| /m);
    assert.match(page, /^\| reader \| /m);
    assert.match(page, /^\| joiner \| /m);
  });

  it('is empty once it was cleared, and then everything runs and says why', async () => {
    await finished();
    const [question] = await clear();
    assert.match(question ?? '', /^Clear the whole cache of /);
    assert.match(await pageOfCache(), /^- Kept now: 0 answers, .* of 1 GB$/m);
    const run = await finished();
    assert.deepEqual(await ranIn(run), ['both', 'login', 'logout']);
    assert.match(await outputOf(folder, run, 'login'), /^Ran: .* is not kept any more/m);
  });

  it('is not cleared by who says no', async () => {
    await finished();
    await clear('no');
    assert.match(await pageOfCache(), /^- Kept now: 3 answers, /m);
  });

  it('tells a setting that cannot be, and takes the usual in its place', async () => {
    const told: string[] = [];
    await answering(
      (message) => {
        told.push(message);
        return undefined;
      },
      async () => {
        await set('cache.ttl', { command_output: 'soon' });
        await until('what is wrong', () => told.length > 0, RUN);
      },
    );
    assert.deepEqual(told, [
      'sluice.cache.ttl gives command_output "soon", and needs a duration such as 30m or 24h, at most 168h; until then its answers stand 24h.',
    ]);
    await finished();
    assert.deepEqual(await ranIn(await finished()), []);
  });

  /** Runs the workflow to its end; gives the run. */
  async function finished(command: CommandId = 'sluice.runWorkflow'): Promise<string> {
    const run = await startFirst(command, folder);
    assert.equal(await until('the end', () => folder.endOf(run), RUN), 'succeeded');
    return run;
  }

  async function ranIn(run: string): Promise<string[]> {
    return (await folder.eventsOf(run, 'task-started')).map(({ task }) => task).sort();
  }

  async function reusedIn(run: string): Promise<string[]> {
    return (await folder.eventsOf(run, 'task-reused')).map(({ task }) => task).sort();
  }

  async function ends(run: string): Promise<number> {
    return (await folder.eventsOf(run, 'run-finished')).length;
  }

  /** Clears all of it. Returns what was asked first. @param answer of the person who is asked */
  async function clear(answer = 'Clear'): Promise<readonly string[]> {
    const questions: string[] = [];
    await answering(
      (question) => {
        questions.push(question);
        return answer === 'Clear' ? answer : undefined;
      },
      () => vscode.commands.executeCommand('sluice.clearCache'),
    );
    return questions;
  }

  /** The page as Markdown; a document of its own, told anew each time. */
  async function pageOfCache(): Promise<string> {
    const uri = vscode.Uri.from({
      scheme: 'sluice-cache',
      path: `/of the test ${Math.random()}.md`,
      query: vscode.Uri.file(folder.path).toString(),
    });
    return (await vscode.workspace.openTextDocument(uri)).getText();
  }
});

/** Nobody can press a button from in here: what is asked is answered, and of picks the first is taken. */
async function answering(
  answer: (question: string) => string | undefined,
  work: () => PromiseLike<unknown>,
): Promise<void> {
  const { showQuickPick, showWarningMessage } = Object.getOwnPropertyDescriptors(vscode.window);
  Object.assign(vscode.window, {
    showQuickPick: (items: readonly unknown[]) => Promise.resolve(items[0]),
    showWarningMessage: (question: string) => Promise.resolve(answer(question)),
  });
  try {
    await work();
  } finally {
    Object.defineProperties(vscode.window, { showQuickPick, showWarningMessage });
  }
}

async function set(setting: string, value: unknown): Promise<void> {
  await vscode.workspace
    .getConfiguration('sluice')
    .update(setting, value, vscode.ConfigurationTarget.Global);
}

function hitsIn(page: string): number {
  return Number(/^- Reused: ([\d,]+)$/m.exec(page)?.[1]?.replaceAll(',', ''));
}

function tabs(): string[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs).map(({ label }) => label);
}
