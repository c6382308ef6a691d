import { oneLine } from '../base/text.ts';
import type { RunPlan } from '../domain/workflow.ts';

/**
 * That nobody chose which of two workflows a run is: `one of two ways that are compared: build and build-alone (50 % of
 * the runs)`. Of runs of a comparison it is as true as of those that a share drew. `undefined`: somebody chose.
 */
export function drawnText({ drawn }: Pick<RunPlan, 'drawn'>): string | undefined {
  if (drawn === undefined) {
    return undefined;
  }
  const { asked, other, share } = drawn;
  return `one of two ways that are compared: ${oneLine(asked)} and ${oneLine(other)} (${shareText(share)} of the runs)`;
}

function shareText(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
