import * as vscode from 'vscode';
import { unreachable } from '../../core/base/exhaustive.ts';
import type { Result } from '../../core/base/result.ts';
import { failureText } from '../../core/domain/failureText.ts';
import type { RunId } from '../../core/domain/ids.ts';
import type { MergePlace } from '../../core/domain/merge.ts';
import type { Command } from '../contributions.ts';
import { retry, showLog, tell } from '../messages.ts';
import { mergeCommand } from '../mergeCommand.ts';
import { mergeLogUri } from '../output/documents.ts';
import type { Project, Projects } from '../project.ts';
import { chooseRun, readableRun } from './picks.ts';
import { showChangesOf } from './showChanges.ts';
import { openText } from './showOutput.ts';

/** Merges the results that stand on branches into one branch of the run's. */
export function mergeApproved(projects: Projects): Command {
  return {
    id: 'sluice.mergeApproved',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The run whose approved results are merged into one branch'),
        nothing: vscode.l10n.t('No run has results on branches.'),
      };
      const chosen = await chooseRun(projects, target, question, 'merge');
      if (chosen !== undefined) {
        await mergeWithProgress(chosen.project, chosen.entry.run);
      }
    },
  };
}

/** Runs that this window merges: of one run there is one merge at a time. */
const underWay = new Set<string>();

/** Merges, or goes on where people had to choose; tells where it came to. */
export async function mergeWithProgress(project: Project, run: RunId): Promise<void> {
  const key = JSON.stringify([project.folder.uri.toString(), run]);
  if (underWay.has(key)) {
    return;
  }
  underWay.add(key);
  let place: Result<MergePlace, string>;
  try {
    place = await merged(project, run);
  } finally {
    underWay.delete(key);
    // What waits in it is told again once it is at rest.
    await project.sluice.refreshRuns();
  }
  if (place.ok) {
    await tellPlace(project, run, place.value);
  } else {
    void tell(
      'warning',
      vscode.l10n.t('{0} was not merged, because {1}.', run, place.error),
      retry(() => mergeWithProgress(project, run)),
    );
  }
}

async function merged(project: Project, run: RunId): Promise<Result<MergePlace, string>> {
  const ending = new AbortController();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Merging {0}', run),
    cancellable: true,
  };
  return await vscode.window.withProgress(options, async (progress, token) => {
    const stopping = token.onCancellationRequested(() => ending.abort(new Error('it was stopped')));
    try {
      return await project.sluice.results.merge(run, {
        signal: ending.signal,
        told: (task) => progress.report({ message: task }),
      });
    } finally {
      stopping.dispose();
    }
  });
}

async function tellPlace(project: Project, run: RunId, place: MergePlace): Promise<void> {
  switch (place.kind) {
    case 'done':
      await tellDone(project, run, place.branch);
      break;
    case 'broken': {
      const show = vscode.l10n.t('Show Output');
      const end =
        place.code === undefined
          ? vscode.l10n.t('did not run to its end')
          : vscode.l10n.t('exited with code {0}', place.code);
      const chosen = await vscode.window.showErrorMessage(
        vscode.l10n.t(
          'Merging {0} stopped: with the result of {1}, {2} {3}. It passed without. No branch was made.',
          run,
          place.task,
          place.command,
          end,
        ),
        show,
      );
      if (chosen === show) {
        await openText(mergeLogUri(project, run));
      }
      break;
    }
    case 'conflict':
      // The Gates view has the conflicts, and a notification of its own tells of them.
      await vscode.commands.executeCommand('sluice.gates.focus', { preserveFocus: true });
      break;
    case 'failed': {
      const { title, fix } = failureText(place.failure);
      void tell(
        'error',
        vscode.l10n.t(
          '{0} was not merged: {1}',
          run,
          [title, fix].filter((text) => text !== undefined).join('. '),
        ),
        retry(() => mergeWithProgress(project, run)),
        showLog(),
      );
      break;
    }
    case 'merging':
    case 'publishing':
      void tell(
        'information',
        vscode.l10n.t('The merge of {0} is not over; merge again to go on with it.', run),
        { label: vscode.l10n.t('Merge Again'), act: () => mergeWithProgress(project, run) },
      );
      break;
    default:
      unreachable(place);
  }
}

async function tellDone(project: Project, run: RunId, branch: string): Promise<void> {
  const merge = readableRun(project, run)?.state.merge;
  const tasks = merge?.tasks ?? [];
  const [changes, copy, terminal] = [
    vscode.l10n.t('Show Changes'),
    vscode.l10n.t('Copy git merge Command'),
    vscode.l10n.t('Open Terminal'),
  ];
  const chosen = await vscode.window.showInformationMessage(
    tasks.length === 1
      ? vscode.l10n.t(
          '1 result of {0} is merged on the local branch {1}. Your own branch is as it was; merge it when you like it.',
          run,
          branch,
        )
      : vscode.l10n.t(
          '{0} results of {1} are merged on the local branch {2}. Your own branch is as it was; merge it when you like it.',
          tasks.length,
          run,
          branch,
        ),
    changes,
    copy,
    terminal,
  );
  if (chosen === changes) {
    await showChangesOf(project, run, tasks);
  } else if (chosen === copy) {
    await vscode.env.clipboard.writeText(mergeCommand(branch));
  } else if (chosen === terminal) {
    await typeCommand(project, mergeCommand(branch));
  }
}

/** A shell that is not ready by then gets what is typed all the same. */
const SHELL_MS = 3000;

/** Typed, and not entered: what comes into the user's branch is the user's own click. */
async function typeCommand({ folder }: Project, command: string): Promise<void> {
  const terminal = vscode.window.createTerminal({ name: 'git merge', cwd: folder.uri });
  terminal.show();
  await atPrompt(terminal);
  terminal.sendText(command, false);
}

/** Resolves once the shell shows its prompt: what is typed earlier stands before it. */
async function atPrompt(terminal: vscode.Terminal): Promise<void> {
  await new Promise<void>((resolve) => {
    const ready = vscode.window.onDidChangeTerminalShellIntegration((event) => {
      if (event.terminal === terminal) {
        done();
      }
    });
    const late = setTimeout(done, SHELL_MS);
    function done(): void {
      ready.dispose();
      clearTimeout(late);
      resolve();
    }
  });
}
