import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import type { TaskId } from '../../../src/core/domain/ids.ts';
import { hasEnded, type RunState } from '../../../src/core/domain/runState.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { foldOf } from '../../../src/core/journal/fold.ts';
import { gate, plan, step } from '../../support/plans.ts';
import {
  ADA,
  asked,
  called,
  callEnded,
  failed,
  history,
  opened,
  parked,
  started,
  succeeded,
} from './histories.ts';

// Runs that happened by chance: whatever can follow what was may.

export interface Walk {
  readonly plan: RunPlan;
  readonly events: readonly RunEvent[];
}

export const anyWalk: fc.Arbitrary<Walk> = fc
  .record({
    steps: fc.array(
      fc.record({ isGate: fc.boolean(), needs: fc.array(fc.nat(), { maxLength: 2 }) }),
      { minLength: 1, maxLength: 6 },
    ),
    choices: fc.array(
      fc.record({ which: fc.noBias(fc.nat()), later: fc.integer({ min: -5, max: 50 }) }),
      {
        maxLength: 60,
        size: 'max',
      },
    ),
  })
  .map(({ steps, choices }) => {
    const of = plan(
      ...steps.map(({ isGate, needs }, n) => {
        const before = n === 0 ? [] : [...new Set(needs.map((need) => `t${need % n}`))];
        return isGate ? gate(`t${n}`, before) : step(`t${n}`, before);
      }),
    );
    return { plan: of, events: walked(of, choices) };
  });

function walked(
  of: RunPlan,
  choices: readonly { readonly which: number; readonly later: number }[],
): readonly RunEvent[] {
  const [created] = history([]);
  if (created === undefined) {
    throw new Error('There is no first event');
  }
  const events = [created];
  const fold = foldOf(of, events);
  let { at } = created;
  let epoch = 1;
  for (const { which, later } of choices) {
    const bodies = possible(fold.state);
    const steps = bodies.filter(
      ({ type }) => !/^run-claimed|^tasks-reset|^run-finished/.test(type),
    );
    const among = which % 12 === 0 || steps.length === 0 ? bodies : steps;
    const body = among[which % among.length];
    if (body === undefined) {
      break;
    }
    at += later;
    epoch += body.type === 'run-claimed' ? 1 : 0;
    const { run, seq } = fold.state;
    const event = { v: 1, run, seq: seq + 1, epoch, at, ...body } as RunEvent;
    fold.apply(event);
    events.push(event);
  }
  return events;
}

function possible({
  phase,
  tasks,
  frontier,
  asking,
  questions,
  ledger,
  seq,
}: RunState): EventBody[] {
  const claimed: EventBody = { type: 'run-claimed', by: ADA, pid: 7 };
  const reset = (id: TaskId): EventBody => ({
    type: 'tasks-reset',
    tasks: [id],
    fresh: [],
    by: ADA,
    edit: undefined,
  });
  const still = [...tasks].filter(([, { kind }]) => kind !== 'running').map(([id]) => id);
  if (phase.kind === 'finished') {
    return [claimed, ...still.map(reset)];
  }
  const unfinished = [...tasks].filter(([, at]) => !hasEnded(at)).length;
  return [
    ...[...frontier.ready.deepestFirst(), ...frontier.delayed.keys()].map((id): EventBody => {
      const at = tasks.get(id);
      const isParked = at?.kind === 'pending' && at.parked !== undefined;
      const attempts = at?.kind === 'pending' ? at.attempts : 0;
      return isParked
        ? { type: 'task-continued', task: id, attempt: attempts }
        : started(id, attempts + 1);
    }),
    ...[...frontier.running].flatMap((id) => deeds(id, { tasks, asking, ledger, seq })),
    ...[...questions.values()].map(({ id, digest }): EventBody => ({
      type: 'question-answered',
      question: id,
      digest,
      reply: { kind: 'allow', always: true },
      by: ADA,
    })),
    ...[...frontier.unknown].map((id): EventBody => {
      const at = tasks.get(id);
      const attempt = at?.kind === 'unknown' ? at.attempt : 0;
      return { ...succeeded(id), attempt, accepted: ADA } as EventBody;
    }),
    ...[...frontier.dueGates].map((id) => opened(id)),
    ...[...frontier.waiting].flatMap((id) =>
      (['approved', 'rejected'] as const).map((decision): EventBody => ({
        type: 'gate-answered',
        task: id,
        digest: digestOf('Go on?'),
        decision,
        by: ADA,
        note: undefined,
      })),
    ),
    ...[...frontier.doomed].map((id): EventBody => ({
      type: 'task-skipped',
      task: id,
      because: [],
      by: undefined,
    })),
    claimed,
    ...still.map(reset),
    ...(unfinished === 0 && frontier.landable.size === 0
      ? [{ type: 'run-finished', status: 'succeeded' } as const]
      : []),
  ];
}

function deeds(
  id: TaskId,
  { tasks, asking, ledger, seq }: Pick<RunState, 'tasks' | 'asking' | 'ledger' | 'seq'>,
): EventBody[] {
  const at = tasks.get(id);
  if (at?.kind !== 'running') {
    return [];
  }
  const { attempt } = at;
  const { calls, openCalls } = ledger.counted(id);
  const question = asked(
    id,
    { kind: 'permission', tool: 'shell', summary: 'run npm test', detail: '' },
    `use-${seq}`,
    attempt,
  );
  const failure = { reason: 'interrupted' } as const;
  const own = { attempt, log: undefined } as const;
  return [
    { ...succeeded(id), attempt } as EventBody,
    { ...failed(id, failure), attempt } as EventBody,
    { type: 'task-interrupted', task: id, attempt },
    { type: 'task-unknown', task: id, ...own },
    { type: 'task-retried', task: id, durationMs: 1, failure, until: 5, ...own },
    { ...parked(id, { kind: 'stopped' }, undefined), attempt } as EventBody,
    called(id, calls + 1, 'claude-x', attempt),
    ...openCalls.map((call) => callEnded(id, call, {}, attempt)),
    ...(asking.has(id) ? [] : [question]),
  ];
}
