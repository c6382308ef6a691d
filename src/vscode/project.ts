import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../core/base/disposables.ts';
import { Emitter } from '../core/base/emitter.ts';
import type { Log } from '../core/base/log.ts';
import type { Sluice } from '../core/sluice.ts';
import type { Ports } from '../core/ports.ts';
import type { WindowModels } from './models/windowModels.ts';
import { readSetting } from './readSetting.ts';

/** A workspace folder and the Sluice that works in it. */
export interface Project {
  readonly folder: vscode.WorkspaceFolder;
  readonly sluice: Sluice;
}

interface Problem {
  readonly text: string;
  /** The log has more about it. */
  readonly isLogged: boolean;
}

/**
 * The projects of this window: one for each folder on disk, none before the folder is trusted.
 *
 * P1  Nothing of a folder is read before `vscode.workspace.isTrusted`.
 * P2  A project that is opened while its folder goes away is closed again.
 */
export class Projects implements Disposable {
  readonly #ports: Ports;
  readonly #models: WindowModels;
  readonly #log: Log;
  readonly #open = new Map<string, Project>();
  readonly #opening = new Map<string, Promise<void>>();
  readonly #problems = new Map<string, Problem>();
  readonly #disposables = new Disposables();
  readonly #changed: Emitter<void>;
  readonly #opened: Emitter<Project>;
  #disposed = false;

  constructor(ports: Ports, models: WindowModels) {
    this.#ports = ports;
    this.#models = models;
    this.#log = ports.log;
    const onListenerError = (thrown: unknown) =>
      this.#log.error('A view could not be updated', thrown);
    this.#changed = new Emitter(onListenerError);
    this.#opened = new Emitter(onListenerError);
    this.#disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.follow()));
    this.#disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(() => void this.follow()));
  }

  /** Something in some project changed; readers look again. */
  get onDidChange(): (listener: () => void) => Disposable {
    return this.#changed.on;
  }

  get onDidOpen(): (listener: (project: Project) => void) => Disposable {
    return this.#opened.on;
  }

  all(): Project[] {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return folders.flatMap((folder) => this.#open.get(folder.uri.toString()) ?? []);
  }

  /** Resolves once no folder of the window is being opened: what a command is asked right after the start can wait. */
  async opened(): Promise<void> {
    await Promise.allSettled([...this.#opening.values()]);
  }

  /** Why folders of the window have no project, as sentences. */
  problems(): string[] {
    return [...this.#problems.values()].map(({ text }) => text);
  }

  /** The same for where no button can stand beside them. */
  problemLines(): string[] {
    return [...this.#problems.values()].map(({ text, isLogged }) =>
      isLogged
        ? vscode.l10n.t('{0} Sluice: Show Log has the detail.', text.replace(/[.]?$/, '.'))
        : text,
    );
  }

  byUri(folder: string): Project | undefined {
    return this.#open.get(folder);
  }

  /** Opens a project for every trusted folder of the window and closes those of folders that left. */
  async follow(): Promise<void> {
    const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
    const wanted = new Set(folders.map((folder) => folder.uri.toString()));
    for (const [uri, project] of this.#open) {
      if (!wanted.has(uri)) {
        this.#open.delete(uri);
        await project.sluice.close();
      }
    }
    await Promise.all(
      folders.map((folder) => {
        const uri = folder.uri.toString();
        const opening = this.#opening.get(uri) ?? this.#openProject(folder);
        this.#opening.set(uri, opening);
        return opening.finally(() => this.#opening.delete(uri));
      }),
    );
    this.#changed.fire();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** Lets every run go and waits until nothing of this window works in any folder. */
  async close(): Promise<void> {
    this.#disposed = true;
    this.dispose();
    const projects = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(projects.map((project) => project.sluice.close()));
  }

  async #openProject(folder: vscode.WorkspaceFolder): Promise<void> {
    const uri = folder.uri.toString();
    if (this.#open.has(uri)) {
      return;
    }
    if (folder.uri.scheme !== 'file') {
      this.#problems.set(uri, {
        text: `${folder.name} is not on a disk; agents are programs and need files.`,
        isLogged: false,
      });
      return;
    }
    try {
      // Loaded with the first folder, and not before this extension is activated: neither VS Code's start nor the
      // extensions after this one wait for schemas and Git.
      await setImmediate();
      const { Sluice } = await import('../core/sluice.ts');
      const goesOn = readSetting('resumeRuns') === 'always';
      const sluice = await Sluice.open(
        folder.uri.fsPath,
        { ...this.#ports, models: () => this.#models.get() },
        { takesOver: goesOn },
      );
      if (this.#disposed || vscode.workspace.getWorkspaceFolder(folder.uri) === undefined) {
        await sluice.close();
        return;
      }
      const project: Project = { folder, sluice };
      this.#open.set(uri, project);
      this.#problems.delete(uri);
      sluice.onDidChange(() => this.#changed.fire());
      this.#opened.fire(project);
      if (goesOn) {
        await sluice.resumeInterrupted();
      }
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.#log.error(`Sluice could not open ${folder.name}`, thrown);
      this.#problems.set(uri, {
        text: `${folder.name} could not be opened: ${why}`,
        isLogged: true,
      });
    }
  }
}
