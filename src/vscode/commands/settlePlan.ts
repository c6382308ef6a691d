import process from 'node:process';
import path from 'node:path';
import * as vscode from 'vscode';
import { nodeDisk } from '../../core/base/disk.ts';
import { count } from '../../core/base/text.ts';
import type { DraftProblem, Drafts, KeptPlan } from '../../core/draftsApi.ts';
import { stepId, taskIdOf, type RunId } from '../../core/domain/ids.ts';
import type { GraphPanels } from '../graph/graphPanels.ts';
import {
  command,
  openFile,
  retry,
  showGraphOf,
  showOutputOf,
  tell,
  type MessageAction,
} from '../messages.ts';
import type { Project } from '../project.ts';
import { showProgress } from '../status/progress.ts';

/** How long the status bar says that a list goes back, in milliseconds. */
const SAID_MS = 15_000;

/** Plans of the folder. What reads and writes them is loaded when somebody first plans. */
export async function draftsOf({ sluice }: Project): Promise<Drafts> {
  const { FolderDrafts } = await import('../../core/drafts.ts');
  return new FolderDrafts(sluice, { disk: nodeDisk, environment: process.env });
}

/** Takes a run that drafts a plan to its end, and opens what came of it. */
export async function settlePlan(
  project: Project,
  drafts: Drafts,
  run: RunId,
  graphs: GraphPanels,
): Promise<void> {
  const settled = await drafts.settle(run, {
    follow: async (begin) => {
      await begin();
      const active = project.sluice.active(run);
      if (active !== undefined) {
        showProgress(project, run);
        await active.ended;
      }
    },
    sentBack: (round, faults) => {
      vscode.window.setStatusBarMessage(
        vscode.l10n.t(
          '$(sync) The plan of {0} has {1}: it goes back to its planner, round {2}',
          run,
          count(faults.length, 'problem'),
          round,
        ),
        SAID_MS,
      );
    },
  });
  if (settled.ok) {
    await showPlan(project, settled.value, graphs);
  } else {
    await tellProblem(project, settled.error, run, () => settlePlan(project, drafts, run, graphs));
  }
}

/** The file beside the graph it is; a list that is still wrong has no graph. */
async function showPlan(project: Project, kept: KeptPlan, graphs: GraphPanels): Promise<void> {
  const { name, file, todos, faults } = kept;
  const isGood = faults.length === 0;
  if (isGood) {
    graphs.show({ folder: project.folder.uri.toString(), workflow: name });
  }
  const uri = vscode.Uri.file(path.join(project.folder.uri.fsPath, file));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, {
    viewColumn: isGood ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
    preview: false,
  });
  if (!isGood) {
    void tell(
      'warning',
      vscode.l10n.t(
        'The plan {0} still has {1}, also after it went back to its planner: {2}',
        name,
        count(faults.length, 'problem'),
        faults[0] ?? '',
      ),
      {
        label: vscode.l10n.t('Show Problems'),
        act: () => vscode.commands.executeCommand('workbench.actions.view.problems'),
      },
    );
    return;
  }
  const target = { kind: 'workflow', project, name } as const;
  void tell(
    'information',
    vscode.l10n.t(
      '{0}: {1}. Change what you want changed, then run it; it asks you before the first of them begins.',
      name,
      count(todos.length, 'todo'),
    ),
    command(vscode.l10n.t('Run'), 'sluice.runWorkflow', target),
    command(vscode.l10n.t('Pre-flight'), 'sluice.preflight', target),
  );
}

async function tellProblem(
  project: Project,
  { kind, message, at }: DraftProblem,
  run: RunId,
  again: () => Promise<void>,
): Promise<void> {
  const task = taskIdOf(stepId('plan'));
  const actions: Readonly<Record<DraftProblem['kind'], readonly MessageAction[]>> = {
    request: at === undefined ? [] : [openFile(project, at)],
    'no-agent': [],
    waiting: [showGraphOf({ kind: 'run', project, run })],
    answer: [
      showOutputOf({ kind: 'task', project, run, task }),
      command(vscode.l10n.t('Plan from a Request…'), 'sluice.planFromRequest'),
    ],
    file: [retry(again)],
  };
  await tell(kind === 'waiting' ? 'warning' : 'error', message, ...actions[kind]);
}
