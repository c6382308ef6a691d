import { layoutNested, INSET, type NestedItem, type NestedPart } from './layout/compound.ts';
import type { GraphLayout } from './layout.ts';
import type { Scene } from './scene/scene.ts';
import { marginOf, type Size } from './viewport.ts';

/** Where edges lead: as the pane has room for, or as a person wants. */
export type Flow = 'auto' | 'right' | 'down';

/** Px of a card. A gate has up to three lines for its question, and a row for its answers. */
const CARD_WIDTH = 228;
const CARD_HEIGHT = 76;
const GATE_HEIGHT: readonly [number, number, number] = [96, 112, 124];
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
  return {
    items: scene.items.map((item) => ({ ...part(item), question: questionOf(item.id) })),
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
  const layered = layoutNested(itemsOf(request, CARD_WIDTH), bands, { direction });
  if (room === undefined || direction === 'right') {
    return layered;
  }
  if (layered.width * SMALLEST_SIDE_BY_SIDE <= room && !isChain(layered)) {
    return layered;
  }
  const beside = LANES + 2 * INSET.side * depthOf(bands);
  const width = Math.min(WIDEST, Math.max(NARROWEST, room - beside));
  return layoutNested(itemsOf(request, width), bands, { direction: 'down', singleFile: true });
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

function itemsOf({ items }: ArrangeRequest, width: number): readonly NestedItem[] {
  return items.map(({ id, parent, needs, question }) => ({
    id,
    parent,
    needs,
    width,
    height: question === undefined ? CARD_HEIGHT : gateHeight(question, width),
  }));
}

/** By the lines a question is expected to take; there is room for one line more. */
function gateHeight(question: number, width: number): number {
  const [one, two, three] = GATE_HEIGHT;
  const lines = (question * CHARACTER) / (width - BESIDE_TEXT);
  // Words do not fill their lines to the end.
  return lines <= 1 ? one : lines <= 1.8 ? two : three;
}
