import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { Digest } from '../../../../src/core/base/digest.ts';
import type { SharedTier } from '../../../../src/core/cache/parts.ts';
import { encodeEntry } from '../../../../src/core/cache/store/entry.ts';
import { answerTo, DAY, factsOf, keyOf, StoreRig, valueOf } from './storeRig.ts';

class MemoryTier implements SharedTier {
  readonly held = new Map<Digest, Uint8Array>();
  asked = 0;

  get(key: Digest): Promise<Uint8Array | undefined> {
    this.asked += 1;
    return Promise.resolve(this.held.get(key));
  }

  put(key: Digest, bytes: Uint8Array): Promise<void> {
    this.held.set(key, bytes);
    return Promise.resolve();
  }
}

describe('A tier that several machines share', () => {
  let rig: StoreRig;
  let tier: MemoryTier;
  const small = valueOf('small');
  const large = valueOf('l'.repeat(30_000));

  beforeEach(() => {
    rig = new StoreRig();
    tier = new MemoryTier();
  });
  afterEach(() => rig.dispose());

  /** As on another machine, which shares no disk. */
  function forgetTheDisk(): void {
    fs.rmSync(rig.folder, { recursive: true, force: true });
  }

  async function keepElsewhere(): Promise<void> {
    const elsewhere = rig.program(undefined, tier);
    await elsewhere.answers.keep(answerTo('q', { values: [small, large] }));
    await elsewhere.close();
    forgetTheDisk();
  }

  it('gives what another machine has kept, which is on the disk from then on', async () => {
    await keepElsewhere();
    const { answers } = rig.program(undefined, tier);
    const [answer] = (await answers.find(keyOf('q'))).answers;
    assert.deepEqual(answer?.facts, { said: 'q' });
    for (const value of [small, large]) {
      const bytes = await answers.value(answer, value);
      assert.deepEqual(Buffer.from(bytes!), await value.read());
    }
    assert.deepEqual(await factsOf(rig.program(), 'q'), [{ said: 'q' }]);
    assert.equal(rig.files('values').length, 1);
  });

  it('is asked on a miss only', async () => {
    const program = rig.program(undefined, tier);
    await program.answers.keep(answerTo('q'));
    await factsOf(program, 'q');
    assert.equal(tier.asked, 0);
    await factsOf(program, 'other');
    assert.equal(tier.asked, 1);
  });

  it('gets all answers of a question, not the newest alone', async () => {
    const program = rig.program(undefined, tier);
    await program.answers.keep(answerTo('q', { facts: 1 }));
    await program.answers.keep(answerTo('q', { facts: 2 }));
    await program.close();
    forgetTheDisk();
    assert.deepEqual(await factsOf(rig.program(undefined, tier), 'q'), [2, 1]);
  });

  it('gives nothing that has stood its time', async () => {
    await keepElsewhere();
    rig.clock.advance(DAY);
    const found = await rig.program(undefined, tier).answers.find(keyOf('q'));
    assert.deepEqual(found.answers, []);
    assert.deepEqual(found.expired?.facts, { said: 'q' });
    assert.deepEqual(rig.files('answers'), []);
  });

  it('is not believed', async () => {
    await keepElsewhere();
    const whole = Buffer.from(tier.held.get(keyOf('q'))!);
    const flipped = Buffer.from(whole);
    flipped[100]! ^= 1;
    const lies: unknown[] = [
      Buffer.alloc(0),
      whole.subarray(0, -1),
      flipped,
      encodeEntry(keyOf('other'), []),
      'a text',
      null,
      { length: 3 },
    ];
    for (const lie of lies) {
      tier.held.set(keyOf('q'), lie as Uint8Array);
      assert.deepEqual(await factsOf(rig.program(undefined, tier), 'q'), []);
    }
    tier.held.set(keyOf('q'), whole);
    for (const lie of ['m'.repeat(30_000), 'l'.repeat(29_999)]) {
      tier.held.set(large.digest, Buffer.from(lie));
      forgetTheDisk();
      const { answers } = rig.program(undefined, tier);
      const [answer] = (await answers.find(keyOf('q'))).answers;
      assert.equal(await answers.value(answer!, large), undefined);
      assert.deepEqual(rig.files('values'), []);
    }
  });

  it('makes nobody wait longer than two seconds, and is left alone after failing thrice', async () => {
    const asked: Digest[] = [];
    const hanging: SharedTier = {
      get: (key) => {
        asked.push(key);
        return new Promise(() => undefined);
      },
      put: () => new Promise(() => undefined),
    };
    const hasAsked = async (times: number): Promise<void> => {
      while (asked.length < times) {
        await new Promise(setImmediate);
      }
    };
    const program = rig.program(undefined, hanging);
    for (let n = 1; n <= 3; n += 1) {
      const finding = factsOf(program, 'q');
      await hasAsked(n);
      rig.clock.advance(2_000);
      assert.deepEqual(await finding, []);
    }
    assert.deepEqual(await factsOf(program, 'q'), []);
    assert.equal(asked.length, 3);
    rig.clock.advance(60_000);
    const finding = factsOf(program, 'q');
    await hasAsked(4);
    rig.clock.advance(2_000);
    await finding;
    assert.equal(await program.answers.keep(answerTo('q')), true, 'a put waits for nobody');
    const closing = program.close();
    rig.clock.advance(2_000);
    await closing;
  });

  it('makes no call fail', async () => {
    for (const failing of [
      {
        get: () => Promise.reject(new Error('no')),
        put: () => Promise.reject(new Error('no')),
      },
      {
        get: () => {
          throw new Error('no');
        },
        put: () => {
          throw new Error('no');
        },
      },
    ] satisfies SharedTier[]) {
      const program = rig.program(undefined, failing);
      assert.deepEqual(await factsOf(program, 'q'), []);
      assert.equal(await program.answers.keep(answerTo('q', { values: [large] })), true);
      assert.equal((await factsOf(program, 'q')).length, 1);
      await program.desk.clear({ kind: 'all' });
      await program.close();
    }
  });
});
