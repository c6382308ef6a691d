import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageHtml } from '../pageHtml.ts';
import { titleOf, type GraphSubject } from './graphSubject.ts';

/**
 * The page of a graph: it may run our two scripts, the second of them off its own thread.
 * @param assets the folder they lie in
 */
export function graphPage(
  webview: vscode.Webview,
  assets: vscode.Uri,
  subject: GraphSubject,
): string {
  const asset = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString();
  const { cspSource } = webview;
  return pageHtml({
    title: titleOf(subject),
    nonce: randomBytes(16).toString('base64'),
    cspSource,
    script: asset('graph.js'),
    style: asset('graph.css'),
    data: { subject: JSON.stringify(subject), layout: asset('layout.js') },
    // A worker of another origin is not allowed: the page fetches its script, and makes a blob of it.
    also: ['worker-src blob:', `connect-src ${cspSource}`],
  });
}
