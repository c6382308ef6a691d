import * as vscode from 'vscode';
import type { Agent } from '../../core/domain/agent.ts';
import type { Command, CommandTarget } from '../contributions.ts';
import { command } from '../messages.ts';
import type { Project, Projects } from '../project.ts';
import { tellNothing, where } from './picks.ts';
import { startRun } from './startRun.ts';

export function runAgent(projects: Projects): Command {
  return {
    id: 'sluice.runAgent',
    execute: async (target) => {
      await projects.opened();
      await Promise.all(projects.all().map(({ sluice }) => sluice.refreshDefinitions()));
      const chosen = await chooseAgent(projects, target);
      if (chosen !== undefined) {
        // Loaded with the first folder, as in `Projects`.
        const { workflowOfAgent } = await import('../../core/startRequest.ts');
        await startRun(chosen.project, workflowOfAgent(chosen.agent));
      }
    },
  };
}

async function chooseAgent(
  projects: Projects,
  target: CommandTarget | undefined,
): Promise<{ project: Project; agent: Agent } | undefined> {
  const choices = projects
    .all()
    .flatMap((project) =>
      project.sluice.definitions.agents.flatMap((entry) =>
        entry.kind === 'valid' && entry.shadowedBy === undefined
          ? [{ project, agent: entry.agent }]
          : [],
      ),
    );
  if (target?.kind === 'agent') {
    return choices.find(
      ({ project, agent }) => project === target.project && agent.name === target.name,
    );
  }
  if (choices.length === 0) {
    tellNothing(
      projects,
      vscode.l10n.t(
        'There is no agent here yet. An agent is a file in .sluice/agents, .github/agents or .claude/agents, or named in .claude/claude.json.',
      ),
      command(vscode.l10n.t('New Agent…'), 'sluice.newAgent'),
      command(vscode.l10n.t('Add Pack…'), 'sluice.addPack'),
    );
    return undefined;
  }
  const items = choices.map(({ project, agent }) => ({
    label: agent.name,
    description: [agent.runner.kind, where(projects, project)]
      .filter((text) => text !== undefined)
      .join(' · '),
    detail: agent.description,
    choice: { project, agent },
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Run Agent'),
    placeHolder: vscode.l10n.t('The agent to run by itself'),
    matchOnDetail: true,
  });
  return picked?.choice;
}
