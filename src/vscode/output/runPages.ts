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
import { LivePages } from './livePages.ts';

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
export class RunPages implements Disposable {
  readonly #projects: Projects;
  readonly #pages: LivePages;
  readonly #closing = new AbortController();

  constructor(projects: Projects) {
    this.#projects = projects;
    const textOf = async (uri: vscode.Uri) => {
      await projects.opened();
      return this.#textOf(uri);
    };
    this.#pages = new LivePages({ scheme: SCHEME, apartMs: APART_MS, textOf });
  }

  show(kind: RunPageKind, project: Project, run: RunId): Promise<void> {
    return this.#pages.show(uriOf(kind, project, run));
  }

  refresh(): void {
    this.#pages.refresh();
  }

  dispose(): void {
    this.#closing.abort(new Error('The window closes'));
    this.#pages.dispose();
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
