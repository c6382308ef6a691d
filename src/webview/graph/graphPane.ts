import { element, setAttribute, setText } from '../shared/dom.ts';
import { cornerAfter, cornerOf } from './anchors.ts';
import { requestFor, type Flow } from './arrangement.ts';
import type { CardActions } from './card.ts';
import { isByKey, itemAt } from './cardAt.ts';
import { inSight } from './culling.ts';
import { SearchBar } from './find/searchBar.ts';
import { tasksLike } from './find/search.ts';
import type { Place } from './keyboard.ts';
import { KEYS_HELP, NOTHING_YET, NO_STEPS } from './words.ts';
import type { Direction, GraphLayout } from './layout.ts';
import { Layouts } from './layouts.ts';
import type { Change, Model } from './model.ts';
import { Minimap } from './overview/minimap.ts';
import type { Palette } from './colours.ts';
import { sceneOf } from './scene/build.ts';
import { foldsShowing } from './scene/foldsShowing.ts';
import { CLOSED, type Folds, type FoldItem, type Scene, type SceneGroup } from './scene/scene.ts';
import { Stage } from './stage.ts';
import { View, type Kept } from './view.ts';
import type { Size, ViewMode, Viewport } from './viewport.ts';
import { stepTo, type Arrow } from './walk.ts';

export interface PaneHost extends CardActions {
  /** The view, the folds or the flow are others. */
  changed(): void;
  palette(): Palette;
  now(): number;
  /** Where the program of the layout thread is; `undefined`: there is none. */
  readonly layoutScript: string | undefined;
}

/** A small graph is seen whole: nothing is gained by a smaller one beside it. */
const MINIMAP_FROM = 60;
/** Scale from which on a card's texts are all there. */
const READABLE = 0.75;
/** Px of a pane in which it would hide too much. */
const MINIMAP_ROOM = 480;

/**
 * The pane with the graph: folds, layout, view, search and the keys that walk it. G1: the scene that is drawn and the
 * layout it is drawn by belong together; a scene waits until its layout is there.
 */
export class GraphPane {
  readonly element = element('main', 'pane');
  readonly search: SearchBar;
  readonly #model: Model;
  readonly #host: PaneHost;
  readonly #stage: Stage;
  readonly #view: View;
  readonly #minimap: Minimap;
  readonly #layouts: Layouts;
  readonly #empty = element('p', 'empty', NOTHING_YET);
  #folds: Folds = new Map();
  #flow: Flow = 'auto';
  #mode: ViewMode = 'auto';
  /** Waits for its layout. */
  #next: { readonly scene: Scene; readonly anchor: string | undefined } | undefined;
  #room: Size = { width: 0, height: 0 };
  #roomKey = '';
  #current: string | undefined;
  #hovered: string | undefined;
  #selected: string | undefined;
  #found: readonly string[] = [];
  /** Of those found, the one gone to. */
  #at: string | undefined;
  /** The key of what was opened or closed last. */
  #toggled: string | undefined;
  /** Done once the scene that shows it is drawn. */
  #later: (() => void) | undefined;

