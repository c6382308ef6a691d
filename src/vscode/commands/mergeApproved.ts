import * as vscode from 'vscode';
import { unreachable } from '../../core/base/exhaustive.ts';
import type { Result } from '../../core/base/result.ts';
import { count } from '../../core/base/text.ts';
import { failureText } from '../../core/domain/failureText.ts';
import type { RunId } from '../../core/domain/ids.ts';
import type { MergePlace } from '../../core/domain/merge.ts';
import type { Command } from '../contributions.ts';
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
        placeHolder: 'The run whose approved results are merged into one branch',
        nothing: 'No run has results on branches.',
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
    void vscode.window.showWarningMessage(`${run} was not merged, because ${place.error}.`);
  }
}

async function merged(project: Project, run: RunId): Promise<Result<MergePlace, string>> {
  const ending = new AbortController();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Merging ${run}`,
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
      const show = 'Show Output';
      const end =
        place.code === undefined ? 'did not run to its end' : `exited with code ${place.code}`;
      const chosen = await vscode.window.showErrorMessage(
        `Merging ${run} stopped: with the result of ${place.task}, ${place.command} ${end}. It passed without. No branch was made.`,
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
      void vscode.window.showErrorMessage(
        `${run} was not merged: ${[title, fix].filter((text) => text !== undefined).join('. ')}`,
      );
      break;
    }
    case 'merging':
    case 'publishing':
      void vscode.window.showInformationMessage(
        `The merge of ${run} is not over; merge again to go on with it.`,
      );
      break;
    default:
      unreachable(place);
  }
}

async function tellDone(project: Project, run: RunId, branch: string): Promise<void> {
  const merge = readableRun(project, run)?.state.merge;
  const tasks = merge?.tasks ?? [];
  const [changes, copy, terminal] = ['Show Changes', 'Copy git merge Command', 'Open Terminal'];
  const chosen = await vscode.window.showInformationMessage(
    `${count(tasks.length, 'result')} of ${run} ${tasks.length === 1 ? 'is' : 'are'} merged on the local branch ${branch}. Your own branch is as it was; merge it when you like it.`,
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
