import type { AttemptDeed } from '../domain/deed.ts';
import type { TaskId } from '../domain/ids.ts';
import {
  NOTHING_SPENT,
  type CallEntry,
  type Counted,
  type Ledger,
  type ModelChange,
  type Spent,
} from '../domain/ledger.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface MutableTaskLedger {
  readonly spent: Mutable<Spent>;
  readonly calls: CallEntry[];
  readonly changes: ModelChange[];
  uses: number;
  readonly openUses: Set<number>;
}

/** What a run has spent, event by event. */
export class LedgerFold implements Ledger {
  readonly total: Mutable<Spent> = { ...NOTHING_SPENT };
  readonly tasks = new Map<TaskId, MutableTaskLedger>();

  counted(id: TaskId): Counted {
    const task = this.tasks.get(id);
    return {
      calls: task?.calls.length ?? 0,
      uses: task?.uses ?? 0,
      openCalls: (task?.calls ?? []).flatMap(({ call, end }) => (end === undefined ? [call] : [])),
      openUses: [...(task?.openUses ?? [])],
    };
  }

  /** @returns what keeps the deed from being the next of its task, as the end of a sentence */
  did(
    deed: AttemptDeed,
    {
      task: id,
      attempt,
      at,
    }: { readonly task: TaskId; readonly attempt: number; readonly at: number },
  ): string | undefined {
    const task = this.#taskOf(id);
    switch (deed.type) {
      case 'call-started': {
        if (deed.call !== task.calls.length + 1) {
          return `call ${task.calls.length + 1} is next`;
        }
        const { provider, model: requested, call } = deed;
        task.calls.push({
          task: id,
          attempt,
          call,
          startedAt: at,
          provider,
          requested,
          end: undefined,
        });
        this.#add(id, { calls: 1, lostCalls: 1 });
        return undefined;
      }
      case 'call-ended':
        return this.#ended(id, deed);
      case 'model-changed':
        task.changes.push({ at, from: deed.from, to: deed.to, why: deed.why });
        return undefined;
      case 'tool-called':
        if (deed.use !== task.uses + 1) {
          return `use ${task.uses + 1} is next`;
        }
        task.uses = deed.use;
        task.openUses.add(deed.use);
        return undefined;
      case 'tool-ended':
        return task.openUses.delete(deed.use) ? undefined : 'that use has not begun, or has ended';
      case 'breaker-moved':
        return undefined;
    }
  }

  worked(id: TaskId, ms: number): void {
    if (ms > 0) {
      this.#taskOf(id);
      this.#add(id, { workedMs: ms });
    }
  }

  #ended(id: TaskId, deed: Extract<AttemptDeed, { type: 'call-ended' }>): string | undefined {
    const { calls } = this.#taskOf(id);
    const entry = calls[deed.call - 1];
    if (entry === undefined || entry.end !== undefined) {
      return entry === undefined ? 'that call has not begun' : 'that call has ended';
    }
    const { served, usage, usd, durationMs, failure } = deed;
    calls[deed.call - 1] = { ...entry, end: { served, usage, usd, durationMs, failure } };
    const tokens = usage.input + usage.output;
    this.#add(id, {
      lostCalls: -1,
      failedCalls: failure === undefined ? 0 : 1,
      inputTokens: usage.input,
      outputTokens: usage.output,
      usd: usd ?? 0,
      unpricedCalls: usd === undefined && tokens > 0 ? 1 : 0,
      isEstimate: usage.counted === 'estimate' && tokens > 0,
    });
    return undefined;
  }

  #add(id: TaskId, { isEstimate = false, ...amounts }: Partial<Spent>): void {
    for (const spent of [this.total, this.#taskOf(id).spent]) {
      for (const [name, amount] of Object.entries(amounts) as [keyof typeof amounts, number][]) {
        spent[name] += amount;
      }
      spent.isEstimate ||= isEstimate;
    }
  }

  #taskOf(id: TaskId): MutableTaskLedger {
    let task = this.tasks.get(id);
    if (task === undefined) {
      task = { spent: { ...NOTHING_SPENT }, calls: [], changes: [], uses: 0, openUses: new Set() };
      this.tasks.set(id, task);
    }
    return task;
  }
}
