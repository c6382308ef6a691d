import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  METRICS_TABLES,
  metricsCsv,
  metricsJson,
  type MetricsReport,
} from '../../../src/core/projections/metricsExport.ts';
import { metricsOf } from '../../../src/core/projections/metrics.ts';
import type { AgentMetrics, Cost } from '../../../src/core/projections/metricsPicture.ts';

const NOON = Date.UTC(2026, 4, 20, 12);

function report(agent: string, cost: Cost = { kind: 'none' }): MetricsReport {
  const picture = metricsOf([], { window: '24h', now: NOON, zone: () => 0 });
  const metrics: AgentMetrics = { ...picture.tasks, agent, cost, fixes: undefined };
  return {
    picture: { ...picture, agents: [metrics] },
    runs: [
      {
        run: 'review-1',
        workflow: agent,
        folder: undefined,
        status: 'succeeded',
        group: 'completed',
        startedAt: NOON - 5000,
        endedAt: NOON,
        tookMs: 5000,
        done: 2,
        tasks: 2,
        tokens: { input: 10, output: 2, isEstimate: true },
        cost,
        reused: 1,
        missed: 1,
        fixes: undefined,
        tests: undefined,
      },
    ],
  };
}

/** RFC 4180, read strictly. */
function parse(csv: string): string[][] {
  const rows: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < csv.length) {
    const found = field.exec(csv);
    assert.ok(found, `no field at ${field.lastIndex} of ${JSON.stringify(csv)}`);
    const [, quoted, plain = '', end] = found;
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') {
      rows.push([]);
    }
  }
  assert.deepEqual(rows.pop(), []);
  return rows;
}

describe('Figures as CSV', () => {
  it('are a table with a heading, whatever agents are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        for (const table of METRICS_TABLES) {
          const [head, ...rows] = parse(metricsCsv(report(name), table));
          assert.ok(rows.length > 0 || table === 'fixes');
          assert.ok(rows.every((row) => row.length === head?.length));
        }
        const cell = parse(metricsCsv(report(name), 'agents'))[1]?.[0];
        assert.ok(cell === name || cell === `'${name}`);
        assert.doesNotMatch(cell, /^[=+\-@\t\r\n]/);
      }),
      { numRuns: 500 },
    );
  });

  it('begin no formula in a spreadsheet', () => {
    for (const name of ['=1+1', '+1', '-1', '@sum', '\tx', '\rx', '＝1', '=HYPERLINK("x","y")']) {
      assert.equal(parse(metricsCsv(report(name), 'agents'))[1]?.[0], `'${name}`);
    }
    assert.equal(parse(metricsCsv(report('a-b'), 'agents'))[1]?.[0], 'a-b');
  });

  it('tell a cost that nobody knows as unknown, and one that is not all as that', () => {
    const cost = (of: Cost) => {
      const [head = [], row = []] = parse(metricsCsv(report('a', of), 'agents'));
      return [row[head.indexOf('usd')], row[head.indexOf('usd_complete')]];
    };
    assert.deepEqual(cost({ kind: 'none' }), ['', '']);
    assert.deepEqual(cost({ kind: 'known', usd: 0 }), ['0', 'true']);
    assert.deepEqual(cost({ kind: 'partly', usd: 1.5 }), ['1.5', 'false']);
    assert.deepEqual(cost({ kind: 'unknown' }), ['unknown', 'false']);
  });

  it('have a run a row, with its times in UTC', () => {
    assert.deepEqual(parse(metricsCsv(report('review'), 'runs'))[1], [
      ...['review-1', '', 'review', 'succeeded'],
      ...['2026-05-20T11:59:55.000Z', '2026-05-20T12:00:00.000Z', '5000'],
      ...['2', '2', '10', '2', 'true', '', '', '1', '1', '', '', '', '', '', ''],
    ]);
  });
});

describe('Figures as JSON', () => {
  it('are one object that says its kind and version, with null where there is nothing', () => {
    const text = metricsJson(report('a', { kind: 'unknown' }), 0);
    assert.equal(text.indexOf('\n'), text.length - 1);
    const told = JSON.parse(text) as Record<string, unknown>;
    assert.deepEqual(Object.keys(told), [
      ...['kind', 'version', 'window', 'from', 'to', 'counts', 'tasks', 'agents', 'cache'],
      ...['mending', 'tests', 'unit', 'periods', 'runs'],
    ]);
    assert.deepEqual(
      [told['kind'], told['version'], told['from']],
      ['sluice-metrics', 1, '2026-05-19T12:00:00.000Z'],
    );
    const [agent] = told['agents'] as readonly Record<string, unknown>[];
    assert.deepEqual([agent?.['meanMs'], agent?.['cost']], [null, { kind: 'unknown' }]);
    const indented = metricsJson(report('a', { kind: 'unknown' }), 2);
    assert.deepEqual(JSON.parse(indented), told);
  });
});
