import { element, setText } from '../../shared/dom.ts';

let sections = 0;

/** A part of the panel with a heading of its own; it is there while there is something in it. */
export class Section {
  readonly element: HTMLElement;
  readonly body: HTMLElement;
  readonly #heading = element('h3', 'section-heading');

  constructor(className: string, title: string, ...beside: readonly HTMLElement[]) {
    sections += 1;
    this.#heading.id = `panel-section-${sections}`;
    this.body = element('div', 'section-body');
    this.element = element(
      'section',
      `panel-section ${className}`,
      element('div', 'section-head', this.#heading, ...beside),
      this.body,
    );
    this.element.hidden = true;
    this.title = title;
  }

  set title(title: string) {
    setText(this.#heading, title);
  }

  get headingId(): string {
    return this.#heading.id;
  }
}

/** Shows a list, and makes anew only what differs: a button that has the focus stays where it is. */
export class KeptList<Item> {
  readonly element: HTMLElement;
  readonly #make: (item: Item) => HTMLElement;
  #keys: readonly string[] = [];
  #made: HTMLElement[] = [];

  constructor(list: HTMLElement, make: (item: Item) => HTMLElement) {
    this.element = list;
    this.#make = make;
  }

  show(items: readonly Item[]): void {
    const keys = items.map((item) => JSON.stringify(item));
    const kept = new Map<string, HTMLElement[]>();
    this.#keys.forEach((key, place) => {
      const old = this.#made[place];
      if (old !== undefined) {
        kept.set(key, [...(kept.get(key) ?? []), old]);
      }
    });
    const made = items.map((item, place) => {
      const key = keys[place] ?? '';
      return kept.get(key)?.shift() ?? this.#make(item);
    });
    this.#keys = keys;
    this.#made = made;
    setChildren(this.element, made);
  }
}

/** As `replaceChildren`, but what is there already is not touched. */
export function setChildren(parent: HTMLElement, children: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(children);
  for (const old of [...parent.children]) {
    if (!wanted.has(old)) {
      old.remove();
    }
  }
  children.forEach((child, place) => {
    if (parent.children[place] !== child) {
      parent.insertBefore(child, parent.children[place] ?? null);
    }
  });
}
