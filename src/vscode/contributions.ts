import * as vscode from 'vscode';
import { targetOnPage, type CommandTarget } from './commandTarget.ts';
import type { CommandId } from './ids.ts';
import type { Presence } from './presence.ts';
import type { Projects } from './project.ts';

export type { CommandTarget } from './commandTarget.ts';

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
      argument instanceof Row
        ? argument.target
        : targetOnPage((folder) => projects.byUri(folder), argument),
    );
  });
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

/** A tree item's command that runs one of ours on a target; a `RowTree` sees to it that VS Code does not lose that. */
export function rowCommand(id: CommandId, title: string, target: CommandTarget): vscode.Command {
  return { command: id, title, arguments: [new Row(target, new vscode.TreeItem(title))] };
}

/** Runs one of our commands as from a row. */
export async function executeOn(id: CommandId, target: CommandTarget): Promise<void> {
  await vscode.commands.executeCommand(id, new Row(target, new vscode.TreeItem('')));
}
