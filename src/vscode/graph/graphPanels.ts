import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { unreachable } from '../../core/base/exhaustive.ts';
import { isRunId, type RunId, type StepId, type TaskId } from '../../core/domain/ids.ts';
import { pictureOfRun, pictureOfWorkflow } from '../../core/projections/graph.ts';
import type { GraphPicture } from '../../core/projections/graphPicture.ts';
import type { TaskRow } from '../../core/projections/taskRows.ts';
import type { GraphHostMessage, GraphPageMessage } from '../../webview/protocol.ts';
import { answer, reject } from '../commands/answerGate.ts';
import { readableRun } from '../commands/picks.ts';
import { openText } from '../commands/showOutput.ts';
import { openLocation } from '../commands/openDefinition.ts';
import { executeOn } from '../contributions.ts';
import { forecastText, type Forecasts } from '../forecasts.ts';
import { GRAPH_PANEL } from '../ids.ts';
import { runOffers, taskOffers, type ReadableRun } from '../offers.ts';
import { outputUri } from '../output/documents.ts';
import type { Presence } from '../presence.ts';
import type { Project, Projects } from '../project.ts';
import { parsePageMessage } from './pageMessage.ts';

/** What a panel shows; kept by VS Code across reloads, so it is parsed when it comes back. */
export type GraphSubject =
  | { readonly folder: string; readonly run: RunId }
  | { readonly folder: string; readonly workflow: string };

/** The graph panels of this window, one for each subject. A panel keeps no state of its own. */
export class GraphPanels implements vscode.WebviewPanelSerializer, Disposable {
  readonly #projects: Projects;
  readonly #presence: Presence;
  readonly #forecasts: Pick<Forecasts, 'mark'>;
  readonly #assets: vscode.Uri;
  readonly #icon: vscode.Uri;
  readonly #now: () => number;
  readonly #panels = new Map<string, { subject: GraphSubject; panel: vscode.WebviewPanel }>();
  readonly #registration: vscode.Disposable;

  /**
   * @param extension the folder of the extension
   * @param now milliseconds since 1970
   */
  constructor(
    projects: Projects,
    presence: Presence,
    forecasts: Pick<Forecasts, 'mark'>,
    extension: vscode.Uri,
    now: () => number,
  ) {
    this.#projects = projects;
    this.#forecasts = forecasts;
    this.#presence = presence;
    this.#now = now;
    this.#assets = vscode.Uri.joinPath(extension, 'dist', 'webview');
    this.#icon = vscode.Uri.joinPath(extension, 'media', 'icon.svg');
    this.#registration = vscode.window.registerWebviewPanelSerializer(GRAPH_PANEL, this);
  }

  show(subject: GraphSubject): void {
    const open = this.#panels.get(keyOf(subject));
    if (open !== undefined) {
      open.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(GRAPH_PANEL, titleOf(subject), {
      viewColumn: vscode.ViewColumn.Active,
      preserveFocus: false,
    });
    this.#adopt(panel, subject);
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const subject = parseSubject(state);
    if (subject === undefined) {
      panel.dispose();
    } else {
      this.#adopt(panel, subject);
    }
    return Promise.resolve();
  }

  refresh(): void {
    for (const { subject, panel } of this.#panels.values()) {
      this.#send(panel, subject);
    }
  }

  dispose(): void {
    this.#registration.dispose();
    for (const { panel } of [...this.#panels.values()]) {
      panel.dispose();
    }
  }

  #adopt(panel: vscode.WebviewPanel, subject: GraphSubject): void {
    const key = keyOf(subject);
    this.#panels.set(key, { subject, panel });
    panel.title = titleOf(subject);
    panel.iconPath = this.#icon;
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.#assets] };
    panel.webview.onDidReceiveMessage(
      (message: unknown) => void this.#receive(panel, subject, message),
    );
    panel.onDidDispose(() => this.#panels.delete(key));
    panel.webview.html = this.#page(panel.webview, subject);
  }

  #send(panel: vscode.WebviewPanel, subject: GraphSubject): void {
    const picture = this.#picture(subject);
    if (picture !== undefined) {
      const message: GraphHostMessage = { type: 'picture', picture };
      void panel.webview.postMessage(message);
    }
  }

  #picture(subject: GraphSubject): GraphPicture | undefined {
    const project = this.#projects.byUri(subject.folder);
    if (project === undefined) {
      return undefined;
    }
    if ('run' in subject) {
      const entry = readableRun(project, subject.run);
      return entry && this.#pictureOfRun(project, entry);
    }
    const entry = project.sluice.definitions.workflows.find(
      ({ name }) => name === subject.workflow,
    );
    return entry?.kind === 'valid' ? pictureOfWorkflow(entry.workflow) : undefined;
  }

