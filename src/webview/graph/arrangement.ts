import { layoutNested, INSET, type NestedItem, type NestedPart } from './layout/compound.ts';
import { extentWith, partBoxes, type BesideItem, type BesideMode } from './layout/beside.ts';
import type { GraphLayout } from './layout.ts';
import type { Scene } from './scene/scene.ts';
import { marginOf, type Size } from './viewport.ts';

/** Where edges lead: as the pane has room for, or as a person wants. */
export type Flow = 'auto' | 'right' | 'down';

/** Px of a card. A gate has up to three lines for its question, and a row for its answers. */
const CARD_WIDTH = 228;
const CARD_HEIGHT = 76;
const GATE_HEIGHT: readonly [number, number, number] = [96, 112, 124];
/** Of the card of a fix, which is narrower too. */
const FIX_HEIGHT = 54;
/** Px of a card that its text has not, and of a character of a question. */
const BESIDE_TEXT = 55;
const CHARACTER = 5.9;
/** Of cards that stand in single file, which are as wide as the pane allows. */
const WIDEST = 340;
const NARROWEST = 200;
/** Px kept for the lanes beside cards in single file. */
const LANES = 28;
/** Below this width edges lead down. */
const NARROW = 600;
/** Side by side only while cards stay at least this large; else in single file. */
const SMALLEST_SIDE_BY_SIDE = 0.8;

/** All that a layout depends on; plain data, so that it can be sent to another thread. */
export interface ArrangeRequest {
  readonly items: readonly (NestedPart & {
    /** Characters of a gate's question; `undefined`: no gate. */
    readonly question: number | undefined;
    /** What mends it, and stands beside it. Left out: nothing. */
    readonly fixes?: readonly BesideItem[] | undefined;
  })[];
  readonly bands: readonly NestedPart[];
  /** Px of a narrow pane. */
  readonly room: number | undefined;
  readonly flow: Flow;
}

/** @param questionOf characters of what a gate asks; `undefined`: the item is no gate */
export function requestFor(
  scene: Scene,
  questionOf: (item: string) => number | undefined,
  pane: Size,
  flow: Flow,
): ArrangeRequest {
  const needs = new Map<string, string[]>();
  for (const { from, to } of scene.edges) {
    const own = needs.get(to);
    if (own === undefined) {
      needs.set(to, [from]);
    } else {
      own.push(from);
    }
  }
  const part = ({ id }: { readonly id: string }): NestedPart => ({
    id,
    parent: scene.parentOf.get(id),
    needs: needs.get(id) ?? [],
  });
  const beside = new Set(scene.fixes.map(({ item }) => item));
  const fixes = new Map<string, BesideItem[]>();
  for (const { item: id, parent, task, depth } of scene.fixes) {
    const height = questionOf(id) === undefined ? FIX_HEIGHT : GATE_HEIGHT[0];
    const fix = { id, parent, depth, height };
    fixes.set(task, [...(fixes.get(task) ?? []), fix]);
  }
  return {
    items: scene.items.flatMap((item) => {
      const known = { ...part(item), question: questionOf(item.id) };
      const own = fixes.get(item.id);
      return beside.has(item.id) ? [] : [own === undefined ? known : { ...known, fixes: own }];
    }),
    bands: scene.groups.map(part),
    room: pane.width < NARROW ? pane.width - 2 * marginOf(pane) : undefined,
    flow,
  };
}

/**
 * Lays out a scene: from left to right, where the pane is too narrow downwards, and where steps side by side would
 * become too small in single file. The same request gives the same layout.
 */
export function arrange(request: ArrangeRequest): GraphLayout {
  const { bands, room, flow } = request;
  const direction = flow === 'auto' ? (room === undefined ? 'right' : 'down') : flow;
  const mode = direction === 'right' ? 'below' : 'aside';
  const layered = layoutNested(itemsOf(request, CARD_WIDTH, mode), bands, { direction });
  if (room === undefined || direction === 'right') {
    return parted(layered, request, CARD_WIDTH, mode);
  }
  if (layered.width * SMALLEST_SIDE_BY_SIDE <= room && !isChain(layered)) {
    return parted(layered, request, CARD_WIDTH, mode);
  }
  const beside = LANES + 2 * INSET.side * depthOf(bands);
  const width = Math.min(WIDEST, Math.max(NARROWEST, room - beside));
  const items = itemsOf(request, width, 'listed');
  const single = layoutNested(items, bands, { direction: 'down', singleFile: true });
  return parted(single, request, width, 'listed');
}

/** With each fix in its own place. */
function parted(
  layout: GraphLayout,
  { items }: ArrangeRequest,
  width: number,
  mode: BesideMode,
): GraphLayout {
  const mended = new Map(
    items.flatMap((item) => (item.fixes === undefined ? [] : [[item.id, item]])),
  );
  return mended.size === 0
    ? layout
    : partBoxes(
        layout,
        (id) => mended.get(id)?.fixes ?? [],
        (id) => ({ width, height: heightOf(mended.get(id)?.question, width) }),
        mode,
      );
}

/** One step a layer: in single file the cards have the whole width. */
function isChain({ boxes, bands }: GraphLayout): boolean {
  return [...boxes, ...bands].every(({ rank }) => rank === 0);
}

/** Bands one inside the other. */
function depthOf(bands: readonly NestedPart[]): number {
  const depths = new Map<string, number>();
  for (const { id, parent } of bands) {
    depths.set(id, (parent === undefined ? 0 : (depths.get(parent) ?? 0)) + 1);
  }
  return Math.max(0, ...depths.values());
}

function itemsOf(
  { items }: ArrangeRequest,
  width: number,
  mode: BesideMode,
): readonly NestedItem[] {
  return items.map(({ id, parent, needs, question, fixes = [] }) => ({
    id,
    parent,
    needs,
    ...extentWith({ width, height: heightOf(question, width) }, fixes, mode),
  }));
}

function heightOf(question: number | undefined, width: number): number {
  return question === undefined ? CARD_HEIGHT : gateHeight(question, width);
}

/** By the lines a question is expected to take; there is room for one line more. */
function gateHeight(question: number, width: number): number {
  const [one, two, three] = GATE_HEIGHT;
  const lines = (question * CHARACTER) / (width - BESIDE_TEXT);
  // Words do not fill their lines to the end.
  return lines <= 1 ? one : lines <= 1.8 ? two : three;
}
