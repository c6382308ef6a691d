import assert from 'node:assert/strict';
import type { EventBody } from '../../../src/core/domain/event.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import {
  census,
  runDuration,
  shownStatus,
  taskRows,
  type Driven,
} from '../../../src/core/projections/taskRows.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import { gate, plan, planWith, step } from '../../support/plans.ts';
import {
  ADA,
  answered,
  cancelRequested,
  dropped,
  failed,
  finished,
  interrupted,
  landed,
  landingFailed,
  opened,
  skipped,
  started,
  stateAfter,
  succeeded,
  task,
} from './histories.ts';

const HERE: Driven = { kind: 'here' };
const ELSEWHERE: Driven = { kind: 'elsewhere', pid: 1, isLocal: true };
const NOBODY: Driven = { kind: 'nobody' };

// a --> ask --> after
const guarded = plan(step('a'), gate('ask', ['a']), step('after', ['ask']));

describe('The rows of a run', () => {
  /** `state: detail` of each task. */
  function details(of: RunPlan, ...bodies: readonly EventBody[]): Record<string, string> {
    return Object.fromEntries(
      taskRows(of, stateAfter(of, ...bodies)).map(({ task, state, detail }) => [
        task,
        `${state}: ${detail}`,
      ]),
    );
  }

  it('say what pending tasks wait for', () => {
    assert.deepEqual(details(guarded), {
      a: 'pending: about to start',
      ask: 'pending: needs a',
      after: 'pending: needs ask',
    });
    const joined = plan(step('a'), step('b'), step('c', ['a', 'b']));
    assert.equal(details(joined)['c'], 'pending: needs a, b');
    assert.equal(details(joined, started('b'), succeeded('b'))['c'], 'pending: needs a');
  });

  it('say which of the reasons to wait it is', () => {
    const two = planWith({ maxParallel: 1 }, step('a'), step('b', [], { condition: 'always()' }));
    const slot = details(planWith({ maxParallel: 1 }, step('a'), step('c')), started('c'));
    assert.equal(slot['a'], 'pending: waits for a free slot (1 of 1 taken)');
    const held: EventBody = { type: 'task-held', task: task('a'), by: ADA };
    assert.equal(details(two, held)['a'], 'pending: held by ada');
    const paused: EventBody = { type: 'run-paused', running: 'finish', by: ADA };
    assert.equal(details(two, paused)['a'], 'pending: paused by ada');
    const stopped: EventBody = { ...paused, because: 'checkout' };
    assert.equal(details(two, stopped)['a'], 'pending: paused: the checkout changed');
    const failure = { reason: 'exited', command: 'x', code: 2, tail: '' } as const;
    const delayed = stateAfter(two, started('a'), {
      type: 'task-retried',
      task: task('a'),
      attempt: 1,
      durationMs: 5,
      failure,
      log: undefined,
      until: 9000,
    });
    const [again] = taskRows(two, delayed);
    assert.deepEqual(
      [again?.detail, again?.triesAgainAt],
      ['tries again: "x" exited with code 2', 9000],
    );
    const owning = { terms: { ...NO_TERMS, owns: ['src/**'] } };
    const owners = details(plan(step('a', [], owning), step('b', [], owning)), started('a'));
    assert.equal(owners['b'], 'pending: waits for a, which may change the same files');
    const [, left] = taskRows(two, stateAfter(two), NOBODY);
    assert.equal(left?.detail, 'the run is interrupted');
  });

  it('say that an attempt which was cut off needs a look, and who accepted it', () => {
    const cutOff: EventBody = {
      type: 'task-unknown',
      task: task('a'),
      attempt: 1,
      log: undefined,
    };
    const [a] = taskRows(guarded, stateAfter(guarded, started('a'), cutOff));
    assert.deepEqual(
      [a?.state, a?.detail, a?.verbs],
      ['unknown', 'cut off: did it happen?', ['rerun', 'accept', 'skip']],
    );
    const accepted = { ...succeeded('a'), accepted: ADA } as EventBody;
    assert.equal(
      details(guarded, started('a'), cutOff, accepted)['a'],
      'succeeded: accepted by ada',
    );
  });

  it('say of what nobody wanted and of what somebody skipped that it is so', () => {
    const of = plan(step('a', [], { condition: "run.id == 'x'" }), step('b'), step('c', ['b']));
    const rows = details(
      of,
      { type: 'condition-judged', task: task('a'), met: false },
      { type: 'task-skipped', task: task('b'), because: [], by: ADA },
    );
    assert.equal(rows['a'], 'skipped: its condition does not hold');
    assert.equal(rows['b'], 'skipped: by ada');
    assert.equal(rows['c'], 'pending: about to start');
  });

  it('say since when a task runs, and from its second attempt which it is', () => {
    const [a] = taskRows(guarded, stateAfter(guarded, started('a')));
    assert.deepEqual(
      [a?.state, a?.detail, a?.startedAt, a?.durationMs],
      ['running', '', 2000, undefined],
    );
    assert.equal(
      details(guarded, started('a'), interrupted('a'), started('a', 2))['a'],
      'running: attempt 2',
    );
  });

  it('say how long a task took, what it made and on which branch that is', () => {
    const made = [started('a'), succeeded('a', 'report.md', 'out/x.txt')];
    const [a] = taskRows(guarded, stateAfter(guarded, ...made));
    assert.deepEqual(
      [a?.state, a?.detail, a?.durationMs, a?.artifacts.map(({ path }) => path), a?.branch],
      ['succeeded', '1.5 s', 1500, ['report.md', 'out/x.txt'], undefined],
    );
    const [after] = taskRows(
      guarded,
      stateAfter(guarded, ...made, opened('ask'), answered('ask', 'approved'), landed('a')),
    );
    assert.equal(after?.branch, 'ai/generated/example-1/a');
  });

  it('say why artifacts did not reach their branch, and what that means', () => {
    const [a] = taskRows(
      guarded,
      stateAfter(
        guarded,
        started('a'),
        succeeded('a', 'x'),
        opened('ask'),
        answered('ask', 'approved'),
        landingFailed('a', 'the disk is full'),
      ),
    );
    assert.deepEqual(
      [a?.state, a?.detail, a?.fix, a?.branch],
      [
        'succeeded',
        'The artifacts could not be committed: the disk is full',
        'Nothing of it reached a branch. What the task printed is kept with the run.',
        undefined,
      ],
    );
  });

  it('ask what a gate asks on one plain line, and say who approved it with which words', () => {
    const before = [started('a'), succeeded('a')];
    const ask = 'Go\n\u001b[31mon\u001b[0m?';
    assert.equal(details(guarded, ...before, opened('ask', ask))['ask'], 'waiting: Go on?');
    assert.equal(
      details(guarded, ...before, opened('ask'), answered('ask', 'approved'))['ask'],
      'approved: by ada',
    );
    assert.equal(
      details(guarded, ...before, opened('ask'), answered('ask', 'approved', 'well\ndone'))['ask'],
      'approved: by ada: well done',
    );
  });

  it('say who rejected a gate and what that skipped', () => {
    const rows = details(
      guarded,
      ...[started('a'), succeeded('a'), opened('ask'), answered('ask', 'rejected', 'no')],
      skipped('after', 'ask'),
    );
    assert.equal(rows['ask'], 'failed: Rejected by ada: no');
    assert.equal(rows['after'], 'skipped: ask did not succeed');
  });

  it('say what went wrong, and what to do about it', () => {
    const failure = {
      reason: 'command-not-found',
      command: 'eslint',
      install: 'npm i eslint',
    } as const;
    const [a] = taskRows(guarded, stateAfter(guarded, started('a'), failed('a', failure)));
    assert.deepEqual(
      [a?.state, a?.detail, a?.fix, a?.artifacts],
      ['failed', 'The command "eslint" was not found', 'Install it: npm i eslint', []],
    );
  });

  it('have nothing to say of what was cancelled', () => {
    const rows = taskRows(
      guarded,
      stateAfter(guarded, started('a'), cancelRequested, dropped('a', 700), dropped('ask')),
    );
    assert.deepEqual(
      rows.map(({ task, state, detail, durationMs }) => [task, state, detail, durationMs]),
      [
        ['a', 'cancelled', '', 700],
        ['ask', 'cancelled', '', 0],
        ['after', 'pending', 'needs ask', undefined],
      ],
    );
  });

  it('are in the order the steps are written', () => {
    const written = plan(step('z', ['a']), step('a'), gate('m', ['z']));
    assert.deepEqual(
      taskRows(written, stateAfter(written)).map((row) => row.task),
      ['z', 'a', 'm'].map(task),
    );
  });
});

