import type { Box, GraphLayout, Point, Route } from '../layout.ts';

// Fixes stand beside what they mend: the layout knows one box for a task and its fixes, and here it is parted again.
//
// S1  What is parted stays within the box that was laid out, so that nothing overlaps.

/** A fix of a laid out task, behind what it goes on from. */
export interface BesideItem {
  readonly id: string;
  /** The task, or another fix of it. */
  readonly parent: string;
  /** 1 right below the task. */
  readonly depth: number;
  /** Px. */
  readonly height: number;
}

/**
 * `below`: the task's card stands over its fixes. `listed`: so too, and past them its edge leads down. `aside`: to the
 * left of them.
 */
export type BesideMode = 'below' | 'listed' | 'aside';

interface Extent {
  readonly width: number;
  readonly height: number;
}

/** Px between cards that stand over each other. */
const GAP = 10;
/** Px that a fix of a fix stands further in; deeper ones do not. */
const INDENTS: Readonly<Record<BesideMode, number>> = { below: 18, listed: 30, aside: 18 };
const DEEPEST = 3;
/** Px from the corner of a card to where the line to its fixes begins. */
const PORT = 10;
/** Px right of fixes, where the lines lead back. */
const GUTTER = 14;
/** Px between a card and fixes aside of it, and how wide these are. */
const ASIDE = 36;
const ASIDE_WIDTH = 196;
/** Px between a line to a fix and the one back, and of what leads straight into a card. */
const APART = 12;

/** What a card takes together with its fixes. */
export function extentWith(card: Extent, fixes: readonly BesideItem[], mode: BesideMode): Extent {
  if (fixes.length === 0) {
    return card;
  }
  const stack = fixes.reduce((sum, { height }) => sum + height + GAP, 0);
  return mode !== 'aside'
    ? { width: card.width, height: card.height + stack }
    : {
        width: card.width + ASIDE + ASIDE_WIDTH + INDENTS[mode] * (deepestOf(fixes) - 1),
        height: Math.max(card.height, stack - GAP),
      };
}

/**
 * Parts the boxes of tasks that have fixes.
 * @param fixesOf a box that was laid out by `extentWith`
 * @param cardOf the size of the task's own card
 */
export function partBoxes(
  layout: GraphLayout,
  fixesOf: (id: string) => readonly BesideItem[],
  cardOf: (id: string) => Extent,
  mode: BesideMode,
): GraphLayout {
  const cards = new Map<string, Box>();
  const sides: Route[] = [];
  const boxes = layout.boxes.flatMap((box) => {
    const fixes = fixesOf(box.id);
    if (fixes.length === 0) {
      return [box];
    }
    const card = { ...box, ...cardOf(box.id) };
    const placed = placedFixes(card, fixes, mode);
    cards.set(box.id, card);
    sides.push(...routesOf(card, fixes, placed, mode));
    return [card, ...placed.values()];
  });
  if (cards.size === 0) {
    return layout;
  }
  const routes = layout.routes.map((route) => tied(route, cards, layout));
  return { ...layout, boxes, routes: [...routes, ...sides] };
}

function deepestOf(fixes: readonly BesideItem[]): number {
  return fixes.reduce((most, { depth }) => Math.max(most, Math.min(depth, DEEPEST)), 1);
}

function placedFixes(
  card: Box,
  fixes: readonly BesideItem[],
  mode: BesideMode,
): ReadonlyMap<string, Box> {
  const placed = new Map<string, Box>();
  let y = mode !== 'aside' ? card.y + card.height + GAP : card.y;
  for (const { id, depth, height } of fixes) {
    const level = Math.max(1, Math.min(depth, DEEPEST));
    const indent = INDENTS[mode];
    const left = mode !== 'aside' ? indent * level : card.width + ASIDE + indent * (level - 1);
    const width = mode !== 'aside' ? card.width - left - GUTTER : ASIDE_WIDTH;
    placed.set(id, { ...card, id, x: card.x + left, y, width, height });
    y += height + GAP;
  }
  return placed;
}

/** To each fix from what it goes on from, and back to the task, which is proved with it. */
function routesOf(
  card: Box,
  fixes: readonly BesideItem[],
  placed: ReadonlyMap<string, Box>,
  mode: BesideMode,
): Route[] {
  return fixes.flatMap(({ id, parent }): Route[] => {
    const fix = placed.get(id);
    if (fix === undefined) {
      return [];
    }
    const from = placed.get(parent) ?? card;
    const isAside = mode === 'aside' && from === card;
    const there = isAside ? besideCard(card, fix) : downInto(from, fix);
    const back = mode === 'aside' ? backLeft(card, fix) : backUp(card, fix);
    return [
      { from: from.id, to: id, points: there, side: 'fix' },
      { from: id, to: card.id, points: back, side: 'back' },
    ];
  });
}

function downInto(from: Box, fix: Box): Point[] {
  const x = from.x + PORT;
  const y = middleOf(fix);
  return [
    { x, y: from.y + from.height },
    { x, y },
    { x: fix.x, y },
  ];
}

function backUp(card: Box, fix: Box): Point[] {
  const x = card.x + card.width - GUTTER / 2;
  const y = middleOf(fix);
  return [
    { x: fix.x + fix.width, y },
    { x, y },
    { x, y: card.y + card.height },
  ];
}

function besideCard(card: Box, fix: Box): Point[] {
  const right = card.x + card.width;
  const x = right + ASIDE / 3;
  const [from, to] = [card.y + APART * 1.5, middleOf(fix) - APART / 2];
  return [
    { x: right, y: from },
    { x, y: from },
    { x, y: to },
    { x: fix.x, y: to },
  ];
}

function backLeft(card: Box, fix: Box): Point[] {
  const right = card.x + card.width;
  const x = right + (2 * ASIDE) / 3;
  const [from, to] = [middleOf(fix) + APART / 2, card.y + APART * 3.5];
  return [
    { x: fix.x, y: from },
    { x, y: from },
    { x, y: to },
    { x: right, y: to },
  ];
}

function middleOf({ y, height }: Box): number {
  return y + height / 2;
}

/** An edge leads from and to the card, not to what stands beside it. */
function tied(route: Route, cards: ReadonlyMap<string, Box>, layout: GraphLayout): Route {
  const [from, to] = [cards.get(route.from), cards.get(route.to)];
  if (from === undefined && to === undefined) {
    return route;
  }
  const points = [...route.points];
  const last = points.length - 1;
  const [start, tip] = [points[0], points[last]];
  if (start === undefined || tip === undefined) {
    return route;
  }
  const isRight = layout.direction === 'right';
  if (from !== undefined) {
    const across = isRight ? { y: middleOf(from) } : {};
    const along = isRight ? {} : { y: from.y + from.height };
    const centred = isRight || layout.isSingleFile ? {} : { x: from.x + from.width / 2 };
    points[0] = { ...start, ...across, ...along, ...centred };
  }
  if (to !== undefined) {
    const across = isRight ? { y: middleOf(to) } : {};
    const centred = isRight || layout.isSingleFile ? {} : { x: to.x + to.width / 2 };
    points[last] = { ...tip, ...across, ...centred };
  }
  return { ...route, points };
}
