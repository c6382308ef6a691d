import assert from 'node:assert/strict';
import { agentName } from '../../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../../src/core/domain/terms.ts';
import { modelAgent } from '../../../support/plans.ts';
import { A_SECRET, ModelRig, type Ended } from './modelRig.ts';

describe('A model agent with tools', () => {
  let rig: ModelRig;

  beforeEach(() => (rig = new ModelRig()));
  afterEach(() => rig.dispose());

  const done = (ended: Ended) => assert.ok(ended.ok && ended.value.kind === 'done');

  /** What the model was told of its calls, once it is asked again. */
  async function told() {
    const call = await rig.models.next();
    const last = call.request.messages.at(-1);
    assert.ok(last?.role === 'tool');
    return { call, results: last.results };
  }

  it('uses what only looks without asking, side by side, and tells of each use', async () => {
    const waiting: (() => void)[] = [];
    rig.tool('look', 'read', () => new Promise((resolve) => waiting.push(() => resolve('seen'))));
    const ended = rig.run();
    (await rig.models.next()).use({ id: '1', name: 'look' }, { id: '2', name: 'look' });
    while (waiting.length < 2) {
      await new Promise(setImmediate);
    }
    waiting.reverse().forEach((go) => go());
    const { call, results } = await told();
    assert.deepEqual(results.map(({ id }) => id).sort(), ['1', '2']);
    call.answer('Done.');
    done(await ended);
    assert.equal(rig.types().filter((type) => type === 'tool-ended').length, 2);
  });

  it('asks a person before it runs a program, and once for all if they say so', async () => {
    let runs = 0;
    rig.tool('shell', 'run', () => Promise.resolve(`run ${(runs += 1)}`));
    const ended = rig.run();
    (await rig.models.next()).use({ id: '1', name: 'shell', input: { command: 'npm test' } });
    const { key, question, answer } = await rig.question();
    assert.equal(key, 'tool:1');
    assert.ok(question.kind === 'permission' && question.summary.includes('npm test'));
    assert.equal(runs, 0);
    rig.wishes.allowed = new Set(['shell']);
    answer({ kind: 'allow', always: true });
    const { call } = await told();
    call.use({ id: '2', name: 'shell' });
    (await told()).call.answer('Done.');
    done(await ended);
    assert.equal(runs, 2);
  });

  it('is told when a person says no, and goes on', async () => {
    rig.tool('shell', 'run');
    const ended = rig.run();
    (await rig.models.next()).use({ id: '1', name: 'shell' });
    (await rig.question()).answer({ kind: 'deny', note: 'use node --test' });
    const { call, results } = await told();
    assert.match(results[0]?.text ?? '', /use node --test/);
    call.answer('Done.');
    done(await ended);
    assert.deepEqual(
      rig.deeds.flatMap((deed) => (deed.type === 'tool-ended' ? [deed.outcome] : [])),
      ['refused'],
    );
  });

  for (const [mode, edit, run] of [
    ['default', 'ask', 'ask'],
    ['acceptEdits', 'allow', 'ask'],
    ['plan', 'refuse', 'refuse'],
    ['bypassPermissions', 'allow', 'allow'],
  ] as const) {
    it(`in the mode ${mode} edits: ${edit}, programs: ${run}`, async () => {
      for (const [does, expected] of [
        ['edit', edit],
        ['run', run],
      ] as const) {
        const own = new ModelRig();
        own.tool('it', does, () => Promise.resolve('happened'));
        own.wishes.permissions = mode;
        const ended = own.run();
        (await own.models.next()).use({ id: '1', name: 'it' });
        if (expected === 'ask') {
          (await own.question()).answer({ kind: 'allow', always: false });
        }
        const call = await own.models.next();
        const last = call.request.messages.at(-1);
        assert.ok(last?.role === 'tool');
        const happened = last.results[0]?.text === 'happened';
        assert.equal(happened, expected !== 'refuse');
        call.answer('Done.');
        done(await ended);
        assert.equal(own.asked.length, 0);
        own.dispose();
      }
    });
  }

  it('may edit what it owns unasked', async () => {
    rig.tool('edit', 'edit');
    const ended = rig.run({ terms: { ...NO_TERMS, owns: ['src/**'] } });
    (await rig.models.next()).use({ id: '1', name: 'edit' });
    (await told()).call.answer('Done.');
    done(await ended);
  });

  it('is told of a tool there is not and of arguments that cannot be read', async () => {
    rig.tool('look', 'read');
    const ended = rig.run();
    (await rig.models.next()).use(
      { id: '1', name: 'fly' },
      { id: '2', name: 'look', invalid: 'it is no JSON' },
    );
    const { call, results } = await told();
    assert.match(results[0]?.text ?? '', /no tool "fly".*look/);
    assert.match(results[1]?.text ?? '', /it is no JSON/);
    call.answer('Done.');
    done(await ended);
  });

  it('repeats a look that was cut off, and is told that a deed was', async () => {
    let looks = 0;
    const never = new Promise<string>(() => undefined);
    rig.tool('look', 'read', () => ((looks += 1), looks === 1 ? never : Promise.resolve('seen')));
    rig.tool('send', 'other', () => never);
    rig.wishes.permissions = 'bypassPermissions';
    void rig.run();
    (await rig.models.next()).use({ id: '1', name: 'look' });
    while (!rig.session().includes('"using"')) {
      await new Promise(setImmediate);
    }
    // The program dies; the first attempt’s promises are never heard of again.
    const second = rig.goOn();
    const { call } = await told();
    assert.equal(looks, 2);
    call.use({ id: '2', name: 'send' });
    while (!rig.types().includes('tool-called') || rig.session().split('"using"').length < 4) {
      await new Promise(setImmediate);
    }
    void second;
    const third = rig.goOn();
    const { call: last, results } = await told();
    assert.match(results[0]?.text ?? '', /nobody knows whether it happened/);
    last.answer('Done.');
    done(await third);
    assert.ok(rig.deeds.some((deed) => deed.type === 'tool-ended' && deed.outcome === 'lost'));
  });

  it('gives models no secret that a tool comes upon', async () => {
    rig.tool('look', 'read', () => Promise.resolve(`KEY=${A_SECRET}`));
    const ended = rig.run();
    (await rig.models.next()).use({ id: '1', name: 'look' });
    const { call, results } = await told();
    assert.equal(results[0]?.text, 'KEY=[hidden]');
    call.answer('Done.');
    done(await ended);
    assert.ok(!rig.session().includes(A_SECRET));
  });

  describe('that asks a second model', () => {
    const classifier = {
      ...modelAgent('relationship-classifier'),
      asTool: {
        name: 'classify-relationship',
        inputSchema: { type: 'object', required: ['from', 'to'] },
      },
      outputSchema: { type: 'object', required: ['relation'] },
    };
    const asking = () => ({
      agent: rig.agent({ tools: ['classify-relationship'] }),
      agents: { [agentName('relationship-classifier')]: classifier },
    });

    it('gets its answer as a tool’s result, checked against its schema, and pays for it', async () => {
      const ended = rig.run(asking());
      const first = await rig.models.next();
      assert.deepEqual(
        first.request.tools.map(({ name }) => name),
        ['classify-relationship'],
      );
      const input = { from: 'Limits', to: 'Derivatives' };
      first.use({ id: '1', name: 'classify-relationship', input });
      const second = await rig.models.next();
      assert.deepEqual(second.request.messages, [
        { role: 'user', text: JSON.stringify(input, null, 2) },
      ]);
      second.answer('They are related.');
      const repaired = await rig.models.next();
      repaired.answer('{"relation": "prerequisite"}');
      const { call, results } = await told();
      assert.equal(results[0]?.text, '{"relation": "prerequisite"}');
      call.answer('Done.');
      done(await ended);
      const calls = rig.deeds.flatMap((deed) => (deed.type === 'call-started' ? [deed.call] : []));
      assert.deepEqual(calls, [1, 2, 3, 4]);
    });

    it('is told when the second model does not answer', async () => {
      const ended = rig.run(asking());
      (await rig.models.next()).use({ id: '1', name: 'classify-relationship' });
      (await rig.models.next()).fail('authentication', { message: 'no such key' });
      const { call, results } = await told();
      assert.match(results[0]?.text ?? '', /did not answer: no such key/);
      assert.equal(results[0]?.isError, true);
      call.answer('Done.');
      done(await ended);
    });
  });
});
