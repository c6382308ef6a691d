import assert from 'node:assert/strict';
import fs from 'node:fs';
import { nodeDisk, type Disk } from '../../../../src/core/base/disk.ts';
import { runIdOf } from '../../../../src/core/domain/ids.ts';
import type { OpenCache } from '../../../../src/core/cache/store/openCache.ts';
import { answerTo, DAY, factsOf, HOUR, keyOf, StoreRig, valueOf } from './storeRig.ts';

describe('The desk of the cache', () => {
  let rig: StoreRig;
  beforeEach(() => {
    rig = new StoreRig();
  });
  afterEach(() => rig.dispose());

  const saved = { ms: 1000, calls: 2, tokens: 300, usd: 0.5 };

  async function use(program: OpenCache, name: string, coalesced = false): Promise<void> {
    const [answer] = (await program.answers.find(keyOf(name))).answers;
    program.answers.hit(answer!, saved, coalesced);
  }

  it('adds up what all programs have counted, by namespace and agent', async () => {
    const [one, other] = [rig.program(), rig.program()];
    await one.answers.keep(answerTo('q', { values: [valueOf('x'.repeat(30_000))] }));
    await one.answers.keep(answerTo('web', { namespace: 'web_search', agent: undefined }));
    one.answers.missed('model_response', 'writer');
    one.answers.missed('web_search', undefined);
    await use(one, 'q');
    await use(other, 'q');
    await use(other, 'q', true);
    await use(other, 'web');
    await one.close();
    await other.close();
    for (const program of [rig.program(), one]) {
      const { total, namespaces, agents } = await program.desk.statistics();
      const { entries, bytes, ...counts } = total;
      assert.deepEqual(counts, {
        hits: 3,
        misses: 2,
        coalesced: 1,
        evictions: 0,
        expirations: 0,
        damaged: 0,
        saved: { ms: 4000, calls: 8, tokens: 1200, usd: 2 },
      });
      assert.equal(entries, 2);
      assert.equal(bytes, sizes('answers') + sizes('values'));
      assert.deepEqual(Object.keys(namespaces), ['model_response', 'web_search']);
      const { hits, misses, coalesced } = namespaces['model_response']!;
      assert.deepEqual([hits, misses, coalesced], [2, 1, 1]);
      assert.deepEqual([namespaces['web_search']!.hits, namespaces['web_search']!.entries], [1, 1]);
      assert.deepEqual(Object.keys(agents), ['writer']);
      assert.ok(agents['writer']!.bytes >= 30_000);
    }
  });

  function sizes(shelf: string): number {
    return rig.files(shelf).reduce((sum, file) => sum + fs.statSync(file).size, 0);
  }

  it('writes what was counted now and then, so that a kill loses little', async () => {
    const program = rig.program();
    program.answers.missed('model_response', 'writer');
    assert.equal((await rig.program().desk.statistics()).total.misses, 0);
    rig.clock.advance(5_000);
    while (rig.files('statistics').length === 0) {
      await new Promise(setImmediate);
    }
    assert.equal((await rig.program().desk.statistics()).total.misses, 1);
    program.answers.missed('model_response', '__proto__');
    await program.close();
    const { agents } = await rig.program().desk.statistics();
    assert.deepEqual(
      Object.entries(agents).map(([name, { misses }]) => [name, misses]),
      [
        ['__proto__', 1],
        ['writer', 1],
      ],
    );
  });

  it('folds the counts of programs that are gone into one file', async () => {
    await rig.program().answers.keep(answerTo('q'));
    for (let n = 0; n < 20; n += 1) {
      const program = rig.program();
      await use(program, 'q');
      await program.close();
    }
    assert.equal(rig.files('statistics').length, 20);
    const [one, other] = [rig.program(), rig.program()];
    await Promise.all([one.sweep(), other.sweep()]);
    for (const program of [one, other, rig.program()]) {
      assert.equal((await program.desk.statistics()).total.hits, 20);
    }
    assert.ok(rig.files('statistics').length <= 2);
  });

  it('counts nothing twice and loses nothing when a program is killed while it folds', async () => {
    const first = rig.program();
    await first.answers.keep(answerTo('q', { ttlMs: 100 * DAY }));
    await first.close();
    const hits = async (): Promise<number> => {
      const program = rig.program();
      const { total } = await program.desk.statistics();
      await program.close();
      return total.hits;
    };
    for (let at = 1, isOver = false; !isOver; at += 1) {
      const used = rig.program();
      await use(used, 'q');
      await used.close();
      let calls = 0;
      const sync = Object.fromEntries(
        Object.entries(nodeDisk.sync).map(([name, call]) => [
          name,
          (...args: unknown[]): unknown => {
            calls += ['write', 'rename', 'unlink'].includes(name) ? 1 : 0;
            if (calls >= at) {
              throw new Error('killed');
            }
            return (call as (...args: unknown[]) => unknown)(...args);
          },
        ]),
      );
      const disk = { ...nodeDisk, sync } as unknown as Disk;
      const killed = rig.program(disk);
      await killed.sweep();
      isOver = calls < at;
      calls = at;
      await killed.close();
      assert.equal(await hits(), at);
      rig.clock.advance(2 * HOUR);
      const next = rig.program();
      await next.sweep();
      await next.close();
      assert.equal(await hits(), at);
    }
  });

  it('goes on counting from nothing when its file was folded in or removed', async () => {
    const idle = rig.program();
    idle.answers.missed('model_response', 'writer');
    rig.clock.advance(5_000);
    while (rig.files('statistics').length === 0) {
      await new Promise(setImmediate);
    }
    const [file] = rig.files('statistics');
    rig.age(file!, 8 * DAY);
    const folding = rig.program();
    await folding.sweep();
    idle.answers.missed('model_response', 'writer');
    await idle.close();
    await folding.close();
    assert.equal((await rig.program().desk.statistics()).total.misses, 2);
  });

  it('ignores a damaged file of counts', async () => {
    const program = rig.program();
    program.answers.missed('model_response', 'writer');
    await program.close();
    const [file] = rig.files('statistics');
    const whole = fs.readFileSync(file!);
    for (let at = 0; at < whole.length; at += 7) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1;
      fs.writeFileSync(file!, flipped);
      assert.equal((await rig.program().desk.statistics()).total.misses, 0);
    }
  });

  describe('clears', () => {
    const run = runIdOf('docs', 7);
    const shared = valueOf('s'.repeat(20_000));
    let program: OpenCache;

    beforeEach(async () => {
      program = rig.program();
      const { answers } = program;
      await answers.keep(answerTo('a', { agent: 'a', run, values: [shared] }));
      await answers.keep(answerTo('b', { agent: 'b', values: [shared] }));
      await answers.keep(answerTo('b', { agent: 'b', run, facts: 'of the run' }));
      await answers.keep(answerTo('c', { agent: undefined, namespace: 'web_search' }));
    });

    async function left(): Promise<string[]> {
      const names = ['a', 'b', 'c'];
      const counts = await Promise.all(
        names.map(async (name) => (await factsOf(rig.program(), name)).length),
      );
      return names.flatMap((name, n) => Array.from({ length: counts[n]! }, () => name));
    }

    it('everything', async () => {
      assert.equal(await program.desk.clear({ kind: 'all' }), 4);
      assert.deepEqual(await left(), []);
      assert.deepEqual([...rig.files('answers'), ...rig.files('values')], []);
      assert.equal(await program.desk.clear({ kind: 'all' }), 0);
      const { entries, bytes, evictions } = (await program.desk.statistics()).total;
      assert.deepEqual([entries, bytes, evictions], [0, 0, 0]);
    });

    it('a namespace', async () => {
      assert.equal(await program.desk.clear({ kind: 'namespace', namespace: 'web_search' }), 1);
      assert.deepEqual(await left(), ['a', 'b', 'b']);
    });

    it('an agent, and the values nobody else has', async () => {
      assert.equal(await program.desk.clear({ kind: 'agent', agent: 'a' }), 1);
      assert.deepEqual(await left(), ['b', 'b', 'c']);
      assert.equal(rig.files('values').length, 1);
      assert.equal(await program.desk.clear({ kind: 'agent', agent: 'b' }), 2);
      assert.equal(rig.files('values').length, 0);
    });

    it('what a run has added, and leaves other answers of the question', async () => {
      assert.equal(await program.desk.clear({ kind: 'run', run }), 2);
      assert.deepEqual(await left(), ['b', 'c']);
      assert.deepEqual(await factsOf(program, 'b'), [{ said: 'b' }]);
    });
  });
});
