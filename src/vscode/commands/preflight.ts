import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import type { PreflightPages } from '../output/preflightPages.ts';
import type { Projects } from '../project.ts';
import { chooseWorkflow } from './runWorkflow.ts';
import { askInputs } from './startRun.ts';

/** Shows what a run of a workflow would need and do, before it is started. */
export function preflight(projects: Projects, pages: PreflightPages): Command {
  return {
    id: 'sluice.preflight',
    execute: async (target) => {
      await projects.opened();
      // What is told is what is on the disk now; a watcher may be a moment late.
      await Promise.all(projects.all().map(({ sluice }) => sluice.refreshDefinitions()));
      const chosen = await chooseWorkflow(projects, target, {
        title: 'Pre-flight',
        placeHolder: vscode.l10n.t('The workflow to look at'),
      });
      if (chosen === undefined) {
        return;
      }
      const { project, entry } = chosen;
      const inputs =
        entry.kind === 'valid'
          ? await askInputs(entry.workflow, (spec) => spec.default === undefined)
          : {};
      if (inputs !== undefined) {
        await pages.show(project, entry.name, inputs);
      }
    },
  };
}
