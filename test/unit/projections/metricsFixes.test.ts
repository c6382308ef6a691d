import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { DEFAULT_DEBUG_RULE } from '../../../src/core/domain/debugging.ts';
import { agentName } from '../../../src/core/domain/ids.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { metricsOf, runMetrics } from '../../../src/core/projections/metrics.ts';
import { metricsCsv } from '../../../src/core/projections/metricsExport.ts';
import { factsOfRun, type RunFacts } from '../../../src/core/projections/metricsFacts.ts';
import type { MetricsPicture } from '../../../src/core/projections/metricsPicture.ts';
import { plan, step } from '../../support/plans.ts';
import {
  answered,
  called,
  callEnded,
  dropped,
  failed,
  finished,
  opened,
  RUN,
  started,
  succeeded,
  task,
} from './histories.ts';
import {
  askFix,
  faulted,
  mendedOnce,
  mendings,
  openedFix,
  proved,
  RED,
  report,
  runAfter,
} from './mended.ts';

// The whole history is in the first minute of 1970, and all is looked at from its end.
const NOW = 60_000;

const debug = { debug: DEFAULT_DEBUG_RULE };
const flow = plan(step('a', [], debug), step('b', [], debug), step('c'));
const [FIX, DEEPER, GATE] = ['a_branch_01', 'a_branch_01_branch_01', 'a_branch_gate'];
const deeper = { parent: task(FIX), depth: 2, fault: 'missing_dependency' } as const;

/** Two fixes of `a` did not mend it, and a person is asked. */
const stuck: readonly EventBody[] = [
  ...[started('a'), faulted('a')],
  ...[...mendedOnce('a', FIX), faulted('a', 2)],
  ...[...mendedOnce('a', DEEPER, 3, deeper), faulted('a', 3)],
  askFix('a', GATE),
];
const givenUp: readonly EventBody[] = [
  ...stuck,
  ...[opened(GATE), answered(GATE, 'rejected')],
  { type: 'task-given-up', task: task('a'), failure: RED },
];

function factsOf(of: RunPlan, ...bodies: readonly EventBody[]): RunFacts {
  const { plan: now, state } = runAfter(of, ...bodies);
  return factsOfRun({
    ...{ kind: 'readable', run: RUN, plan: now, state, damage: undefined },
    driven: { kind: 'here' },
  });
}

function pictureOf(facts: readonly RunFacts[], now = NOW): MetricsPicture {
  return metricsOf(facts, { window: '24h', now, zone: () => 0 });
}

function figures(...bodies: readonly EventBody[]): MetricsPicture {
  return pictureOf([factsOf(flow, ...bodies)]);
}

function agentIn({ agents }: MetricsPicture, name: string) {
  const found = agents.find(({ agent }) => agent === name);
  assert.ok(found, `${name} has no figures`);
  return found;
}

