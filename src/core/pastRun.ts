import type { Mutable } from './base/mutable.ts';
import type { AttemptDeed } from './domain/deed.ts';
import type { RunEvent } from './domain/event.ts';
import type { TaskId } from './domain/ids.ts';
import { NOTHING_SPENT, type Ledger, type Spent, type TaskLedger } from './domain/ledger.ts';
import type { Frontier, ReadyTasks, RunState } from './domain/runState.ts';
import type { RunPlan } from './domain/workflow.ts';
import { orderOf } from './graph/order.ts';
import { RunFold, type PlanSource } from './journal/fold.ts';
import { LaneCaps } from './journal/laneCaps.ts';
import { LedgerFold } from './journal/ledgerFold.ts';
import { UNTOUCHED } from './journal/outcomes.ts';
import { graphOf } from './journal/planGraph.ts';
import { Versions, watch, type Watchable } from './versions.ts';

// One run with all it has been. Its events go once through the fold that everything else uses; what each of them
// changes is noted. So a moment is looked up, and folds nothing: dragging back is as quick as forth.
//
// P1  A state of the past never changes, however far the run goes on.
// P2  Nothing here knows what an event means. What the fold writes to is watched, and its plain values are compared.

/** A map or set of the fold's state: what it is now, and all it has been. */
interface Watched {
  readonly source: Watchable<unknown>;
  readonly touched: Map<unknown, boolean>;
  readonly versions: Versions<unknown, unknown>;
}

/** One of the state's own, or of its frontier's. */
interface Part {
  readonly where: 'state' | 'frontier';
  readonly name: string;
  last: unknown;
}

/** A plan, and how long the ways in it are. */
interface Planned {
  readonly plan: RunPlan;
  readonly ready: Pick<ReadyTasks, 'wayLeftMs'>;
}

const UNSEEN = Symbol('unseen');

type Deed = Extract<RunEvent, { readonly type: AttemptDeed['type'] }>;

const DEEDS: ReadonlySet<string> = new Set<AttemptDeed['type']>([
  'call-started',
  'call-ended',
  'model-changed',
  'tool-called',
  'tool-ended',
]);

/** Parts of the state that are noted in their own ways. */
const APART: ReadonlySet<string> = new Set<keyof RunState>(['seq', 'ledger', 'frontier']);

