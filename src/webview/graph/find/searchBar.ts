import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { strokeIcon } from '../icons.ts';

export interface SearchActions {
  /** @returns how many tasks it finds */
  search(text: string): number;
  /** Goes to one of those found. @param place from 0 */
  goTo(place: number): void;
  closed(): void;
}

/** The field above the graph that finds tasks. */
export class SearchBar {
  readonly element: HTMLElement;
  readonly #actions: SearchActions;
  readonly #field = element('input', 'search-field');
  readonly #count = element('span', 'search-count');
  #found = 0;
  #at = -1;

  constructor(actions: SearchActions) {
    this.#actions = actions;
    this.#field.type = 'search';
    this.#field.placeholder = 'Find a task, agent or state';
    this.#field.spellcheck = false;
    setAttribute(this.#field, 'aria-label', 'Find a task by its name, agent or state');
    setAttribute(this.#count, 'role', 'status');
    const previous = button('', strokeIcon('M4 10l4-4l4 4'), 'Previous task found', () =>
      this.#step(-1),
    );
    previous.title = 'Previous (Shift+Enter)';
    const next = button('', strokeIcon('M4 6l4 4l4-4'), 'Next task found', () => this.#step(1));
    next.title = 'Next (Enter)';
    const close = button('', strokeIcon('M4 4l8 8M12 4l-8 8'), 'Close the search', () =>
      this.close(),
    );
    close.title = 'Close (Escape)';
    this.element = element('div', 'search', this.#field, this.#count, previous, next, close);
    setAttribute(this.element, 'role', 'search');
    this.element.hidden = true;
    this.#field.addEventListener('input', () => this.#search());
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        this.close();
      } else if (event.key === 'Enter' && event.target === this.#field) {
        event.preventDefault();
        this.#step(event.shiftKey ? -1 : 1);
      }
    });
    // Letters typed here are no keys of the graph.
    this.element.addEventListener('pointerdown', (event) => event.stopPropagation());
  }

  open(): void {
    this.element.hidden = false;
    this.#field.focus();
    this.#field.select();
    this.#search();
  }

  close(): void {
    if (!this.element.hidden) {
      this.element.hidden = true;
      this.#actions.closed();
    }
  }

  /** Tasks or states are others: looks again, and stays where it is. */
  again(): void {
    if (!this.element.hidden && this.#field.value !== '') {
      this.#found = this.#actions.search(this.#field.value);
      this.#at = Math.min(this.#at, this.#found - 1);
      this.#tell();
    }
  }

  #search(): void {
    this.#found = this.#actions.search(this.#field.value);
    this.#at = -1;
    this.#tell();
  }

  #step(by: number): void {
    if (this.#found > 0) {
      const from = this.#at === -1 && by < 0 ? 0 : this.#at;
      this.#at = (from + by + this.#found) % this.#found;
      this.#actions.goTo(this.#at);
    }
    this.#tell();
  }

  #tell(): void {
    const isAsked = this.#field.value.trim() !== '';
    const place = this.#at === -1 ? '' : `${this.#at + 1} of `;
    setText(
      this.#count,
      !isAsked ? '' : this.#found === 0 ? 'Nothing found' : `${place}${this.#found} found`,
    );
  }
}
