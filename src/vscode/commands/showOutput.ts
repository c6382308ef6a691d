import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import { artifactUri, outputUri } from '../output/addresses.ts';

export const showOutput: Command = {
  id: 'sluice.showOutput',
  execute: async (target) => {
    if (target?.kind === 'task') {
      await openText(outputUri(target.project, target.run, target.task));
    }
  },
};

export const openArtifact: Command = {
  id: 'sluice.openArtifact',
  execute: async (target) => {
    if (target?.kind === 'artifact') {
      await openText(artifactUri(target.project, target.run, target.task, target.path));
    }
  },
};

/** Markdown as a page, anything else as text. */
export async function openText(uri: vscode.Uri): Promise<void> {
  if (uri.path.endsWith('.md')) {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } else {
    await vscode.window.showTextDocument(uri, { preview: true });
  }
}
