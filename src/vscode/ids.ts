import type { OnCheckoutChange } from '../core/domain/checkout.ts';
import type { BaseTreeKind } from '../core/domain/workflow.ts';

// Every id that stands both here and in package.json. A unit test compares the two, so a command,
// view or setting cannot be contributed without being handled, or the other way round.

export const COMMANDS = [
  'sluice.runWorkflow',
  'sluice.runWorkflowWithoutCache',
  'sluice.runWorkflowOnHead',
  'sluice.runWorkflowOnWorkingTree',
  'sluice.preflight',
  'sluice.compareWorkflows',
  'sluice.convertWorkflow',
  'sluice.runAgent',
  'sluice.planFromRequest',
  'sluice.keepPlan',
  'sluice.showGraph',
  'sluice.showMoment',
  'sluice.backToNow',
  'sluice.rerunFromHere',
  'sluice.exportGraph',
  'sluice.pauseRun',
  'sluice.interruptRun',
  'sluice.resumeRun',
  'sluice.takeOverRun',
  'sluice.cancelRun',
  'sluice.stopTask',
  'sluice.holdTask',
  'sluice.releaseTask',
  'sluice.rerunTask',
  'sluice.rerunTaskWithoutCache',
  'sluice.askAnew',
  'sluice.rerunTaskWithPrompt',
  'sluice.rerunTaskWithModel',
  'sluice.skipTask',
  'sluice.acceptTask',
  'sluice.steerTask',
  'sluice.runCommandInCopy',
  'sluice.showChanges',
  'sluice.showForecast',
  'sluice.showCheckoutChanges',
  'sluice.mergeApproved',
  'sluice.rollBackTask',
  'sluice.dropRun',
  'sluice.pruneRuns',
  'sluice.takeOurs',
  'sluice.takeTheirs',
  'sluice.showVersions',
  'sluice.editOwnVersion',
  'sluice.useOwnVersion',
  'sluice.approveGate',
  'sluice.requestChanges',
  'sluice.rejectGate',
  'sluice.approveIdentical',
  'sluice.showGate',
  'sluice.nextGate',
  'sluice.answerQuestion',
  'sluice.showQuestion',
  'sluice.changeModel',
  'sluice.changePermissions',
  'sluice.setApiKey',
  'sluice.chooseDefaultModel',
  'sluice.showDashboard',
  'sluice.exportMetrics',
  'sluice.showCache',
  'sluice.clearCache',
  'sluice.showOutput',
  'sluice.followOutput',
  'sluice.unfollowOutput',
  'sluice.openArtifact',
  'sluice.openDefinition',
  'sluice.filterRuns',
  'sluice.clearRunsFilter',
  'sluice.showInRuns',
  'sluice.showCriticalAgents',
  'sluice.showAllAgents',
  'sluice.newAgent',
  'sluice.newWorkflow',
  'sluice.addPack',
  'sluice.refresh',
  'sluice.showLog',
  'sluice.getStarted',
] as const;
export type CommandId = (typeof COMMANDS)[number];

export const VIEWS = ['sluice.runs', 'sluice.gates', 'sluice.workflows', 'sluice.agents'] as const;
export type ViewId = (typeof VIEWS)[number];

export const GRAPH_PANEL = 'sluice.graph';
export const DASHBOARD_PANEL = 'sluice.dashboard';

/** A context of `when` clauses: the Agents view shows critical agents only. */
export const ONLY_CRITICAL = 'sluice.onlyCriticalAgents';

/**
 * A context of `when` clauses: what can be said to the gate that the active editor shows, as words. `answer`: it waits.
 * `redo`: somebody can make it again. `identical`: other gates ask the same.
 */
export const GATE_TAB = 'sluice.gateTab';

/** A context of `when` clauses: some gate waits. */
export const GATES_WAITING = 'sluice.gatesWaiting';

/** Contexts of `when` clauses: the output that is shown may grow; the editor stays at its end. */
export const OUTPUT_GROWS = 'sluice.outputGrows';
export const FOLLOWS_OUTPUT = 'sluice.followsOutput';

/** A context of `when` clauses: the Runs view shows what a filter leaves. */
export const RUNS_FILTERED = 'sluice.runsFiltered';

/** A context of `when` clauses: the folder is in no Git repository that Sluice can use. */
export const NO_BRANCHES = 'sluice.noBranches';

/** A context of `when` clauses: some run is shown as it was at an earlier moment. */
export const SHOWS_PAST = 'sluice.showsPast';

/** A context of the welcome views: `'none'` or `'some'`, once the folders are read. */
export const DEFINITIONS = 'sluice.definitions';
/** A context of the welcome views: agents need a model, and there is none. */
export const NO_MODELS = 'sluice.noModels';

