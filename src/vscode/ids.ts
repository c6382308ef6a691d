// Every id that stands both here and in package.json. A unit test compares the two, so a command,
// view or setting cannot be contributed without being handled, or the other way round.

export const COMMANDS = [
  'sluice.runWorkflow',
  'sluice.preflight',
  'sluice.convertWorkflow',
  'sluice.runAgent',
  'sluice.showGraph',
  'sluice.pauseRun',
  'sluice.interruptRun',
  'sluice.resumeRun',
  'sluice.takeOverRun',
  'sluice.cancelRun',
  'sluice.stopTask',
  'sluice.holdTask',
  'sluice.releaseTask',
  'sluice.rerunTask',
  'sluice.rerunTaskWithPrompt',
  'sluice.rerunTaskWithModel',
  'sluice.skipTask',
  'sluice.acceptTask',
  'sluice.steerTask',
  'sluice.runCommandInCopy',
  'sluice.approveGate',
  'sluice.rejectGate',
  'sluice.showGate',
  'sluice.showOutput',
  'sluice.openArtifact',
  'sluice.openDefinition',
  'sluice.showCriticalAgents',
  'sluice.showAllAgents',
  'sluice.newAgent',
  'sluice.newWorkflow',
  'sluice.addPack',
  'sluice.refresh',
  'sluice.showLog',
] as const;
export type CommandId = (typeof COMMANDS)[number];

export const VIEWS = ['sluice.runs', 'sluice.gates', 'sluice.workflows', 'sluice.agents'] as const;
export type ViewId = (typeof VIEWS)[number];

export const GRAPH_PANEL = 'sluice.graph';

/** A context of `when` clauses: the Agents view shows critical agents only. */
export const ONLY_CRITICAL = 'sluice.onlyCriticalAgents';

/** A context of `when` clauses: the folder is in no Git repository that Sluice can use. */
export const NO_BRANCHES = 'sluice.noBranches';

export interface Setting {
  /** Tasks at once, 1 to 64. */
  readonly maxParallel: number;
  readonly resumeRuns: 'always' | 'ask';
  readonly offerWorkflows: boolean;
}

/** How each setting is checked: what a user wrote into settings.json can be anything. */
export const settings: {
  readonly [Key in keyof Setting]: {
    readonly default: Setting[Key];
    readonly accepts: (value: unknown) => value is Setting[Key];
  };
} = {
  maxParallel: {
    default: 5,
    accepts: (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 64,
  },
  resumeRuns: {
    default: 'always',
    accepts: (value): value is 'always' | 'ask' => value === 'always' || value === 'ask',
  },
  offerWorkflows: {
    default: true,
    accepts: (value): value is boolean => typeof value === 'boolean',
  },
};
