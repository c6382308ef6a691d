import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import type { GraphPanels } from '../graph/graphPanels.ts';
import type { Projects } from '../project.ts';
import { chooseRun } from './picks.ts';
import { draftsOf, settlePlan } from './settlePlan.ts';

/** Keeps the plan that a run drafted, where the window was gone before that was done; asked again it opens it. */
export function keepPlan(projects: Projects, graphs: GraphPanels): Command {
  return {
    id: 'sluice.keepPlan',
    execute: async (target) => {
      await projects.opened();
      const question = {
        placeHolder: vscode.l10n.t('The run whose plan is to be kept'),
        nothing: vscode.l10n.t('No run here has drafted a plan.'),
      };
      const chosen = await chooseRun(projects, target, question, 'keepPlan');
      if (chosen !== undefined) {
        const { project, entry } = chosen;
        await settlePlan(project, await draftsOf(project), entry.run, graphs);
      }
    },
  };
}
