import * as vscode from 'vscode';
import { nodeDisk } from '../../core/base/disk.ts';
import { count, oneLine } from '../../core/base/text.ts';
import {
  PLANNER_PACK,
  type DraftProblem,
  type Drafts,
  type PreparedDraft,
} from '../../core/draftsApi.ts';
import { layInto, planLaying } from '../../core/starters/layInto.ts';
import type { Command } from '../contributions.ts';
import type { GraphPanels } from '../graph/graphPanels.ts';
import { isolationSettings } from '../isolationSettings.ts';
import { command, openFile, retry, tell } from '../messages.ts';
import type { Project, Projects } from '../project.ts';
import { showProgress } from '../status/progress.ts';
import { chooseProject } from './chooseProject.ts';
import { draftsOf, settlePlan } from './settlePlan.ts';
import { showProblem } from './startRun.ts';

const TITLE = vscode.l10n.t('Plan from a Request');

/**
 * Has a planner draft a todo list for what a person wants, and opens it beside its graph.
 * @param packs the folder of the packs, absolute
 */
export function planFromRequest(projects: Projects, graphs: GraphPanels, packs: string): Command {
  return {
    id: 'sluice.planFromRequest',
    execute: async () => {
      const project = await chooseProject(projects, vscode.l10n.t('The folder to plan in'));
      if (project === undefined) {
        return;
      }
      const drafts = await draftsOf(project);
      const request = await askRequest(drafts);
      if (request !== undefined) {
        await plan(project, drafts, request, { graphs, packs });
      }
    },
  };
}

interface Parts {
  readonly graphs: GraphPanels;
  readonly packs: string;
}

async function plan(
  project: Project,
  drafts: Drafts,
  request: string,
  parts: Parts,
): Promise<void> {
  const prepared = await drafts.prepare({ request });
  if (prepared.ok) {
    await start(project, drafts, prepared.value, parts.graphs);
  } else if (prepared.error.kind === 'no-agent') {
    await offerPlanner(project, drafts, request, parts, prepared.error);
  } else {
    const { message, at } = prepared.error;
    await tell('error', message, ...(at === undefined ? [] : [openFile(project, at)]));
  }
}

async function start(
  project: Project,
  drafts: Drafts,
  { workflow, inputs }: PreparedDraft,
  graphs: GraphPanels,
): Promise<void> {
  const { baseTree, landing, onCheckoutChange } = isolationSettings(project.folder.uri);
  const started = await project.sluice.start({
    workflow,
    inputs,
    usualBaseTree: baseTree,
    landing,
    onCheckoutChange,
    approveGate: () => false,
    leaveAtGates: false,
  });
  if (!started.ok) {
    await showProblem(project, started.error.message, started.error.at);
    return;
  }
  const { run } = started.value;
  showProgress(project, run);
  await vscode.commands.executeCommand('sluice.runs.focus', { preserveFocus: true });
  await settlePlan(project, drafts, run, graphs);
}

/** What is selected in the editor may be the request, or where it begins. `undefined`: the person backs out. */
async function askRequest(drafts: Drafts): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.document.getText(editor.selection).trim() ?? '';
  const lines = selected.split(/\r\n|\r|\n/).length;
  if (lines === 1) {
    return await typeRequest(drafts, selected);
  }
  const take = {
    label: vscode.l10n.t('Use the Selected Text'),
    description: count(lines, 'line'),
    detail: oneLine(selected, 100),
  };
  const type = { label: vscode.l10n.t('Type a Request…') };
  const picked = await vscode.window.showQuickPick([take, type], {
    title: TITLE,
    placeHolder: vscode.l10n.t('What is to be done'),
  });
  if (picked !== take) {
    return picked && (await typeRequest(drafts, ''));
  }
  const fault = drafts.requestFault(selected);
  if (fault !== undefined) {
    void tell(
      'error',
      fault,
      command(vscode.l10n.t('Plan from a Request…'), 'sluice.planFromRequest'),
    );
    return undefined;
  }
  return selected;
}

async function typeRequest(drafts: Drafts, value: string): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: TITLE,
    prompt: vscode.l10n.t(
      'What is to be done. For more than a line, write it in an editor and select it first.',
    ),
    placeHolder: vscode.l10n.t('Add a login page with "remember me"'),
    value,
    ignoreFocusOut: true,
    validateInput: (text) => drafts.requestFault(text),
  });
}

/** Without a planner there is no plan: the pack that brings one is a button away. */
async function offerPlanner(
  project: Project,
  drafts: Drafts,
  request: string,
  parts: Parts,
  { message }: DraftProblem,
): Promise<void> {
  const add = vscode.l10n.t('Add Pack and Plan');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      '{0} The pack {1} brings a planner and those who work for it.',
      message,
      PLANNER_PACK,
    ),
    add,
  );
  if (chosen === add && (await addPlanner(project, parts.packs))) {
    await plan(project, drafts, request, parts);
  }
}

/** Files of the person's own are left as they are: only the planner is needed. False: it was not added. */
async function addPlanner(project: Project, packs: string): Promise<boolean> {
  const { findPack } = await import('../../core/starters/packs.ts');
  const pack = await findPack(packs, PLANNER_PACK);
  const laying = pack.ok ? await planLaying(project.sluice.folder, pack.value.files) : pack;
  const laid = laying.ok ? await layInto(nodeDisk, laying.value) : laying;
  if (!laid.ok) {
    void tell(
      'error',
      vscode.l10n.t('The pack was not added: {0}', laid.error),
      retry(() => addPlanner(project, packs)),
      command(vscode.l10n.t('Add Pack…'), 'sluice.addPack'),
    );
    return false;
  }
  await project.sluice.refreshDefinitions();
  return true;
}
