import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Command, CommandTarget } from '../contributions.ts';
import type { Project, Projects } from '../project.ts';
import { tellNothing, where } from './picks.ts';
import { showProblem } from './startRun.ts';
import { namedBy, workflowChoices, type WorkflowChoice } from './runWorkflow.ts';
import { writeNewFile } from './writeNewFile.ts';

const TITLE = vscode.l10n.t('Convert to Sluice Workflow');
const FOLDER = '.sluice/workflows';

/** Writes a workflow of another tool's file as one of Sluice's own, and opens it. That file stays as it is. */
export function convertWorkflow(projects: Projects): Command {
  return {
    id: 'sluice.convertWorkflow',
    execute: async (target) => {
      await projects.opened();
      // What is converted is what is on the disk now; a watcher may be a moment late.
      await Promise.all(projects.all().map(({ sluice }) => sluice.refreshDefinitions()));
      const chosen = await chooseForeign(projects, target);
      if (chosen === undefined) {
        return;
      }
      const { project, entry } = chosen;
      const { sluice } = project;
      // With its schemas only when it is asked for, as in `Projects`.
      const { convertWorkflows } = await import('../../core/convertWorkflows.ts');
      const converted = await convertWorkflows(
        sluice.folder,
        { nameOrFile: path.join(sluice.folder, entry.file), workflow: entry.name },
        sluice.definitions,
        new AbortController().signal,
      );
      if (!converted.ok) {
        const { message, diagnostics } = converted.error;
        await showProblem(
          project,
          message,
          diagnostics.find(({ severity }) => severity === 'error'),
        );
        return;
      }
      const [workflow] = converted.value.workflows;
      const name = workflow && (await askFileName(project, workflow.fileName));
      if (workflow !== undefined && name !== undefined) {
        const { text } = workflow;
        await writeNewFile(project, {
          path: `${FOLDER}/${name}`,
          text,
          fill: { start: 0, end: 0 },
        });
      }
    },
  };
}

/** The workflow of the row, or one the person picks among those of other tools' files. */
async function chooseForeign(
  projects: Projects,
  target: CommandTarget | undefined,
): Promise<WorkflowChoice | undefined> {
  const choices = workflowChoices(projects, ({ format }) => format !== 'sluice');
  if (target?.kind === 'workflow') {
    return namedBy(target, choices);
  }
  if (choices.length === 0) {
    tellNothing(
      projects,
      vscode.l10n.t(
        'There is nothing to convert: no workflow in .claude/claude.json and no todo list in .sluice/todos.',
      ),
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    choices.map((choice) => ({
      label: choice.entry.name,
      description: [choice.entry.file, where(projects, choice.project)]
        .filter((text) => text !== undefined)
        .join(' · '),
      choice,
    })),
    {
      title: TITLE,
      placeHolder: vscode.l10n.t('The workflow to convert'),
      matchOnDescription: true,
    },
  );
  return picked?.choice;
}

/** `undefined` when the person backs out. */
async function askFileName(project: Project, usual: string): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: TITLE,
    prompt: vscode.l10n.t('What its file in {0} is called', FOLDER),
    value: usual,
    valueSelection: [0, usual.lastIndexOf('.')],
    ignoreFocusOut: true,
    validateInput: (value) => fileNameFault(project, value.trim()),
  });
  return name?.trim();
}

async function fileNameFault(project: Project, name: string): Promise<string | undefined> {
  if (!/^[^\\/:*?"<>|._][^\\/:*?"<>|]*\.ya?ml$/i.test(name) || /^readme/i.test(name)) {
    return vscode.l10n.t('Give a plain file name that ends in .yaml.');
  }
  const uri = vscode.Uri.joinPath(project.folder.uri, FOLDER, name);
  const isThere = await Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
  return isThere
    ? vscode.l10n.t('{0}/{1} is there already: give another name.', FOLDER, name)
    : undefined;
}
