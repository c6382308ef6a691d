import type { GraphExport } from '../protocol.ts';
import { button, element, setAttribute } from '../shared/dom.ts';
import { strokeIcon } from './icons.ts';

const SIGN = 'M8 2.5v7.5M4.8 7L8 10.2L11.2 7M3 13.2h10';

/** The button that writes the graph to a file, and the two forms it offers. */
export class ExportMenu {
  readonly element: HTMLElement;
  readonly #opener: HTMLButtonElement;
  readonly #menu: HTMLElement;

  constructor(write: (format: GraphExport) => void) {
    const choose = (format: GraphExport, label: string): HTMLButtonElement => {
      const made = button('menu-item', label, label, () => {
        this.#close();
        this.#opener.focus();
        write(format);
      });
      setAttribute(made, 'role', 'menuitem');
      return made;
    };
    this.#opener = button('', strokeIcon(SIGN), 'Export the graph', () => this.#toggle());
    this.#opener.title = 'Export the graph';
    setAttribute(this.#opener, 'aria-haspopup', 'menu');
    setAttribute(this.#opener, 'aria-expanded', 'false');
    this.#menu = element(
      'div',
      'menu',
      choose('svg', 'Export as SVG…'),
      choose('mermaid', 'Export as Mermaid…'),
    );
    setAttribute(this.#menu, 'role', 'menu');
    setAttribute(this.#menu, 'aria-label', 'Export the graph');
    this.#menu.hidden = true;
    this.element = element('span', 'export', this.#opener, this.#menu);
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.element.contains(relatedTarget))) {
        this.#close();
      }
    });
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
    this.#menu.hidden = true;
    setAttribute(this.#opener, 'aria-expanded', 'false');
  }

  #items(): readonly HTMLElement[] {
    return [...this.#menu.children].filter((child) => child instanceof HTMLElement);
  }

  #key(event: KeyboardEvent): void {
    if (this.#menu.hidden) {
      return;
    }
    const items = this.#items();
    const at = items.findIndex((item) => item === document.activeElement);
    if (event.key === 'Escape') {
      this.#close();
      this.#opener.focus();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const by = event.key === 'ArrowDown' ? 1 : items.length - 1;
      items[(at + by) % items.length]?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
