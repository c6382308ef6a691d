import * as vscode from 'vscode';
import type { Decision } from '../../core/domain/event.ts';
import type { Command } from '../contributions.ts';
import type { Projects } from '../project.ts';
import { artifactUri, outputUri } from '../output/documents.ts';
import { chooseGate, type GateChoice } from './picks.ts';
import { openText } from './showOutput.ts';

export function approveGate(projects: Projects): Command {
  return {
    id: 'sluice.approveGate',
    execute: async (target) => {
      const chosen = await chooseGate(projects, target, 'The gate to approve');
      if (chosen !== undefined) {
        await answer(chosen, 'approved', undefined);
      }
    },
  };
}

export function rejectGate(projects: Projects): Command {
  return {
    id: 'sluice.rejectGate',
    execute: async (target) => {
      const chosen = await chooseGate(projects, target, 'The gate to reject');
      if (chosen !== undefined) {
        await reject(chosen);
      }
    },
  };
}

/** What the gate shows; a gate that shows nothing explains itself. */
export function showGate(projects: Projects): Command {
  return {
    id: 'sluice.showGate',
    execute: async (target) => {
      const chosen = await chooseGate(projects, target, 'The gate to look at');
      if (chosen !== undefined) {
        await showEvidence(chosen);
      }
    },
  };
}

export async function showEvidence({ project, gate }: GateChoice): Promise<void> {
  const made = project.sluice.whoMade(gate);
  if (made.length === 0) {
    await openText(outputUri(project, gate.run, gate.task));
  }
  for (const { task, path } of made) {
    await openText(artifactUri(project, gate.run, task, path));
  }
}

export async function reject(chosen: GateChoice): Promise<void> {
  const note = await vscode.window.showInputBox({
    title: `Reject ${chosen.gate.task}`,
    prompt: 'Why? It is kept with the answer; leave it empty to say nothing.',
  });
  if (note !== undefined) {
    await answer(chosen, 'rejected', note === '' ? undefined : note);
  }
}

export async function answer(
  { project, gate }: GateChoice,
  decision: Decision,
  note: string | undefined,
): Promise<void> {
  const outcome = await project.sluice.request(gate.run, {
    kind: 'answer',
    task: gate.task,
    digest: gate.digest,
    decision,
    by: project.sluice.actor,
    note,
  });
  if (outcome.kind === 'refused') {
    void vscode.window.showWarningMessage(
      `Your answer to ${gate.task} of ${gate.run} did not count: ${outcome.why}.`,
    );
  }
}
