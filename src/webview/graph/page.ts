import type { TaskDetail } from '../../core/projections/detailPicture.ts';
import type { GraphPicture } from '../../core/projections/graphPicture.ts';
import type { TimelinePicture } from '../../core/projections/timelinePicture.ts';
import type { GraphExport, GraphHostMessage, GraphPageMessage } from '../protocol.ts';
import { element, setAttribute, setText } from '../shared/dom.ts';
import type { CardActions, GateDecision } from './card.ts';
import { exportText } from './export/exportText.ts';
import { GraphPane } from './graphPane.ts';
import { Header } from './header.ts';
import { listenToKeys } from './keyboard.ts';
import { newsBetween } from './labels.ts';
import { ListView } from './list/listView.ts';
import { MainViews, type MainView } from './mainViews.ts';
import { menuContext } from './menuContext.ts';
import { Model } from './model.ts';
import { MomentBar } from './momentBar.ts';
import type { Palette } from './colours.ts';
import { paletteOf } from './palette.ts';
import { SidePanel } from './panel/sidePanel.ts';
import { PlanEditor } from './plan/planEditor.ts';
import { PANEL_WIDTH, type SavedView } from './savedView.ts';
import { Splitter } from './splitter.ts';
import { TimelineView } from './timeline/timelineView.ts';

/** What the page asks of whoever shows it. */
export interface PageHost {
  /** What the page shows, in the extension's words. */
  readonly subject: Readonly<Record<string, unknown>>;
  /** Where the program of the layout thread is; `undefined`: there is none. */
  readonly layoutScript: string | undefined;
  post(message: GraphPageMessage): void;
  /** Keeps the view for the page that follows this one. */
  save(view: SavedView): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Px of a page beside which there is room for a panel and a graph; else the panel lies below. */
const WIDE = 980;
/** Px that stay for the graph beside the panel: it lies as it did without one. */
const GRAPH_LEAST = 600;
const PANEL_LEAST = 260;

/**
 * The graph page. P1: what it shows is a function of the last picture and the view; an answer
 * changes nothing here until a picture says so. P2: an element lives as long as its task is in sight. P3: however
 * many messages come, the page is written once a frame.
 */
export class GraphPage {
  readonly #root: HTMLElement;
  readonly #host: PageHost;
  readonly #model = new Model();
  readonly #header: Header;
  readonly #moment: MomentBar;
  readonly #pane: GraphPane;
  readonly #list: ListView;
  readonly #plan: PlanEditor;
  readonly #views: MainViews;
  readonly #panel: SidePanel;
  readonly #timeline: TimelineView;
  readonly #splitter: Splitter;
  readonly #middle = element('div', 'middle');
  readonly #news = element('div', 'unseen');
  #palette: Palette | undefined;
  /** What changed since the page was written last. */
  #pending: 'shape' | Set<string> | undefined;
  #isScheduled = false;
  #isReady = false;
  #drawn: GraphPicture | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  #selected: string | undefined;
  #detail: TaskDetail | undefined;
  #timelinePicture: TimelinePicture | undefined;
  #isTimelineOpen = false;

