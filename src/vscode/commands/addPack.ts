import * as vscode from 'vscode';
import { nodeDisk } from '../../core/base/disk.ts';
import { count } from '../../core/base/text.ts';
import { FILE_START } from '../../core/domain/diagnostic.ts';
import { layInto, planLaying, type LayingPlan } from '../../core/starters/layInto.ts';
import type { Pack } from '../../core/starters/packs.ts';
import { wouldReplace } from '../../core/starters/starterProblems.ts';
import { executeOn, type Command } from '../contributions.ts';
import { command, retry, tell } from '../messages.ts';
import type { Project, Projects } from '../project.ts';
import { chooseProject } from './chooseProject.ts';
import { openLocation } from './openDefinition.ts';

/** Copies a pack into the folder: all of it, or nothing. @param folder of the packs, absolute */
export function addPack(projects: Projects, folder: string): Command {
  return {
    id: 'sluice.addPack',
    execute: async () => {
      const project = await chooseProject(projects, vscode.l10n.t('The folder to add a pack to'));
      const pack = project && (await choosePack(folder));
      if (project !== undefined && pack !== undefined) {
        await add(project, pack);
      }
    },
  };
}

async function add(project: Project, pack: Pack): Promise<void> {
  const again = retry(() => add(project, pack));
  const plan = await planLaying(project.sluice.folder, pack.files);
  if (!plan.ok) {
    void tell('error', notAdded(plan.error), again);
    return;
  }
  if (!(await maySkip(plan.value))) {
    return;
  }
  const laid = await layInto(nodeDisk, plan.value);
  if (!laid.ok) {
    void tell('error', notAdded(laid.error), again);
    return;
  }
  await project.sluice.refreshDefinitions();
  await openLocation(project, { file: pack.opens, range: FILE_START });
  await tellAdded(project, pack, plan.value.fresh.length);
}

/** @param why a sentence, which says that nothing was written */
function notAdded(why: string): string {
  return vscode.l10n.t('The pack was not added: {0}', why);
}

async function choosePack(folder: string): Promise<Pack | undefined> {
  // With its schema library only when it is asked for, as in `Projects`.
  const { readPacks } = await import('../../core/starters/packs.ts');
  const packs = await readPacks(folder);
  if (!packs.ok) {
    void tell(
      'error',
      vscode.l10n.t('The pack was not added: {0} None of your files was changed.', packs.error),
      command(vscode.l10n.t('Retry'), 'sluice.addPack'),
    );
    return undefined;
  }
  const items = packs.value.map((pack) => ({
    label: pack.title,
    description: pack.name,
    detail: pack.description,
    pack,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Add Pack'),
    placeHolder: vscode.l10n.t('Agents and workflows to copy into this folder'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.pack;
}

/** True where no file is in the way, or the person keeps those that are. */
async function maySkip({ different }: LayingPlan): Promise<boolean> {
  if (different.length === 0) {
    return true;
  }
  const keep = vscode.l10n.t('Keep Mine, Add the Rest');
  const chosen = await vscode.window.showWarningMessage(
    wouldReplace(different),
    { modal: true, detail: vscode.l10n.t('Files of yours are never written over.') },
    keep,
  );
  return chosen === keep;
}

async function tellAdded(project: Project, pack: Pack, added: number): Promise<void> {
  const { installLine, missingPackages } = await import('../../core/starters/packs.ts');
  const missing = await missingPackages(project.sluice.folder, pack);
  const [run, graph, copy] = [
    vscode.l10n.t('Run'),
    vscode.l10n.t('Show Graph'),
    vscode.l10n.t('Copy Install Command'),
  ] as const;
  const sentences = [
    vscode.l10n.t('{0}: {1} added.', pack.title, count(added, 'file')),
    ...(missing.length === 0
      ? []
      : [vscode.l10n.t('This folder still needs {0}.', missing.join(', '))]),
    ...pack.notes,
  ];
  const chosen = await vscode.window.showInformationMessage(
    sentences.join(' '),
    ...[run, graph, ...(missing.length === 0 ? [] : [copy])],
  );
  const target = { kind: 'workflow', project, name: pack.workflow } as const;
  if (chosen === run) {
    await executeOn('sluice.runWorkflow', target);
  } else if (chosen === graph) {
    await executeOn('sluice.showGraph', target);
  } else if (chosen === copy) {
    await vscode.env.clipboard.writeText(installLine(missing));
  }
}
