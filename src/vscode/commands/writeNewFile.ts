import * as path from 'node:path';
import * as vscode from 'vscode';
import { nodeDisk } from '../../core/base/disk.ts';
import { layInto, planLaying } from '../../core/starters/layInto.ts';
import type { NewFile } from '../../core/starters/newFile.ts';
import { nameFault, type StarterKind } from '../../core/starters/starterName.ts';
import { appeared } from '../../core/starters/starterProblems.ts';
import { retry, tell } from '../messages.ts';
import type { Project } from '../project.ts';

/** Asks for a name that nothing in the folder has. `undefined` when the person backs out. */
export async function askName(
  { sluice }: Project,
  kind: StarterKind,
  title: string,
): Promise<string | undefined> {
  const holders = kind === 'agent' ? sluice.definitions.agents : sluice.definitions.workflows;
  return await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('What the {0} is called; its file is called the same', kind),
    validateInput: (value) => nameFault(kind, value.trim(), holders),
    ignoreFocusOut: true,
  });
}

/** Writes the file and opens it with what is to be filled in selected. False when it could not be. */
export async function writeNewFile(project: Project, file: NewFile): Promise<boolean> {
  const { sluice } = project;
  const files = [{ path: file.path, bytes: Buffer.from(file.text) }];
  const plan = await planLaying(sluice.folder, files);
  const laid = plan.ok ? await layInto(nodeDisk, plan.value) : plan;
  if (!plan.ok || !laid.ok || plan.value.fresh.length === 0) {
    const [why] = [plan, laid].flatMap((result) => (result.ok ? [] : [result.error]));
    void tell(
      'error',
      why ?? appeared(file.path),
      retry(() => writeNewFile(project, file)),
    );
    return false;
  }
  await sluice.refreshDefinitions();
  const uri = vscode.Uri.file(path.join(project.folder.uri.fsPath, file.path));
  const document = await vscode.workspace.openTextDocument(uri);
  const { start, end } = file.fill;
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(document.positionAt(start), document.positionAt(end)),
    preview: false,
  });
  return true;
}
