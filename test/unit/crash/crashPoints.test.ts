import assert from 'node:assert/strict';
import { CrashSweep, nameOf, pointsOf, type CrashPoint } from '../../long/crash/sweep.ts';

/** Of each workflow; `npm run test:long -- crash` tries all, 2,000 and more. */
const EACH = 8;
/** No point is begun after this; what the machine is too busy for is left to the whole sweep. */
const LONGEST_MS = 18_000;
/** Flushes come in groups, now one more, now one less; that each point is reached the whole sweep insists on. */
const MOST_MISSED = 4;
/** Points from one day to the next: prime, so that in time all have their day. */
const STRIDE = 61;

describe('A program that is killed', function () {
  this.timeout(180_000);

  let sweep: CrashSweep;
  let points: readonly CrashPoint[];
  let workflows: number;

  before(async function () {
    if (process.platform === 'win32') {
      // The agents are lines of shell, and nothing there is like SIGKILL.
      this.skip();
    }
    sweep = new CrashSweep();
    const boundaries = await sweep.open(1);
    const all = [...boundaries].map(([name, seen]) => pointsOf(name, seen));
    assert.ok(all.flat().length >= 2000, `${all.flat().length} points`);
    const day = Math.floor(Date.now() / 86_400_000);
    // One of each workflow before the second of any.
    points = Array.from({ length: EACH }, (_, nth) =>
      all.map((those) => {
        const every = Math.ceil(those.length / EACH);
        return those[Math.min(nth * every + ((day * STRIDE) % every), those.length - 1)]!;
      }),
    ).flat();
    workflows = all.length;
  });
  after(() => sweep.dispose());

  it('loses and repeats nothing, wherever it dies: the next one ends the run well', async () => {
    const failures: string[] = [];
    let survived = 0;
    let missed = 0;
    await sweep.survive(points, { forMs: LONGEST_MS }, (point, outcome) => {
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
    assert.ok(survived >= workflows, `only ${survived} points in ${LONGEST_MS} ms`);
  });
});
