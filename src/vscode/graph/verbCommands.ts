import type { CommandId } from '../ids.ts';
import type { RunOffer, TaskOffer } from '../offers.ts';

/** All gates that ask the same are approved, once a person has seen which; no row has a word for it. */
export const APPROVE_IDENTICAL = 'approve-identical';

// Records, so that the compiler asks for a new word here too.

const TASK_COMMANDS: Readonly<Record<TaskOffer | typeof APPROVE_IDENTICAL, CommandId>> = {
  [APPROVE_IDENTICAL]: 'sluice.approveIdentical',
  stop: 'sluice.stopTask',
  hold: 'sluice.holdTask',
  release: 'sluice.releaseTask',
  rerun: 'sluice.rerunTask',
  'rerun-without-cache': 'sluice.rerunTaskWithoutCache',
  skip: 'sluice.skipTask',
  accept: 'sluice.acceptTask',
  steer: 'sluice.steerTask',
  answer: 'sluice.answerQuestion',
  'change-model': 'sluice.changeModel',
  'change-permissions': 'sluice.changePermissions',
  similar: 'sluice.askAnew',
  prompt: 'sluice.rerunTaskWithPrompt',
  otherModel: 'sluice.rerunTaskWithModel',
  command: 'sluice.runCommandInCopy',
  changes: 'sluice.showChanges',
  forecast: 'sluice.showForecast',
  rollBack: 'sluice.rollBackTask',
  rerunFromHere: 'sluice.rerunFromHere',
  redo: 'sluice.requestChanges',
};

const RUN_COMMANDS: Readonly<Record<RunOffer, CommandId>> = {
  pause: 'sluice.pauseRun',
  unpause: 'sluice.resumeRun',
  resume: 'sluice.resumeRun',
  cancel: 'sluice.cancelRun',
  takeOver: 'sluice.takeOverRun',
  changes: 'sluice.showChanges',
  forecast: 'sluice.showForecast',
  checkout: 'sluice.showCheckoutChanges',
  merge: 'sluice.mergeApproved',
  drop: 'sluice.dropRun',
  keepPlan: 'sluice.keepPlan',
  backToNow: 'sluice.backToNow',
};

/** The command behind a word of a task's; `undefined`: it is not offered now. */
export function taskCommandOf(verb: string, offered: readonly string[]): CommandId | undefined {
  return commandOf(TASK_COMMANDS, verb, offered);
}

/** The same for the run. */
export function runCommandOf(verb: string, offered: readonly string[]): CommandId | undefined {
  return commandOf(RUN_COMMANDS, verb, offered);
}

function commandOf<Offer extends string>(
  commands: Readonly<Record<Offer, CommandId>>,
  verb: string,
  offered: readonly string[],
): CommandId | undefined {
  return offered.includes(verb) && Object.hasOwn(commands, verb)
    ? commands[verb as Offer]
    : undefined;
}
