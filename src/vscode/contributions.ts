import * as vscode from 'vscode';
import type { Location } from '../core/domain/diagnostic.ts';
import type { RunId, TaskId } from '../core/domain/ids.ts';
import type { CommandId } from './ids.ts';
import type { Project } from './project.ts';

/** What a row of a view hands to the commands on it. The palette hands nothing. */
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
  | { readonly kind: 'workflow'; readonly project: Project; readonly name: string }
  | { readonly kind: 'agent'; readonly project: Project; readonly name: string }
  | { readonly kind: 'definition'; readonly project: Project; readonly location: Location };

/** One command: its id stands in package.json too, and a test compares the two. */
export interface Command {
  readonly id: CommandId;
  execute(target: CommandTarget | undefined): Promise<void> | void;
}

/** VS Code hands anything to a command (a keybinding's `args`, another extension); only our own rows count. */
export function registerCommand(command: Command): vscode.Disposable {
  return vscode.commands.registerCommand(command.id, (argument: unknown) =>
    command.execute(argument instanceof Row ? argument.target : undefined),
  );
}

/** A tree element. Being a class is what tells it from foreign arguments. */
export class Row {
  readonly target: CommandTarget | undefined;
  readonly item: vscode.TreeItem;
  readonly children: () => readonly Row[];

  constructor(
    target: CommandTarget | undefined,
    item: vscode.TreeItem,
    children: () => readonly Row[] = () => [],
  ) {
    this.target = target;
    this.item = item;
    this.children = children;
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
