import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { titleOf, type GraphSubject } from './graphSubject.ts';

/**
 * The page of a graph: it may run our two scripts, the second of them off its own thread, and reach nothing else.
 * @param assets the folder they lie in
 */
export function graphPage(
  webview: vscode.Webview,
  assets: vscode.Uri,
  subject: GraphSubject,
): string {
  const nonce = randomBytes(16).toString('base64');
  const asset = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString();
  const policy = [
    `default-src 'none'`,
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    // A worker of another origin is not allowed: the page fetches its script, and makes a blob of it.
    'worker-src blob:',
    `connect-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${asset('graph.css')}" />
    <title>${escapeHtml(titleOf(subject))}</title>
  </head>
  <body data-subject="${escapeHtml(JSON.stringify(subject))}" data-layout="${asset('layout.js')}">
    <script nonce="${nonce}" src="${asset('graph.js')}"></script>
  </body>
</html>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
