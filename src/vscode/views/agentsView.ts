import * as vscode from 'vscode';
import { oneLine } from '../../core/base/text.ts';
import { FILE_START } from '../../core/domain/diagnostic.ts';
import type { AgentEntry } from '../../core/definitions/entries.ts';
import { Row } from '../contributions.ts';
import type { Project, Projects } from '../project.ts';
import { agentLines, groupAgents, groupDescription, type AgentGroup } from './agentWords.ts';
import { invalidRow, openAt } from './definitionRows.ts';
import { plainTooltip, rowsByFolder } from './folders.ts';
import {
  CODING_AGENT_ICON,
  COMMAND_AGENT_ICON,
  MODEL_AGENT_ICON,
  USER_ICON,
  WARNING_ICON,
} from './icons.ts';

export function agentRows(projects: Projects, criticalOnly: boolean): Row[] {
  const groupsOf = (project: Project) =>
    groupAgents(project.sluice.definitions.agents, criticalOnly);
  // A view without any row says what to do.
  return projects.all().every((project) => groupsOf(project).length === 0)
    ? []
    : rowsByFolder(projects, 'agents', (project) =>
        groupsOf(project).map((group) => groupRow(project, group)),
      );
}

function groupRow(project: Project, group: AgentGroup): Row {
  const { origin, entries } = group;
  const item = new vscode.TreeItem(origin.label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = JSON.stringify([project.folder.uri.toString(), 'place', origin.label]);
  item.description = groupDescription(group);
  item.iconPath = origin.scope === 'user' ? USER_ICON : vscode.ThemeIcon.Folder;
  item.contextValue = 'agents.place';
  return new Row(undefined, item, () => {
    /** One registry may hold a name twice. */
    const times = new Map<string, number>();
    return entries.map((entry) => {
      const key = JSON.stringify([origin.label, entry.file, entry.name]);
      const time = times.get(key) ?? 0;
      times.set(key, time + 1);
      return agentRow(project, entry, `${key} ${time}`);
    });
  });
}

/** @param key tells the row from all others of the project */
function agentRow(project: Project, entry: AgentEntry, key: string): Row {
  const item = new vscode.TreeItem(entry.name, vscode.TreeItemCollapsibleState.None);
  item.id = JSON.stringify([project.folder.uri.toString(), key]);
  if (entry.kind === 'invalid') {
    return invalidRow(project, entry, item);
  }
  const { agent, shadowedBy } = entry;
  item.description =
    shadowedBy === undefined ? oneLine(agent.description, 120) : `hidden by ${shadowedBy}`;
  item.tooltip = plainTooltip(agentLines(entry));
  item.iconPath =
    shadowedBy === undefined
      ? {
          command: COMMAND_AGENT_ICON,
          model: MODEL_AGENT_ICON,
          acp: CODING_AGENT_ICON,
          'claude-code': CODING_AGENT_ICON,
        }[agent.runner.kind]
      : WARNING_ICON;
  item.contextValue = shadowedBy === undefined ? `agent.${agent.runner.kind}` : 'agent.shadowed';
  item.command = openAt(project, { file: entry.file, range: FILE_START });
  return new Row({ kind: 'agent', project, name: agent.name }, item);
}