  constructor(root: HTMLElement, host: PageHost, saved: SavedView | undefined) {
    this.#root = root;
    this.#host = host;
    const cards: CardActions = {
      select: (task) => this.#select(task),
      open: (task) => host.post({ type: 'open', task }),
      answer: (task, decision) => host.post({ type: 'answer', task, decision }),
      reply: (task) => host.post({ type: 'reply', task }),
    };
    this.#pane = new GraphPane(this.#model, {
      ...cards,
      changed: () => this.#viewChanged(),
      palette: () => (this.#palette ??= paletteOf(root)),
      now: () => this.#model.picture?.moment?.at ?? host.now(),
      layoutScript: host.layoutScript,
    });
    const view = this.#pane.zoom;
    const shared = {
      zoomIn: () => view.zoomIn(),
      zoomOut: () => view.zoomOut(),
      actualSize: () => view.actualSize(),
      fit: () => view.fit(),
      search: () => this.#search(),
      toggleList: () => this.#toggle('list'),
      toggleTable: () => this.#toggle('table'),
      toggleTimeline: () => this.#showTimeline(!this.#isTimelineOpen),
    };
    this.#plan = new PlanEditor({
      post: (message) => host.post(message),
      select: (task) => this.#select(task),
      changed: () => this.#planChanged(),
    });
    const strip = {
      ...shared,
      runVerb: (verb: string) => host.post({ type: 'run-verb', verb }),
      turn: () => this.#pane.turn(),
      export: (format: GraphExport) => this.#export(format),
    };
    this.#header = new Header(strip, this.#plan.bar);
    this.#header.element.hidden = true;
    this.#moment = new MomentBar(() => host.post({ type: 'moment', seq: undefined }));
    this.#list = new ListView(cards);
    this.#views = new MainViews(this.#pane, this.#list, this.#plan.table, this.#model);
    const shown = {
      post: (message: GraphPageMessage) => host.post(message),
      now: () => host.now(),
    };
    const select = (task: string): void => {
      this.#select(task);
      this.#pane.reveal(task);
    };
    const close = (): void => this.#select(undefined);
    this.#panel = new SidePanel({ ...shown, select, close }, this.#plan.form);
    this.#timeline = new TimelineView({ ...shown, select });
    this.#splitter = new Splitter(
      saved?.panel ?? PANEL_WIDTH,
      () => this.#panelLimits(),
      () => this.#isNarrow(),
      () => this.#sizePanel(),
    );
    this.#splitter.element.hidden = true;
    this.#panel.element.hidden = true;
    this.#timeline.element.hidden = true;
    setAttribute(this.#news, 'role', 'status');
    this.#middle.append(
      this.#pane.element,
      this.#list.element,
      this.#plan.table.element,
      this.#splitter.element,
      this.#panel.element,
      this.#plan.notices,
    );
    root.replaceChildren(
      this.#header.element,
      this.#moment.element,
      this.#middle,
      this.#timeline.element,
      this.#news,
    );
    listenToKeys(document, {
      ...shared,
      walk: (arrow) => this.#views.view === 'graph' && this.#pane.walk(arrow),
      walkInOrder: (place) => this.#views.view === 'graph' && this.#pane.walkInOrder(place),
      answer: (decision) => this.#answerFocused(decision),
      escape: () => this.#escape(),
    });
    if (saved !== undefined) {
      this.#restore(saved);
    }
    this.#isReady = true;
    this.#header.setShown(this.#views.view, this.#isTimelineOpen);
    new ResizeObserver(() => this.#sizePanel()).observe(this.#middle);
    new ResizeObserver(() => this.#pane.resized()).observe(this.#pane.element);
    // VS Code tells of another theme by the classes of the body and the variables of the page.
    const themes = new MutationObserver(() => this.#themeChanged());
    for (const target of [document.documentElement, document.body]) {
      themes.observe(target, { attributes: true, attributeFilter: ['class', 'style'] });
    }
    // While the page waits for its first picture.
    setTimeout(() => (this.#palette ??= paletteOf(root)));
  }

  receive(message: GraphHostMessage): void {
    switch (message.type) {
      case 'picture':
      case 'changes': {
        const change = this.#model.apply(message);
        if (change.kind === 'lost') {
          this.#host.post({ type: 'ready' });
        } else if (change.kind === 'shape' || this.#pending === 'shape') {
          this.#pending = 'shape';
        } else {
          this.#pending = new Set([...(this.#pending ?? []), ...change.tasks]);
        }
        this.#schedule();
        return;
      }
      case 'detail':
        if (message.task === this.#selected) {
          this.#detail = message.detail;
          this.#panel.show(this.#selected, this.#detail);
        }
        return;
      case 'timeline':
        this.#timelinePicture = message.timeline;
        this.#timeline.show(message.timeline, this.#model.picture?.moment);
        return;
      case 'plan':
      case 'plan-answer':
        this.#plan.receive(message);
        return;
      case 'export':
        this.#export(message.format);
        return;
      case 'reveal':
        this.#select(message.task);
        this.#pane.reveal(message.task, true);
        return;
    }
  }

  #schedule(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      requestAnimationFrame(() => {
        this.#isScheduled = false;
        this.#draw();
      });
    }
  }

  #draw(): void {
    const { picture } = this.#model;
    const pending = this.#pending;
    if (picture === undefined || pending === undefined) {
      return;
    }
    this.#pending = undefined;
    // Shown first: the strip takes its height from the pane.
    this.#header.element.hidden = false;
    this.#header.update(picture);
    this.#moment.show(picture.moment);
    setAttribute(this.#root, 'data-vscode-context', menuContext(this.#host.subject, picture));
    this.#pane.update(
      pending === 'shape' ? { kind: 'shape' } : { kind: 'states', tasks: [...pending] },
    );
    this.#views.draw(picture, pending);
    if (this.#isTimelineOpen && picture.moment !== this.#drawn?.moment) {
      this.#timeline.show(this.#timelinePicture, picture.moment);
    }
    const news = newsBetween(this.#drawn, picture);
    if (news.length > 0) {
      setText(this.#news, `${news.join('. ')}.`);
    }
    this.#drawn = picture;
    this.#runClock(picture);
  }

  #runClock(picture: GraphPicture): void {
    const isAt = picture.moment !== undefined;
    const counts =
      !isAt &&
      picture.nodes.some(
        ({ runningSince, triesAgainAt }) => (runningSince ?? triesAgainAt) !== undefined,
      );
    if (!counts) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    } else {
      this.#clock ??= setInterval(() => {
        const now = this.#host.now();
        this.#pane.tick(now);
        this.#panel.tick(now);
        if (this.#isTimelineOpen) {
          this.#timeline.tick(now);
        }
      }, 1000);
    }
  }

  #select(task: string | undefined): void {
    if (task === this.#selected) {
      return;
    }
    const hadFocus = this.#panel.element.contains(document.activeElement);
    const wasOpen = this.#selected !== undefined;
    this.#selected = task;
    this.#detail = undefined;
    if (!wasOpen) {
      this.#pane.hold();
    }
    this.#plan.setSelected(task);
    this.#panel.show(task, undefined);
    this.#panel.element.hidden = task === undefined;
    this.#splitter.element.hidden = task === undefined;
    this.#sizePanel();
    this.#pane.setSelected(task);
    this.#list.setSelected(task);
    this.#timeline.setSelected(task);
    this.#host.post({ type: 'select', task });
    if (task !== undefined && !wasOpen && this.#views.view === 'graph') {
      this.#pane.resized();
      this.#pane.reveal(task);
    } else if (task === undefined && hadFocus) {
      this.#views.focus();
    }
    this.#viewChanged();
  }

  #search(): void {
    this.#show('graph');
    this.#pane.search.open();
  }

  #toggle(view: MainView): void {
    this.#show(this.#views.view === view ? 'graph' : view);
  }

  #show(view: MainView): void {
    if ((view !== 'table' || this.#plan.isThere) && this.#views.show(view)) {
      this.#header.setShown(view, this.#isTimelineOpen);
      this.#viewChanged();
    }
  }

  #planChanged(): void {
    const { isThere } = this.#plan;
    this.#header.offerTable(isThere);
    if (!isThere && this.#views.view === 'table') {
      this.#show('graph');
    }
    this.#panel.show(this.#selected, this.#detail);
  }

  #showTimeline(isOpen: boolean): void {
    if (isOpen === this.#isTimelineOpen || (isOpen && this.#model.picture?.run === undefined)) {
      return;
    }
    this.#isTimelineOpen = isOpen;
    this.#timeline.element.hidden = !isOpen;
    this.#header.setShown(this.#views.view, isOpen);
    this.#host.post({ type: 'timeline', isOpen });
    if (isOpen) {
      this.#timeline.show(this.#timelinePicture, this.#model.picture?.moment);
      this.#timeline.setSelected(this.#selected);
    }
    this.#viewChanged();
  }

  #answerFocused(decision: GateDecision): boolean {
    const task = this.#views.focused;
    const node = task === undefined ? undefined : this.#model.node(task);
    if (node?.state === 'asking' && decision === 'approved') {
      this.#host.post({ type: 'reply', task: node.id });
      return true;
    }
    if (node?.kind !== 'gate' || node.state !== 'waiting') {
      return false;
    }
    this.#host.post({ type: 'answer', task: node.id, decision });
    return true;
  }

  #escape(): boolean {
    if (!this.#pane.search.element.hidden) {
      this.#pane.search.close();
      return true;
    }
    if (this.#selected !== undefined) {
      this.#select(undefined);
      return true;
    }
    return false;
  }

  #export(format: GraphExport): void {
    const drawn = this.#pane.drawn;
    const palette = (this.#palette ??= paletteOf(this.#root));
    const text = drawn && exportText(format, this.#model, drawn, palette);
    if (text !== undefined) {
      this.#host.post({ type: 'exported', format, text });
    }
  }

  #restore(saved: SavedView): void {
    this.#pane.restore(saved);
    if (saved.selected !== undefined) {
      this.#select(saved.selected);
    }
    this.#views.restore(saved.isTable ? 'table' : saved.isList ? 'list' : 'graph');
    if (saved.isTimelineOpen) {
      this.#isTimelineOpen = true;
      this.#timeline.element.hidden = false;
      this.#host.post({ type: 'timeline', isOpen: true });
    }
  }

  #viewChanged(): void {
    if (!this.#isReady) {
      return;
    }
    const view = this.#pane.kept;
    this.#header.setScale(view.scale);
    this.#header.setDirection(this.#pane.direction);
    this.#host.save({
      ...view,
      selected: this.#selected,
      panel: this.#splitter.wanted,
      isTimelineOpen: this.#isTimelineOpen,
      isList: this.#views.view === 'list',
      isTable: this.#views.view === 'table',
    });
  }

  #isNarrow(): boolean {
    return this.#root.clientWidth < WIDE;
  }

  #panelLimits(): { readonly least: number; readonly most: number } {
    return this.#isNarrow()
      ? { least: 120, most: Math.max(120, this.#middle.clientHeight * 0.7) }
      : { least: PANEL_LEAST, most: this.#root.clientWidth - GRAPH_LEAST };
  }

  #sizePanel(): void {
    if (this.#panel.element.hidden) {
      return;
    }
    const isNarrow = this.#isNarrow();
    setAttribute(this.#middle, 'data-narrow', isNarrow ? '' : undefined);
    const orientation = isNarrow ? 'horizontal' : 'vertical';
    setAttribute(this.#splitter.element, 'aria-orientation', orientation);
    this.#splitter.refresh();
    this.#panel.element.style.flexBasis = `${this.#splitter.size}px`;
    this.#viewChanged();
  }

  #themeChanged(): void {
    this.#palette = undefined;
    this.#pane.repaint();
  }
}
