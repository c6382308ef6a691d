import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { userFolders } from '../../../src/core/user.ts';
import { LoopbackProvider, type Reply } from '../../support/loopbackProvider.ts';
import { TempProject } from '../../support/project.ts';
import { objects, sluice } from './commandLine.ts';

describe('sluice run, answer, model, permissions, ledger and models of agents that talk with models', function () {
  this.timeout(20_000);

  let project: TempProject;
  let provider: LoopbackProvider;

  beforeEach(async () => {
    project = new TempProject();
    provider = await LoopbackProvider.start();
    settings({});
    project.write(
      '.sluice/agents/talker.json',
      JSON.stringify({ instructions: 'You help.', model: 'mine/first', tools: ['shell'] }),
    );
    project.workflow('talk', { only: { agent: 'talker', prompt: 'Do it.' } });
  });

  afterEach(async () => {
    await project.dispose();
    await provider.close();
  });

  /** What stands in the user's `models.json` beside the provider. */
  function settings(more: object): void {
    const { config } = userFolders(project.environment, process.platform);
    fs.mkdirSync(config, { recursive: true });
    const addresses = [{ id: 'mine', baseURL: provider.baseURL('openai-chat') }];
    const text = JSON.stringify({ addresses, lookForLocal: false, ...more });
    fs.writeFileSync(path.join(config, 'models.json'), text);
  }

  const says = (text: string, served = 'first'): Reply => ({ answer: { text, served } });
  const runs = (command: string): Reply => ({
    answer: {
      text: '',
      served: 'first',
      toolCalls: [{ id: 'c1', name: 'shell', input: JSON.stringify({ command }) }],
    },
  });

  it('run, and say who was asked, who answered and what it took', async () => {
    settings({ prices: { 'mine/first': { input: 1000, output: 1000 } } });
    provider.next(says('All is well.'));
    const { code, out } = await sluice(project, 'run', 'talk');
    assert.equal(code, 0);
    assert.match(out, /✓ only\s+succeeded\s+.* · 18 tokens · \$0\.02\n/);
    const ledger = await sluice(project, 'ledger', '1');
    assert.match(
      ledger.out,
      /^only {2}mine\/first {2}1 call {2}18 tokens {2}\$0\.02\nIn all: 18 tokens \(11 in, 7 out\) · \$0\.02\n$/,
    );
    const [account, total] = objects((await sluice(project, 'ledger', '1', '--json')).out);
    assert.deepEqual(
      [account?.['task'], (account?.['models'] as { served: string }[])[0]?.served],
      ['only', 'first'],
    );
    assert.equal((total?.['total'] as { inputTokens: number }).inputTokens, 11);
    const [shown] = objects((await sluice(project, 'show', '1', '--json')).out);
    assert.equal((shown?.['spent'] as { calls: number }).calls, 1);
  });

  it('say that another model answered, and of one without a price that it is unpriced', async () => {
    provider.next(says('Well.', 'second'));
    const { out } = await sluice(project, 'run', 'talk');
    assert.match(out, /18 tokens · unpriced · second answered instead of first/);
    assert.match(
      (await sluice(project, 'ledger', '1')).out,
      /mine\/first → second, which is another model/,
    );
  });

  it('print a question with what answers it, leave with 3, and go on with the answer', async () => {
    provider.next(runs('echo from the shell'), says('Done.'));
    const { code, out } = await sluice(project, 'run', 'talk');
    assert.equal(code, 3);
    assert.match(out, /only asks: May it run echo from the shell\?\n/);
    assert.match(
      out,
      /\n {2}Answer with: sluice answer talk-1 only --allow {3}or: --allow-always, --deny \[note\]\n/,
    );
    assert.match(
      (await sluice(project, 'show', '1')).out,
      /waiting.*1 asks you.*\n.*asks: run echo/,
    );
    const [shown] = objects((await sluice(project, 'show', '1', '--json')).out);
    const [task] = shown?.['tasks'] as { verbs: string[]; asks: { asks: { tool: string } }[] }[];
    assert.equal(task?.asks[0]?.asks.tool, 'shell');
    assert.ok(task.verbs.includes('answer'));

    for (const [args, problem] of [
      [['1', 'only'], /answer with --allow, --allow-always or --deny\.\n$/],
      [['1', 'only', '--allow', '--deny'], /answer with --allow/],
      [['1', 'only', '--raise', '5'], /answer with --allow/],
      [['1', 'other', '--allow'], /"other" asks nothing; only does\.\n$/],
    ] as const) {
      const refused = await sluice(project, 'answer', ...args);
      assert.equal(refused.code, 2, args.join(' '));
      assert.match(refused.err, problem);
    }
    const answered = await sluice(project, 'answer', '1', 'only', '--allow');
    assert.equal(answered.code, 0);
    assert.match(answered.out, /succeeded/);
    const none = await sluice(project, 'answer', '1', 'only', '--allow');
    assert.deepEqual([none.code, none.err], [2, 'sluice: Nothing in talk-1 asks you anything.\n']);
  });

  it('tell the agent what a denial says, and go on without', async () => {
    provider.next(runs('echo no'), says('Then not.'));
    assert.equal((await sluice(project, 'run', 'talk')).code, 3);
    const { code } = await sluice(project, 'answer', '1', 'only', '--deny', 'Not today.');
    assert.equal(code, 0);
    assert.match(JSON.stringify(provider.requests.at(-1)?.body), /Not today\./);
  });

  it('go on with another model and other permissions', async () => {
    provider.next(runs('echo one'), runs('echo two'), says('Done.', 'second'));
    assert.equal((await sluice(project, 'run', 'talk')).code, 3);
    const wrong = await sluice(project, 'permissions', '1', 'only', 'all');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /only default, acceptEdits, plan, bypassPermissions\.\n$/);
    const chosen = await sluice(project, 'model', '1', 'only', 'mine/second');
    assert.equal(chosen.code, 3);
    assert.match(chosen.out, /\? only {2}running {4}asks: run echo one\n/);
    // What it had asked it may do now.
    assert.equal((await sluice(project, 'permissions', '1', 'only', 'bypassPermissions')).code, 0);
    const models = provider.requests.map(({ body }) => (body as { model: string }).model);
    assert.deepEqual(models.at(0), 'first');
    assert.deepEqual(models.at(-1), 'second');
    assert.match(
      (await sluice(project, 'ledger', '1')).out,
      /only changed from .*first to .*second: a person chose it\n/,
    );
  });

  it('raise a budget that is spent, or stop there', async () => {
    project.workflow('dear', {
      only: {
        agent: 'talker',
        prompt: 'Do it.',
        budget: { tokens: 15 },
        permissions: 'bypassPermissions',
      },
    });
    provider.next(runs('echo one'), says('Done.'));
    const first = await sluice(project, 'run', 'dear');
    assert.equal(first.code, 3);
    assert.match(first.out, /only asks: only has spent 18 tokens of 15 tokens\. Go on\?\n/);
    assert.match(first.out, /sluice answer dear-1 only --raise <limit>/);
    const little = await sluice(project, 'answer', '1', 'only', '--raise', '17');
    assert.deepEqual(
      [little.code, little.err],
      [2, 'sluice: Write a number of tokens above what is spent, 18 tokens.\n'],
    );
    assert.equal((await sluice(project, 'answer', '1', 'only', '--raise', '1,000')).code, 0);

    provider.next(runs('echo one'));
    assert.equal((await sluice(project, 'run', 'dear', '--no-cache')).code, 3);
    const stopped = await sluice(project, 'answer', '2', 'only', '--stop');
    assert.equal(stopped.code, 1);
  });

  it('list what can be used, and which variables hold no key', async () => {
    const { out, code } = await sluice(project, 'models');
    assert.equal(code, 0);
    assert.match(out, /^Anthropic · no key; set ANTHROPIC_API_KEY\n/);
    assert.match(out, /\nOllama · not found on this machine\n/);
    assert.match(out, /\nmine · needs no key\n/);
    const listed = objects((await sluice(project, 'models', '--json')).out);
    const mine = listed.find(({ id }) => id === 'mine');
    assert.deepEqual([mine?.['hasKey'], mine?.['isLocal'], mine?.['standing']], [false, false, []]);
  });

  it('say what is wrong in models.json, and go on without it', async () => {
    settings({ concurrency: 1000 });
    const { code, err } = await sluice(project, 'models');
    assert.equal(code, 0);
    assert.match(err, /models\.json is wrong, so none of its settings count: concurrency: /);
    const { config } = userFolders(project.environment, process.platform);
    fs.writeFileSync(path.join(config, 'models.json'), '{');
    assert.match((await sluice(project, 'runs')).err, /models\.json is not JSON/);
  });
});
