import type { PlanEdit, PlanPicture, PlanTodo } from '../../../core/projections/planPicture.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { agentLabel } from './words.ts';
import { bringIntoSight, focusInSight } from './inSight.ts';

export interface TableActions {
  change(edit: PlanEdit): void;
  select(id: string): void;
}

const COLUMNS = ['Todo', 'Title', 'Agent', 'Needs', 'May change', 'Tests'] as const;
/** Cells with a button each: they are walked with arrows. */
const WALKED = ['id', 'title', 'agent'] as const;
type Walked = (typeof WALKED)[number];

/**
 * All todos of a plan as a table. One cell is in the tab order, arrows go on from there; Enter on a title or an agent
 * changes it in place, on an id shows the todo in the panel.
 */
export class PlanTable {
  /** A landmark of its own: it stands in place of the graph. */
  readonly element = element('main', 'plan-table');
  readonly #actions: TableActions;
  readonly #caption = element('caption', 'unseen');
  readonly #body = element('tbody', '');
  readonly #problem = element('p', 'field-problem');
  #plan: PlanPicture | undefined;
  #rows = new Map<string, { readonly row: HTMLTableRowElement; readonly of: string }>();
  #current: { readonly id: string; readonly cell: Walked } | undefined;
  #selected: string | undefined;

  constructor(actions: TableActions) {
    this.#actions = actions;
    setAttribute(this.element, 'aria-label', 'Todos as a table');
    setAttribute(this.#problem, 'role', 'alert');
    const heads = COLUMNS.map((name) => {
      const head = element('th', '', name);
      head.scope = 'col';
      return head;
    });
    this.element.append(
      this.#problem,
      element(
        'table',
        '',
        this.#caption,
        element('thead', '', element('tr', '', ...heads)),
        this.#body,
      ),
    );
    this.element.hidden = true;
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('focusin', (event) => {
      const at = placeOf(event.target);
      if (at !== undefined) {
        this.#setCurrent(at);
      }
    });
  }

  /** The todo whose row has the focus. */
  get focused(): string | undefined {
    return placeOf(document.activeElement)?.id;
  }

  show(plan: PlanPicture): void {
    this.#plan = plan;
    setText(this.#caption, `Todos of ${plan.file}`);
    setText(this.#problem, plan.problems.map(({ message }) => message).join(' '));
    const had = placeOf(document.activeElement);
    const isWriting = this.#editor() !== null;
    const known = this.#rows;
    this.#rows = new Map();
    const rows = plan.todos.map((todo) => {
      const of = JSON.stringify([todo, plan.agents]);
      const before = known.get(todo.id);
      const isKept =
        before?.of === of || (isWriting && had?.id === todo.id && before !== undefined);
      const row = isKept ? before.row : this.#row(todo, plan);
      this.#rows.set(todo.id, { row, of });
      return row;
    });
    if (
      rows.length !== this.#body.children.length ||
      rows.some((row, at) => this.#body.children[at] !== row)
    ) {
      this.#body.replaceChildren(...rows);
    }
    const first = plan.todos[0]?.id;
    const current =
      this.#current !== undefined && this.#rows.has(this.#current.id)
        ? this.#current
        : first === undefined
          ? undefined
          : ({ id: first, cell: 'id' } as const);
    this.#setCurrent(current);
    this.setSelected(this.#selected);
    if (had !== undefined && !this.element.contains(document.activeElement)) {
      this.#focusCell(this.#rows.has(had.id) ? had : current);
    }
  }

  setSelected(id: string | undefined): void {
    this.#selected = id;
    for (const [other, { row }] of this.#rows) {
      setAttribute(row, 'aria-current', other === id ? 'true' : undefined);
    }
  }

  focus(id: string | undefined = this.#current?.id): boolean {
    const at = id === undefined ? this.#current : { id, cell: this.#current?.cell ?? 'id' };
    return this.#focusCell(at);
  }

  /** Of a change made here. */
  refuse(why: string): void {
    setText(this.#problem, why);
    bringIntoSight(this.#problem);
  }

  #row(todo: PlanTodo, plan: PlanPicture): HTMLTableRowElement {
    const { id, title, dependencies, parent, owns, tests, problems } = todo;
    const open = button('cell id', id, id, () => this.#actions.select(id));
    open.removeAttribute('aria-label');
    const head = element('th', 'id-cell', open);
    head.scope = 'row';
    const [worst] = problems;
    if (worst !== undefined) {
      const said = element('p', 'field-problem', worst.message);
      setAttribute(said, 'data-severity', worst.severity === 'error' ? 'error' : 'warning');
      head.append(said);
    }
    const titled = this.#editable(id, 'title', title, 'No title', () => {
      const input = element('input', 'cell-editor');
      input.value = title;
      return input;
    });
    const given = this.#editable(id, 'agent', agentLabel(todo), '', () => {
      const select = element('select', 'cell-editor');
      const unknown = todo.agent === undefined ? [new Option(agentLabel(todo), todo.role)] : [];
      select.append(...unknown, ...plan.agents.map((agent) => new Option(agent, agent)));
      select.value = todo.agent ?? todo.role;
      return select;
    });
    setAttribute(given, 'data-unknown', todo.agent === undefined ? '' : undefined);
    const needs = parent === undefined ? dependencies : [`${parent} has failed`, ...dependencies];
    const row = element(
      'tr',
      '',
      head,
      titled,
      given,
      listCell('needs', needs, 'Nothing'),
      listCell('owns code', owns, ''),
      listCell(
        'tests code',
        tests.map(({ cmd }) => cmd),
        'None',
      ),
    );
    row.dataset['todo'] = id;
    setAttribute(open, 'data-cell', 'id');
    open.tabIndex = -1;
    return row;
  }

  /** A cell that a press turns into an input; what is written is sent when it is left, Escape takes it back. */
  #editable(
    id: string,
    cell: Exclude<Walked, 'id'>,
    text: string,
    none: string,
    editor: () => HTMLInputElement | HTMLSelectElement,
  ): HTMLTableCellElement {
    const what = cell === 'title' ? 'Title' : 'Agent';
    const shown = text === '' ? none : text;
    const td = element('td', `${cell}-cell`);
    const press = button(
      `cell${text === '' ? ' quiet' : ''}`,
      shown,
      `${what} of ${id}: ${shown}. Change`,
      () => {
        const input = editor();
        const before = input.value;
        setAttribute(input, 'aria-label', `${what} of ${id}`);
        setAttribute(input, 'data-cell', cell);
        let isDone = false;
        const leave = (isMeant: boolean, focuses: boolean): void => {
          if (isDone) {
            return;
          }
          isDone = true;
          const value = input.value.trim();
          input.replaceWith(press);
          if (focuses) {
            focusInSight(press);
          }
          if (isMeant && value !== before) {
            this.#actions.change(
              cell === 'title'
                ? { kind: 'retitle', id, title: value }
                : { kind: 'agent', id, role: value },
            );
          }
        };
        input.addEventListener('blur', () => leave(true, false));
        input.addEventListener('keydown', (event: Event) => {
          if (!(event instanceof KeyboardEvent)) {
            return;
          }
          if (event.key === 'Enter' || event.key === 'Escape') {
            event.preventDefault();
            leave(event.key === 'Enter', true);
          }
          // Arrows, letters and Escape mean something else on the page.
          event.stopPropagation();
        });
        press.replaceWith(input);
        focusInSight(input);
        if (input instanceof HTMLInputElement) {
          input.select();
        }
      },
    );
    press.title = `Change the ${cell}`;
    press.tabIndex = -1;
    setAttribute(press, 'data-cell', cell);
    td.append(press);
    return td;
  }

  #editor(): Element | null {
    return this.#body.querySelector('.cell-editor');
  }

