import * as vscode from 'vscode';
import { conflictOf, conflictsIn, type ConflictChoicePlace } from '../conflicts.ts';
import type { Command, CommandTarget } from '../contributions.ts';
import { command, retry, showGates, tell } from '../messages.ts';
import { openComparison } from '../output/changesEditor.ts';
import type { OwnVersions } from '../ownVersions.ts';
import { confirm } from './confirm.ts';
import { mergeWithProgress } from './mergeApproved.ts';
import { hasMarks } from '../conflictText.ts';

/** What a person takes for a path that could not be merged. */
export function conflictCommands(own: OwnVersions): Command[] {
  return [
    { id: 'sluice.takeOurs', execute: (target) => onConflict(target, (it) => take(it, 'ours')) },
    {
      id: 'sluice.takeTheirs',
      execute: (target) => onConflict(target, (it) => take(it, 'theirs')),
    },
    { id: 'sluice.showVersions', execute: (target) => onConflict(target, showVersions) },
    {
      id: 'sluice.editOwnVersion',
      execute: (target) => onConflict(target, (it) => editOwn(it, own)),
    },
    { id: 'sluice.useOwnVersion', execute: () => useOwn(own) },
  ];
}

async function onConflict(
  target: CommandTarget | undefined,
  work: (place: ConflictChoicePlace) => Promise<void>,
): Promise<void> {
  const place = conflictOf(target);
  if (place === undefined) {
    void tell(
      'information',
      vscode.l10n.t('This conflict does not wait any more: it was answered, or the merge ended.'),
      showGates(),
    );
  } else {
    await work(place);
  }
}

/** Two comparisons: what was merged before, and the task's, each with what stood there when the task began. */
export async function showVersions({
  project,
  run,
  task,
  conflict: { path, was, ours, theirs },
}: ConflictChoicePlace): Promise<void> {
  await openComparison(project, vscode.l10n.t('merge of {0}: {1}', run, path), [
    { path: `ours (merged before)/${path}`, was, is: ours },
    { path: `theirs (${task})/${path}`, was, is: theirs },
  ]);
}

async function editOwn(place: ConflictChoicePlace, own: OwnVersions): Promise<void> {
  const opened = await own.open(place);
  if (!opened.ok) {
    const { project, run, task, conflict } = place;
    void tell(
      'warning',
      vscode.l10n.t(
        '{0} cannot be edited here: {1}. Take ours or theirs instead.',
        conflict.path,
        opened.error,
      ),
      command(vscode.l10n.t('Show Versions'), 'sluice.showVersions', {
        ...{ kind: 'conflict', project, run, task },
        path: conflict.path,
      }),
    );
  }
}

/** Takes what stands in the active editor. */
async function useOwn(own: OwnVersions): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const place = document === undefined ? undefined : own.placeOf(document.uri);
  if (document === undefined || place === undefined) {
    void tell(
      'information',
      vscode.l10n.t(
        'Open a version of your own first: press the pen on a conflict in the Gates view.',
      ),
      showGates(),
    );
    return;
  }
  await useText(document, place, own);
}

async function useText(
  document: vscode.TextDocument,
  place: ConflictChoicePlace,
  own: OwnVersions,
): Promise<void> {
  const text = document.getText();
  const { path } = place.conflict;
  const isWanted =
    !hasMarks(text) ||
    (await confirm(
      vscode.l10n.t('Use {0} with its conflict marks?', path),
      [vscode.l10n.t('Lines that begin with <<<<<<<, ======= or >>>>>>> are still in it.')],
      vscode.l10n.t('Use It All the Same'),
    ));
  if (!isWanted) {
    return;
  }
  const executable = (place.conflict.theirs ?? place.conflict.ours)?.executable ?? false;
  const bytes = new TextEncoder().encode(text);
  if (await choose(place, { bytes, executable }, () => useText(document, place, own))) {
    await own.close(document);
    await goOnWhenSettled(place);
  }
}

async function take(place: ConflictChoicePlace, side: 'ours' | 'theirs'): Promise<void> {
  if (await choose(place, side, () => take(place, side))) {
    await goOnWhenSettled(place);
  }
}

type Choice = 'ours' | 'theirs' | { readonly bytes: Uint8Array; readonly executable: boolean };

/** Whether it counts. @param again does all of it once more */
async function choose(
  { project, run, task, conflict: { path } }: ConflictChoicePlace,
  choice: Choice,
  again: () => Promise<void>,
): Promise<boolean> {
  const chosen = await project.sluice.results.choose({ run, task, path }, choice);
  if (!chosen.ok) {
    void tell(
      'warning',
      vscode.l10n.t('Your choice for {0} did not count, because {1}.', path, chosen.error),
      retry(again),
    );
  }
  return chosen.ok;
}

/** Once every path of it has a choice, merging goes on by itself. */
async function goOnWhenSettled({ project, run }: ConflictChoicePlace): Promise<void> {
  const isSettled = conflictsIn(project).every(
    (other) => other.run !== run || other.conflict.choice !== undefined,
  );
  if (isSettled) {
    await mergeWithProgress(project, run);
  }
}
