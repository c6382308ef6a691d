import { element, setAttribute, setText } from '../shared/dom.ts';

/** A column of a table that becomes a stack of named figures where it is narrow. */
export interface Column {
  readonly name: string;
  /** Figures stand to the right, so that they can be compared. */
  readonly kind: 'text' | 'figure';
}

// Tables that are laid out otherwise lose their meaning for screen readers unless it is said outright.

export function tableElement(className: string, ...children: readonly Node[]): HTMLTableElement {
  const table = element('table', className, ...children);
  setAttribute(table, 'role', 'table');
  return table;
}

export function groupElement(tag: 'thead' | 'tbody'): HTMLTableSectionElement {
  const group = element(tag, '');
  setAttribute(group, 'role', 'rowgroup');
  return group;
}

export function rowElement(...cells: readonly Node[]): HTMLTableRowElement {
  const row = element('tr', '', ...cells);
  setAttribute(row, 'role', 'row');
  return row;
}

export function headElement(
  { name, kind }: Column,
  ...children: readonly (Node | string)[]
): HTMLTableCellElement {
  const head = element('th', kind, ...(children.length === 0 ? [name] : children));
  head.scope = 'col';
  setAttribute(head, 'role', 'columnheader');
  return head;
}

/** @param kind `name`: what the row is about */
export function cellElement(
  { name, kind }: Column,
  role: 'cell' | 'rowheader' = 'cell',
): HTMLTableCellElement {
  const cell = element(role === 'cell' ? 'td' : 'th', kind);
  if (role === 'rowheader') {
    cell.scope = 'row';
  }
  setAttribute(cell, 'role', role);
  // Shown before the figure where there are no columns.
  setAttribute(cell, 'data-name', name);
  return cell;
}

/** @param title what the short text leaves out; empty: nothing */
export function tell(cell: HTMLElement, text: string, title = ''): void {
  setText(cell, text);
  setAttribute(cell, 'title', title === '' ? undefined : title);
}

/** Puts the rows into their order, and moves none that stands right: what has the focus keeps it. */
export function arrange(body: HTMLElement, rows: readonly HTMLElement[]): void {
  const kept = new Set<Element>(rows);
  for (const child of [...body.children]) {
    if (!kept.has(child)) {
      child.remove();
    }
  }
  let before: Element | null = null;
  for (const row of rows) {
    const next: Element | null =
      before === null ? body.firstElementChild : before.nextElementSibling;
    if (next !== row) {
      body.insertBefore(row, next);
    }
    before = row;
  }
}
