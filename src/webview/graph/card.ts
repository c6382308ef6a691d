import type { GraphNode } from '../../core/projections/graphPicture.ts';
import { button, element, setAttribute, setText } from './dom.ts';
import { stateIcon } from './icons.ts';
import { accessibleName, detailAfter, formatElapsed, needsText, stateLabel } from './labels.ts';
import type { Box } from './layout.ts';

export interface CardActions {
  open(task: string): void;
  answer(task: string, decision: 'approved' | 'rejected'): void;
}

/** Hidden descriptions are found by id; steps may be named anything, so cards are counted. */
let cards = 0;

/**
 * One step on the page: an item of the list of steps, holding a button that opens the step and, at a
 * gate that waits, the two that answer it. The item is kept for as long as its step is in the
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
    this.#answers = element(
      'div',
      'answers',
      button('primary', 'Approve', `Approve ${id}`, () => actions.answer(id, 'approved')),
      button('secondary', 'Reject', `Reject ${id}`, () => actions.answer(id, 'rejected')),
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
    const { kind, state } = node;
    setAttribute(this.element, 'data-kind', kind);
    setAttribute(this.element, 'data-state', ran ? state : 'unrun');
    this.#setIcon(kind, state);

    const label = ran ? stateLabel(kind, state) : kind === 'gate' ? 'Gate' : '';
    const asks = this.#asks(node);
    setText(this.#name, node.id);
    setText(this.#subtitle, node.subtitle);
    setText(this.#chip, asks ? 'Waiting' : '');
    setText(this.#word, asks ? '' : label);
    this.#setAnswers(asks);

    setText(this.#needs, needsText(node.needs) || 'Needs no other step.');
    setAttribute(this.opener, 'aria-label', accessibleName(node, ran));
    this.tick(now);
    const status = [label, this.#detail.textContent].filter((part) => part !== '').join(': ');
    setAttribute(this.opener, 'title', [node.id, node.subtitle, status].join('\n').trim());
  }

  /** Counts the time on. */
  tick(now: number): void {
    const { runningSince, detail, kind, state } = this.#node;
    const elapsed = runningSince === undefined ? '' : formatElapsed(now - runningSince);
    const parts = [elapsed, detailAfter(stateLabel(kind, state), detail)];
    setText(this.#detail, parts.filter((part) => part !== '').join(' · '));
  }

  place(box: Box): void {
    const { style } = this.element;
    style.transform = `translate(${box.x}px, ${box.y}px)`;
    style.width = `${box.width}px`;
    style.height = `${box.height}px`;
  }

  #asks(node: GraphNode): boolean {
    return node.kind === 'gate' && node.state === 'waiting';
  }

  #setIcon(kind: GraphNode['kind'], state: GraphNode['state']): void {
    const wanted = `${kind} ${state}`;
    if (wanted !== this.#iconOf) {
      this.#iconOf = wanted;
      this.#icon?.remove();
      this.#icon = stateIcon(kind, state);
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
