import assert from 'node:assert/strict';
import { NO_TERMS, type Terms } from '../../../../src/core/domain/terms.ts';
import { A_SECRET, ModelRig, type Ended } from './modelRig.ts';

describe('The conversation of a model agent', () => {
  let rig: ModelRig;

  beforeEach(() => (rig = new ModelRig()));
  afterEach(() => rig.dispose());

  const terms = (over: Partial<Terms>): Terms => ({ ...NO_TERMS, ...over });
  const models = (...names: string[]) => ({ terms: terms({ models: names }) });
  const done = (ended: Ended) => assert.ok(ended.ok && ended.value.kind === 'done');

  it('ends with the model’s answer, said as it comes', async () => {
    const ended = rig.run();
    const call = await rig.models.next();
    assert.deepEqual(call.request.messages, [{ role: 'user', text: 'Do it.' }]);
    call.say('It is ');
    call.say('done.');
    call.answer('It is done.');
    done(await ended);
    assert.equal(rig.output(), 'It is done.');
    assert.match(rig.log(), /It is done\./);
    assert.deepEqual(rig.types(), ['call-started', 'call-ended']);
    assert.equal(rig.closed, 1);
  });

  it('says and keeps no secret, also not one that comes in parts', async () => {
    const ended = rig.run();
    const call = await rig.models.next();
    call.say(`key ${A_SECRET.slice(0, 10)}`);
    call.say(`${A_SECRET.slice(10)} end`);
    call.answer(`key ${A_SECRET} end`);
    done(await ended);
    assert.equal(rig.output(), 'key [hidden] end');
    assert.ok(!rig.log().includes(A_SECRET));
    assert.match(rig.log(), /end/);
  });

  it('waits a moment where it is, and lets go of its slot for longer', async () => {
    const ended = rig.run();
    (await rig.models.next()).wait(rig.clock.now() + 800);
    // One is the time limit's.
    while (rig.clock.pending < 2) {
      await new Promise(setImmediate);
    }
    rig.clock.advance(800);
    const until = rig.clock.now() + 30_000;
    (await rig.models.next()).wait(until);
    assert.deepEqual(await ended, {
      ok: true,
      value: {
        kind: 'parked',
        until,
        why: { kind: 'provider', provider: 'anthropic', model: 'claude', because: 'rate-limit' },
      },
    });
    rig.clock.advance(30_000);
    const again = rig.goOn();
    (await rig.models.next()).answer('At last.');
    done(await again);
    assert.equal(rig.output(), 'At last.');
  });

  it('asks again after a failure that passes, and counts tries over a park', async () => {
    const tries: number[] = [];
    rig.models.remedy = (failed) => {
      tries.push(failed.tries);
      return failed.tries < 3 ? { kind: 'again', at: rig.clock.now() + 5000 } : { kind: 'give-up' };
    };
    let ended = rig.run();
    (await rig.models.next()).fail('overloaded');
    assert.ok((await ended).ok);
    ended = rig.goOn();
    (await rig.models.next()).fail('overloaded');
    assert.ok((await ended).ok);
    ended = rig.goOn();
    (await rig.models.next()).fail('overloaded', { message: 'too many people' });
    const end = await ended;
    assert.ok(!end.ok && end.error.reason === 'call-failed');
    assert.equal(end.error.tries, 3);
    assert.deepEqual(tries, [1, 2, 3]);
    const calls = rig.deeds.flatMap((deed) => (deed.type === 'call-started' ? [deed.call] : []));
    assert.deepEqual(calls, [1, 2, 3]);
  });

  it('goes on with the next model of the list, says so, and stays with it over a crash', async () => {
    rig.models.remedy = ({ hasFallback }) =>
      hasFallback ? { kind: 'fallback' } : { kind: 'give-up' };
    const wanted = models('anthropic/claude', 'openai/gpt');
    rig.tool('look', 'read');
    const ended = rig.run(wanted);
    (await rig.models.next()).fail('billing');
    const second = await rig.models.next();
    assert.equal(second.request.model.provider, 'openai');
    second.use({ id: '1', name: 'look' });
    await rig.models.next();
    rig.stop.abort();
    assert.ok((await ended).ok);
    assert.deepEqual(
      rig.deeds.find(({ type }) => type === 'model-changed'),
      { type: 'model-changed', from: 'anthropic/claude', to: 'openai/gpt', why: 'billing' },
    );
    const again = rig.goOn(wanted);
    const third = await rig.models.next();
    assert.equal(third.request.model.provider, 'openai');
    third.answer('Done.');
    done(await again);
  });

  it('changes to the model a person chose at the next turn, with all that was said', async () => {
    rig.tool('look', 'read');
    const ended = rig.run();
    const first = await rig.models.next();
    rig.wishes.model = 'openai/gpt';
    first.use({ id: '1', name: 'look' });
    const second = await rig.models.next();
    assert.equal(second.request.model.provider, 'openai');
    assert.equal(second.request.messages.length, 3);
    second.answer('Done.');
    done(await ended);
    assert.ok(rig.types().includes('model-changed'));
  });

  it('hears what a person says, also while it gives its last answer', async () => {
    const ended = rig.run();
    const first = await rig.models.next();
    rig.steer?.('In French, please.');
    first.answer('Done.');
    const second = await rig.models.next();
    assert.deepEqual(second.request.messages.at(-1), { role: 'user', text: 'In French, please.' });
    second.answer('Fait.');
    done(await ended);
    assert.equal(rig.output(), 'Fait.');
  });

  it('pays for no answer twice when it is cut off', async () => {
    rig.tool('look', 'read');
    const ended = rig.run();
    (await rig.models.next()).use({ id: '1', name: 'look' });
    await rig.models.next();
    rig.stop.abort();
    assert.deepEqual(await ended, {
      ok: true,
      value: { kind: 'parked', until: undefined, why: { kind: 'stopped' } },
    });
    const again = rig.goOn();
    const call = await rig.models.next();
    assert.deepEqual(
      call.request.messages.map(({ role }) => role),
      ['user', 'assistant', 'tool'],
    );
    call.answer('Done.');
    done(await again);
  });

  it('tells the journal of what it had not heard when the program died', async () => {
    rig.tool('look', 'read');
    const ended = rig.run();
    (await rig.models.next()).use({ id: '1', name: 'look' });
    await rig.models.next();
    rig.stop.abort();
    await ended;
    const heard = rig.deeds.splice(0);
    const again = rig.goOn();
    (await rig.models.next()).answer('Done.');
    done(await again);
    const told = rig.deeds.slice(0, heard.length);
    assert.deepEqual(
      told.map(({ type }) => type),
      ['call-started', 'call-ended', 'call-started', 'tool-called', 'tool-ended'],
    );
    const calls = rig.deeds.flatMap((deed) => (deed.type === 'call-started' ? [deed.call] : []));
    assert.deepEqual(calls, [1, 2, 3]);
  });

  it('fails where no model of its list can be asked, and says why of each', async () => {
    const end = await rig.run(models('nobody/x', 'nobody/y'));
    assert.deepEqual(end, {
      ok: false,
      error: {
        reason: 'no-model',
        problems: ['nobody/x: it has no key.', 'nobody/y: it has no key.'],
      },
    });
  });

  it('fails by policy where another model answers than was asked, and shows it else', async () => {
    const policy = { attempts: undefined, maxWaitMs: undefined, maxTurns: undefined };
    const strict = terms({ calls: { ...policy, onOtherModel: 'fail' } });
    const ended = rig.run({ terms: strict });
    (await rig.models.next()).answer('Hm.', { served: 'claude-mini' });
    assert.deepEqual(await ended, {
      ok: false,
      error: { reason: 'other-model', requested: 'claude', served: 'claude-mini' },
    });
    const shown = rig.run();
    (await rig.models.next()).answer('Hm.', { served: 'claude-mini' });
    done(await shown);
  });

  it('ends an endless loop of tools at its cap', async () => {
    rig.tool('look', 'read');
    const policy = { attempts: undefined, maxWaitMs: undefined, onOtherModel: undefined };
    const ended = rig.run({ terms: terms({ calls: { ...policy, maxTurns: 3 } }) });
    for (const id of ['1', '2', '3']) {
      (await rig.models.next()).use({ id, name: 'look' });
    }
    assert.deepEqual(await ended, { ok: false, error: { reason: 'too-many-turns', turns: 3 } });
  });

  it('asks a person when a budget is spent, before the next call', async () => {
    const spentBudget = { scope: { kind: 'run' }, of: 'usd', spent: 2, limit: 2 } as const;
    rig.wishes.spentBudget = spentBudget;
    const ended = rig.run();
    const { question, answer } = await rig.question();
    assert.equal(question.kind, 'budget');
    assert.deepEqual(rig.deeds, []);
    answer({ kind: 'stop' });
    assert.deepEqual(await ended, { ok: false, error: { reason: 'budget-spent', ...spentBudget } });
  });

  it('stops at its time limit, and a wait for a person does not count', async () => {
    rig.tool('run', 'run');
    const ended = rig.run({ limits: { timeoutMs: 1000, idleTimeoutMs: undefined, graceMs: 5000 } });
    (await rig.models.next()).use({ id: '1', name: 'run' });
    const { answer } = await rig.question();
    rig.clock.advance(60_000);
    answer({ kind: 'allow', always: false });
    await rig.models.next();
    rig.clock.advance(1000);
    assert.deepEqual(await ended, {
      ok: false,
      error: { reason: 'timed-out', limit: 'wall', afterMs: 1000 },
    });
  });

  describe('that is to answer as a schema says', () => {
    const outputSchema = {
      type: 'object',
      properties: { relation: { enum: ['prerequisite', 'none'] }, confidence: { type: 'number' } },
      required: ['relation', 'confidence'],
    };
    const good = '{"relation": "none", "confidence": 1}';

    it('gives the JSON alone, whatever stands around it', async () => {
      const ended = rig.run({ outputSchema });
      (await rig.models.next()).answer(`Here it is:\n\n\`\`\`json\n${good}\n\`\`\`\n`);
      done(await ended);
      assert.equal(rig.output(), good);
    });

    it('has the model keep to it where it can, and asks in words where there are tools', async () => {
      rig.models.canStructure = true;
      const ended = rig.run({ outputSchema });
      const call = await rig.models.next();
      assert.equal(call.request.outputSchema, outputSchema);
      call.answer(good);
      done(await ended);
      rig.tool('look', 'read');
      const other = rig.run({ outputSchema });
      const asked = await rig.models.next();
      assert.equal(asked.request.outputSchema, undefined);
      assert.match(asked.request.system, /satisfies this JSON Schema/);
      asked.answer(good);
      done(await other);
    });

    it('is told once what is wrong, and fails with the clause that is', async () => {
      const ended = rig.run({ outputSchema });
      (await rig.models.next()).answer('{"relation": "cousin", "confidence": 1}');
      const second = await rig.models.next();
      const told = second.request.messages.at(-1);
      assert.ok(told?.role === 'user');
      assert.match(told.text, /relation/);
      second.answer('{"relation": "none"}');
      const end = await ended;
      assert.ok(!end.ok && end.error.reason === 'bad-output');
      assert.match(end.error.problems.join(), /confidence/);
    });
  });
});
