import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shiftOf, spreadOf } from '../../../src/core/compare/amounts.ts';
import { holm } from '../../../src/core/compare/holm.ts';
import { fewest, neededForRanks, neededForRates } from '../../../src/core/compare/needed.ts';
import { normalQuantile, normalTail } from '../../../src/core/compare/normal.ts';
import { leastRankP, MOST_EXACT, rankTest, splitsByU } from '../../../src/core/compare/ranks.ts';
import {
  fisher,
  leastFisher,
  rateDifference,
  wilson,
  type Count,
} from '../../../src/core/compare/success.ts';

function near(actual: number | undefined, expected: number, by = 1e-6): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= by,
    `${String(actual)} is not ${expected}`,
  );
}

const counted = (successes: number, of: number): Count => ({ successes, of });
const anyCount = fc
  .integer({ min: 1, max: 25 })
  .chain((of) => fc.integer({ min: 0, max: of }).map((successes) => counted(successes, of)));
/** Few different values: many of them are equal. */
const tied = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 8 });
const someValues = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 15,
});

// Permeability constants of the human chorioamnion, at term and at 12 to 26 weeks: Hollander and Wolfe (1973), 69 f., the
// example of R's wilcox.test.
const TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const EARLY = [1.15, 0.88, 0.9, 0.74, 1.21];

describe('The normal distribution', () => {
  it('has the tails that tables have', () => {
    near(normalTail(0), 0.5, 1e-15);
    near(normalTail(1.96), 0.0249978951, 1e-10);
    near(normalTail(-1.96), 1 - 0.0249978951, 1e-10);
    near(normalTail(3.9) / 4.8096344e-5, 1, 1e-8);
    near(normalTail(4.1) / 2.06575069e-5, 1, 1e-8);
    near(normalTail(8) / 6.22096057e-16, 1, 1e-8);
  });

  it('has the quantiles that tables have', () => {
    near(normalQuantile(0.975), 1.959963985, 1e-9);
    near(normalQuantile(0.8), 0.841621234, 1e-9);
    near(normalQuantile(0.025), -1.959963985, 1e-9);
  });
});

