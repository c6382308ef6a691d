import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../core/base/disposables.ts';
import { redactor } from '../../core/base/redact.ts';
import { count, isBinary, oneLine, plainText, thrownMessage } from '../../core/base/text.ts';
import { isRunId, type RunId, type TaskId } from '../../core/domain/ids.ts';
import type { TaskState } from '../../core/domain/runState.ts';
import type { LogTail } from '../../core/taskLog.ts';
import { readableRun } from '../commands/picks.ts';
import { forecastText, type Forecasts } from '../forecasts.ts';
import { gateOffers, type ReadableRun } from '../offers.ts';
import type { Project, Projects } from '../project.ts';
import { ARTIFACT, MERGE, OUTPUT } from './addresses.ts';
import { OutputFollower } from './outputFollower.ts';
import { OutputLinks } from './outputLinks.ts';

export { artifactUri, mergeLogUri, outputUri } from './addresses.ts';

/** Milliseconds between two looks at a short document. */
const APART_MS = 300;
/** Of text for each millisecond more: VS Code takes the whole of it each time, and 2 MB a few times a second is felt. */
const CHARACTERS_A_MS = 1000;

const hideSecrets = redactor(() => []);

/** A document that is open. */
interface Page {
  readonly uri: vscode.Uri;
  /** What was read of its log; loaded with the first that is read. */
  tail: LogTail | undefined;
  /** What VS Code was given last, and what it is given when it asks again. */
  text: string | undefined;
  next: string | undefined;
  /** When it was looked at, in milliseconds of this program. */
  lookedAt: number;
  /** Something may have changed since. */
  isOld: boolean;
  /** Of a task that is over: how far its run was when it was read. */
  seq: number | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Read-only documents of what tasks printed and made. Those that somebody sees are told anew when something changes,
 * with what was appended since; the others when they are seen again.
 */
export class OutputDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #projects: Projects;
  readonly #forecasts: Pick<Forecasts, 'mark'>;
  readonly #pages = new Map<string, Page>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables = new Disposables();
  readonly #follower: OutputFollower;

