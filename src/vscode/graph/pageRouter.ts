import { unreachable } from '../../core/base/exhaustive.ts';
import type { TaskId } from '../../core/domain/ids.ts';
import type { GraphExport, GraphPageMessage } from '../../webview/protocol.ts';
import { parsePageMessage } from './pageMessage.ts';

export type FileMessage = Extract<GraphPageMessage, { readonly type: 'file' }>;
export type PlanMessage = Extract<
  GraphPageMessage,
  { readonly type: 'plan-edit' | 'plan-undo' | 'plan-verb' }
>;
export type AnswerMessage = Extract<GraphPageMessage, { readonly type: 'answer' }>;

/** What a page can bring about. Each looks again at what there is: a page may be behind, or not be ours any more. */
export interface PageEffects {
  ready(): void;
  /** The page shows this from now on. */
  select(task: TaskId | undefined): void;
  timeline(isOpen: boolean): void;
  open(task: TaskId): Promise<void>;
  moment(seq: number | undefined): Promise<void>;
  verb(task: TaskId, verb: string): Promise<void>;
  runVerb(verb: string): Promise<void>;
  file(message: FileMessage): Promise<void>;
  answer(message: AnswerMessage): Promise<void>;
  reply(task: TaskId): Promise<void>;
  exported(format: GraphExport, text: string): Promise<void>;
  plan(message: PlanMessage): Promise<void>;
}

/** Hands a message of the page on. What is none of its messages has no effect at all. */
export async function routePageMessage(raw: unknown, effects: PageEffects): Promise<void> {
  const message = parsePageMessage(raw);
  switch (message?.type) {
    case undefined:
      break;
    case 'ready':
      effects.ready();
      break;
    case 'select':
      effects.select(message.task as TaskId | undefined);
      break;
    case 'timeline':
      effects.timeline(message.isOpen);
      break;
    case 'open':
      await effects.open(message.task as TaskId);
      break;
    case 'moment':
      await effects.moment(message.seq);
      break;
    case 'verb':
      await effects.verb(message.task as TaskId, message.verb);
      break;
    case 'run-verb':
      await effects.runVerb(message.verb);
      break;
    case 'file':
      await effects.file(message);
      break;
    case 'answer':
      await effects.answer(message);
      break;
    case 'reply':
      await effects.reply(message.task as TaskId);
      break;
    case 'plan-edit':
    case 'plan-undo':
    case 'plan-verb':
      await effects.plan(message);
      break;
    case 'exported':
      await effects.exported(message.format, message.text);
      break;
    default:
      unreachable(message);
  }
}
