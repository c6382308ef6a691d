import assert from 'node:assert/strict';
import fs from 'node:fs';
import { digestOf } from '../../../../src/core/base/digest.ts';
import { nodeDisk, type Disk } from '../../../../src/core/base/disk.ts';
import { runIdOf } from '../../../../src/core/domain/ids.ts';
import { answerTo, DAY, factsOf, HOUR, keyOf, StoreRig, valueOf } from './storeRig.ts';

describe('The store of answers', () => {
  let rig: StoreRig;
  beforeEach(() => {
    rig = new StoreRig();
  });
  afterEach(() => rig.dispose());

  it('gives back what was kept, also to a program that begins later', async () => {
    const run = runIdOf('docs', 3);
    const values = [valueOf('small'), valueOf('x'.repeat(100_000)), valueOf('')];
    const first = rig.program();
    assert.equal(await first.answers.keep(answerTo('q', { run, values })), true);
    await first.close();
    for (const program of [first, rig.program()]) {
      const { answers, expired, wasDamaged } = await program.answers.find(keyOf('q'));
      assert.deepEqual([expired, wasDamaged], [undefined, false]);
      const [answer] = answers;
      assert.deepEqual(answer, {
        key: keyOf('q'),
        id: answer!.id,
        namespace: 'model_response',
        agent: 'writer',
        run,
        at: rig.clock.now(),
        expiresAt: rig.clock.now() + DAY,
        facts: { said: 'q' },
      });
      for (const value of values) {
        const bytes = await program.answers.value(answer, value);
        assert.deepEqual(Buffer.from(bytes!), await value.read());
      }
    }
  });

  it('writes without blocking for a while where the disk is slow', async () => {
    let opens = { atOnce: 0, later: 0 };
    let slow = true;
    const disk: Disk = {
      ...nodeDisk,
      open: (file, flag, mode) => {
        opens.later += 1;
        return nodeDisk.open(file, flag, mode);
      },
      sync: {
        ...nodeDisk.sync,
        open: (file, flag, mode) => {
          const fd = nodeDisk.sync.open(file, flag, mode);
          opens.atOnce += 1;
          rig.clock.advance(slow ? 2 : 0);
          return fd;
        },
      },
    };
    const { answers } = rig.program(disk);
    const keep = async (...names: readonly string[]) => {
      opens = { atOnce: 0, later: 0 };
      for (const name of names) {
        assert.ok(await answers.keep(answerTo(name)));
      }
      return opens;
    };
    // Once or twice may be something else.
    assert.deepEqual(await keep('a', 'b'), { atOnce: 2, later: 0 });
    slow = false;
    assert.deepEqual(await keep('c'), { atOnce: 1, later: 0 });
    slow = true;
    assert.deepEqual(await keep('d', 'e', 'f', 'g', 'h'), { atOnce: 3, later: 2 });
    rig.clock.advance(1_000);
    slow = false;
    assert.deepEqual(await keep('i', 'j'), { atOnce: 2, later: 0 });
    for (const name of ['a', 'd', 'h', 'j']) {
      assert.deepEqual(await factsOf(rig.program(), name), [{ said: name }]);
    }
  });

  it('touches nothing on the disk before it is asked', async () => {
    const program = rig.program();
    await program.answers.find(keyOf('q'));
    await program.sweep();
    await program.close();
    assert.equal(fs.existsSync(rig.folder), false);
  });

  it('has nothing for another question', async () => {
    const program = rig.program();
    await program.answers.keep(answerTo('q'));
    assert.deepEqual(await program.answers.find(keyOf('other')), {
      answers: [],
      expired: undefined,
      wasDamaged: false,
    });
  });

  it('asks the disk once for a question nobody asked', async () => {
    let calls = 0;
    const sync = Object.fromEntries(
      Object.entries(nodeDisk.sync).map(([name, call]) => [
        name,
        (...args: unknown[]): unknown => {
          calls += 1;
          return (call as (...args: unknown[]) => unknown)(...args);
        },
      ]),
    );
    await rig.program({ ...nodeDisk, sync } as unknown as Disk).answers.find(keyOf('q'));
    assert.equal(calls, 1);
  });

  it('keeps several answers of a question, the newest first, and gives the oldest up', async () => {
    const program = rig.program();
    for (let n = 1; n <= 10; n += 1) {
      await program.answers.keep(answerTo('q', { facts: { n } }));
      rig.clock.advance(1);
    }
    const wanted = [10, 9, 8, 7, 6, 5, 4, 3].map((n) => ({ n }));
    assert.deepEqual(await factsOf(program, 'q'), wanted);
    assert.deepEqual(await factsOf(rig.program(), 'q'), wanted);
    assert.equal((await program.desk.statistics()).total.evictions, 2);
  });

  it('puts the same answer in the place of the one before', async () => {
    const program = rig.program();
    await program.answers.keep(answerTo('q'));
    rig.clock.advance(HOUR);
    await program.answers.keep(answerTo('q'));
    const { answers } = await program.answers.find(keyOf('q'));
    assert.deepEqual(
      answers.map(({ at }) => at),
      [rig.clock.now()],
    );
    assert.equal((await program.desk.statistics()).total.evictions, 0);
  });

  it('gives an answer until its time is over, and tells of it then', async () => {
    const program = rig.program();
    await program.answers.keep(answerTo('q', { ttlMs: HOUR }));
    rig.clock.advance(HOUR - 1);
    assert.equal((await program.answers.find(keyOf('q'))).answers.length, 1);
    rig.clock.advance(1);
    for (const one of [program, rig.program()]) {
      const found = await one.answers.find(keyOf('q'));
      assert.deepEqual(found.answers, []);
      assert.deepEqual(found.expired?.facts, { said: 'q' });
    }
  });

  it('does not give an answer for ever when the clock is set back', async () => {
    const program = rig.program();
    await program.answers.keep(answerTo('near', { ttlMs: 10 * DAY }));
    rig.clock.setDate(2 * DAY);
    await program.answers.keep(answerTo('far', { ttlMs: 10 * DAY }));
    rig.clock.setDate(-2.5 * DAY);
    assert.deepEqual(await factsOf(program, 'near'), [{ said: 'near' }]);
    assert.deepEqual(await factsOf(program, 'far'), []);
    assert.deepEqual((await program.answers.find(keyOf('far'))).expired?.facts, { said: 'far' });
    await program.sweep();
    assert.equal(fs.existsSync(rig.entryFile(keyOf('far'))), false);
    assert.equal(fs.existsSync(rig.entryFile(keyOf('near'))), true);
  });

  it('finds nothing and keeps nothing while it is switched off', async () => {
    const program = rig.program();
    await program.answers.keep(answerTo('before'));
    await program.answers.remember(keyOf('note'), 'before');
    rig.settings = { ...rig.settings, use: false };
    assert.equal(await program.answers.keep(answerTo('q')), false);
    await program.answers.remember(keyOf('note'), 'after');
    assert.deepEqual(await factsOf(program, 'before'), []);
    assert.equal(await program.answers.recall(keyOf('note')), undefined);
    rig.settings = { ...rig.settings, use: true };
    assert.deepEqual(await factsOf(program, 'before'), [{ said: 'before' }]);
    assert.deepEqual(await factsOf(program, 'q'), []);
    assert.equal(await program.answers.recall(keyOf('note')), 'before');
  });

  it('does not keep what is too large, has no time to stand, or cannot be read', async () => {
    const { answers } = rig.program();
    const refused = [
      answerTo('q', { facts: 'x'.repeat(1024 * 1024) }),
      answerTo('q', { ttlMs: 0 }),
      answerTo('q', { ttlMs: Number.NaN }),
      answerTo('q', { values: [{ ...valueOf('a'), digest: digestOf('b') }] }),
      answerTo('q', { values: [{ ...valueOf('a'), bytes: 2 }] }),
      answerTo('q', { values: [{ ...valueOf('a'), read: () => Promise.reject(new Error()) }] }),
    ];
    for (const answer of refused) {
      assert.equal(await answers.keep(answer), false);
    }
    rig.settings = { ...rig.settings, maxBytes: 1000 };
    assert.equal(await answers.keep(answerTo('q', { facts: 'x'.repeat(1000) })), false);
    assert.deepEqual(rig.files('answers'), []);
  });

  it('keeps facts of a megabyte and answers of many values', async () => {
    const facts = 'é'.repeat(500_000);
    const values = Array.from({ length: 300 }, (_, n) => valueOf(`${n} `.repeat(1_000)));
    const first = rig.program();
    assert.equal(await first.answers.keep(answerTo('q', { facts, values })), true);
    for (const program of [first, rig.program()]) {
      const [answer] = (await program.answers.find(keyOf('q'))).answers;
      assert.equal(answer?.facts, facts);
      for (const value of values) {
        const bytes = await program.answers.value(answer, value);
        assert.deepEqual(Buffer.from(bytes!), await value.read());
      }
    }
  });

  it('is not changed by what somebody does with the bytes he put in or got out', async () => {
    for (const size of [10, 100_000]) {
      const bytes = Buffer.alloc(size, 1);
      const value = { ...valueOf(bytes), read: () => Promise.resolve(bytes) };
      const { answers } = rig.program();
      await answers.keep(answerTo(`q${size}`, { values: [value] }));
      bytes.fill(2);
      for (let n = 0; n < 3; n += 1) {
        const [answer] = (await answers.find(keyOf(`q${size}`))).answers;
        const got = await answers.value(answer!, value);
        assert.equal(digestOf(got!), value.digest);
        got!.fill(3);
      }
    }
  });

  it('keeps equal values once', async () => {
    const { answers } = rig.program();
    const values = [valueOf('y'.repeat(50_000))];
    await answers.keep(answerTo('a', { values }));
    await answers.keep(answerTo('b', { values }));
    assert.equal(rig.files('values').length, 1);
  });

  it('drops an answer whose value is gone or is another, and says so to whoever asks for it', async () => {
    const value = valueOf('y'.repeat(50_000));
    for (const spoil of [
      (file: string) => fs.rmSync(file),
      (file: string) => fs.writeFileSync(file, 'z'.repeat(50_000)),
      (file: string) => fs.writeFileSync(file, 'y'.repeat(49_999)),
    ]) {
      await rig.program().answers.keep(answerTo('q', { values: [value] }));
      spoil(rig.valueFile(value.digest));
      const program = rig.program();
      const before = (await program.desk.statistics()).total.damaged;
      const [answer] = (await program.answers.find(keyOf('q'))).answers;
      assert.equal(await program.answers.value(answer!, value), undefined);
      assert.deepEqual(await factsOf(program, 'q'), []);
      const { total, agents } = await program.desk.statistics();
      assert.equal(total.damaged, before + 1);
      assert.equal(agents['writer']!.damaged, before + 1);
    }
  });

  it('gives bytes only of values that belong to the answer', async () => {
    const { answers } = rig.program();
    await answers.keep(answerTo('a', { values: [valueOf('of a')] }));
    await answers.keep(answerTo('b', { values: [valueOf('of b')] }));
    const [answer] = (await answers.find(keyOf('a'))).answers;
    assert.equal(await answers.value(answer!, valueOf('of b')), undefined);
    // Also when it comes back as somebody's copy.
    const bytes = await answers.value({ ...answer! }, valueOf('of a'));
    assert.equal(Buffer.from(bytes!).toString(), 'of a');
  });

  it('remembers notes under a name, which outlive the answers', async () => {
    const program = rig.program();
    const name = keyOf('task');
    assert.equal(await program.answers.recall(name), undefined);
    await program.answers.remember(name, { n: 1 });
    await program.answers.remember(name, { n: 2, odd: '\ud800' });
    await program.answers.keep(answerTo('q'));
    await program.desk.clear({ kind: 'all' });
    rig.clock.advance(30 * DAY);
    await program.sweep();
    assert.deepEqual(await rig.program().answers.recall(name), { n: 2, odd: '\ud800' });
    await program.answers.remember(name, 'x'.repeat(2 * 1024 * 1024));
    assert.deepEqual(await program.answers.recall(name), { n: 2, odd: '\ud800' });
  });
});
