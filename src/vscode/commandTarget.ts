import type { Location } from '../core/domain/diagnostic.ts';
import { isRunId, type RunId, type TaskId } from '../core/domain/ids.ts';
import type { QuestionId } from '../core/domain/question.ts';
import type { Project } from './project.ts';

/** What a row of a view or a card of the graph hands to the commands on it. The palette hands nothing. */
export type CommandTarget =
  | { readonly kind: 'run'; readonly project: Project; readonly run: RunId }
  | { readonly kind: 'task'; readonly project: Project; readonly run: RunId; readonly task: TaskId }
  | {
      readonly kind: 'artifact';
      readonly project: Project;
      readonly run: RunId;
      readonly task: TaskId;
      readonly path: string;
    }
  | {
      readonly kind: 'question';
      readonly project: Project;
      readonly run: RunId;
      readonly question: QuestionId;
    }
  /** A path of a merge that could not be merged. */
  | {
      readonly kind: 'conflict';
      readonly project: Project;
      readonly run: RunId;
      readonly task: TaskId;
      readonly path: string;
    }
  | { readonly kind: 'workflow'; readonly project: Project; readonly name: string }
  | { readonly kind: 'agent'; readonly project: Project; readonly name: string }
  | { readonly kind: 'definition'; readonly project: Project; readonly location: Location };

/** The context of the graph page, which VS Code passes on from where its menu was opened, and of a lens in a file. */
export function targetOnPage(
  byUri: (folder: string) => Project | undefined,
  context: unknown,
): CommandTarget | undefined {
  if (typeof context !== 'object' || context === null || !('folder' in context)) {
    return undefined;
  }
  const project = typeof context.folder === 'string' ? byUri(context.folder) : undefined;
  if (project === undefined) {
    return undefined;
  }
  if ('workflow' in context && typeof context.workflow === 'string') {
    return { kind: 'workflow', project, name: context.workflow };
  }
  if ('agent' in context && typeof context.agent === 'string') {
    return { kind: 'agent', project, name: context.agent };
  }
  if (!('run' in context) || typeof context.run !== 'string' || !isRunId(context.run)) {
    return undefined;
  }
  const { run } = context;
  return 'task' in context && typeof context.task === 'string'
    ? { kind: 'task', project, run, task: context.task as TaskId }
    : { kind: 'run', project, run };
}
