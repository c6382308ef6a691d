import * as vscode from 'vscode';
import { oneLine } from '../../core/base/text.ts';
import type { FileVersion } from '../../core/domain/event.ts';
import type { ConflictChoicePlace } from '../conflicts.ts';
import { choiceText, CONFLICT_TEXTS, takesOwnVersion } from '../conflictText.ts';
import { Row, rowCommand, type CommandTarget } from '../contributions.ts';
import { plainTooltip } from './folders.ts';
import { CHOSEN_ICON, CONFLICT_ICON } from './icons.ts';

/** A path that could not be merged: it waits for a person as a gate does. */
export function conflictRow({ project, run, task, conflict }: ConflictChoicePlace): Row {
  const { path, kind, choice, ours, theirs } = conflict;
  const target: CommandTarget = { kind: 'conflict', project, run, task, path };
  const label = oneLine(`merge of ${run}: ${path}`, 160);
  const chosen = choiceText(choice);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
  item.id = JSON.stringify([project.folder.uri.toString(), run, 'conflict', task, path]);
  item.description = chosen ?? task;
  item.tooltip = plainTooltip([
    label,
    `The result of ${task} cannot be merged: ${CONFLICT_TEXTS[kind]}.`,
    `Ours: what was merged before${sideText(ours)}`,
    `Theirs: what ${task} made of it${sideText(theirs)}`,
    chosen === undefined ? 'Take one, or write a version of your own.' : `Chosen: ${chosen}`,
  ]);
  item.iconPath = chosen === undefined ? CONFLICT_ICON : CHOSEN_ICON;
  item.contextValue = [
    `conflict.${kind}`,
    chosen === undefined ? 'open' : 'chosen',
    ...(takesOwnVersion(conflict) ? ['own'] : []),
  ].join(' ');
  item.command = rowCommand('sluice.showVersions', 'Show Three Versions', target);
  item.accessibilityInformation = {
    label: `Conflict in ${path}, merge of ${run}, with ${task}: ${chosen ?? CONFLICT_TEXTS[kind]}`,
  };
  return new Row(target, item);
}

function sideText(version: FileVersion | undefined): string {
  return version === undefined ? ': removed' : '';
}
