import assert from 'node:assert/strict';
import { metricsText } from '../../../src/cli/metricsCommand.ts';
import { metricsOf } from '../../../src/core/projections/metrics.ts';
import { TempProject } from '../../support/project.ts';
import { objects, sluice } from './commandLine.ts';

describe('sluice metrics', function () {
  this.timeout(30_000);
  let project: TempProject;

  beforeEach(() => {
    project = new TempProject('plain');
    project.agent('good', "console.log('fine')");
    project.agent('bad', 'process.exit(3)');
    project.workflow('mixed', { a: { agent: 'good' }, b: { agent: 'bad' } });
  });
  afterEach(() => project.dispose());

  const ask = (...args: readonly string[]) => sluice(project, ...args);

  it('says that nothing has run where nothing has', async () => {
    const { code, out } = await ask('metrics');
    assert.equal(code, 0);
    assert.equal(
      out,
      'In the last 7 days: 0 running · 0 paused · 0 completed · 0 terminated · 0 failed\nNo task of an agent has ended in this time.\n\nThe cache was not asked in this time.\n',
    );
  });

  it('tells how agents have done, as a table, as CSV and as one object', async () => {
    await ask('run', 'mixed');
    await ask('run', 'mixed');
    const { out } = await ask('metrics', '--since', '24h');
    assert.match(out, /^In the last 24 hours: 0 running · 0 paused · 2 completed · 0 term/);
    assert.match(out, /\nagent +tasks +success +mean +p95 +tokens +cost +retries +reused\n/);
    assert.match(out, /\nbad +2 +0 % .* - +- +0 +0\n/);
    assert.match(out, /\ngood +1 +100 % .* - +- +0 +1\n/);
    assert.match(out, /\nCache: 1 of \d+ tasks answered \(\d+ %\), saved \d+/);

    const csv = (await ask('metrics', '--csv')).out.split('\r\n');
    assert.match(csv[0]!, /^agent,succeeded,failed,cancelled,reused,success_rate,/);
    assert.deepEqual(
      csv.slice(1).map((line) => line.split(',').slice(0, 6)),
      [['bad', '0', '2', '0', '0', '0'], ['good', '1', '0', '0', '1', '1'], ['']],
    );
    const runs = (await ask('metrics', '--csv', 'runs')).out.split('\r\n');
    assert.match(runs[1]!, /^mixed-2,,mixed,degraded,2/);

    const [facts] = objects((await ask('metrics', '--json', '--since', 'all')).out);
    assert.deepEqual(
      [facts?.['kind'], facts?.['version'], facts?.['from']],
      ['sluice-metrics', 1, null],
    );
    assert.equal((facts?.['runs'] as readonly unknown[]).length, 2);
  });

  it('refuses what it does not know, and two formats at once', async () => {
    const both = await ask('metrics', '--json', '--csv');
    assert.deepEqual([both.code, both.err], [2, 'sluice: Choose one of --json and --csv.\n']);
    const since = await ask('metrics', '--since', '2d');
    assert.equal(since.code, 2);
    assert.match(since.err, /Allowed choices are 24h, 7d, 30d, all\./);
    assert.match((await ask('metrics', '--csv', 'tasks')).err, /Allowed choices are agents, runs/);
  });

  it('tells a cost that nobody knows as unknown', () => {
    const picture = metricsOf([], { window: 'all', now: 0, zone: () => 0 });
    const tokens = { input: 900, output: 100, isEstimate: true };
    const agents = (['unknown', 'partly'] as const).map((kind) => ({
      ...picture.tasks,
      agent: kind,
      fixes: undefined,
      tokens,
      cost: kind === 'unknown' ? { kind } : { kind, usd: 1.25 },
    }));
    const text = metricsText({ ...picture, agents });
    assert.match(text, /\nunknown .* ~1,000 +unknown +0 +0\n/);
    assert.match(text, /\npartly .* ~1,000 +at least \$1\.25 +0 +0\n/);
  });
});
