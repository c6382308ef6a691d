import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { digestOf } from '../../../../src/core/base/digest.ts';
import { nodeDisk } from '../../../../src/core/base/disk.ts';
import { FaultyDisk } from '../../../support/faultyDisk.ts';
import { cosine, keyOf, like, numbers, place, unit, VectorRig } from './vectors.ts';

const { signal } = new AbortController();
const HOUR = 60 * 60_000;

describe('The index of similar questions', () => {
  let rig: VectorRig;
  beforeEach(() => {
    rig = new VectorRig();
  });
  afterEach(() => rig.dispose());

  const vectorOf = (seed: number, size = 32): Float32Array => unit(numbers(seed, size));
  const asked = (n: number | string) => ({ key: keyOf(n), question: `question ${n}` });

  it('gives the nearest question with its similarity, and none that is not near enough', async () => {
    const index = rig.program();
    await index.add(place(vectorOf(1)), asked(1));
    await index.add(place(vectorOf(2)), asked(2));
    const near = like(vectorOf(2), 9, 0.2);
    const found = await index.find(place(near), 0.9, signal);
    assert.deepEqual(
      { ...found, similarity: 0 },
      { key: keyOf(2), question: 'question 2', similarity: 0 },
    );
    assert.ok(Math.abs(found!.similarity - cosine(near, vectorOf(2))) < 1e-5);
    assert.equal(await index.find(place(near), 0.999, signal), undefined);
    assert.equal(await index.find(place(vectorOf(3)), 0.9, signal), undefined);
  });

  it('never compares across scopes, models, sizes and marks', async () => {
    const vector = vectorOf(1);
    const here = place(vector);
    const places = [
      here,
      place(vector, { scope: digestOf('other') }),
      place(vector, { model: 'team/e6' }),
      place(vector, { marks: 'x' }),
      place(unit([...numbers(1, 32), 0, 0])),
    ];
    const index = rig.program();
    for (const [n, one] of places.entries()) {
      await index.add(one, asked(n));
    }
    for (const program of [index, rig.program()]) {
      for (const [n, one] of places.entries()) {
        assert.equal((await program.find(one, 0.5, signal))?.key, keyOf(n));
      }
      assert.equal(
        await program.find(place(vector, { model: 'nobody/e' }), 0.5, signal),
        undefined,
      );
    }
  });

  it('is there again after a restart, and shows at once what another program adds', async () => {
    const [first, second] = [rig.program(), rig.program()];
    assert.equal(await second.find(place(vectorOf(1)), 0.9, signal), undefined);
    await first.add(place(vectorOf(1)), asked(1));
    await second.add(place(vectorOf(2)), asked(2));
    await first.add(place(vectorOf(3)), asked(3));
    for (const program of [first, second, rig.program()]) {
      for (const n of [1, 2, 3]) {
        assert.equal((await program.find(place(vectorOf(n)), 0.9, signal))?.key, keyOf(n));
      }
    }
    assert.equal(rig.files().length, 2, 'each program has its own file');
    for (const file of rig.files()) {
      assert.equal(fs.statSync(file).mode & 0o077, 0, 'nobody else reads them');
    }
  });

  it('finds what a comparison with each finds, whichever program has added it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ seed: fc.nat(40), by: fc.nat(2), key: fc.nat(12) }), {
          maxLength: 30,
        }),
        fc.nat(1000),
        async (adds, seed) => {
          const own = new VectorRig();
          try {
            const programs = [own.program(), own.program(), own.program()] as const;
            const kept = new Map<number, Float32Array>();
            for (const { seed: of, by, key } of adds) {
              own.clock.advance(1);
              await programs[by as 0 | 1 | 2].add(place(vectorOf(of)), asked(key));
              kept.set(key, vectorOf(of));
            }
            const question = like(vectorOf(seed % 40), seed, 0.3);
            const best = Math.max(-1, ...[...kept.values()].map((one) => cosine(one, question)));
            for (const program of [...programs, own.program()]) {
              const near = await program.find(place(question), 0.7, signal);
              if (best > 0.7001) {
                assert.ok(near !== undefined && Math.abs(near.similarity - best) < 1e-4);
                const stored = [...kept].find(([key]) => keyOf(key) === near.key);
                assert.ok(Math.abs(cosine(stored![1], question) - best) < 1e-4);
              } else if (best < 0.6999) {
                assert.equal(near, undefined);
              }
            }
          } finally {
            own.dispose();
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('holds so many vectors of a scope: the oldest go', async () => {
    const index = rig.program({ mostVectors: 5 });
    for (let n = 0; n < 8; n += 1) {
      rig.clock.advance(1);
      await index.add(place(vectorOf(n)), asked(n));
    }
    for (const program of [index, rig.program({ mostVectors: 5 })]) {
      const found = await Promise.all(
        [0, 1, 2, 3, 4, 5, 6, 7].map((n) => program.find(place(vectorOf(n)), 0.9, signal)),
      );
      assert.deepEqual(
        found.map((one) => one !== undefined),
        [false, false, false, true, true, true, true, true],
      );
    }
  });

  it('finds a question no more once its answers are gone, until it is added anew', async () => {
    const index = rig.program();
    await index.add(place(vectorOf(1)), asked(1));
    await index.add(place(like(vectorOf(1), 5, 0.1)), asked(2));
    await index.drop(place(vectorOf(1)), keyOf(1));
    assert.equal((await index.find(place(vectorOf(1)), 0.9, signal))?.key, keyOf(2));
    await index.add(place(vectorOf(3)), asked(3));
    await index.add(place(vectorOf(1)), asked(1));
    assert.equal((await index.find(place(vectorOf(1)), 0.9, signal))?.key, keyOf(1));
    assert.equal((await index.find(place(vectorOf(3)), 0.9, signal))?.key, keyOf(3));
  });

  it('is cleared for all programs, one scope or all of it', async () => {
    const other = digestOf('other');
    const [first, second] = [rig.program(), rig.program()];
    const find = async (n: number, scope?: typeof other) =>
      await Promise.all(
        [first, second].map(
          async (program) =>
            await program.find(
              place(vectorOf(n), scope === undefined ? {} : { scope }),
              0.9,
              signal,
            ),
        ),
      );
    await first.add(place(vectorOf(1)), asked(1));
    await second.add(place(vectorOf(2)), asked(2));
    await second.add(place(vectorOf(1), { scope: other }), asked(3));
    assert.ok((await find(1)).every((one) => one !== undefined));
    await first.clear(other);
    assert.deepEqual(await find(1, other), [undefined, undefined]);
    assert.ok((await find(2)).every((one) => one !== undefined));
    await first.clear();
    assert.deepEqual(await find(1), [undefined, undefined]);
    assert.deepEqual(rig.files(), []);
    // The second still has its file in mind: what it adds then is there, and nothing else.
    await second.add(place(vectorOf(4)), asked(4));
    assert.ok((await find(4)).every((one) => one !== undefined));
    assert.deepEqual(await find(2), [undefined, undefined]);
  });

  it('makes one file of many that nobody appends to any more, and loses nothing', async () => {
    for (let n = 0; n < 20; n += 1) {
      await rig.program().add(place(vectorOf(n)), asked(n));
      rig.clock.advance(10);
    }
    assert.equal(rig.files().length, 20);
    const watching = rig.program();
    await watching.find(place(vectorOf(0)), 0.9, signal);
    assert.equal(rig.files().length, 20, 'somebody may append to them');
    rig.clock.advance(4 * HOUR);
    await rig.program().find(place(vectorOf(0)), 0.9, signal);
    assert.equal(rig.files().length, 1);
    for (const program of [watching, rig.program()]) {
      for (let n = 0; n < 20; n += 1) {
        assert.equal((await program.find(place(vectorOf(n)), 0.9, signal))?.key, keyOf(n));
      }
    }
  });

  it('gives up what is oldest where there is too much, and what nobody has asked for long', async () => {
    await rig.program().add(place(vectorOf(1)), asked(1));
    rig.clock.advance(20 * 24 * HOUR);
    await rig.program().add(place(vectorOf(2), { scope: digestOf('other') }), asked(2));
    assert.equal(rig.files().length, 2);
    rig.clock.advance(20 * 24 * HOUR);
    fs.writeFileSync(path.join(path.dirname(rig.files()[0]!), 'tmp_left'), 'x');
    await rig.program().add(place(vectorOf(3)), asked(3));
    assert.equal(rig.files().length, 2);
    const size = fs.statSync(rig.files()[0]!).size;
    rig.clock.advance(1);
    await rig.program({ maxBytes: size + 10 }).add(place(vectorOf(4)), asked(4));
    assert.equal(rig.files().length, 1);
    assert.equal((await rig.program().find(place(vectorOf(4)), 0.9, signal))?.key, keyOf(4));
  });

  it('reads again what it has let go from memory', async () => {
    const index = rig.program({ maxLoadedBytes: 1 });
    const scopes = ['a', 'b', 'c'].map((name) => digestOf(name));
    for (const scope of scopes) {
      await index.add(place(vectorOf(1), { scope }), asked(scope));
    }
    for (const scope of [...scopes, ...scopes]) {
      const found = await index.find(place(vectorOf(1), { scope }), 0.9, signal);
      assert.equal(found?.key, keyOf(scope));
    }
  });

  it('goes on in memory where the disk takes nothing, and stands any failure of it', async () => {
    for (let at = 1; at < 12; at += 1) {
      const own = new VectorRig();
      const { disk } = new FaultyDisk({ kind: 'error', at, code: 'ENOSPC' });
      const index = own.program({ disk });
      for (const n of [1, 2, 3]) {
        await index.add(place(vectorOf(n)), asked(n));
        assert.equal((await index.find(place(vectorOf(n)), 0.9, signal))?.key, keyOf(n));
      }
      own.dispose();
    }
  });

  it('shows others a question whole or not at all, whenever a program is ended', async () => {
    let seen = 0;
    for (const kind of ['stop', 'torn'] as const) {
      for (let at = 1; at < 14; at += 1) {
        const own = new VectorRig();
        const faulty = new FaultyDisk({ kind, at }, { largestWrite: 100 });
        const dying = own.program({ disk: faulty.disk });
        for (const n of [1, 2]) {
          await dying.add(place(vectorOf(n)), asked(n));
        }
        await faulty.idle();
        const index = own.program();
        for (const n of [1, 2]) {
          const found = await index.find(place(vectorOf(n)), 0.9, signal);
          seen += found === undefined ? 0 : 1;
          assert.ok(found === undefined || found.key === keyOf(n));
        }
        await index.add(place(vectorOf(3)), asked(3));
        assert.equal((await own.program().find(place(vectorOf(3)), 0.9, signal))?.key, keyOf(3));
        own.dispose();
      }
    }
    assert.ok(seen > 0);
  });

  it('gives nothing but what was stored, whichever byte is damaged, cut off or put in', async function () {
    this.timeout(60_000);
    const questions = [1, 2, 3];
    const index = rig.program();
    for (const n of questions) {
      await index.add(place(vectorOf(n)), asked(n));
    }
    const file = rig.files()[0]!;
    const whole = fs.readFileSync(file);
    let lost = 0;
    const check = async (bytes: Buffer): Promise<void> => {
      fs.writeFileSync(file, bytes);
      const program = rig.program();
      let found = 0;
      for (const n of questions) {
        const near = await program.find(place(vectorOf(n)), 0.9, signal);
        found += near === undefined ? 0 : 1;
        assert.ok(
          near === undefined || (near.key === keyOf(n) && near.question === `question ${n}`),
        );
      }
      assert.ok(found >= 2 || bytes.length < whole.length, 'the others stand');
      lost += 3 - found;
    };
    for (let at = 0; at < whole.length; at += 1) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      await check(flipped);
    }
    assert.equal(lost, whole.length, 'a flipped byte costs its own record and no other');
    for (let at = 0; at < whole.length; at += 7) {
      await check(whole.subarray(0, at));
      await check(Buffer.concat([whole.subarray(0, at), Buffer.from('SLV1'), whole.subarray(at)]));
    }
  });

  it('takes no harm from files that are none of its own', async () => {
    await rig.program().add(place(vectorOf(1)), asked(1));
    const folder = path.dirname(rig.files()[0]!);
    fs.writeFileSync(path.join(folder, '0-x.vectors'), Buffer.from('SLV1'.repeat(50_000)));
    fs.mkdirSync(path.join(folder, '1-folder.vectors'));
    fs.writeFileSync(path.join(folder, 'nonsense'), 'x');
    fs.copyFileSync(rig.files().at(-1)!, path.join(folder, '2-copy.vectors'));
    const index = rig.program();
    assert.equal((await index.find(place(vectorOf(1)), 0.9, signal))?.key, keyOf(1));
    fs.rmSync(rig.folder, { recursive: true });
    fs.writeFileSync(rig.folder, 'a file');
    assert.equal(await rig.program().find(place(vectorOf(1)), 0.9, signal), undefined);
    await rig.program().add(place(vectorOf(1)), asked(1));
    await rig.program().clear();
  });

  it('does not take a record for another place than it was written for', async () => {
    const index = rig.program();
    await index.add(place(vectorOf(1)), asked(1));
    const [own] = rig.files();
    const other = place(vectorOf(1), { model: 'team/other' });
    await index.add(other, asked(2));
    const [, theirs] = [own, rig.files().find((file) => file !== own)];
    fs.copyFileSync(own!, theirs!);
    assert.equal(await rig.program().find(other, 0.5, signal), undefined);
  });

  it('ends a look with its signal, and the next one is whole', async () => {
    for (let n = 0; n < 30; n += 1) {
      await rig.program().add(place(vectorOf(n)), asked(n));
    }
    let time = 0;
    const index = rig.program({
      clock: {
        now: () => rig.clock.now(),
        monotonic: () => (time += 5),
        timer: (ms, fire) => rig.clock.timer(ms, fire),
      },
    });
    for (let turns = 1; turns < 20; turns += 1) {
      const stop = new AbortController();
      let left = turns;
      const turn = (): void => {
        left -= 1;
        if (left > 0) {
          setImmediate(turn);
        } else {
          stop.abort(new Error('enough'));
        }
      };
      setImmediate(turn);
      await index.find(place(vectorOf(1)), 0.9, stop.signal).catch((thrown: unknown) => {
        assert.match(String(thrown), /enough/);
      });
    }
    for (let n = 0; n < 30; n += 1) {
      assert.equal((await index.find(place(vectorOf(n)), 0.9, signal))?.key, keyOf(n));
    }
  });

  it('appends to no file for ever, so that others read little again', async () => {
    const index = rig.program();
    await index.add(place(vectorOf(1)), asked(1));
    await index.add(place(vectorOf(2)), asked(2));
    assert.equal(rig.files().length, 1);
    rig.clock.advance(HOUR + 1);
    await index.add(place(vectorOf(3)), asked(3));
    assert.equal(rig.files().length, 2);
    assert.ok(nodeDisk.sync.stat(rig.files()[0]!).size > 0);
  });
});
