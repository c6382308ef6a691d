import { button, element, setAttribute, setText } from '../shared/dom.ts';
import { ON_LONGEST_WAY, placeElement, type ItemCard } from './card.ts';
import { stateIcon } from './icons.ts';
import type { Box } from './layout.ts';
import type { FoldItem } from './scene/scene.ts';
import { tallyText, type Tally } from './scene/tally.ts';

/** What of a fold is counted, as `tallyText` has it. */
const COUNTED = { lanes: 'lane', rest: 'more lane', group: 'task' } as const;

const BAR = [
  ['done', ['succeeded', 'approved']],
  ['running', ['running']],
  ['waiting', ['waiting', 'asking', 'unknown']],
  ['failed', ['failed']],
  ['off', ['skipped', 'cancelled']],
  ['pending', ['pending']],
] as const;

/** One card for many tasks: how many, how they stand, and a button that opens them. */
export class FoldCard implements ItemCard {
  readonly element: HTMLLIElement;
  readonly opener: HTMLButtonElement;
  readonly #name = element('span', 'name');
  readonly #chip = element('span', 'chip critical');
  readonly #text = element('div', 'counts');
  readonly #bar = new Map(BAR.map(([name]) => [name, element('span', name)]));
  readonly #face: HTMLElement;
  #icon: SVGSVGElement | undefined;

  constructor(item: FoldItem, open: () => void) {
    const bar = element('div', 'share', ...this.#bar.values());
    this.#face = element(
      'div',
      'face',
      element('div', 'text', element('div', 'title', this.#name, this.#chip), this.#text, bar),
    );
    setAttribute(this.#face, 'aria-hidden', 'true');
    this.opener = button('open', '', item.label, open);
    this.opener.tabIndex = -1;
    setAttribute(this.opener, 'aria-expanded', 'false');
    this.element = element('li', 'card fold', this.#face, this.opener);
    this.element.dataset['item'] = item.id;
  }

  update(item: FoldItem, tally: Tally, ran: boolean, marksCritical: boolean): void {
    const text = tallyText(tally, COUNTED[item.of], ran);
    const isCritical = marksCritical && tally.isCritical;
    setAttribute(this.element, 'data-state', ran ? tally.state : 'unrun');
    setAttribute(this.element, 'data-critical', isCritical ? '' : undefined);
    setText(this.#name, item.label);
    setText(this.#chip, isCritical ? 'Critical' : '');
    setText(this.#text, text);
    const told = `${item.label}, ${text}${isCritical ? `, ${ON_LONGEST_WAY}` : ''}`;
    const does = item.of === 'rest' ? 'show them in place of the others' : 'open';
    setAttribute(this.opener, 'aria-label', `${told}; ${does}`);
    setAttribute(this.opener, 'title', `${item.label}\n${text}\nClick to ${does}`);
    for (const [name, states] of BAR) {
      const part = this.#bar.get(name);
      if (part !== undefined) {
        const tasks = states.reduce((sum, state) => sum + tally.counts[state], 0);
        part.style.flexGrow = String(ran ? tasks : 0);
      }
    }
    const icon = stateIcon('agent', ran ? tally.state : 'pending');
    this.#icon?.remove();
    this.#icon = icon;
    this.#face.prepend(icon);
  }

  place(box: Box): void {
    placeElement(this.element, box);
  }

  /** Counts do not go on by themselves. */
  tick(): void {
    // Nothing to do.
  }
}
