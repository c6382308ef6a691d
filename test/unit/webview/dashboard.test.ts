import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {
  AgentMetrics,
  MetricsPicture,
  Period,
} from '../../../src/core/projections/metricsPicture.ts';
import { metricsOf } from '../../../src/core/projections/metrics.ts';
import { chartsOf, spokenChart, stacked } from '../../../src/webview/dashboard/chartData.ts';
import {
  FIRST_STATE,
  parseHostMessage,
  parseSavedState,
} from '../../../src/webview/dashboard/messages.ts';
import {
  sortAfter,
  sortedAgents,
  type SortColumn,
} from '../../../src/webview/dashboard/sorting.ts';
import {
  costText,
  coverageText,
  doneText,
  fixesText,
  fixesTitle,
  newsBetween,
  rateText,
  shortTime,
  testsText,
  timeText,
} from '../../../src/webview/dashboard/words.ts';

const NOON = Date.UTC(2026, 4, 20, 12);
const empty = metricsOf([], { window: '7d', now: NOON, zone: () => 0 });

function agent(name: string, change: Partial<AgentMetrics> = {}): AgentMetrics {
  return { ...empty.tasks, agent: name, fixes: undefined, ...change };
}

const message = {
  type: 'dashboard',
  picture: {
    view: FIRST_STATE.view,
    folders: [{ folder: 'file:///shop', name: 'shop' }],
    metrics: {
      ...empty,
      agents: [
        agent('lint', {
          cost: { kind: 'known', usd: 1 },
          fixes: { opened: 3, mended: 1, missed: 1, medianMs: undefined },
        }),
      ],
      mending: {
        ...{ withoutFix: 1, withFixes: 1, failed: 0 },
        kinds: [
          {
            ...{ fault: 'timeout', opened: 3, mended: 1, missed: 1, medianMs: 900 },
            ...{ asked: 1, givenUp: 0 },
          },
        ],
      },
    },
    runs: [
      {
        folder: 'file:///shop',
        verbs: ['pause', 'graph'],
        run: 'review-1',
        workflow: 'review',
        status: 'running',
        group: 'running',
        startedAt: NOON,
        endedAt: undefined,
        tookMs: 12,
        done: 1,
        tasks: 2,
        tokens: { input: 1, output: 2, isEstimate: false },
        cost: { kind: 'unknown' },
        reused: 0,
        missed: 1,
        fixes: 2,
        tests: { tasks: 1, passed: 3, failed: 0, skipped: 0, coverage: undefined },
      },
    ],
    runCount: 1,
    everCount: 1,
    notices: ['Something is in the way.'],
  },
};

/** The message with something else at a path. */
function withAt(path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(message) as unknown;
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) {
    at = at[key] as Record<string | number, unknown>;
  }
  at[path.at(-1)!] = value;
  return copy;
}

describe('A message to the dashboard', () => {
  it('is read when it is a picture', () => {
    assert.deepEqual(parseHostMessage(message), message);
  });

  it('is passed over when any part of it is not what it should be', () => {
    const wrong: readonly (readonly [readonly (string | number)[], unknown])[] = [
      [['type'], 'picture'],
      [['picture'], null],
      [['picture', 'view', 'window'], '8d'],
      [['picture', 'view', 'group'], 'toString'],
      [['picture', 'view', 'most'], 1.5],
      [['picture', 'folders'], {}],
      [['picture', 'folders', 0, 'name'], 4],
      [['picture', 'metrics', 'to'], Number.NaN],
      [['picture', 'metrics', 'to'], 1e300],
      [['picture', 'metrics', 'runs', 'failed'], '0'],
      [['picture', 'metrics', 'tasks', 'cost'], { kind: 'known' }],
      [['picture', 'metrics', 'agents', 0, 'cost'], { kind: 'free', usd: 0 }],
      [['picture', 'metrics', 'agents', 0, 'tokens', 'input'], undefined],
      [['picture', 'metrics', 'cache', 'rate'], null],
      [['picture', 'metrics', 'agents', 0, 'fixes'], {}],
      [['picture', 'metrics', 'mending', 'kinds', 0, 'fault'], 1],
      [['picture', 'metrics', 'mending', 'kinds', 0, 'medianMs'], '1'],
      [['picture', 'metrics', 'tests'], null],
      [['picture', 'runs', 0, 'fixes'], '2'],
      [['picture', 'runs', 0, 'tests', 'coverage'], 84],
      [['picture', 'metrics', 'unit'], 'year'],
      [['picture', 'metrics', 'periods', 0, 'start'], '1'],
      [['picture', 'runs', 0, 'verbs'], ['delete']],
      [['picture', 'runs', 0, 'status'], '__proto__'],
      [['picture', 'runCount'], Infinity],
      [['picture', 'notices'], [1]],
    ];
    for (const [path, value] of wrong) {
      assert.equal(parseHostMessage(withAt(path, value)), undefined, path.join('.'));
    }
  });

  it('is passed over when it is anything at all', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (anything) => {
        assert.equal(parseHostMessage(anything), undefined);
        assert.equal(parseHostMessage({ type: 'dashboard', picture: anything }), undefined);
        assert.equal(parseSavedState(anything), FIRST_STATE);
      }),
      { numRuns: 10_000 },
    );
  });

  it('leaves what was kept before a reload as it was', () => {
    const state = { ...FIRST_STATE, sort: { column: 'cost', isDescending: false } };
    assert.deepEqual(parseSavedState(state), state);
    const wrong = { ...state, sort: { column: 'toString', isDescending: true } };
    assert.equal(parseSavedState(wrong), FIRST_STATE);
  });
});

