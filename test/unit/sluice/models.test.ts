import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { RunId } from '../../../src/core/domain/ids.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { LoopbackProvider, type LoopbackOptions } from '../../support/loopbackProvider.ts';
import { TempProject, met } from '../../support/project.ts';
import { kinds, seen, start, taskOf, until } from '../../support/runs.ts';
import { TestHost } from '../models/modelRig.ts';

const KEY = 'sk-ant-api03-0123456789abcdef0123456789';

describe('A workflow with model agents', () => {
  let project: TempProject;
  let provider: LoopbackProvider;
  let sluice: Sluice;

  afterEach(async () => {
    await project.dispose();
    await provider.close();
  });

  async function open(options: LoopbackOptions = {}): Promise<void> {
    project = new TempProject();
    provider = await LoopbackProvider.start(options);
    agentFile('writer', 'tools: []');
    sluice = await openAgain();
  }

  function openAgain(): Promise<Sluice> {
    const host = new TestHost();
    host.keys.set('anthropic', KEY);
    host.set({ baseURLs: { anthropic: provider.baseURL('anthropic') } });
    const models = host.models();
    return project.open(project.folder, { models: () => Promise.resolve(models) });
  }

  /** An agent as a Markdown file. */
  function agentFile(name: string, ...fields: readonly string[]): void {
    const head = [
      `name: ${name}`,
      'description: Answers.',
      'model: anthropic/claude-test',
      ...fields,
    ];
    project.write(`.sluice/agents/${name}.md`, `---\n${head.join('\n')}\n---\n\nBe brief.\n`);
  }

  function outputOf(run: RunId, task: string): string {
    const state = taskOf(sluice, run, task);
    assert.equal(state.kind, 'succeeded', JSON.stringify(state));
    const { digest } = state.output;
    const file = filesBelow(storeOf(project)).find((one) =>
      one.split(path.sep).join('').includes(digest),
    );
    return fs.readFileSync(file ?? '', 'utf8');
  }

  it('runs through the provider, passes answers on, and keeps an honest ledger', async () => {
    await open();
    provider.next({ answer: { text: 'Seven.' } }, { answer: { text: 'Twice that.' } });
    project.workflow('ask', {
      one: { agent: 'writer', prompt: 'How many?' },
      two: { agent: 'writer', prompt: 'Double ${{ steps.one.output }}', needs: ['one'] },
    });
    await sluice.refreshDefinitions();
    const { run, ended } = await start(sluice, 'ask');
    await ended;
    assert.deepEqual(kinds(sluice, run), { one: 'succeeded', two: 'succeeded' });
    assert.equal(outputOf(run, 'two'), 'Twice that.');
    assert.equal(provider.requests[1]?.prompt, 'Double Seven.');
    const { ledger } = seen(sluice, run).state;
    assert.equal(ledger.total.calls, 2);
    assert.equal(ledger.total.inputTokens, 22);
    assert.equal(ledger.total.unpricedCalls, 2);
    const [call] = [...ledger.tasks.values()][0]?.calls ?? [];
    assert.equal(call?.requested, 'claude-test');
    assert.equal(call.end?.served, 'served-model');
  });

  it('uses tools in its own copy, and what it made lands on its branch alone', async () => {
    await open();
    project.write('notes.txt', 'one\n');
    project.repository.commit();
    agentFile('editor', 'tools: [read, edit]', 'owns: [notes.txt]');
    const use = (name: string, input: object) => ({
      answer: { text: '', toolCalls: [{ id: `t-${name}`, name, input: JSON.stringify(input) }] },
    });
    provider.next(
      use('read', { path: 'notes.txt' }),
      use('edit', { path: 'notes.txt', old: 'one', new: 'two' }),
      { answer: { text: 'Done.' } },
    );
    project.workflow('edit', {
      one: { agent: 'editor', prompt: 'Count on.', produces: ['notes.txt'] },
    });
    await sluice.refreshDefinitions();
    const { run, ended } = await start(sluice, 'edit');
    await ended;
    assert.deepEqual(kinds(sluice, run), { one: 'succeeded' });
    assert.equal(fs.readFileSync(path.join(project.folder, 'notes.txt'), 'utf8'), 'one\n');
    const branch = `ai/generated/${run}/one`;
    assert.equal(project.repository.git('show', `${branch}:notes.txt`).trim(), 'two');
  });

  it('is parked by a rate limit, and goes on by itself', async () => {
    await open();
    provider.next({ status: 429, headers: { 'retry-after': '2' } });
    project.workflow('ask', { one: { agent: 'writer', prompt: 'How many?' } });
    await sluice.refreshDefinitions();
    const { run, ended } = await start(sluice, 'ask');
    const parked = await until(sluice, () => {
      const state = taskOf(sluice, run, 'one');
      return state.kind === 'pending' && state.parked;
    });
    assert.deepEqual(parked.why, {
      kind: 'provider',
      provider: 'anthropic',
      model: 'claude-test',
      because: 'rate-limit',
    });
    await ended;
    assert.deepEqual(kinds(sluice, run), { one: 'succeeded' });
    const { spent } = seen(sluice, run).state.ledger.tasks.values().next().value ?? {};
    assert.equal(spent?.failedCalls, 1);
    assert.equal(provider.requests.length, 2);
  });

  it('never takes an error for an answer, and does not ask again with a key that is refused', async () => {
    await open({ reply: () => ({ status: 401 }) });
    project.workflow('ask', { one: { agent: 'writer', prompt: 'How many?' } });
    await sluice.refreshDefinitions();
    const { run, ended } = await start(sluice, 'ask');
    await ended;
    const state = taskOf(sluice, run, 'one');
    assert.ok(state.kind === 'failed' && state.failure.reason === 'call-failed');
    assert.equal(state.failure.failure.kind, 'authentication');
    assert.equal(provider.requests.length, 1);
  });

  it('is stopped at the socket at once', async () => {
    await open({ reply: () => ({ breaks: { at: 'middle', how: 'hang' } }) });
    project.workflow('ask', { one: { agent: 'writer', prompt: 'How many?' } });
    await sluice.refreshDefinitions();
    const { run, ended } = await start(sluice, 'ask');
    await met(() => provider.requests.length === 1 && provider.hung === 1);
    const since = performance.now();
    await sluice.request(run, { kind: 'cancel', by: sluice.actor });
    await met(() => provider.busy === 0);
    const tookMs = performance.now() - since;
    await ended;
    assert.deepEqual(kinds(sluice, run), { one: 'cancelled' });
    assert.ok(tookMs < 1000, `${tookMs} ms`);
  });

  it('goes on after the program was closed in the middle, and no answer is asked for twice', async () => {
    await open();
    const toolCalls = [{ id: 't1', name: 'list', input: '{}' }];
    agentFile('looker', 'tools: [list]');
    provider.next(
      { answer: { text: '', toolCalls } },
      { breaks: { at: 'middle', how: 'hang' } },
      { answer: { text: 'Done.' } },
    );
    project.workflow('ask', { one: { agent: 'looker', prompt: 'How many?' } });
    await sluice.refreshDefinitions();
    const { run } = await start(sluice, 'ask');
    await met(() => provider.hung === 1);
    await sluice.close();
    sluice = await openAgain();
    const resumed = await sluice.resume(run, { leaveAtGates: false });
    assert.ok(resumed.ok, resumed.ok ? '' : resumed.error.message);
    await resumed.value.ended;
    assert.equal(outputOf(run, 'one'), 'Done.');
    assert.equal(provider.requests.length, 3);
    const { total } = seen(sluice, run).state.ledger;
    assert.deepEqual([total.calls, total.lostCalls], [3, 1]);
  });

  it('keeps its key out of everything it writes', async () => {
    await open();
    agentFile('looker', 'tools: [read]');
    project.write('leak.txt', `the key is ${KEY}\n`);
    project.repository.commit();
    provider.next(
      {
        answer: {
          text: '',
          toolCalls: [{ id: 't1', name: 'read', input: '{"path": "leak.txt"}' }],
        },
      },
      { answer: { text: `It says ${KEY}.` } },
    );
    project.workflow('ask', { one: { agent: 'looker', prompt: 'What does it say?' } });
    await sluice.refreshDefinitions();
    const { run, ended } = await start(sluice, 'ask');
    await ended;
    assert.match(outputOf(run, 'one'), /It says \[hidden\]/);
    assert.ok(!JSON.stringify(provider.requests.map(({ body }) => body)).includes(KEY));
    const kept = filesBelow(storeOf(project));
    assert.ok(kept.length > 3);
    for (const file of kept) {
      assert.ok(!fs.readFileSync(file).includes(KEY), file);
    }
  });
});

function storeOf({ folder }: TempProject): string {
  return path.join(folder, '.git', 'sluice');
}

function filesBelow(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