describe('The figures of fixes', () => {
  it('tell by kind of fault what was opened, what mended, and what a person was asked', () => {
    const picture = figures(
      ...stuck,
      ...[opened(GATE), answered(GATE, 'approved', 'Once more')],
      ...mendedOnce('a', 'a_branch_02', 4, { fault: 'missing_dependency' }),
      proved('a', 4),
    );
    assert.deepEqual(picture.mending, {
      ...{ withoutFix: 0, withFixes: 1, failed: 0 },
      kinds: [
        {
          ...{ fault: 'missing_dependency', opened: 2, mended: 1, missed: 1, medianMs: 1500 },
          ...{ asked: 0, givenUp: 0 },
        },
        {
          ...{ fault: 'implementation_bug', opened: 1, mended: 0, missed: 1, medianMs: 1500 },
          ...{ asked: 1, givenUp: 0 },
        },
      ],
    });
  });

  it('count a task that is given up by the kind that was found last', () => {
    const { mending } = figures(...givenUp);
    assert.deepEqual(
      mending?.kinds.map(({ fault, opened: fixes, missed, asked, givenUp: lost }) => [
        ...[fault, fixes, missed, asked, lost],
      ]),
      [
        ['implementation_bug', 1, 1, 1, 1],
        ['missing_dependency', 1, 1, 0, 0],
      ],
    );
    assert.equal(mending.failed, 1);
  });

  it('part tasks that may be mended into those without a fix, with fixes, and failed', () => {
    const { mending } = pictureOf([
      factsOf(flow, ...givenUp, started('b'), succeeded('b'), started('c'), succeeded('c')),
      factsOf(flow, ...[started('a'), faulted('a'), ...mendedOnce('a', FIX), proved('a', 2)]),
      factsOf(flow, started('a'), dropped('a', 5), started('b'), failed('b', RED)),
    ]);
    // `c` is not mended when it fails, so it is in none of them; what was stopped is not either.
    const { withoutFix, withFixes, failed: lost } = mending ?? {};
    assert.deepEqual([withoutFix, withFixes, lost], [1, 1, 2]);
  });

  it('count a fix neither way while nobody knows, and where it was stopped', () => {
    const begun = [started('a'), faulted('a'), openedFix('a', FIX), started(FIX)];
    for (const bodies of [begun, [...begun, dropped(FIX), dropped('a')]]) {
      const { mending } = figures(...bodies);
      const [kind] = mending?.kinds ?? [];
      assert.deepEqual([kind?.opened, kind?.mended, kind?.missed], [1, 0, 0]);
    }
    const inProof = figures(started('a'), faulted('a'), ...mendedOnce('a', FIX));
    assert.deepEqual(agentIn(inProof, 'coder').fixes, {
      ...{ opened: 1, mended: 0, missed: 0, medianMs: 1500 },
    });
    const lost = figures(...begun, failed(FIX, RED));
    assert.equal(agentIn(lost, 'coder').fixes?.missed, 1);
  });

  it('are no tasks of agents: who mended has it apart, and its own agent the success, once', () => {
    const asked = [called(FIX), callEnded(FIX, 1, {})];
    const picture = figures(
      ...[started('a'), faulted('a'), openedFix('a', FIX), started(FIX), ...asked],
      ...[succeeded(FIX, 'src/greet.ts'), started('a', 2), proved('a', 2)],
    );
    const fixer = agentIn(picture, 'coder');
    assert.deepEqual(
      [fixer.succeeded, fixer.failed, fixer.successRate, fixer.meanMs, fixer.retries],
      [0, 0, undefined, undefined, 0],
    );
    // What it has spent is its own all the same.
    assert.deepEqual(fixer.cost, { kind: 'known', usd: 0.03 });
    assert.deepEqual(fixer.fixes, { opened: 1, mended: 1, missed: 0, medianMs: 1500 });
    const own = agentIn(picture, 'a-agent');
    // Its last attempt only proved the fix: it tells no time of work, and is no retry.
    assert.deepEqual(
      [own.succeeded, own.successRate, own.meanMs, own.retries, own.fixes],
      [1, 1, undefined, 0, undefined],
    );
    assert.equal(picture.tasks.succeeded, 1);
  });

  it('have no time for a task that was given up, and count its attempts before the fixes', () => {
    const twice: readonly EventBody[] = [
      started('a'),
      { type: 'task-interrupted', task: task('a'), attempt: 1 },
      started('a', 2),
      { ...faulted('a', 1), attempt: 2 } as EventBody,
      ...[...mendedOnce('a', FIX, 3), faulted('a', 3), askFix('a', GATE)],
      ...[opened(GATE), answered(GATE, 'rejected')],
      { type: 'task-given-up', task: task('a'), failure: RED },
    ];
    const own = agentIn(figures(...twice), 'a-agent');
    assert.deepEqual([own.failed, own.retries, own.meanMs], [1, 1, undefined]);
  });

  it('are counted beside the steps of their run', () => {
    const facts = factsOf(flow, ...stuck);
    const { done, tasks, fixes } = runMetrics(facts, NOW);
    assert.deepEqual([done, tasks, fixes], [0, 3, 2]);
    assert.equal(runMetrics(factsOf(flow, started('a')), NOW).fixes, 0);
  });

  it('count in the window in which the task they are for ended, all of it together', () => {
    const facts = factsOf(flow, ...[started('a'), faulted('a')], ...mendedOnce('a', FIX));
    const mended = factsOf(
      flow,
      ...[started('a'), faulted('a'), ...mendedOnce('a', FIX), proved('a', 2)],
    );
    const DAY = 86_400_000;
    // The failure is the third event, so 3 seconds after 1970 began; the end of the task is the eighth.
    assert.ok(pictureOf([facts], DAY + 2999).mending);
    assert.equal(pictureOf([facts], DAY + 3000).mending, undefined);
    assert.equal(pictureOf([mended], DAY + 7999).mending?.withFixes, 1);
    assert.equal(pictureOf([mended], DAY + 8000).mending, undefined);
  });

  it('are not there in runs of older versions, nor are zeros in their place', () => {
    const old = plan(step('a'), step('b'));
    const bodies = [started('a'), succeeded('a'), started('b'), failed('b', RED)];
    const facts = factsOf(old, ...bodies, finished('degraded'));
    const picture = pictureOf([facts]);
    assert.deepEqual([picture.mending, picture.tests], [undefined, undefined]);
    assert.ok(picture.agents.every(({ fixes }) => fixes === undefined));
    const run = runMetrics(facts, NOW);
    assert.deepEqual([run.fixes, run.tests], [undefined, undefined]);
    const told = { picture, runs: [{ ...run, folder: undefined }] };
    assert.equal(
      metricsCsv(told, 'fixes'),
      'kind,fixes_opened,fixes_mended,fixes_missed,fixes_median_ms,asked,given_up\r\n',
    );
    assert.match(metricsCsv(told, 'agents'), /\r\na-agent,1,.*,0,,,,\r\n/);
    assert.match(metricsCsv(told, 'runs'), /,0,0,,,,,,\r\n$/);
  });

  it('are one row a kind of fault in a file', () => {
    const picture = figures(...givenUp);
    assert.equal(
      metricsCsv({ picture, runs: [] }, 'fixes').split('\r\n')[1],
      'implementation_bug,1,0,1,1500,1,1',
    );
    assert.match(metricsCsv({ picture, runs: [] }, 'agents'), /\r\ncoder,0,.*,0,2,0,2,1500\r\n/);
  });

  it('add up however runs were mended', () => {
    const three = plan(...['a', 'b', 'c'].map((id) => step(id, [], debug)));
    fc.assert(
      fc.property(mendings(['a', 'b', 'c']), (bodies) => {
        const facts = factsOf(three, ...bodies);
        const { mending, agents, tasks } = pictureOf([facts]);
        const kinds = mending?.kinds ?? [];
        const sum = (of: (kind: (typeof kinds)[number]) => number) =>
          kinds.reduce((total, kind) => total + of(kind), 0);
        const count = (type: string, isGate: boolean) =>
          bodies.filter(
            (body) =>
              body.type === type && 'fix' in body && (body.fix.agent === undefined) === isGate,
          ).length;
        assert.equal(
          sum((kind) => kind.opened),
          count('fix-opened', false),
        );
        assert.equal(
          sum((kind) => kind.asked),
          count('fix-opened', true),
        );
        // Each task is mended by one fix at most, and has succeeded then.
        assert.equal(
          sum((kind) => kind.mended),
          mending?.withFixes ?? 0,
        );
        assert.equal(tasks.succeeded, mending?.withFixes ?? 0);
        assert.ok(kinds.every((kind) => kind.mended + kind.missed <= kind.opened));
        const byAgents = agents.reduce((total, { fixes }) => total + (fixes?.opened ?? 0), 0);
        assert.equal(
          byAgents,
          sum((kind) => kind.opened),
        );
        assert.equal(facts.fixes, byAgents);
      }),
      { numRuns: 300 },
    );
  });
});

