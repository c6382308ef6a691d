import * as vscode from 'vscode';
import type { Location } from '../core/domain/diagnostic.ts';
import { executeOn, type CommandTarget } from './contributions.ts';
import type { CommandId } from './ids.ts';
import type { Project } from './project.ts';

// What people are told in notifications: what happened, and what they can do next. Where there is one thing to do it
// is a button.

export type MessageKind = 'information' | 'warning' | 'error';

/** A button. */
export interface MessageAction {
  readonly label: string;
  readonly act: () => unknown;
}

/**
 * Shows a message, and does what its pressed button says. Resolves when the message is gone; whoever need not wait
 * writes `void tell(…)`.
 */
export async function tell(
  kind: MessageKind,
  text: string,
  ...actions: readonly MessageAction[]
): Promise<void> {
  const chosen = await SHOWN[kind](text, ...actions.map(({ label }) => label));
  await actions.find(({ label }) => label === chosen)?.act();
}

const SHOWN: Readonly<
  Record<MessageKind, (text: string, ...buttons: string[]) => Thenable<string | undefined>>
> = {
  information: (text, ...buttons) => vscode.window.showInformationMessage(text, ...buttons),
  warning: (text, ...buttons) => vscode.window.showWarningMessage(text, ...buttons),
  error: (text, ...buttons) => vscode.window.showErrorMessage(text, ...buttons),
};

/** @param key of a setting, such as `sluice.maxParallel`, or how several begin */
export function openSettings(key: string): MessageAction {
  return {
    label: vscode.l10n.t('Open Settings'),
    act: () => vscode.commands.executeCommand('workbench.action.openSettings', key),
  };
}

export function showLog(): MessageAction {
  return command(vscode.l10n.t('Show Log'), 'sluice.showLog');
}

export function manageTrust(): MessageAction {
  return {
    label: vscode.l10n.t('Manage Trust'),
    act: () => vscode.commands.executeCommand('workbench.trust.manage'),
  };
}

export function chooseModel(): MessageAction {
  return command(vscode.l10n.t('Choose Model…'), 'sluice.chooseDefaultModel');
}

export function setKey(): MessageAction {
  return command(vscode.l10n.t('Set API Key…'), 'sluice.setApiKey');
}

/** What a task printed, as `Sluice: Show Output` shows it. */
export function showOutputOf(target: Extract<CommandTarget, { kind: 'task' }>): MessageAction {
  return command(vscode.l10n.t('Show Output'), 'sluice.showOutput', target);
}

/** Opens the file at the place a problem is. */
export function openFile(project: Project, location: Location): MessageAction {
  return command(vscode.l10n.t('Open File'), 'sluice.openDefinition', {
    kind: 'definition',
    project,
    location,
  });
}

export function showGates(): MessageAction {
  return {
    label: vscode.l10n.t('Show Gates'),
    act: () => vscode.commands.executeCommand('sluice.gates.focus'),
  };
}

export function showGraphOf(
  target: Extract<CommandTarget, { kind: 'run' | 'task' }>,
): MessageAction {
  return command(vscode.l10n.t('Show Graph'), 'sluice.showGraph', target);
}

export function openFolder(): MessageAction {
  return {
    label: vscode.l10n.t('Open Folder…'),
    act: () => vscode.commands.executeCommand('vscode.openFolder'),
  };
}

/** @param again does once more what did not work */
export function retry(again: () => unknown): MessageAction {
  return { label: vscode.l10n.t('Retry'), act: again };
}

/** A button that is one of our commands, on the target if there is one. */
export function command(label: string, id: CommandId, target?: CommandTarget): MessageAction {
  return {
    label,
    act: () => (target === undefined ? vscode.commands.executeCommand(id) : executeOn(id, target)),
  };
}
