import type { RunEvent, RunStatus } from '../../../src/core/domain/event.ts';
import type { TaskId } from '../../../src/core/domain/ids.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';

// The scheduler a second time, as plainly as it can be said: everything is worked out anew from the list of
// events, with no sets kept up to date, and shares nothing with the fold but the types of plan and events.

export type Kind =
  | 'pending'
  | 'running'
  | 'waiting'
  | 'unknown'
  | 'succeeded'
  | 'approved'
  | 'failed'
  | 'skipped'
  | 'cancelled';

interface Task {
  kind: Kind;
  attempts: number;
  /** Its conditions were found to hold since it was last asked for. */
  wanted: boolean;
  /** The attempt under way is to end for good. */
  stopped: boolean;
  /** Held since the attempt under way began. */
  heldBack: boolean;
  until: number | undefined;
  hasArtifacts: boolean;
  /** Skipped, and what needs it goes on all the same. */
  waved: boolean;
  /** Skipped, and nothing went wrong. */
  unwanted: boolean;
  landing: 'none' | 'started' | 'done' | 'failed';
}

/** Where a run stands. Lists are in the order of the plan. */
export interface Reference {
  readonly phase: 'active' | 'paused' | 'cancelling' | 'finished';
  readonly interrupts: boolean;
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly ready: readonly TaskId[];
  readonly delayed: readonly (readonly [TaskId, number])[];
  readonly undecided: readonly TaskId[];
  readonly dueGates: readonly TaskId[];
  readonly doomed: readonly TaskId[];
  readonly running: readonly TaskId[];
  readonly waiting: readonly TaskId[];
  readonly unknown: readonly TaskId[];
  /** Running, and somebody stops or has held it. */
  readonly stopping: readonly TaskId[];
  readonly landable: readonly TaskId[];
  readonly held: readonly TaskId[];
  /** Running, and to end for good: somebody said stop. */
  readonly stoppedForGood: readonly TaskId[];
  readonly attempts: Readonly<Record<string, number>>;
  readonly unfinished: number;
  readonly failed: number;
  /** What the run would end with if it ended now. */
  readonly status: RunStatus;
}

const GOING_ON: readonly Kind[] = ['pending', 'running', 'waiting', 'unknown'];

