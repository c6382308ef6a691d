import * as vscode from 'vscode';
import { unreachable } from '../../core/base/exhaustive.ts';
import { plainText } from '../../core/base/text.ts';
import type { StepId, TaskId } from '../../core/domain/ids.ts';
import { answer, approve, reject, requestChanges } from '../commands/answerGate.ts';
import { openLocation } from '../commands/openDefinition.ts';
import { openText } from '../commands/showOutput.ts';
import { plannedById, type TaskRow } from '../../core/projections/taskRows.ts';
import { executeOn } from '../contributions.ts';
import { command, tell } from '../messages.ts';
import { runOffers, taskOffers } from '../offers.ts';
import { openComparison } from '../output/changesEditor.ts';
import { artifactUri, outputUri } from '../output/documents.ts';
import { rowOf, type Subject } from './graphViews.ts';
import type { AnswerMessage, FileMessage } from './pageRouter.ts';
import { APPROVE_IDENTICAL, runCommandOf, taskCommandOf } from './verbCommands.ts';

// What a page asks for, done as from the tree. The page decides nothing: what it names is looked up again, and what is
// not there, or is not offered now, is passed over.

type RunSubject = Extract<Subject, { readonly kind: 'run' }>;

/** The output of a task, or the step in its file. */
export async function openTask(subject: Subject, task: TaskId): Promise<void> {
  const { project } = subject;
  if (subject.kind === 'workflow') {
    const at = project.sluice.locationOfStep(subject.workflow.name, task as string as StepId);
    if (at !== undefined) {
      await openLocation(project, at);
    }
    return;
  }
  const { run, plan } = subject.entry;
  const step = plannedById(plan).get(task)?.step;
  if (step?.kind === 'gate') {
    await executeOn('sluice.showGate', { kind: 'task', project, run, task });
  } else if (step !== undefined) {
    await openText(outputUri(project, run, task));
  }
}

export async function doTaskVerb(
  { project, entry }: RunSubject,
  task: TaskId,
  verb: string,
): Promise<void> {
  const row = rowOf(entry, task);
  const command = row && taskCommandOf(verb, [...taskOffers(entry, row), ...answersTo(entry, row)]);
  if (command !== undefined) {
    await executeOn(command, { kind: 'task', project, run: entry.run, task });
  }
}

/** What the panel offers at a gate that waits, beside what its card and its row do. */
function answersTo({ past }: RunSubject['entry'], { step, state }: TaskRow): readonly string[] {
  return past === undefined && step.kind === 'gate' && state === 'waiting'
    ? [APPROVE_IDENTICAL]
    : [];
}

export async function doRunVerb({ project, entry }: RunSubject, verb: string): Promise<void> {
  const command = runCommandOf(verb, runOffers(entry));
  if (command !== undefined) {
    await executeOn(command, { kind: 'run', project, run: entry.run });
  }
}

/** The extension shows all of what an agent asks, and takes the answer. */
export async function reply({ project, entry }: RunSubject, task: TaskId): Promise<void> {
  if (entry.past === undefined && entry.state.tasks.has(task)) {
    await executeOn('sluice.answerQuestion', { kind: 'task', project, run: entry.run, task });
  }
}

/** A file as the task made it, or what the task did to it. */
export async function showFile(
  { project, entry }: RunSubject,
  { task, path, show }: FileMessage,
): Promise<void> {
  const { run } = entry;
  const change = project.sluice.results
    .changes(run, task as TaskId)
    .find((one) => one.path === path);
  if (change === undefined) {
    return;
  }
  if (show === 'file' && change.is !== undefined) {
    await openText(artifactUri(project, run, task as TaskId, path));
  } else {
    await openComparison(project, vscode.l10n.t('{0} of {1} in {2}', path, task, run), [change]);
  }
}

/** An answer counts only for what the person was shown. */
export async function answerGate(
  { project, entry }: RunSubject,
  { task, decision, note, choice, digest }: AnswerMessage,
): Promise<void> {
  if (entry.past !== undefined) {
    void tell(
      'information',
      vscode.l10n.t(
        'You see {0} as it was at an earlier moment. Go back to now, then answer {1}.',
        entry.run,
        task,
      ),
      command(vscode.l10n.t('Back to Now'), 'sluice.backToNow', {
        kind: 'run',
        project,
        run: entry.run,
      }),
    );
    return;
  }
  const gate = project.sluice
    .openGates()
    .find((open) => open.run === entry.run && open.task === (task as TaskId));
  if (gate === undefined || (digest !== undefined && digest !== gate.digest)) {
    void tell(
      'warning',
      gate === undefined
        ? vscode.l10n.t(
            'Your answer to {0} of {1} did not count: it does not wait any more.',
            task,
            entry.run,
          )
        : vscode.l10n.t(
            'Your answer to {0} of {1} did not count: what it asks about has changed. Look at it again.',
            task,
            entry.run,
          ),
      command(vscode.l10n.t('Show Gate'), 'sluice.showGate', {
        ...{ kind: 'task', project, run: entry.run },
        task: task as TaskId,
      }),
    );
    return;
  }
  const chosen = { project, gate };
  // The page shows choices without what cannot be seen; the engine wants them as they are written.
  const written = gate.choices.find((one) => plainText(one) === choice) ?? choice;
  // Without what an answer holds, the extension asks for it where it is wanted.
  switch (decision) {
    case 'approved':
      await (note === undefined && written === undefined
        ? approve(chosen)
        : answer(chosen, 'approved', note, written));
      break;
    case 'rejected':
      await reject(chosen, note);
      break;
    case 'changes-requested':
      await requestChanges(chosen, note);
      break;
    default:
      unreachable(decision);
  }
}
