import type { EventBody } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import {
  budgetKey,
  questionDigest,
  type Question,
  type QuestionId,
  type Reply,
} from '../domain/question.ts';
import type { RunState } from '../domain/runState.ts';

/** An attempt asks a person, and waits. */
export interface Asked {
  readonly task: TaskId;
  readonly attempt: number;
  /** The same for the same question of the attempt, also when it is asked again after a crash. */
  readonly key: string;
  readonly asks: Question;
  readonly reply: (reply: Reply) => void;
}

/** Attempts of this program that wait for answers. What is asked and answered stands in the journal. */
export class Asking {
  readonly #waiting = new Map<QuestionId, Map<TaskId, (reply: Reply) => void>>();

  /** Answers at once what was answered before. @returns what is to be recorded */
  ask({ task, attempt, key, asks, reply }: Asked, state: RunState): readonly EventBody[] {
    const question = questionOf(task, attempt, key, asks);
    const known = state.replies.get(question);
    if (known !== undefined) {
      reply(known);
      return [];
    }
    const waiting = this.#waiting.get(question) ?? new Map<TaskId, (reply: Reply) => void>();
    this.#waiting.set(question, waiting.set(task, reply));
    const open = state.questions.get(question);
    if (open?.tasks.includes(task) === true && state.asking.has(task)) {
      return [];
    }
    // How much is spent differs from task to task; people are shown one question.
    const shown = open?.asks ?? asks;
    const digest = questionDigest(question, shown);
    return [{ type: 'question-opened', task, attempt, question, asks: shown, digest }];
  }

  /** Tells everybody who waits for it. */
  answered(question: QuestionId, reply: Reply): void {
    const waiting = this.#waiting.get(question);
    this.#waiting.delete(question);
    waiting?.forEach((tell) => tell(reply));
  }

  /** The task's attempt waits for nothing any more. */
  ended(task: TaskId): void {
    for (const [question, waiting] of this.#waiting) {
      waiting.delete(task);
      if (waiting.size === 0) {
        this.#waiting.delete(question);
      }
    }
  }
}

/** A budget of the run is one question for all who come to its end, anew with each limit. */
function questionOf(task: TaskId, attempt: number, key: string, asks: Question): QuestionId {
  if (asks.kind === 'budget') {
    const { scope, of, limit } = asks;
    const own = scope.kind === 'run' ? 'run' : `${task}.${attempt}`;
    return `${own}/budget/${budgetKey(scope, of)}/${limit}` as QuestionId;
  }
  return `${task}.${attempt}/${key}` as QuestionId;
}
