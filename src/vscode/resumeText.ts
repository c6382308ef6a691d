import type { RunState } from '../core/domain/runState.ts';
import type { RunPlan } from '../core/domain/workflow.ts';
import { previewText, resumePreview } from '../core/projections/resumePreview.ts';
import { doneCount } from '../core/projections/taskRows.ts';

/** False when going on with the run would make nothing. */
export function hasWorkLeft(plan: RunPlan, state: RunState): boolean {
  const { goesOn, again, look, run } = resumePreview(plan, state);
  const left = [...goesOn, ...again, ...look, ...run].length;
  return state.phase.kind !== 'cancelling' && left > 0;
}

/** `4 of 6 done, 1 needs a look. Resuming keeps 4, runs 1, asks 1 gate.` */
export function resumeText(plan: RunPlan, state: RunState): string {
  if (state.phase.kind === 'cancelling') {
    return `${doneCount(state)}. It was being cancelled; resuming ends it.`;
  }
  const preview = resumePreview(plan, state);
  const { length } = preview.look;
  const looks = length === 0 ? '' : length === 1 ? ', 1 needs a look' : `, ${length} need a look`;
  return `${doneCount(state)}${looks}. Resuming ${previewText({ ...preview, look: [] })}.`;
}
