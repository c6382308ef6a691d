import * as vscode from 'vscode';
import { count } from '../../core/base/text.ts';
import type { Decision } from '../../core/domain/event.ts';
import type { TaskId } from '../../core/domain/ids.ts';
import type { RequestOutcome } from '../../core/domain/request.ts';
import { command, showGates, tell } from '../messages.ts';
import { shownGate } from '../gates/gateTarget.ts';
import { chooseIdentical, chooseMakers, giveChoice, writeNote } from './gateDialogs.ts';
import type { GateChoice } from './picks.ts';

// How a person's answer reaches the engine, from wherever it was given. The gate of a choice is the gate as it was shown:
// its digest goes with the answer, and an answer to anything else is refused.

/** All an answer can hold. */
interface Answer {
  readonly decision: Decision;
  readonly note: string | undefined;
  readonly choice?: string | undefined;
  readonly redo?: readonly TaskId[] | undefined;
}

/** Answers without a further question, but where an answer wants one: changes that say nothing are asked for. */
export async function answer(
  chosen: GateChoice,
  decision: Decision,
  note: string | undefined,
  choice?: string,
): Promise<void> {
  if (decision === 'changes-requested' && (note ?? '').trim() === '') {
    await requestChanges(chosen);
  } else {
    await send(chosen, { decision, note, choice });
  }
}

/** Asks for the choice or the text first, where the gate wants one. */
export async function approve(chosen: GateChoice): Promise<void> {
  const given = await giveChoice(chosen.gate);
  if (given !== undefined) {
    await send(chosen, { decision: 'approved', ...given });
  }
}

/** What is asked about is made again. @param note what is to be changed; `undefined`: it is asked for */
export async function requestChanges(chosen: GateChoice, note?: string): Promise<void> {
  const { gate } = chosen;
  if (gate.makers.length === 0) {
    void tell(
      'information',
      vscode.l10n.t(
        'Nobody can make again what {0} of {1} asks about. Approve or reject it.',
        gate.task,
        gate.run,
      ),
      command(vscode.l10n.t('Show Gate'), 'sluice.showGate', shownGate(chosen.project, gate)),
    );
    return;
  }
  const redo = await chooseMakers(gate);
  if (redo === undefined) {
    return;
  }
  const wanted = note ?? (await writeNote(gate, redo));
  if (wanted !== undefined) {
    await send(chosen, { decision: 'changes-requested', note: wanted, redo });
  }
}

/** @param note why; `undefined`: it is asked for, and may be empty */
export async function reject(chosen: GateChoice, note?: string): Promise<void> {
  const why =
    note ??
    (await vscode.window.showInputBox({
      title: `Reject ${chosen.gate.task}`,
      prompt: 'Why? It is kept with the answer; leave it empty to say nothing.',
      ignoreFocusOut: true,
    }));
  if (why !== undefined) {
    await send(chosen, { decision: 'rejected', note: why === '' ? undefined : why });
  }
}

/** Approves the gate and all others here that ask the same about the same content, once a person has seen which. */
export async function approveIdentical(chosen: GateChoice): Promise<void> {
  const { project } = chosen;
  const gates = await chooseIdentical(chosen);
  const given = gates && (await giveChoice(chosen.gate));
  if (gates === undefined || given === undefined) {
    return;
  }
  const refused: string[] = [];
  for (const gate of gates) {
    const { choice } = given;
    const outcome = await ask({ project, gate }, { decision: 'approved', note: undefined, choice });
    if (outcome.kind === 'refused') {
      refused.push(`${gate.task} of ${gate.run}: ${outcome.why}`);
    }
  }
  const [first, ...others] = refused;
  if (first !== undefined) {
    const rest = others.length === 0 ? '' : ` (and ${count(others.length, 'more')})`;
    void tell(
      'warning',
      vscode.l10n.t(
        '{0} of {1} approved. Did not count: {2}{3}.',
        gates.length - refused.length,
        count(gates.length, 'gate'),
        first,
        rest,
      ),
      showGates(),
    );
  }
}

async function send(chosen: GateChoice, given: Answer): Promise<void> {
  const outcome = await ask(chosen, given);
  if (outcome.kind === 'accepted') {
    return;
  }
  const { project, gate } = chosen;
  const { run, task } = gate;
  await tell(
    'warning',
    vscode.l10n.t('Your answer to {0} of {1} did not count: {2}.', task, run, outcome.why),
    command(vscode.l10n.t('Show Gate'), 'sluice.showGate', shownGate(project, gate)),
  );
}

function ask({ project, gate }: GateChoice, given: Answer): Promise<RequestOutcome> {
  const { decision, note, choice, redo } = given;
  return project.sluice.request(gate.run, {
    kind: 'answer',
    task: gate.task,
    digest: gate.digest,
    decision,
    by: project.sluice.actor,
    note,
    ...(choice !== undefined && { choice }),
    ...(redo !== undefined && { redo }),
  });
}