export class PastRun {
  readonly #fold: RunFold;
  readonly #events: RunEvent[];
  readonly #parts: readonly Part[];
  /** The maps and sets of the state, and those of its frontier, by their names there. */
  readonly #watched = { state: new Map<string, Watched>(), frontier: new Map<string, Watched>() };
  /** What is neither, likewise. */
  readonly #values = {
    state: new Versions<string, unknown>(),
    frontier: new Versions<string, unknown>(),
  };
  readonly #plans = new Versions<'plan', Planned>();
  #planned: Planned;
  readonly #total = new Versions<'total', Spent>();
  readonly #spent = new Versions<TaskId, Spent>();
  readonly #deeds = new Map<TaskId, Deed[]>();

  /** @param plan the one the run started with @throws ImpossibleEvent unless `created` is a run's first event */
  constructor(plan: RunPlan, created: RunEvent, plans: PlanSource) {
    this.#fold = new RunFold(plan, graphOf(plan), created, plans);
    this.#events = [created];
    const { state } = this.#fold;
    this.#planned = { plan, ready: state.frontier.ready };
    this.#plans.set(created.seq, 'plan', this.#planned);
    const partsOf = (where: Part['where'], whole: object): Part[] =>
      Object.keys(whole).map((name) => ({ where, name, last: UNSEEN }));
    this.#parts = [
      ...partsOf('state', state).filter(({ name }) => !APART.has(name)),
      ...partsOf('frontier', state.frontier),
    ];
    this.#note(created);
  }

  /** In order, from the first. */
  get events(): readonly RunEvent[] {
    return this.#events;
  }

  /** As of the last event; it changes with `apply`. */
  get state(): RunState {
    return this.#fold.state;
  }

  /** As of the last event. */
  get plan(): RunPlan {
    return this.#fold.plan;
  }

  /** @throws ImpossibleEvent */
  apply(event: RunEvent): void {
    this.#fold.apply(event);
    this.#events.push(event);
    this.#note(event);
  }

  /** @param seq from 1 to the last */
  at(seq: number): { readonly plan: RunPlan; readonly state: RunState } {
    const planned = this.#plans.at(seq).get('plan');
    if (planned === undefined) {
      throw new Error(`Internal error: the run had no plan at event ${seq}`);
    }
    const { plan } = planned;
    // Its parts are those of the fold's own state, whichever these are (P2).
    const state = {
      ...this.#partsAt('state', seq),
      seq,
      ledger: this.#ledgerAt(seq),
    } as unknown as Mutable<RunState>;
    const { ready, ...frontier } = this.#partsAt('frontier', seq);
    state.frontier = {
      ...(frontier as unknown as Frontier),
      ready: pastReady(ready as ReadonlySet<TaskId>, plan, planned.ready),
      mayBegin: mayBeginIn(plan, state.tasks),
    };
    return { plan, state };
  }

  #partsAt(where: 'state' | 'frontier', seq: number): Record<string, unknown> {
    const parts: Record<string, unknown> = Object.fromEntries(this.#values[where].at(seq));
    for (const [name, { source, versions }] of this.#watched[where]) {
      const then = versions.at(seq);
      parts[name] = source instanceof Map ? then : new Set(then.keys());
    }
    return parts;
  }

  #note(event: RunEvent): void {
    const { seq } = event;
    const { state, plan } = this.#fold;
    if (plan !== this.#planned.plan) {
      this.#planned = { plan, ready: state.frontier.ready };
      this.#plans.set(seq, 'plan', this.#planned);
    }
    const { frontier } = state;
    for (const part of this.#parts) {
      const now: unknown =
        part.where === 'state'
          ? (state as unknown as Record<string, unknown>)[part.name]
          : (frontier as unknown as Record<string, unknown>)[part.name];
      if (now !== part.last) {
        part.last = now;
        this.#noteAnother(seq, part);
      }
    }
    this.#noteSpent(event);
    for (const watched of [this.#watched.state, this.#watched.frontier]) {
      for (const one of watched.values()) {
        if (one.touched.size > 0) {
          noteTouched(seq, one);
        }
      }
    }
  }

  /** The part is not what it was: a value, or the fold has put another map in its place. */
  #noteAnother(seq: number, { where, name, last: now }: Part): void {
    if (!isWatchable(now)) {
      this.#values[where].set(seq, name, now);
      return;
    }
    const versions = this.#watched[where].get(name)?.versions ?? new Versions();
    const touched = watch(now);
    const keys = new Set(keysOf(now));
    for (const key of versions.present()) {
      if (!keys.has(key)) {
        versions.delete(seq, key);
      }
    }
    // All of it is as if it had just been written.
    for (const key of keys) {
      touched.set(key, true);
    }
    this.#watched[where].set(name, { source: now, touched, versions });
  }

  /** What was spent is written in place: by the task the event is about, or by those that it moved. */
  #noteSpent(event: RunEvent): void {
    const { ledger } = this.#fold.state;
    if (isDeed(event)) {
      const deeds = this.#deeds.get(event.task) ?? [];
      deeds.push(event);
      this.#deeds.set(event.task, deeds);
    }
    const moved = this.#watched.state.get('tasks')?.touched.keys() ?? [];
    const tasks = new Set([...moved] as TaskId[]);
    for (const task of 'task' in event ? tasks.add(event.task) : tasks) {
      const entry = ledger.tasks.get(task);
      if (entry !== undefined) {
        this.#spent.set(event.seq, task, copyUnlessSame(entry.spent, this.#spent.latest(task)));
      }
    }
    const total = copyUnlessSame(ledger.total, this.#total.latest('total'));
    this.#total.set(event.seq, 'total', total);
  }

  #ledgerAt(seq: number): Ledger {
    const foldOf = (task: TaskId): LedgerFold => {
      const fold = new LedgerFold();
      for (const deed of this.#deeds.get(task) ?? []) {
        if (deed.seq > seq) {
          break;
        }
        fold.did(deed, deed);
      }
      return fold;
    };
    const tasks = new Map<TaskId, TaskLedger>();
    for (const [task, spent] of this.#spent.at(seq)) {
      tasks.set(task, new PastTaskLedger(spent, () => foldOf(task).tasks.get(task)));
    }
    const total = this.#total.at(seq).get('total') ?? NOTHING_SPENT;
    return { total, tasks, counted: (task) => foldOf(task).counted(task) };
  }
}

