import type { GraphNode, GraphPicture } from '../../core/projections/graphPicture.ts';
import { layoutGraph, type GraphLayout, type LayoutStep } from './layout.ts';
import { marginOf, type Size } from './viewport.ts';

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

/**
 * Lays out pictures for the pane: from left to right, where that is too narrow downwards, and where
 * steps side by side would become too small in single file. Anew only when steps, edges or pane
 * differ: states move nothing.
 */
export class LayoutCache {
  #key = '';
  #layout: GraphLayout | undefined;

  layoutOf(picture: GraphPicture, pane: Size): GraphLayout {
    const room = pane.width < NARROW ? pane.width - 2 * marginOf(pane) : undefined;
    const key = JSON.stringify([
      room,
      picture.nodes.map((node) => [node.id, node.needs, heightOf(node, CARD_WIDTH)]),
    ]);
    if (this.#layout === undefined || key !== this.#key) {
      this.#key = key;
      this.#layout = arrange(picture.nodes, room);
    }
    return this.#layout;
  }
}

/** @param room px of a narrow pane */
function arrange(nodes: readonly GraphNode[], room: number | undefined): GraphLayout {
  if (room === undefined) {
    return layoutGraph(stepsOf(nodes, CARD_WIDTH), { direction: 'right' });
  }
  const layered = layoutGraph(stepsOf(nodes, CARD_WIDTH), { direction: 'down' });
  if (layered.width * SMALLEST_SIDE_BY_SIDE <= room && !isChain(layered)) {
    return layered;
  }
  const width = Math.min(WIDEST, Math.max(NARROWEST, room - LANES));
  return layoutGraph(stepsOf(nodes, width), { direction: 'down', singleFile: true });
}

/** One step a layer: in single file the cards have the whole width. */
function isChain(layout: GraphLayout): boolean {
  return layout.boxes.every(({ rank }) => rank === 0);
}

function stepsOf(nodes: readonly GraphNode[], width: number): readonly LayoutStep[] {
  return nodes.map((node) => ({
    id: node.id,
    needs: node.needs,
    width,
    height: heightOf(node, width),
  }));
}

/** Of a gate by the lines its question is expected to take; there is room for one line more. */
function heightOf({ kind, subtitle }: GraphNode, width: number): number {
  if (kind !== 'gate') {
    return CARD_HEIGHT;
  }
  const [one, two, three] = GATE_HEIGHT;
  const lines = (subtitle.length * CHARACTER) / (width - BESIDE_TEXT);
  // Words do not fill their lines to the end.
  return lines <= 1 ? one : lines <= 1.8 ? two : three;
}
