import type { EventBody, RunEvent } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import type { AgentStep, GateStep, PlannedTask, RunPlan } from '../domain/workflow.ts';
import type { RunFold } from '../journal/fold.ts';
import type { Effects } from './effects.ts';
import type { DriverParts } from './parts.ts';
import type { RenderContext } from './render.ts';

/** What every part of the driver works with: the run as it stands, and the one way to change it. */
export class Desk {
  readonly parts: DriverParts;
  readonly effects: Effects;
  readonly #fold: RunFold;
  #staged: RunEvent[] = [];
  #planned: { readonly of: RunPlan; readonly tasks: ReadonlyMap<TaskId, PlannedTask> } | undefined;

  constructor(fold: RunFold, parts: DriverParts, effects: Effects) {
    this.parts = parts;
    this.effects = effects;
    this.#fold = fold;
  }

  get state(): RunState {
    return this.#fold.state;
  }

  /** As it is now: it changes when steps unfold. */
  get plan(): RunPlan {
    return this.#fold.plan;
  }

  get planned(): ReadonlyMap<TaskId, PlannedTask> {
    const { plan } = this;
    if (this.#planned?.of !== plan) {
      this.#planned = { of: plan, tasks: new Map(plan.tasks.map((task) => [task.id, task])) };
    }
    return this.#planned.tasks;
  }

  get context(): RenderContext {
    return { plan: this.plan, state: this.state, blobs: this.parts.blobs };
  }

  /** From here on the run is so; the journal has it with the next `commit`. */
  append(...bodies: readonly EventBody[]): void {
    for (const event of this.parts.journal.stage(bodies)) {
      this.#fold.apply(event);
      this.#staged.push(event);
    }
  }

  /** Writes what was appended, has it told, and lets begin what was begun on it. @throws what the journal throws */
  commit(): void {
    const events = this.#staged;
    if (events.length > 0) {
      this.parts.journal.commit();
      this.#staged = [];
      this.effects.telling.tell(events);
    }
    this.effects.release();
  }

  task(id: TaskId): PlannedTask {
    const task = this.planned.get(id);
    if (task === undefined) {
      throw new Error(`Internal error: the plan has no task ${id}`);
    }
    return task;
  }

  agentStep(id: TaskId): AgentStep {
    const { step } = this.task(id);
    if (step.kind !== 'agent') {
      throw new Error(`Internal error: ${id} is a gate`);
    }
    return step;
  }

  gateStep(id: TaskId): GateStep {
    const { step } = this.task(id);
    if (step.kind !== 'gate') {
      throw new Error(`Internal error: ${id} is no gate`);
    }
    return step;
  }
}
