import type { Agent, AgentFormat, RunnerSpec } from '../domain/agent.ts';
import type { Diagnostic, Location } from '../domain/diagnostic.ts';
import type { AgentName } from '../domain/ids.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Declared } from './agents/declaredSchemas.ts';
import type { WorkflowSource } from './workflows/workflowSource.ts';

/** What defines an agent, or should, and how it stands among all others. */
export type AgentEntry = ValidAgentEntry | InvalidAgentEntry;

/** What files say of one agent, by themselves: plain values, so that they can be kept as JSON. */
export type AgentDraft = ValidAgentDraft | InvalidAgentDraft;

interface AgentDraftBase {
  /** Relative to the folder, with `/`; absolute for an agent of the user. */
  readonly file: string;
  readonly name: AgentName;
  readonly format: AgentFormat;
  /** Where its name is written, else the start of its file. */
  readonly place: Location;
  /** Where the variables of its command are written, by name. */
  readonly variables: Readonly<Record<string, Location>>;
  /** What `.claude/claude.json` says of its rank: kept and shown. */
  readonly priority?: number;
}

/** A place agents are looked for, as views group them. */
export interface AgentOrigin {
  /** As people know it: `.github/agents`, `~/.claude/agents`. */
  readonly label: string;
  /** `user`: the user has it in every folder. */
  readonly scope: 'folder' | 'user';
}

export interface ValidAgentDraft extends AgentDraftBase {
  readonly kind: 'valid';
  readonly agent: Agent;
  /** What has still to be judged and put into the agent; left out: nothing. */
  readonly declares?: Declared;
  /** No errors. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface InvalidAgentDraft extends AgentDraftBase {
  readonly kind: 'invalid';
  /** Where the name comes from: a guess by the file's name claims nothing that another file has. */
  readonly nameFrom: 'content' | 'guess';
  /** At least one error. */
  readonly diagnostics: readonly Diagnostic[];
}

interface Standing {
  readonly origin: AgentOrigin;
  /** The file that goes before this one under the same name. */
  readonly shadowedBy: string | undefined;
  /** What `.sluice/agents.yaml` lays over it. */
  readonly overlay: AppliedOverlay | undefined;
}

export interface AppliedOverlay {
  readonly place: Location;
  /** What would execute it without; `undefined`: the same does. */
  readonly replaced: RunnerSpec | undefined;
}

export type ValidAgentEntry = ValidAgentDraft & Standing;
export type InvalidAgentEntry = InvalidAgentDraft & Standing;

/** A workflow of a file, or what should be one: a file of another tool may hold several. */
export type WorkflowEntry = ValidWorkflowEntry | InvalidWorkflowEntry;

/** Whose format the file has. `claude-json`: `.claude/claude.json`; `todo`: a todo list as Forge writes it. */
export type WorkflowFormat = 'sluice' | 'claude-json' | 'todo';

/** A workflow's file and name together tell it from every other. */
interface WorkflowEntryBase {
  /** Relative to the folder, with `/`; absolute for a file outside it. */
  readonly file: string;
  /** The file's name without its ending where the workflow gives none that can be read. */
  readonly name: string;
  readonly format: WorkflowFormat;
  /** The file that goes before this one of another tool under the same name. */
  readonly shadowedBy?: string;
  /** `undefined`: the file cannot be read as YAML. */
  readonly source: WorkflowSource | undefined;
}

export interface ValidWorkflowEntry extends WorkflowEntryBase {
  readonly kind: 'valid';
  readonly workflow: Workflow;
  /** No errors. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface InvalidWorkflowEntry extends WorkflowEntryBase {
  readonly kind: 'invalid';
  /** At least one error. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Agents as workflows see them: one under each name. */
export interface AgentIndex {
  /** In the order of the entries. */
  readonly names: readonly AgentName[];
  /** The entry that goes before all others of the name, be it valid or not. */
  named(name: string): AgentEntry | undefined;
}

export function indexAgents(entries: readonly AgentEntry[]): AgentIndex {
  const byName = new Map<string, AgentEntry>();
  for (const entry of entries) {
    if (entry.shadowedBy === undefined && !byName.has(entry.name)) {
      byName.set(entry.name, entry);
    }
  }
  return {
    names: [...byName.values()].map(({ name }) => name),
    named: (name) => byName.get(name),
  };
}

/** Workflows as steps see them: one under each name. */
export interface WorkflowIndex {
  /** In the order of the entries. */
  readonly names: readonly string[];
  /** The first entry of the name, be it valid or not. */
  named(name: string): WorkflowEntry | undefined;
  /** Those that hold one workflow. */
  readonly files: readonly string[];
  /** The entry of one of these files. */
  inFile(file: string): WorkflowEntry | undefined;
}

export function indexWorkflows(entries: readonly WorkflowEntry[]): WorkflowIndex {
  const byName = new Map<string, WorkflowEntry>();
  for (const entry of entries) {
    if (!byName.has(entry.name)) {
      byName.set(entry.name, entry);
    }
  }
  const byFile = new Map(
    entries.filter(({ format }) => format !== 'claude-json').map((entry) => [entry.file, entry]),
  );
  return {
    names: [...byName.keys()],
    named: (name) => byName.get(name),
    files: [...byFile.keys()],
    inFile: (file) => byFile.get(file),
  };
}
