import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { OpenCache } from '../../../../src/core/cache/store/openCache.ts';
import { NOTHING_SAVED } from '../../../../src/core/cache/store/counts.ts';
import { answerTo, DAY, factsOf, HOUR, keyOf, MINUTE, StoreRig, valueOf } from './storeRig.ts';

const LARGE = 20_000;

describe('The sweep of the cache', () => {
  let rig: StoreRig;
  let program: OpenCache;
  beforeEach(() => {
    rig = new StoreRig();
    program = rig.program();
  });
  afterEach(() => rig.dispose());

  function largeValue(name: string) {
    return valueOf(name.padEnd(LARGE, '.'));
  }

  async function keepLarge(name: string, usedBefore: number): Promise<void> {
    await program.answers.keep(answerTo(name, { values: [largeValue(name)] }));
    rig.age(rig.entryFile(keyOf(name)), usedBefore);
    rig.age(rig.valueFile(largeValue(name).digest), usedBefore);
  }

  it('removes answers that have stood their time, and leaves the others of the question', async () => {
    await program.answers.keep(answerTo('q', { ttlMs: HOUR, facts: 'short' }));
    await program.answers.keep(answerTo('q', { ttlMs: DAY, facts: 'long' }));
    await program.answers.keep(answerTo('other', { ttlMs: HOUR }));
    rig.clock.advance(2 * HOUR);
    await program.sweep();
    assert.equal((await program.answers.find(keyOf('q'))).expired, undefined);
    assert.deepEqual(await factsOf(program, 'q'), ['long']);
    assert.equal(fs.existsSync(rig.entryFile(keyOf('other'))), false);
    const { total, namespaces } = await program.desk.statistics();
    assert.deepEqual([total.expirations, total.evictions, total.entries], [2, 0, 1]);
    assert.equal(namespaces['model_response']!.expirations, 2);
  });

  it('removes values that no answer has, but not while they may be about to get one', async () => {
    await keepLarge('q', 0);
    fs.rmSync(rig.entryFile(keyOf('q')));
    await program.sweep();
    assert.equal(rig.files('values').length, 1);
    rig.age(rig.valueFile(largeValue('q').digest), 2 * HOUR);
    await program.sweep();
    assert.equal(rig.files('values').length, 0);
  });

  it('leaves a value that an old answer and a new one have', async () => {
    await keepLarge('q', 2 * HOUR);
    await program.answers.keep(answerTo('new', { values: [largeValue('q')] }));
    await program.desk.clear({ kind: 'namespace', namespace: 'none' });
    fs.rmSync(rig.entryFile(keyOf('q')));
    await program.sweep();
    const [answer] = (await program.answers.find(keyOf('new'))).answers;
    assert.ok(await program.answers.value(answer!, largeValue('q')));
  });

  it('gives up what was not used for the longest time, until there is room again', async () => {
    for (const [name, usedBefore] of [
      ['c', 3 * HOUR],
      ['a', 5 * HOUR],
      ['b', 4 * HOUR],
      ['d', 2 * HOUR],
      ['e', MINUTE],
    ] as const) {
      await keepLarge(name, usedBefore);
    }
    // Used again, a is younger than b.
    const [answer] = (await program.answers.find(keyOf('a'))).answers;
    program.answers.hit(answer!, NOTHING_SAVED, false);
    const { bytes } = (await program.desk.statistics()).total;
    rig.settings = { ...rig.settings, maxBytes: bytes - 1 };
    await program.sweep();
    assert.deepEqual(await left(), ['a', 'c', 'd', 'e']);
    rig.settings = { ...rig.settings, maxBytes: 2.5 * LARGE };
    await program.sweep();
    assert.deepEqual(await left(), ['a', 'e']);
    const { total, agents } = await program.desk.statistics();
    assert.ok(total.bytes <= 2.5 * LARGE);
    assert.equal(rig.files('values').length, 2);
    assert.deepEqual([total.evictions, agents['writer']!.evictions], [3, 3]);

    async function left(): Promise<string[]> {
      const names = ['a', 'b', 'c', 'd', 'e'];
      const kept = await Promise.all(names.map((name) => factsOf(program, name)));
      return names.filter((_, n) => kept[n]!.length > 0);
    }
  });

  it('keeps a value that answers which are left have too', async () => {
    const shared = largeValue('shared');
    await program.answers.keep(answerTo('old', { values: [shared, largeValue('old')] }));
    rig.age(rig.entryFile(keyOf('old')), 5 * HOUR);
    await program.answers.keep(answerTo('new', { values: [shared] }));
    rig.settings = { ...rig.settings, maxBytes: 1.5 * LARGE };
    await program.sweep();
    assert.deepEqual(await factsOf(program, 'old'), []);
    const [answer] = (await program.answers.find(keyOf('new'))).answers;
    assert.ok(await program.answers.value(answer!, shared));
    assert.equal(rig.files('values').length, 1);
  });

  it('marks a use at most once an hour', async () => {
    await program.answers.keep(answerTo('q'));
    const file = rig.entryFile(keyOf('q'));
    const modified = () => fs.statSync(file).mtimeMs;
    rig.age(file, 30 * MINUTE);
    const before = modified();
    await use();
    assert.equal(modified(), before);
    rig.age(file, 61 * MINUTE);
    await use();
    assert.ok(modified() > before);
    const bytes = fs.readFileSync(file);
    await use();
    assert.deepEqual(fs.readFileSync(file), bytes);
    assert.equal((await program.desk.statistics()).total.damaged, 0);

    async function use(): Promise<void> {
      const [answer] = (await program.answers.find(keyOf('q'))).answers;
      program.answers.hit(answer!, NOTHING_SAVED, false);
    }
  });

  it('begins by itself a while after the beginning, once an hour for all programs', async () => {
    await program.answers.keep(answerTo('q', { ttlMs: MINUTE }));
    rig.clock.advance(MINUTE);
    // What the timer has begun is waited for.
    await program.sweep();
    assert.equal(rig.files('answers').length, 0);
    await program.answers.keep(answerTo('q', { ttlMs: MINUTE }));
    const next = rig.program();
    rig.clock.advance(MINUTE);
    await next.close();
    assert.equal(rig.files('answers').length, 1, 'it was swept less than an hour ago');
  });

  it('begins by itself when much was put, so that the limit holds', async () => {
    rig.settings = { ...rig.settings, maxBytes: 10 * LARGE };
    for (let n = 0; n < 40; n += 1) {
      await program.answers.keep(answerTo(`${n}`, { values: [largeValue(`${n}`)] }));
    }
    await program.sweep();
    const { bytes, entries } = (await program.desk.statistics()).total;
    assert.ok(bytes <= 10 * LARGE && entries >= 7, `${bytes} bytes, ${entries} entries`);
  });

  it('gives notes up that nobody has written for long, and the oldest when they are too many', async () => {
    await program.answers.remember(keyOf('old'), 1);
    await program.answers.remember(keyOf('new'), 2);
    const noteFile = (name: string) =>
      rig.files('notes').find((file) => file.includes(keyOf(name)));
    rig.age(noteFile('old')!, 91 * DAY);
    await program.sweep();
    assert.deepEqual([noteFile('old'), await program.answers.recall(keyOf('new'))], [undefined, 2]);
    await program.answers.remember(keyOf('long'), 'x'.repeat(2_000));
    rig.age(noteFile('new')!, HOUR);
    rig.settings = { ...rig.settings, maxBytes: 22_000 };
    await program.sweep();
    assert.equal(await program.answers.recall(keyOf('new')), undefined);
    assert.equal(await program.answers.recall(keyOf('long')), 'x'.repeat(2_000));
  });

  it('stops when the cache is closed', async () => {
    for (let n = 0; n < 50; n += 1) {
      await program.answers.keep(answerTo(`${n}`));
    }
    const sweeping = program.sweep();
    await program.close();
    await sweeping;
  });
});
