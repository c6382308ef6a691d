import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { count, isBinary, oneLine, plainText } from '../../core/base/text.ts';
import { isRunId, type RunId, type TaskId } from '../../core/domain/ids.ts';
import { readableRun } from '../commands/picks.ts';
import { forecastText, type Forecasts } from '../forecasts.ts';
import { gateOffers } from '../offers.ts';
import type { Project, Projects } from '../project.ts';

// Read-only documents of what tasks printed and made. An address names the project in its query and
// run, task and file in its path, so a document restored after a reload finds its text again.

const OUTPUT = 'sluice-output';
const ARTIFACT = 'sluice-artifact';
const MERGE = 'sluice-merge';

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

/** What the check printed that a merge of the run stopped at. */
export function mergeLogUri(project: Project, run: RunId): vscode.Uri {
  return vscode.Uri.from({
    scheme: MERGE,
    path: `/${run}/merge of ${run}.log`,
    query: project.folder.uri.toString(),
  });
}

export class OutputDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #projects: Projects;
  readonly #forecasts: Pick<Forecasts, 'mark'>;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registrations: vscode.Disposable;

  constructor(projects: Projects, forecasts: Pick<Forecasts, 'mark'>) {
    this.#projects = projects;
    this.#forecasts = forecasts;
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(OUTPUT, this),
      vscode.workspace.registerTextDocumentContentProvider(ARTIFACT, this),
      vscode.workspace.registerTextDocumentContentProvider(MERGE, this),
    );
  }

  /** Open documents of running tasks are read again. */
  refresh(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === OUTPUT || document.uri.scheme === MERGE) {
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
      return await this.#taskPage(project, run, task.replace(/\.log$/, '') as TaskId);
    }
    if (uri.scheme === MERGE) {
      return mergeLog(project, run);
    }
    const bytes = await project.sluice.artifact(run, task as TaskId, path.join('/'));
    if (bytes === undefined) {
      return `The task ${task} of ${run} has no artifact ${path.join('/')}.\n`;
    }
    return isBinary(bytes)
      ? `(${count(bytes.length, 'byte')} of binary content)\n`
      : new TextDecoder().decode(bytes);
  }

  /** A gate that waits is told with its forecast. */
  async #taskPage(project: Project, run: RunId, task: TaskId): Promise<string> {
    const page = await project.sluice.taskPage(run, task);
    const entry = readableRun(project, run);
    const isAsked =
      entry?.state.tasks.get(task)?.kind === 'waiting' && gateOffers(entry, task).length > 0;
    const mark = isAsked ? this.#forecasts.mark(project, entry) : undefined;
    // Before what was printed, which a line parts off.
    return mark === undefined ? page : page.replace(/\n(?=─{20,}\n)/, `\n${forecastText(mark)}\n`);
  }

  dispose(): void {
    this.#registrations.dispose();
    this.#changed.dispose();
  }
}

function mergeLog(project: Project, run: RunId): string {
  const place = readableRun(project, run)?.state.merge?.place;
  if (place?.kind !== 'broken') {
    return `No check stops the merge of ${run} now.\n`;
  }
  const { task, command, code, tail } = place;
  return [
    `With the result of ${task} merged, this does not pass:`,
    `$ ${oneLine(command, 500)}`,
    plainText(tail).trimEnd(),
    code === undefined ? 'It did not run to its end.' : `Exit code ${code}`,
  ]
    .join('\n\n')
    .concat('\n');
}
