import type { Command } from '../contributions.ts';
import type { RowTree } from '../views/rowTree.ts';
import type { RunsFilter } from '../views/runsFilter.ts';
import type { RunRows } from '../views/runsView.ts';

/** Selects the row of a run or a task; a filter that hides it is taken away. */
export function showInRuns(rows: RunRows, tree: RowTree, filter: RunsFilter): Command {
  return {
    id: 'sluice.showInRuns',
    execute: async (target) => {
      if (target === undefined || !('run' in target)) {
        return;
      }
      const { project, run } = target;
      const task = 'task' in target ? target.task : undefined;
      if (filter.isOn && rows.pathTo(project, run, task) === undefined) {
        await filter.set();
      }
      const path = rows.pathTo(project, run, task);
      if (path !== undefined) {
        await tree.reveal(path);
      }
    },
  };
}
