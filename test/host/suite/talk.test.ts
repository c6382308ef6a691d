import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CommandId } from '../../../src/vscode/ids.ts';
import type { TestFolder } from '../../ui/support/testFolder.ts';
import { until } from '../../ui/support/until.ts';
import { outputOf, RUN, sluice, startFirst, takeFirst, windowFolder } from './inWindow.ts';

// Agents that are models of VS Code, from the palette to the journal. What the model says is written in the prompts:
// test/host/standIns/models.

interface Asked {
  readonly model: string;
  readonly tools: readonly string[];
  readonly cancelled: boolean;
}

describe('agents that are models', () => {
  let folder: TestFolder;

  before(async () => {
    folder = windowFolder();
    await sluice().activate();
  });

  afterEach(() => folder.remove('.sluice'));

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  function requests(): readonly Asked[] {
    const extension = vscode.extensions.getExtension('sluice-tests.stand-in-models');
    return (extension?.exports as { readonly requests: readonly Asked[] }).requests;
  }

  /** Starts a workflow of one step. */
  async function start(prompt: readonly string[], fields: object = {}): Promise<string> {
    const agent = { name: 'talker', instructions: 'You help.', model: 'vscode/fake/scripted' };
    folder.write('.sluice/agents/talker.json', JSON.stringify({ ...agent, ...fields }));
    folder.workflow('talk', { only: { agent: 'talker', prompt: prompt.join('\n') } });
    return await startFirst('sluice.runWorkflow', folder);
  }

  async function endOf(run: string): Promise<string> {
    return await until('the end', () => folder.endOf(run), RUN);
  }

  /** Runs a command whose pick takes the item with this label. */
  async function pick(command: CommandId, on: object, label: string): Promise<void> {
    const { showQuickPick } = Object.getOwnPropertyDescriptors(vscode.window);
    Object.assign(vscode.window, {
      showQuickPick: async (items: Thenable<readonly vscode.QuickPickItem[]>) => {
        const found = (await items).find((item) => item.label.includes(label));
        assert.ok(found, `no item ${label}`);
        return found;
      },
    });
    try {
      const context = { folder: vscode.Uri.file(folder.path).toString(), ...on };
      await vscode.commands.executeCommand(command, context);
    } finally {
      Object.defineProperties(vscode.window, { showQuickPick });
    }
  }

  it('say it on the page of their task while they say it, and end when their run is cancelled', async () => {
    const run = await start(['say: these are my first words and some more', 'wait']);
    await until(
      'the words',
      async () => (await outputOf(folder, run, 'only')).includes('my first words'),
      RUN,
    );
    await vscode.commands.executeCommand('sluice.cancelRun');
    assert.equal(await endOf(run), 'cancelled');
    await until('the provider to hear of it', () => requests().at(-1)?.cancelled === true, RUN);
  });

  it('answer, and the ledger has who was asked and what it took', async () => {
    const run = await start(['say: all is well']);
    assert.equal(await endOf(run), 'succeeded');
    const [begun] = await folder.eventsOf(run, 'call-started');
    const [ended] = await folder.eventsOf(run, 'call-ended');
    assert.deepEqual([begun?.provider, begun?.model], ['vscode', 'fake/scripted']);
    assert.ok(ended);
    assert.equal(ended.usage.counted, 'estimate');
    assert.ok(ended.usage.output > 0);
    const page = await outputOf(folder, run, 'only');
    assert.match(
      page,
      /\nModel: vscode\/fake\/scripted.* · 1 call\nSpent: ~[\d,]+ tokens .* · unpriced\n/,
    );
    assert.match(page, /all is well/);
  });

  it('use tools in their copy, and are told what came of it', async () => {
    folder.write('told.md', 'The sky is blue.\n');
    folder.git('add', '-A');
    const run = await start(['call: read {"path":"told.md"}', 'tell: It says {result}'], {
      tools: ['read'],
    });
    assert.equal(await endOf(run), 'succeeded');
    assert.match(await outputOf(folder, run, 'only'), /It says [^]*The sky is blue\./);
    const [used] = await folder.eventsOf(run, 'tool-called');
    assert.match(used?.summary ?? '', /told\.md/);
    folder.remove('told.md');
  });

  it('ask before they run something, and go on with the answer', async () => {
    const run = await start(['call: shell {"command":"echo from the shell"}', 'tell: {result}'], {
      tools: ['shell'],
    });
    const [question] = await until(
      'the question',
      async () => {
        const questions = await folder.eventsOf(run, 'question-opened');
        return questions.length > 0 ? questions : undefined;
      },
      RUN,
    );
    assert.ok(question?.asks.kind === 'permission');
    assert.match(
      await outputOf(folder, run, 'only'),
      /\nMay it .*echo from the shell.*\?\nTool: shell\n/,
    );
    // The first of its answers is to allow it once.
    await takeFirst('sluice.answerQuestion');
    assert.equal(await endOf(run), 'succeeded');
    const [answer] = await folder.eventsOf(run, 'question-answered');
    assert.deepEqual([answer?.reply, answer?.by.via], [{ kind: 'allow', always: false }, 'vscode']);
    assert.match(await outputOf(folder, run, 'only'), /from the shell/);
  });

  it('go on with another model at their next turn, and the ledger says so', async () => {
    const run = await start(['call: shell {"command":"echo hi"}', 'tell: {result}'], {
      tools: ['shell'],
    });
    await until(
      'the question',
      async () => (await folder.eventsOf(run, 'question-opened'))[0],
      RUN,
    );
    await pick('sluice.changeModel', { run, task: 'only' }, 'Other');
    await takeFirst('sluice.answerQuestion');
    assert.equal(await endOf(run), 'succeeded');
    assert.deepEqual(
      (await folder.eventsOf(run, 'call-started')).map(({ model }) => model),
      ['fake/scripted', 'fake/other'],
    );
    const page = await outputOf(folder, run, 'only');
    assert.match(page, /Changed from .*scripted to .*other: a person chose it/);
  });

  it('fail with what VS Code says, and what they had said before is no answer', async () => {
    const run = await start(['say: half of it', 'fail: blocked']);
    assert.equal(await endOf(run), 'failed');
    const [failed] = await folder.eventsOf(run, 'task-failed');
    assert.ok(failed?.failure.reason === 'call-failed');
    assert.match(failed.failure.failure.message, /quota/);
  });
});
