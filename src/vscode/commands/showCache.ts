import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import type { CachePages } from '../output/cachePages.ts';
import type { Projects } from '../project.ts';
import { chooseProject } from './chooseProject.ts';

/** Shows what a folder's cache holds, what it has saved and which settings act. */
export function showCache(projects: Projects, pages: CachePages): Command {
  return {
    id: 'sluice.showCache',
    execute: async () => {
      const project = await chooseProject(
        projects,
        vscode.l10n.t('The folder whose cache to show'),
      );
      if (project !== undefined) {
        await pages.show(project);
      }
    },
  };
}
