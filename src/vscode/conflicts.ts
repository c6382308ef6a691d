import type { RunId, TaskId } from '../core/domain/ids.ts';
import type { OpenConflict } from '../core/resultsApi.ts';
import type { CommandTarget } from './contributions.ts';
import type { Project, Projects } from './project.ts';

/** One path of a merge that could not be merged, and what a person has chosen for it. */
export interface ConflictChoicePlace {
  readonly project: Project;
  readonly run: RunId;
  readonly task: TaskId;
  readonly conflict: OpenConflict['conflicts'][number];
}

/** All that wait in a folder, one a path. */
export function conflictsIn(project: Project): readonly ConflictChoicePlace[] {
  return project.sluice.results
    .openConflicts()
    .flatMap(({ run, task, conflicts }) =>
      conflicts.map((conflict) => ({ project, run, task, conflict })),
    );
}

/** Paths nobody has chosen for yet. */
export function openConflictCount(projects: Projects): number {
  return projects
    .all()
    .flatMap(conflictsIn)
    .filter(({ conflict }) => conflict.choice === undefined).length;
}

/** The one a row stands for; `undefined`: it is settled. */
export function conflictOf(target: CommandTarget | undefined): ConflictChoicePlace | undefined {
  return target?.kind === 'conflict'
    ? conflictsIn(target.project).find(
        ({ run, task, conflict }) =>
          run === target.run && task === target.task && conflict.path === target.path,
      )
    : undefined;
}
