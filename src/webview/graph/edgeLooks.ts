import type { Tally } from './scene/tally.ts';

/** Back to front. */
export const EDGE_LOOKS = ['idle', 'off', 'done', 'waiting', 'active', 'side', 'mending'] as const;
export type EdgeLook = (typeof EDGE_LOOKS)[number];

/** How an edge stands between what it leads from and what it leads to. */
export function edgeLook(from: Tally, to: Tally): EdgeLook {
  const { counts } = to;
  if (counts.running > 0) {
    return 'active';
  }
  if (counts.waiting + counts.asking + counts.unknown > 0) {
    return 'waiting';
  }
  if (to.total > 0 && counts.skipped + counts.cancelled === to.total) {
    return 'off';
  }
  return from.total > 0 && from.done === from.total ? 'done' : 'idle';
}

/** How a line to a fix or back stands: `mending` while what it leads to is at work, or asks. */
export function sideLook(to: Tally): EdgeLook {
  const { running, asking, waiting } = to.counts;
  return running + asking + waiting > 0 ? 'mending' : 'side';
}

/** Of what an edge leads from, the share that is done: 0 to 1. A task that runs longer than expected is never done. */
export function edgeProgress(
  from: Tally,
  running: { readonly since: number; readonly estimateMs: number } | undefined,
  now: number,
): number {
  if (running !== undefined) {
    return running.estimateMs > 0
      ? Math.min(0.95, Math.max(0, now - running.since) / running.estimateMs)
      : 0;
  }
  return from.total === 0 ? 0 : from.done / from.total;
}
