import * as vscode from 'vscode';
import type { Digest } from '../../core/base/digest.ts';
import type { Disposable } from '../../core/base/disposables.ts';
import { isRunId, type TaskId } from '../../core/domain/ids.ts';
import { shown } from '../../core/preflight/markdown.ts';
import { gatePage, identicalGates } from '../../core/projections/gatePage.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import { readableRun } from '../commands/picks.ts';
import type { Forecasts } from '../forecasts.ts';
import { openGate, type ShownGate } from '../gates/gateTarget.ts';
import type { PagesOfGates } from '../gates/gateTabs.ts';
import { isPageTab } from '../gates/tabGate.ts';
import { gateOffers, type ReadableRun } from '../offers.ts';
import type { Project, Projects } from '../project.ts';
import { pastRuns } from '../gates/pastRuns.ts';
import { gateMarkdown, type ShownFile } from './gateMarkdown.ts';
import { LivePages } from './livePages.ts';

const SCHEME = 'sluice-gate';
/** Telling a page reads files, and nobody reads it faster. */
const APART_MS = 1000;
/** Nobody has read what a page says before it stands for so long; an answer until then is for what it said before. */
const UNREAD_MS = 700;
/** Artifacts whose content stands on the page. */
const MOST_SHOWN = 10;

interface Told {
  readonly gate: ShownGate;
  /** As of `performance.now()`. */
  readonly at: number;
  /** What it told of before. */
  readonly before: Digest | undefined;
}

/** All that a gate shows: read-only Markdown documents, shown rendered. An address names all that is needed to tell it again. */
export class GatePages implements Disposable, PagesOfGates {
  readonly #projects: Projects;
  readonly #forecasts: Pick<Forecasts, 'mark'>;
  readonly #now: () => number;
  readonly #pages: LivePages;
  /** By the name that stands on the tab. */
  readonly #told = new Map<string, Told>();
  readonly #tells = new vscode.EventEmitter<void>();
  /** A page tells of another gate, or of another content, than it did. */
  readonly onDidTell = this.#tells.event;
  #reread: NodeJS.Timeout | undefined;

  /** @param now milliseconds since 1970 */
  constructor(projects: Projects, forecasts: Pick<Forecasts, 'mark'>, now: () => number) {
    this.#projects = projects;
    this.#forecasts = forecasts;
    this.#now = now;
    const textOf = async (uri: vscode.Uri) => {
      await projects.opened();
      return await this.#textOf(uri);
    };
    this.#pages = new LivePages({ scheme: SCHEME, apartMs: APART_MS, textOf });
  }

  async show(project: Project, gate: Pick<OpenGate, 'run' | 'task'>): Promise<void> {
    await this.#pages.show(this.#uriOf(project, gate));
  }

  refresh(): void {
    this.#pages.refresh();
  }

  gateOn({ label }: vscode.Tab): ShownGate | undefined {
    for (const [name, { gate, at, before }] of this.#told) {
      if (isPageTab(label, name)) {
        const isRead = before === undefined || performance.now() - at >= UNREAD_MS;
        return isRead ? gate : { ...gate, digest: before };
      }
    }
    return undefined;
  }

  dispose(): void {
    this.#pages.dispose();
    clearTimeout(this.#reread);
    this.#tells.dispose();
    this.#told.clear();
  }

  async #textOf({ path, query }: vscode.Uri): Promise<string> {
    const named = new URLSearchParams(query);
    const project = this.#projects.byUri(named.get('folder') ?? '');
    const [run, task] = [named.get('run') ?? '', named.get('task') ?? ''];
    if (project === undefined || !isRunId(run)) {
      return 'The folder this belongs to is not open, or not trusted.\n';
    }
    const entry = readableRun(project, run);
    const gate = openGate({ project, run, task: task as TaskId });
    if (entry === undefined || gate === undefined) {
      return answeredText(entry, run, task);
    }
    const text = await this.#gateText(project, entry, gate);
    this.#remember(path.slice(1), {
      kind: 'task',
      project,
      run,
      task: gate.task,
      digest: gate.digest,
    });
    return text;
  }

  async #gateText(project: Project, entry: ReadableRun, gate: OpenGate): Promise<string> {
    const { plan, state } = entry;
    const now = this.#now();
    const page = gatePage(plan, state, gate, now, pastRuns(project, entry));
    const hasFiles = gateOffers(entry, gate.task).includes('forecast');
    return gateMarkdown(page, {
      forecast: hasFiles ? this.#forecasts.mark(project, entry) : 'nothing is to be merged',
      shown: await shownFiles(project, gate),
      since: new Date(gate.openedAt).toLocaleString(),
      identical: identicalGates(project.sluice.openGates(), gate).length - 1,
    });
  }

  #remember(name: string, gate: ShownGate): void {
    const known = this.#told.get(name);
    if (known?.gate.digest !== gate.digest) {
      this.#told.set(name, { gate, at: performance.now(), before: known?.gate.digest });
      this.#tells.fire();
      clearTimeout(this.#reread);
      this.#reread = setTimeout(() => this.#tells.fire(), UNREAD_MS);
    }
  }

  #uriOf(project: Project, { run, task }: Pick<OpenGate, 'run' | 'task'>): vscode.Uri {
    const query = new URLSearchParams({ folder: project.folder.uri.toString(), run, task });
    // Tabs tell nothing but the name: where the window has several folders, the folder is a part of it.
    const where = this.#projects.all().length > 1 ? ` in ${project.folder.name}` : '';
    return vscode.Uri.from({
      scheme: SCHEME,
      path: `/Gate ${task} of ${run}${where}.md`,
      query: query.toString(),
    });
  }
}

/** What became of a gate that does not wait. */
function answeredText(entry: ReadableRun | undefined, run: string, task: string): string {
  const at = entry?.state.tasks.get(task as TaskId);
  const title = `# ${shown(`${task} of ${run}`)}\n\n`;
  if (at === undefined) {
    return `${title}There is no such gate here any more.\n`;
  }
  const answer = entry?.state.answers.get(task as TaskId);
  const by = answer === undefined ? '' : ` by ${shown(answer.by.name)}`;
  switch (at.kind) {
    case 'approved':
      return `${title}Approved${by}${at.choice === undefined ? '' : `: ${shown(at.choice)}`}.\n`;
    case 'failed':
      return `${title}Rejected${by}.\n`;
    case 'pending':
      return answer?.decision === 'changes-requested'
        ? `${title}Changes were requested${by}: ${shown(answer.note ?? '')}. It is asked again once they are made.\n`
        : `${title}It is not asked yet.\n`;
    default:
      return `${title}It does not wait for an answer.\n`;
  }
}

async function shownFiles(project: Project, gate: OpenGate): Promise<ShownFile[]> {
  return await Promise.all(
    gate.shown.slice(0, MOST_SHOWN).map(async (artifact) => ({
      path: artifact.path,
      // One that is gone is told as such; the rest of the page stands.
      bytes: await project.sluice.results.bytes(artifact).catch(() => undefined),
    })),
  );
}
