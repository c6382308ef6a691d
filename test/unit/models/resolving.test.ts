import assert from 'node:assert/strict';
import { modelName } from '../../../src/core/domain/call.ts';
import { hostedModel, TestHost } from './modelRig.ts';
import { startServer, type Answer, type Server } from './providers/server.ts';

const { signal } = new AbortController();

describe('Written models, as they can be asked', () => {
  let host: TestHost;

  beforeEach(() => {
    host = new TestHost();
  });

  async function resolve(...names: string[]): Promise<readonly string[]> {
    const { usable, problems } = await host.models().resolve(names, signal);
    return [...usable.map(modelName), ...problems.map(({ name, why }) => `${name}? ${why}`)];
  }

  it('are those of the list that have a key, in its order, and of the others why not', async () => {
    host.keys.set('openai', 'key');
    assert.deepEqual(await resolve('anthropic/claude-opus-5-5', 'openai/gpt-5', 'gpt-5'), [
      'openai/gpt-5',
      'anthropic/claude-opus-5-5? There is no key for Anthropic: set the variable ANTHROPIC_API_KEY.',
    ]);
  });

  it('are told of the command where keys are stored', async () => {
    host.keysFrom = 'store';
    assert.deepEqual(await resolve('claude-opus-5-5'), [
      'claude-opus-5-5? There is no key for Anthropic: store one with the command "Sluice: Set API Key".',
    ]);
  });

  it('are found as soon as their key or address is there', async () => {
    const models = host.models();
    const usable = async (name: string) =>
      (await models.resolve([name], signal)).usable.map(modelName);
    assert.deepEqual(await usable('sonnet'), []);
    host.keys.set('anthropic', 'key');
    assert.deepEqual(await usable('sonnet'), ['anthropic/claude-sonnet-5-5']);
    assert.deepEqual(await usable('team/large'), []);
    host.set({ addresses: [address('team')] });
    assert.deepEqual(await usable('team/large'), ['team/large']);
    assert.deepEqual(await usable('openai-compatible:team/large'), ['team/large']);
  });

  it('have accounts by provider, address and key, in which no key is', async () => {
    const models = host.models();
    const account = async () =>
      (await models.resolve(['openai/gpt-5'], signal)).usable[0]?.account ?? '';
    host.keys.set('openai', 'sk-test-first');
    const first = await account();
    assert.equal(await account(), first);
    assert.ok(!first.includes('first'));
    host.keys.set('openai', 'sk-test-second');
    const second = await account();
    assert.notEqual(second, first);
    host.set({ baseURLs: { openai: 'https://proxy.example/v1/' } });
    assert.notEqual(await account(), second);
  });

  it('know what they hold', async () => {
    host.keys.set('openrouter', 'key').set('anthropic', 'key');
    const { usable } = await host
      .models()
      .resolve(
        ['anthropic/claude-haiku-4-5-20251001', 'openrouter/openai/gpt-5', 'openrouter/a/b'],
        signal,
      );
    assert.deepEqual(
      usable.map(({ contextTokens, canStructure }) => [contextTokens, canStructure]),
      [
        [200_000, true],
        [400_000, false],
        [undefined, false],
      ],
    );
  });

  it('have the name that answers carry, where they have several', async () => {
    host.keys.set('openai', 'key');
    assert.deepEqual(await resolve('gpt-5.6'), ['openai/gpt-5.6-sol']);
  });

  it('say what is wrong with an address, a provider or half a name', async () => {
    host.set({ addresses: [{ ...address('team'), baseURL: 'file:///etc' }] });
    assert.deepEqual(await resolve('team/x', 'openai-compatible:gone/x', 'google/'), [
      'team/x? The address of team is no web address ("file:///etc"): correct it in the settings.',
      'openai-compatible:gone/x? There is no provider or address "gone": add the address to the settings, or correct the name.',
      'google/? "google/" names no model: write "google/" and the name of one.',
    ]);
  });

  it('do not let an address of the user stand for a provider', async () => {
    host.keys.set('anthropic', 'key');
    host.set({ addresses: [{ ...address('anthropic'), baseURL: 'https://elsewhere.example' }] });
    const { usable } = await host.models().resolve(['anthropic/claude-opus-5-5'], signal);
    assert.match(usable[0]!.account, /api\.anthropic\.com/);
  });

  describe('where VS Code has models', () => {
    beforeEach(() => {
      host.hostedModels = [
        hostedModel('copilot', 'GPT-5'),
        hostedModel('copilot', 'Claude Sonnet 4.5', { allowed: undefined }),
        hostedModel('closed', 'Closed 1', { allowed: false }),
      ];
    });

    it('are VS Code’s first, then the vendor’s own with a key', async () => {
      host.keys.set('openai', 'key');
      assert.deepEqual(
        await resolve('gpt-5', 'gpt-5-mini', 'Claude Sonnet 4.5 (copilot)', 'sonnet'),
        ['vscode/copilot/gpt-5', 'openai/gpt-5-mini', 'vscode/copilot/claude-sonnet-4.5'],
      );
      assert.deepEqual(await resolve('GPT-5 (elsewhere)'), ['openai/gpt-5']);
    });

    it('are found again by the name they were given', async () => {
      assert.deepEqual(await resolve('vscode/copilot/claude-sonnet-4.5'), [
        'vscode/copilot/claude-sonnet-4.5',
      ]);
    });

    it('have the vendor for an account', async () => {
      const { usable } = await host.models().resolve(['gpt-5'], signal);
      assert.equal(usable[0]?.account, 'vscode/copilot');
    });

    it('say what the user does not allow and what is not there', async () => {
      assert.deepEqual(
        await resolve('vscode/closed/closed-1', 'Unheard 9 (copilot)', 'vscode/unheard'),
        [
          'vscode/closed/closed-1? VS Code does not let Sluice use "Closed 1": allow it with "Manage Language Model Access" in the menu of accounts.',
          'Unheard 9 (copilot)? VS Code has no model "Unheard 9" of "copilot": it has "GPT-5", "Claude Sonnet 4.5".',
          'vscode/unheard? VS Code has no model "vscode/unheard": it has "copilot/gpt-5", "copilot/claude-sonnet-4.5", "closed/closed-1".',
        ],
      );
    });

    it('are left to the vendor where VS Code cannot list its own', async () => {
      host.keys.set('openai', 'key');
      Object.defineProperty(host, 'hosted', {
        value: {
          list: () => Promise.reject(new Error('not now')),
          model: () => Promise.reject(new Error('not now')),
          onDidChange: () => ({ dispose: () => undefined }),
        },
      });
      assert.deepEqual(await resolve('gpt-5', 'vscode/x'), [
        'openai/gpt-5',
        'vscode/x? VS Code could not list its models: not now.',
      ]);
    });
  });

  it('of VS Code are said to be so in the terminal', async () => {
    const [problem] = await resolve('vscode/copilot/gpt-5');
    assert.match(problem ?? '', /is a model of VS Code, and there is none here/);
  });

  describe('where a server of this machine has them', () => {
    let server: Server;
    let answer: Answer;

    beforeEach(async () => {
      answer = ({ path }) =>
        path === '/api/tags'
          ? { models: [{ name: 'qwen3:8b' }] }
          : path === '/api/show'
            ? { capabilities: ['tools'] }
            : { data: [{ id: 'org/phi' }] };
      server = await startServer((request) => answer(request));
      host.set({ baseURLs: { ollama: `${server.url}/v1`, lmstudio: `${server.url}/v1` } });
    });

    afterEach(() => server.close());

    it('are found by their server’s name and by their own', async () => {
      assert.deepEqual(
        await resolve('ollama/qwen3:8b', 'qwen3:8b', 'org/phi', 'lmstudio/org/phi'),
        ['ollama/qwen3:8b', 'lmstudio/org/phi'],
      );
    });

    it('are looked for only where a local model is meant', async () => {
      host.keys.set('anthropic', 'key');
      await resolve('anthropic/claude-opus-5-5', 'opus', 'auto', 'gpt-5');
      assert.deepEqual(server.paths, []);
      await resolve('qwen3:8b');
      assert.ok(server.paths.length > 0);
    });

    it('say what there is instead', async () => {
      assert.deepEqual(await resolve('ollama/llama9', 'llama9'), [
        'ollama/llama9? Ollama has no model "llama9": run "ollama pull llama9"; it has "qwen3:8b".',
        'llama9? No provider\'s models are named like "llama9", and no server on this machine has it: write it with its provider, such as "openrouter/llama9".',
      ]);
    });

    it('say when nobody answers', async () => {
      await server.close();
      assert.match(
        (await resolve('ollama/a'))[0] ?? '',
        /Ollama does not answer at 127\.0\.0\.1:\d+: start it\./,
      );
    });

    it('are the default where there is nothing else', async () => {
      assert.deepEqual(await resolve(), ['ollama/qwen3:8b']);
    });

    it('are not looked for on their usual ports where that is switched off', async () => {
      host.set({ baseURLs: {} });
      assert.match(
        (await resolve('ollama/a'))[0] ?? '',
        /are not looked for, so Ollama is not used/,
      );
    });
  });

  describe('where none is written', () => {
    it('are those the user chose', async () => {
      host.keys.set('openai', 'key').set('google', 'key');
      host.set({ defaultModels: ['auto', 'gemini-2.5-pro', 'gpt-5'] });
      assert.deepEqual(await resolve(), ['google/gemini-2.5-pro', 'openai/gpt-5']);
      assert.deepEqual(await resolve('openai/gpt-5-mini', 'inherit'), [
        'openai/gpt-5-mini',
        'google/gemini-2.5-pro',
        'openai/gpt-5',
      ]);
    });

    it('are the first there is: of VS Code, then with a key', async () => {
      host.keys.set('openai', 'key');
      assert.deepEqual(await resolve('auto'), ['openai/gpt-6.1-sol']);
      host.hostedModels = [
        hostedModel('x', 'Without Tools', { canUseTools: false }),
        hostedModel('x', 'With Tools'),
      ];
      assert.deepEqual(await resolve('auto'), ['vscode/x/with-tools']);
    });

    it('say what to do where there is nothing', async () => {
      assert.match(
        (await resolve())[0] ?? '',
        /^auto\? There is no model to ask: set ANTHROPIC_API_KEY/,
      );
    });
  });

  it('stop being looked for when nobody wants to know any more', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    const server = await startServer(() => ({ data: [] }));
    host.set({ baseURLs: { vllm: `${server.url}/v1` } });
    await assert.rejects(host.models().resolve(['vllm/a'], stop.signal), /enough/);
    await server.close();
  });

  function address(id: string) {
    return { id, baseURL: 'https://models.example/v1', keyName: undefined, headers: {} };
  }
});
