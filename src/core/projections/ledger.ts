import type { TaskId } from '../domain/ids.ts';
import { NOTHING_SPENT, type CallEntry, type ModelChange, type Spent } from '../domain/ledger.ts';
import type { RunState } from '../domain/runState.ts';
import { isServedAs } from '../domain/servedModel.ts';
import { costText, spentText, tokensText } from './amounts.ts';
import { reusedAmountsText, runReuse } from './reasons.ts';

/** What a run has asked of models, task by task. */
export interface LedgerPage {
  readonly total: LedgerAmounts;
  /** Only of tasks that asked a model; those of the plan in its order first. */
  readonly tasks: readonly TaskAccount[];
}

export interface LedgerAmounts extends Omit<Spent, 'lostCalls'> {
  /** Under way. */
  readonly openCalls: number;
  /** Cut off with their program: perhaps paid for. */
  readonly lostCalls: number;
  /** Calls made again after one that failed or was lost. */
  readonly retries: number;
}

export interface TaskAccount {
  readonly task: TaskId;
  readonly spent: LedgerAmounts;
  /** In the order they were first asked. */
  readonly models: readonly ModelAccount[];
  /** In order. */
  readonly changes: readonly ModelChange[];
}

/** The calls of one task that asked for the same model and were served by the same. */
export interface ModelAccount {
  readonly provider: string;
  readonly requested: string;
  /** By the responses; `undefined`: they do not say. */
  readonly served: string | undefined;
  /** Another model answered than was asked. */
  readonly isOther: boolean;
  readonly calls: number;
  readonly failedCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
  readonly unpricedCalls: number;
  readonly isEstimate: boolean;
}

export function ledgerOf(state: RunState): LedgerPage {
  const tasks = [...state.tasks.keys()].flatMap((task) => accountOf(state, task) ?? []);
  let openCalls = 0;
  let retries = 0;
  for (const { spent } of tasks) {
    openCalls += spent.openCalls;
    retries += spent.retries;
  }
  const { total } = state.ledger;
  return {
    total: { ...total, openCalls, lostCalls: total.lostCalls - openCalls, retries },
    tasks,
  };
}

/** `undefined`: the task has asked no model. */
export function accountOf(state: RunState, task: TaskId): TaskAccount | undefined {
  const ledger = state.ledger.tasks.get(task);
  if (ledger === undefined || ledger.calls.length + ledger.changes.length === 0) {
    return undefined;
  }
  const openCalls = ledger.calls.filter((call) => isUnderWay(state, call)).length;
  const { spent, calls, changes } = ledger;
  return {
    task,
    spent: {
      ...spent,
      openCalls,
      lostCalls: spent.lostCalls - openCalls,
      retries: retriesIn(calls),
    },
    models: modelsOf(calls),
    changes,
  };
}

/** What a task has spent so far; nothing for one that asked no model. */
export function spentBy(state: RunState, task: TaskId): Spent {
  return state.ledger.tasks.get(task)?.spent ?? NOTHING_SPENT;
}

/** `gpt-5-mini answered instead of gpt-5`; `undefined` where everything was served as asked. */
export function otherModelText(state: RunState, task: TaskId): string | undefined {
  const other = state.ledger.tasks
    .get(task)
    ?.calls.findLast(({ requested, end }) => end !== undefined && !wasServedAs(requested, end));
  const served = other?.end?.served;
  return other === undefined || served === undefined
    ? undefined
    : `${served} answered instead of ${other.requested}`;
}

/** The ledger as people read it, a line each; empty where no model was asked. */
export function accountLines({ spent, models, changes }: TaskAccount): string[] {
  return [
    ...models.map(
      (model) =>
        `Model: ${modelText(model)} · ${model.calls === 1 ? '1 call' : `${model.calls} calls`}`,
    ),
    `Spent: ${amountsText(spent)}`,
    ...changes.map(({ from, to, why }) => `Changed from ${from} to ${to}: ${changeText(why)}`),
  ];
}

