import assert from 'node:assert/strict';
import { sampleOf } from '../../../support/sample.ts';
import {
  fixedWindow,
  runLoad,
  seeded,
  tokenBucket,
  type LoadOptions,
  type LoadResult,
  type Refuses,
} from './simulation.ts';

const MINUTE = 60_000;
const SEEDS = [1, 2, 3, 4, 5, 11, 29, 36].slice(0, sampleOf(4));
const MOST = 1.15;

interface Figures {
  readonly ratio: number;
  readonly refused: number;
}

/** Runs a load once per seed, checks what must hold of each, and prints the figures. */
async function measure(
  name: string,
  boundMs: number,
  load: (seed: number) => LoadOptions,
): Promise<readonly Figures[]> {
  const figures: Figures[] = [];
  for (const seed of SEEDS) {
    const result: LoadResult = await runLoad(load(seed));
    assert.deepEqual(
      [result.answered, result.lost, result.clock.pending],
      [load(seed).calls, 0, 0],
      `answered, lost and timers left, seed ${seed}`,
    );
    assert.deepEqual(
      result.governor.standing().map(({ running }) => running),
      [0],
    );
    figures.push({ ratio: result.wallMs / boundMs, refused: result.refused });
  }
  console.log(
    `      ${name}: ${figures.map(({ ratio }) => ratio.toFixed(3)).join(', ')} of the limit; refused ${figures.map(({ refused }) => refused).join(', ')}`,
  );
  return figures;
}

function within(figures: readonly Figures[], refusedAtMost: number): void {
  for (const { ratio, refused } of figures) {
    assert.ok(ratio <= MOST, `takes ${ratio.toFixed(3)} of the provider's own limit`);
    assert.ok(refused <= refusedAtMost, `${refused} calls refused`);
  }
}

describe('200 calls through a provider that allows 50 a minute', function () {
  this.timeout(sampleOf(60_000));

  const all = (refuses: () => Refuses) => (seed: number) => ({
    seed,
    calls: 200,
    refuses: refuses(),
  });

  it('lose none and use its windows, where only Retry-After is told', async () => {
    const make = () => fixedWindow(50, MINUTE, 'with-a-call');
    within(await measure('windows', 3 * MINUTE, all(make)), 20);
  });

  it('use windows that begin by the clock, after a first one that is cut short', async () => {
    // Of the first 5 seconds little can be used: four windows follow.
    const make = () => fixedWindow(50, MINUTE, 5000);
    within(await measure('windows by the clock', 3 * MINUTE + 5000, all(make)), 20);
  });

  it('use what drips into a bucket of 50', async () => {
    const make = () => tokenBucket(50 / MINUTE, 50);
    within(await measure('bucket of 50', (150 / 50) * MINUTE, all(make)), 30);
  });

  it('use what drips into a bucket of 10', async () => {
    const make = () => tokenBucket(50 / MINUTE, 10);
    within(await measure('bucket of 10', (190 / 50) * MINUTE, all(make)), 30);
  });

  it('are not lost where nothing is told but the refusal', async () => {
    const make = () => fixedWindow(50, MINUTE, 'with-a-call', () => undefined);
    const figures = await measure('nothing told', 3 * MINUTE, all(make));
    assert.ok(figures.every(({ ratio }) => ratio < 2));
  });

  it('come in bursts, and none waits for long after the load is over', async () => {
    const load = (seed: number): LoadOptions => ({
      seed,
      calls: 200,
      refuses: fixedWindow(50, MINUTE, 'with-a-call'),
      arrivesAt: (index) => Math.floor(index / 40) * 45_000,
    });
    // The last burst comes after 180 s; by then three windows took 150.
    within(await measure('bursts', 3 * MINUTE + 20_000, load), 30);
  });
});