describe('The order of the agents', () => {
  const agents = [
    agent('b', { cost: { kind: 'unknown' }, successRate: 0.5 }),
    agent('a10', { cost: { kind: 'known', usd: 2 }, successRate: undefined }),
    agent('a9', { cost: { kind: 'partly', usd: 3 }, successRate: 1 }),
    agent('c', { cost: { kind: 'none' }, successRate: 0.5 }),
  ];
  const names = (column: SortColumn, isDescending: boolean) =>
    sortedAgents(agents, { column, isDescending }).map((one) => one.agent);

  it('has those without a figure last, either way, and equals by name', () => {
    assert.deepEqual(names('cost', true), ['a9', 'a10', 'b', 'c']);
    assert.deepEqual(names('cost', false), ['a10', 'a9', 'b', 'c']);
    assert.deepEqual(names('success', true), ['a9', 'b', 'c', 'a10']);
    assert.deepEqual(names('agent', false), ['a9', 'a10', 'b', 'c']);
  });

  it('begins with the largest, with names from the first, and turns round when asked again', () => {
    const byCost = sortAfter({ column: 'agent', isDescending: false }, 'cost');
    assert.deepEqual(byCost, { column: 'cost', isDescending: true });
    assert.deepEqual(sortAfter(byCost, 'cost'), { column: 'cost', isDescending: false });
    assert.deepEqual(sortAfter(byCost, 'agent'), { column: 'agent', isDescending: false });
  });
});

describe('The charts of the dashboard', () => {
  const period = (change: Partial<Period>): Period => ({
    start: NOON,
    completed: 0,
    terminated: 0,
    failed: 0,
    p95Ms: undefined,
    tokens: 0,
    cost: { kind: 'none' },
    ...change,
  });
  const charts = (periods: readonly Period[], change: Partial<MetricsPicture> = {}) =>
    chartsOf({ ...empty, unit: 'day', periods, ...change }, 'en');

  it('say in words that there is nothing to draw', () => {
    const [runs, spent, times] = charts([period({})]);
    assert.deepEqual(
      [runs?.nothing, spent?.nothing, times?.nothing],
      [
        'No run has ended in this time.',
        'No model was asked in this time.',
        'No task has run in this time.',
      ],
    );
    assert.equal(spokenChart(runs!), 'Runs per day. No run has ended in this time.');
  });

  it('stand outcomes on one another, and say each by itself', () => {
    const [runs] = charts([period({ completed: 3, failed: 2 }), period({ terminated: 1 })], {
      runs: { running: 0, paused: 0, completed: 3, terminated: 1, failed: 2 },
    });
    assert.deepEqual(stacked(runs!.series), [
      [5, undefined],
      [undefined, 1],
      [3, undefined],
    ]);
    assert.deepEqual(
      runs!.series.map(({ texts }) => texts),
      [
        ['3', '0'],
        ['0', '1'],
        ['2', '0'],
      ],
    );
    assert.equal(spokenChart(runs!), 'Runs per day. In all: Completed 3, Terminated 1, Failed 2.');
    assert.equal(new Set(runs!.series.map(({ look }) => look)).size, 3);
  });

  it('show money where some is known, else tokens, and an unknown cost by its name', () => {
    const known = period({ tokens: 5, cost: { kind: 'known', usd: 0.5 } });
    const unknown = period({ tokens: 7, cost: { kind: 'unknown' } });
    const [, money] = charts([known, unknown]);
    assert.equal(money?.title, 'Cost per day');
    assert.deepEqual(money.series[0]?.texts, ['$0.50', 'unknown']);
    const tasks = { ...empty.tasks, tokens: { input: 7, output: 0, isEstimate: false } };
    const [, tokens] = charts([unknown], { tasks });
    assert.equal(tokens?.title, 'Tokens per day');
    assert.deepEqual(tokens.series[0]?.values, [7]);
  });

  it('leave a gap where no task ran', () => {
    const [, , times] = charts([period({ p95Ms: 1200 }), period({})], {
      tasks: { ...empty.tasks, p95Ms: 1200 },
    });
    assert.deepEqual(times?.series[0]?.values, [1200, undefined]);
    assert.deepEqual(times.series[0].texts, ['1.2 s', '–']);
  });
});

