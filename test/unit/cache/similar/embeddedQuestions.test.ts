import assert from 'node:assert/strict';
import fs from 'node:fs';
import { digestOf, type Digest } from '../../../../src/core/base/digest.ts';
import { redactor } from '../../../../src/core/base/redact.ts';
import { err, ok, type Result } from '../../../../src/core/base/result.ts';
import type { KeptAnswer } from '../../../../src/core/cache/parts.ts';
import { EmbeddedQuestions } from '../../../../src/core/cache/similar/embeddedQuestions.ts';
import type { WordedQuestion } from '../../../../src/core/cache/tasks/similarAnswers.ts';
import type { Models } from '../../../../src/core/models/models.ts';
import { LoopbackProvider, vectorReply } from '../../../support/loopbackProvider.ts';
import { TestHost } from '../../models/modelRig.ts';
import { keyOf, numbers, SCOPE, VectorRig } from './vectors.ts';

const { signal } = new AbortController();
const RULE = { model: 'team/e5', threshold: 0.9 };

function question(prompt: string, change: Partial<WordedQuestion> = {}): WordedQuestion {
  return { scope: SCOPE, prompt, rule: RULE, ...change };
}

/** Of words: texts with the same ones are near. */
function vectorOf(text: string): number[] {
  const vector = numbers(1, 32).map((value) => value / 100);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const [, n = 0] = numbers(digestOf(word).charCodeAt(0) * 77 + digestOf(word).charCodeAt(1), 2);
    const at = Math.floor(((n + 1) / 2) * 32);
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
}

