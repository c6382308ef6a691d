import * as vscode from 'vscode';
import { readSetting } from './readSetting.ts';
import { startRun } from './commands/startRun.ts';
import type { Presence } from './presence.ts';
import type { Project } from './project.ts';

const OFFERED = 'sluice.offered';

/** The first time a folder with workflows is opened: says so once, with a button to run one. */
export async function offerWorkflows(
  project: Project,
  presence: Presence,
  memory: vscode.Memento,
): Promise<void> {
  const valid = project.sluice.definitions.workflows.filter((entry) => entry.kind === 'valid');
  const [first] = valid;
  const key = `${OFFERED}:${project.folder.uri.toString()}`;
  if (
    first === undefined ||
    !readSetting('offerWorkflows') ||
    memory.get<boolean>(key) === true ||
    project.sluice.runs().length > 0
  ) {
    return;
  }
  await memory.update(key, true);
  const run =
    valid.length === 1 ? vscode.l10n.t('Run {0}', first.name) : vscode.l10n.t('Run Workflow…');
  const show = vscode.l10n.t('Show Graph');
  const chosen = await vscode.window.showInformationMessage(
    valid.length === 1
      ? vscode.l10n.t('This folder has a Sluice workflow: {0}.', first.name)
      : vscode.l10n.t('This folder has {0} Sluice workflows.', valid.length),
    run,
    show,
  );
  if (chosen !== undefined) {
    presence.acted();
  }
  if (chosen === show) {
    await vscode.commands.executeCommand('sluice.showGraph');
  } else if (chosen === run) {
    await (valid.length === 1
      ? startRun(project, first.workflow)
      : vscode.commands.executeCommand('sluice.runWorkflow'));
  }
}
