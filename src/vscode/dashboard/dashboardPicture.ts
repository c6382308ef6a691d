import type { FactsShelf, RunFacts } from '../../core/projections/metricsFacts.ts';
import { metricsOf, runMetrics, runsIn } from '../../core/projections/metrics.ts';
import type { MetricsReport } from '../../core/projections/metricsExport.ts';
import type { ZoneOffset } from '../../core/projections/metricsPeriods.ts';
import type { BookEntry } from '../../core/projections/runBook.ts';
import type {
  DashboardPicture,
  DashboardView,
  ShownFolder,
} from '../../webview/dashboard/protocol.ts';
import { dashboardVerbs } from './runCommands.ts';

/** A folder of the window, and its runs, newest first. */
export interface DashboardFolder extends ShownFolder {
  readonly entries: readonly BookEntry[];
}

export interface DashboardSource {
  readonly folders: readonly DashboardFolder[];
  readonly shelf: FactsShelf;
  /** Why folders are missing, as sentences. */
  readonly problems: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly zone: ZoneOffset;
}

/** What the page is to show. A folder that is not open any more is taken for all of them. */
export function dashboardPicture(source: DashboardSource, wanted: DashboardView): DashboardPicture {
  const { folders, shelf, problems, now, zone } = source;
  const chosen = chosenFolders(folders, wanted);
  const view = { ...wanted, folder: chosen.length === folders.length ? undefined : wanted.folder };
  const told = runsOf(chosen, shelf);
  const facts = told.map(({ facts: each }) => each);
  const shown = new Set(
    runsIn(facts, { window: view.window, now }).filter(
      ({ group }) => view.group === undefined || group === view.group,
    ),
  );
  const rows = told.filter(({ facts: each }) => shown.has(each));
  return {
    view,
    folders: folders.map(({ folder, name }) => ({ folder, name })),
    metrics: metricsOf(facts, { window: view.window, now, zone }),
    runs: rows.slice(0, view.most).map(({ folder, entry, facts: each }) => ({
      ...runMetrics(each, now),
      folder: folder.folder,
      verbs: dashboardVerbs(entry),
    })),
    runCount: rows.length,
    everCount: told.length,
    notices: [...problems, ...unreadable(chosen)],
  };
}

/** All of the view for a file: every run of its window, whatever the table is filtered by. */
export function dashboardReport(source: DashboardSource, wanted: DashboardView): MetricsReport {
  const { folders, shelf, now, zone } = source;
  const chosen = chosenFolders(folders, wanted);
  const told = runsOf(chosen, shelf);
  const facts = told.map(({ facts: each }) => each);
  const shown = new Set(runsIn(facts, { window: wanted.window, now }));
  return {
    picture: metricsOf(facts, { window: wanted.window, now, zone }),
    runs: told
      .filter(({ facts: each }) => shown.has(each))
      .map(({ folder, facts: each }) => ({
        ...runMetrics(each, now),
        folder: chosen.length > 1 ? folder.name : undefined,
      })),
  };
}

function chosenFolders(
  folders: readonly DashboardFolder[],
  { folder: wanted }: DashboardView,
): readonly DashboardFolder[] {
  const chosen = folders.filter(({ folder }) => folder === wanted);
  return chosen.length === 0 ? folders : chosen;
}

interface ToldRun {
  readonly folder: DashboardFolder;
  readonly entry: Extract<BookEntry, { readonly kind: 'readable' }>;
  readonly facts: RunFacts;
}

/** Of all the folders together, newest first. */
function runsOf(folders: readonly DashboardFolder[], shelf: FactsShelf): readonly ToldRun[] {
  const told = folders.flatMap((folder) =>
    folder.entries.flatMap((entry) =>
      entry.kind === 'readable' ? [{ folder, entry, facts: shelf.ofRun(entry) }] : [],
    ),
  );
  return folders.length < 2 ? told : told.sort((a, b) => b.facts.startedAt - a.facts.startedAt);
}

/** Names that a notice lists before it says how many more there are. */
const MOST_NAMES = 3;

function unreadable(folders: readonly DashboardFolder[]): string[] {
  const runs = folders.flatMap(({ entries }) =>
    entries.flatMap(({ kind, run }) => (kind === 'unreadable' ? [run] : [])),
  );
  if (runs.length === 0) {
    return [];
  }
  const names = runs.slice(0, MOST_NAMES).join(', ');
  const more = runs.length > MOST_NAMES ? ` and ${runs.length - MOST_NAMES} more` : '';
  return [
    runs.length === 1
      ? `The journal of ${names} cannot be read, so it is not counted. The Runs view says why.`
      : `The journals of ${names}${more} cannot be read, so they are not counted. The Runs view says why.`,
  ];
}
