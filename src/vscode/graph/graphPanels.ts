import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import type { Log } from '../../core/base/log.ts';
import type { TaskId } from '../../core/domain/ids.ts';
import type { Forecasts } from '../forecasts.ts';
import { GRAPH_PANEL } from '../ids.ts';
import type { Presence } from '../presence.ts';
import type { Projects } from '../project.ts';
import { graphPage } from './graphPage.ts';
import { GraphPanel, type PanelParts } from './graphPanel.ts';
import { keyOf, parseSubject, titleOf, type GraphSubject } from './graphSubject.ts';
import { GraphViews, type ShownMoments } from './graphViews.ts';
import { DrawnPreflights } from './preflights.ts';

export type { GraphSubject } from './graphSubject.ts';
export type { ShownMoments } from './graphViews.ts';

export interface GraphPanelsParts {
  readonly projects: Projects;
  readonly presence: Presence;
  readonly forecasts: Pick<Forecasts, 'mark'>;
  readonly moments: ShownMoments;
  readonly log: Pick<Log, 'error'>;
  /** The folder of the extension. */
  readonly extension: vscode.Uri;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The graph panels of this window, one for each subject. */
export class GraphPanels implements vscode.WebviewPanelSerializer, Disposable {
  readonly #assets: vscode.Uri;
  readonly #icon: vscode.Uri;
  readonly #preflights: DrawnPreflights;
  readonly #parts: PanelParts;
  readonly #panels = new Map<string, GraphPanel>();
  readonly #registration: vscode.Disposable;

  constructor({ projects, presence, forecasts, moments, log, extension, now }: GraphPanelsParts) {
    this.#assets = vscode.Uri.joinPath(extension, 'dist', 'webview');
    this.#icon = vscode.Uri.joinPath(extension, 'media', 'icon.svg');
    this.#preflights = new DrawnPreflights(() => this.refresh());
    const views = new GraphViews(projects, forecasts, moments, this.#preflights, now);
    this.#parts = { views, moments, presence, log };
    this.#registration = vscode.window.registerWebviewPanelSerializer(GRAPH_PANEL, this);
  }

  /** @param task to be selected and brought into sight */
  show(subject: GraphSubject, task?: TaskId): void {
    const open = this.#panels.get(keyOf(subject)) ?? this.#open(subject);
    open.panel.reveal();
    if (task !== undefined) {
      open.reveal(task);
    }
  }

  /** The panel a person looks at; `undefined`: none. */
  get active(): GraphPanel | undefined {
    return [...this.#panels.values()].find(({ panel }) => panel.active);
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
    for (const open of this.#panels.values()) {
      open.refresh();
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#preflights.dispose();
    for (const { panel } of [...this.#panels.values()]) {
      panel.dispose();
    }
  }

  #open(subject: GraphSubject): GraphPanel {
    const panel = vscode.window.createWebviewPanel(GRAPH_PANEL, titleOf(subject), {
      viewColumn: vscode.ViewColumn.Active,
      preserveFocus: false,
    });
    return this.#adopt(panel, subject);
  }

  #adopt(panel: vscode.WebviewPanel, subject: GraphSubject): GraphPanel {
    const key = keyOf(subject);
    const open = new GraphPanel(panel, subject, this.#parts);
    this.#panels.set(key, open);
    panel.title = titleOf(subject);
    panel.iconPath = this.#icon;
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.#assets] };
    panel.onDidDispose(() => {
      if (this.#panels.get(key) === open) {
        this.#panels.delete(key);
      }
    });
    panel.webview.html = graphPage(panel.webview, this.#assets, subject);
    return open;
  }
}
