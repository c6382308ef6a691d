import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { nodeDisk, type Disk, type DiskSync } from '../../../../src/core/base/disk.ts';
import { framed } from '../../../../src/core/cache/store/frame.ts';
import type { OpenCache } from '../../../../src/core/cache/store/openCache.ts';
import { FaultyDisk } from '../../../support/faultyDisk.ts';
import { answerTo, factsOf, HOUR, keyOf, StoreRig, valueOf } from './storeRig.ts';

describe('A cache whose files are damaged', function () {
  this.timeout(20_000);
  let rig: StoreRig;
  const small = valueOf('small value');
  const large = valueOf(Buffer.alloc(60_000, 'large value '));
  const seen = { truncations: 0, flips: 0, faults: 0, wrong: 0 };

  beforeEach(() => {
    rig = new StoreRig();
  });
  afterEach(() => rig.dispose());
  after(() => {
    const { truncations, flips, faults, wrong } = seen;
    const figures = [
      `${truncations.toLocaleString('en')} truncations`,
      `${flips.toLocaleString('en')} flipped bytes`,
      `${faults.toLocaleString('en')} faults of the disk`,
      `${wrong} wrong answers`,
    ];
    console.log(`    [cache store] ${figures.join(', ')}`);
  });

  /** Keeps two answers and returns the file they are in. */
  async function kept(): Promise<string> {
    const { answers } = rig.program();
    await answers.keep(answerTo('q', { facts: { n: 1 }, values: [small, large] }));
    await answers.keep(answerTo('q', { facts: { n: 2 }, values: [small] }));
    return rig.entryFile(keyOf('q'));
  }

  /** Everything the program gives for the question must be what was kept. Returns how many answers it gives. */
  async function given(program: OpenCache, all: readonly unknown[]): Promise<number> {
    const { answers } = await program.answers.find(keyOf('q'));
    for (const answer of answers) {
      const isRight = all.some((one) => JSON.stringify(one) === JSON.stringify(answer.facts));
      seen.wrong += isRight ? 0 : 1;
      assert.ok(isRight, `never kept: ${JSON.stringify(answer)}`);
      for (const value of [small, large]) {
        const bytes = await program.answers.value(answer, value);
        const isValue = bytes === undefined || Buffer.from(await value.read()).equals(bytes);
        seen.wrong += isValue ? 0 : 1;
        assert.ok(isValue);
      }
    }
    return answers.length;
  }

  const ALL = [{ n: 1 }, { n: 2 }];

  it('gives nothing of an entry that was cut off anywhere, and drops it', async () => {
    const file = await kept();
    const whole = fs.readFileSync(file);
    const program = rig.program();
    for (let length = 0; length < whole.length; length += 1) {
      fs.writeFileSync(file, whole.subarray(0, length));
      seen.truncations += 1;
      const found = await program.answers.find(keyOf('q'));
      assert.deepEqual(found, { answers: [], expired: undefined, wasDamaged: true });
      assert.equal(fs.existsSync(file), false);
    }
    assert.equal((await program.desk.statistics()).total.damaged, whole.length);
    fs.writeFileSync(file, whole);
    assert.equal(await given(program, ALL), 2);
  });

  it('gives nothing of an entry with any byte changed', async () => {
    const file = await kept();
    const whole = fs.readFileSync(file);
    const program = rig.program();
    for (let at = 0; at < whole.length; at += 1) {
      for (const bit of [1, 0x80]) {
        const flipped = Buffer.from(whole);
        flipped[at]! ^= bit;
        fs.writeFileSync(file, flipped);
        seen.flips += 1;
        assert.equal(await given(program, []), 0);
      }
    }
    assert.equal((await program.desk.statistics()).total.damaged, 2 * whole.length);
  });

  it('gives nothing of a large entry or value with a byte changed or bytes missing', async () => {
    const facts = { text: 'long '.repeat(40_000) };
    const { answers } = rig.program();
    await answers.keep(answerTo('q', { facts, values: [large] }));
    const entry = rig.entryFile(keyOf('q'));
    const value = rig.valueFile(large.digest);
    const [wholeEntry, wholeValue] = [fs.readFileSync(entry), fs.readFileSync(value)];
    for (let step = 0; step < 60; step += 1) {
      for (const [file, whole] of [
        [entry, wholeEntry],
        [value, wholeValue],
      ] as const) {
        fs.writeFileSync(entry, wholeEntry);
        fs.writeFileSync(value, wholeValue);
        const at = Math.floor((step / 60) * whole.length);
        const isCut = step % 3 === 0;
        const flipped = Buffer.from(whole);
        flipped[at]! ^= 1;
        fs.writeFileSync(file, isCut ? whole.subarray(0, at) : flipped);
        seen[isCut ? 'truncations' : 'flips'] += 1;
        const program = rig.program();
        const count = await given(program, [facts]);
        assert.equal(count, file === entry ? 0 : 1);
        assert.equal(await given(program, []), 0, 'it is dropped');
      }
    }
  });

  it('gives nothing of an entry that is of another question, of another version, or not one', async () => {
    const file = await kept();
    const whole = fs.readFileSync(file);
    const program = rig.program();
    const other = rig.entryFile(keyOf('other'));
    fs.mkdirSync(path.dirname(other), { recursive: true });
    fs.writeFileSync(other, whole);
    assert.deepEqual(await factsOf(program, 'other'), []);
    assert.equal(fs.existsSync(other), false);

    const header = JSON.parse(whole.subarray(80, whole.indexOf('\n', 80)).toString()) as {
      answers: Record<string, unknown>[];
    };
    const [answer] = header.answers;
    const strange: unknown[] = [
      null,
      [],
      { key: keyOf('q') },
      { key: keyOf('q'), answers: [null] },
      ...Object.keys(answer!).map((name) => ({
        key: keyOf('q'),
        answers: [{ ...answer, [name]: name === 'facts' ? undefined : {} }],
      })),
      { key: keyOf('q'), answers: [{ ...answer, values: [{ ...small, inline: true }] }] },
      { key: keyOf('q'), answers: [{ ...answer, values: [{ ...small, bytes: -1 }] }] },
    ];
    const files = [
      ...strange.map((json) => framed(Buffer.from(`${JSON.stringify(json)}\n`))),
      framed(Buffer.from('no line')),
      framed(Buffer.from('{"not": JSON\n')),
      Buffer.from(whole.toString('latin1').replace('sluice-cache 1', 'sluice-cache 2'), 'latin1'),
      Buffer.alloc(5 * 1024 * 1024),
    ];
    for (const bytes of files) {
      fs.writeFileSync(file, bytes);
      assert.deepEqual(await program.answers.find(keyOf('q')), {
        answers: [],
        expired: undefined,
        wasDamaged: true,
      });
    }
    assert.equal((await program.desk.statistics()).total.damaged, files.length + 1);
  });

  it('goes on with a folder, a pipe or a link where a file should be', async () => {
    const file = await kept();
    const program = rig.program();
    for (const put of [
      () => fs.mkdirSync(file),
      () => fs.symlinkSync('/dev/null', file),
      () => fs.symlinkSync(file, file),
    ]) {
      fs.rmSync(file, { force: true, recursive: true });
      put();
      assert.deepEqual(await factsOf(program, 'q'), []);
      await program.answers.keep(answerTo('q'));
      await program.sweep();
      await program.desk.statistics();
    }
  });

  it('reads no part of what a killed program was writing, and removes it after an hour', async () => {
    const all: unknown[] = [];
    for (let n = 2; ; n += 1) {
      const faulty = new FaultyDisk({ kind: n % 2 === 0 ? 'stop' : 'torn', at: n >> 1 });
      const killed = rig.program(faulty.disk);
      all.push({ n });
      const values = [small, large];
      await killed.answers.keep(answerTo('q', { facts: { n }, values }));
      await killed.answers.remember(keyOf('note'), { n });
      await killed.sweep();
      seen.faults += 1;
      const program = rig.program();
      await given(program, all);
      const note = await program.answers.recall(keyOf('note'));
      assert.ok(note === undefined || JSON.stringify(all).includes(JSON.stringify(note)));
      if (!faulty.stopped) {
        break;
      }
    }
    assert.ok(rig.files('temporary').length > 0);
    for (const file of rig.files('temporary')) {
      rig.age(file, 2 * HOUR);
    }
    await rig.program().sweep();
    assert.deepEqual(rig.files('temporary'), []);
  });

  it('never fails and never lies while any call of the disk fails', async () => {
    const COMMANDS = 4;
    for (const [code, step] of [
      ['EIO', 2],
      ['ENOSPC', 5],
      ['EACCES', 5],
    ] as const) {
      const all: unknown[] = [];
      for (let at = 1, isOver = false; !isOver; at += step) {
        const disk = failingDisk(at, code);
        const program = rig.program(disk.disk);
        for (let n = 0; n < COMMANDS; n += 1) {
          const facts = { code, at, n };
          all.push(facts);
          if (n % 3 === 0) {
            await program.answers.keep(answerTo('q', { facts, values: [small, large] }));
          }
          await given(program, [...all]);
          await program.answers.remember(keyOf('note'), n);
          await program.answers.recall(keyOf('note'));
        }
        await program.sweep();
        await program.desk.statistics();
        await program.desk.clear({ kind: 'agent', agent: 'writer' });
        await program.close();
        seen.faults += 1;
        isOver = !disk.hasFailed();
        all.length = 0;
        fs.rmSync(rig.folder, { recursive: true, force: true });
      }
    }
  });

  it('serves from memory and keeps nothing while the disk is full, and goes on after', async () => {
    let isFull = false;
    const program = rig.program(
      diskThatFails(() => (isFull ? 'ENOSPC' : undefined), ['write', 'mkdir', 'open']),
    );
    await program.answers.keep(answerTo('before'));
    isFull = true;
    assert.equal(await program.answers.keep(answerTo('q')), false);
    assert.deepEqual(await factsOf(program, 'before'), [{ said: 'before' }]);
    isFull = false;
    assert.equal(await program.answers.keep(answerTo('q')), true);
    assert.deepEqual(await factsOf(program, 'q'), [{ said: 'q' }]);
  });
});

/** Its `at`th call fails, and the two after it. */
function failingDisk(at: number, code: string): { disk: Disk; hasFailed: () => boolean } {
  let calls = 0;
  const disk = diskThatFails(() => {
    calls += 1;
    return calls >= at && calls < at + 3 ? code : undefined;
  });
  return { disk, hasFailed: () => calls >= at };
}

/** Asks before each call whether it fails, and how. */
function diskThatFails(
  failure: () => string | undefined,
  names: readonly (keyof DiskSync)[] = Object.keys(nodeDisk.sync) as (keyof DiskSync)[],
): Disk {
  const failing = (target: object): object =>
    Object.fromEntries(
      Object.entries(target).map(([name, call]) => [
        name,
        typeof call !== 'function' || !names.includes(name as keyof DiskSync)
          ? (call as unknown)
          : (...args: unknown[]): unknown => {
              const code = failure();
              if (code === undefined) {
                return (call as (...args: unknown[]) => unknown)(...args);
              }
              const error = Object.assign(new Error(`${code}: made to fail`), { code });
              if (target === nodeDisk) {
                return Promise.reject(error);
              }
              throw error;
            },
      ]),
    );
  return { ...failing(nodeDisk), sync: failing(nodeDisk.sync) } as Disk;
}