describe('The one word for a run', () => {
  const word = (driven: Driven, ...bodies: readonly EventBody[]) =>
    shownStatus(stateAfter(guarded, ...bodies), driven);
  const atGate = [started('a'), succeeded('a'), opened('ask')];

  it('is running while somebody drives it, and interrupted when nobody does', () => {
    for (const bodies of [[], [started('a')], [started('a'), succeeded('a')]]) {
      assert.equal(word(HERE, ...bodies), 'running');
      assert.equal(word(ELSEWHERE, ...bodies), 'running');
      assert.equal(word(NOBODY, ...bodies), 'interrupted');
    }
  });

  it('is waiting when only gates are left, whoever drives it', () => {
    for (const driven of [HERE, ELSEWHERE, NOBODY]) {
      assert.equal(word(driven, ...atGate), 'waiting');
    }
  });

  it('is running while something runs beside an open gate', () => {
    const beside = plan(step('a'), gate('ask', ['a']), step('other'));
    const state = stateAfter(beside, ...atGate, started('other'));
    assert.equal(shownStatus(state, HERE), 'running');
    assert.equal(shownStatus(state, NOBODY), 'interrupted');
    const ready = stateAfter(beside, ...atGate);
    assert.equal(shownStatus(ready, HERE), 'running', 'the other can begin at any moment');
  });

  it('is cancelling while that is being done, and interrupted when nobody does it', () => {
    assert.equal(word(HERE, started('a'), cancelRequested), 'cancelling');
    assert.equal(word(NOBODY, started('a'), cancelRequested), 'interrupted');
  });

  it('is paused once nothing runs any more, and pausing before', () => {
    const paused: EventBody = { type: 'run-paused', running: 'finish', by: ADA };
    assert.equal(word(HERE, started('a'), paused), 'pausing');
    assert.equal(word(HERE, started('a'), paused, succeeded('a')), 'paused');
    assert.equal(word(NOBODY, started('a'), paused), 'paused');
  });

  it('is waiting when all that is left is held', () => {
    assert.equal(word(HERE, { type: 'task-held', task: task('a'), by: ADA }), 'waiting');
  });

  it('is how it ended, whoever drives it', () => {
    const ended = [...atGate, answered('ask', 'rejected'), skipped('after', 'ask')];
    for (const status of ['succeeded', 'degraded', 'failed', 'cancelled'] as const) {
      assert.equal(word(NOBODY, ...ended, finished(status)), status);
      assert.equal(word(HERE, ...ended, finished(status)), status);
    }
  });
});

