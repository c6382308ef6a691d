import type { Agent, AgentFormat } from '../domain/agent.ts';
import type { Diagnostic } from '../domain/diagnostic.ts';
import type { AgentName } from '../domain/ids.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { SourceDocument } from './sourceDocument.ts';
import type { WorkflowSource } from './workflowSource.ts';

/** A file that defines an agent, or should. */
export type AgentEntry = ValidAgentEntry | InvalidAgentEntry;

interface AgentEntryBase {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly name: AgentName;
  readonly format: AgentFormat;
  /** The fields as written, with their ranges; `undefined` where there are none. */
  readonly source: SourceDocument | undefined;
  /** The file that goes before this one under the same name. */
  readonly shadowedBy: string | undefined;
}

/** A place agents are looked for, as views group them. */
export interface AgentOrigin {
  /** As people know it: `.github/agents`, `~/.claude/agents`. */
  readonly label: string;
  /** `user`: the user has it in every folder. */
  readonly scope: 'folder' | 'user';
}

export interface ValidAgentEntry extends AgentEntryBase {
  readonly kind: 'valid';
  readonly agent: Agent;
  /** Warnings only. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface InvalidAgentEntry extends AgentEntryBase {
  readonly kind: 'invalid';
  /** Where the name comes from: a guess by the file's name claims nothing that another file has. */
  readonly nameFrom: 'content' | 'guess';
  /** At least one error. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A file that defines a workflow, or should. */
export type WorkflowEntry = ValidWorkflowEntry | InvalidWorkflowEntry;

interface WorkflowEntryBase {
  /** Relative to the folder, with `/`; absolute for a file outside it. */
  readonly file: string;
  /** The file's name without its ending where the workflow gives none that can be read. */
  readonly name: string;
  /** `undefined`: the file cannot be read as YAML. */
  readonly source: WorkflowSource | undefined;
}

export interface ValidWorkflowEntry extends WorkflowEntryBase {
  readonly kind: 'valid';
  readonly workflow: Workflow;
  /** Warnings only. */
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
}

export function indexWorkflows(entries: readonly WorkflowEntry[]): WorkflowIndex {
  const byName = new Map<string, WorkflowEntry>();
  for (const entry of entries) {
    if (!byName.has(entry.name)) {
      byName.set(entry.name, entry);
    }
  }
  return { names: [...byName.keys()], named: (name) => byName.get(name) };
}
