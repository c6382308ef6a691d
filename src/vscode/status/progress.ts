import * as vscode from 'vscode';
import { systemClock } from '../../core/base/clock.ts';
import type { RunId } from '../../core/domain/ids.ts';
import { readableRun } from '../commands/picks.ts';
import { executeOn } from '../contributions.ts';
import type { Project } from '../project.ts';
import { RunProgress } from './runProgress.ts';

/**
 * Shows in a notification how a run comes along that a person has started in this window. Its button cancels the run
 * as `Sluice: Cancel Run` does; when the run then goes on all the same, so does the notification.
 */
export function showProgress(project: Project, run: RunId): void {
  const progress = new RunProgress({
    clock: systemClock,
    look: () => readableRun(project, run),
    onDidChange: project.sluice.onDidChange,
    show: (work) => {
      const options = {
        location: vscode.ProgressLocation.Notification,
        title: run,
        cancellable: true,
      };
      void vscode.window.withProgress(options, async (shown, token) => {
        const stopping = token.onCancellationRequested(() => {
          progress.dispose();
          void cancel(project, run);
        });
        await work(({ message, increment }) =>
          shown.report(increment === undefined ? { message } : { message, increment }),
        );
        stopping.dispose();
      });
    },
    t: vscode.l10n.t,
  });
}

async function cancel(project: Project, run: RunId): Promise<void> {
  await executeOn('sluice.cancelRun', { kind: 'run', project, run });
  showProgress(project, run);
}
