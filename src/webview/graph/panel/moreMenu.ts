import { button, element, setAttribute } from '../../shared/dom.ts';
import type { NamedVerb } from './words.ts';

/** The verbs there is no room for, behind one button, as a menu does: arrows walk, Escape closes. */
export class MoreMenu {
  readonly element: HTMLElement;
  readonly #opener: HTMLButtonElement;
  readonly #menu = element('div', 'menu');
  readonly #choose: (verb: string) => void;
  #shown = '';

  constructor(choose: (verb: string) => void) {
    this.#choose = choose;
    this.#opener = button('secondary', 'More', 'More actions', () => this.#toggle());
    setAttribute(this.#opener, 'aria-haspopup', 'menu');
    setAttribute(this.#opener, 'aria-expanded', 'false');
    setAttribute(this.#menu, 'role', 'menu');
    setAttribute(this.#menu, 'aria-label', 'More actions');
    this.#menu.hidden = true;
    this.element = element('div', 'more', this.#opener, this.#menu);
    this.#menu.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('focusout', (event) => {
      if (!(event.relatedTarget instanceof Node && this.element.contains(event.relatedTarget))) {
        this.#close();
      }
    });
  }

  show(verbs: readonly NamedVerb[]): void {
    this.element.hidden = verbs.length === 0;
    const shown = JSON.stringify(verbs);
    if (shown === this.#shown) {
      return;
    }
    this.#shown = shown;
    this.#close();
    this.#menu.replaceChildren(
      ...verbs.map(({ verb, label }) => {
        const item = button('menu-item', label, label, () => {
          this.#close();
          this.#opener.focus();
          this.#choose(verb);
        });
        setAttribute(item, 'role', 'menuitem');
        item.tabIndex = -1;
        return item;
      }),
    );
  }

  #toggle(): void {
    if (this.#menu.hidden) {
      this.#menu.hidden = false;
      setAttribute(this.#opener, 'aria-expanded', 'true');
      this.#items()[0]?.focus();
    } else {
      this.#close();
    }
  }

  #close(): void {
    const hadFocus = this.#menu.contains(document.activeElement);
    this.#menu.hidden = true;
    setAttribute(this.#opener, 'aria-expanded', 'false');
    if (hadFocus) {
      this.#opener.focus();
    }
  }

  #key(event: KeyboardEvent): void {
    const items = this.#items();
    const at = items.findIndex((item) => item === document.activeElement);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: -1,
    };
    const to = steps[event.key];
    if (event.key === 'Escape') {
      this.#close();
    } else if (to !== undefined && items.length > 0) {
      items[(to + items.length) % items.length]?.focus();
    } else {
      return;
    }
    // The graph walks with the same keys, and Escape closes the panel.
    event.preventDefault();
    event.stopPropagation();
  }

  #items(): HTMLElement[] {
    return [...this.#menu.children].filter((item) => item instanceof HTMLElement);
  }
}