  #setCurrent(at: { readonly id: string; readonly cell: Walked } | undefined): void {
    const before = this.#current && this.#control(this.#current);
    if (before !== undefined) {
      before.tabIndex = -1;
    }
    this.#current = at;
    const now = at && this.#control(at);
    if (now !== undefined) {
      now.tabIndex = 0;
    }
  }

  #control({ id, cell }: { readonly id: string; readonly cell: Walked }): HTMLElement | undefined {
    return this.#rows.get(id)?.row.querySelector<HTMLElement>(`[data-cell="${cell}"]`) ?? undefined;
  }

  #focusCell(at: { readonly id: string; readonly cell: Walked } | undefined): boolean {
    const control = at && this.#control(at);
    if (at === undefined || control === undefined) {
      return false;
    }
    this.#setCurrent(at);
    focusInSight(control);
    return true;
  }

  #key(event: KeyboardEvent): void {
    const at = placeOf(event.target);
    if (at === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const ids = (this.#plan?.todos ?? []).map(({ id }) => id);
    const row = ids.indexOf(at.id);
    const column = WALKED.indexOf(at.cell);
    const last = ids.length - 1;
    const rows: Readonly<Record<string, number>> = {
      ArrowUp: row - 1,
      ArrowDown: row + 1,
      PageUp: row - 10,
      PageDown: row + 10,
      Home: 0,
      End: last,
    };
    const columns: Readonly<Record<string, number>> = {
      ArrowLeft: column - 1,
      ArrowRight: column + 1,
    };
    const [toRow, toColumn] = [rows[event.key], columns[event.key]];
    if (toRow === undefined && toColumn === undefined && event.key !== 'F2') {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'F2') {
      this.#control(at)?.click();
      return;
    }
    const id = ids[Math.min(last, Math.max(0, toRow ?? row))];
    const cell = WALKED[Math.min(WALKED.length - 1, Math.max(0, toColumn ?? column))];
    if (id !== undefined && cell !== undefined) {
      this.#focusCell({ id, cell });
    }
  }
}

function listCell(className: string, texts: readonly string[], none: string): HTMLTableCellElement {
  const cell = element('td', className);
  if (texts.length === 0) {
    cell.append(element('span', 'quiet', none));
  } else {
    cell.append(element('ul', 'plain', ...texts.map((text) => element('li', '', text))));
  }
  return cell;
}

function placeOf(
  target: EventTarget | null,
): { readonly id: string; readonly cell: Walked } | undefined {
  const control = target instanceof Element ? target.closest<HTMLElement>('[data-cell]') : null;
  const cell = WALKED.find((name) => name === control?.dataset['cell']);
  const id = control?.closest<HTMLElement>('tr')?.dataset['todo'];
  return cell === undefined || id === undefined ? undefined : { id, cell };
}
