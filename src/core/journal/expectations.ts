import type { RunEvent } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { Frontier, RunPhase, RunState, TaskState } from '../domain/runState.ts';

/** An event that cannot follow the ones before it: the journal was damaged or edited. */
export class ImpossibleEvent extends Error {
  readonly event: RunEvent;

  constructor(event: RunEvent, why: string) {
    super(`event ${event.seq} (${event.type}) cannot be: ${why}`);
    this.name = 'ImpossibleEvent';
    this.event = event;
  }
}

/** What a person may still say of a finished run. */
const AFTER_THE_END: ReadonlySet<RunEvent['type']> = new Set([
  'plan-changed',
  'tasks-reset',
  'run-claimed',
  'command-ran',
  'landing-undone',
  'merge-started',
  'merge-chosen',
  'merge-moved',
]);

/** What must be so before an event can be. Each call gives what it found, or throws ImpossibleEvent. */
export class Expectations {
  readonly #tasks: ReadonlyMap<TaskId, TaskState>;
  readonly #frontier: Frontier;

  constructor(tasks: ReadonlyMap<TaskId, TaskState>, frontier: Frontier) {
    this.#tasks = tasks;
    this.#frontier = frontier;
  }

  /** That it is the next event of the run. */
  header(event: RunEvent, state: RunState): void {
    if (event.run !== state.run) {
      throw new ImpossibleEvent(event, `it belongs to ${event.run}, not ${state.run}`);
    }
    if (event.seq !== state.seq + 1) {
      throw new ImpossibleEvent(event, `event ${state.seq + 1} is next`);
    }
    if (event.epoch < state.epoch) {
      throw new ImpossibleEvent(event, `epoch ${state.epoch} has begun`);
    }
    if (state.phase.kind === 'finished' && !AFTER_THE_END.has(event.type)) {
      throw new ImpossibleEvent(event, 'the run has finished');
    }
  }

  /** That the cache is to be asked about it. */
  unasked(
    event: Extract<RunEvent, { readonly type: 'cache-missed' | 'task-reused' }>,
  ): Extract<TaskState, { readonly kind: 'pending' }> {
    const task = this.kind(event, event.task, 'pending');
    if (!this.#frontier.unasked.has(event.task)) {
      throw new ImpossibleEvent(event, 'the cache is not to be asked about it now');
    }
    return task;
  }

  /** That it failed, and that it is to be decided what becomes of it. */
  faulty(event: RunEvent, id: TaskId): Extract<TaskState, { readonly kind: 'pending' }> {
    const task = this.kind(event, id, 'pending');
    if (!this.#frontier.faulty.has(id)) {
      throw new ImpossibleEvent(event, 'it has not failed, or its last fix has not ended');
    }
    return task;
  }

  /** That these can be asked for again: they are there, and none of them runs. */
  reset(event: RunEvent, tasks: readonly TaskId[], phase: RunPhase): void {
    if (tasks.length === 0) {
      throw new ImpossibleEvent(event, 'it names no task');
    }
    const running = tasks.find((id) => this.task(event, id).kind === 'running');
    if (running !== undefined) {
      throw new ImpossibleEvent(event, `${running} is running`);
    }
    this.phase(event, phase, 'active', 'paused', 'finished');
  }

  task(event: RunEvent, id: TaskId): TaskState {
    const task = this.#tasks.get(id);
    if (task === undefined) {
      throw new ImpossibleEvent(event, `there is no task ${id}`);
    }
    return task;
  }

  kind<Kind extends TaskState['kind']>(
    event: RunEvent,
    id: TaskId,
    kind: Kind,
  ): Extract<TaskState, { kind: Kind }> {
    const task = this.task(event, id);
    if (!isKind(task, kind)) {
      throw new ImpossibleEvent(event, `the task is ${task.kind}, not ${kind}`);
    }
    return task;
  }

  attempt(event: RunEvent, id: TaskId, attempt: number): Extract<TaskState, { kind: 'running' }> {
    const task = this.kind(event, id, 'running');
    if (task.attempt !== attempt) {
      throw new ImpossibleEvent(event, `attempt ${task.attempt} is running`);
    }
    return task;
  }

  /** An attempt nobody knows the outcome of, found just now or shown to a person since. */
  cutOff(event: RunEvent, id: TaskId, attempt: number): void {
    const task = this.task(event, id);
    if ((task.kind !== 'running' && task.kind !== 'unknown') || task.attempt !== attempt) {
      throw new ImpossibleEvent(event, `attempt ${attempt} was not cut off`);
    }
  }

  /** @param fault what is wrong with the event, as the end of a sentence */
  nothing(event: RunEvent, fault: string | undefined): void {
    if (fault !== undefined) {
      throw new ImpossibleEvent(event, fault);
    }
  }

  landing(event: RunEvent & { readonly task: TaskId }, { landings }: RunState): void {
    this.kind(event, event.task, 'succeeded');
    if (event.type === 'landing-undone') {
      if (landings.get(event.task)?.kind !== 'done') {
        throw new ImpossibleEvent(event, 'it stands on no branch');
      }
    } else if (!this.#frontier.landable.has(event.task)) {
      throw new ImpossibleEvent(event, 'it made nothing, has landed, or a gate is not approved');
    }
  }

  phase(event: RunEvent, phase: RunPhase, ...kinds: readonly RunPhase['kind'][]): void {
    if (!kinds.includes(phase.kind)) {
      throw new ImpossibleEvent(event, `the run is ${phase.kind}`);
    }
  }
}

function isKind<Kind extends TaskState['kind']>(
  task: TaskState,
  kind: Kind,
): task is Extract<TaskState, { kind: Kind }> {
  return task.kind === kind;
}
