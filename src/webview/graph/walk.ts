import type { Box, GraphLayout } from './layout.ts';

export type Arrow = 'left' | 'right' | 'up' | 'down';

/** Against the edges and with them. */
const ALONG = { right: ['left', 'right'], down: ['up', 'down'] } as const;

/** What leads from card to card, wherever they lie. */
export interface Links {
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly feeds: ReadonlyMap<string, readonly string[]>;
  /** The band a card lies in. */
  readonly parentOf: ReadonlyMap<string, string>;
}

/**
 * The card an arrow key leads to: along the edges to the nearest step that is needed or needs this
 * one, across them to the neighbour in its layer, and where there is none, to the nearest card in
 * that direction. In single file, up and down go card by card, left and right along the edges.
 * @returns `undefined` at the rim
 */
export function stepTo(
  layout: Pick<GraphLayout, 'boxes' | 'direction' | 'isSingleFile'>,
  links: Links,
  id: string,
  arrow: Arrow,
): string | undefined {
  const from = layout.boxes.find((box) => box.id === id);
  if (from === undefined) {
    return undefined;
  }
  const others = layout.boxes.filter((box) => box !== from);
  const isRight = layout.direction === 'right';
  const isForward = arrow === 'right' || arrow === 'down';
  const isAlong = isRight === (arrow === 'left' || arrow === 'right');
  const linked = new Set((isForward ? links.feeds : links.needs).get(id) ?? []);
  const isLinked = (box: Box): boolean => linked.has(box.id);
  if (layout.isSingleFile && !isAlong) {
    return nearest(from, others.filter(isLinked), ALONG[layout.direction][isForward ? 1 : 0])?.id;
  }
  const band = links.parentOf.get(id);
  const isBeside = (box: Box): boolean =>
    box.layer === from.layer && links.parentOf.get(box.id) === band;
  const preferred = layout.isSingleFile ? others : others.filter(isAlong ? isLinked : isBeside);
  return (nearest(from, preferred, arrow) ?? nearest(from, others, arrow))?.id;
}

/** Of the boxes that lie in a direction the closest; what is off the straight line counts double. */
function nearest(from: Box, boxes: readonly Box[], arrow: Arrow): Box | undefined {
  let best: Box | undefined;
  let least = Infinity;
  for (const box of boxes) {
    const dx = box.x + box.width / 2 - (from.x + from.width / 2);
    const dy = box.y + box.height / 2 - (from.y + from.height / 2);
    const isAcross = arrow === 'left' || arrow === 'right';
    const ahead = isAcross ? dx : dy;
    const aside = Math.abs(isAcross ? dy : dx);
    const isThere = arrow === 'left' || arrow === 'up' ? ahead < -0.5 : ahead > 0.5;
    const distance = Math.abs(ahead) + 2 * aside;
    if (isThere && distance < least) {
      least = distance;
      best = box;
    }
  }
  return best;
}
