import { digestOfJson } from '../base/digest.ts';
import { cacheUseOf } from '../domain/cacheUse.ts';
import type { TaskId } from '../domain/ids.ts';
import { ownNeeds } from '../journal/fixedPlan.ts';
import type { Desk } from './desk.ts';
import type { Message } from './effects.ts';
import { laidFiles, type AttemptInput } from './inputs.ts';
import type { CacheAnswer, CacheQuestion, DriverParts, NeedFacts } from './parts.ts';
import { sourceOf } from './source.ts';
import { prepare, type Prepared } from './preparing.ts';

/**
 * Asks the cache about tasks before they start. That takes no slot; a task which waits for another run that was asked
 * the same just stays pending.
 */
export class Reusing {
  readonly #desk: Desk;
  readonly #asking = new Map<TaskId, AbortController>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** False when it is being asked already. */
  ask(id: TaskId): boolean {
    const stop = new AbortController();
    const { plan, planned, state, parts, effects } = this.#desk;
    const input = {
      plan,
      planned,
      state,
      task: this.#desk.task(id),
      step: this.#desk.agentStep(id),
    };
    const hasBegun = effects.ask(id, async () => {
      const answer = await askCache(input, parts, stop.signal).catch((thrown: unknown) => {
        if (!stop.signal.aborted) {
          parts.log.warn(`The cache could not be asked: ${String(thrown)}`, { task: id });
        }
        return undefined;
      });
      return { kind: 'cache-answered', task: id, answer: answer ?? unknownAnswer(input) };
    });
    if (hasBegun) {
      this.#asking.set(id, stop);
    }
    return hasBegun;
  }

  answered({ task, answer }: Extract<Message, { kind: 'cache-answered' }>): void {
    const wasStopped = this.#asking.get(task)?.signal.aborted === true;
    this.#asking.delete(task);
    if (wasStopped || !this.#desk.state.frontier.unasked.has(task)) {
      return;
    }
    if (answer.kind === 'miss') {
      this.#desk.append({ type: 'cache-missed', task, key: answer.key, why: answer.why });
    } else {
      this.#desk.append({ type: 'task-reused', task, reuse: answer.reuse, ...answer.result });
    }
  }

  /** The answer is not wanted any more. */
  stop(id: TaskId): void {
    this.#asking.get(id)?.abort();
  }

  stopAll(): void {
    this.#asking.forEach((stop) => stop.abort());
  }
}

type Asked = Omit<AttemptInput, 'attempt' | 'continues'>;

/** Rejects when what it needs cannot be read, and for an aborted signal. */
async function askCache(
  input: Asked,
  parts: DriverParts,
  signal: AbortSignal,
): Promise<CacheAnswer | undefined> {
  const prepared = await prepare(input, parts);
  const question = prepared.ok ? await questionOf(input, prepared.value, parts) : undefined;
  return question && (await parts.cache.ask(question, signal));
}

/** The attempt meets what kept the question from being asked, and fails with it. */
function unknownAnswer({ state, task }: Asked): CacheAnswer {
  return { kind: 'miss', key: digestOfJson([state.run, task.id]), why: { kind: 'first' } };
}

/** What the cache is asked; `undefined`: it is not to be asked, or the task cannot be made as its needs stand. */
export async function questionOf(
  input: Asked,
  prepared: Prepared,
  parts: Pick<DriverParts, 'mergeFiles'>,
): Promise<CacheQuestion | undefined> {
  const { plan, state, task, step } = input;
  const { agent, bounds, prompt, env, terms } = prepared;
  const use = cacheUseOf(plan, step, agent);
  const laid = use.kind === 'off' ? undefined : await laidFiles(input, parts);
  if (use.kind === 'off' || laid?.ok !== true) {
    return undefined;
  }
  return {
    run: state.run,
    task: task.id,
    workflow: plan.workflow.name,
    step,
    agent,
    agents: plan.agents,
    rule: use.rule,
    namespace: use.namespace,
    terms: { ...terms, owns: bounds?.texts.owns, never: bounds?.texts.never ?? [] },
    prompt,
    env,
    model: state.edits.get(task.id)?.model,
    permissions: state.permissions.get(task.id),
    needs: needsOf(input),
    laid: laid.value,
    source: sourceOf(plan),
    isFresh: state.fresh.has(task.id),
    hasWaited: state.waited.has(task.id),
  };
}

function needsOf({ planned, state, task }: Asked): readonly NeedFacts[] {
  return ownNeeds(task).flatMap((need): readonly NeedFacts[] => {
    const needed = state.tasks.get(need);
    const step = planned.get(need)?.step;
    if (needed === undefined || step?.kind !== 'agent') {
      return [];
    }
    const facts = { task: need, agent: step.agent, state: needed.kind };
    if (needed.kind === 'succeeded') {
      const { exitCode, output, artifacts, removed } = needed;
      const paths = removed.map(({ path }) => path);
      return [
        {
          ...facts,
          exitCode,
          output: output.digest,
          artifacts,
          ...(paths.length > 0 && { removed: paths }),
        },
      ];
    }
    return [needed.kind === 'failed' ? { ...facts, failure: needed.failure } : facts];
  });
}
