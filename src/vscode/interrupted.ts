import * as vscode from 'vscode';
import type { RunId } from '../core/domain/ids.ts';
import { shownStatus } from '../core/projections/taskRows.ts';
import { goOn } from './commands/controlRun.ts';
import { readableRun } from './commands/picks.ts';
import { executeOn } from './contributions.ts';
import type { Presence } from './presence.ts';
import type { Project } from './project.ts';
import { readSetting } from './readSetting.ts';
import { resumeText } from './resumeText.ts';

/** With more runs than this, one notification speaks of all. */
const ONE_BY_ONE = 3;

/** Tells of the runs that were cut off when their folder is opened, where they do not go on by themselves. */
export async function tellInterrupted(project: Project, presence: Presence): Promise<void> {
  if (readSetting('resumeRuns') === 'always') {
    return;
  }
  const runs = project.sluice
    .runs()
    .flatMap((entry) =>
      entry.kind === 'readable' && shownStatus(entry.state, entry.driven) === 'interrupted'
        ? entry.run
        : [],
    );
  await (runs.length > ONE_BY_ONE
    ? tellAll(project, presence, runs)
    : Promise.all(runs.map((run) => tellOne(project, presence, run))));
}

async function tellOne(project: Project, presence: Presence, run: RunId): Promise<void> {
  const entry = readableRun(project, run);
  if (entry === undefined) {
    return;
  }
  const [resume, show] = [vscode.l10n.t('Resume'), vscode.l10n.t('Show Graph')];
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('{0} was interrupted: {1}', run, resumeText(entry.plan, entry.state)),
    resume,
    show,
  );
  if (chosen === show) {
    await executeOn('sluice.showGraph', { kind: 'run', project, run });
  } else if (chosen === resume) {
    presence.acted();
    await goOn({ project, entry });
  }
}

async function tellAll(
  project: Project,
  presence: Presence,
  runs: readonly RunId[],
): Promise<void> {
  const [first = '', second = ''] = runs;
  const [resume, show] = [vscode.l10n.t('Resume All'), vscode.l10n.t('Show Runs')];
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      '{0} runs were interrupted: {1}, {2} and {3} more. The Runs view tells how each stands.',
      runs.length,
      first,
      second,
      runs.length - 2,
    ),
    resume,
    show,
  );
  if (chosen === show) {
    await vscode.commands.executeCommand('sluice.runs.focus');
  } else if (chosen === resume) {
    presence.acted();
    for (const run of runs) {
      const entry = readableRun(project, run);
      if (entry !== undefined) {
        await goOn({ project, entry });
      }
    }
  }
}
