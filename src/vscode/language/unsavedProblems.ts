import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../core/base/disposables.ts';
import type { Diagnostic } from '../../core/domain/diagnostic.ts';
import type { Definitions } from '../../core/definitions/project.ts';
import type { Project, Projects } from '../project.ts';
import { definitionDocument } from './definitionDocument.ts';

/** Keys that follow each other closely are judged together. */
const TOGETHER_MS = 100;

interface Judged {
  readonly uri: vscode.Uri;
  readonly project: Project;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Judges definition files that are changed in the editor and not saved.
 *
 * U1  What is told of a document is told of its latest text: older judgements are dropped.
 * U2  A document that is saved or reverted keeps what is told of it until the disk has been read again.
 */
export class UnsavedProblems implements Disposable {
  readonly #projects: Projects;
  readonly #changed: () => void;
  readonly #disposables = new Disposables();
  readonly #judged = new Map<string, Judged>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #judgedBeside: readonly Definitions[] = [];

  constructor(projects: Projects, changed: () => void) {
    this.#projects = projects;
    this.#changed = changed;
    const { workspace } = vscode;
    this.#disposables.add(
      // It is told of changes of `isDirty` too.
      workspace.onDidChangeTextDocument(({ document }) => this.#follow(document)),
    );
    this.#disposables.add(workspace.onDidCloseTextDocument((document) => this.#forget(document)));
  }

  /** Whether what is on the disk has changed since it was asked last, or what is open. */
  refresh(): boolean {
    const now = this.#projects.all().map(({ sluice }) => sluice.definitions);
    const same =
      now.length === this.#judgedBeside.length &&
      now.every((one, index) => one === this.#judgedBeside[index]);
    if (same) {
      return false;
    }
    this.#judgedBeside = now;
    for (const document of vscode.workspace.textDocuments) {
      if (document.isDirty) {
        this.#follow(document);
      }
    }
    return true;
  }

  has(uri: vscode.Uri): boolean {
    return this.#judged.has(uri.toString());
  }

  all(): Iterable<Judged> {
    return this.#judged.values();
  }

  dispose(): void {
    this.#disposables.dispose();
    for (const timer of this.#timers.values()) {
      clearTimeout(timer);
    }
  }

  #follow(document: vscode.TextDocument): void {
    const found = definitionDocument(this.#projects, document);
    if (found === undefined) {
      return;
    }
    if (!document.isDirty) {
      this.#cancel(document);
      if (this.has(document.uri)) {
        void this.#handBack(document, found.project);
      }
      return;
    }
    this.#cancel(document);
    this.#timers.set(
      document.uri.toString(),
      setTimeout(() => void this.#judge(document, found.project, found.file), TOGETHER_MS),
    );
  }

  async #judge(document: vscode.TextDocument, project: Project, file: string): Promise<void> {
    const { uri, version } = document;
    const diagnostics = await project.sluice.language.judgeText(file, document.getText());
    const isLatest = document.version === version && document.isDirty && !document.isClosed;
    if (diagnostics !== undefined && isLatest) {
      this.#judged.set(uri.toString(), { uri, project, diagnostics });
      this.#changed();
    }
  }

  /** U2 */
  async #handBack(document: vscode.TextDocument, project: Project): Promise<void> {
    await project.sluice.refreshDefinitions();
    if (!document.isDirty) {
      this.#forget(document);
    }
  }

  #forget(document: vscode.TextDocument): void {
    this.#cancel(document);
    if (this.#judged.delete(document.uri.toString())) {
      this.#changed();
    }
  }

  #cancel({ uri }: vscode.TextDocument): void {
    clearTimeout(this.#timers.get(uri.toString()));
    this.#timers.delete(uri.toString());
  }
}
