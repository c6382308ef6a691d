import type { BookEntry } from '../../core/projections/runBook.ts';
import type { DashboardVerb, FirstStep } from '../../webview/dashboard/protocol.ts';
import type { CommandId } from '../ids.ts';
import { runOffers, type RunOffer } from '../offers.ts';

// What the dashboard's buttons ask for: commands that there are anyway, and no others.

/** Of a run: what moves it on first, what removes it last. Runs are shown as they are, so nothing leads back to now. */
const COMMANDS: Readonly<Record<DashboardVerb, CommandId>> = {
  pause: 'sluice.pauseRun',
  unpause: 'sluice.resumeRun',
  resume: 'sluice.resumeRun',
  takeOver: 'sluice.takeOverRun',
  cancel: 'sluice.cancelRun',
  graph: 'sluice.showGraph',
  changes: 'sluice.showChanges',
  forecast: 'sluice.showForecast',
  checkout: 'sluice.showCheckoutChanges',
  merge: 'sluice.mergeApproved',
  drop: 'sluice.dropRun',
};
const ORDER = Object.keys(COMMANDS) as readonly DashboardVerb[];

/** Whatever is offered has a button; a plan is kept once, from where runs are shown one by one. */
type Offered = Exclude<RunOffer, 'backToNow' | 'keepPlan'> | 'graph';

const FIRST_STEPS: Readonly<Record<FirstStep, CommandId>> = {
  'run-workflow': 'sluice.runWorkflow',
  'new-workflow': 'sluice.newWorkflow',
  'add-pack': 'sluice.addPack',
};

/** What can be asked of a run now. */
export function dashboardVerbs(
  entry: Extract<BookEntry, { readonly kind: 'readable' }>,
): DashboardVerb[] {
  const offers: ReadonlySet<string> = new Set<RunOffer>(runOffers(entry));
  return ORDER.filter((verb: Offered) => verb === 'graph' || offers.has(verb));
}

export function commandOfVerb(verb: DashboardVerb): CommandId {
  return COMMANDS[verb];
}

export function commandOfStep(step: FirstStep): CommandId {
  return FIRST_STEPS[step];
}
