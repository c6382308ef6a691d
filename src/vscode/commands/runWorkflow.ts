import * as vscode from 'vscode';
import { hasErrors } from '../../core/domain/diagnostic.ts';
import type { WorkflowEntry } from '../../core/definitions/project.ts';
import type { Command, CommandTarget } from '../contributions.ts';
import type { CommandId } from '../ids.ts';
import { shareRules } from '../compareShares.ts';
import { command } from '../messages.ts';
import type { Project, Projects } from '../project.ts';
import { tellNothing, where } from './picks.ts';
import { showProblem, startRun, type RunWishes } from './startRun.ts';

export function runWorkflow(projects: Projects): Command {
  return runCommand(
    projects,
    'sluice.runWorkflow',
    {},
    {
      title: vscode.l10n.t('Run Workflow'),
      placeHolder: vscode.l10n.t('The workflow to run'),
    },
  );
}

export function runWorkflowWithoutCache(projects: Projects): Command {
  return runCommand(
    projects,
    'sluice.runWorkflowWithoutCache',
    { useCache: false },
    {
      title: vscode.l10n.t('Run Workflow Without Cache'),
      placeHolder: vscode.l10n.t('The workflow to run, with everything in it worked out anew'),
    },
  );
}

/** Without what is not committed yet, whatever the settings and the workflow say. */
export function runWorkflowOnHead(projects: Projects): Command {
  return runCommand(
    projects,
    'sluice.runWorkflowOnHead',
    { baseTree: 'head' },
    {
      title: vscode.l10n.t('Run Workflow on HEAD'),
      placeHolder: vscode.l10n.t(
        'The workflow to run on the commit HEAD names, without uncommitted work',
      ),
    },
  );
}

/** With what is not committed yet. */
export function runWorkflowOnWorkingTree(projects: Projects): Command {
  return runCommand(
    projects,
    'sluice.runWorkflowOnWorkingTree',
    { baseTree: 'worktree' },
    {
      title: vscode.l10n.t('Run Workflow on the Working Tree'),
      placeHolder: vscode.l10n.t('The workflow to run on the working tree, with uncommitted work'),
    },
  );
}

function runCommand(
  projects: Projects,
  id: CommandId,
  wishes: RunWishes,
  question: WorkflowQuestion,
): Command {
  return {
    id,
    execute: async (target) => {
      await projects.opened();
      // What runs is what is on the disk now; a watcher may be a moment late.
      await Promise.all(projects.all().map(({ sluice }) => sluice.refreshDefinitions()));
      const chosen = await chooseWorkflow(projects, target, question);
      if (chosen === undefined) {
        return;
      }
      const { project, entry } = chosen;
      if (entry.kind === 'valid') {
        await startRun(project, entry.workflow, { ...wishes, shares: shareRules() });
        return;
      }
      const [first] = entry.diagnostics.filter((diagnostic) => hasErrors([diagnostic]));
      await showProblem(
        project,
        vscode.l10n.t(
          '{0} cannot run: {1}',
          entry.name,
          first?.message ?? 'its file has problems.',
        ),
        first,
      );
    },
  };
}

/** The workflow of the row, or one the person picks; `undefined` when there is none, or they back out. */
export async function chooseWorkflow(
  projects: Projects,
  target: CommandTarget | undefined,
  question: WorkflowQuestion,
): Promise<WorkflowChoice | undefined> {
  const choices = workflowChoices(projects, ({ shadowedBy }) => shadowedBy === undefined);
  if (target?.kind === 'workflow') {
    return namedBy(target, choices);
  }
  if (choices.length === 0) {
    tellNothing(
      projects,
      vscode.l10n.t('There is no workflow here yet. A workflow is a file in .sluice/workflows.'),
      command(vscode.l10n.t('New Workflow…'), 'sluice.newWorkflow'),
      command(vscode.l10n.t('Add Pack…'), 'sluice.addPack'),
    );
    return undefined;
  }
  const items = choices.map(({ project, entry }) => ({
    label: entry.name,
    description: [
      entry.kind === 'invalid' ? vscode.l10n.t('$(error) has problems') : '',
      entry.format === 'sluice' ? '' : entry.file,
      where(projects, project),
    ]
      .filter((text) => text !== undefined && text !== '')
      .join(' · '),
    detail: entry.kind === 'valid' ? entry.workflow.description : entry.file,
    choice: { project, entry },
  }));
  const picked = await vscode.window.showQuickPick(items, {
    ...question,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.choice;
}

export interface WorkflowQuestion {
  readonly title: string;
  readonly placeHolder: string;
}

export interface WorkflowChoice {
  readonly project: Project;
  readonly entry: WorkflowEntry;
}

/** The workflows of all projects that are to be chosen from. */
export function workflowChoices(
  projects: Projects,
  isOffered: (entry: WorkflowEntry) => boolean,
): readonly WorkflowChoice[] {
  return projects
    .all()
    .flatMap((project) =>
      project.sluice.definitions.workflows.filter(isOffered).map((entry) => ({ project, entry })),
    );
}

/** The one a row or a lens stands for; `undefined` when it is not there any more. */
export function namedBy(
  target: Extract<CommandTarget, { readonly kind: 'workflow' }>,
  choices: readonly WorkflowChoice[],
): WorkflowChoice | undefined {
  return choices.find(
    ({ project, entry }) => project === target.project && entry.name === target.name,
  );
}
