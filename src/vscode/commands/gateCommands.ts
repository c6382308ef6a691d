import * as vscode from 'vscode';
import { executeOn, type Command, type CommandTarget } from '../contributions.ts';
import { command, tell } from '../messages.ts';
import { nextAfter, type PlacedGate } from '../gates/gateOrder.ts';
import { digestShown, openGate } from '../gates/gateTarget.ts';
import type { GateTabs } from '../gates/gateTabs.ts';
import type { CommandId } from '../ids.ts';
import { gateOffers } from '../offers.ts';
import type { GatePages } from '../output/gatePages.ts';
import type { Projects } from '../project.ts';
import { approve, approveIdentical, reject, requestChanges } from './answerGate.ts';
import { chooseGate, readableRun, tellNothing, type GateChoice } from './picks.ts';
import { showGateChanges } from './showChanges.ts';

/** Where gates are shown in editors. */
export interface GateEditors {
  readonly pages: GatePages;
  readonly tabs: GateTabs;
}

/** What people do at gates. */
export function gateCommands(projects: Projects, editors: GateEditors): readonly Command[] {
  const onGate = (
    id: CommandId,
    placeHolder: string,
    execute: (chosen: GateChoice) => Promise<void>,
  ): Command => ({
    id,
    execute: async (target) => {
      const chosen = await theGate(projects, target ?? editors.tabs.active(), placeHolder);
      if (chosen !== undefined) {
        await execute(chosen);
      }
    },
  });
  return [
    onGate('sluice.approveGate', 'The gate to approve', approve),
    onGate('sluice.requestChanges', 'The gate to request changes at', (chosen) =>
      requestChanges(chosen),
    ),
    onGate('sluice.rejectGate', 'The gate to reject', (chosen) => reject(chosen)),
    onGate(
      'sluice.approveIdentical',
      'The gates to approve: it, and all that ask the same',
      approveIdentical,
    ),
    {
      id: 'sluice.showGate',
      execute: async (called) => {
        const target = called ?? editors.tabs.active();
        if (target?.kind === 'task') {
          // Also of one that is answered: its page tells what became of it.
          await editors.pages.show(target.project, target);
          return;
        }
        const chosen = await chooseGate(projects, undefined, 'The gate to look at');
        if (chosen !== undefined) {
          await editors.pages.show(chosen.project, chosen.gate);
        }
      },
    },
    nextGate(projects, editors),
  ];
}

/**
 * The gate as it was shown where the command was called, or one the person picks. One that asks about something else now
 * is not answered: the person is told, and can look.
 */
async function theGate(
  projects: Projects,
  target: CommandTarget | undefined,
  placeHolder: string,
): Promise<GateChoice | undefined> {
  if (target?.kind !== 'task') {
    return await chooseGate(projects, undefined, placeHolder);
  }
  const { project, run, task } = target;
  const gate = openGate({ project, run, task });
  if (gate === undefined) {
    void tell(
      'information',
      vscode.l10n.t('{0} of {1} does not wait for an answer.', task, run),
      command(vscode.l10n.t('Show'), 'sluice.showGate', target),
    );
    return undefined;
  }
  const digest = digestShown(target);
  if (digest === undefined || digest === gate.digest) {
    return { project, gate };
  }
  const show = 'Show Gate';
  const pressed = await vscode.window.showWarningMessage(
    `${task} of ${run} asks about something else than what was shown. Look at it again before you answer.`,
    show,
  );
  if (pressed === show) {
    await executeOn('sluice.showGate', target);
  }
  return undefined;
}

/**
 * From the gate that the active editor shows, or the one gone to last, to the next one that waits: what it asks about, and
 * before it its page.
 */
function nextGate(projects: Projects, { pages, tabs }: GateEditors): Command {
  let last: PlacedGate | undefined;
  return {
    id: 'sluice.nextGate',
    execute: async () => {
      const waiting = projects
        .all()
        .flatMap((project) => project.sluice.openGates().map((gate) => ({ ...gate, project })));
      const shown = tabs.active();
      const next = nextAfter(waiting, (shown && openGate(shown)) ?? last);
      await tabs.closeAnswered();
      if (next === undefined) {
        tellNothing(projects, 'No gate waits for you.');
        return;
      }
      last = next;
      const { project, ...gate } = next;
      const entry = readableRun(project, gate.run);
      if (entry !== undefined && gateOffers(entry, gate.task).includes('changes')) {
        await showGateChanges({ project, gate }, tabs);
      }
      // Last, and so in front: a question is read before the answer.
      await pages.show(project, gate);
    },
  };
}
