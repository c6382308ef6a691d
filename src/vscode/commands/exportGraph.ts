import * as path from 'node:path';
import * as vscode from 'vscode';
import type { GraphExport } from '../../webview/protocol.ts';
import type { Command } from '../contributions.ts';
import type { GraphPanels } from '../graph/graphPanels.ts';
import { titleOf } from '../graph/graphSubject.ts';
import { command, retry, tell } from '../messages.ts';

/** The graph a person looks at, as a picture for a page or as text for a README. */
export function exportGraph(panels: GraphPanels): Command {
  return {
    id: 'sluice.exportGraph',
    execute: async () => {
      const open = panels.active;
      if (open === undefined) {
        void tell(
          'information',
          vscode.l10n.t('There is no graph to export. Show one first, and click into it.'),
          command(vscode.l10n.t('Show Graph'), 'sluice.showGraph'),
        );
        return;
      }
      const picked = await vscode.window.showQuickPick(formats(), {
        placeHolder: vscode.l10n.t('What {0} is exported as', titleOf(open.subject)),
      });
      if (picked === undefined) {
        return;
      }
      const text = await open.export(picked.format);
      if (text === undefined) {
        void tell(
          'warning',
          vscode.l10n.t(
            'The graph was not exported: its page did not answer. Show the graph again and try once more.',
          ),
          command(vscode.l10n.t('Retry'), 'sluice.exportGraph'),
        );
      } else if (picked.format === 'svg') {
        await saveSvg(titleOf(open.subject), text);
      } else {
        await openMermaid(text);
      }
    },
  };
}

/** Asked for when they are shown: VS Code has no words of its own before. */
function formats(): readonly (vscode.QuickPickItem & { readonly format: GraphExport })[] {
  return [
    { label: 'SVG', detail: vscode.l10n.t('A picture, saved to a file'), format: 'svg' },
    {
      label: 'Mermaid',
      detail: vscode.l10n.t('Text that GitHub and others draw, in a new editor'),
      format: 'mermaid',
    },
  ];
}

async function saveSvg(name: string, svg: string): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const file = `${name.replaceAll(/[^\w.-]+/g, '-')}.svg`;
  const saved = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, file) }),
    filters: { SVG: ['svg'] },
    title: vscode.l10n.t('Save the Graph'),
  });
  if (saved === undefined) {
    return;
  }
  try {
    await vscode.workspace.fs.writeFile(saved, Buffer.from(svg));
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    void tell(
      'error',
      vscode.l10n.t(
        '{0} could not be written: {1}. Choose another folder.',
        path.basename(saved.fsPath),
        why,
      ),
      retry(() => saveSvg(name, svg)),
    );
    return;
  }
  const open = vscode.l10n.t('Open');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('The graph was saved as {0}.', path.basename(saved.fsPath)),
    open,
  );
  if (chosen === open) {
    await vscode.commands.executeCommand('vscode.open', saved);
  }
}

/** In a fence where nothing here knows Mermaid: Markdown's preview and GitHub draw that. */
async function openMermaid(text: string): Promise<void> {
  const knowsMermaid = (await vscode.languages.getLanguages()).includes('mermaid');
  const document = await vscode.workspace.openTextDocument(
    knowsMermaid
      ? { language: 'mermaid', content: text }
      : { language: 'markdown', content: `\`\`\`mermaid\n${text.trimEnd()}\n\`\`\`\n` },
  );
  await vscode.window.showTextDocument(document, { preview: false });
}
