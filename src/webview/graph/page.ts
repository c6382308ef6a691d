import type { GraphPicture } from '../../core/projections/graphPicture.ts';
import type { GraphPageMessage } from '../protocol.ts';
import { LayoutCache } from './arrangement.ts';
import { Card } from './card.ts';
import { element, setAttribute, setText } from './dom.ts';
import { Edges } from './edges.ts';
import { Header } from './header.ts';
import { listenToKeys, type Place } from './keyboard.ts';
import { newsBetween } from './labels.ts';
import type { GraphLayout } from './layout.ts';
import { View } from './view.ts';
import type { SavedView } from './viewport.ts';
import { stepTo, type Arrow } from './walk.ts';

/** What the page asks of whoever shows it. */
export interface PageHost {
  /** What the page shows, in the extension's words. */
  readonly subject: Readonly<Record<string, unknown>>;
  post(message: GraphPageMessage): void;
  /** Keeps the view for the page that follows this one. */
  save(view: SavedView): void;
  /** Milliseconds since 1970. */
  now(): number;
}

const KEYS_HELP =
  'Arrow keys go from step to step, Page Up and Page Down in the order written, Enter opens, ' +
  'the menu key shows what can be asked of a step, A approves and R rejects a gate that waits, A answers an agent that asks, plus and minus zoom, F fits the whole graph.';

/** Stays when no picture comes: the workflow's file may have a problem, or the run be gone. */
const NOTHING_YET = 'The graph appears here as soon as Sluice can read the workflow.';

/**
 * The graph page. P1: what it shows is a function of the last picture and the view; an answer
 * changes nothing here until a picture says so. P2: an element lives as long as its step. P3: however
 * many pictures come, the page is written once a frame.
 */
export class GraphPage {
  readonly #root: HTMLElement;
  readonly #host: PageHost;
  readonly #header: Header;
  readonly #view: View;
  readonly #edges = new Edges();
  readonly #layouts = new LayoutCache();
  readonly #cards = new Map<string, Card>();
  readonly #pane = element('main', 'pane');
  readonly #stage = element('div', 'stage');
  readonly #list = element('ul', 'cards');
  readonly #empty = element('p', 'empty', NOTHING_YET);
  readonly #news = element('div', 'unseen');
  #picture: GraphPicture | undefined;
  #drawn: GraphPicture | undefined;
  #layout: GraphLayout | undefined;
  #isScheduled = false;
  #clock: ReturnType<typeof setInterval> | undefined;
  /** The card that Tab leads to and that arrows start from. */
  #current: string | undefined;
  #hovered: string | undefined;