describe("Wilson's interval", () => {
  // Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
  for (const [successes, of, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    it(`of ${successes} in ${of} is the published one`, () => {
      const interval = wilson(counted(successes, of));
      near(interval.low, low, 5e-5);
      near(interval.high, high, 5e-5);
    });
  }

  it('holds the rate, mirrors with failures, and says nothing of nothing', () => {
    assert.deepEqual(wilson(counted(0, 0)), { low: 0, high: 1 });
    fc.assert(
      fc.property(anyCount, ({ successes, of }) => {
        const { low, high } = wilson(counted(successes, of));
        assert.ok(low >= 0 && low <= successes / of && successes / of <= high && high <= 1);
        const mirrored = wilson(counted(of - successes, of));
        near(mirrored.low, 1 - high, 1e-12);
        near(mirrored.high, 1 - low, 1e-12);
      }),
    );
  });
});

describe('The difference of two rates', () => {
  it('has the published interval of Newcombe', () => {
    // Statistics in Medicine 17 (1998), 873-890, table II: 56/70 less 48/80, method 10.
    const { estimate, low, high } = rateDifference(counted(48, 80), counted(56, 70));
    near(estimate, 0.2, 1e-12);
    near(low, 0.0524, 5e-5);
    near(high, 0.3339, 5e-5);
  });

  it('mirrors when the ways are swapped', () => {
    fc.assert(
      fc.property(anyCount, anyCount, (one, other) => {
        const [there, back] = [rateDifference(one, other), rateDifference(other, one)];
        near(back.estimate, -there.estimate, 1e-12);
        near(back.low, -there.high, 1e-12);
        near(back.high, -there.low, 1e-12);
        assert.ok(there.low <= there.estimate && there.estimate <= there.high);
      }),
    );
  });
});

describe("Fisher's exact test", () => {
  it('gives the lady tasting tea her published p', () => {
    near(fisher(counted(3, 4), counted(1, 4)), 34 / 70, 1e-12);
  });

  it("gives what R's fisher.test gives", () => {
    // Convictions of like-sex twins of criminals (Fisher 1962), the example of R's fisher.test.
    near(fisher(counted(2, 17), counted(10, 13)), 0.0005367241191434358, 1e-12);
    near(fisher(counted(8, 10), counted(1, 6)), 0.034965034965034975, 1e-12);
    near(fisher(counted(4, 5), counted(5, 5)), 1, 1e-12);
  });

  it('agrees with counting every split of the successes', () => {
    fc.assert(
      fc.property(anyCount, anyCount, (one, other) => {
        near(fisher(one, other), fisherByCounting(one, other), 1e-9);
      }),
    );
  });

  it('is the same whichever way comes first, and whether successes or failures are counted', () => {
    fc.assert(
      fc.property(anyCount, anyCount, (one, other) => {
        const p = fisher(one, other);
        const failures = ({ successes, of }: Count) => counted(of - successes, of);
        assert.ok(p > 0 && p <= 1);
        near(fisher(other, one), p, 1e-9);
        near(fisher(failures(one), failures(other)), p, 1e-9);
        assert.ok(p >= leastFisher(one.of, other.of) - 1e-12);
      }),
    );
  });

  it('falls as the rates of as many runs move apart', () => {
    for (let n = 2; n <= 20; n += 1) {
      for (let k = 1; 2 * k <= n; k += 1) {
        // k fewer of the one and k more of the other than half: the number of successes stays.
        const at = (by: number) => fisher(counted(k - by, n), counted(k + by, n));
        for (let by = 1; by <= k; by += 1) {
          assert.ok(at(by) <= at(by - 1) + 1e-12, `${n} ${k} ${by}`);
        }
      }
    }
  });

  it('cannot reach 0.05 with three against three, and can with four against four', () => {
    near(leastFisher(3, 3), 0.1, 1e-12);
    near(leastFisher(4, 4), 2 / 70, 1e-12);
  });
});

describe('The test of ranks', () => {
  it("gives what R's wilcox.test gives for its example", () => {
    const { u, p, isExact } = rankTest(EARLY, TERM);
    assert.deepEqual([u, isExact], [35, true]);
    near(p, 2 * 0.1272061272061272, 1e-12);
  });

  it('has the critical values that tables have, two-sided at 0.05', () => {
    // The largest U that is significant, as in every table of the Mann-Whitney test.
    for (const [n, m, critical] of [
      [4, 4, 0],
      [5, 5, 2],
      [5, 10, 8],
      [6, 8, 8],
      [7, 7, 8],
      [8, 8, 13],
      [10, 10, 23],
      [12, 15, 49],
      [20, 20, 127],
    ] as const) {
      const splits = splitsByU(n, m);
      const all = splits.reduce((sum, each) => sum + each, 0);
      const twice = (u: number) =>
        (2 * splits.slice(0, u + 1).reduce((sum, each) => sum + each, 0)) / all;
      assert.ok(twice(critical) <= 0.05 && twice(critical + 1) > 0.05, `${n} and ${m}`);
    }
  });

  it('counts every split: as many as there are ways to choose', () => {
    assert.deepEqual(splitsByU(2, 2), [1, 1, 2, 1, 1]);
    assert.equal(
      splitsByU(20, 20).reduce((sum, each) => sum + each, 0),
      137_846_528_820,
    );
  });

  it('agrees with trying every split, also where values are equal', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          tied,
          someValues.map((all) => all.slice(0, 6)),
        ),
        tied,
        (one, other) => {
          near(rankTest(one, other).p, rankPByTrying(one, other), 1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('mirrors when the ways are swapped, and does not mind the order or the unit', () => {
    fc.assert(
      fc.property(someValues, someValues, (one, other) => {
        const { u, p } = rankTest(one, other);
        assert.ok(p > 0 && p <= 1);
        assert.ok(p >= leastRankP(one.length, other.length) - 1e-12 || hasEqual(one, other));
        const swapped = rankTest(other, one);
        near(swapped.p, p, 1e-9);
        near(swapped.u, one.length * other.length - u, 1e-9);
        assert.deepEqual(rankTest([...one].reverse(), [...other].sort()), { u, p, isExact: true });
        const rank = (all: readonly number[]) =>
          all.map((value) => [...new Set([...one, ...other])].sort((a, b) => a - b).indexOf(value));
        near(rankTest(rank(one), rank(other)).p, p, 1e-12);
      }),
    );
  });

  it('is nothing to go by where all values are equal, or there are none', () => {
    assert.equal(rankTest([3, 3, 3], [3, 3]).p, 1);
    assert.equal(
      rankTest(
        Array.from({ length: 30 }, () => 1),
        Array.from({ length: 30 }, () => 1),
      ).p,
      1,
    );
    assert.equal(rankTest([], [1]).p, 1);
  });

  it('cannot reach 0.05 with three against three', () => {
    near(leastRankP(3, 3), 0.1, 1e-12);
    near(leastRankP(5, 5), 2 / 252, 1e-12);
  });

  it('goes over to the normal distribution where there is no counting any more, and stays close', () => {
    const upTo = (count: number, by: number, from = 0) =>
      Array.from({ length: count }, (_, at) => from + at * by);
    const [one, other] = [upTo(20, 2), upTo(20, 2, 9)];
    const exact = rankTest(one, other);
    const normal = rankTest([...one, 100], [...other, 101]);
    assert.deepEqual([one.length + other.length, exact.isExact], [MOST_EXACT, true]);
    assert.equal(normal.isExact, false);
    near(normal.p, exact.p, 0.02);
  });

  it('has the p that scipy.stats.mannwhitneyu has for many equal values', () => {
    NORMAL_CASES.forEach(({ one, other, u, p }) => {
      const test = rankTest(one, other);
      assert.deepEqual([test.u, test.isExact], [u, false]);
      near(test.p, p, 1e-9);
    });
  });
});

describe('By how much amounts differ', () => {
  it("is what R's wilcox.test tells of its example", () => {
    const shift = shiftOf(EARLY, TERM);
    near(shift?.estimate, 0.305, 1e-9);
    near(shift?.interval?.low, -0.15, 1e-9);
    near(shift?.interval?.high, 0.76, 1e-9);
  });

  it('has no interval at 95 % from three against three', () => {
    assert.deepEqual(shiftOf([1, 2, 3], [11, 12, 13]), { estimate: 10, interval: undefined });
    assert.equal(shiftOf([], [1]), undefined);
  });

  it('moves with what is added to all, and mirrors when the ways are swapped', () => {
    const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(whole, whole, fc.integer({ min: -500, max: 500 }), (one, other, by) => {
        const shift = shiftOf(one, other)!;
        const moved = shiftOf(
          one,
          other.map((value) => value + by),
        )!;
        const swapped = shiftOf(other, one)!;
        near(moved.estimate, shift.estimate + by, 1e-9);
        near(swapped.estimate, -shift.estimate, 1e-9);
        near(moved.interval?.low, shift.interval!.low + by, 1e-9);
        near(swapped.interval?.low, -shift.interval!.high, 1e-9);
        assert.ok(shift.interval!.low <= shift.estimate && shift.estimate <= shift.interval!.high);
      }),
    );
  });

  it('leaves zero out of the interval exactly when the test is significant, where no values are equal', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: -100_000, max: 100_000 }), {
      minLength: 8,
      maxLength: 24,
    });
    fc.assert(
      fc.property(distinct, fc.integer({ min: 0, max: 100_000 }), (values, by) => {
        const half = Math.floor(values.length / 2);
        const one = values.slice(0, half);
        // Halves keep the two apart from each other.
        const other = values.slice(half).map((value) => value + by + 0.5);
        const { low, high } = shiftOf(one, other)!.interval!;
        assert.equal(low > 0 || high < 0, rankTest(one, other).p <= 0.05);
      }),
    );
  });

  it('tells the median and the quartiles as R does', () => {
    assert.deepEqual(spreadOf([9, 1, 4, 2]), { n: 4, q1: 1.75, median: 3, q3: 5.25 });
    assert.deepEqual(spreadOf([7]), { n: 1, q1: 7, median: 7, q3: 7 });
    assert.equal(spreadOf([]), undefined);
  });
});