describe('limits that are told with every answer', function () {
  this.timeout(sampleOf(60_000));

  it('are kept without a refusal where all comes back at once', async () => {
    const load = (seed: number): LoadOptions => {
      let start = -Infinity;
      let used = 0;
      return {
        seed,
        calls: 200,
        refuses: (now) => {
          if (now >= start + MINUTE) {
            start = now;
            used = 0;
          }
          used += 1;
          return used > 50 ? { retryAfterMs: start + MINUTE - now } : undefined;
        },
        tells: (now, date) => ({
          requests: {
            limit: 50,
            remaining: Math.max(0, 50 - used),
            resetAt: date + start + MINUTE - now,
          },
        }),
      };
    };
    within(await measure('told windows', 3 * MINUTE, load), 0);
  });

  it('are kept where they fill evenly', async () => {
    const load = (seed: number): LoadOptions => {
      let left = 50;
      let at = 0;
      const fill = (now: number) => {
        left = Math.min(50, left + ((now - at) * 50) / MINUTE);
        at = now;
      };
      return {
        seed,
        calls: 200,
        refuses: (now) => {
          fill(now);
          left -= left >= 1 ? 1 : 0;
          return left < 0 ? { retryAfterMs: 1200 } : undefined;
        },
        tells: (now, date) => {
          fill(now);
          return {
            requests: {
              limit: 50,
              remaining: Math.floor(left),
              resetAt: date + ((50 - left) * MINUTE) / 50,
            },
          };
        },
      };
    };
    within(await measure('told buckets', 3 * MINUTE, load), 10);
  });

  it('are kept for tokens', async () => {
    // 40 calls of 1,000 tokens a minute.
    const load = (seed: number): LoadOptions => {
      let start = -Infinity;
      let used = 0;
      return {
        seed,
        calls: 160,
        refuses: (now) => {
          if (now >= start + MINUTE) {
            start = now;
            used = 0;
          }
          used += 1000;
          return used > 40_000 ? { retryAfterMs: start + MINUTE - now } : undefined;
        },
        tells: (now, date) => ({
          tokens: {
            limit: 40_000,
            remaining: Math.max(0, 40_000 - used),
            resetAt: date + start + MINUTE - now,
          },
        }),
      };
    };
    within(await measure('told tokens', 3 * MINUTE, load), 0);
  });
});

describe('a storm of overload', function () {
  this.timeout(sampleOf(60_000));

  it('is survived without a loss, and nine tenths of the ceiling are back within a minute', async () => {
    for (const seed of SEEDS.slice(0, sampleOf(1))) {
      const [from, to] = [60_000, 120_000];
      let backAt = Infinity;
      const result = await runLoad({
        seed,
        calls: 2600,
        governor: { ceiling: () => 32 },
        refuses: () => undefined,
        latencyMs: (random) => 1000 + random * 1000,
        fails: (now) => (now >= from && now < to ? 'overloaded' : undefined),
        answered: (governor, now) => {
          if (now > to && (governor.standing()[0]?.limit ?? 0) >= 0.9 * 32) {
            backAt = Math.min(backAt, now);
          }
        },
      });
      assert.deepEqual([result.answered, result.lost], [2600, 0]);
      assert.ok(backAt <= to + 60_000, `back after ${(backAt - to) / 1000} s, seed ${seed}`);
      const rate = (a: number, b: number) =>
        result.answeredAt.filter((at) => at >= a && at < b).length / (b - a);
      const before = rate(from - 15_000, from);
      const after = rate(to + 60_000, to + 75_000);
      assert.ok(after >= 0.9 * before, `${after} against ${before}, seed ${seed}`);
    }
  });

  it('of random failures loses nothing and leaves no timer', async () => {
    const random = seeded(7);
    const kinds = ['network', 'server-error', 'timeout', 'overloaded', 'malformed-output'] as const;
    const result = await runLoad({
      seed: 7,
      calls: 300,
      refuses: fixedWindow(100, MINUTE, 20_000),
      fails: (_, chance) => (chance < 0.1 ? kinds[Math.floor(random() * kinds.length)] : undefined),
    });
    assert.deepEqual([result.answered, result.lost, result.clock.pending], [300, 0, 0]);
  });
});
