import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { digestOf } from '../../../../src/core/base/digest.ts';
import { NO_TERMS } from '../../../../src/core/domain/terms.ts';
import type { ToolAnswer, ToolDeed } from '../../../../src/core/domain/tool.ts';
import type { Read, Trace } from '../../../../src/core/domain/trace.ts';
import { modelAgent } from '../../../support/plans.ts';
import { agentName } from '../../../../src/core/domain/ids.ts';
import { ModelRig, type Ended } from './modelRig.ts';

const file = (name: string): Read => ({ kind: 'file', path: name });
const asked = (within: string): Read => ({
  kind: 'asked',
  tool: 'list',
  input: { path: within },
  within,
  found: digestOf(within),
});
const TREE: Read = { kind: 'tree' };
const WEB: Read = { kind: 'web' };
const CLAUDE = { asked: 'anthropic/claude', served: undefined };

describe('The trace of a model agent', () => {
  let rig: ModelRig;

  beforeEach(() => (rig = new ModelRig()));
  afterEach(() => rig.dispose());

  const traceOf = (ended: Ended): Trace => {
    assert.ok(ended.ok && ended.value.kind === 'done', JSON.stringify(ended));
    assert.ok(ended.value.trace !== undefined);
    return ended.value.trace;
  };
  const everything = { terms: { ...NO_TERMS, permissions: 'bypassPermissions' } } as const;

  /** A tool whose answers tell these looks, one after the other. */
  function tool(name: string, does: ToolDeed, ...answers: Partial<ToolAnswer>[]): void {
    rig.tool(name, does);
    const made = rig.tools.pop()!;
    rig.tools.push({
      ...made,
      call: () => Promise.resolve({ text: 'ok', isError: false, ...answers.shift() }),
    });
  }

  /** The model uses these tools, each in an answer of its own, and is done. */
  async function conversation(names: readonly string[], over = everything): Promise<Trace> {
    const ended = rig.run(over);
    for (const [index, name] of names.entries()) {
      (await rig.models.next()).use({ id: String(index), name });
    }
    (await rig.models.next()).answer('Done.');
    return traceOf(await ended);
  }

  it('is of nothing but the model where no tool was used', async () => {
    assert.deepEqual(await conversation([]), { reads: [], models: [CLAUDE], unfit: undefined });
  });

  it('has each look once, in order, also those that came to an error', async () => {
    tool(
      'look',
      'read',
      { reads: [file('b')] },
      { reads: [file('a'), asked('src')], isError: true },
      { reads: [file('b'), asked('src'), asked('')] },
    );
    const { reads, unfit } = await conversation(['look', 'look', 'look']);
    assert.deepEqual(reads, [file('b'), file('a'), asked('src'), asked('')]);
    assert.equal(unfit, undefined);
  });

  it('has no look at what the attempt has itself written before', async () => {
    tool('look', 'read', { reads: [file('a')] }, { reads: [file('a'), file('b'), file('c')] });
    tool('change', 'edit', { reads: [file('b')], writes: ['b'] }, { writes: ['c', 'src/new'] });
    const { reads } = await conversation(['look', 'change', 'change', 'look']);
    assert.deepEqual(reads, [file('a'), file('b')]);
  });

  it('stands on the whole tree where a question was partly about its own work', async () => {
    tool('change', 'edit', { writes: ['src/new'] });
    tool('look', 'read', { reads: [asked('src/new'), file('x')] });
    assert.deepEqual((await conversation(['change', 'look'])).reads, [TREE]);
    rig.tools.length = 0;
    tool('change', 'edit', { writes: ['src/new'] });
    tool('look', 'read', { reads: [asked('src2'), asked('docs'), asked('src/newer')] });
    const { reads } = await conversation(['change', 'look']);
    assert.deepEqual(reads, [asked('src2'), asked('docs'), asked('src/newer')]);
    for (const within of ['', 'src']) {
      rig.tools.length = 0;
      tool('change', 'edit', { writes: ['src/new'] });
      tool('look', 'read', { reads: [asked(within)] });
      assert.deepEqual((await conversation(['change', 'look'])).reads, [TREE]);
    }
  });

  it('stands on the whole tree once a program has run, and on what was asked outside', async () => {
    tool('look', 'read', { reads: [asked('')] }, { reads: [file('made'), asked('')] });
    tool('shell', 'run');
    tool('fetch', 'reach');
    const { reads, unfit } = await conversation(['look', 'shell', 'look', 'shell', 'fetch']);
    assert.deepEqual(reads, [asked(''), TREE, WEB]);
    assert.equal(unfit, undefined);
  });

  it('is unfit once a tool may have changed something outside', async () => {
    tool('send', 'other');
    assert.deepEqual((await conversation(['send'])).unfit, { kind: 'acted', tool: 'send' });
  });

  it('is unfit where a person refused, and fit where one allowed', async () => {
    for (const [answer, unfit] of [
      [{ kind: 'deny', note: undefined }, { kind: 'person' }],
      [{ kind: 'allow', always: false }, undefined],
    ] as const) {
      const own = new ModelRig();
      own.tool('shell', 'run');
      const ended = own.run();
      (await own.models.next()).use({ id: '1', name: 'shell' });
      (await own.question()).answer(answer);
      (await own.models.next()).answer('Done.');
      const trace = traceOf(await ended);
      assert.deepEqual(trace.unfit, unfit);
      // What was refused was not done.
      assert.deepEqual(trace.reads, unfit === undefined ? [TREE] : []);
      own.dispose();
    }
  });

  it('is fit where its terms refuse, as they refuse everybody, and unfit where a person’s mode does', async () => {
    rig.tool('change', 'edit');
    const plan = { terms: { ...NO_TERMS, permissions: 'plan' } } as const;
    const once = async (over = {}) => {
      const ended = rig.run(over);
      (await rig.models.next()).use({ id: '1', name: 'change' });
      (await rig.models.next()).answer('Done.');
      return traceOf(await ended).unfit;
    };
    assert.equal(await once(plan), undefined);
    rig.wishes.permissions = 'plan';
    assert.deepEqual(await once(), { kind: 'person' });
  });

  it('is unfit where a person spoke to it, also at its last answer', async () => {
    for (const when of ['first', 'last'] as const) {
      const own = new ModelRig();
      own.tool('look', 'read');
      const ended = own.run();
      const first = await own.models.next();
      own.steer?.('In French, please.');
      if (when === 'first') {
        first.use({ id: '1', name: 'look' });
      } else {
        first.answer('Done.');
      }
      (await own.models.next()).answer('Fait.');
      assert.deepEqual(traceOf(await ended).unfit, { kind: 'person' });
      own.dispose();
    }
  });

  describe('tells which models answered', () => {
    const two = { terms: { ...NO_TERMS, models: ['anthropic/claude', 'openai/gpt'] } };

    beforeEach(() => {
      rig.models.remedy = ({ hasFallback }) => ({ kind: hasFallback ? 'fallback' : 'give-up' });
    });

    it('one that took over before any answer is the only one', async () => {
      const ended = rig.run(two);
      (await rig.models.next()).fail('billing');
      (await rig.models.next()).answer('Done.', { served: 'gpt-2025-01-01' });
      const { models, unfit } = traceOf(await ended);
      assert.deepEqual(models, [{ asked: 'openai/gpt', served: 'gpt-2025-01-01' }]);
      assert.equal(unfit, undefined);
    });

    it('one that took over in the middle makes it unfit, also over a crash', async () => {
      rig.tool('look', 'read');
      const ended = rig.run(two);
      (await rig.models.next()).use({ id: '1', name: 'look' });
      await rig.models.next();
      rig.stop.abort();
      assert.ok((await ended).ok);
      const again = rig.goOn(two);
      (await rig.models.next()).fail('billing');
      (await rig.models.next()).answer('Done.');
      const { models, unfit } = traceOf(await again);
      assert.deepEqual(
        models.map(({ asked }) => asked),
        ['anthropic/claude', 'openai/gpt'],
      );
      assert.deepEqual(unfit, { kind: 'models' });
    });

    it('under the same name another one makes it unfit, a longer name of it does not', async () => {
      const schema = { outputSchema: { type: 'object' } };
      const served = async (first: string, second: string) => {
        const ended = rig.run(schema);
        (await rig.models.next()).answer('no JSON', { served: first });
        (await rig.models.next()).answer('{}', { served: second });
        return traceOf(await ended).unfit;
      };
      assert.equal(await served('claude', 'claude-20250101'), undefined);
      assert.deepEqual(await served('claude-20250101', 'claude-mini'), { kind: 'models' });
    });

    it('those of agents that it asked stand apart, and do not make it unfit', async () => {
      const judge = {
        ...modelAgent('judge'),
        asTool: { name: 'judge-it', inputSchema: { type: 'object' } },
        terms: { ...NO_TERMS, models: ['openai/gpt'] },
      };
      const ended = rig.run({
        agent: rig.agent({ tools: ['judge-it'] }),
        agents: { [agentName('judge')]: judge },
      });
      (await rig.models.next()).use({ id: '1', name: 'judge-it' });
      (await rig.models.next()).answer('Good.', { served: 'gpt-4' });
      (await rig.models.next()).answer('Done.');
      const { models, helpers, unfit } = traceOf(await ended);
      assert.deepEqual(models, [CLAUDE]);
      assert.deepEqual(helpers, [{ asked: 'openai/gpt', served: 'gpt-4' }]);
      assert.equal(unfit, undefined);
    });
  });

  describe('of an attempt that goes on', () => {
    it('is whole, whatever it had done before', async () => {
      tool('look', 'read', { reads: [file('a')] }, { reads: [file('b'), file('mine')] });
      tool('change', 'edit', { reads: [file('c')], writes: ['mine'] });
      const ended = rig.run(everything);
      (await rig.models.next()).use({ id: '1', name: 'look' });
      (await rig.models.next()).use({ id: '2', name: 'change' });
      (await rig.models.next()).wait(rig.clock.now() + 60_000);
      const parked = await ended;
      assert.ok(parked.ok && parked.value.kind === 'parked');
      const again = rig.goOn(everything);
      (await rig.models.next()).use({ id: '3', name: 'look' });
      (await rig.models.next()).answer('Done.');
      assert.deepEqual(traceOf(await again), {
        reads: [file('a'), file('c'), file('b')],
        models: [CLAUDE],
        unfit: undefined,
      });
    });

    it('has what was cut off in the middle: nobody knows how far it came', async () => {
      const never = new Promise<string>(() => undefined);
      rig.tool('shell', 'run', () => never);
      const ended = rig.run(everything);
      (await rig.models.next()).use({ id: '1', name: 'shell' });
      while (!rig.session().includes('"using"')) {
        await new Promise(setImmediate);
      }
      rig.stop.abort();
      assert.ok((await ended).ok);
      const again = rig.goOn(everything);
      (await rig.models.next()).answer('Done.');
      assert.deepEqual(traceOf(await again).reads, [TREE]);
    });

    it('remembers what a person said and refused before', async () => {
      const ended = rig.run();
      const first = await rig.models.next();
      rig.steer?.('In French, please.');
      first.answer('Done.');
      await rig.models.next();
      rig.stop.abort();
      assert.ok((await ended).ok);
      const again = rig.goOn();
      (await rig.models.next()).answer('Fait.');
      assert.deepEqual(traceOf(await again).unfit, { kind: 'person' });
    });

    it('is left out where an older version began it', async () => {
      const ended = rig.run();
      await rig.models.next();
      rig.stop.abort();
      await ended;
      const session = path.join(rig.folder, 'session');
      const [first, ...lines] = rig.session().split('\n');
      assert.equal(first, '{"kind":"traced"}');
      fs.writeFileSync(session, lines.join('\n'));
      const again = rig.goOn();
      (await rig.models.next()).answer('Done.');
      const done = await again;
      assert.ok(done.ok && done.value.kind === 'done');
      assert.ok(!('trace' in done.value));
    });
  });

  it('is left out where a server of tools failed, also when it is there the next time', async () => {
    rig.isPartial = true;
    rig.tool('look', 'read');
    const ended = rig.run();
    (await rig.models.next()).use({ id: '1', name: 'look' });
    await rig.models.next();
    rig.stop.abort();
    assert.ok((await ended).ok);
    rig.isPartial = false;
    const again = rig.goOn();
    (await rig.models.next()).answer('Done.');
    const done = await again;
    assert.ok(done.ok && done.value.kind === 'done' && done.value.trace === undefined);
  });

  it('says in the log since when an answer stands', async () => {
    rig.clock.advance(7_200_000);
    tool('fetch', 'reach', { keptFrom: rig.clock.now() - 7_200_000 });
    await conversation(['fetch']);
    assert.match(rig.log(), /\[fetch\] answered by what was asked 2 h 00 min ago/);
  });
});
