import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
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
        placeHolder: 'The task whose result is taken back from its branch',
        nothing: 'No result of a task is on a branch.',
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
    void vscode.window.showInformationMessage(`${task} of ${run} has no result on a branch.`);
    return false;
  }
  const builtOn = plan.tasks.flatMap(({ id, builtOn }) =>
    builtOn.includes(task) && state.landings.get(id)?.kind === 'done' ? id : [],
  );
  return await confirm(
    `Roll back ${task} of ${run}?`,
    [
      `Removed: the branch ${landing.branch} and the tags of its results, such as ${landing.tag}.`,
      builtOn.length === 0
        ? ''
        : `${builtOn.join(', ')} ${builtOn.length === 1 ? 'was' : 'were'} built on it; ${builtOn.length === 1 ? 'that result stays' : 'those results stay'}, with what was taken over from it.`,
      'What the run shows stays, and so do all other results. Nothing else of the repository is touched.',
    ],
    'Roll Back',
  );
}

async function rollBack({ project, entry: { run }, row: { task } }: TaskChoice): Promise<void> {
  const done = await project.sluice.results.rollBack(run, task);
  if (!done.ok) {
    void vscode.window.showWarningMessage(
      `${task} of ${run} was not rolled back, because ${done.error}.`,
    );
    return;
  }
  const { kept, isMerged } = done.value;
  const merge = 'Merge Approved';
  const told = [
    `${task} of ${run} is rolled back.`,
    ...keptLines(kept).map((line) => `${line}.`),
    isMerged ? 'The merged branch still holds it; merge again to be rid of it.' : '',
  ].filter((line) => line !== '');
  const chosen = await vscode.window.showInformationMessage(
    told.join(' '),
    ...(isMerged ? [merge] : []),
  );
  if (chosen === merge) {
    await mergeWithProgress(project, run);
  }
}