describe("Holm's correction", () => {
  it('is what R gives for its method "holm"', () => {
    const corrected = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((expected, at) => near(corrected[at], expected, 1e-12));
  });

  it('is never smaller than p, keeps the order, and grows with each p', () => {
    const p = fc.double({ min: 1e-9, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 6 }), p, (ps, smaller) => {
        const corrected = holm(ps);
        corrected.forEach((each, at) => assert.ok(each >= ps[at]! && each <= 1));
        const lower = holm(ps.map((each) => Math.min(each, smaller)));
        lower.forEach((each, at) => assert.ok(each <= corrected[at]! + 1e-12));
      }),
    );
  });
});

describe('How many runs would be needed', () => {
  it('is what the formula gives by hand: 151.87 of each without its correction, 164.94 with it', () => {
    assert.equal(neededForRates(0.25, 0.4, 0.05), 165);
    assert.equal(neededForRates(0.4, 0.25, 0.05), 165);
  });

  it('gives a test that tells such a difference about four times of five', () => {
    for (const [one, other] of [
      [0.2, 0.8],
      [0.5, 0.9],
      [0.8, 1],
    ] as const) {
      const n = neededForRates(one, other, 0.05)!;
      const power = powerOfFisher(one, other, n);
      assert.ok(power > 0.77 && power < 0.92, `${one} ${other} ${n} ${power}`);
      assert.ok(powerOfFisher(one, other, Math.floor(n * 0.7)) < 0.8);
    }
  });

  it('is the more the closer the ways are, and not to be had where they are alike', () => {
    assert.equal(neededForRates(0.8, 0.8, 0.05), undefined);
    assert.equal(neededForRates(0.5, 0.5001, 0.05), undefined);
    assert.equal(neededForRanks(0.5, 0.05), undefined);
    const needed = [0.55, 0.6, 0.7, 0.8, 0.9, 1].map((share) => neededForRanks(share, 0.05)!);
    assert.deepEqual(
      needed,
      [...needed].sort((a, b) => b - a),
    );
    // Noether (1987): the share 0.7 takes 7.849 / (3 * 0.04) = 65.4 in all.
    assert.equal(neededForRanks(0.7, 0.05), 33);
    assert.equal(neededForRanks(0, 0.05), neededForRanks(1, 0.05));
  });

  it('is never fewer than those with which anything can be significant', () => {
    assert.equal(fewest(0.05, leastRankP), 4);
    assert.equal(fewest(0.05 / 4, leastFisher), 5);
    assert.ok(neededForRates(0, 1, 0.05)! >= 4);
  });
});

