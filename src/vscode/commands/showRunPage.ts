import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import type { CommandId } from '../ids.ts';
import type { RunOffer } from '../offers.ts';
import type { RunPageKind, RunPages } from '../output/runPages.ts';
import type { Projects } from '../project.ts';
import { chooseRun, type Question } from './picks.ts';

/** What would happen if the run's results were merged now. */
export function showForecast(projects: Projects, pages: RunPages): Command {
  return pageCommand('sluice.showForecast', projects, pages, 'forecast', 'forecast', {
    placeHolder: vscode.l10n.t('The run whose results might conflict'),
    nothing: vscode.l10n.t('No task has changed a file yet.'),
  });
}

/** What changed in the user's checkout while the run was under way. */
export function showCheckoutChanges(projects: Projects, pages: RunPages): Command {
  return pageCommand('sluice.showCheckoutChanges', projects, pages, 'checkout', 'checkout', {
    placeHolder: vscode.l10n.t('The run while which the checkout changed'),
    nothing: vscode.l10n.t('The checkout did not change during any run.'),
  });
}

function pageCommand(
  id: CommandId,
  projects: Projects,
  pages: RunPages,
  kind: RunPageKind,
  offer: RunOffer,
  question: Question,
): Command {
  return {
    id,
    execute: async (target) => {
      const chosen = await chooseRun(projects, target, question, offer);
      if (chosen !== undefined) {
        await pages.show(kind, chosen.project, chosen.entry.run);
      }
    },
  };
}
