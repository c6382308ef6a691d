import { nearlySpent, spentBudget, timeLeft } from '../domain/budget.ts';
import type { TaskId } from '../domain/ids.ts';
import type { QuestionId, Reply } from '../domain/question.ts';
import type { Wishes } from '../domain/runner.ts';
import { Asking } from './asking.ts';
import type { AttemptLink } from './attempt.ts';
import { nextLook } from './decide.ts';
import type { Desk } from './desk.ts';
import type { Message } from './effects.ts';

/** What goes on between attempts under way and people: what attempts do and ask, what people want and answer. */
export class Talking {
  readonly #desk: Desk;
  readonly #asking = new Asking();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** What an attempt of the task may ask of the run while it is made. */
  link(id: TaskId): Pick<AttemptLink, 'wishes' | 'timeLeft'> {
    return {
      wishes: (): Wishes => {
        const { edits, permissions, allowed } = this.#desk.state;
        return {
          model: edits.get(id)?.model,
          permissions: permissions.get(id),
          allowed: allowed.get(id) ?? NONE,
          spentBudget: spentBudget(this.#budgetsOf(id)),
        };
      },
      timeLeft: () => timeLeft(this.#budgetsOf(id)),
    };
  }

  did({ task, deed }: Extract<Message, { kind: 'did' }>): void {
    const attempt = this.#attemptOf(task);
    if (attempt !== undefined) {
      this.#desk.append({ ...deed, task, attempt });
      if (deed.type === 'call-ended') {
        const reached = nearlySpent(this.#budgetsOf(task));
        this.#desk.append(...reached.map((one) => ({ type: 'budget-noticed', ...one }) as const));
      }
    }
  }

  asked({ task, key, asks, reply }: Extract<Message, { kind: 'asked' }>): void {
    const attempt = this.#attemptOf(task);
    if (attempt !== undefined) {
      const asked = { task, attempt, key, asks, reply };
      this.#desk.append(...this.#asking.ask(asked, this.#desk.state));
    }
  }

  answered(question: QuestionId, reply: Reply): void {
    this.#asking.answered(question, reply);
  }

  ended(task: TaskId): void {
    this.#asking.ended(task);
  }

  /** Nothing is under way but attempts that wait for answers, and that can be gone on with later. */
  isAllForPeople(): boolean {
    const { state, plan, parts, effects } = this.#desk;
    const { running } = state.frontier;
    return (
      effects.mailbox.isEmpty &&
      !effects.hasEffects &&
      nextLook(state) === undefined &&
      [...running].every((id) => {
        const kind = plan.agents[this.#desk.agentStep(id).agent]?.runner.kind;
        return state.asking.has(id) && kind && parts.runnerFor(kind)?.canPark === true;
      })
    );
  }

  #attemptOf(task: TaskId): number | undefined {
    const state = this.#desk.state.tasks.get(task);
    return state?.kind === 'running' ? state.attempt : undefined;
  }

  #budgetsOf(task: TaskId): Parameters<typeof spentBudget>[0] {
    const { plan, state, parts } = this.#desk;
    return { plan, state, task, step: this.#desk.agentStep(task), now: parts.clock.now() };
  }
}

const NONE: ReadonlySet<string> = new Set();
