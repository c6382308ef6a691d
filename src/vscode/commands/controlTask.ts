import * as vscode from 'vscode';
import type { Actor } from '../../core/domain/actor.ts';
import type { TaskId } from '../../core/domain/ids.ts';
import type { RunRequest } from '../../core/domain/request.ts';
import type { TaskVerb } from '../../core/projections/verbs.ts';
import type { Command } from '../contributions.ts';
import type { CommandId } from '../ids.ts';
import type { Projects } from '../project.ts';
import { ask } from './ask.ts';
import { chooseTask, type Question } from './picks.ts';

/** What is asked of a task with nothing more to say. */
type Verb = Exclude<TaskVerb, 'steer' | 'answer' | 'change-model' | 'change-permissions'>;

interface Wording extends Question {
  readonly id: CommandId;
  /** Goes on "… was not". */
  readonly done: string;
}

const WORDINGS: Readonly<Record<Verb, Wording>> = {
  stop: {
    id: 'sluice.stopTask',
    placeHolder: vscode.l10n.t('The task to stop; what needs it is skipped'),
    nothing: vscode.l10n.t('No task is running.'),
    done: 'stopped',
  },
  hold: {
    id: 'sluice.holdTask',
    placeHolder: vscode.l10n.t('The task to hold; it does not start until it is released'),
    nothing: vscode.l10n.t('No task is running or to run.'),
    done: 'held',
  },
  release: {
    id: 'sluice.releaseTask',
    placeHolder: vscode.l10n.t('The task to release'),
    nothing: vscode.l10n.t('No task is held.'),
    done: 'released',
  },
  rerun: {
    id: 'sluice.rerunTask',
    placeHolder: vscode.l10n.t('The task to run again, with what came of it'),
    nothing: vscode.l10n.t('No task has ended.'),
    done: vscode.l10n.t('run again'),
  },
  'rerun-without-cache': {
    id: 'sluice.rerunTaskWithoutCache',
    placeHolder: vscode.l10n.t('The task to run again without the cache, with what came of it'),
    nothing: vscode.l10n.t('No task that the cache may answer has ended.'),
    done: vscode.l10n.t('run again'),
  },
  skip: {
    id: 'sluice.skipTask',
    placeHolder: vscode.l10n.t('The task to go on without'),
    nothing: vscode.l10n.t('No task can be skipped.'),
    done: 'skipped',
  },
  accept: {
    id: 'sluice.acceptTask',
    placeHolder: vscode.l10n.t('The task whose work was done'),
    nothing: vscode.l10n.t('No task needs a look.'),
    done: 'accepted',
  },
};

function requestOf(verb: Verb, task: TaskId, by: Actor): RunRequest {
  if (verb !== 'rerun' && verb !== 'rerun-without-cache') {
    return { kind: verb, task, by };
  }
  const withoutCache = verb === 'rerun-without-cache';
  return { kind: 'rerun', task, prompt: undefined, model: undefined, withoutCache, by };
}

/** One command for each verb. */
export function taskCommands(projects: Projects): Command[] {
  return (Object.keys(WORDINGS) as Verb[]).map((verb) => ({
    id: WORDINGS[verb].id,
    execute: async (target) => {
      const chosen = await chooseTask(projects, target, WORDINGS[verb], verb);
      if (chosen === undefined) {
        return;
      }
      const { task } = chosen.row;
      const { actor: by } = chosen.project.sluice;
      const undone = vscode.l10n.t(
        '{0} of {1} was not {2}',
        task,
        chosen.entry.run,
        WORDINGS[verb].done,
      );
      await ask(chosen, requestOf(verb, task, by), undone);
    },
  }));
}
