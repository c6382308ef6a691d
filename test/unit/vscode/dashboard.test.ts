import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { runIdOf } from '../../../src/core/domain/ids.ts';
import { foldRun } from '../../../src/core/journal/fold.ts';
import { FactsShelf } from '../../../src/core/projections/metricsFacts.ts';
import type { BookEntry } from '../../../src/core/projections/runBook.ts';
import {
  dashboardPicture,
  dashboardReport,
  type DashboardFolder,
} from '../../../src/vscode/dashboard/dashboardPicture.ts';
import { FIRST_VIEW, parseDashboardMessage } from '../../../src/vscode/dashboard/pageMessage.ts';
import { pageHtml } from '../../../src/vscode/pageHtml.ts';
import { commandOfStep, commandOfVerb } from '../../../src/vscode/dashboard/runCommands.ts';
import { parseHostMessage } from '../../../src/webview/dashboard/messages.ts';
import { plan, step } from '../../support/plans.ts';
import { finished, history, started, succeeded } from '../projections/histories.ts';

const NOON = Date.UTC(2026, 4, 20, 12);
const HOUR = 3_600_000;
const one = plan(step('a'));
const DONE = [started('a'), succeeded('a'), finished('succeeded')];

function entry(number: number, hoursAgo: number, bodies: readonly EventBody[] = DONE): BookEntry {
  const run = runIdOf('example', number);
  const at = NOON - hoursAgo * HOUR;
  const events = history(bodies, run).map((event, index) => ({ ...event, at: at + index }));
  return {
    kind: 'readable',
    run,
    plan: one,
    state: foldRun(one, events),
    driven: { kind: 'here' },
    damage: undefined,
  };
}

const shop: DashboardFolder = { folder: 'file:///shop', name: 'shop', entries: [] };
const tools: DashboardFolder = { folder: 'file:///tools', name: 'tools', entries: [] };

function source(...folders: readonly DashboardFolder[]) {
  return { folders, shelf: new FactsShelf(), problems: [], now: NOON, zone: () => 0 };
}

describe('The picture of the dashboard', () => {
  const both = source(
    { ...shop, entries: [entry(3, 1, [started('a')]), entry(2, 2)] },
    { ...tools, entries: [entry(1, 1.5), entry(7, 99 * 24)] },
  );

  it('is one that the page reads', () => {
    const picture = dashboardPicture(both, FIRST_VIEW);
    const message = { type: 'dashboard', picture };
    assert.deepEqual(parseHostMessage(structuredClone(message)), message);
  });

  it('has the runs of all folders, newest first, and says which folder each is of', () => {
    const { runs, runCount, everCount, view } = dashboardPicture(both, FIRST_VIEW);
    assert.deepEqual(
      runs.map(({ run, folder }) => [run, folder]),
      [
        ['example-3', 'file:///shop'],
        ['example-1', 'file:///tools'],
        ['example-2', 'file:///shop'],
      ],
    );
    assert.deepEqual([runCount, everCount, view.folder], [3, 4, undefined]);
  });

  it('has those of one folder alone where that is chosen, and all where it is gone', () => {
    const of = (folder: string) => dashboardPicture(both, { ...FIRST_VIEW, folder });
    const tool = of('file:///tools');
    assert.deepEqual(
      tool.runs.map(({ run }) => run),
      ['example-1'],
    );
    assert.equal(tool.metrics.tasks.succeeded, 1);
    assert.equal(tool.view.folder, 'file:///tools');
    assert.equal(of('file:///gone').runs.length, 3);
    assert.equal(of('file:///gone').view.folder, undefined);
  });

  it('filters the table, and neither counts nor figures', () => {
    const { runs, runCount, metrics } = dashboardPicture(both, { ...FIRST_VIEW, group: 'running' });
    assert.deepEqual(
      runs.map(({ run }) => run),
      ['example-3'],
    );
    assert.equal(runCount, 1);
    assert.deepEqual([metrics.runs.running, metrics.runs.completed], [1, 2]);
  });

  it('has as many rows as are wanted, and says how many there are', () => {
    const { runs, runCount } = dashboardPicture(both, { ...FIRST_VIEW, window: 'all', most: 2 });
    assert.deepEqual([runs.length, runCount], [2, 4]);
  });

  it('offers of a run what can be asked of it, and the graph of any', () => {
    const [running, done] = dashboardPicture(both, FIRST_VIEW).runs;
    assert.deepEqual(running?.verbs, ['pause', 'cancel', 'graph']);
    assert.deepEqual(done?.verbs, ['graph', 'drop']);
  });

  it('names runs that cannot be read instead of counting them', () => {
    const lost = (number: number): BookEntry => ({
      kind: 'unreadable',
      run: runIdOf('example', number),
      why: 'it ends in the middle',
    });
    const told = (...entries: BookEntry[]) =>
      dashboardPicture(source({ ...shop, entries }), FIRST_VIEW).notices;
    assert.deepEqual(told(lost(4)), [
      'The journal of example-4 cannot be read, so it is not counted. The Runs view says why.',
    ]);
    assert.match(told(lost(1), lost(2), lost(3), lost(4))[0]!, /^The journals of .*-3 and 1 more /);
    assert.deepEqual(told(), []);
  });

  it('is whole in a file, however the table is filtered', () => {
    const view = { ...FIRST_VIEW, group: 'failed', most: 1 } as const;
    const report = dashboardReport(both, view);
    assert.deepEqual(
      report.runs.map(({ run, folder }) => [run, folder]),
      [
        ['example-3', 'shop'],
        ['example-1', 'tools'],
        ['example-2', 'shop'],
      ],
    );
    const alone = dashboardReport(both, { ...view, folder: 'file:///shop' });
    assert.deepEqual(new Set(alone.runs.map(({ folder }) => folder)), new Set([undefined]));
  });

  it('looks at a run again only when something has happened in it', () => {
    const ended = entry(2, 2);
    const shelf = new FactsShelf();
    const [first] = shelf.of([ended]);
    assert.equal(shelf.of([ended])[0], first);
    assert.notEqual(shelf.of([entry(2, 2, [started('a')])])[0], first);
  });
});