/** Calls are many and seldom asked for: they are told from the task's events when they are. */
class PastTaskLedger implements TaskLedger {
  readonly spent: Spent;
  readonly #read: () => TaskLedger | undefined;
  #told: TaskLedger | undefined;

  constructor(spent: Spent, read: () => TaskLedger | undefined) {
    this.spent = spent;
    this.#read = read;
  }

  get calls(): TaskLedger['calls'] {
    this.#told ??= this.#read();
    return this.#told?.calls ?? [];
  }

  get changes(): TaskLedger['changes'] {
    this.#told ??= this.#read();
    return this.#told?.changes ?? [];
  }
}

/** @param order knows how long the way from each task is, which never changes */
function pastReady(
  ready: ReadonlySet<TaskId>,
  plan: RunPlan,
  order: Pick<ReadyTasks, 'wayLeftMs'>,
): ReadyTasks {
  const inPlan = () => plan.tasks.flatMap(({ id }) => (ready.has(id) ? id : []));
  const wayLeftMs = (task: TaskId) => order.wayLeftMs(task);
  return {
    size: ready.size,
    has: (task) => ready.has(task),
    longestFirst: () => inPlan().sort((a, b) => wayLeftMs(b) - wayLeftMs(a)),
    deepestFirst: () => {
      const byDepth = orderOf(graphOf(plan), () => 0);
      return inPlan().sort((a, b) => byDepth.depthPlace(a) - byDepth.depthPlace(b));
    },
    wayLeftMs,
  };
}

function mayBeginIn(plan: RunPlan, tasks: RunState['tasks']): Frontier['mayBegin'] {
  let caps: LaneCaps | undefined;
  return (task, beside) => {
    if (caps === undefined) {
      caps = new LaneCaps(plan.tasks);
      for (const [id, state] of tasks) {
        caps.moved(id, UNTOUCHED, state);
      }
    }
    return caps.mayBegin(task, beside);
  };
}

function isDeed(event: RunEvent): event is Deed {
  return DEEDS.has(event.type);
}

function isWatchable(part: unknown): part is Watchable<unknown> {
  return (
    typeof part === 'object' &&
    part !== null &&
    'has' in part &&
    'delete' in part &&
    typeof part.has === 'function'
  );
}

function keysOf(part: Watchable<unknown>): Iterable<unknown> {
  return part instanceof Map || part instanceof Set
    ? part.keys()
    : (part as unknown as ReadyTasks).longestFirst();
}

function noteTouched(seq: number, { source, touched, versions }: Watched): void {
  for (const [key, isMoved] of touched) {
    if (source.has(key)) {
      const value: unknown = source instanceof Map ? source.get(key) : true;
      versions.set(seq, key, value instanceof Set ? new Set(value) : value, isMoved);
    } else {
      versions.delete(seq, key);
    }
  }
  touched.clear();
}

function copyUnlessSame(spent: Spent, before: Spent | undefined): Spent {
  const isSame =
    before !== undefined &&
    (Object.keys(spent) as (keyof Spent)[]).every((name) => spent[name] === before[name]);
  return isSame ? before : { ...spent };
}
