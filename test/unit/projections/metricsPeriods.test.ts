import assert from 'node:assert/strict';
import { periodStarts, startOf, unitOf } from '../../../src/core/projections/metricsPeriods.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Central Europe in 2026: summer time from 29 March, 01:00 UTC, to 25 October, 01:00 UTC. */
const berlin = (at: number) =>
  at >= Date.UTC(2026, 2, 29, 1) && at < Date.UTC(2026, 9, 25, 1) ? 2 * HOUR : HOUR;
const utc = () => 0;

describe('Periods of a chart', () => {
  it('begin at midnight of whoever looks, also when the clocks are changed', () => {
    const starts = periodStarts(
      'day',
      Date.UTC(2026, 2, 28, 12),
      Date.UTC(2026, 2, 31, 12),
      berlin,
    );
    assert.deepEqual(
      starts.map((at) => new Date(at).toISOString()),
      [
        ...['2026-03-27T23:00:00.000Z', '2026-03-28T23:00:00.000Z'],
        ...['2026-03-29T22:00:00.000Z', '2026-03-30T22:00:00.000Z'],
      ],
    );
    const autumn = periodStarts('day', Date.UTC(2026, 9, 24), Date.UTC(2026, 9, 26, 12), berlin);
    assert.deepEqual(
      autumn.map((at) => new Date(at).toISOString().slice(5, 13)),
      ['10-23T22', '10-24T22', '10-25T23'],
    );
  });

  it('rise, hour by hour, through the hour that comes twice', () => {
    const starts = periodStarts(
      'hour',
      Date.UTC(2026, 9, 24, 20),
      Date.UTC(2026, 9, 25, 6),
      berlin,
    );
    assert.ok(starts.every((at, index) => index === 0 || at > (starts[index - 1] ?? at)));
    assert.equal(starts.at(-1), Date.UTC(2026, 9, 25, 6));
  });

  it('are weeks from Monday and months from the first', () => {
    // 20 May 2026 is a Wednesday.
    const at = Date.UTC(2026, 4, 20, 9);
    assert.equal(startOf('week', at, utc), Date.UTC(2026, 4, 18));
    assert.equal(startOf('month', at, utc), Date.UTC(2026, 4, 1));
    const months = periodStarts('month', Date.UTC(2025, 11, 31), at, utc);
    assert.deepEqual(months, [
      Date.UTC(2025, 11),
      ...[0, 1, 2, 3, 4].map((month) => Date.UTC(2026, month)),
    ]);
  });

  it('are so long that a chart has room for them', () => {
    const now = Date.UTC(2026, 4, 20);
    assert.equal(unitOf('24h', now - DAY, now), 'hour');
    assert.equal(unitOf('30d', now - 30 * DAY, now), 'day');
    assert.equal(unitOf('all', now - 62 * DAY, now), 'day');
    assert.equal(unitOf('all', now - 63 * DAY, now), 'week');
    assert.equal(unitOf('all', now - 2000 * DAY, now), 'month');
    assert.equal(periodStarts('day', now + DAY, now, utc).length, 1);
  });
});
