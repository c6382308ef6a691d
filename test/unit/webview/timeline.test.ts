import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  BREAK_WIDTH,
  TICK_WIDTH,
  ticksOf,
  TimeScale,
} from '../../../src/webview/graph/timeline/scale.ts';
import { lasted, rowText, signOf, spanText } from '../../../src/webview/graph/timeline/spans.ts';
import { paceOf, rowsInSight, seqAt, stopOf } from '../../../src/webview/graph/timeline/stops.ts';

const HOUR = 3_600_000;
const span = {
  from: 1000,
  to: 2500,
  kind: 'attempt',
  attempt: 1,
  outcome: 'succeeded',
  label: 'attempt 1 · succeeded',
} as const;

describe("The time line's scale", () => {
  it('gives each time its place from the left to the right', () => {
    const scale = new TimeScale(0, 100, [], 1000);
    assert.deepEqual(
      [0, 25, 100, -5, 400].map((time) => scale.x(time)),
      [0, 250, 1000, 0, 1000],
    );
  });

  it('cuts a night short, so that the day has room', () => {
    const scale = new TimeScale(0, 12 * HOUR, [{ from: HOUR, to: 11 * HOUR }], 418);
    assert.equal(scale.x(HOUR), 200);
    assert.equal(scale.x(11 * HOUR), 200 + BREAK_WIDTH);
    assert.equal(scale.x(12 * HOUR), 418);
    assert.deepEqual(
      scale.cuts.map(({ left, width }) => [left, width]),
      [[200, BREAK_WIDTH]],
    );
  });

  it('never goes back, whatever was cut out', () => {
    const anyBreaks = fc
      .uniqueArray(fc.integer({ min: 0, max: 10_000 }), { maxLength: 12 })
      .map((places) => places.sort((a, b) => a - b))
      .map((places) =>
        places.flatMap((from, n) => {
          const to = places[n + 1];
          return n % 2 === 0 && to !== undefined ? [{ from, to }] : [];
        }),
      );
    fc.assert(
      fc.property(anyBreaks, fc.integer({ min: 40, max: 2000 }), (breaks, width) => {
        const scale = new TimeScale(0, 10_000, breaks, width);
        let before = 0;
        for (let time = 0; time <= 10_000; time += 97) {
          const x = scale.x(time);
          assert.ok(x >= before - 1e-6 && x <= width + 1e-6, `${time}: ${x} behind ${before}`);
          before = x;
        }
        assert.ok(Math.abs(scale.x(10_000) - width) < 1e-6);
      }),
    );
  });

  it('has ticks at round times with room for each', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 10 }),
        fc.integer({ min: 100, max: 2000 }),
        (length, width) => {
          const from = 1_700_000_000_123;
          const ticks = ticksOf(new TimeScale(from, from + length, [], width), 0);
          ticks.forEach(({ x }, n) => {
            assert.ok(n === 0 || x - (ticks[n - 1]?.x ?? 0) >= TICK_WIDTH);
          });
          assert.ok(ticks.length <= width / TICK_WIDTH + 1);
        },
      ),
    );
    const day = Date.UTC(2026, 4, 1, 8);
    const scale = new TimeScale(day, day + HOUR, [], 600);
    assert.deepEqual(
      ticksOf(scale, 2 * HOUR).map(({ label }) => label),
      ['10:00', '10:10', '10:20', '10:30', '10:40', '10:50'],
    );
  });
});

describe("The time line's slider", () => {
  const moments = [1, 2, 5, 9].map((seq) => ({ seq, at: seq, text: '' }));

  it('stands at the last stop that is not behind the moment, and at the end for now', () => {
    const stops = [1, 2, 3, 5, 8, 9].map((seq) => stopOf(moments, { seq }));
    assert.deepEqual(stops, [0, 1, 1, 2, 2, 3]);
    assert.equal(stopOf(moments, undefined), 3);
    assert.equal(stopOf([], undefined), 0);
  });

  it('asks for the moment of its stop, and at the end for the run as it is', () => {
    assert.deepEqual(
      [0, 2, 3].map((stop) => seqAt(moments, stop)),
      [1, 5, undefined],
    );
    assert.equal(seqAt([], 0), undefined);
  });

  it('replays any run within half a minute, and in few looks where little motion is wanted', () => {
    for (const stops of [2, 40, 700, 2000]) {
      for (const isStill of [false, true]) {
        const { everyMs, by } = paceOf(stops, isStill);
        assert.ok((stops / by) * everyMs <= 31_000, `${stops} stops`);
        assert.ok(everyMs >= (isStill ? 1000 : 50));
      }
    }
  });
});

describe("The time line's rows", () => {
  it('are there while they are in sight, with some around them', () => {
    assert.deepEqual(rowsInSight(5000, 22, 0, 220), { from: 0, to: 16 });
    assert.deepEqual(rowsInSight(5000, 22, 2200, 220), { from: 94, to: 116 });
    assert.deepEqual(rowsInSight(3, 22, 0, 220), { from: 0, to: 3 });
  });

  it('say what each bar is, how long it took and when', () => {
    assert.match(
      spanText({ task: 'lint' }, span, 9000),
      /^lint: attempt 1 · succeeded, 1\.5 s, from \d\d:\d\d:\d\d$/,
    );
    const open = { ...span, to: undefined, outcome: undefined, label: 'attempt 1' };
    assert.match(spanText({ task: 'lint' }, open, 4000), /attempt 1, for 3\.0 s so far/);
    const row = { task: 'lint', spans: [span, { ...span, attempt: 2 }], reusedAt: undefined };
    assert.equal(rowText(row, 0), 'lint, 2 attempts, attempt 1 · succeeded, 1.5 s');
  });

  it('tell by a sign too how a bar ended', () => {
    const outcomes = ['succeeded', 'failed', 'cancelled', 'cut off', 'changes'] as const;
    const signs = outcomes.map((outcome) => signOf({ kind: 'attempt', outcome }));
    assert.equal(new Set(signs).size, outcomes.length);
    assert.equal(signOf({ kind: 'gate', outcome: undefined }), '?');
  });

  it('say times in words that fit', () => {
    assert.deepEqual([640, 8200, 185_000, 7_620_000].map(lasted), [
      '640 ms',
      '8.2 s',
      '3 min 05 s',
      '2 h 07 min',
    ]);
  });
});