describe('Figures of the dashboard as words', () => {
  it('tell fixes beside the steps of a run, where it has any', () => {
    const done = { done: 4, tasks: 6 };
    assert.deepEqual(
      [undefined, 0, 1, 2].map((fixes) => doneText({ ...done, fixes })),
      ['4 of 6', '4 of 6', '4 of 6 + 1 fix', '4 of 6 + 2 fixes'],
    );
  });

  it('tell of an agent how many of its fixes mended something, and what became of the others', () => {
    const fixes = { opened: 4, mended: 2, missed: 1, medianMs: 1500 };
    assert.deepEqual([fixesText(fixes), fixesText(undefined)], ['2 of 4', '–']);
    assert.equal(
      fixesTitle(fixes),
      '2 mended, 1 did not, 1 under way or stopped, half of them took no longer than 1.5 s',
    );
    assert.equal(fixesTitle({ ...fixes, opened: 3, medianMs: undefined }), '2 mended, 1 did not');
  });

  it('say of tests what is worth a word, and nothing where nothing reported any', () => {
    const tests = { tasks: 2, passed: 12, failed: 0, skipped: 0, coverage: undefined };
    assert.equal(testsText(undefined), '');
    assert.equal(testsText(tests), '12 tests passed');
    assert.equal(
      testsText({ ...tests, failed: 1, skipped: 2, coverage: { lowest: 70, highest: 84.46 } }),
      '12 tests passed, 1 failed, 2 skipped, 70 to 84.5 % covered',
    );
    assert.equal(coverageText({ lowest: 84, highest: 84.01 }), '84 %');
  });

  it('are 100 % only when it is all, and a dash when there is nothing', () => {
    assert.deepEqual([0.999, 1, 0, undefined].map(rateText), ['99 %', '100 %', '0 %', '–']);
  });

  it('never make nothing of a cost that nobody knows', () => {
    assert.equal(costText({ kind: 'unknown' }), 'unknown');
    assert.equal(costText({ kind: 'partly', usd: 2 }), '≥ $2.00');
    assert.equal(costText({ kind: 'known', usd: 0 }), '$0.00');
    assert.equal(costText({ kind: 'known', usd: 0.001 }), '< $0.01');
    assert.equal(costText({ kind: 'none' }), '–');
  });

  it('tell times without a leap from one unit to the next', () => {
    assert.deepEqual([999, 59_949, 59_960, 119_600, 3_600_000].map(timeText), [
      ...['999 ms', '59.9 s', '1 min 00 s', '2 min 00 s', '1 h 00 min'],
    ]);
    assert.deepEqual([0, 1500, 60_000, 5_400_000].map(shortTime), [
      ...['0', '1.5 s', '1 min', '1.5 h'],
    ]);
  });

  it('tell a screen reader what has changed, and not that another window was chosen', () => {
    const later = { ...empty, runs: { ...empty.runs, completed: 2 } };
    assert.equal(newsBetween(empty, later), 'Completed: 2');
    assert.equal(newsBetween(empty, empty), '');
    assert.equal(newsBetween(empty, { ...later, window: 'all' }), '');
  });
});
