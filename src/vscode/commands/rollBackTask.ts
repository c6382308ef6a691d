import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import { retry, tell } from '../messages.ts';
import type { Projects } from '../project.ts';
import { confirm, keptLines } from './confirm.ts';
import { mergeWithProgress } from './mergeApproved.ts';
import { chooseTask, type TaskChoice } from './picks.ts';

/** Takes one task's result back from its branch; those of others stay. */
export function rollBackTask(projects: Projects): Command {
  return {
    id: 'sluice.rollBackTask',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The task whose result is taken back from its branch'),
        nothing: vscode.l10n.t('No result of a task is on a branch.'),
      };
      const chosen = await chooseTask(projects, target, question, 'rollBack');
      if (chosen !== undefined && (await isWanted(chosen))) {
        await rollBack(chosen);
      }
    },
  };
}

async function isWanted({
  entry: { run, plan, state },
  row: { task },
}: TaskChoice): Promise<boolean> {
  const landing = state.landings.get(task);
  if (landing?.kind !== 'done') {
    void tell('information', vscode.l10n.t('{0} of {1} has no result on a branch.', task, run));
    return false;
  }
  const builtOn = plan.tasks.flatMap(({ id, builtOn }) =>
    builtOn.includes(task) && state.landings.get(id)?.kind === 'done' ? id : [],
  );
  return await confirm(
    vscode.l10n.t('Roll back {0} of {1}?', task, run),
    [
      vscode.l10n.t(
        'Removed: the branch {0} and the tags of its results, such as {1}.',
        landing.branch,
        landing.tag,
      ),
      builtOn.length === 0
        ? ''
        : builtOn.length === 1
          ? vscode.l10n.t(
              '{0} was built on it; that result stays, with what was taken over from it.',
              builtOn.join(', '),
            )
          : vscode.l10n.t(
              '{0} were built on it; those results stay, with what was taken over from it.',
              builtOn.join(', '),
            ),
      vscode.l10n.t(
        'What the run shows stays, and so do all other results. Nothing else of the repository is touched.',
      ),
    ],
    vscode.l10n.t('Roll Back'),
  );
}

async function rollBack(asked: TaskChoice): Promise<void> {
  const {
    project,
    entry: { run },
    row: { task },
  } = asked;
  const done = await project.sluice.results.rollBack(run, task);
  if (!done.ok) {
    void tell(
      'warning',
      vscode.l10n.t('{0} of {1} was not rolled back, because {2}.', task, run, done.error),
      retry(() => rollBack(asked)),
    );
    return;
  }
  const { kept, isMerged } = done.value;
  const merge = vscode.l10n.t('Merge Approved');
  const told = [
    vscode.l10n.t('{0} of {1} is rolled back.', task, run),
    ...keptLines(kept).map((line) => `${line}.`),
    isMerged ? vscode.l10n.t('The merged branch still holds it; merge again to be rid of it.') : '',
  ].filter((line) => line !== '');
  const chosen = await vscode.window.showInformationMessage(
    told.join(' '),
    ...(isMerged ? [merge] : []),
  );
  if (chosen === merge) {
    await mergeWithProgress(project, run);
  }
}