/** Splits counted one by one, with whole numbers. */
function fisherByCounting(one: Count, other: Count): number {
  const successes = one.successes + other.successes;
  const splits = (k: number) => choose(one.of, k) * choose(other.of, successes - k);
  const observed = splits(one.successes);
  let asFar = 0n;
  for (let k = Math.max(0, successes - other.of); k <= Math.min(one.of, successes); k += 1) {
    asFar += splits(k) <= observed ? splits(k) : 0n;
  }
  return Number((asFar * 10n ** 15n) / choose(one.of + other.of, successes)) / 1e15;
}

function choose(of: number, k: number): bigint {
  let ways = 1n;
  for (let at = 0; at < k; at += 1) {
    ways = (ways * BigInt(of - at)) / BigInt(at + 1);
  }
  return ways;
}

/** Every way to take as many of all values as the other has. */
function rankPByTrying(one: readonly number[], other: readonly number[]): number {
  const all = [...one, ...other];
  const uOf = (isOther: (at: number) => boolean) => {
    let u = 0;
    for (const [b, high] of all.entries()) {
      for (const [a, low] of all.entries()) {
        if (isOther(b) && !isOther(a)) {
          u += high > low ? 1 : high === low ? 0.5 : 0;
        }
      }
    }
    return u;
  };
  const middle = (one.length * other.length) / 2;
  const far = Math.abs(uOf((at) => at >= one.length) - middle) - 1e-9;
  let tried = 0;
  let asFar = 0;
  for (let set = 0; set < 2 ** all.length; set += 1) {
    const isIn = (at: number) => Math.floor(set / 2 ** at) % 2 === 1;
    if (all.filter((_, at) => isIn(at)).length === other.length) {
      tried += 1;
      asFar += Math.abs(uOf(isIn) - middle) >= far ? 1 : 0;
    }
  }
  return asFar / tried;
}

function hasEqual(one: readonly number[], other: readonly number[]): boolean {
  return new Set([...one, ...other]).size < one.length + other.length;
}

/** How often Fisher's test is significant when so many runs of each succeed at these rates. */
function powerOfFisher(one: number, other: number, n: number): number {
  const chances = (rate: number) =>
    Array.from(
      { length: n + 1 },
      (_, k) => Number(choose(n, k)) * rate ** k * (1 - rate) ** (n - k),
    );
  const [a, b] = [chances(one), chances(other)];
  let power = 0;
  for (let i = 0; i <= n; i += 1) {
    for (let j = 0; j <= n; j += 1) {
      power += fisher(counted(i, n), counted(j, n)) <= 0.05 ? a[i]! * b[j]! : 0;
    }
  }
  return power;
}

const NORMAL_CASES: readonly {
  readonly one: readonly number[];
  readonly other: readonly number[];
  readonly u: number;
  readonly p: number;
}[] = [
  {
    one: [8, 6, 6, 8, 5, 7, 7, 2, 1, 3, 3, 7, 8, 1, 4, 7, 2, 7, 1, 4, 7, 3, 3, 3, 6],
    other: [5, 12, 7, 7, 8, 8, 8, 8, 12, 11, 10, 10, 9, 6, 12, 7, 5, 11, 4, 11, 9, 4],
    u: 462.5,
    p: 5.9643416339272565e-5,
  },
  {
    one: [1, 2, 1, 1, 2, 3, 2, 3, 3, 3, 2, 2, 2, 1, 2, 2, 1, 3, 1, 1, 1, 3, 3, 3, 1, 3, 2, 2, 1, 2],
    other: [4, 3, 1, 3, 2, 4, 4, 1, 3, 4, 4, 3],
    u: 277.5,
    p: 0.004926402353673486,
  },
];
