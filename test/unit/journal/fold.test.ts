import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import { objectId, type TaskId } from '../../../src/core/domain/ids.ts';
import { hasEnded, isDone, type RunState } from '../../../src/core/domain/runState.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { foldRun, ImpossibleEvent, RunFold } from '../../../src/core/journal/fold.ts';
import { graphOf } from '../../../src/core/journal/planGraph.ts';
import { failedNeeds, MAY_BE_SKIPPED } from '../../../src/core/journal/skipping.ts';
import { gate, plan, planWith, step } from '../../support/plans.ts';
import { ADA, created, RUN, started, task } from './journalRig.ts';

const blob = { digest: digestOf(''), bytes: 0 };
const artifact = { ...blob, path: 'out.md', executable: false };
const landing = { branch: 'b', tag: 't', commit: objectId('a'.repeat(40)) };
const process = { pid: 7, startedAt: 'then', marker: 'm' };

function succeeded(id: TaskId, attempt = 1, artifacts = [artifact]): EventBody {
  const made = { output: blob, log: blob, artifacts, inputBytes: undefined, accepted: undefined };
  const outcome = { exitCode: 0, durationMs: 5, ...made };
  return { type: 'task-succeeded', task: id, attempt, ...outcome };
}

function failed(id: TaskId, attempt = 1): EventBody {
  const failure = { reason: 'cancelled' } as const;
  return { type: 'task-failed', task: id, attempt, durationMs: 5, failure, log: undefined };
}

function answered(id: TaskId, decision: 'approved' | 'rejected', shown = 'shown'): EventBody {
  const digest = digestOf(shown);
  return { type: 'gate-answered', task: id, digest, decision, by: ADA, note: undefined };
}

/** Of the questions there are two. */
const missed = (id: TaskId): EventBody => ({
  type: 'cache-missed',
  task: id,
  key: digestOf(String(Number(id.slice(1)) % 2)),
  why: { kind: 'first' },
});

const reused = (id: TaskId): EventBody => ({
  type: 'task-reused',
  task: id,
  reuse: {
    from: { run: RUN, task: id, at: 1 },
    namespace: 'command_output',
    same: [],
    saved: { ms: 5, calls: 0, tokens: 0, usd: 0 },
    shared: false,
    similar: undefined,
  },
  exitCode: 0,
  output: blob,
  log: blob,
  artifacts: [artifact],
  inputBytes: undefined,
});

const opened = (id: TaskId): EventBody => ({
  type: 'gate-opened',
  task: id,
  digest: digestOf('shown'),
  ask: 'May it?',
});

/** The next event of a run, as its writer stamps it. */
function next(state: Pick<RunState, 'seq' | 'epoch'>, body: EventBody): RunEvent {
  const seq = state.seq + 1;
  return { v: 1, run: RUN, seq, epoch: state.epoch, at: 1000 + seq, ...body };
}

function begin(of: RunPlan): RunFold {
  return new RunFold(of, graphOf(of), next({ seq: 0, epoch: 1 }, created));
}

function play(of: RunPlan, ...bodies: readonly EventBody[]): RunFold {
  const fold = begin(of);
  for (const body of bodies) {
    fold.apply(next(fold.state, body));
  }
  return fold;
}

/** Steps 0, 1, …; each may need earlier ones, some are gates, some have conditions. */
const anyPlan: fc.Arbitrary<RunPlan> = fc
  .tuple(
    fc.boolean(),
    fc.array(
      fc.record({
        isGate: fc.boolean(),
        needs: fc.array(fc.nat(), { maxLength: 3 }),
        condition: fc.constantFrom(undefined, undefined, "run.id == 'example-1'", 'always()'),
      }),
      { minLength: 1, maxLength: 8, size: 'max' },
    ),
  )
  .map(([useCache, drawn]) =>
    planWith(
      { useCache },
      ...drawn.map(({ isGate, needs, condition }, n) => {
        const chosen = n === 0 ? [] : [...new Set(needs.map((need) => `t${need % n}`))];
        return isGate
          ? { ...gate(`t${n}`, chosen), condition }
          : step(`t${n}`, chosen, { condition });
      }),
    ),
  );