/** `anthropic/claude-x`, and what answered where that is something else or has a name of its own. */
export function modelText({ provider, requested, served, isOther }: ModelAccount): string {
  const asked = `${provider}/${requested}`;
  if (served === undefined || served === requested) {
    return asked;
  }
  return isOther ? `${asked} → ${served}, which is another model` : `${asked} → ${served}`;
}

/** `2,140 tokens (1,900 in, 240 out) · $0.03 · 1 retry` */
export function amountsText(spent: LedgerAmounts): string {
  const { inputTokens, outputTokens, retries, lostCalls, isEstimate } = spent;
  const total = inputTokens + outputTokens;
  const parts = [
    `${isEstimate ? '~' : ''}${tokensText(total)} (${inputTokens.toLocaleString('en')} in, ${outputTokens.toLocaleString('en')} out)`,
    costText(spent),
    retries === 0 ? '' : retries === 1 ? '1 retry' : `${retries} retries`,
    lostCalls === 0
      ? ''
      : `${lostCalls === 1 ? '1 call was' : `${lostCalls} calls were`} cut off, and perhaps paid for`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** What a run has spent and saved as people read it, a line each; none where no model was asked and nothing reused. */
export function ledgerLines(state: RunState): string[] {
  const { total, tasks } = ledgerOf(state);
  const others = tasks.flatMap(({ task }) => otherModelText(state, task) ?? []);
  const reuse = runReuse(state);
  return [
    ...(total.calls === 0 ? [] : [`Spent: ${amountsText(total)}`, ...new Set(others)]),
    ...(reuse.tasks === 0 ? [] : [`Reused: ${reusedAmountsText(reuse)}`]),
  ];
}

/** What the run has spent, for its row: `2,140 tokens · $0.03`; empty where no model was asked. */
export function runSpentText({ ledger }: RunState): string {
  return spentText(ledger.total);
}

export function changeText(why: string): string {
  return why === 'chosen' ? 'a person chose it' : `after ${why.replaceAll('-', ' ')}`;
}

/** A call without an end is under way only in an attempt that is. */
function isUnderWay(state: RunState, { task, attempt, end }: CallEntry): boolean {
  const at = state.tasks.get(task);
  return end === undefined && at?.kind === 'running' && at.attempt === attempt;
}

function retriesIn(calls: readonly CallEntry[]): number {
  return calls.filter((_call, index) => {
    const before = calls[index - 1];
    return before !== undefined && (before.end === undefined || before.end.failure !== undefined);
  }).length;
}

function wasServedAs(requested: string, { served }: { readonly served: string | undefined }) {
  return served === undefined || isServedAs(requested, served);
}

function modelsOf(calls: readonly CallEntry[]): ModelAccount[] {
  const models = new Map<string, ModelAccount>();
  for (const { provider, requested, end } of calls) {
    const served = end?.served;
    const key = JSON.stringify([provider, requested, served]);
    const before = models.get(key);
    const tokens = end === undefined ? 0 : end.usage.input + end.usage.output;
    models.set(key, {
      provider,
      requested,
      served,
      isOther: served !== undefined && !isServedAs(requested, served),
      calls: (before?.calls ?? 0) + 1,
      failedCalls: (before?.failedCalls ?? 0) + (end?.failure === undefined ? 0 : 1),
      inputTokens: (before?.inputTokens ?? 0) + (end?.usage.input ?? 0),
      outputTokens: (before?.outputTokens ?? 0) + (end?.usage.output ?? 0),
      usd: (before?.usd ?? 0) + (end?.usd ?? 0),
      unpricedCalls: (before?.unpricedCalls ?? 0) + (end?.usd === undefined && tokens > 0 ? 1 : 0),
      isEstimate:
        (before?.isEstimate ?? false) || (end?.usage.counted === 'estimate' && tokens > 0),
    });
  }
  return [...models.values()];
}
