import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Slices } from '../../../../src/core/base/slices.ts';
import { VectorRows } from '../../../../src/core/cache/similar/vectorRows.ts';
import { cosine, like, numbers, unit } from './vectors.ts';

const still = { monotonic: () => 0 };

function slices(): Slices {
  return new Slices(still, new AbortController().signal);
}

describe('Rows of vectors', () => {
  it('give the nearest, as a comparison with each one finds it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          size: fc.integer({ min: 1, max: 70 }),
          count: fc.integer({ min: 0, max: 400 }),
          seed: fc.nat(1_000_000),
          apart: fc.constantFrom(0, 0.001, 0.1, 1, 5),
          threshold: fc.constantFrom(-1, 0, 0.5, 0.9, 0.99),
          every: fc.integer({ min: 1, max: 3 }),
        }),
        async ({ size, count, seed, apart, threshold, every }) => {
          const rows = new VectorRows(size);
          const vectors = Array.from({ length: count }, (_, n) => unit(numbers(seed + n, size)));
          vectors.forEach((vector, row) => rows.set(row, vector));
          const base = vectors[seed % Math.max(1, count)] ?? unit(numbers(seed, size));
          const asked = like(base, seed + 7, apart);
          const counts = (row: number): boolean => row % every === 0;
          const best = Math.max(
            -Infinity,
            ...vectors.filter((_, row) => counts(row)).map((vector) => cosine(vector, asked)),
          );
          const near = await rows.nearest(asked, threshold, counts, slices());
          if (best < threshold - 1e-4) {
            assert.equal(near, undefined);
          } else if (best > threshold + 1e-4) {
            assert.ok(near !== undefined && counts(near.row));
            assert.ok(Math.abs(near.similarity - best) < 1e-4, `${near.similarity} ${best}`);
            assert.ok(Math.abs(cosine(vectors[near.row]!, asked) - best) < 1e-4);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('find what is nearly the same among thousands, each time', async () => {
    const rows = new VectorRows(64);
    const topics = Array.from({ length: 20 }, (_, n) => unit(numbers(n, 64)));
    for (let row = 0; row < 3000; row += 1) {
      rows.set(row, like(topics[row % 20]!, 100 + row, 0.6));
    }
    for (let row = 0; row < 3000; row += 13) {
      const near = await rows.nearest(like(rows.at(row), row, 0.02), 0.95, () => true, slices());
      assert.equal(near?.row, row);
    }
  });

  it('take another vector in the place of one', async () => {
    const rows = new VectorRows(16);
    const [first, second] = [unit(numbers(1, 16)), unit(numbers(2, 16))];
    rows.set(0, first);
    rows.set(0, second);
    assert.equal(rows.count, 1);
    assert.equal((await rows.nearest(first, 0.99, () => true, slices()))?.row, undefined);
    assert.equal((await rows.nearest(second, 0.99, () => true, slices()))?.row, 0);
    assert.deepEqual(rows.at(0), second);
  });

  it('never give a similarity above 1', async () => {
    const rows = new VectorRows(384);
    for (let row = 0; row < 200; row += 1) {
      rows.set(row, unit(numbers(row, 384)));
    }
    for (let row = 0; row < 200; row += 1) {
      const near = await rows.nearest(rows.at(row), 0.999, () => true, slices());
      assert.ok(near !== undefined && near.row === row);
      assert.ok(near.similarity <= 1 && near.similarity > 1 - 1e-6);
    }
  });

  it('let others work in between, and end with the signal', async () => {
    const rows = new VectorRows(16);
    for (let row = 0; row < 1000; row += 1) {
      rows.set(row, unit(numbers(row, 16)));
    }
    let time = 0;
    // Each look at the clock takes 3 ms: two looks are more than a slice.
    const slow = { monotonic: () => (time += 3) };
    let turns = 0;
    const stop = new AbortController();
    const turn = (): void => {
      turns += 1;
      if (turns < 3) {
        setImmediate(turn);
      } else {
        stop.abort(new Error('enough'));
      }
    };
    setImmediate(turn);
    await assert.rejects(
      rows.nearest(unit(numbers(1, 16)), 0.9, () => true, new Slices(slow, stop.signal)),
      /enough/,
    );
    assert.equal(turns, 3);
  });
});