export function recompute(plan: RunPlan, events: readonly RunEvent[]): Reference {
  const tasks = new Map<TaskId, Task>(plan.tasks.map(({ id }) => [id, freshTask()]));
  const held = new Set<TaskId>();
  let phase: Reference['phase'] = 'active';
  let interrupts = false;
  const of = (id: TaskId): Task => tasks.get(id)!;
  const ended = (id: TaskId) => !GOING_ON.includes(of(id).kind);
  const done = (id: TaskId) => {
    const { kind, waved } = of(id);
    return kind === 'succeeded' || kind === 'approved' || (kind === 'skipped' && waved);
  };
  const fine = (id: TaskId) => done(id) || (of(id).kind === 'skipped' && of(id).unwanted);

  for (const event of events) {
    switch (event.type) {
      case 'task-started':
        Object.assign(of(event.task), { kind: 'running', attempts: event.attempt });
        Object.assign(of(event.task), { stopped: false, heldBack: false, until: undefined });
        break;
      case 'task-succeeded':
        Object.assign(of(event.task), { kind: 'succeeded', landing: 'none' });
        of(event.task).hasArtifacts = event.artifacts.length > 0;
        break;
      case 'task-failed':
        of(event.task).kind = 'failed';
        break;
      case 'task-retried':
        Object.assign(of(event.task), { kind: 'pending', until: event.until });
        break;
      case 'task-interrupted':
        Object.assign(of(event.task), { kind: 'pending', until: undefined });
        break;
      case 'task-unknown':
        of(event.task).kind = 'unknown';
        break;
      case 'condition-judged':
        Object.assign(
          of(event.task),
          event.met ? { wanted: true } : { kind: 'skipped', waved: false, unwanted: true },
        );
        break;
      case 'task-skipped': {
        const waved = event.by !== undefined;
        const unwanted = !waved && event.because.every(fine);
        Object.assign(of(event.task), { kind: 'skipped', waved, unwanted });
        break;
      }
      case 'task-cancelled':
        of(event.task).kind = 'cancelled';
        break;
      case 'task-stop-requested':
        Object.assign(of(event.task), { stopped: true, heldBack: false });
        held.delete(event.task);
        break;
      case 'task-held':
        held.add(event.task);
        Object.assign(of(event.task), {
          stopped: false,
          heldBack: of(event.task).kind === 'running',
        });
        break;
      case 'task-released':
        held.delete(event.task);
        of(event.task).heldBack = false;
        break;
      case 'tasks-reset':
        for (const id of event.tasks) {
          tasks.set(id, { ...freshTask(), attempts: of(id).attempts });
        }
        phase = phase === 'finished' ? 'active' : phase;
        break;
      case 'gate-opened':
        of(event.task).kind = 'waiting';
        break;
      case 'gate-answered':
        of(event.task).kind = event.decision === 'approved' ? 'approved' : 'failed';
        break;
      case 'landing-started':
        of(event.task).landing = 'started';
        break;
      case 'landing-done':
        of(event.task).landing = 'done';
        break;
      case 'landing-failed':
        of(event.task).landing = 'failed';
        break;
      case 'cancel-requested':
        phase = 'cancelling';
        break;
      case 'run-paused':
        phase = 'paused';
        interrupts = event.running === 'interrupt';
        break;
      case 'run-resumed':
        phase = 'active';
        break;
      case 'run-finished':
        phase = 'finished';
        break;
      default:
    }
    for (const { id } of plan.tasks) {
      if (ended(id)) {
        held.delete(id);
      }
    }
  }

  const where = (holds: (id: TaskId) => boolean) =>
    plan.tasks.map(({ id }) => id).filter((id) => holds(id));
  const is = (kind: Kind) => where((id) => of(id).kind === kind);
  const planned = new Map(plan.tasks.map((task) => [task.id, task]));
  /** Why a pending task is not begun, or how it may be. */
  const placeOf = (id: TaskId) => {
    const { needs, after, barrier, conditions, step } = planned.get(id)!;
    const met = (need: TaskId) => (barrier.includes(need) ? fine(need) : done(need));
    if (of(id).kind !== 'pending') {
      return 'nowhere';
    }
    if (after === 'done' && needs.some((need) => ended(need) && !met(need))) {
      return 'doomed';
    }
    if (!needs.every(after === 'done' ? met : ended)) {
      return 'nowhere';
    }
    if (conditions.length > 0 && !of(id).wanted) {
      return 'undecided';
    }
    if (held.has(id)) {
      return 'nowhere';
    }
    if (step.kind === 'gate') {
      return 'due';
    }
    return of(id).until === undefined ? 'ready' : 'delayed';
  };
  const behind = (id: TaskId): TaskId[] =>
    plan.tasks.filter(({ needs }) => needs.includes(id)).flatMap((t) => [t.id, ...behind(t.id)]);
  const isOpenGate = (id: TaskId) =>
    planned.get(id)!.step.kind === 'gate' && of(id).kind !== 'approved';
  const status = (): RunStatus => {
    if (plan.tasks.every(({ id }) => fine(id))) {
      return where((id) => of(id).landing === 'failed').length === 0 ? 'succeeded' : 'degraded';
    }
    if (phase === 'cancelling') {
      return 'cancelled';
    }
    return where((id) => behind(id).length === 0 && done(id)).length > 0 ? 'degraded' : 'failed';
  };
  const running = is('running');
  return {
    phase,
    interrupts,
    kinds: Object.fromEntries([...tasks].map(([id, { kind }]) => [id, kind])),
    attempts: Object.fromEntries([...tasks].map(([id, { attempts }]) => [id, attempts])),
    ready: where((id) => placeOf(id) === 'ready'),
    delayed: where((id) => placeOf(id) === 'delayed').map((id) => [id, of(id).until!]),
    undecided: where((id) => placeOf(id) === 'undecided'),
    dueGates: where((id) => placeOf(id) === 'due'),
    doomed: where((id) => placeOf(id) === 'doomed'),
    running,
    waiting: is('waiting'),
    unknown: is('unknown'),
    stopping: running.filter((id) => of(id).stopped || of(id).heldBack),
    stoppedForGood: running.filter((id) => of(id).stopped),
    landable: is('succeeded').filter((id) => {
      const { hasArtifacts, landing } = of(id);
      const isOpen = landing === 'none' || landing === 'started';
      return hasArtifacts && isOpen && !behind(id).some(isOpenGate);
    }),
    held: where((id) => held.has(id)),
    unfinished: where((id) => !ended(id)).length,
    failed: is('failed').length,
    status: status(),
  };
}

function freshTask(): Task {
  return {
    kind: 'pending',
    attempts: 0,
    wanted: false,
    stopped: false,
    heldBack: false,
    until: undefined,
    hasArtifacts: false,
    waved: false,
    unwanted: false,
    landing: 'none',
  };
}