describe('The figures of tests', () => {
  const green = report({ passed: 5, failed: 0, failures: [] });

  it('are those of the last attempt of each task that has ended', () => {
    const { tests } = figures(
      ...[started('a'), faulted('a'), ...mendedOnce('a', FIX)],
      proved('a', 2, [green, { ...green, passed: 2, skipped: 1, coverage: 81.5 }]),
      ...[started('b'), { ...succeeded('b'), tests: [{ ...green, coverage: 60 }] } as EventBody],
    );
    assert.deepEqual(tests, {
      ...{ tasks: 2, passed: 12, failed: 0, skipped: 1 },
      coverage: { lowest: 60, highest: 81.5 },
    });
  });

  it('are of the last failure where a task was given up', () => {
    const facts = factsOf(flow, ...givenUp);
    assert.deepEqual(runMetrics(facts, NOW).tests, {
      ...{ tasks: 1, passed: 3, failed: 1, skipped: 0, coverage: undefined },
    });
  });

  it('leave out what is still mended, and what fixes reported', () => {
    const bodies = [started('a'), faulted('a'), openedFix('a', FIX), started(FIX)];
    assert.equal(figures(...bodies).tests, undefined);
    const own = { ...succeeded(FIX), tests: [green] } as EventBody;
    assert.equal(figures(...bodies, own).tests, undefined);
  });
});

describe('An agent', () => {
  it('has what it mended for others beside its own tasks', () => {
    const both = plan(
      step('a', [], { ...debug, agent: agentName('coder') }),
      step('b', [], { ...debug, agent: agentName('tester') }),
    );
    const facts = factsOf(
      both,
      ...[started('a'), succeeded('a'), started('b'), faulted('b')],
      ...[...mendedOnce('b', 'b_branch_01'), proved('b', 2)],
    );
    const picture = pictureOf([facts]);
    const coder = agentIn(picture, 'coder');
    assert.deepEqual([coder.succeeded, coder.meanMs, coder.fixes?.mended], [1, 1500, 1]);
    const tester = agentIn(picture, 'tester');
    assert.deepEqual([tester.succeeded, tester.fixes], [1, undefined]);
  });
});
