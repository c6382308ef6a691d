import type { GraphNode } from '../../../core/projections/graphPicture.ts';
import { standingOf, stateLabel } from '../labels.ts';

/**
 * The tasks a text finds, in the order written: every word of it must stand in the task's id, its agent or question,
 * its state, or the name of a phase or nested workflow around it. Capitals make no difference.
 */
export function tasksLike(nodes: readonly GraphNode[], text: string, ran: boolean): string[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) {
    return [];
  }
  return nodes
    .filter((node) => {
      const told = tellingOf(node, ran);
      return words.every((word) => told.includes(word));
    })
    .map(({ id }) => id);
}

function tellingOf(node: GraphNode, ran: boolean): string {
  const { id, subtitle, kind, groups, lane, state } = node;
  const states = ran ? [stateLabel(kind, standingOf(node)), state] : [];
  return [id, subtitle, kind, ...groups, lane?.label ?? '', ...states].join('\n').toLowerCase();
}