  constructor(projects: Projects, forecasts: Pick<Forecasts, 'mark'>) {
    this.#projects = projects;
    this.#forecasts = forecasts;
    const { workspace, window, languages } = vscode;
    for (const scheme of [OUTPUT, ARTIFACT, MERGE]) {
      this.#disposables.add(workspace.registerTextDocumentContentProvider(scheme, this));
    }
    const selector = [OUTPUT, MERGE].map((scheme) => ({ scheme }));
    this.#disposables.add(
      languages.registerDocumentLinkProvider(selector, new OutputLinks(projects)),
    );
    this.#disposables.add(workspace.onDidCloseTextDocument(({ uri }) => this.#close(uri)));
    this.#disposables.add(window.onDidChangeVisibleTextEditors(() => this.#lookAtSeen()));
    this.#follower = this.#disposables.add(
      new OutputFollower({
        isOne: ({ scheme }) => scheme === OUTPUT,
        grows: (uri) => this.#grows(uri),
      }),
    );
  }

  /** Something has changed somewhere: those that are seen are looked at anew. */
  refresh(): void {
    for (const page of this.#pages.values()) {
      page.isOld ||= page.uri.scheme !== ARTIFACT || page.text === NOT_OPEN;
    }
    this.#lookAtSeen();
    this.#follower.refresh();
  }

  /** Whether the output in the active editor is kept at its end, as the person says. */
  follow(follows: boolean): void {
    this.#follower.set(follows);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const page = this.#pageOf(uri);
    const { next } = page;
    page.next = undefined;
    // What it was told anew for has just been read.
    page.text = next ?? (await this.#read(page));
    this.#follower.refresh();
    return page.text;
  }

  dispose(): void {
    this.#disposables.dispose();
    this.#changed.dispose();
    for (const { timer } of this.#pages.values()) {
      clearTimeout(timer);
    }
    this.#pages.clear();
  }

  #pageOf(uri: vscode.Uri): Page {
    const key = uri.toString();
    const page: Page = this.#pages.get(key) ?? {
      uri,
      tail: undefined,
      text: undefined,
      next: undefined,
      lookedAt: -Infinity,
      isOld: false,
      seq: undefined,
      timer: undefined,
    };
    this.#pages.set(key, page);
    return page;
  }

  #close(uri: vscode.Uri): void {
    clearTimeout(this.#pages.get(uri.toString())?.timer);
    this.#pages.delete(uri.toString());
  }

  #lookAtSeen(): void {
    for (const { document } of vscode.window.visibleTextEditors) {
      const page = this.#pages.get(document.uri.toString());
      if (page?.isOld === true && page.timer === undefined) {
        const apart = APART_MS + (page.text?.length ?? 0) / CHARACTERS_A_MS;
        const wait = Math.max(0, page.lookedAt + apart - performance.now());
        page.timer = setTimeout(() => void this.#lookAnew(page), wait);
      }
    }
  }

  /** VS Code takes the whole text: it is asked to only when there is another one. */
  async #lookAnew(page: Page): Promise<void> {
    const seq = this.#seqOf(page.uri);
    if (seq !== undefined && seq === page.seq) {
      page.isOld = false;
      page.timer = undefined;
      return;
    }
    const text = await this.#read(page);
    page.timer = undefined;
    if (this.#pages.get(page.uri.toString()) === page && text !== page.text) {
      page.next = text;
      this.#changed.fire(page.uri);
    }
    // Something may have changed while it was read.
    this.#lookAtSeen();
  }

  async #read(page: Page): Promise<string> {
    page.isOld = false;
    page.seq = this.#seqOf(page.uri);
    const text = await this.#textOf(page).catch(
      (thrown: unknown) => `This cannot be read: ${oneLine(thrownMessage(thrown))}\n`,
    );
    page.lookedAt = performance.now();
    return text;
  }

  async #textOf(page: Page): Promise<string> {
    await this.#projects.opened();
    const { uri } = page;
    const project = this.#projects.byUri(uri.query);
    const [, run = '', task = '', ...path] = uri.path.split('/');
    if (project === undefined || !isRunId(run)) {
      return NOT_OPEN;
    }
    if (uri.scheme === OUTPUT) {
      // Loaded with the first output, as in `Projects`.
      const { LogTail: Loaded } = await import('../../core/taskLog.ts');
      page.tail ??= new Loaded();
      return await this.#taskPage(project, run, taskOf(task), page.tail);
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
  async #taskPage(project: Project, run: RunId, task: TaskId, tail: LogTail): Promise<string> {
    const page = await project.sluice.taskPage(run, task, tail);
    const entry = readableRun(project, run);
    const isAsked =
      entry?.state.tasks.get(task)?.kind === 'waiting' && gateOffers(entry, task).length > 0;
    const mark = isAsked ? this.#forecasts.mark(project, entry) : undefined;
    // Before what was printed, which a line parts off.
    return mark === undefined ? page : page.replace(/\n(?=─{20,}\n)/, `\n${forecastText(mark)}\n`);
  }

  /** Whether its task is under way. */
  #grows(uri: vscode.Uri): boolean {
    const { entry, task } = this.#shownBy(uri);
    return entry?.state.tasks.get(task)?.kind === 'running';
  }

  /** How far the run is, where the page changes with that alone: of a task that is over nothing counts on. */
  #seqOf(uri: vscode.Uri): number | undefined {
    const { entry, task } = this.#shownBy(uri);
    const at = entry?.state.tasks.get(task)?.kind;
    return at !== undefined && OVER.has(at) ? entry?.state.seq : undefined;
  }

  #shownBy(uri: vscode.Uri): { readonly entry: ReadableRun | undefined; readonly task: TaskId } {
    const [, run = '', task = ''] = uri.scheme === OUTPUT ? uri.path.split('/') : [];
    const project = this.#projects.byUri(uri.query);
    const entry = project && isRunId(run) ? readableRun(project, run) : undefined;
    return { entry, task: taskOf(task) };
  }
}

const OVER: ReadonlySet<TaskState['kind']> = new Set<TaskState['kind']>([
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
  'approved',
]);

const NOT_OPEN = 'The folder this belongs to is not open, or not trusted.\n';

function taskOf(name: string): TaskId {
  return name.replace(/\.log$/, '') as TaskId;
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
    hideSecrets(plainText(tail)).trimEnd(),
    code === undefined ? 'It did not run to its end.' : `Exit code ${code}`,
  ]
    .join('\n\n')
    .concat('\n');
}
