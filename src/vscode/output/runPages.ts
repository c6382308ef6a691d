import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { oneLine, thrownMessage } from '../../core/base/text.ts';
import { isRunId, type RunId } from '../../core/domain/ids.ts';
import { shown } from '../../core/preflight/markdown.ts';
import { forecastPage } from '../../core/projections/forecastText.ts';
import { checkoutPage } from '../checkoutText.ts';
import { readableRun } from '../commands/picks.ts';
import type { ReadableRun } from '../offers.ts';
import type { Project, Projects } from '../project.ts';
import { isPageShown } from './shownPages.ts';

/** What a page tells of a run. */
export type RunPageKind = 'forecast' | 'checkout';

const SCHEME = 'sluice-run';
/** A forecast reads files, and nobody reads a page faster. */
const APART_MS = 1000;

const TITLES: Readonly<Record<RunPageKind, string>> = {
  forecast: 'Forecast of',
  checkout: 'Checkout during',
};

/**
 * What would happen if a run's results were merged, and what happened to the checkout meanwhile: read-only Markdown
 * documents, shown rendered. An address names all that is needed to tell the page again.
 */
export class RunPages implements vscode.TextDocumentContentProvider, Disposable {
  readonly #projects: Projects;
  /** What each page said last, by its address. */
  readonly #told = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration: vscode.Disposable;
  readonly #closing = new AbortController();
  #looks = Promise.resolve();
  #lookedAt = -APART_MS;
  #next: NodeJS.Timeout | undefined;

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  async show(kind: RunPageKind, project: Project, run: RunId): Promise<void> {
    const uri = uriOf(kind, project, run);
    // One that is open already is brought to the front and told anew.
    this.#changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  /** Pages that would say something else now are told anew. */
  refresh(): void {
    if (this.#told.size > 0) {
      const apart = this.#lookedAt + APART_MS - performance.now();
      this.#next ??= setTimeout(() => this.#look(), Math.max(0, apart));
    }
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    await this.#projects.opened();
    const text = await this.#textOf(uri);
    this.#told.set(uri.toString(), text);
    return text;
  }

  dispose(): void {
    this.#closing.abort(new Error('The window closes'));
    this.#registration.dispose();
    this.#changed.dispose();
    this.#told.clear();
    clearTimeout(this.#next);
  }

  /** One after the other, so that no older answer comes last. */
  #look(): void {
    this.#next = undefined;
    this.#lookedAt = performance.now();
    // Where VS Code's Markdown is switched off there is no preview to be told anew.
    this.#looks = this.#looks.then(() => this.#tellAnew()).catch(() => undefined);
  }

  async #tellAnew(): Promise<void> {
    for (const [address, told] of [...this.#told]) {
      const uri = vscode.Uri.parse(address, true);
      if (!isPageShown(uri)) {
        this.#told.delete(address);
        continue;
      }
      if ((await this.#textOf(uri)) === told) {
        continue;
      }
      if (vscode.workspace.textDocuments.some((open) => open.uri.toString() === address)) {
        this.#changed.fire(uri);
      } else {
        // VS Code lets go of a document that is only rendered, and asks for it again when it renders.
        await vscode.commands.executeCommand('markdown.preview.refresh');
      }
    }
  }

  async #textOf({ query }: vscode.Uri): Promise<string> {
    const named = new URLSearchParams(query);
    const project = this.#projects.byUri(named.get('folder') ?? '');
    const run = named.get('run') ?? '';
    if (project === undefined || !isRunId(run)) {
      return 'The folder this belongs to is not open, or not trusted.\n';
    }
    const entry = readableRun(project, run);
    if (entry === undefined) {
      return `There is no run ${shown(run)} here any more.\n`;
    }
    return named.get('kind') === 'checkout'
      ? checkoutPage(entry.plan, entry.state)
      : await this.#forecastText(project, entry);
  }

  async #forecastText({ sluice }: Project, entry: ReadableRun): Promise<string> {
    try {
      const forecast = await sluice.results.forecast(entry.run, this.#closing.signal);
      return forecast.ok
        ? forecastPage(forecast.value, entry.run, forecast.value.base)
        : `# Forecast: ${shown(entry.run)}\n\nIt cannot be told, because ${shown(forecast.error)}.\n`;
    } catch (thrown) {
      return `The forecast could not be made: ${oneLine(thrownMessage(thrown))}\n`;
    }
  }
}

function uriOf(kind: RunPageKind, project: Project, run: RunId): vscode.Uri {
  const query = new URLSearchParams({ folder: project.folder.uri.toString(), kind, run });
  return vscode.Uri.from({
    scheme: SCHEME,
    // What stands on the tab, behind "Preview".
    path: `/${TITLES[kind]} ${run}.md`,
    query: query.toString(),
  });
}