/** What is known of tasks since they were last asked for. */
class Known {
  /** Their conditions hold. */
  readonly wanted = new Set<TaskId>();
  /** The cache was asked, and had nothing: the questions. */
  readonly asked = new Map<TaskId, string>();
  /** They have waited for another one. */
  readonly waited = new Set<TaskId>();
  readonly fresh = new Set<TaskId>();

  /** @param before of the tasks, as they were */
  saw(event: RunEvent, before: RunState['tasks']): void {
    switch (event.type) {
      case 'condition-judged':
        if (event.met) {
          this.wanted.add(event.task);
        }
        break;
      case 'cache-missed':
        this.asked.set(event.task, event.key);
        break;
      case 'task-interrupted':
        this.asked.delete(event.task);
        break;
      case 'task-succeeded': {
        const question = this.asked.get(event.task);
        for (const [id, other] of [...this.asked]) {
          const isPending = id !== event.task && before.get(id)?.kind === 'pending';
          if (isPending && other === question && !this.waited.has(id) && !this.fresh.has(id)) {
            this.waited.add(id);
            this.asked.delete(id);
          }
        }
        break;
      }
      case 'tasks-reset':
        for (const id of event.tasks) {
          this.wanted.delete(id);
          this.asked.delete(id);
          if (event.fresh.includes(id)) {
            this.fresh.add(id);
          } else {
            this.fresh.delete(id);
            this.waited.delete(id);
          }
        }
        break;
      default:
    }
  }
}

/** The frontier as its description has it, found by looking at everything. */
function frontierOf(of: RunPlan, state: RunState, { wanted, asked }: Known) {
  const graph = graphOf(of);
  const ids = graph.ids;
  const gates = new Set(
    of.workflow.steps.filter(({ kind }) => kind === 'gate').map(({ id }) => id),
  );
  const isGate = (id: TaskId) => (gates as ReadonlySet<string>).has(id);
  const at = (id: TaskId) => state.tasks.get(id)!;
  const isBehind = (id: TaskId, later: TaskId): boolean =>
    graph.needs(later).some((need) => need === id || isBehind(id, need));
  const planned = new Map(of.tasks.map((one) => [one.id, one]));
  const isEnough = (id: TaskId) => (planned.get(id)!.after === 'done' ? isDone : hasEnded);
  const pending = ids.filter((id) => at(id).kind === 'pending');
  const settled = pending.filter((id) => graph.needs(id).every((need) => isEnough(id)(at(need))));
  const isUndecided = (id: TaskId) => planned.get(id)!.conditions.length > 0 && !wanted.has(id);
  const due = settled.filter((id) => !isUndecided(id) && !state.held.has(id));
  const isUnasked = (id: TaskId) => of.useCache === true && !asked.has(id);
  const isDelayed = (id: TaskId) => {
    const task = at(id);
    return task.kind === 'pending' && task.retry !== undefined;
  };
  return {
    unasked: due.filter((id) => !isGate(id) && !isDelayed(id) && isUnasked(id)),
    ready: due.filter((id) => !isGate(id) && !isDelayed(id) && !isUnasked(id)),
    delayed: due.filter((id) => !isGate(id) && isDelayed(id)),
    undecided: settled.filter(isUndecided),
    dueGates: due.filter(isGate),
    doomed: pending.filter(
      (id) =>
        planned.get(id)!.after === 'done' &&
        graph.needs(id).some((need) => hasEnded(at(need)) && !isDone(at(need))),
    ),
    unknown: ids.filter((id) => at(id).kind === 'unknown'),
    failed: ids.filter((id) => at(id).kind === 'failed').length,
    workLeftMs: ids
      .filter((id) => !hasEnded(at(id)) && !isGate(id))
      .reduce((sum, id) => sum + planned.get(id)!.estimateMs, 0),
    running: ids.filter((id) => at(id).kind === 'running'),
    waiting: ids.filter((id) => at(id).kind === 'waiting'),
    landable: ids.filter((id) => {
      const task = at(id);
      return (
        task.kind === 'succeeded' &&
        task.artifacts.length > 0 &&
        ids.every(
          (other) => !isGate(other) || !isBehind(id, other) || at(other).kind === 'approved',
        ) &&
        (state.landings.get(id) ?? { kind: 'started' }).kind === 'started'
      );
    }),
    unfinished: ids.filter((id) => !hasEnded(at(id))).length,
  };
}

