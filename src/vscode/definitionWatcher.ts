import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../core/base/disposables.ts';
import { FolderWatches } from './folderWatches.ts';
import type { Project, Projects } from './project.ts';

/** Where definitions stand, and the folders above them: a folder that appears may hold files already. */
const PATTERNS = [
  '.sluice',
  '.sluice/agents.yaml',
  '.sluice/{agents,workflows,todos}',
  '.sluice/{agents,workflows,todos}/**',
  '.github',
  '.github/agents',
  '.github/agents/**',
  '.claude',
  '.claude/claude.json',
  '.claude/agents',
  '.claude/agents/**',
];
/** The folders of these patterns, outer before inner. */
const FOLDERS = [
  ...['.sluice', '.sluice/agents', '.sluice/workflows', '.sluice/todos'],
  ...['.github', '.github/agents', '.claude', '.claude/agents'],
];
/** The one in which folders hold definitions too. */
const NESTED = '.claude/agents';
/** A save or a checkout makes a burst of events; they are read together. */
const TOGETHER_MS = 50;

/**
 * Reads a project's definitions again when a file of them changes, appears or goes.
 *
 * On Linux VS Code's watchers never learn of a folder that is made together with the one around it, as
 * a checkout does: what changes in it later stays unseen. There the folders are watched singly as well.
 */
export class DefinitionWatcher implements Disposable {
  readonly #projects: Projects;
  readonly #disposables = new Disposables();

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#disposables.add(projects.onDidOpen((project) => this.#watch(project)));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #watch(project: Project): void {
    let soon: NodeJS.Timeout | undefined;
    const changed = () => {
      clearTimeout(soon);
      soon = setTimeout(() => {
        if (this.#projects.byUri(project.folder.uri.toString()) === project) {
          // Before the reading: what comes after it is seen.
          follow();
          void project.sluice.refreshDefinitions();
        }
      }, TOGETHER_MS);
    };
    const watches = this.#disposables.add(new FolderWatches(changed));
    const follow = () => {
      if (process.platform === 'linux') {
        watches.follow(foldersIn(project.folder.uri.fsPath));
      }
    };
    follow();
    for (const pattern of PATTERNS) {
      const watcher = this.#disposables.add(
        vscode.workspace.createFileSystemWatcher(
          new vscode.RelativePattern(project.folder, pattern),
        ),
      );
      watcher.onDidCreate(changed);
      watcher.onDidChange(changed);
      watcher.onDidDelete(changed);
    }
    this.#disposables.add({ dispose: () => clearTimeout(soon) });
  }
}

/** Absolute; some may not be there. A generator: a folder is looked into once it is watched. */
function* foldersIn(root: string): Iterable<string> {
  for (const folder of FOLDERS) {
    yield path.join(root, folder);
  }
  yield* foldersBelow(path.join(root, NESTED));
}

function* foldersBelow(folder: string): Iterable<string> {
  for (const entry of entriesOf(folder)) {
    if (entry.isDirectory()) {
      const inner = path.join(folder, entry.name);
      yield inner;
      yield* foldersBelow(inner);
    }
  }
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    // It is not there, or not ours to read, which the reading of definitions reports.
    return [];
  }
}