  constructor(model: Model, host: PaneHost) {
    this.#model = model;
    this.#host = host;
    this.#stage = new Stage(
      model,
      {
        select: (task) => host.select(task),
        open: (task) => host.open(task),
        answer: (task, decision) => host.answer(task, decision),
        reply: (task) => host.reply(task),
        unfold: (item) => this.#unfold(item),
        fold: (group) => this.#fold(group),
      },
      () => host.palette(),
      () => host.now(),
    );
    this.#view = new View(this.element, this.#stage.element, (view, mode) =>
      this.#moved(view, mode),
    );
    this.#minimap = new Minimap(
      () => host.palette(),
      (item) => this.#stateOf(item),
      (x, y) => this.#view.centre(x, y),
    );
    this.#layouts = new Layouts(host.layoutScript, (layout) => this.#arranged(layout));
    this.search = new SearchBar({
      search: (text) => this.#search(text),
      goTo: (place) => {
        this.#at = this.#found[place];
        this.reveal(this.#at, true);
        this.#mark();
      },
      closed: () => {
        this.#search('');
        this.focusCurrent();
      },
    });
    const help = element('p', 'unseen', KEYS_HELP);
    help.id = 'keys';
    setAttribute(this.#stage.list, 'aria-describedby', help.id);
    this.element.append(
      help,
      this.#stage.element,
      this.#empty,
      this.#minimap.element,
      this.search.element,
    );
    this.#listen();
  }

  get zoom(): View {
    return this.#view;
  }

  get kept(): Viewport & { readonly mode: ViewMode; readonly flow: Flow; readonly folds: Folds } {
    return { ...this.#view.viewport, mode: this.#mode, flow: this.#flow, folds: this.#folds };
  }

  get direction(): Direction {
    return this.#stage.layout?.direction ?? 'right';
  }

  /** For a picture in another form; `undefined`: nothing is drawn yet. */
  get drawn(): { readonly scene: Scene; readonly layout: GraphLayout } | undefined {
    const { scene, layout } = this.#stage;
    return scene === undefined || layout === undefined ? undefined : { scene, layout };
  }

  restore(saved: GraphPane['kept']): void {
    this.#folds = saved.folds;
    this.#flow = saved.flow;
    this.#mode = saved.mode;
    this.#view.restore(saved, saved.mode);
  }

  /** @param change of all since it was called last */
  update(change: Exclude<Change, { kind: 'lost' }>): void {
    if (change.kind === 'shape') {
      this.#rebuild(undefined);
    } else {
      this.#stage.changed(change.tasks);
      this.#minimap.changed();
    }
    this.search.again();
  }

  /** The pane may have another size. */
  resized(): void {
    const { pane } = this.#view;
    const isSame = pane.width === this.#room.width && pane.height === this.#room.height;
    if (pane.width === 0 || isSame) {
      return;
    }
    // What changed while the pane was hidden has not been laid out.
    const wasHidden = this.#room.width === 0;
    this.#room = pane;
    const scene = this.#next?.scene ?? this.#stage.scene;
    if (scene === undefined || wasHidden) {
      this.#rebuild(undefined);
    } else if (this.#roomOf(pane) !== this.#roomKey) {
      this.#arrange(scene, undefined);
    } else if (this.#stage.layout !== undefined) {
      this.#view.setGraph(this.#stage.layout, this.direction);
    }
  }

  tick(now: number): void {
    this.#stage.tick(now);
  }

  /** The theme is another. */
  repaint(): void {
    this.#stage.repaint();
    this.#minimap.changed();
  }

  /** Left to right or top to bottom, whichever it is not. */
  turn(): void {
    this.#flow = this.direction === 'right' ? 'down' : 'right';
    const scene = this.#stage.scene;
    if (scene !== undefined) {
      this.#arrange(scene, this.#current);
    }
    this.#host.changed();
  }

  /** What is in sight stays, also when the pane becomes smaller. */
  hold(): void {
    this.#view.hold();
  }

  setSelected(task: string | undefined): void {
    this.#selected = task;
    this.#mark();
  }

  /** Opens what a task is folded in, and brings it into sight. @param focuses and the focus to it */
  reveal(task: string | undefined, focuses = false): void {
    const scene = this.#stage.scene;
    const node = task === undefined ? undefined : this.#model.node(task);
    if (task === undefined || node === undefined || scene === undefined) {
      return;
    }
    if (scene.itemOf.get(task) !== task) {
      this.#later = () => this.#show(task, focuses);
      this.#refold(foldsShowing(this.#nodes(), node, this.#folds), undefined);
      return;
    }
    this.#show(task, focuses);
  }

  /** The task whose card has the focus. */
  get focused(): string | undefined {
    const item = itemAt(document.activeElement);
    return item === undefined || this.#model.node(item) === undefined ? undefined : item;
  }

  focusCurrent(): boolean {
    return this.#focus(this.#current);
  }

  walk(arrow: Arrow): boolean {
    const { layout, scene } = this.#stage;
    if (layout === undefined || scene === undefined || this.#current === undefined) {
      return false;
    }
    // From outside, the first arrow only leads in.
    const isInside = itemAt(document.activeElement) === this.#current;
    return this.#focus(isInside ? stepTo(layout, scene, this.#current, arrow) : this.#current);
  }

  walkInOrder(to: Place): boolean {
    const items = this.#stage.scene?.items ?? [];
    const at = items.findIndex(({ id }) => id === this.#current);
    const last = items.length - 1;
    const place = { first: 0, previous: Math.max(0, at - 1), next: Math.min(last, at + 1), last };
    return this.#focus(items[place[to]]?.id);
  }

  #nodes() {
    return this.#model.picture?.nodes ?? [];
  }

  #stateOf(item: string) {
    const scene = this.#stage.scene;
    const node = this.#model.node(item);
    const found = scene?.itemById.get(item);
    return node?.state ?? this.#model.tally(found?.kind === 'fold' ? found.members : []).state;
  }

  /** @param anchor an item or band, of which one corner stays where it is on the pane */
  #rebuild(anchor: string | undefined): void {
    this.#arrange(sceneOf(this.#nodes(), this.#folds), anchor);
  }

  #arrange(scene: Scene, anchor: string | undefined): void {
    const { pane } = this.#view;
    this.#room = pane;
    if (pane.width === 0 || pane.height === 0) {
      return;
    }
    this.#roomKey = this.#roomOf(pane);
    this.#next = { scene, anchor };
    const questionOf = (item: string): number | undefined => {
      const node = this.#model.node(item);
      return node?.kind === 'gate' ? node.subtitle.length : undefined;
    };
    this.#layouts.ask(requestFor(scene, questionOf, pane, this.#flow));
  }

  #roomOf(pane: Size): string {
    const none: Scene = sceneOf([], new Map());
    return String(requestFor(none, () => undefined, pane, this.#flow).room);
  }

  #arranged(layout: GraphLayout): void {
    const next = this.#next;
    if (next === undefined) {
      return;
    }
    this.#next = undefined;
    const { scene } = next;
    const picture = this.#model.picture;
    const anchor = next.anchor ?? this.#current;
    const before = anchor === undefined ? undefined : cornerOf(this.#stage, anchor);
    const hadFocus = itemAt(document.activeElement);
    this.#stage.setScene(scene, layout);
    const now =
      anchor === undefined ? undefined : cornerAfter(this.#stage, scene, anchor, this.#toggled);
    const kept: Kept | undefined =
      before === undefined || now === undefined
        ? undefined
        : { before, now, holds: next.anchor !== undefined };
    const isEmpty = scene.items.length === 0;
    this.#empty.hidden = !isEmpty;
    this.#stage.element.hidden = isEmpty;
    setText(this.#empty, isEmpty ? NO_STEPS : '');
    setAttribute(this.#stage.list, 'aria-label', `Steps of ${picture?.workflow ?? ''}`);
    const isLarge = scene.items.length > MINIMAP_FROM || this.#nodes().length > MINIMAP_FROM;
    const hasRoom = this.#room.width >= MINIMAP_ROOM;
    this.#minimap.setLayout(isLarge && hasRoom && !isEmpty ? layout : undefined);
    this.#view.setGraph(layout, layout.direction, kept);
    const current =
      this.#current !== undefined && scene.itemById.has(this.#current)
        ? this.#current
        : scene.items[0]?.id;
    this.#setCurrent(current);
    this.#mark();
    const later = this.#later;
    this.#later = undefined;
    if (later !== undefined) {
      later();
    } else if (hadFocus !== undefined && document.activeElement === document.body) {
      this.#focus(current);
    }
    this.#host.changed();
  }

  #unfold(item: FoldItem): void {
    const isShown = item.of === 'rest';
    this.#toggled = item.key;
    this.#later = () => {
      const scene = this.#stage.scene;
      const group = scene?.groups.find(({ key }) => key === item.key);
      const inside = scene?.items.find(({ id }) => scene.parentOf.get(id) === group?.id);
      const first = scene?.itemOf.get(item.members[0] ?? '');
      this.#focus(isShown ? first : (inside?.id ?? first));
    };
    this.#refold(new Map(this.#folds).set(item.key, item.opensAt), item.id);
  }

  #fold({ key, id, members }: SceneGroup): void {
    this.#toggled = key;
    this.#later = () => this.#focus(this.#stage.scene?.itemOf.get(members[0] ?? ''));
    this.#refold(new Map(this.#folds).set(key, CLOSED), id);
  }

  #refold(folds: Folds, anchor: string | undefined): void {
    this.#folds = folds;
    this.#rebuild(anchor);
    this.#host.changed();
  }

  #moved(view: Viewport, mode: ViewMode): void {
    this.#mode = mode;
    this.#stage.show(view, this.#view.pane);
    this.#minimap.setSight(inSight(view, this.#view.pane));
    this.#host.changed();
  }

  #search(text: string): number {
    const ran = this.#model.picture?.run !== undefined;
    this.#found = tasksLike(this.#nodes(), text, ran);
    this.#at = this.#at !== undefined && this.#found.includes(this.#at) ? this.#at : undefined;
    this.#mark();
    return this.#found.length;
  }

  #mark(): void {
    const itemOf = this.#stage.scene?.itemOf;
    const item = (task: string): string => itemOf?.get(task) ?? task;
    const selected = this.#selected === undefined ? undefined : item(this.#selected);
    this.#stage.mark(
      selected,
      new Set(this.#found.map(item)),
      this.#at === undefined ? undefined : item(this.#at),
    );
  }

  #show(task: string, focuses: boolean): void {
    const item = this.#stage.scene?.itemOf.get(task);
    const box = item === undefined ? undefined : this.#stage.boxOf(item);
    if (item !== undefined && box !== undefined) {
      this.#setCurrent(item);
      if (task === this.#at) {
        this.#view.approach(box, READABLE);
      } else {
        this.#view.reveal(box);
      }
      // The search keeps the focus, so that Enter goes on.
      if (focuses && !this.search.element.contains(document.activeElement)) {
        this.#focus(item);
      }
      this.#stage.highlight(item);
    }
  }

  #setCurrent(item: string | undefined): void {
    this.#current = item;
    this.#stage.pin(item);
  }

  #focus(item: string | undefined): boolean {
    if (item === undefined) {
      return false;
    }
    this.#setCurrent(item);
    const opener = this.#stage.openerOf(item);
    opener?.focus({ preventScroll: true });
    return opener !== undefined;
  }

  #listen(): void {
    const { list } = this.#stage;
    list.addEventListener('focusin', (event) => {
      const item = itemAt(event.target);
      if (item === undefined) {
        return;
      }
      this.#setCurrent(item);
      this.#highlight();
      const box = this.#stage.boxOf(item);
      // A card that was clicked is in sight already, and must not slip away from under the pointer.
      if (box !== undefined && isByKey(event.target)) {
        this.#view.reveal(box);
      }
    });
    list.addEventListener('focusout', () => this.#highlight());
    list.addEventListener('pointerover', (event) => {
      this.#hovered = itemAt(event.target);
      this.#highlight();
    });
    list.addEventListener('pointerleave', () => {
      this.#hovered = undefined;
      this.#highlight();
    });
    this.element.addEventListener('pointermove', (event) => {
      const { left, top } = this.element.getBoundingClientRect();
      const { scale, x, y } = this.#view.viewport;
      this.#stage.touch((event.clientX - left - x) / scale, (event.clientY - top - y) / scale);
    });
  }

  #highlight(): void {
    const focused = document.activeElement;
    this.#stage.highlight(this.#hovered ?? (isByKey(focused) ? itemAt(focused) : undefined));
  }
}
