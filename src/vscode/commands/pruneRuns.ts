import * as vscode from 'vscode';
import { count } from '../../core/base/text.ts';
import type { RunId } from '../../core/domain/ids.ts';
import type { Dropped } from '../../core/resultsApi.ts';
import type { Command } from '../contributions.ts';
import { tell } from '../messages.ts';
import type { Project, Projects } from '../project.ts';
import { chooseProject } from './chooseProject.ts';
import { confirm, refLines } from './confirm.ts';
import { STAYS, tellRefusal } from './dropRun.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const USUAL_DAYS = [7, 30, 90];
/** A hundred years. */
const MOST_DAYS = 36_500;

/** Removes runs that ended long ago, with their branches, tags and copies. */
export function pruneRuns(projects: Projects): Command {
  return {
    id: 'sluice.pruneRuns',
    execute: async () => {
      const project = await chooseProject(
        projects,
        vscode.l10n.t('The folder whose old runs to remove'),
      );
      if (project !== undefined) {
        await askAndPrune(project);
      }
    },
  };
}

async function askAndPrune(project: Project): Promise<void> {
  const days = await askDays(project);
  if (days !== undefined) {
    await prune(project, days);
  }
}

async function askDays({ sluice }: Project): Promise<number | undefined> {
  const items = USUAL_DAYS.map((days) => {
    const runs = sluice.results.prunable(days * DAY_MS).length;
    return {
      label: vscode.l10n.t('Older than {0} days', days),
      description: count(runs, 'run'),
      days,
    };
  });
  const other = {
    label: vscode.l10n.t('Other…'),
    description: vscode.l10n.t('as many days as you say'),
    days: undefined,
  };
  const picked = await vscode.window.showQuickPick([...items, other], {
    title: vscode.l10n.t('Prune Runs'),
    placeHolder: vscode.l10n.t('Runs that ended longer ago than this are listed next'),
  });
  if (picked === undefined || picked.days !== undefined) {
    return picked?.days;
  }
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Prune Runs'),
    prompt: vscode.l10n.t('Days since they ended. 0: all that are over.'),
    value: '14',
    ignoreFocusOut: true,
    validateInput: (text) =>
      daysOf(text) === undefined
        ? vscode.l10n.t('Write a whole number from 0 to {0}.', MOST_DAYS)
        : undefined,
  });
  return typed === undefined ? undefined : daysOf(typed);
}

function daysOf(text: string): number | undefined {
  const days = Number(text.trim());
  return /^\d{1,5}$/.test(text.trim()) && days <= MOST_DAYS ? days : undefined;
}

async function prune(project: Project, days: number): Promise<void> {
  const { results } = project.sluice;
  const old = results.prunable(days * DAY_MS);
  if (old.length === 0) {
    void tell(
      'information',
      days === 0
        ? vscode.l10n.t('No run is over.')
        : vscode.l10n.t('No run ended more than {0} ago.', count(days, 'day')),
      // At no age at all there is no other that has more.
      ...(days === 0
        ? []
        : [{ label: vscode.l10n.t('Choose Other Age…'), act: () => askAndPrune(project) }]),
    );
    return;
  }
  const going = await lookedUp(project, old);
  const picked = await vscode.window.showQuickPick(
    going.map((dropped) => ({
      label: dropped.run,
      description: [
        dropped.endedAt === undefined ? '' : new Date(dropped.endedAt).toLocaleDateString(),
        count(dropped.refs.length, 'branch or tag', 'branches and tags'),
      ]
        .filter((text) => text !== '')
        .join(' · '),
      picked: true,
      dropped,
    })),
    {
      title: vscode.l10n.t('Prune Runs'),
      placeHolder: vscode.l10n.t('These go; take out what is to stay'),
      canPickMany: true,
    },
  );
  const chosen = picked?.map(({ dropped }) => dropped) ?? [];
  if (chosen.length > 0 && (await isWanted(chosen))) {
    await dropAll(project, chosen);
  }
}

async function lookedUp(project: Project, runs: readonly RunId[]): Promise<Dropped[]> {
  const options = {
    location: vscode.ProgressLocation.Window,
    title: vscode.l10n.t('Looking at old runs'),
  };
  return await vscode.window.withProgress(options, async () => {
    const found = await Promise.all(runs.map((run) => project.sluice.results.dropping(run)));
    return found.flatMap((each) => (each.ok ? each.value : []));
  });
}

async function isWanted(chosen: readonly Dropped[]): Promise<boolean> {
  return await confirm(
    chosen.length === 1
      ? vscode.l10n.t('Drop 1 run?')
      : vscode.l10n.t('Drop {0} runs?', chosen.length),
    [
      ...refLines(chosen.flatMap(({ refs }) => refs)),
      vscode.l10n.t('Their journals and their workspace copies go too. It cannot be taken back.'),
      STAYS,
    ],
    vscode.l10n.t('Drop'),
  );
}

async function dropAll(project: Project, chosen: readonly Dropped[]): Promise<void> {
  let gone = 0;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Dropping runs'),
    cancellable: true,
  };
  await vscode.window.withProgress(options, async (progress, token) => {
    for (const { run } of chosen) {
      if (token.isCancellationRequested) {
        break;
      }
      progress.report({ message: run, increment: 100 / chosen.length });
      const dropped = await project.sluice.results.drop(run);
      if (dropped.ok) {
        gone += 1;
      } else {
        tellRefusal(project, run, dropped.error);
      }
    }
  });
  void tell(
    'information',
    gone === 1
      ? vscode.l10n.t('1 run is gone, with its branches, tags and copies.')
      : vscode.l10n.t('{0} runs are gone, with their branches, tags and copies.', gone),
  );
}
