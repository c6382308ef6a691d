import * as vscode from 'vscode';
import { count, formatBytes, oneLine, thrownMessage } from '../../core/base/text.ts';
import type { CacheCounts, CacheStatistics, ClearedPart } from '../../core/domain/cache.ts';
import { mostAskedFirst } from '../cachePage.ts';
import type { Command } from '../contributions.ts';
import { retry, showLog, tell } from '../messages.ts';
import type { ReadableRun } from '../offers.ts';
import type { CachePages } from '../output/cachePages.ts';
import type { Project, Projects } from '../project.ts';
import { chooseProject } from './chooseProject.ts';

interface ClearedItem extends vscode.QuickPickItem {
  readonly what?: ClearedPart;
}

/** Forgets what the cache of a folder holds: all, or what one namespace, agent or run has added. */
export function clearCache(projects: Projects, pages: CachePages): Command {
  return {
    id: 'sluice.clearCache',
    execute: async () => {
      const project = await chooseProject(
        projects,
        vscode.l10n.t('The folder whose cache to clear'),
      );
      if (project !== undefined) {
        await attempt(project, pages);
      }
    },
  };
}

async function attempt(project: Project, pages: CachePages): Promise<void> {
  try {
    await clear(project);
  } catch (thrown) {
    const why = oneLine(thrownMessage(thrown));
    void tell(
      'error',
      vscode.l10n.t(
        'The cache of {0} could not be cleared: {1}. Nothing else is affected.',
        project.folder.name,
        why,
      ),
      retry(() => attempt(project, pages)),
      showLog(),
    );
  }
  pages.refresh();
}

async function clear({ folder, sluice }: Project): Promise<void> {
  const { cache } = sluice;
  const statistics = await cache.statistics();
  const { total, namespaces } = statistics;
  if ([total, ...Object.values(namespaces)].every(({ entries }) => entries === 0)) {
    void tell(
      'information',
      vscode.l10n.t('The cache of {0} is empty: nothing to clear.', folder.name),
    );
    return;
  }
  const runs = sluice.runs().flatMap((entry) => (entry.kind === 'readable' ? entry : []));
  const picked = await vscode.window.showQuickPick(clearedItems(statistics, runs), {
    title: vscode.l10n.t('Clear Cache'),
    placeHolder: vscode.l10n.t('What to forget'),
    matchOnDescription: true,
  });
  const what = picked?.what;
  if (what === undefined || (what.kind === 'all' && !(await isWanted(folder.name, statistics)))) {
    return;
  }
  const gone = await cache.clear(what);
  void tell(
    'information',
    gone === 0
      ? vscode.l10n.t('Nothing of that was in the cache.')
      : gone === 1
        ? vscode.l10n.t('1 answer of the cache is gone. What asks for it runs.')
        : vscode.l10n.t('{0} answers of the cache are gone. What asks for them runs.', gone),
  );
}

async function isWanted(folder: string, { total }: CacheStatistics): Promise<boolean> {
  const clear = vscode.l10n.t('Clear');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Clear the whole cache of {0}?', folder),
    {
      modal: true,
      detail: vscode.l10n.t('{0}. All of it is worked out and paid for again.', keptText(total)),
    },
    clear,
  );
  return chosen === clear;
}

function clearedItems(
  { total, namespaces, agents }: CacheStatistics,
  runs: readonly ReadableRun[],
): ClearedItem[] {
  const items = (
    rows: Readonly<Record<string, CacheCounts>>,
    whatOf: (name: string) => ClearedPart,
  ) =>
    mostAskedFirst(rows)
      .filter(([, { entries }]) => entries > 0)
      .map(([name, counts]) => ({
        label: oneLine(name, 80),
        description: keptText(counts),
        what: whatOf(name),
      }));
  const made = runs.flatMap(({ run, state }): ClearedItem[] => {
    const tasks = [...state.tasks.values()];
    const own = tasks.filter((task) => task.kind === 'succeeded' && task.reused === undefined);
    return own.length === 0
      ? []
      : [
          {
            label: run,
            description: vscode.l10n.t('what {0} made', count(own.length, 'task')),
            what: { kind: 'run', run },
          },
        ];
  });
  return [
    { label: vscode.l10n.t('All'), description: keptText(total), what: { kind: 'all' } },
    ...group(
      vscode.l10n.t('One namespace'),
      items(namespaces, (namespace) => ({ kind: 'namespace', namespace })),
    ),
    ...group(
      vscode.l10n.t('One agent'),
      items(agents, (agent) => ({ kind: 'agent', agent })),
    ),
    ...group(vscode.l10n.t('One run'), made),
  ];
}

function group(label: string, items: readonly ClearedItem[]): readonly ClearedItem[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function keptText({ entries, bytes }: CacheCounts): string {
  return `${count(entries, 'answer')}, ${formatBytes(bytes)}`;
}
