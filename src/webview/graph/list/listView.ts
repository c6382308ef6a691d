import type { GraphNode, GraphPicture } from '../../../core/projections/graphPicture.ts';
import { relationText, type CardActions } from '../card.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { stateIcon } from '../icons.ts';
import { accessibleName, needsText, standingOf } from '../labels.ts';

interface Row {
  readonly button: HTMLButtonElement;
  readonly text: HTMLElement;
  told: string;
  iconOf: string;
}

/**
 * All tasks as nested lists, with their states in words: for screen readers, and for whoever would rather read than
 * look. One row is in the tab order; arrows go on from there.
 */
export class ListView {
  /** A landmark of its own: it stands in place of the pane. */
  readonly element = element('main', 'list');
  readonly #actions: CardActions;
  readonly #rows = new Map<string, Row>();
  #order: readonly string[] = [];
  #current: string | undefined;
  #selected: string | undefined;

  constructor(actions: CardActions) {
    this.#actions = actions;
    setAttribute(this.element, 'aria-label', 'Tasks as a list');
    this.element.hidden = true;
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('focusin', (event) => {
      const task = rowOf(event.target);
      if (task !== undefined) {
        this.#setCurrent(task);
      }
    });
  }

  /** The task whose row has the focus. */
  get focused(): string | undefined {
    return rowOf(document.activeElement);
  }

  /** All of it anew. */
  show(picture: GraphPicture): void {
    const hadFocus = this.focused;
    this.#rows.clear();
    this.#order = picture.nodes.map(({ id }) => id);
    const ran = picture.run !== undefined;
    const top = element('ul', 'list-items');
    const rows = new Map<string, HTMLLIElement>();
    const open: { readonly name: string; readonly items: HTMLUListElement }[] = [];
    for (const node of picture.nodes) {
      while (open.length > 0 && !open.every(({ name }, depth) => node.groups[depth] === name)) {
        open.pop();
      }
      for (const name of node.groups.slice(open.length)) {
        const items = element('ul', 'list-items');
        setAttribute(items, 'aria-label', name);
        const item = element('li', 'list-group', element('span', 'list-group-name', name), items);
        (open.at(-1)?.items ?? top).append(item);
        open.push({ name, items });
      }
      const row = this.#row(node, ran);
      const above = node.mends?.parent === undefined ? undefined : rows.get(node.mends.parent);
      if (above === undefined) {
        (open.at(-1)?.items ?? top).append(row);
      } else {
        fixesIn(above, node.mends?.parent ?? '').append(row);
      }
      rows.set(node.id, row);
    }
    setAttribute(top, 'aria-label', `Tasks of ${picture.workflow}`);
    this.element.replaceChildren(top);
    this.#setCurrent(
      this.#current !== undefined && this.#rows.has(this.#current) ? this.#current : this.#order[0],
    );
    this.setSelected(this.#selected);
    if (hadFocus !== undefined) {
      this.#rows.get(hadFocus)?.button.focus();
    }
  }

  update(nodes: readonly GraphNode[], ran: boolean): void {
    for (const node of nodes) {
      const row = this.#rows.get(node.id);
      if (row !== undefined) {
        this.#tell(row, node, ran);
      }
    }
  }

  setSelected(task: string | undefined): void {
    const before = this.#selected === undefined ? undefined : this.#rows.get(this.#selected);
    if (before !== undefined) {
      setAttribute(before.button, 'aria-current', undefined);
    }
    this.#selected = task;
    const row = task === undefined ? undefined : this.#rows.get(task);
    if (row !== undefined) {
      setAttribute(row.button, 'aria-current', 'true');
    }
  }

  focus(task: string | undefined = this.#current): boolean {
    const row = task === undefined ? undefined : this.#rows.get(task);
    row?.button.focus();
    row?.button.scrollIntoView({ block: 'nearest' });
    return row !== undefined;
  }

  #row(node: GraphNode, ran: boolean): HTMLLIElement {
    const { id } = node;
    const text = element('span', 'list-text');
    const made = button('list-row', text, id, () => this.#actions.select(id));
    // The text is the name: what is seen and what is heard are one.
    made.removeAttribute('aria-label');
    made.dataset['task'] = id;
    made.tabIndex = -1;
    made.addEventListener('dblclick', () => this.#actions.open(id));
    const row: Row = { button: made, text, told: '', iconOf: '' };
    this.#rows.set(id, row);
    this.#tell(row, node, ran);
    return element('li', 'list-item', made);
  }

  #tell(row: Row, node: GraphNode, ran: boolean): void {
    const critical = node.isCritical ? ', on the critical path' : '';
    const relation = node.mends === undefined ? needsText(node.needs) : relationText(node);
    const told = `${accessibleName(node, ran)}${critical}. ${relation}`;
    if (told !== row.told) {
      row.told = told;
      setText(row.text, told);
    }
    const standing = standingOf(node);
    const icon = `${node.kind} ${standing}`;
    if (icon !== row.iconOf) {
      row.iconOf = icon;
      setAttribute(row.button, 'data-state', ran ? standing : 'unrun');
      row.button.querySelector('svg')?.remove();
      row.button.prepend(stateIcon(node.kind, standing));
    }
  }

  #setCurrent(task: string | undefined): void {
    const before = this.#current === undefined ? undefined : this.#rows.get(this.#current);
    if (before !== undefined) {
      before.button.tabIndex = -1;
    }
    this.#current = task;
    const row = task === undefined ? undefined : this.#rows.get(task);
    if (row !== undefined) {
      row.button.tabIndex = 0;
    }
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const task = this.focused;
    if (task === undefined) {
      return;
    }
    const at = this.#order.indexOf(task);
    const last = this.#order.length - 1;
    const places: Readonly<Record<string, number>> = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      PageUp: at - 10,
      PageDown: at + 10,
      Home: 0,
      End: last,
    };
    const place = places[event.key];
    if (place !== undefined) {
      this.focus(this.#order[Math.min(last, Math.max(0, place))]);
    } else if (event.key === 'Enter' && !event.repeat) {
      this.#actions.open(task);
    } else {
      return;
    }
    event.preventDefault();
  }
}

/** The list of fixes below a row. */
function fixesIn(row: HTMLLIElement, task: string): HTMLUListElement {
  const known = row.querySelector<HTMLUListElement>(':scope > ul');
  if (known !== null) {
    return known;
  }
  const list = element('ul', 'list-items');
  setAttribute(list, 'aria-label', `Fixes of ${task}`);
  row.append(list);
  return list;
}

function rowOf(target: EventTarget | null): string | undefined {
  const row = target instanceof Element ? target.closest('.list-row') : null;
  return row instanceof HTMLElement ? row.dataset['task'] : undefined;
}
