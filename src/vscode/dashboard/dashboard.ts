import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { isRunId } from '../../core/domain/ids.ts';
import { FactsShelf } from '../../core/projections/metricsFacts.ts';
import type { MetricsReport } from '../../core/projections/metricsExport.ts';
import type {
  DashboardHostMessage,
  DashboardPageMessage,
  DashboardView,
} from '../../webview/dashboard/protocol.ts';
import { readableRun } from '../commands/picks.ts';
import { executeOn } from '../contributions.ts';
import { DASHBOARD_PANEL } from '../ids.ts';
import { pageHtml } from '../pageHtml.ts';
import type { Presence } from '../presence.ts';
import type { Projects } from '../project.ts';
import { dashboardPicture, dashboardReport, type DashboardSource } from './dashboardPicture.ts';
import { FIRST_VIEW, parseDashboardMessage } from './pageMessage.ts';
import { commandOfStep, commandOfVerb, dashboardVerbs } from './runCommands.ts';

/**
 * The dashboard of this window: one editor tab. What is looked at is chosen in the page, which keeps it over reloads;
 * here is only the last choice it told.
 */
export class Dashboard implements vscode.WebviewPanelSerializer, Disposable {
  readonly #projects: Projects;
  readonly #presence: Presence;
  readonly #assets: vscode.Uri;
  readonly #icon: vscode.Uri;
  readonly #now: () => number;
  readonly #shelf = new FactsShelf();
  readonly #registration: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;
  /** `undefined`: the page has not asked for anything yet. */
  #view: DashboardView | undefined;

  /**
   * @param extension the folder of the extension
   * @param now milliseconds since 1970
   */
  constructor(projects: Projects, presence: Presence, extension: vscode.Uri, now: () => number) {
    this.#projects = projects;
    this.#presence = presence;
    this.#now = now;
    this.#assets = vscode.Uri.joinPath(extension, 'dist', 'webview');
    this.#icon = vscode.Uri.joinPath(extension, 'media', 'icon.svg');
    this.#registration = vscode.window.registerWebviewPanelSerializer(DASHBOARD_PANEL, this);
  }

  /** What the open dashboard shows; where none is open, what it would begin with. */
  get view(): DashboardView {
    return this.#view ?? FIRST_VIEW;
  }

  show(): void {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    this.#adopt(
      vscode.window.createWebviewPanel(DASHBOARD_PANEL, 'Dashboard', vscode.ViewColumn.Active),
    );
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel === undefined) {
      this.#adopt(panel);
    } else {
      panel.dispose();
    }
    return Promise.resolve();
  }

  refresh(): void {
    // A page that nobody sees asks anew when it is shown again.
    if (this.#panel?.visible === true && this.#view !== undefined) {
      const picture = dashboardPicture(this.#source(), this.#view);
      const message: DashboardHostMessage = { type: 'dashboard', picture };
      void this.#panel.webview.postMessage(message);
    }
  }

  report(view: DashboardView): MetricsReport {
    return dashboardReport(this.#source(), view);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    this.#panel = panel;
    this.#view = undefined;
    panel.title = 'Dashboard';
    panel.iconPath = this.#icon;
    webview.options = { enableScripts: true, localResourceRoots: [this.#assets] };
    webview.onDidReceiveMessage((raw: unknown) => void this.#receive(raw));
    panel.onDidChangeViewState(() => this.refresh());
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#view = undefined;
    });
    const asset = (name: string) =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.#assets, name)).toString();
    webview.html = pageHtml({
      title: 'Sluice Dashboard',
      nonce: randomBytes(16).toString('base64'),
      cspSource: webview.cspSource,
      script: asset('dashboard.js'),
      style: asset('dashboard.css'),
    });
  }

  async #receive(raw: unknown): Promise<void> {
    const message = parseDashboardMessage(raw);
    if (message?.type === 'view') {
      this.#view = message.view;
      await this.#projects.opened();
      this.refresh();
    } else if (message !== undefined) {
      this.#presence.acted();
      await this.#asked(message);
    }
  }

  /** The page decides nothing: what it sends is asked as if from the tree. */
  async #asked(message: Exclude<DashboardPageMessage, { type: 'view' }>): Promise<void> {
    switch (message.type) {
      case 'first-step':
        await vscode.commands.executeCommand(commandOfStep(message.step));
        break;
      case 'export':
        await vscode.commands.executeCommand('sluice.exportMetrics');
        break;
      case 'verb': {
        const { folder, run, verb } = message;
        const project = this.#projects.byUri(folder);
        const entry = project !== undefined && isRunId(run) ? readableRun(project, run) : undefined;
        // It may have moved on since the page was told.
        if (project !== undefined && entry !== undefined && dashboardVerbs(entry).includes(verb)) {
          await executeOn(commandOfVerb(verb), { kind: 'run', project, run: entry.run });
        }
        break;
      }
    }
  }

  #source(): DashboardSource {
    return {
      folders: this.#projects.all().map(({ folder, sluice }) => ({
        folder: folder.uri.toString(),
        name: folder.name,
        entries: sluice.runs(),
      })),
      shelf: this.#shelf,
      problems: [...whyNothing(), ...this.#projects.problems()],
      now: this.#now(),
      zone: localOffset,
    };
  }
}

/** As of the person's machine. */
function localOffset(at: number): number {
  return -new Date(at).getTimezoneOffset() * 60_000;
}

function whyNothing(): string[] {
  if (vscode.workspace.workspaceFolders === undefined) {
    return ['Open a folder first: agents work in folders.'];
  }
  return vscode.workspace.isTrusted
    ? []
    : ['You have not trusted this folder. Until you do, Sluice reads nothing in it.'];
}
