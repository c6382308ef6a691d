import type { AttemptDeed } from '../domain/deed.ts';
import type { RunEvent } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import { budgetKey } from '../domain/question.ts';
import type { RunState } from '../domain/runState.ts';
import type { PermissionMode } from '../domain/terms.ts';
import { ImpossibleEvent, type Expectations } from './expectations.ts';
import { LedgerFold } from './ledgerFold.ts';
import { QuestionsFold } from './questionsFold.ts';

/** Events of what goes on between agents, models and people while tasks run. */
export type TalkEvent = Extract<
  RunEvent,
  {
    readonly type:
      | AttemptDeed['type']
      | 'question-opened'
      | 'question-answered'
      | 'permissions-chosen'
      | 'budget-noticed';
  }
>;

export interface ChosenModel {
  readonly task: TaskId;
  readonly model: string;
}

/** What a run has spent and asked, and what people allowed it. */
export class TalkFold {
  readonly ledger = new LedgerFold();
  readonly questions = new QuestionsFold();
  readonly permissions = new Map<TaskId, PermissionMode>();

  /** Parts of the run's state, which change as events are applied. */
  get facts(): Pick<
    RunState,
    'questions' | 'asking' | 'replies' | 'allowed' | 'permissions' | 'raised' | 'noticed' | 'ledger'
  > {
    const { open, asking, replies, allowed, raised, noticed } = this.questions;
    const { permissions, ledger } = this;
    return { questions: open, asking, replies, allowed, permissions, raised, noticed, ledger };
  }

  /** @returns the models that tasks go on with because of it @throws ImpossibleEvent */
  apply(event: TalkEvent, expect: Expectations): readonly ChosenModel[] {
    switch (event.type) {
      case 'permissions-chosen':
        expect.task(event, event.task);
        this.permissions.set(event.task, event.mode);
        return [];
      case 'budget-noticed':
        this.questions.noticed.add(budgetKey(event.scope, event.of));
        return [];
      case 'question-opened':
        expect.attempt(event, event.task, event.attempt);
        expect.nothing(event, this.questions.opened(event));
        return [];
      case 'question-answered': {
        const question = this.questions.answered(event);
        if (typeof question === 'string') {
          throw new ImpossibleEvent(event, question);
        }
        const { reply } = event;
        return reply.kind === 'cheaper'
          ? question.tasks.map((task) => ({ task, model: reply.model }))
          : [];
      }
      default:
        expect.attempt(event, event.task, event.attempt);
        expect.nothing(event, this.ledger.did(event, event));
        return [];
    }
  }
}
