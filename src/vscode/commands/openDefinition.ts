import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Location } from '../../core/domain/diagnostic.ts';
import type { Command } from '../contributions.ts';
import type { Project } from '../project.ts';
import { toRange } from '../ranges.ts';

export const openDefinition: Command = {
  id: 'sluice.openDefinition',
  execute: async (target) => {
    if (target?.kind === 'definition') {
      await openLocation(target.project, target.location);
    }
  },
};

export async function openLocation(project: Project, location: Location): Promise<void> {
  const file = path.resolve(project.folder.uri.fsPath, location.file);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: toRange(location.range),
    preview: true,
  });
}