  #pictureOfRun(project: Project, entry: ReadableRun): GraphPicture {
    const { run, plan, state, driven } = entry;
    const offers = { run: runOffers(entry), task: (row: TaskRow) => taskOffers(entry, row) };
    const heard = project.sluice.heard(run);
    const picture = pictureOfRun(plan, state, driven, offers, heard, this.#now());
    return {
      ...picture,
      nodes: picture.nodes.map((node) => {
        const isAsked = node.kind === 'gate' && node.verbs.includes('forecast');
        const mark = isAsked ? this.#forecasts.mark(project, entry) : undefined;
        return mark === undefined ? node : { ...node, reason: forecastText(mark) };
      }),
    };
  }

  async #receive(panel: vscode.WebviewPanel, subject: GraphSubject, raw: unknown): Promise<void> {
    const message = parsePageMessage(raw);
    const project = this.#projects.byUri(subject.folder);
    if (message?.type === 'ready') {
      this.#send(panel, subject);
    } else if (message !== undefined && project !== undefined) {
      this.#presence.acted();
      if (message.type === 'open') {
        await this.#open(project, subject, message.task as TaskId);
      } else if ('run' in subject) {
        await askOf(project, subject.run, message);
      }
    }
  }

  async #open(project: Project, subject: GraphSubject, task: TaskId): Promise<void> {
    if ('run' in subject) {
      await openText(outputUri(project, subject.run, task));
      return;
    }
    const at = project.sluice.locationOfStep(subject.workflow, task as string as StepId);
    if (at !== undefined) {
      await openLocation(project, at);
    }
  }

  #page(webview: vscode.Webview, subject: GraphSubject): string {
    const nonce = randomBytes(16).toString('base64');
    const asset = (name: string) =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.#assets, name)).toString();
    const policy = [
      `default-src 'none'`,
      `style-src ${webview.cspSource}`,
      `script-src 'nonce-${nonce}'`,
      `font-src ${webview.cspSource}`,
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
  <body data-subject="${escapeHtml(JSON.stringify(subject))}">
    <script nonce="${nonce}" src="${asset('graph.js')}"></script>
  </body>
</html>`;
  }
}

/** The page decides nothing: what it sends is asked as if from the tree. */
async function askOf(
  project: Project,
  run: RunId,
  message: Extract<GraphPageMessage, { type: 'pause' | 'resume' | 'answer' | 'reply' }>,
): Promise<void> {
  switch (message.type) {
    case 'pause':
      await executeOn('sluice.pauseRun', { kind: 'run', project, run });
      break;
    case 'resume':
      await executeOn('sluice.resumeRun', { kind: 'run', project, run });
      break;
    case 'reply': {
      const task = message.task as TaskId;
      await executeOn('sluice.answerQuestion', { kind: 'task', project, run, task });
      break;
    }
    case 'answer': {
      const gate = project.sluice
        .openGates()
        .find((open) => open.run === run && open.task === (message.task as TaskId));
      if (gate !== undefined) {
        await (message.decision === 'approved'
          ? answer({ project, gate }, 'approved', undefined)
          : reject({ project, gate }));
      }
      break;
    }
    default:
      unreachable(message);
  }
}

function titleOf(subject: GraphSubject): string {
  return 'run' in subject ? subject.run : subject.workflow;
}

function keyOf(subject: GraphSubject): string {
  return JSON.stringify([
    subject.folder,
    'run' in subject ? ['run', subject.run] : ['workflow', subject.workflow],
  ]);
}

/** The page keeps `{ subject, … }`, as it found it in its body. */
function parseSubject(state: unknown): GraphSubject | undefined {
  if (typeof state !== 'object' || state === null || !('subject' in state)) {
    return undefined;
  }
  const { subject } = state;
  if (typeof subject !== 'object' || subject === null || !('folder' in subject)) {
    return undefined;
  }
  const { folder } = subject;
  if (typeof folder !== 'string') {
    return undefined;
  }
  if ('run' in subject && typeof subject.run === 'string' && isRunId(subject.run)) {
    return { folder, run: subject.run };
  }
  return 'workflow' in subject && typeof subject.workflow === 'string'
    ? { folder, workflow: subject.workflow }
    : undefined;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
