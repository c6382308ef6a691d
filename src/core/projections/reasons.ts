import { count } from '../base/text.ts';
import { ageText } from '../domain/amounts.ts';
import type { CacheOff, MissReason, Reuse, Saved } from '../domain/cache.ts';
import {
  missText,
  reuseText,
  savedShort,
  savedText,
  type ReasonDetail,
} from '../domain/cacheText.ts';
import { cacheUseOf } from '../domain/cacheUse.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState, TaskState } from '../domain/runState.ts';
import type { PlannedTask, RunPlan } from '../domain/workflow.ts';

// What the cache has to do with the tasks of a run.

/** What stands for the task, where nothing ran for it. */
export function reuseOf(state: RunState, id: TaskId): Reuse | undefined {
  const task = state.tasks.get(id);
  return task?.kind === 'succeeded' ? task.reused : undefined;
}

/**
 * Why nothing had to run for a task, or why it runs or ran. Empty where the cache was not asked, and while it waits.
 * @param now milliseconds since 1970; `undefined`: answers are as old as when the task was reused, or its run begun
 */
export function reasonText(
  plan: RunPlan,
  state: RunState,
  id: TaskId,
  detail: ReasonDetail,
  now: number | undefined,
): string {
  const task = state.tasks.get(id);
  const { run } = state;
  if (task?.kind === 'succeeded' && task.reused !== undefined) {
    const { reused } = task;
    const seen = now ?? task.endedAt;
    return remembered(reused, detail, `${run} ${id} ${ageText(seen - reused.from.at)}`, () =>
      reuseText(reused, { task: id, run, now: seen }, detail),
    );
  }
  const why = state.misses.get(id)?.why;
  if (task === undefined || why === undefined || !HAS_RUN.has(task.kind)) {
    return '';
  }
  const isRunning = task.kind === 'running';
  const seen = now ?? state.createdAt;
  const age = 'than' in why && detail === 'whole' ? ageText(seen - why.than.at) : '';
  const isTraced = factsOf(plan).traced.has(id);
  return remembered(why, detail, `${run} ${id} ${isRunning} ${isTraced} ${age}`, () =>
    missText(why, { task: id, run, now: seen, isTraced, isRunning }, detail),
  );
}

const HAS_RUN: ReadonlySet<TaskState['kind']> = new Set<TaskState['kind']>([
  'running',
  'succeeded',
  'failed',
  'unknown',
  'cancelled',
]);

interface Told {
  /** All that may make it another text. */
  readonly circumstances: string;
  readonly text: string;
}

const toldBefore = new WeakMap<object, Partial<Record<ReasonDetail, Told>>>();

/** Rows are drawn every second, and of a run with thousands of tasks its reasons would be most of the work. */
function remembered(
  of: Reuse | MissReason,
  detail: ReasonDetail,
  circumstances: string,
  tell: () => string,
): string {
  const told = toldBefore.get(of);
  const before = told?.[detail];
  if (before?.circumstances === circumstances) {
    return before.text;
  }
  const text = tell();
  toldBefore.set(of, { ...told, [detail]: { circumstances, text } });
  return text;
}

/** What makes or made a task run that had run before, as its row has room for; empty where nothing did. */
export function causeText(plan: RunPlan, state: RunState, id: TaskId): string {
  const miss = state.misses.get(id);
  return miss === undefined || miss.why.kind === 'first' || reuseOf(state, id) !== undefined
    ? ''
    : reasonText(plan, state, id, 'short', undefined);
}

/** Why the cache is not asked about a task; `undefined`: it is, or it is none of an agent. */
export function cacheOffOf(plan: RunPlan, step: PlannedTask['step']): CacheOff | undefined {
  const agent = step.kind === 'agent' ? plan.agents[step.agent] : undefined;
  if (step.kind !== 'agent' || agent === undefined) {
    return undefined;
  }
  const use = cacheUseOf(plan, step, agent);
  return use.kind === 'off' ? use.why : undefined;
}

/** What can be told from a plan alone, worked out once. */
interface PlanFacts {
  /** Tasks the cache may answer, and all that these need. */
  readonly reusable: ReadonlySet<TaskId>;
  /** Tasks whose tools tell what they read. */
  readonly traced: ReadonlySet<TaskId>;
}

const knownFacts = new WeakMap<RunPlan, PlanFacts>();

/** True when the cache may answer the task, or one that comes of it. */
export function mayBeReused(plan: RunPlan, id: TaskId): boolean {
  return factsOf(plan).reusable.has(id);
}

function factsOf(plan: RunPlan): PlanFacts {
  const known = knownFacts.get(plan);
  if (known !== undefined) {
    return known;
  }
  const needsOf = new Map(plan.tasks.map(({ id, needs }) => [id, needs]));
  const reusable = new Set<TaskId>();
  const traced = new Set<TaskId>();
  const next: TaskId[] = [];
  for (const { id, step } of plan.tasks) {
    const agent = step.kind === 'agent' ? plan.agents[step.agent] : undefined;
    if (agent !== undefined && cacheOffOf(plan, step) === undefined) {
      next.push(id);
    }
    if (agent?.runner.kind === 'model') {
      traced.add(id);
    }
  }
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    if (!reusable.has(id)) {
      reusable.add(id);
      next.push(...(needsOf.get(id) ?? []));
    }
  }
  const facts = { reusable, traced };
  knownFacts.set(plan, facts);
  return facts;
}

/** What was reused in a run. */
export interface RunReuse {
  readonly tasks: number;
  readonly saved: Saved;
}

export function runReuse(state: RunState): RunReuse {
  let tasks = 0;
  const saved = { ms: 0, calls: 0, tokens: 0, usd: 0 };
  for (const task of state.tasks.values()) {
    if (task.kind === 'succeeded' && task.reused !== undefined) {
      const { ms, calls, tokens, usd } = task.reused.saved;
      tasks += 1;
      saved.ms += ms;
      saved.calls += calls;
      saved.tokens += tokens;
      saved.usd += usd;
    }
  }
  return { tasks, saved };
}

/** `12 reused · saved $1.20`, for the row of a run; empty where nothing was. */
export function runReusedText(state: RunState): string {
  const { tasks, saved } = runReuse(state);
  const text = savedShort(saved);
  return tasks === 0 ? '' : [`${tasks} reused`, text].filter((part) => part !== '').join(' · ');
}

/** `27 of 30 reused, saved 4 min, 210,000 tokens, $1.84`, of the tasks of agents; empty where nothing was. */
export function savingsText(plan: RunPlan, state: RunState): string {
  const { tasks, saved } = runReuse(state);
  const agents = plan.tasks.filter(({ step }) => step.kind === 'agent').length;
  return tasks === 0 ? '' : [`${tasks} of ${agents} reused`, ...savedPart(saved)].join(', ');
}

/** `27 tasks, saved 4 min, 210,000 tokens, $1.84` */
export function reusedAmountsText({ tasks, saved }: RunReuse): string {
  return [count(tasks, 'task'), ...savedPart(saved)].join(', ');
}

function savedPart(saved: Saved): string[] {
  const text = savedText(saved);
  return text === '' ? [] : [`saved ${text}`];
}
