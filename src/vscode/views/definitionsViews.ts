import * as vscode from 'vscode';
import { count, oneLine } from '../../core/base/text.ts';
import { CRITICAL_FROM } from '../../core/domain/agent.ts';
import type { Diagnostic } from '../../core/domain/diagnostic.ts';
import type { AgentEntry, WorkflowEntry } from '../../core/definitions/project.ts';
import { Row, rowCommand, type CommandTarget } from '../contributions.ts';
import type { Project, Projects } from '../project.ts';
import { plainTooltip, rowsByFolder } from './folders.ts';
import {
  COMMAND_AGENT_ICON,
  MODEL_AGENT_ICON,
  PROBLEM_ICON,
  WARNING_ICON,
  WORKFLOW_ICON,
} from './icons.ts';

export function workflowRows(projects: Projects): Row[] {
  return rowsByFolder(projects, 'workflows', (project) =>
    project.sluice.definitions.workflows.map((entry) => workflowRow(project, entry)),
  );
}

export function agentRows(projects: Projects): Row[] {
  return rowsByFolder(projects, 'agents', (project) =>
    project.sluice.definitions.agents.map((entry) => agentRow(project, entry)),
  );
}

function workflowRow(project: Project, entry: WorkflowEntry): Row {
  const item = new vscode.TreeItem(entry.name, vscode.TreeItemCollapsibleState.None);
  item.id = JSON.stringify([project.folder.uri.toString(), entry.file]);
  if (entry.kind === 'invalid') {
    return invalidRow(project, entry, item);
  }
  const { workflow } = entry;
  const gates = workflow.steps.filter((step) => step.kind === 'gate').length;
  item.description = [
    count(workflow.steps.length - gates, 'step'),
    ...(gates > 0 ? [count(gates, 'gate')] : []),
  ].join(' · ');
  item.tooltip = plainTooltip([workflow.name, workflow.description, entry.file]);
  item.iconPath = WORKFLOW_ICON;
  item.contextValue = 'workflow.valid';
  item.command = openFile(project, entry.file);
  return new Row({ kind: 'workflow', project, name: workflow.name }, item);
}

function agentRow(project: Project, entry: AgentEntry): Row {
  const item = new vscode.TreeItem(entry.name, vscode.TreeItemCollapsibleState.None);
  item.id = JSON.stringify([project.folder.uri.toString(), entry.file]);
  if (entry.kind === 'invalid') {
    return invalidRow(project, entry, item);
  }
  const { agent, shadowedBy } = entry;
  const { runner } = agent;
  item.description =
    shadowedBy === undefined ? oneLine(agent.description, 120) : `hidden by ${shadowedBy}`;
  item.tooltip = plainTooltip([
    agent.version === undefined ? agent.name : `${agent.name} ${agent.version}`,
    agent.description,
    runner.kind === 'command'
      ? `Command: ${runner.command.join(' ')}`
      : runner.kind === 'acp'
        ? `Coding agent: ${runner.launches[0]?.command.join(' ') ?? 'no way to start it'}`
        : `Model: ${runner.models.length === 0 ? 'your choice' : runner.models.join(', ')}`,
    `Criticality ${agent.criticality}${agent.criticality >= CRITICAL_FROM ? ' (critical)' : ''}`,
    agent.tools === undefined ? undefined : `Tools: ${agent.tools.join(', ') || 'none'}`,
    agent.domains.length === 0 ? undefined : `Domains: ${agent.domains.join(', ')}`,
    shadowedBy === undefined ? undefined : `Hidden: ${shadowedBy} has the same name and wins`,
    entry.file,
  ]);
  item.iconPath =
    shadowedBy !== undefined
      ? WARNING_ICON
      : runner.kind === 'command'
        ? COMMAND_AGENT_ICON
        : MODEL_AGENT_ICON;
  item.contextValue = shadowedBy === undefined ? `agent.${runner.kind}` : 'agent.shadowed';
  item.command = openFile(project, entry.file);
  return new Row({ kind: 'agent', project, name: agent.name }, item);
}

function invalidRow(
  project: Project,
  entry: { readonly file: string; readonly diagnostics: readonly Diagnostic[] },
  item: vscode.TreeItem,
): Row {
  const first = entry.diagnostics.find(({ severity }) => severity === 'error');
  item.description = first === undefined ? 'has problems' : oneLine(first.message, 120);
  item.tooltip = plainTooltip([entry.file, ...entry.diagnostics.map(({ message }) => message)]);
  item.iconPath = PROBLEM_ICON;
  item.contextValue = 'invalid';
  item.command = openFile(project, entry.file, first);
  return new Row(undefined, item);
}

function openFile(project: Project, file: string, at?: Diagnostic): vscode.Command {
  const range = at?.range ?? { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
  const target: CommandTarget = { kind: 'definition', project, location: { file, range } };
  return rowCommand('sluice.openDefinition', 'Open File', target);
}
