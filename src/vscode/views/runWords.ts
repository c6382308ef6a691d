import { formatDuration } from '../../core/base/text.ts';
import type { RunState } from '../../core/domain/runState.ts';
import type { RunPlan } from '../../core/domain/workflow.ts';
import { drawnText } from '../../core/projections/drawn.ts';
import { ledgerLines, runSpentText } from '../../core/projections/ledger.ts';
import { runReusedText } from '../../core/projections/reasons.ts';
import {
  census,
  doneCount,
  runDuration,
  shownStatus,
  type ShownStatus,
} from '../../core/projections/taskRows.ts';
import {
  checkoutChangeText,
  checkoutCount,
  checkoutMark,
  checkoutWhoText,
} from '../checkoutText.ts';
import type { ReadableRun } from '../offers.ts';
import { resumeText } from '../resumeText.ts';

/** Beside the run's name. The side bar is narrow: the rest is in the tooltip and in the rows below. */
export function runTold({ plan, state }: ReadableRun, status: ShownStatus): string {
  const ended = state.phase.kind === 'finished';
  if (state.phase.kind === 'paused' && state.phase.because === 'checkout') {
    return `${status}: checkout`;
  }
  const reused = runReusedText(state);
  // Only at its end: a time that counts would have VS Code ask for all rows below each second.
  const took = ended && reused === '' ? formatDuration(runDuration(state, 0)) : '';
  // While it runs the row below tells it. That nothing has changed is told there too: here it would have no room.
  const mark = ended && checkoutCount(state) > 0 ? checkoutMark(plan, state) : '';
  return [
    status,
    status === 'succeeded' ? took : doneCount(state),
    runSpentText(state),
    reused,
    mark,
  ]
    .filter((text) => text !== '')
    .join(' · ');
}

/** @param moment where an earlier one is shown, as words */
export function runLines(
  entry: ReadableRun,
  moment: string | undefined,
  now: number,
): readonly (string | undefined)[] {
  const { run, plan, state, driven, damage } = entry;
  const status = shownStatus(state, driven);
  const ended = state.phase.kind === 'finished';
  const duration = formatDuration(runDuration(state, now));
  const drawn = drawnText(plan);
  return [
    `${run}: ${status}`,
    moment && `${moment}: rows, graph and panel show what was then`,
    status === 'interrupted' ? resumeText(plan, state) : census(state),
    ended ? `Took ${duration}` : `${duration} so far`,
    ...ledgerLines(state),
    pauseText(state),
    ...checkoutLines(plan, state),
    drawn && `Is ${drawn}`,
    `Started ${new Date(state.createdAt).toLocaleString()} by ${state.by.name}`,
    drivenElsewhere(entry),
    damage === undefined ? undefined : `Damaged: ${damage}`,
  ];
}

function pauseText({ phase }: RunState): string | undefined {
  if (phase.kind !== 'paused') {
    return undefined;
  }
  return phase.because === 'checkout'
    ? 'Paused because your checkout changed, which Sluice did not do. Resume it when that is all right.'
    : `Paused by ${phase.by.name}`;
}

/** Lines of a tooltip; the page has all of them. */
const MOST_LINES = 8;

function checkoutLines(plan: RunPlan, state: RunState): string[] {
  const total = checkoutCount(state);
  const lines = state.checkout.changes
    .slice(0, MOST_LINES)
    .map((change) => `${checkoutChangeText(change)}: ${checkoutWhoText(change)}`);
  const left = total - lines.length;
  return total === 0
    ? checkoutMark(plan, state) === ''
      ? []
      : ['Checkout untouched ✓: HEAD, index and working tree are as before']
    : ['Checkout changed meanwhile:', ...lines, ...(left > 0 ? [`and ${left} more`] : [])];
}

function drivenElsewhere({ driven }: ReadableRun): string | undefined {
  if (driven.kind !== 'elsewhere') {
    return undefined;
  }
  return driven.isLocal
    ? `Driven by another program (process ${driven.pid})`
    : 'Driven by a program on another machine or in a container. If that is gone, take the run over.';
}
