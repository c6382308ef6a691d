import * as vscode from 'vscode';
import { parseTemplate } from '../../core/domain/expression.ts';
import type { Command } from '../contributions.ts';
import type { Projects } from '../project.ts';
import { ask } from './ask.ts';
import { chooseTask, type TaskChoice } from './picks.ts';

/** Stands for a line break in the input box, which has one line. */
const LINE_BREAK = '⏎';

export function rerunTaskWithPrompt(projects: Projects): Command {
  return {
    id: 'sluice.rerunTaskWithPrompt',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The task to run again with another prompt'),
        nothing: vscode.l10n.t('No task of an agent has ended.'),
      };
      const chosen = await chooseTask(projects, target, question, 'prompt');
      if (chosen === undefined) {
        return;
      }
      const present = promptOf(chosen);
      const typed = await vscode.window.showInputBox({
        title: vscode.l10n.t('Run {0} of {1} again', chosen.row.task, chosen.entry.run),
        prompt: vscode.l10n.t(
          'What its agent is asked. It may hold ${{ … }}; {0} is a line break.',
          LINE_BREAK,
        ),
        value: present.replaceAll('\n', LINE_BREAK),
        ignoreFocusOut: true,
        validateInput: problemOf,
      });
      if (typed !== undefined) {
        await rerun(chosen, { prompt: typed.replaceAll(LINE_BREAK, '\n') });
      }
    },
  };
}

export function rerunTaskWithModel(projects: Projects): Command {
  return {
    id: 'sluice.rerunTaskWithModel',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The task to run again with another model'),
        nothing: vscode.l10n.t('No task whose agent is a model has ended.'),
      };
      const chosen = await chooseTask(projects, target, question, 'otherModel');
      if (chosen === undefined) {
        return;
      }
      const models = modelsOf(chosen);
      const [first = ''] = models;
      const model = await vscode.window.showInputBox({
        title: vscode.l10n.t('Run {0} of {1} again', chosen.row.task, chosen.entry.run),
        prompt:
          models.length === 0
            ? vscode.l10n.t('The model to use, by its name.')
            : vscode.l10n.t(
                'The model to use, by its name. Its agent prefers {0}.',
                models.join(', '),
              ),
        value: chosen.entry.state.edits.get(chosen.row.task)?.model ?? first,
        ignoreFocusOut: true,
        validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Name a model.') : undefined),
      });
      if (model !== undefined) {
        await rerun(chosen, { model: model.trim() });
      }
    },
  };
}

/** On a task for which the answer to a similar question stands: asks its own. */
export function askAnew(projects: Projects): Command {
  return {
    id: 'sluice.askAnew',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The task whose own question to ask'),
        nothing: vscode.l10n.t('No task was answered with the answer to a similar question.'),
      };
      const chosen = await chooseTask(projects, target, question, 'similar');
      if (chosen !== undefined) {
        await rerun(chosen, {});
      }
    },
  };
}

async function rerun(
  chosen: TaskChoice,
  { prompt, model }: { readonly prompt?: string; readonly model?: string },
): Promise<void> {
  const { task } = chosen.row;
  const { actor: by } = chosen.project.sluice;
  const undone = vscode.l10n.t('{0} of {1} was not run again', task, chosen.entry.run);
  await ask(chosen, { kind: 'rerun', task, prompt, model, withoutCache: false, by }, undone);
}

/** What the agent was asked, as written. */
function promptOf({ entry, row }: TaskChoice): string {
  const edited = entry.state.edits.get(row.task)?.prompt;
  return edited ?? (row.step.kind === 'agent' ? row.step.prompt : '');
}

function modelsOf({ entry, row }: TaskChoice): readonly string[] {
  const agent = row.step.kind === 'agent' ? entry.plan.agents[row.step.agent] : undefined;
  return agent?.runner.kind === 'model' ? agent.runner.models : [];
}

function problemOf(prompt: string): string | undefined {
  const template = parseTemplate(prompt);
  return template.ok ? undefined : template.error.message;
}
