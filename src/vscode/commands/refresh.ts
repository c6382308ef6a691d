import type { Command } from '../contributions.ts';
import type { Projects } from '../project.ts';

/** Reads agents, workflows and runs from the disk again. */
export function refresh(projects: Projects): Command {
  return {
    id: 'sluice.refresh',
    execute: async () => {
      await projects.follow();
      await Promise.all(
        projects.all().map(async ({ sluice }) => {
          await sluice.refreshDefinitions();
          await sluice.refreshRuns();
        }),
      );
    },
  };
}
