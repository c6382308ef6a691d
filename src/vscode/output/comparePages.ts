import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { oneLine } from '../../core/base/text.ts';
import { compare } from '../../core/compare/compare.ts';
import { notesOf } from '../../core/compare/notes.ts';
import type { ComparedRun, WayId } from '../../core/compare/comparedRun.ts';
import { comparedRun } from '../../core/comparedRuns.ts';
import type { RunId } from '../../core/domain/ids.ts';
import { comparePage } from '../comparePage.ts';
import type { Project, Projects } from '../project.ts';
import { LivePages } from './livePages.ts';

const SCHEME = 'sluice-compare';
/** A run that waits may be answered meanwhile; nobody reads the page faster. */
const APART_MS = 2000;

/** What a page compares. */
export interface ComparedRuns {
  /** Names of the workflows. */
  readonly workflows: Readonly<Record<WayId, string>>;
  readonly runs: readonly Pick<ComparedRun, 'run' | 'way' | 'isKept'>[];
}

/**
 * Comparisons as read-only Markdown documents, shown rendered. An address names the project and the runs, and the
 * figures are worked out of the runs as they are: so a page restored after a reload is told again.
 */
export class ComparePages implements Disposable {
  readonly #projects: Projects;
  readonly #pages: LivePages;
  readonly #now: () => number;

  constructor(projects: Projects, now: () => number) {
    this.#projects = projects;
    this.#now = now;
    const textOf = async (uri: vscode.Uri) => {
      await projects.opened();
      return this.#textOf(uri);
    };
    this.#pages = new LivePages({ scheme: SCHEME, apartMs: APART_MS, textOf });
  }

  show(project: Project, compared: ComparedRuns): Promise<void> {
    return this.#pages.show(uriOf(project, compared));
  }

  refresh(): void {
    this.#pages.refresh();
  }

  dispose(): void {
    this.#pages.dispose();
  }

  #textOf({ query }: vscode.Uri): string {
    const named = new URLSearchParams(query);
    const project = this.#projects.byUri(named.get('folder') ?? '');
    if (project === undefined) {
      return 'The folder this belongs to is not open, or not trusted.\n';
    }
    const workflows = { A: named.get('A') ?? '', B: named.get('B') ?? '' };
    const made = new Set(idsIn(named, 'made'));
    const runs = (['A', 'B'] as const).flatMap((way) =>
      idsIn(named, `runs${way}`).flatMap((id) => this.#runOf(project, id, way, !made.has(id))),
    );
    if (runs.length === 0) {
      return 'The runs that were compared are not there any more.\n';
    }
    const comparison = compare(workflows, runs);
    const making = made.size === 0 ? undefined : { atOnce: 1, timeoutMs: undefined };
    return comparePage(comparison, notesOf(comparison, making));
  }

  #runOf(project: Project, id: string, way: WayId, isKept: boolean): readonly ComparedRun[] {
    // The book has only what it knows: anything else that stands in an address is no run.
    const entry = project.sluice.run(id as RunId);
    return entry?.kind === 'readable'
      ? [comparedRun(entry, { way, isKept, isTimedOut: false, now: this.#now() })]
      : [];
  }
}

function idsIn(named: URLSearchParams, name: string): readonly string[] {
  return (named.get(name) ?? '').split(' ').filter((id) => id !== '');
}

function uriOf({ folder }: Project, { workflows, runs }: ComparedRuns): vscode.Uri {
  const idsOf = (isOne: (run: ComparedRuns['runs'][number]) => boolean) =>
    runs.flatMap((run) => (isOne(run) ? [run.run] : [])).join(' ');
  const query = new URLSearchParams({
    folder: folder.uri.toString(),
    ...workflows,
    runsA: idsOf(({ way }) => way === 'A'),
    runsB: idsOf(({ way }) => way === 'B'),
    made: idsOf(({ isKept }) => !isKept),
  });
  const title = `${workflows.A} and ${workflows.B}`;
  return vscode.Uri.from({
    scheme: SCHEME,
    // What stands on the tab, behind "Preview".
    path: `/${oneLine(title, 60).replaceAll(/[\\/]/g, '-')}.md`,
    query: query.toString(),
  });
}
