import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import type { Projects } from '../project.ts';
import { ask } from './ask.ts';
import { chooseTask } from './picks.ts';

/** Says something to an agent that listens while it works. */
export function steerTask(projects: Projects): Command {
  return {
    id: 'sluice.steerTask',
    execute: async (target) => {
      const question = {
        placeHolder: 'The task whose agent is told something',
        nothing: 'No agent that listens is at work.',
      };
      const chosen = await chooseTask(projects, target, question, 'steer');
      if (chosen === undefined) {
        return;
      }
      const { task, step } = chosen.row;
      const text = await vscode.window.showInputBox({
        title: `Tell the agent of ${task}`,
        prompt: `${step.kind === 'agent' ? step.agent : task} gets it at once, as one line. It is kept in the journal.`,
        ignoreFocusOut: true,
        validateInput: (typed) => (typed.trim() === '' ? 'Say something.' : undefined),
      });
      if (text !== undefined) {
        const { actor: by } = chosen.project.sluice;
        const undone = `${task} of ${chosen.entry.run} was not told`;
        await ask(chosen, { kind: 'steer', task, text, by }, undone);
      }
    },
  };
}
