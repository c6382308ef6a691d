import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { count, isBinary } from '../../core/base/text.ts';
import { isRunId, type RunId, type TaskId } from '../../core/domain/ids.ts';
import type { Project, Projects } from '../project.ts';

// Read-only documents of what tasks printed and made. An address names the project in its query and
// run, task and file in its path, so a document restored after a reload finds its text again.

const OUTPUT = 'sluice-output';
const ARTIFACT = 'sluice-artifact';

export function outputUri(project: Project, run: RunId, task: TaskId): vscode.Uri {
  return vscode.Uri.from({
    scheme: OUTPUT,
    path: `/${run}/${task}.log`,
    query: project.folder.uri.toString(),
  });
}

export function artifactUri(project: Project, run: RunId, task: TaskId, path: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: ARTIFACT,
    path: `/${run}/${task}/${path}`,
    query: project.folder.uri.toString(),
  });
}

export class OutputDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #projects: Projects;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registrations: vscode.Disposable;

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(OUTPUT, this),
      vscode.workspace.registerTextDocumentContentProvider(ARTIFACT, this),
    );
  }

  /** Open documents of running tasks are read again. */
  refresh(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === OUTPUT) {
        this.#changed.fire(document.uri);
      }
    }
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const project = this.#projects.byUri(uri.query);
    const [, run = '', task = '', ...path] = uri.path.split('/');
    if (project === undefined || !isRunId(run)) {
      return 'The folder this belongs to is not open, or not trusted.\n';
    }
    if (uri.scheme === OUTPUT) {
      return project.sluice.taskPage(run, task.replace(/\.log$/, '') as TaskId);
    }
    const bytes = await project.sluice.artifact(run, task as TaskId, path.join('/'));
    if (bytes === undefined) {
      return `The task ${task} of ${run} has no artifact ${path.join('/')}.\n`;
    }
    return isBinary(bytes)
      ? `(${count(bytes.length, 'byte')} of binary content)\n`
      : new TextDecoder().decode(bytes);
  }

  dispose(): void {
    this.#registrations.dispose();
    this.#changed.dispose();
  }
}
