import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import { typeModel, type ModelPicks } from '../models/modelPicks.ts';
import type { Projects } from '../project.ts';
import { ask } from './ask.ts';
import { chooseTask, type TaskChoice } from './picks.ts';

/** Goes on with another model: a running agent from its next turn, any other when it starts. */
export function changeModel(projects: Projects, models: ModelPicks): Command {
  return {
    id: 'sluice.changeModel',
    execute: async (target) => {
      const question = {
        placeHolder: vscode.l10n.t('The task to go on with another model'),
        nothing: vscode.l10n.t('No task whose model can be changed is running or to run.'),
      };
      const chosen = await chooseTask(projects, target, question, 'change-model');
      if (chosen === undefined) {
        return;
      }
      const { task } = chosen.row;
      const { kind, now } = presentOf(chosen);
      // A coding agent has models of its own, by names of its own.
      const model =
        kind === 'model'
          ? await models.pick(
              vscode.l10n.t('The model that {0} goes on with from its next turn', task),
              now,
            )
          : await typeModel(now);
      if (model !== undefined) {
        const { actor: by } = chosen.project.sluice;
        const undone = vscode.l10n.t(
          '{0} of {1} was not given another model',
          task,
          chosen.entry.run,
        );
        await ask(chosen, { kind: 'choose-model', task, model, by }, undone);
      }
    },
  };
}

function presentOf({ entry, row }: TaskChoice): {
  readonly kind: string | undefined;
  readonly now: string | undefined;
} {
  const { plan, state } = entry;
  const runner = row.step.kind === 'agent' ? plan.agents[row.step.agent]?.runner : undefined;
  const asked = state.ledger.tasks.get(row.task)?.calls.at(-1);
  const preferred = runner !== undefined && 'models' in runner ? runner.models[0] : undefined;
  return {
    kind: runner?.kind,
    now:
      state.edits.get(row.task)?.model ??
      (asked === undefined ? preferred : `${asked.provider}/${asked.requested}`),
  };
}
