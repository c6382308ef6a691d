import assert from 'node:assert/strict';
import { CrashSweep, nameOf, pointsOf, type CrashPoint } from '../../long/crash/sweep.ts';

/** Of the 2,000 and more that `npm run test:long -- crash` tries. */
const SAMPLE = 200;
/** No point is begun after this; what the machine is too busy for is left to the whole sweep. */
const LONGEST_MS = 40_000;
const FEWEST = 40;
/** Flushes come in groups, now one more, now one less; that each point is reached the whole sweep insists on. */
const MOST_MISSED = 10;

describe('A program that is killed', function () {
  this.timeout(180_000);

  let sweep: CrashSweep;
  let points: readonly CrashPoint[];

  before(async function () {
    if (process.platform === 'win32') {
      // The agents are lines of shell, and nothing there is like SIGKILL.
      this.skip();
    }
    sweep = new CrashSweep();
    const boundaries = await sweep.open(2);
    const all = [...boundaries].flatMap(([name, seen]) => pointsOf(name, seen));
    assert.ok(all.length >= 2000, `${all.length} points`);
    const every = all.length / SAMPLE;
    // Another offset each day, so that in time all are tried.
    const offset = Math.floor(Date.now() / 86_400_000) % Math.floor(every);
    points = Array.from({ length: SAMPLE }, (_, n) => all[Math.floor(n * every) + offset]!);
  });
  after(() => sweep.dispose());

  it('loses and repeats nothing, wherever it dies: the next one ends the run well', async () => {
    const failures: string[] = [];
    let survived = 0;
    let missed = 0;
    await sweep.survive(spread(points), { forMs: LONGEST_MS }, (point, outcome) => {
      if (outcome.kind === 'survived') {
        survived += 1;
      } else if (outcome.kind === 'missed') {
        missed += 1;
      } else {
        failures.push(`${nameOf(point)}: ${outcome.why}`);
      }
    });
    assert.deepEqual(failures, []);
    assert.ok(missed <= MOST_MISSED, `${missed} points were not reached`);
    assert.ok(survived >= FEWEST, `only ${survived} points in ${LONGEST_MS} ms`);
  });
});

/** In an order whose every beginning is spread over the whole. */
function spread<T>(items: readonly T[]): T[] {
  const strides = 7;
  return Array.from({ length: strides }, (_, first) =>
    items.filter((_item, index) => index % strides === first),
  ).flat();
}
