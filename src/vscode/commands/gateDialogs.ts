import * as vscode from 'vscode';
import { count, oneLine } from '../../core/base/text.ts';
import type { TaskId } from '../../core/domain/ids.ts';
import { askLine } from '../../core/projections/asked.ts';
import { identicalGates } from '../../core/projections/gatePage.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import { command, tell } from '../messages.ts';
import { confirm } from './confirm.ts';
import type { GateChoice } from './picks.ts';

// What a person is asked before an answer to a gate is whole. `undefined`: they back out.

/** Gates that are named one by one in a question. */
const MOST_NAMED = 12;

export interface GivenChoice {
  /** `undefined`: the gate asks for none. */
  readonly choice: string | undefined;
  readonly note: string | undefined;
}

/** What an approval has to carry. */
export async function giveChoice(gate: OpenGate): Promise<GivenChoice | undefined> {
  const { choices, takesText } = gate;
  if (gate.stuck !== undefined) {
    return await writeAdvice(gate);
  }
  if (choices.length === 0) {
    return takesText ? await writeChoice(gate) : { choice: undefined, note: undefined };
  }
  const own = 'Another Answer…';
  const items: (vscode.QuickPickItem & { readonly choice: string | undefined })[] = [
    ...choices.map((choice) => ({ label: choice, choice })),
    ...(takesText
      ? [{ label: own, iconPath: new vscode.ThemeIcon('edit'), choice: undefined }]
      : []),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: `Approve ${gate.task} of ${gate.run}`,
    placeHolder: askLine(gate.ask, 160),
    ignoreFocusOut: true,
  });
  if (picked === undefined) {
    return undefined;
  }
  return picked.choice === undefined
    ? await writeChoice(gate)
    : { choice: picked.choice, note: undefined };
}

/** What fixes have not mended is tried again: a hint is worth more than another try. */
async function writeAdvice({ task, run, stuck }: OpenGate): Promise<GivenChoice | undefined> {
  const note = await vscode.window.showInputBox({
    title: `Approve ${task} of ${run}`,
    prompt: `${oneLine(stuck ?? '', 80)} is tried again. What should whoever does it know? It may stay empty.`,
    placeHolder: 'look at how dates are compared',
    ignoreFocusOut: true,
  });
  return note === undefined
    ? undefined
    : { choice: undefined, note: note.trim() === '' ? undefined : note };
}

async function writeChoice({ task, run, ask }: OpenGate): Promise<GivenChoice | undefined> {
  const choice = await vscode.window.showInputBox({
    title: `Approve ${task} of ${run}`,
    prompt: askLine(ask, 300),
    placeHolder: 'Your answer',
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' ? 'Write an answer: steps behind the gate go by it.' : '',
  });
  return choice === undefined ? undefined : { choice, note: undefined };
}

/** What is to be changed; it says something. */
export async function writeNote(
  { task, run }: OpenGate,
  redo: readonly TaskId[],
): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: `Request Changes at ${task} of ${run}`,
    prompt: `What should be different? ${oneLine(redo.join(', '), 160)} ${redo.length === 1 ? 'is told, and makes' : 'are told, and make'} it again.`,
    placeHolder: 'shorter, and with an example',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'Say what is to be changed.' : ''),
  });
}

/** Who makes it again: of several the person picks, and at first all are meant. */
export async function chooseMakers({
  task,
  makers,
}: OpenGate): Promise<readonly TaskId[] | undefined> {
  if (makers.length < 2) {
    return makers;
  }
  const items = makers.map((maker) => ({ label: maker, maker, picked: true }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Request Changes at ${task}`,
    placeHolder: 'Who makes it again?',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ maker }) => maker);
}

/** The gates that ask the same, with this one, once a person has said yes to all of them. */
export async function chooseIdentical({
  project,
  gate,
}: GateChoice): Promise<readonly OpenGate[] | undefined> {
  const gates = identicalGates(project.sluice.openGates(), gate);
  if (
    !gates.some(
      ({ run, task, digest }) => run === gate.run && task === gate.task && digest === gate.digest,
    )
  ) {
    void tell(
      'information',
      vscode.l10n.t('{0} of {1} does not ask that any more.', gate.task, gate.run),
      command(vscode.l10n.t('Show'), 'sluice.showGate', {
        ...{ kind: 'task', project, run: gate.run },
        task: gate.task,
      }),
    );
    return undefined;
  }
  const more = gates.length - MOST_NAMED;
  const named = [
    ...gates.slice(0, MOST_NAMED).map(({ run, task }) => `• ${task} of ${run}`),
    ...(more > 0 ? [`• and ${more} more`] : []),
  ].join('\n');
  const sure = await confirm(
    gates.length === 1
      ? `Approve ${gate.task} of ${gate.run}?`
      : `Approve ${count(gates.length, 'gate')} that ask the same about the same content?`,
    [askLine(gate.ask, 300), named],
    gates.length === 1 ? 'Approve' : 'Approve All',
  );
  return sure ? gates : undefined;
}
