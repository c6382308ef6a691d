import { element, setAttribute } from '../shared/dom.ts';
import { Bands } from './bands.ts';
import { Card, type CardActions, type ItemCard } from './card.ts';
import { around, common, meets, regionFor, rounded, stillDoes } from './culling.ts';
import { edgeLook, edgeProgress, sideLook } from './edgeLooks.ts';
import { edgePath, type EdgePath } from './edgePaths.ts';
import { Edges } from './edges.ts';
import { FoldCard } from './foldCard.ts';
import type { Box, GraphLayout } from './layout.ts';
import type { Model } from './model.ts';
import { Overview, type OverviewItem } from './overview/overview.ts';
import type { Palette } from './colours.ts';
import { linkKey } from './scene/lift.ts';
import type { FoldItem, Scene, SceneGroup, SceneItem } from './scene/scene.ts';
import { Tallies } from './scene/tallies.ts';
import type { Area, Size, Viewport } from './viewport.ts';

export interface StageActions extends CardActions {
  unfold(item: FoldItem): void;
  fold(group: SceneGroup): void;
}

/** Cards at once in the document; where more are in sight, the overview is painted instead. */
const MOST_CARDS = 160;
/** Milliseconds after which the edges of an overview catch up with its cards. */
const EDGES_LATER = 1000;

const NOWHERE: Area = { x: 0, y: 0, width: 0, height: 0 };

interface Edge {
  readonly path: EdgePath;
  readonly isCritical: boolean;
}

/**
 * What is drawn of the graph. T1: in the document are the cards, bands and edges in sight, with a margin, and the
 * pinned card, which Tab leads to; all else is numbers. T2: a change of states costs what is in sight of it.
 */
export class Stage {
  readonly element = element('div', 'stage');
  readonly list = element('ul', 'cards');
  readonly #actions: StageActions;
  readonly #model: Model;
  readonly #palette: () => Palette;
  readonly #now: () => number;
  readonly #bands: Bands;
  readonly #edges = new Edges();
  readonly #overview = new Overview();
  readonly #cards = new Map<string, ItemCard>();
  #scene: Scene | undefined;
  #layout: GraphLayout | undefined;
  #tallies: Tallies | undefined;
  #boxes: ReadonlyMap<string, Box> = new Map();
  #bandBoxes: ReadonlyMap<string, Box> = new Map();
  #allEdges: readonly Edge[] = [];
  #shownEdges: readonly Edge[] = [];
  #region: Area | undefined;
  #scale = 1;
  #paintedAt = 0;
  #isOverview = false;
  #pinned: string | undefined;
  #hot: string | undefined;
  #selected: string | undefined;
  #matches: ReadonlySet<string> = new Set();
  #at: string | undefined;
  #edgesDue: ReturnType<typeof setTimeout> | undefined;

  constructor(model: Model, actions: StageActions, palette: () => Palette, now: () => number) {
    this.#model = model;
    this.#actions = actions;
    this.#palette = palette;
    this.#now = now;
    this.#bands = new Bands((group) => actions.fold(group));
    this.#overview.clear();
    this.element.append(
      this.#bands.element,
      this.#edges.still,
      this.#edges.moving,
      this.#overview.element,
      this.list,
    );
  }

  get layout(): GraphLayout | undefined {
    return this.#layout;
  }

  get scene(): Scene | undefined {
    return this.#scene;
  }

  boxOf(item: string): Box | undefined {
    return this.#boxes.get(item);
  }

