import type { GraphNode } from '../../core/projections/graphPicture.ts';
import { button, element, setAttribute, setText } from './dom.ts';
import { stateIcon } from './icons.ts';
import {
  accessibleName,
  detailAfter,
  formatElapsed,
  formatUntil,
  needsText,
  partsThatFit,
  standingOf,
  stateLabel,
  untilClock,
  type Standing,
} from './labels.ts';
import type { Box } from './layout.ts';

export interface CardActions {
  open(task: string): void;
  answer(task: string, decision: 'approved' | 'rejected'): void;
  reply(task: string): void;
}

/** Characters of a state's word and what stands behind it that fit beside each other on a card. */
const ONE_LINE = 25;

/** Hidden descriptions are found by id; steps may be named anything, so cards are counted. */
let cards = 0;

/**
 * One step on the page: an item of the list of steps, holding a button that opens the step and, at a
 * gate that waits, the two that answer it, at an agent that asks, the one that leads to its question. The item is kept for as long as its step is in the
 * picture, so focus stays where it was.
 */
export class Card {
  readonly element: HTMLLIElement;
  readonly opener: HTMLButtonElement;
  readonly #name = element('span', 'name');
  readonly #chip = element('span', 'chip');
  readonly #subtitle = element('div', 'subtitle');
  readonly #word = element('span', 'word');
  readonly #detail = element('span', 'detail');
  readonly #needs = element('span', 'unseen');
  readonly #face: HTMLElement;
  readonly #answers: HTMLElement;
  #icon: SVGSVGElement | undefined;
  #iconOf = '';
  #showsCause = false;
  #node: GraphNode;

  constructor(node: GraphNode, actions: CardActions) {
    this.#node = node;
    const { id } = node;
    const text = element(
      'div',
      'text',
      element('div', 'title', this.#name, this.#chip),
      this.#subtitle,
      element('div', 'status', this.#word, this.#detail),
    );
    // For eyes; the button that lies over it has all of it as its name.
    this.#face = element('div', 'face', text);
    setAttribute(this.#face, 'aria-hidden', 'true');
    this.opener = button('open', '', id, () => actions.open(id));
    this.opener.tabIndex = -1;
    cards += 1;
    this.#needs.id = `needs-${cards}`;
    setAttribute(this.opener, 'aria-describedby', this.#needs.id);
    this.#answers =
      node.kind === 'gate'
        ? element(
            'div',
            'answers',
            button('primary', 'Approve', `Approve ${id}`, () => actions.answer(id, 'approved')),
            button('secondary', 'Reject', `Reject ${id}`, () => actions.answer(id, 'rejected')),
          )
        : element(
            'div',
            'answers',
            button('primary', 'Answer…', `Answer ${id}`, () => actions.reply(id)),
          );
    this.element = element('li', 'card', this.#face, this.opener, this.#needs);
    this.element.dataset['task'] = id;
  }

  get node(): GraphNode {
    return this.#node;
  }

  /** @param ran false: the workflow as written, whose steps have no state to tell */
  update(node: GraphNode, ran: boolean, now: number): void {
    this.#node = node;
    const { kind, id, verbs } = node;
    const standing = standingOf(node);
    setAttribute(this.element, 'data-kind', kind);
    setAttribute(this.element, 'data-state', ran ? standing : 'unrun');
    setAttribute(this.element, 'data-vscode-context', ran ? menuContext(id, verbs) : undefined);
    this.#setIcon(kind, standing);

    const label = ran ? stateLabel(kind, standing) : kind === 'gate' ? 'Gate' : '';
    const waits = kind === 'gate' && node.state === 'waiting';
    setText(this.#name, id);
    this.#showsCause = ran && showsCause(node, standing);
    // The agent's name gives way to what made it run again; tooltip and name of the card have both.
    setText(this.#subtitle, this.#showsCause ? node.cause : node.subtitle);
    setAttribute(this.element, 'data-cause', this.#showsCause ? '' : undefined);
    setText(this.#chip, waits ? 'Waiting' : '');
    setText(this.#word, waits ? '' : label);
    this.#setAnswers(waits || node.state === 'asking');

    setText(this.#needs, needsText(node.needs) || 'Needs no other step.');
    setAttribute(this.opener, 'aria-label', accessibleName(node, ran));
    const status = [label, this.tick(now)].filter((part) => part !== '').join(': ');
    // The reason of what was reused says that it was.
    const isTold = standing === 'reused' && node.reason !== '';
    const lines = [id, node.subtitle, isTold ? '' : status, node.reason];
    setAttribute(this.opener, 'title', lines.filter((line) => line !== '').join('\n'));
  }

  /** Counts the time on. Returns what there is to tell, of which the card shows what it has room for. */
  tick(now: number): string {
    const { runningSince, triesAgainAt, goesOnAt, detail, live, kind } = this.#node;
    const time =
      runningSince !== undefined
        ? formatElapsed(now - runningSince)
        : triesAgainAt !== undefined
          ? formatUntil(triesAgainAt - now)
          : '';
    const standing = standingOf(this.#node);
    const label = stateLabel(kind, standing);
    const story = detailAfter(label, detail);
    const whole = [time, goesOnAt === undefined ? story : `${story} ${untilClock(goesOnAt)}`, live]
      .filter((part) => part !== '')
      .join(' · ');
    const isShort = standing === 'reused' || this.#showsCause;
    const told = isShort ? partsThatFit(whole, ONE_LINE - label.length) : whole;
    setText(this.#detail, told);
    const isLong = !isShort && label.length + told.length > ONE_LINE;
    setAttribute(this.element, 'data-long', isLong ? '' : undefined);
    return whole;
  }

  place(box: Box): void {
    const { style } = this.element;
    style.transform = `translate(${box.x}px, ${box.y}px)`;
    style.width = `${box.width}px`;
    style.height = `${box.height}px`;
  }

  #setIcon(kind: GraphNode['kind'], standing: Standing): void {
    const wanted = `${kind} ${standing}`;
    if (wanted !== this.#iconOf) {
      this.#iconOf = wanted;
      this.#icon?.remove();
      this.#icon = stateIcon(kind, standing);
      this.#face.prepend(this.#icon);
    }
  }

  #setAnswers(shown: boolean): void {
    if (shown && !this.#answers.isConnected) {
      this.opener.after(this.#answers);
    } else if (!shown && this.#answers.isConnected) {
      const hadFocus = this.#answers.contains(document.activeElement);
      this.#answers.remove();
      if (hadFocus) {
        this.opener.focus({ preventScroll: true });
      }
    }
  }
}

/** A failure, and what it asks, are more to people than why it ran. */
function showsCause({ cause }: GraphNode, standing: Standing): boolean {
  return cause !== '' && (standing === 'running' || standing === 'succeeded');
}

/** What VS Code's context menu on a card goes by; the page's own context says which run it is. */
function menuContext(task: string, verbs: readonly string[]): string {
  return JSON.stringify({ webviewSection: 'task', task, taskVerbs: verbs.join(' ') });
}
