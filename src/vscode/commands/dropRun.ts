import * as vscode from 'vscode';
import type { Dropped } from '../../core/resultsApi.ts';
import type { RunId } from '../../core/domain/ids.ts';
import type { Command } from '../contributions.ts';
import { command, showLog, tell } from '../messages.ts';
import type { Project, Projects } from '../project.ts';
import { confirm, keptLines, refLines } from './confirm.ts';
import { chooseRun, readableRun } from './picks.ts';

/** Said of all that removes: nothing else of the repository goes. */
export const STAYS = vscode.l10n.t('Nothing else of the repository is touched.');

/** Removes a run with its branches, tags and copies. */
export function dropRun(projects: Projects): Command {
  return {
    id: 'sluice.dropRun',
    execute: async (target) => {
      if (target?.kind === 'run') {
        // Also one whose journal cannot be read.
        await drop(target.project, target.run);
        return;
      }
      const question = {
        placeHolder: vscode.l10n.t('The run to remove, with its branches, tags and copies'),
        nothing: vscode.l10n.t('No run is over.'),
      };
      const chosen = await chooseRun(projects, target, question, 'drop');
      if (chosen !== undefined) {
        await drop(chosen.project, chosen.entry.run);
      }
    },
  };
}

async function drop(project: Project, run: RunId): Promise<void> {
  const { results } = project.sluice;
  const going = await results.dropping(run);
  if (!going.ok) {
    tellRefusal(project, run, going.error);
    return;
  }
  const isWanted = await confirm(
    vscode.l10n.t('Drop {0}?', run),
    droppingLines(going.value),
    vscode.l10n.t('Drop'),
  );
  if (!isWanted) {
    return;
  }
  const dropped = await results.drop(run);
  if (dropped.ok) {
    const kept = keptLines(dropped.value.kept).map((line) => ` ${line}.`);
    void tell('information', vscode.l10n.t('{0} is gone.{1}', run, kept.join('')));
  } else {
    tellRefusal(project, run, dropped.error);
  }
}

export function tellRefusal(project: Project, run: RunId, why: string): void {
  const entry = readableRun(project, run);
  const isAtWork = entry?.driven.kind === 'here' && entry.state.phase.kind !== 'finished';
  void tell(
    'warning',
    vscode.l10n.t('{0} was not dropped, because {1}.', run, why),
    isAtWork
      ? command(vscode.l10n.t('Cancel Run'), 'sluice.cancelRun', { kind: 'run', project, run })
      : showLog(),
  );
}

function droppingLines({ refs, kept }: Dropped): string[] {
  return [
    refs.length === 0 ? vscode.l10n.t('No branch and no tag is its.') : '',
    ...refLines(refs),
    ...keptLines(kept),
    vscode.l10n.t('Its journal and its workspace copies go too. It cannot be taken back.'),
    STAYS,
  ];
}
