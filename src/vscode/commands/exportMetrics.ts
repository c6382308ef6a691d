import * as vscode from 'vscode';
import { oneLine, thrownMessage } from '../../core/base/text.ts';
import {
  metricsCsv,
  metricsJson,
  type MetricsReport,
  type MetricsTable,
} from '../../core/projections/metricsExport.ts';
import type { MetricsWindow } from '../../core/projections/metricsPicture.ts';
import type { DashboardView } from '../../webview/dashboard/protocol.ts';
import type { Command } from '../contributions.ts';
import { command, tell } from '../messages.ts';
import type { Dashboard } from '../dashboard/dashboard.ts';
import type { Projects } from '../project.ts';
import { tellNothing } from './picks.ts';

interface Format extends vscode.QuickPickItem {
  readonly table: MetricsTable | 'all';
}

const FORMATS: readonly Format[] = [
  { label: 'CSV: agents', description: 'one row an agent', table: 'agents' },
  { label: 'CSV: runs', description: 'one row a run', table: 'runs' },
  { label: 'CSV: over time', description: 'one row an hour, day, week or month', table: 'periods' },
  { label: 'CSV: fixes', description: 'one row a kind of fault', table: 'fixes' },
  { label: 'JSON: everything', description: 'for other programs', table: 'all' },
];

const WINDOWS: Readonly<Record<MetricsWindow, string>> = {
  '24h': 'the last 24 hours',
  '7d': 'the last 7 days',
  '30d': 'the last 30 days',
  all: 'all time',
};

/** Writes what the dashboard shows into a file of the person's choice. */
export function exportMetrics(projects: Projects, dashboard: Dashboard): Command {
  return {
    id: 'sluice.exportMetrics',
    execute: async () => {
      await projects.opened();
      if (projects.all().every(({ sluice }) => sluice.runs().length === 0)) {
        tellNothing(projects, 'Nothing has run here yet, so there is nothing to export.');
        return;
      }
      // As of now: the dashboard may show something else by the time the file has a name.
      const { view } = dashboard;
      const hasFixes = dashboard.report(view).picture.mending !== undefined;
      const formats = FORMATS.filter(({ table }) => table !== 'fixes' || hasFixes);
      const format = await vscode.window.showQuickPick(formats, {
        placeHolder: `What to export of ${WINDOWS[view.window]}, ${placeOf(projects, view)}`,
      });
      const target = format && (await fileFor(projects, view, format));
      if (format !== undefined && target !== undefined) {
        await write(target, textOf(dashboard.report(view), format));
      }
    },
  };
}

function placeOf(projects: Projects, { folder }: DashboardView): string {
  const project = folder === undefined ? undefined : projects.byUri(folder);
  const [only, ...others] = projects.all();
  const one = project ?? (others.length === 0 ? only : undefined);
  return one === undefined ? 'all folders' : oneLine(one.folder.name, 60);
}

function textOf(report: MetricsReport, { table }: Format): string {
  return table === 'all' ? metricsJson(report, 2) : metricsCsv(report, table);
}

async function fileFor(
  projects: Projects,
  { window, folder }: DashboardView,
  { table }: Format,
): Promise<vscode.Uri | undefined> {
  const project = (folder === undefined ? undefined : projects.byUri(folder)) ?? projects.all()[0];
  const [name, filters] =
    table === 'all'
      ? [`sluice-metrics-${window}.json`, { JSON: ['json'] }]
      : [`sluice-${table}-${window}.csv`, { CSV: ['csv'] }];
  return await vscode.window.showSaveDialog({
    ...(project === undefined ? {} : { defaultUri: vscode.Uri.joinPath(project.folder.uri, name) }),
    filters,
    title: 'Export Metrics',
  });
}

async function write(file: vscode.Uri, text: string): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  } catch (thrown) {
    void tell(
      'error',
      vscode.l10n.t(
        'The metrics were not written to {0}: {1}. Choose another place.',
        file.fsPath,
        oneLine(thrownMessage(thrown)),
      ),
      command(vscode.l10n.t('Retry'), 'sluice.exportMetrics'),
    );
    return;
  }
  const open = 'Open';
  const answer = await vscode.window.showInformationMessage(
    `The metrics are in ${file.fsPath}.`,
    open,
  );
  if (answer === open) {
    await vscode.window.showTextDocument(file);
  }
}
