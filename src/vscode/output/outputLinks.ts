import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { isRunId, type RunId, type TaskId } from '../../core/domain/ids.ts';
import { readableRun } from '../commands/picks.ts';
import type { CommandId } from '../ids.ts';
import type { Project, Projects } from '../project.ts';
import { artifactUri, OUTPUT } from './addresses.ts';
import { fileLinks, headLink, pathInFolder, type FoundLink, type LinkTo } from './links.ts';

/** Lines at the end that are looked through: nobody clicks on what they have to scroll a minute to. */
const LOOKED_THROUGH = 5000;
/** Paths that are looked for on the disk, for one document. */
const MOST_PATHS = 300;
/** Of a head; behind it comes the rule. */
const LONGEST_HEAD = 300;

/** Makes what a page of output names lead there: its run, its branch, what the task made, files of the folder. */
export class OutputLinks implements vscode.DocumentLinkProvider {
  readonly #projects: Projects;

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  async provideDocumentLinks(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentLink[]> {
    const [, run = '', name = ''] = document.uri.path.split('/');
    const project = this.#projects.byUri(document.uri.query);
    if (project === undefined || !isRunId(run)) {
      return [];
    }
    const task = (document.uri.scheme === OUTPUT ? name.replace(/\.log$/, '') : undefined) as
      TaskId | undefined;
    const places = new Places(project, run, task);
    const links: vscode.DocumentLink[] = [];
    for (const { line, found } of linksOf(document)) {
      if (token.isCancellationRequested) {
        return [];
      }
      const to = await places.uriOf(found.to);
      if (to !== undefined) {
        const link = new vscode.DocumentLink(
          new vscode.Range(line, found.start, line, found.end),
          to.uri,
        );
        link.tooltip = to.tooltip;
        links.push(link);
      }
    }
    return links;
  }
}

function* linksOf(
  document: vscode.TextDocument,
): Iterable<{ readonly line: number; readonly found: FoundLink }> {
  let line = 0;
  if (document.uri.scheme === OUTPUT) {
    for (; line < Math.min(document.lineCount, LONGEST_HEAD); line += 1) {
      const { text } = document.lineAt(line);
      const found = headLink(text);
      if (text.startsWith('─'.repeat(20))) {
        break;
      }
      if (found !== undefined) {
        yield { line, found };
      }
    }
  }
  line = Math.max(line, document.lineCount - LOOKED_THROUGH);
  for (; line < document.lineCount; line += 1) {
    for (const found of fileLinks(document.lineAt(line).text)) {
      yield { line, found };
    }
  }
}

interface Place {
  readonly uri: vscode.Uri;
  readonly tooltip: string;
}

/** Where links of one document lead. A path is looked for once. */
class Places {
  readonly #project: Project;
  readonly #run: RunId;
  readonly #task: TaskId | undefined;
  readonly #made: ReadonlySet<string>;
  readonly #isThere = new Map<string, Promise<boolean>>();

  constructor(project: Project, run: RunId, task: TaskId | undefined) {
    this.#project = project;
    this.#run = run;
    this.#task = task;
    const state = task === undefined ? undefined : readableRun(project, run)?.state.tasks.get(task);
    this.#made = new Set(
      state?.kind === 'succeeded' ? state.artifacts.map((artifact) => artifact.path) : [],
    );
  }

  async uriOf(to: LinkTo): Promise<Place | undefined> {
    switch (to.kind) {
      case 'run':
        return this.#command('sluice.showGraph', vscode.l10n.t('Show the graph of the run'));
      case 'branch':
        return this.#command('sluice.showChanges', vscode.l10n.t('Show what the task changed'));
      case 'artifact':
        return this.#artifact(to.path, '');
      case 'file': {
        const { sluice, folder } = this.#project;
        const below = pathInFolder(to.path, sluice.folder, this.#run);
        const { line, column = 1 } = to;
        const fragment = line === undefined ? '' : `L${line},${column}`;
        if (below === undefined) {
          return undefined;
        }
        return (
          this.#artifact(below, fragment) ??
          ((await this.#exists(below))
            ? {
                uri: vscode.Uri.joinPath(folder.uri, below).with({ fragment }),
                tooltip: vscode.l10n.t('Open the file of your folder'),
              }
            : undefined)
        );
      }
    }
  }

  /** As the task made it: the folder may have another. */
  #artifact(file: string, fragment: string): Place | undefined {
    return this.#task !== undefined && this.#made.has(file)
      ? {
          uri: artifactUri(this.#project, this.#run, this.#task, file).with({ fragment }),
          tooltip: vscode.l10n.t('Open the file as the task made it'),
        }
      : undefined;
  }

  #command(id: CommandId, tooltip: string): Place {
    const context = {
      folder: this.#project.folder.uri.toString(),
      run: this.#run,
      ...(id === 'sluice.showChanges' ? { task: this.#task } : {}),
    };
    const query = encodeURIComponent(JSON.stringify([context]));
    return { uri: vscode.Uri.parse(`command:${id}?${query}`), tooltip };
  }

  #exists(below: string): Promise<boolean> {
    const known = this.#isThere.get(below);
    if (known !== undefined || this.#isThere.size >= MOST_PATHS) {
      return known ?? Promise.resolve(false);
    }
    const looked = fs.stat(path.join(this.#project.sluice.folder, below)).then(
      (stat) => stat.isFile(),
      () => false,
    );
    this.#isThere.set(below, looked);
    return looked;
  }
}
