import * as vscode from 'vscode';
import type { Location } from '../core/domain/diagnostic.ts';
import { isRunId, type RunId, type TaskId } from '../core/domain/ids.ts';
import type { QuestionId } from '../core/domain/question.ts';
import type { CommandId } from './ids.ts';
import type { Presence } from './presence.ts';
import type { Project, Projects } from './project.ts';

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

/** One command: its id stands in package.json too, and a test compares the two. */
export interface Command {
  readonly id: CommandId;
  execute(target: CommandTarget | undefined): Promise<void> | void;
}

/** VS Code hands anything to a command (a keybinding's `args`, another extension); only our own rows and cards count. */
export function registerCommand(
  projects: Projects,
  presence: Presence,
  command: Command,
): vscode.Disposable {
  return vscode.commands.registerCommand(command.id, (argument: unknown) => {
    presence.acted();
    return command.execute(
      argument instanceof Row ? argument.target : targetOnPage(projects, argument),
    );
  });
}

/** The context of the graph page, which VS Code passes on from where its menu was opened, and of a lens in a file. */
function targetOnPage(projects: Projects, context: unknown): CommandTarget | undefined {
  if (typeof context !== 'object' || context === null || !('folder' in context)) {
    return undefined;
  }
  const project = typeof context.folder === 'string' ? projects.byUri(context.folder) : undefined;
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

/** A tree element. Being a class is what tells it from foreign arguments. */
export class Row {
  #target: CommandTarget | undefined;
  #item: vscode.TreeItem;
  #children: () => readonly Row[];

  /** @param item has an id that no other row of its view has */
  constructor(
    target: CommandTarget | undefined,
    item: vscode.TreeItem,
    children: () => readonly Row[] = () => [],
  ) {
    this.#target = target;
    this.#item = item;
    this.#children = children;
  }

  get target(): CommandTarget | undefined {
    return this.#target;
  }

  get item(): vscode.TreeItem {
    return this.#item;
  }

  children(): readonly Row[] {
    return this.#children();
  }

  /** Shows what a newer row with the same id does. */
  become(newer: Row): void {
    this.#target = newer.#target;
    this.#item = newer.#item;
    this.#children = newer.#children;
  }
}

/** A tree item's command that runs one of ours on the row itself. */
export function rowCommand(id: CommandId, title: string, target: CommandTarget): vscode.Command {
  return { command: id, title, arguments: [new Row(target, new vscode.TreeItem(title))] };
}

/** Runs one of our commands as from a row. */
export async function executeOn(id: CommandId, target: CommandTarget): Promise<void> {
  await vscode.commands.executeCommand(id, new Row(target, new vscode.TreeItem('')));
}
