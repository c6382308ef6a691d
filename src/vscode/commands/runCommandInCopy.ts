import * as vscode from 'vscode';
import type { Result } from '../../core/base/result.ts';
import type { Command } from '../contributions.ts';
import type { CommandPages } from '../output/commandPages.ts';
import type { Projects } from '../project.ts';
import { chooseTask, type TaskChoice } from './picks.ts';
import { splitWords, type Words } from './words.ts';

type Ran = Result<{ readonly exitCode: number | undefined; readonly output: string }, string>;

/** Runs a command where a task works or worked, shows what it printed, and tells how it ended. */
export function runCommandInCopy(projects: Projects, pages: CommandPages): Command {
  return {
    id: 'sluice.runCommandInCopy',
    execute: async (target) => {
      const question = {
        placeHolder: 'The task in whose workspace copy a command is run',
        nothing: 'No task of an agent has begun.',
      };
      const chosen = await chooseTask(projects, target, question, 'command');
      if (chosen === undefined) {
        return;
      }
      const { task } = chosen.row;
      const line = await vscode.window.showInputBox({
        title: `Run a command in the workspace copy of ${task}`,
        prompt: 'A program and what it is given. It is not run by a shell: no pipes, no variables.',
        ignoreFocusOut: true,
        validateInput: (typed) => {
          const words = splitWords(typed);
          return words.ok ? undefined : words.error;
        },
      });
      const words = line === undefined ? undefined : splitWords(line);
      if (words?.ok !== true) {
        return;
      }
      const ran = await runWithProgress(chosen, words.value);
      const [program] = words.value;
      const where = `${task} of ${chosen.entry.run}`;
      if (!ran.ok) {
        void vscode.window.showWarningMessage(`${program} was not run in ${where}: ${ran.error}.`);
        return;
      }
      const { exitCode, output } = ran.value;
      await pages.show(chosen.entry.run, task, `$ ${line}\n${output}`, exitCode);
      if (exitCode === 0) {
        void vscode.window.showInformationMessage(`${program} in ${where} exited with code 0.`);
      } else {
        const end =
          exitCode === undefined ? 'was not run to its end' : `exited with code ${exitCode}`;
        void vscode.window.showWarningMessage(`${program} in ${where} ${end}.`);
      }
    },
  };
}

async function runWithProgress({ project, entry, row }: TaskChoice, command: Words): Promise<Ran> {
  const ending = new AbortController();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `${command[0]} runs in the workspace copy of ${row.task}`,
    cancellable: true,
  };
  return await vscode.window.withProgress(options, async (_progress, token) => {
    const stopping = token.onCancellationRequested(() => ending.abort(new Error('it was stopped')));
    try {
      return await project.sluice.runInWorkspace(entry.run, row.task, command, ending.signal);
    } finally {
      stopping.dispose();
    }
  });
}
