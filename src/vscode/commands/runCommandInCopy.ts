import * as vscode from 'vscode';
import type { Result } from '../../core/base/result.ts';
import type { Command } from '../contributions.ts';
import { retry, tell } from '../messages.ts';
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
        placeHolder: vscode.l10n.t('The task in whose workspace copy a command is run'),
        nothing: vscode.l10n.t('No task of an agent has begun.'),
      };
      const chosen = await chooseTask(projects, target, question, 'command');
      if (chosen === undefined) {
        return;
      }
      const { task } = chosen.row;
      const line = await vscode.window.showInputBox({
        title: vscode.l10n.t('Run a command in the workspace copy of {0}', task),
        prompt: vscode.l10n.t(
          'A program and what it is given. It is not run by a shell: no pipes, no variables.',
        ),
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
      await runAndTell(chosen, line ?? '', words.value, pages);
    },
  };
}

/** @param line as it was typed */
async function runAndTell(
  chosen: TaskChoice,
  line: string,
  command: Words,
  pages: CommandPages,
): Promise<void> {
  const again = () => runAndTell(chosen, line, command, pages);
  const { task } = chosen.row;
  const ran = await runWithProgress(chosen, command);
  const [program] = command;
  const where = vscode.l10n.t('{0} of {1}', task, chosen.entry.run);
  if (!ran.ok) {
    void tell(
      'warning',
      vscode.l10n.t('{0} was not run in {1}, because {2}.', program, where, ran.error),
      retry(again),
    );
    return;
  }
  const { exitCode, output } = ran.value;
  await pages.show(chosen.entry.run, task, `$ ${line}\n${output}`, exitCode);
  if (exitCode === 0) {
    void tell('information', vscode.l10n.t('{0} in {1} exited with code 0.', program, where));
    return;
  }
  const end =
    exitCode === undefined
      ? vscode.l10n.t('was not run to its end')
      : vscode.l10n.t('exited with code {0}', exitCode);
  void tell(
    'warning',
    vscode.l10n.t('{0} in {1} {2}. What it printed is open beside this.', program, where, end),
    { label: vscode.l10n.t('Run Again'), act: again },
  );
}

async function runWithProgress({ project, entry, row }: TaskChoice, command: Words): Promise<Ran> {
  const ending = new AbortController();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('{0} runs in the workspace copy of {1}', command[0], row.task),
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