function shown({ frontier }: RunState): ReturnType<typeof frontierOf> {
  const inOrder = (ids: ReadonlySet<TaskId>) =>
    [...ids].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  return {
    unasked: inOrder(frontier.unasked),
    ready: inOrder(new Set(frontier.ready.longestFirst())),
    delayed: inOrder(new Set(frontier.delayed.keys())),
    undecided: inOrder(frontier.undecided),
    unknown: inOrder(frontier.unknown),
    failed: frontier.failed,
    workLeftMs: frontier.workLeftMs,
    dueGates: inOrder(frontier.dueGates),
    doomed: inOrder(frontier.doomed),
    running: inOrder(frontier.running),
    waiting: inOrder(frontier.waiting),
    landable: inOrder(frontier.landable),
    unfinished: frontier.unfinished,
  };
}

/** What a driver may record next. */
function possible({ phase, tasks, frontier, landings, held }: RunState): EventBody[] {
  const attemptOf = (id: TaskId) => {
    const at = tasks.get(id)!;
    return at.kind === 'running' ? at.attempt : at.kind === 'pending' ? at.attempts + 1 : 0;
  };
  const unfinished = [...tasks].filter(([, at]) => !hasEnded(at)).map(([id]) => id);
  return [
    ...[...frontier.ready.deepestFirst(), ...frontier.delayed.keys()].map((id) =>
      started(id, attemptOf(id)),
    ),
    ...[...frontier.unasked].flatMap((id): EventBody[] => [missed(id), missed(id), reused(id)]),
    ...[...frontier.undecided].flatMap((id): EventBody[] => [
      { type: 'condition-judged', task: id, met: true },
      { type: 'condition-judged', task: id, met: false },
    ]),
    ...[...frontier.unknown].map((id) => ({
      ...succeeded(id, (tasks.get(id) as { attempt: number }).attempt),
      accepted: ADA,
    })),
    ...[...tasks].flatMap(([id, { kind }]): EventBody[] => [
      ...(MAY_BE_SKIPPED.has(kind)
        ? [{ type: 'task-skipped', task: id, because: [], by: ADA } as const]
        : []),
      ...(kind !== 'running' && phase.kind !== 'cancelling'
        ? ([[], [id]] as const).map(
            (fresh) =>
              ({ type: 'tasks-reset', tasks: [id], fresh, by: ADA, edit: undefined }) as const,
          )
        : []),
      ...(kind === 'pending' || kind === 'running'
        ? [{ type: held.has(id) ? 'task-released' : 'task-held', task: id, by: ADA } as const]
        : []),
    ]),
    ...[...frontier.running].flatMap((id): EventBody[] => [
      { type: 'task-process', task: id, attempt: attemptOf(id), process },
      succeeded(id, attemptOf(id)),
      succeeded(id, attemptOf(id), []),
      failed(id, attemptOf(id)),
      { type: 'task-interrupted', task: id, attempt: attemptOf(id) },
      { type: 'task-unknown', task: id, attempt: attemptOf(id), log: undefined },
      {
        type: 'task-retried',
        task: id,
        attempt: attemptOf(id),
        durationMs: 1,
        failure: { reason: 'interrupted' },
        log: undefined,
        until: 5,
      },
    ]),
    ...[...frontier.dueGates].map(opened),
    ...[...frontier.waiting].flatMap((id) => [answered(id, 'approved'), answered(id, 'rejected')]),
    ...[...frontier.doomed].map((id): EventBody => ({
      type: 'task-skipped',
      task: id,
      because: [],
      by: undefined,
    })),
    ...[...frontier.landable].flatMap((id): EventBody[] =>
      landings.has(id)
        ? [
            { type: 'landing-done', task: id, ...landing },
            { type: 'landing-failed', task: id, failure: { reason: 'cancelled' } },
          ]
        : [{ type: 'landing-started', task: id, ...landing }],
    ),
    { type: 'run-claimed', by: ADA, pid: 7 },
    ...(phase.kind === 'active'
      ? ([{ type: 'cancel-requested', by: ADA }] as const)
      : unfinished.map((id): EventBody => ({ type: 'task-cancelled', task: id, durationMs: 0 }))),
    ...(unfinished.length === 0 && frontier.landable.size === 0
      ? ([{ type: 'run-finished', status: 'succeeded' }] as const)
      : []),
  ];
}

