import type { AgentEntry, WorkflowEntry } from '../../core/definitions/project.ts';
import type { BookEntry } from '../../core/projections/runBook.ts';

/** What a folder has, as far as first steps go. */
export interface FolderSoFar {
  readonly agents: readonly AgentEntry[];
  readonly workflows: readonly WorkflowEntry[];
  readonly runs: readonly BookEntry[];
}

/** How far somebody has come with Sluice in this window. */
export interface FirstSteps {
  /** `undefined`: no folder has been read yet. */
  readonly definitions: 'none' | 'some' | undefined;
  /** Some agent that can run is a model. */
  readonly needsModel: boolean;
  readonly hasRun: boolean;
  /** Somebody has answered a gate. */
  readonly hasAnswered: boolean;
}

export function firstSteps(folders: readonly FolderSoFar[]): FirstSteps {
  const runs = folders.flatMap((folder) => folder.runs);
  return {
    definitions:
      folders.length === 0
        ? undefined
        : folders.some(({ agents, workflows }) => agents.length + workflows.length > 0)
          ? 'some'
          : 'none',
    needsModel: folders.some(({ agents }) => agents.some(isModel)),
    hasRun: runs.length > 0,
    hasAnswered: runs.some((run) => run.kind === 'readable' && run.state.answers.size > 0),
  };
}

/** Coding agents bring a model of their own. */
function isModel(entry: AgentEntry): boolean {
  return (
    entry.kind === 'valid' && entry.shadowedBy === undefined && entry.agent.runner.kind === 'model'
  );
}