describe('Similar questions', () => {
  let rig: VectorRig;
  let provider: LoopbackProvider;
  let host: TestHost;
  let models: Models;
  let warned: string[];
  let gone: Set<Digest>;

  before(async () => {
    provider = await LoopbackProvider.start({
      reply: ({ body }) =>
        vectorReply('openai-chat', vectorOf((body as { input: string[] }).input.join(' '))),
    });
  });
  after(() => provider.close());

  beforeEach(() => {
    rig = new VectorRig();
    provider.reset();
    warned = [];
    gone = new Set();
    host = new TestHost();
    host.set({
      addresses: [
        { id: 'team', baseURL: provider.baseURL('openai-chat'), keyName: undefined, headers: {} },
      ],
    });
    models = host.models();
  });

  afterEach(() => {
    models.dispose();
    rig.dispose();
    assert.deepEqual(host.logged, []);
  });

  function questions(
    embed: (
      model: string,
      text: string,
      signal: AbortSignal,
    ) => Promise<Result<Float32Array, string>> = (...asked) => models.embed(...asked),
  ): EmbeddedQuestions {
    return new EmbeddedQuestions({
      embed,
      index: rig.program(),
      answers: {
        find: (key) =>
          Promise.resolve({
            answers: gone.has(key) ? [] : [{} as KeptAnswer],
            expired: undefined,
            wasDamaged: false,
          }),
      },
      redact: redactor(() => ['my-secret-word']),
      warn: (sentence) => void warned.push(sentence),
    });
  }

  it('are found with how similar they are and the question as it was asked', async () => {
    const similar = questions();
    const first = 'Please explain what makes high tides and low tides.';
    await similar.add({ ...question(first), key: keyOf(1) }, signal);
    const near = await similar.find(
      question('Explain what makes low tides and high tides, please!'),
      signal,
    );
    assert.ok(near !== undefined);
    assert.equal(near.key, keyOf(1));
    assert.equal(near.question, first);
    assert.ok(near.similarity >= 0.9 && near.similarity <= 1, String(near.similarity));
    assert.equal(await similar.find(question('Who wrote this library?'), signal), undefined);
    assert.deepEqual(warned, []);
  });

  it('cost one call each, also when the answer is kept later', async () => {
    const similar = questions();
    await similar.find(question('What makes tides?'), signal);
    await similar.add({ ...question('What makes tides?'), key: keyOf(1) }, signal);
    await similar.find(question('What makes tides?'), signal);
    assert.equal(provider.requests.length, 1);
  });

  it('are told from each other by numbers, paths and quotes, however near', async () => {
    const similar = questions();
    await similar.add({ ...question('Sum up src/a.ts in 10 words'), key: keyOf(1) }, signal);
    assert.equal(await similar.find(question('Sum up src/b.ts in 10 words'), signal), undefined);
    assert.ok(
      (await similar.find(question('Sum up, in 10 words: src/a.ts'), signal)) === undefined,
    );
    assert.equal(
      (await similar.find(question('sum up src/a.ts in 10 words please'), signal))?.key,
      keyOf(1),
    );
  });

  for (const [model, why] of [
    ['team/gpt-5', /"gpt-5" of team is no embedding model/],
    ['anthropic/claude-sonnet-5-5', /Anthropic has no embedding models/],
    ['openai/text-embedding-3-small', /There is no key for OpenAI/],
    ['nobody/e5', /no provider or address "nobody"/],
    ['e5', /names no provider/],
  ] as const) {
    it(`are not looked for without a real embedding model, which is told once: ${model}`, async () => {
      const similar = questions();
      const asked = question('What makes tides?', { rule: { model, threshold: 0.5 } });
      for (let n = 0; n < 3; n += 1) {
        await similar.add({ ...asked, key: keyOf(n) }, signal);
        assert.equal(await similar.find(asked, signal), undefined);
      }
      assert.equal(warned.length, 1);
      assert.match(warned[0]!, why);
      assert.deepEqual(rig.files(), []);
      assert.equal(provider.requests.length, 0);
    });
  }

  it('are not found where the model fails, and are again when it answers', async () => {
    const similar = questions();
    await similar.add({ ...question('What makes tides?'), key: keyOf(1) }, signal);
    provider.next({ status: 500 }, { status: 500 });
    assert.equal(await similar.find(question('what makes tides'), signal), undefined);
    assert.equal(await similar.find(question('what makes tides'), signal), undefined);
    assert.equal(warned.length, 1);
    assert.equal((await similar.find(question('what makes tides'), signal))?.key, keyOf(1));
  });

  it('tell a wait once, though it is another one each time', async () => {
    let ms = 0;
    const similar = questions(() =>
      Promise.resolve(err(`team takes no call for ${(ms += 10)} ms.`)),
    );
    for (let n = 0; n < 5; n += 1) {
      await similar.find(question(`question ${n}`), signal);
    }
    assert.deepEqual(warned, ['team takes no call for 10 ms.']);
  });

  it('are passed over where their answers are gone', async () => {
    const similar = questions();
    await similar.add({ ...question('What makes tides?'), key: keyOf(1) }, signal);
    await similar.add({ ...question('What makes the tides?'), key: keyOf(2) }, signal);
    const asked = question('what makes tides', { rule: { ...RULE, threshold: 0.5 } });
    assert.equal((await similar.find(asked, signal))?.key, keyOf(1));
    gone.add(keyOf(1));
    assert.equal((await similar.find(asked, signal))?.key, keyOf(2));
    gone.add(keyOf(2));
    assert.equal(await similar.find(asked, signal), undefined);
  });

  it('are kept by their beginning, and without secrets', async () => {
    const secrets = `my-secret-word sk-test-${'a1B2'.repeat(10)}`;
    const long = `${'word '.repeat(97)}${secrets} ${'word '.repeat(200)}`;
    await questions().add({ ...question(long), key: keyOf(1) }, signal);
    const near = await questions().find(question(long), signal);
    assert.ok(near !== undefined && near.question.length <= 500);
    assert.match(near.question, /hidden/);
    for (const file of rig.files()) {
      const kept = fs.readFileSync(file, 'latin1');
      assert.ok(!kept.includes('my-secret-word') && !kept.includes('a1B2a1B2'), kept);
      assert.ok(!kept.includes('word '.repeat(150)), 'not all of it is kept');
    }
  });

  it('count as the same question at a threshold of 1 only where their vectors are', async () => {
    const similar = questions();
    const rule = { ...RULE, threshold: 1 };
    await similar.add({ ...question('What makes tides?', { rule }), key: keyOf(1) }, signal);
    assert.equal(
      (await similar.find(question('what makes TIDES', { rule }), signal))?.key,
      keyOf(1),
    );
    assert.equal(await similar.find(question('what makes an ebb', { rule }), signal), undefined);
  });

  it('are looked for no longer than their signal says', async () => {
    const stop = new AbortController();
    const similar = questions(
      (_model, _text, stopped) =>
        new Promise((_resolve, reject) => {
          stopped.addEventListener('abort', () => reject(stopped.reason as Error));
        }),
    );
    const asked = similar.find(question('What makes tides?'), stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
    await assert.rejects(
      questions(() => Promise.resolve(ok(new Float32Array(32)))).add(
        { ...question('x'), key: keyOf(1) },
        stop.signal,
      ),
      /enough/,
    );
  });
});
