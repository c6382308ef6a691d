import type { GraphNode, GraphNodeState } from '../../../core/projections/graphPicture.ts';

/** How many of some tasks stand how. */
export interface Tally {
  readonly total: number;
  readonly done: number;
  readonly counts: Readonly<Record<GraphNodeState, number>>;
  /** What of them is most worth knowing. */
  readonly state: GraphNodeState;
  readonly isCritical: boolean;
}

/** What is told first: what went wrong, then what waits for a person, then what goes on. */
const WORTH: readonly GraphNodeState[] = ['failed', 'unknown', 'asking', 'waiting', 'running'];
/** What is told of the rest where nothing of that is so, the least finished first. */
const CALM: readonly GraphNodeState[] = [
  'pending',
  'cancelled',
  'succeeded',
  'approved',
  'skipped',
];

const WORTH_OF_FIX: ReadonlySet<GraphNodeState> = new Set<GraphNodeState>([
  'running',
  'asking',
  'waiting',
  'unknown',
]);

function isStep({ mends }: GraphNode): boolean {
  return mends === undefined;
}

export function tallyOf(nodes: readonly GraphNode[]): Tally {
  const counts: Record<GraphNodeState, number> = {
    pending: 0,
    running: 0,
    asking: 0,
    waiting: 0,
    unknown: 0,
    succeeded: 0,
    approved: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
  };
  let isCritical = false;
  let total = 0;
  // A fix is no step: among steps, what goes on in it and whom it asks are all that counts of it.
  const steps = nodes.every(({ mends }) => mends !== undefined) ? undefined : isStep;
  for (const node of nodes) {
    const isCounted = steps === undefined || steps(node);
    counts[node.state] += isCounted || WORTH_OF_FIX.has(node.state) ? 1 : 0;
    total += isCounted ? 1 : 0;
    isCritical ||= node.isCritical;
  }
  const state = [...WORTH, ...CALM].find((one) => counts[one] > 0) ?? 'pending';
  return {
    total,
    done: counts.succeeded + counts.approved,
    counts,
    state,
    isCritical,
  };
}

const TOLD: readonly (readonly [GraphNodeState, string])[] = [
  ['running', 'running'],
  ['waiting', 'waiting'],
  ['asking', 'asking you'],
  ['unknown', 'to look at'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['cancelled', 'cancelled'],
];

/** `57 lanes · 12 done · 3 running · 1 failed`. @param one `lane`, `task`, `more lane` @param ran false: states tell nothing */
export function tallyText(tally: Tally, one: string, ran: boolean): string {
  const parts = [`${tally.total} ${one}${tally.total === 1 ? '' : 's'}`];
  if (ran) {
    if (tally.done > 0) {
      parts.push(`${tally.done} done`);
    }
    for (const [state, word] of TOLD) {
      if (tally.counts[state] > 0) {
        parts.push(`${tally.counts[state]} ${word}`);
      }
    }
  }
  return parts.join(' · ');
}
