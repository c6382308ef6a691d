import assert from 'node:assert/strict';
import type { Agent } from '../../../../src/core/domain/agent.ts';
import { agentName } from '../../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../../src/core/domain/terms.ts';
import { MemoryAnswers } from '../../../support/memoryAnswers.ts';
import { modelAgent } from '../../../support/plans.ts';
import { ModelRig, type Ended } from './modelRig.ts';

const OFF = {
  use: false,
  ttlMs: undefined,
  namespace: undefined,
  inputs: undefined,
  similar: undefined,
};

const JUDGE: Agent = {
  ...modelAgent('judge'),
  asTool: { name: 'judge-it', inputSchema: { type: 'object' } },
  outputSchema: { type: 'object', required: ['good'] },
};

describe('An agent that several others ask the same', () => {
  let shared: MemoryAnswers;
  let rigs: ModelRig[];

  beforeEach(() => {
    shared = new MemoryAnswers();
    rigs = [];
  });
  afterEach(() => rigs.forEach((rig) => rig.dispose()));

  const done = (ended: Ended) => assert.ok(ended.ok && ended.value.kind === 'done');

  /** A model agent that has just asked, and is not answered yet. */
  async function asking(judge: Agent = JUDGE, over = {}) {
    const rig = new ModelRig();
    rigs.push(rig);
    rig.shared = shared;
    const ended = rig.run({
      agent: rig.agent({ tools: ['judge-it'] }),
      agents: { [agentName('judge')]: judge },
      ...over,
    });
    (await rig.models.next()).use({ id: '1', name: 'judge-it', input: { of: 'Limits' } });
    return { rig, ended };
  }

  /** What the one that asked is told, and it ends. */
  async function told({ rig, ended }: Awaited<ReturnType<typeof asking>>) {
    const call = await rig.models.next();
    const last = call.request.messages.at(-1);
    assert.ok(last?.role === 'tool', JSON.stringify(last));
    call.answer('Done.');
    const end = await ended;
    done(end);
    const calls = rig.types().filter((type) => type === 'call-started').length;
    const trace = end.ok && end.value.kind === 'done' ? end.value.trace : undefined;
    return { ...last.results[0], calls, models: trace?.helpers };
  }

  const turns = async (isSo: () => boolean) => {
    while (!isSo()) {
      await new Promise(setImmediate);
    }
  };

  it('is asked once, and only who asked first pays', async () => {
    const first = await asking();
    const second = await asking();
    await turns(() => shared.waiting === 2);
    (await first.rig.models.next()).answer('{"good": true}', { served: 'claude-20250101' });
    const [one, other] = [await told(first), await told(second)];
    const later = await told(await asking());
    assert.deepEqual(
      [one, other, later].map(({ text, isError, calls }) => [text, isError, calls]),
      [
        ['{"good": true}', false, 3],
        ['{"good": true}', false, 2],
        ['{"good": true}', false, 2],
      ],
    );
    // What answered is known of a kept answer, too.
    assert.deepEqual(later.models, one.models);
    assert.deepEqual(later.models?.at(-1), {
      asked: 'anthropic/claude',
      served: 'claude-20250101',
    });
  });

  it('is asked anew when it or the question is another', async () => {
    const first = await asking();
    (await first.rig.models.next()).answer('{"good": true}');
    await told(first);
    const runner = {
      kind: 'model',
      instructions: 'Be strict.',
      models: [],
      mcpServers: [],
    } as const;
    for (const judge of [
      { ...JUDGE, runner },
      { ...JUDGE, outputSchema: { type: 'object' } },
      { ...JUDGE, terms: { ...NO_TERMS, models: ['openai/gpt'] } },
    ]) {
      const other = await asking(judge);
      (await other.rig.models.next()).answer('{"good": false}');
      assert.equal((await told(other)).text, '{"good": false}');
    }
    assert.equal(shared.kept.size, 4);
  });

  it('is asked each time where the cache is off: for the run, for the step, for itself', async () => {
    for (const [judge, over] of [
      [JUDGE, { useCache: false }],
      [JUDGE, { terms: { ...NO_TERMS, cache: OFF } }],
      [{ ...JUDGE, terms: { ...NO_TERMS, cache: OFF } }, {}],
    ] as const) {
      const each = await asking(judge, over);
      (await each.rig.models.next()).answer('{"good": true}');
      assert.equal((await told(each)).calls, 3);
      assert.equal(each.rig.opened[0]?.shares, judge !== JUDGE);
    }
    assert.deepEqual(shared.asked, []);
  });

  it('keeps nothing that failed, is not as its schema says, or came from another model', async () => {
    const failed = await asking();
    (await failed.rig.models.next()).fail('authentication', { message: 'no such key' });
    assert.match((await told(failed)).text ?? '', /no such key/);
    const wrong = await asking();
    (await wrong.rig.models.next()).answer('Hm.');
    (await wrong.rig.models.next()).answer('Hm!');
    assert.match((await told(wrong)).text ?? '', /not as its schema says/);
    const other = await asking();
    (await other.rig.models.next()).answer('{"good": true}', { served: 'claude-mini' });
    assert.equal((await told(other)).isError, false);
    const fallback = await asking({
      ...JUDGE,
      terms: { ...NO_TERMS, models: ['anthropic/claude', 'openai/gpt'] },
    });
    fallback.rig.models.remedy = () => ({ kind: 'fallback' });
    (await fallback.rig.models.next()).fail('billing');
    (await fallback.rig.models.next()).answer('{"good": true}');
    assert.equal((await told(fallback)).isError, false);
    assert.equal(shared.kept.size, 0);
  });

  it('is asked by the next who waits when the first is stopped', async () => {
    const first = await asking();
    const second = await asking();
    await turns(() => shared.waiting === 2);
    await first.rig.models.next();
    first.rig.stop.abort();
    const stopped = await first.ended;
    assert.ok(stopped.ok && stopped.value.kind === 'parked');
    (await second.rig.models.next()).answer('{"good": true}');
    const answer = await told(second);
    assert.deepEqual([answer.text, answer.calls], ['{"good": true}', 3]);
  });
});