  constructor(root: HTMLElement, host: PageHost, saved: SavedView | undefined) {
    this.#root = root;
    this.#host = host;
    const view = new View(this.#pane, this.#stage, (changed) => {
      this.#header.setScale(changed.scale);
      host.save(changed);
    });
    this.#view = view;
    const zoom = {
      zoomIn: () => view.zoomIn(),
      zoomOut: () => view.zoomOut(),
      actualSize: () => view.actualSize(),
      fit: () => view.fit(),
    };
    this.#header = new Header(zoom, {
      pause: () => host.post({ type: 'pause' }),
      resume: () => host.post({ type: 'resume' }),
    });
    this.#header.element.hidden = true;
    if (saved !== undefined) {
      view.restore(saved);
    }

    const help = element('p', 'unseen', KEYS_HELP);
    help.id = 'keys';
    setAttribute(this.#list, 'aria-describedby', help.id);
    setAttribute(this.#news, 'role', 'status');
    this.#stage.append(this.#edges.still, this.#edges.moving, this.#list);
    this.#pane.append(help, this.#stage, this.#empty, this.#news);
    root.replaceChildren(this.#header.element, this.#pane);

    listenToKeys(document, {
      ...zoom,
      walk: (arrow) => this.#walk(arrow),
      walkInOrder: (place) => this.#walkInOrder(place),
      answer: (decision) => this.#answerFocused(decision),
    });
    this.#list.addEventListener('focusin', (event) => this.#focused(event));
    this.#list.addEventListener('focusout', () => this.#highlight());
    this.#list.addEventListener('pointerover', (event) => {
      this.#hovered = taskAt(event.target);
      this.#highlight();
    });
    this.#list.addEventListener('pointerleave', () => {
      this.#hovered = undefined;
      this.#highlight();
    });
    new ResizeObserver(() => this.#schedule()).observe(this.#pane);
  }

  show(picture: GraphPicture): void {
    this.#picture = picture;
    this.#schedule();
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
    const picture = this.#picture;
    if (picture === undefined) {
      return;
    }
    // Shown first: the strip takes its height from the pane.
    this.#header.element.hidden = false;
    this.#header.update(picture);
    setAttribute(this.#root, 'data-vscode-context', this.#menuContext(picture));
    const { pane } = this.#view;
    if (pane.width === 0 || pane.height === 0) {
      return;
    }
    const layout = this.#layouts.layoutOf(picture, pane);
    const isMoved = layout !== this.#layout;
    this.#layout = layout;

    this.#drawCards(picture, layout, isMoved);
    const nodes = new Map(picture.nodes.map((node) => [node.id, node]));
    this.#edges.draw(layout, nodes, picture.run !== undefined);
    this.#highlight();

    const isEmpty = picture.nodes.length === 0;
    this.#empty.hidden = !isEmpty;
    this.#stage.hidden = isEmpty;
    setText(this.#empty, isEmpty ? 'This workflow has no steps yet. Add one to its file.' : '');
    setAttribute(this.#list, 'aria-label', `Steps of ${picture.workflow}`);

    this.#view.setGraph(layout, layout.direction);
    const news = newsBetween(this.#drawn, picture);
    if (news.length > 0) {
      setText(this.#news, `${news.join('. ')}.`);
    }
    this.#drawn = picture;
    this.#runClock(picture);
  }

  #drawCards(picture: GraphPicture, layout: GraphLayout, isMoved: boolean): void {
    const now = this.#host.now();
    const kept = new Set(picture.nodes.map(({ id }) => id));
    for (const [id, card] of this.#cards) {
      if (!kept.has(id)) {
        card.element.remove();
        this.#cards.delete(id);
      }
    }
    let previous: Element | null = null;
    picture.nodes.forEach((node, place) => {
      let card = this.#cards.get(node.id);
      const box = layout.boxes[place];
      const isNew = card === undefined;
      card ??= this.#newCard(node);
      card.update(node, picture.run !== undefined, now);
      if (box !== undefined && (isNew || isMoved)) {
        card.place(box);
      }
      const next: Element | null =
        previous === null ? this.#list.firstElementChild : previous.nextElementSibling;
      if (next !== card.element) {
        this.#list.insertBefore(card.element, next);
      }
      previous = card.element;
    });
    if (this.#current === undefined || !kept.has(this.#current)) {
      this.#setCurrent(picture.nodes[0]?.id);
    }
  }

  #newCard(node: GraphPicture['nodes'][number]): Card {
    const card = new Card(node, {
      open: (task) => this.#host.post({ type: 'open', task }),
      answer: (task, decision) => this.#host.post({ type: 'answer', task, decision }),
      reply: (task) => this.#host.post({ type: 'reply', task }),
    });
    this.#cards.set(node.id, card);
    return card;
  }

  /** What VS Code's context menu goes by; a card adds its own. */
  #menuContext({ run }: GraphPicture): string {
    return JSON.stringify({
      ...this.#host.subject,
      webviewSection: run === undefined ? 'workflow' : 'run',
      runVerbs: run?.verbs.join(' ') ?? '',
      preventDefaultContextMenuItems: true,
    });
  }

  #runClock(picture: GraphPicture): void {
    const counts = picture.nodes.some(
      ({ runningSince, triesAgainAt }) => (runningSince ?? triesAgainAt) !== undefined,
    );
    if (!counts) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    } else {
      this.#clock ??= setInterval(() => {
        const now = this.#host.now();
        for (const card of this.#cards.values()) {
          card.tick(now);
        }
      }, 1000);
    }
  }

  #setCurrent(id: string | undefined): void {
    const setTab = (task: string | undefined, index: number): void => {
      const card = task === undefined ? undefined : this.#cards.get(task);
      if (card !== undefined) {
        card.opener.tabIndex = index;
      }
    };
    setTab(this.#current, -1);
    this.#current = id;
    setTab(id, 0);
  }

  #focused(event: FocusEvent): void {
    const task = taskAt(event.target);
    if (task === undefined) {
      return;
    }
    this.#setCurrent(task);
    this.#highlight();
    const box = this.#layout?.boxes.find(({ id }) => id === task);
    // A card that was clicked is in sight already, and must not slip away from under the pointer.
    if (
      box !== undefined &&
      event.target instanceof Element &&
      event.target.matches(':focus-visible')
    ) {
      this.#view.reveal(box);
    }
  }

  #highlight(): void {
    const focused = document.activeElement;
    const task =
      this.#hovered ?? (focused?.matches(':focus-visible') === true ? taskAt(focused) : undefined);
    this.#edges.highlight(task);
  }

  #walk(arrow: Arrow): boolean {
    if (this.#layout === undefined || this.#current === undefined) {
      return false;
    }
    // From outside, the first arrow only leads in.
    const isInside = taskAt(document.activeElement) === this.#current;
    return this.#focus(isInside ? stepTo(this.#layout, this.#current, arrow) : this.#current);
  }

  #walkInOrder(to: Place): boolean {
    const nodes = this.#picture?.nodes ?? [];
    const at = nodes.findIndex(({ id }) => id === this.#current);
    const last = nodes.length - 1;
    const place = { first: 0, previous: Math.max(0, at - 1), next: Math.min(last, at + 1), last };
    return this.#focus(nodes[place[to]]?.id);
  }

  #focus(id: string | undefined): boolean {
    const card = id === undefined ? undefined : this.#cards.get(id);
    card?.opener.focus({ preventScroll: true });
    return card !== undefined;
  }

  #answerFocused(decision: 'approved' | 'rejected'): boolean {
    const task = taskAt(document.activeElement);
    const node = task === undefined ? undefined : this.#cards.get(task)?.node;
    if (node?.state === 'asking') {
      this.#host.post({ type: 'reply', task: node.id });
      return true;
    }
    if (node?.kind !== 'gate' || node.state !== 'waiting') {
      return false;
    }
    this.#host.post({ type: 'answer', task: node.id, decision });
    return true;
  }
}

/** The step whose card an element is in. */
function taskAt(target: EventTarget | null): string | undefined {
  const card = target instanceof Element ? target.closest('.card') : null;
  return card instanceof HTMLElement ? card.dataset['task'] : undefined;
}