  /** @param layout of this scene */
  setScene(scene: Scene, layout: GraphLayout): void {
    this.#scene = scene;
    this.#layout = layout;
    this.#tallies = new Tallies(this.#model, scene);
    this.#boxes = new Map(layout.boxes.map((box) => [box.id, box]));
    this.#bandBoxes = new Map(layout.bands.map((box) => [box.id, box]));
    const critical = new Set(
      scene.edges.flatMap(({ from, to, isCritical }) => (isCritical ? linkKey(from, to) : [])),
    );
    this.#allEdges = layout.routes.map((route) => ({
      path: edgePath(route, layout.direction),
      isCritical: critical.has(linkKey(route.from, route.to)),
    }));
    for (const [id, card] of this.#cards) {
      if (isOther(card, scene.itemById.get(id), this.#model.node(id)?.kind)) {
        this.#drop(id, card);
      } else {
        // It stays, and its task may stand otherwise than when it was drawn.
        this.#updateCard(id);
      }
    }
    this.#region = undefined;
  }

  /** Draws what the view shows, if what is drawn does not do. */
  show(view: Viewport, pane: Size): void {
    const isSharp = !this.#isOverview || Math.abs(Math.log(view.scale / this.#paintedAt)) < 0.2;
    if (this.#region !== undefined && isSharp && stillDoes(this.#region, view, pane)) {
      return;
    }
    this.#region = regionFor(view, pane);
    this.#scale = view.scale;
    this.#drawRegion();
  }

  /** States of tasks are others. */
  changed(tasks: readonly string[]): void {
    const stale = this.#tallies?.changed(tasks) ?? new Set<string>();
    if (this.#region === undefined) {
      return;
    }
    for (const id of stale) {
      this.#updateCard(id);
    }
    this.#drawBands();
    if (!this.#isOverview) {
      this.#drawEdges();
      return;
    }
    const items = [...stale].flatMap((id) => this.#overviewItem(id) ?? []);
    this.#overview.repaint(items, this.#palette(), this.#scale);
    if (this.#edgesDue === undefined) {
      this.#edgesDue = setTimeout(() => {
        this.#edgesDue = undefined;
        this.#drawEdges();
      }, EDGES_LATER);
    }
  }

  tick(now: number): void {
    for (const card of this.#cards.values()) {
      card.tick(now);
    }
    if (!this.#isOverview && this.#region !== undefined) {
      this.#drawEdges();
    }
  }

  /** Colours are others. */
  repaint(): void {
    if (this.#isOverview) {
      this.#drawRegion();
    }
  }

  /** @param pinned the card that Tab leads to, in the document wherever it lies */
  pin(pinned: string | undefined): void {
    const before = this.#pinned === undefined ? undefined : this.#cards.get(this.#pinned);
    if (before !== undefined && this.#pinned !== pinned) {
      before.opener.tabIndex = -1;
    }
    this.#pinned = pinned;
    const card = pinned === undefined ? undefined : this.#ensure(pinned);
    if (card !== undefined) {
      card.opener.tabIndex = 0;
    }
  }

  openerOf(item: string): HTMLButtonElement | undefined {
    return this.#cards.get(item)?.opener;
  }

  /** The button of a band in sight. */
  folderOf(group: string): HTMLButtonElement | undefined {
    return this.#bands.folderOf(group);
  }

  /** The item at a point of the graph becomes a card while the overview is painted. @returns it */
  touch(x: number, y: number): string | undefined {
    if (!this.#isOverview) {
      return undefined;
    }
    const point = { x, y, width: 0.1, height: 0.1 };
    const hit = this.#layout?.boxes.find((box) => meets(box, point))?.id;
    const before = this.#hot;
    this.#hot = hit;
    if (before !== undefined && before !== hit && before !== this.#pinned) {
      const card = this.#cards.get(before);
      if (card !== undefined) {
        this.#drop(before, card);
      }
    }
    if (hit !== undefined) {
      this.#ensure(hit);
    }
    return hit;
  }

  /** @param at of those that match, the one gone to */
  mark(selected: string | undefined, matches: ReadonlySet<string>, at: string | undefined): void {
    const isSame =
      selected === this.#selected &&
      at === this.#at &&
      matches.size === this.#matches.size &&
      [...matches].every((id) => this.#matches.has(id));
    if (isSame) {
      return;
    }
    this.#at = at;
    this.#selected = selected;
    this.#matches = matches;
    for (const [id, card] of this.#cards) {
      this.#markCard(id, card);
    }
    this.repaint();
  }

  /** Brings out the edges of one item, with those of the bands it lies in, or of none. */
  highlight(item: string | undefined): void {
    const scene = this.#scene;
    const ends = new Set<string>();
    for (let at = item; at !== undefined; at = scene?.parentOf.get(at)) {
      ends.add(at);
    }
    this.#edges.highlight(
      ends.size === 0
        ? []
        : this.#shownEdges.flatMap(({ path }) =>
            ends.has(path.from) || ends.has(path.to) ? path : [],
          ),
    );
  }

  #drawRegion(): void {
    const [scene, region, layout] = [this.#scene, this.#region, this.#layout];
    if (scene === undefined || region === undefined || layout === undefined) {
      return;
    }
    const inSight = layout.boxes.filter((box) => meets(box, region));
    this.#isOverview = inSight.length > MOST_CARDS;
    this.#shownEdges = this.#allEdges.filter(({ path }) => meets(path.bounds, region));
    const wanted = new Set(this.#isOverview ? [] : inSight.map(({ id }) => id));
    for (const id of [this.#pinned, this.#hot]) {
      if (id !== undefined && scene.itemById.has(id)) {
        wanted.add(id);
      }
    }
    const focused = document.activeElement?.closest<HTMLElement>('.card')?.dataset['item'];
    if (focused !== undefined && this.#cards.has(focused)) {
      wanted.add(focused);
    }
    for (const [id, card] of this.#cards) {
      if (!wanted.has(id)) {
        this.#drop(id, card);
      }
    }
    this.#arrangeCards(layout.boxes.filter(({ id }) => wanted.has(id)));
    this.#drawBands();
    this.#drawEdges();
  }

  /** In the document they stand in the order written. */
  #arrangeCards(boxes: readonly Box[]): void {
    let previous: Element | null = null;
    for (const box of boxes) {
      const card = this.#cards.get(box.id) ?? this.#make(box.id);
      if (card === undefined) {
        continue;
      }
      card.place(box);
      const next: Element | null =
        previous === null ? this.list.firstElementChild : previous.nextElementSibling;
      if (next !== card.element) {
        this.list.insertBefore(card.element, next);
      }
      previous = card.element;
    }
  }

  #drawBands(): void {
    if (this.#scene !== undefined && this.#region !== undefined) {
      const tallies = this.#tallies;
      const none = this.#model.tally([]);
      const ran = this.#model.picture?.run !== undefined;
      const tallyOf = (id: string) => tallies?.of(id) ?? none;
      this.#bands.draw(this.#scene, this.#bandBoxes, this.#region, tallyOf, ran);
    }
  }

  #drawEdges(): void {
    const [layout, tallies, region] = [this.#layout, this.#tallies, this.#region];
    if (layout === undefined || tallies === undefined || region === undefined) {
      return;
    }
    if (this.#isOverview) {
      this.#edges.draw(NOWHERE, []);
      this.#paintOverview(region, layout);
      return;
    }
    this.#overview.clear();
    const ran = this.#model.picture?.run !== undefined;
    const now = this.#now();
    const shown = this.#shownEdges.map(({ path, isCritical }) => {
      if (!ran) {
        return { path, isCritical, look: 'idle' as const, progress: 0 };
      }
      const [from, to] = [tallies.of(path.from), tallies.of(path.to)];
      if (path.isSide) {
        return { path, isCritical, look: sideLook(to), progress: 0 };
      }
      const node = this.#model.node(path.from);
      const running =
        node?.runningSince === undefined
          ? undefined
          : { since: node.runningSince, estimateMs: node.estimateMs };
      const progress = edgeProgress(from, running, now);
      return { path, isCritical, look: edgeLook(from, to), progress };
    });
    this.#edges.draw(rounded(region), shown);
  }

  #paintOverview(region: Area, layout: GraphLayout): void {
    this.#paintedAt = this.#scale;
    const items = layout.boxes
      .filter((box) => meets(box, region))
      .flatMap(({ id }) => this.#overviewItem(id) ?? []);
    const edges = this.#shownEdges.map(({ path }) => path);
    // Nothing is painted where nothing lies.
    const whole = around([
      { x: 0, y: 0 },
      { x: layout.width, y: layout.height },
    ]);
    this.#overview.draw(common(region, whole), this.#scale, items, edges, this.#palette());
  }

  #overviewItem(id: string): OverviewItem | undefined {
    const [item, box] = [this.#scene?.itemById.get(id), this.#boxes.get(id)];
    const tally = this.#tallies?.of(id);
    if (item === undefined || box === undefined || tally === undefined) {
      return undefined;
    }
    const mark =
      id === this.#selected || id === this.#at
        ? 'selected'
        : this.#matches.has(id)
          ? ('match' as const)
          : undefined;
    const name = item.kind === 'task' ? item.id : `${item.label} ×${tally.total}`;
    const node = item.kind === 'task' ? this.#model.node(item.id) : undefined;
    return { box, name, node, tally, mark };
  }

  /** The item's card, in the document. */
  #ensure(id: string): ItemCard | undefined {
    const box = this.#boxes.get(id);
    const known = this.#cards.get(id);
    if (known !== undefined || box === undefined) {
      return known;
    }
    const card = this.#make(id);
    card?.place(box);
    if (card !== undefined) {
      // Where it stays: a card that is put elsewhere in the document loses the focus.
      const boxes = this.#layout?.boxes ?? [];
      const after = boxes.slice(boxes.indexOf(box) + 1);
      const next = after.find((one) => this.#cards.get(one.id)?.element.isConnected);
      this.list.insertBefore(
        card.element,
        next === undefined ? null : (this.#cards.get(next.id)?.element ?? null),
      );
    }
    return card;
  }

  #make(id: string): ItemCard | undefined {
    const item = this.#scene?.itemById.get(id);
    const node = this.#model.node(id);
    const card =
      item?.kind === 'fold'
        ? new FoldCard(item, () => this.#actions.unfold(item))
        : node === undefined
          ? undefined
          : new Card(node, this.#actions);
    if (card !== undefined) {
      this.#cards.set(id, card);
      this.#updateCard(id);
      this.#markCard(id, card);
      card.opener.tabIndex = id === this.#pinned ? 0 : -1;
    }
    return card;
  }

  #updateCard(id: string): void {
    const [card, item] = [this.#cards.get(id), this.#scene?.itemById.get(id)];
    const picture = this.#model.picture;
    const ran = picture?.run !== undefined;
    const tallies = this.#tallies;
    if (card instanceof FoldCard && item?.kind === 'fold' && tallies !== undefined) {
      card.update(item, tallies.of(id), ran, this.#model.marksCritical);
    } else if (card instanceof Card) {
      const node = this.#model.node(id);
      if (node !== undefined) {
        card.update(node, ran, this.#model.marksCritical, this.#now());
      }
    }
  }

  #markCard(id: string, { element: card }: ItemCard): void {
    setAttribute(card, 'data-selected', id === this.#selected ? '' : undefined);
    const match = id === this.#at ? 'at' : this.#matches.has(id) ? 'one' : undefined;
    setAttribute(card, 'data-match', match);
  }

  #drop(id: string, card: ItemCard): void {
    card.element.remove();
    this.#cards.delete(id);
  }
}

/** A card made for a task of another kind, or for a fold, which opens to what the scene said then. */
function isOther(card: ItemCard, item: SceneItem | undefined, kind: string | undefined): boolean {
  return card instanceof Card ? item?.kind !== 'task' || card.node.kind !== kind : true;
}
