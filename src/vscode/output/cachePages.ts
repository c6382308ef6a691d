import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { oneLine, thrownMessage } from '../../core/base/text.ts';
import { cachePage } from '../cachePage.ts';
import { cacheSettingProblems, cacheSettings } from '../cacheSettings.ts';
import type { Project, Projects } from '../project.ts';
import { isPageShown } from './shownPages.ts';

const SCHEME = 'sluice-cache';
/** Counting what is kept reads every answer's name on the disk, and nobody reads the page faster. */
const APART_MS = 2000;

/**
 * What the caches of folders hold and have saved, as read-only Markdown documents, shown rendered. An address names
 * the project, so a page restored after a reload is told again.
 */
export class CachePages implements vscode.TextDocumentContentProvider, Disposable {
  readonly #projects: Projects;
  /** What each page said last, by its address. */
  readonly #told = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration: vscode.Disposable;
  #looks = Promise.resolve();
  #lookedAt = -APART_MS;
  #next: NodeJS.Timeout | undefined;

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  async show(project: Project): Promise<void> {
    const uri = uriOf(project);
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
    this.#registration.dispose();
    this.#changed.dispose();
    this.#told.clear();
    clearTimeout(this.#next);
  }

  /** One after the other, so that no older count comes last. */
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
    const project = this.#projects.byUri(query);
    if (project === undefined) {
      return 'The folder this belongs to is not open, or not trusted.\n';
    }
    try {
      const { cache } = project.sluice;
      return cachePage({
        folder: project.folder.name,
        place: cache.folder,
        statistics: await cache.statistics(),
        settings: cacheSettings(),
        problems: cacheSettingProblems(),
      });
    } catch (thrown) {
      return `What the cache holds cannot be told: ${oneLine(thrownMessage(thrown))}\n`;
    }
  }
}

function uriOf({ folder }: Project): vscode.Uri {
  const name = oneLine(folder.name, 60).replaceAll(/[\\/]/g, '-');
  return vscode.Uri.from({
    scheme: SCHEME,
    // What stands on the tab, behind "Preview".
    path: `/Cache of ${name}.md`,
    query: folder.uri.toString(),
  });
}