export const WALKTHROUGH = 'getStarted';

/** Contexts by which steps of the walkthrough are done. */
export const DONE = {
  definitions: 'sluice.done.definitions',
  run: 'sluice.done.run',
  answer: 'sluice.done.answer',
} as const;

/** The folder that holds people's own versions of files in conflict; `when` clauses know these files by it. */
export const OWN_VERSIONS = 'sluice-own-versions';

export interface Setting {
  /** Tasks at once, 1 to 64. */
  readonly maxParallel: number;
  readonly resumeRuns: 'always' | 'ask';
  readonly offerWorkflows: boolean;
  /** Names of models, in order of preference. */
  readonly 'models.default': readonly string[];
  readonly 'models.addresses': readonly AddressSetting[];
  /** By the provider's id. */
  readonly 'models.baseURLs': Readonly<Record<string, string>>;
  /** By `provider/model`; each is checked where it is read. */
  readonly 'models.prices': Readonly<Record<string, unknown>>;
  /** Calls at once of one account, 1 to 64. */
  readonly 'models.concurrency': number;
  readonly 'models.lookForLocal': boolean;
  readonly 'cache.enabled': boolean;
  /** By namespace, each a duration; each is checked where it is read. */
  readonly 'cache.ttl': Readonly<Record<string, unknown>>;
  /** Of the disk, at least 1. */
  readonly 'cache.maxSizeMb': number;
  readonly base: BaseTreeKind;
  /** Each of these is checked where it is read. */
  readonly 'git.branchPrefix': string;
  /** `Name <email>` */
  readonly 'git.author': string;
  readonly 'checkout.onChange': OnCheckoutChange;
  /** Of the disk, at least 1. */
  readonly 'copies.maxSizeMb': number;
  /** Globs. */
  readonly 'copies.include': readonly string[];
  /** Names of folders, or globs. */
  readonly 'copies.link': readonly string[];
  /** By workflow; each is checked where it is read. */
  readonly 'compare.share': Readonly<Record<string, unknown>>;
}

export interface AddressSetting {
  readonly id: string;
  readonly baseURL: string;
  readonly keyName?: string;
  readonly headers?: Readonly<Record<string, string>>;
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
    accepts: isSmallNumber,
  },
  resumeRuns: {
    default: 'always',
    accepts: (value): value is 'always' | 'ask' => value === 'always' || value === 'ask',
  },
  offerWorkflows: {
    default: true,
    accepts: isBoolean,
  },
  'models.default': {
    default: [],
    accepts: areStrings,
  },
  'models.addresses': {
    default: [],
    accepts: (value): value is readonly AddressSetting[] =>
      Array.isArray(value) && value.every(isAddress),
  },
  'models.baseURLs': {
    default: {},
    accepts: (value): value is Readonly<Record<string, string>> =>
      isRecord(value) && Object.values(value).every(isWebAddress),
  },
  'models.prices': { default: {}, accepts: isRecord },
  'models.concurrency': { default: 16, accepts: isSmallNumber },
  'models.lookForLocal': { default: true, accepts: isBoolean },
  'cache.enabled': { default: true, accepts: isBoolean },
  'cache.ttl': { default: {}, accepts: isRecord },
  'cache.maxSizeMb': { default: 1024, accepts: isMegabytes },
  base: {
    default: 'worktree',
    accepts: (value): value is BaseTreeKind => value === 'worktree' || value === 'head',
  },
  'git.branchPrefix': { default: 'ai/generated', accepts: isString },
  'git.author': { default: 'Sluice <sluice@localhost>', accepts: isString },
  'checkout.onChange': {
    default: 'stop',
    accepts: (value): value is OnCheckoutChange => value === 'stop' || value === 'tell',
  },
  'copies.maxSizeMb': { default: 5120, accepts: isMegabytes },
  'copies.include': { default: [], accepts: areStrings },
  'copies.link': { default: ['node_modules', '.venv'], accepts: areStrings },
  'compare.share': { default: {}, accepts: isRecord },
};

function isAddress(value: unknown): value is AddressSetting {
  if (!isRecord(value)) {
    return false;
  }
  const { id, baseURL, keyName, headers } = value;
  return (
    isString(id) &&
    /^[a-z][a-z0-9-]*$/.test(id) &&
    isWebAddress(baseURL) &&
    (keyName === undefined || (isString(keyName) && keyName !== '')) &&
    (headers === undefined || (isRecord(headers) && Object.values(headers).every(isString)))
  );
}

function isWebAddress(value: unknown): value is string {
  return isString(value) && /^https?:\/\/\S+$/.test(value);
}

function isSmallNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 64;
}

function isMegabytes(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_048_576;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function areStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isString);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