describe('The census of a run', () => {
  const of = (...bodies: readonly EventBody[]) => census(stateAfter(guarded, ...bodies));

  it('counts what is done, and names what else there is', () => {
    assert.equal(of(), '0 of 3 done');
    assert.equal(of(started('a')), '0 of 3 done · 1 running');
    const atGate = [started('a'), succeeded('a'), opened('ask')];
    assert.equal(of(...atGate), '1 of 3 done · 1 waiting');
    assert.equal(
      of(...atGate, answered('ask', 'rejected'), skipped('after', 'ask')),
      '1 of 3 done · 1 failed · 1 skipped',
    );
    assert.equal(of(...atGate, answered('ask', 'approved')), '2 of 3 done');
    assert.equal(of(cancelRequested, dropped('a'), dropped('ask')), '0 of 3 done · 2 cancelled');
  });
});

describe('The duration of a run', () => {
  it('goes on until the run has finished, and is never negative', () => {
    const running = stateAfter(guarded, started('a'));
    assert.equal(runDuration(running, 61_000), 60_000);
    assert.equal(runDuration(running, 0), 0, 'a clock that was set back');
    const over = stateAfter(
      guarded,
      dropped('a'),
      dropped('ask'),
      dropped('after'),
      finished('cancelled'),
    );
    assert.equal(runDuration(over, 61_000), 4000);
  });
});
