import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { oneLine, thrownMessage } from '../../core/base/text.ts';
import { cachePage } from '../cachePage.ts';
import { cacheSettingProblems, cacheSettings } from '../cacheSettings.ts';
import type { Project, Projects } from '../project.ts';
import { LivePages } from './livePages.ts';

const SCHEME = 'sluice-cache';
/** Counting what is kept reads every answer's name on the disk, and nobody reads the page faster. */
const APART_MS = 2000;

/**
 * What the caches of folders hold and have saved, as read-only Markdown documents, shown rendered. An address names
 * the project, so a page restored after a reload is told again.
 */
export class CachePages implements Disposable {
  readonly #projects: Projects;
  readonly #pages: LivePages;

  constructor(projects: Projects) {
    this.#projects = projects;
    const textOf = async (uri: vscode.Uri) => {
      await projects.opened();
      return this.#textOf(uri);
    };
    this.#pages = new LivePages({ scheme: SCHEME, apartMs: APART_MS, textOf });
  }

  show(project: Project): Promise<void> {
    return this.#pages.show(uriOf(project));
  }

  refresh(): void {
    this.#pages.refresh();
  }

  dispose(): void {
    this.#pages.dispose();
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
