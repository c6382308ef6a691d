import type { RunEvent } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import { budgetKey, type OpenQuestion, type QuestionId, type Reply } from '../domain/question.ts';

type Event<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

/** What agents ask people and what they are told, event by event. */
export class QuestionsFold {
  readonly open = new Map<QuestionId, OpenQuestion>();
  readonly replies = new Map<QuestionId, Reply>();
  /** Since when, in milliseconds since 1970. */
  readonly asking = new Map<TaskId, number>();
  readonly allowed = new Map<TaskId, Set<string>>();
  readonly raised = new Map<string, number>();
  readonly noticed = new Set<string>();

  /** @returns why it cannot be, as the end of a sentence */
  opened({ task, question, asks, digest, at }: Event<'question-opened'>): string | undefined {
    const known = this.open.get(question);
    if (this.replies.has(question)) {
      return 'it is answered';
    }
    if (this.asking.has(task) && known?.tasks.includes(task) === true) {
      return 'the task waits for it already';
    }
    if (known !== undefined && known.digest !== digest) {
      return 'it asks something else';
    }
    if (known === undefined) {
      this.open.set(question, { id: question, tasks: [task], asks, digest, openedAt: at });
    } else if (!known.tasks.includes(task)) {
      this.open.set(question, { ...known, tasks: [...known.tasks, task] });
    }
    this.asking.set(task, this.asking.get(task) ?? at);
    return undefined;
  }

  /** @returns the question that was open, or why the answer cannot be */
  answered({ question: id, digest, reply }: Event<'question-answered'>): OpenQuestion | string {
    const question = this.open.get(id);
    if (question === undefined) {
      return 'nobody asks that';
    }
    if (question.digest !== digest) {
      return 'the answer is for something else than was shown';
    }
    const { asks } = question;
    this.open.delete(id);
    this.replies.set(id, reply);
    for (const task of question.tasks) {
      this.#askNoMore(task);
      if (asks.kind === 'permission' && reply.kind === 'allow' && reply.always) {
        this.allowed.set(task, (this.allowed.get(task) ?? new Set()).add(asks.tool));
      }
    }
    if (asks.kind === 'budget' && (reply.kind === 'raise' || reply.kind === 'cheaper')) {
      const key = budgetKey(asks.scope, asks.of);
      this.raised.set(key, reply.to);
      this.noticed.delete(key);
    }
    return question;
  }

  /** The task's attempt is over: nobody waits for its answers. Those about the run's budget stay for others. */
  ended(task: TaskId, attempt: number): void {
    if (this.open.size === 0 && this.replies.size === 0) {
      return;
    }
    const own = `${task}.${attempt}/`;
    for (const [id, question] of this.open) {
      const [first, ...rest] = question.tasks.filter((other) => other !== task);
      if (id.startsWith(own) || first === undefined) {
        this.open.delete(id);
      } else if (question.tasks.includes(task)) {
        this.open.set(id, { ...question, tasks: [first, ...rest] });
      }
    }
    for (const id of this.replies.keys()) {
      if (id.startsWith(own)) {
        this.replies.delete(id);
      }
    }
    this.asking.delete(task);
  }

  /** The attempt waits for something else first. It asks again when it goes on, and may be answered before. */
  parked(task: TaskId): void {
    this.asking.delete(task);
  }

  #askNoMore(task: TaskId): void {
    if (![...this.open.values()].some(({ tasks }) => tasks.includes(task))) {
      this.asking.delete(task);
    }
  }
}