describe('A message of the dashboard', () => {
  it('is read when it is one', () => {
    const messages = [
      { type: 'view', view: FIRST_VIEW },
      { type: 'view', view: { ...FIRST_VIEW, folder: 'file:///shop', group: 'failed' } },
      { type: 'verb', folder: 'file:///shop', run: 'review-1', verb: 'pause' },
      { type: 'first-step', step: 'add-pack' },
      { type: 'export' },
    ];
    for (const message of messages) {
      assert.deepEqual(parseDashboardMessage({ ...message, also: 1 }), message);
    }
  });

  it('cannot ask for more rows than a page can have', () => {
    const read = parseDashboardMessage({ type: 'view', view: { ...FIRST_VIEW, most: 1e9 } });
    assert.equal(read?.type === 'view' && read.view.most, 1000);
  });

  it('is passed over when any part of it is not what it should be', () => {
    const view = (change: object) => ({ type: 'view', view: { ...FIRST_VIEW, ...change } });
    const wrong: readonly unknown[] = [
      ...[undefined, null, 'view', [], {}, { type: 'view' }, { type: 'toString' }],
      ...[view({ window: '1d' }), view({ folder: 1 }), view({ group: 'valueOf' })],
      ...[view({ most: 0 }), view({ most: 2.5 }), view({ most: '8' })],
      { type: 'verb', folder: 'f', run: 'r-1', verb: 'constructor' },
      { type: 'verb', folder: 'f', verb: 'pause' },
      { type: 'first-step', step: 'workbench.action.quit' },
    ];
    for (const message of wrong) {
      assert.equal(parseDashboardMessage(message), undefined, JSON.stringify(message));
    }
  });

  it('is passed over when it is anything at all', () => {
    const types = fc.constantFrom('view', 'verb', 'first-step', 'nothing');
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), types, (anything, type) => {
        assert.equal(parseDashboardMessage(anything), undefined);
        const parts = { view: anything, folder: anything, run: anything, verb: anything };
        assert.equal(parseDashboardMessage({ type, ...parts, step: anything }), undefined);
      }),
      { numRuns: 10_000 },
    );
  });

  it('leads to commands that there are', () => {
    assert.equal(commandOfVerb('unpause'), 'sluice.resumeRun');
    assert.equal(commandOfVerb('graph'), 'sluice.showGraph');
    assert.equal(commandOfStep('run-workflow'), 'sluice.runWorkflow');
  });
});

describe('The frame of the dashboard', () => {
  it('allows one script by its nonce, one style sheet, and nothing else', () => {
    const html = pageHtml({
      title: 'A <page>',
      data: { subject: '{"run":"x"}' },
      nonce: 'abc',
      cspSource: 'https://*.host',
      script: 'https://a.host/dashboard.js?x="&y',
      style: 'https://a.host/dashboard.css',
    });
    const policy = /content="(default-src[^"]*)"/.exec(html)?.[1];
    assert.equal(
      policy,
      "default-src 'none'; style-src https://*.host; script-src 'nonce-abc'; base-uri 'none'; form-action 'none'",
    );
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.ok(html.includes('src="https://a.host/dashboard.js?x=&quot;&amp;y"'));
    assert.ok(html.includes('<title>A &lt;page&gt;</title>'));
    assert.ok(html.includes('<body data-subject="{&quot;run&quot;:&quot;x&quot;}">'));
    assert.ok(!/ on\w+=|style="/.test(html));
  });
});