describe('The fold', () => {
  it('keeps the frontier as it follows from the tasks, after any event in any graph', () => {
    fc.assert(
      fc.property(
        anyPlan,
        fc.array(fc.noBias(fc.nat()), { maxLength: 60, size: 'max' }),
        (of, choices) => {
          const fold = begin(of);
          const events = [next({ seq: 0, epoch: 1 }, created)];
          const known = new Known();
          assert.deepEqual(shown(fold.state), frontierOf(of, fold.state, known));
          for (const choice of choices) {
            if (fold.state.phase.kind === 'finished') {
              break;
            }
            const bodies = possible(fold.state);
            const steps = bodies.filter(
              ({ type }) =>
                !/^run-claimed|^cancel-requested|^tasks-reset|^task-held|^task-skipped/.test(type),
            );
            // Those are possible at all times: now and then is enough.
            const among = choice % 20 === 0 || steps.length === 0 ? bodies : steps;
            const event = next(fold.state, among[choice % among.length]!);
            events.push(event);
            known.saw(event, new Map(fold.state.tasks));
            fold.apply(event);
            const expected = frontierOf(of, fold.state, known);
            assert.deepEqual(shown(fold.state), expected, JSON.stringify(event));
          }
          assert.deepEqual(shown(foldRun(of, events)), shown(fold.state));
          assert.deepEqual(foldRun(of, events).tasks, fold.state.tasks);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('refuses what cannot follow, and is as it was', () => {
    const a = task('a');
    const ok = task('ok');
    // a --> ok --> b
    const of = plan(step('a'), gate('ok', ['a']), step('b', ['ok']));
    const none = task('none');
    const upTo = {
      start: [],
      running: [started('a')],
      succeeded: [started('a'), succeeded(a)],
      waiting: [started('a'), succeeded(a), opened(ok)],
      rejected: [started('a'), succeeded(a), opened(ok), answered(ok, 'rejected')],
      finished: [
        started('a'),
        failed(a),
        { type: 'task-skipped', task: ok, because: [a], by: undefined },
        { type: 'task-skipped', task: task('b'), because: [ok], by: undefined },
        { type: 'run-finished', status: 'failed' },
      ],
    } satisfies Record<string, readonly EventBody[]>;
    const cases: readonly (readonly [keyof typeof upTo, RegExp, EventBody])[] = [
      ['start', /exists already/, created],
      ['start', /no task none/, started('none')],
      ['start', /attempt 1 is next/, started('a', 2)],
      ['start', /pending, not running/, succeeded(a)],
      ['start', /pending, not running/, failed(a)],
      ['start', /pending, not running/, { type: 'task-interrupted', task: a, attempt: 1 }],
      ['start', /pending, not running/, { type: 'task-process', task: a, attempt: 1, process }],
      ['start', /pending, not waiting/, answered(ok, 'approved')],
      ['start', /pending, not succeeded/, { type: 'landing-started', task: a, ...landing }],
      ['start', /3 tasks have not ended/, { type: 'run-finished', status: 'succeeded' }],
      ['running', /running, not pending/, started('a')],
      ['running', /may still run/, { type: 'task-skipped', task: a, because: [], by: undefined }],
      ['running', /is running/, { type: 'task-skipped', task: a, because: [], by: ADA }],
      [
        'running',
        /a is running/,
        { type: 'tasks-reset', tasks: [a], fresh: [], by: ADA, edit: undefined },
      ],
      ['running', /not held/, { type: 'task-released', task: a, by: ADA }],
      ['running', /run is active/, { type: 'run-resumed', by: ADA }],
      ['start', /nothing is to be judged/, { type: 'condition-judged', task: a, met: true }],
      [
        'start',
        /names no task/,
        { type: 'tasks-reset', tasks: [], fresh: [], by: ADA, edit: undefined },
      ],
      ['running', /attempt 1 is running/, succeeded(a, 2)],
      ['running', /attempt 1 is running/, { type: 'task-interrupted', task: a, attempt: 2 }],
      ['succeeded', /succeeded, not running/, failed(a)],
      ['succeeded', /the task is succeeded/, { type: 'task-cancelled', task: a, durationMs: 0 }],
      ['succeeded', /succeeded, not pending/, started('a', 2)],
      ['waiting', /waiting, not pending/, opened(ok)],
      ['waiting', /something else than was shown/, answered(ok, 'approved', 'other')],
      ['rejected', /failed, not waiting/, answered(ok, 'approved')],
      ['rejected', /failed, not succeeded/, { type: 'landing-done', task: ok, ...landing }],
      ['rejected', /no task none/, { type: 'task-cancelled', task: none, durationMs: 0 }],
      ['finished', /the run has finished/, { type: 'cancel-requested', by: ADA }],
      ['finished', /the run has finished/, { type: 'task-held', task: a, by: ADA }],
    ];
    for (const [when, why, body] of cases) {
      const fold = play(of, ...upTo[when]);
      const before = structuredClone([fold.state.tasks, fold.state.landings, fold.state.phase]);
      const frontier = shown(fold.state);
      const { seq } = fold.state;
      const refusal = (error: unknown) =>
        error instanceof ImpossibleEvent && error.event.seq === seq + 1 && why.test(error.message);
      assert.throws(() => fold.apply(next(fold.state, body)), refusal, `${when}: ${body.type}`);
      assert.deepEqual([fold.state.tasks, fold.state.landings, fold.state.phase], before);
      assert.deepEqual([shown(fold.state), fold.state.seq], [frontier, seq]);
    }
  });

  it('takes only the run’s own events, in order, of epochs that do not fall', () => {
    const fold = play(plan(step('a')), { type: 'run-claimed', by: ADA, pid: 7 });
    const event = next(fold.state, started('a'));
    for (const other of [
      { ...event, seq: 2 },
      { ...event, seq: 4 },
      { ...event, epoch: 0 },
      { ...event, run: 'other-1' as RunEvent['run'] },
    ]) {
      assert.throws(() => fold.apply(other), ImpossibleEvent);
    }
    fold.apply({ ...event, epoch: 5 });
    assert.deepEqual([fold.state.seq, fold.state.epoch], [3, 5]);
  });

  it('begins with the run’s creation', () => {
    const of = plan(step('a'));
    const first = next({ seq: 0, epoch: 1 }, created);
    assert.throws(() => foldRun(of, []), /Internal error/);
    assert.throws(() => foldRun(of, [{ ...first, seq: 2 }]), ImpossibleEvent);
    assert.throws(() => foldRun(of, [next({ seq: 0, epoch: 1 }, started('a'))]), ImpossibleEvent);
    const state = foldRun(of, [first]);
    assert.deepEqual(
      [state.run, state.workflow, state.by, state.createdAt, state.phase],
      [RUN, 'example', ADA, 1001, { kind: 'active' }],
    );
  });

  it('names the needs that failed, in the order written', () => {
    const of = plan(step('a'), step('b'), step('c'), step('d', ['c', 'b', 'a']));
    const fold = play(
      of,
      ...['a', 'b', 'c'].flatMap((id) => [
        started(id),
        id === 'b' ? succeeded(task(id)) : failed(task(id)),
      ]),
    );
    assert.deepEqual(failedNeeds(fold.state, graphOf(of), task('d')), ['c', 'a']);
  });
});
