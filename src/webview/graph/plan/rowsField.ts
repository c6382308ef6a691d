import type { PlanProblem } from '../../../core/projections/planPicture.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { strokeIcon } from '../icons.ts';
import { showProblems } from './field.ts';
import { focusInSight } from './inSight.ts';

const REMOVE_SIGN = 'M4.5 4.5l7 7M11.5 4.5l-7 7';

/** A column of the rows: what one of their inputs is for. */
export interface RowColumn {
  readonly name: string;
  readonly placeholder: string;
  /** Narrow, and takes a number. */
  readonly isNumber?: boolean;
}

/**
 * Rows of inputs, such as tests: a row is added and taken out, and its inputs are written in. Rows of which nothing is
 * written yet are this page's own.
 */
export class RowsField {
  readonly element: HTMLFieldSetElement;
  readonly #columns: readonly RowColumn[];
  readonly #noun: string;
  readonly #commit: (rows: readonly (readonly string[])[]) => void;
  readonly #rows = element('div', 'rows');
  readonly #none = element('p', 'quiet');
  readonly #add: HTMLButtonElement;
  readonly #problem = element('p', 'field-problem');
  #shown = '';
  #refused = '';

  /** @param commit the rows are others: their inputs' values */
  constructor(
    legend: string,
    noun: string,
    columns: readonly RowColumn[],
    commit: (rows: readonly (readonly string[])[]) => void,
  ) {
    this.#columns = columns;
    this.#noun = noun;
    this.#commit = commit;
    setText(this.#none, 'None.');
    setAttribute(this.#problem, 'role', 'alert');
    this.#add = button('secondary', `Add ${noun}`, `Add ${noun}`, () => {
      const row = this.#addRow(columns.map(() => ''));
      this.#number();
      focusInSight(row.querySelector('input'));
    });
    this.element = element(
      'fieldset',
      'field rows-field',
      element('legend', '', legend),
      this.#none,
      this.#rows,
      this.#problem,
      element('div', 'buttons', this.#add),
    );
  }

  show(
    rows: readonly (readonly string[])[],
    problems: readonly PlanProblem[],
    isOther: boolean,
  ): void {
    const shown = JSON.stringify(rows);
    if (isOther || shown !== this.#shown) {
      this.#refused = '';
      const isWriting = this.#rows.contains(document.activeElement);
      this.#shown = shown;
      if (isOther || !isWriting || JSON.stringify(this.#written()) !== shown) {
        const focus = isOther ? undefined : this.#focusPlace();
        this.#rows.replaceChildren();
        for (const row of rows) {
          this.#addRow(row);
        }
        focus?.();
      }
    }
    this.#number();
    showProblems(this.#problem, this.#refused, problems);
  }

  refuse(why: string): void {
    this.#refused = why;
    showProblems(this.#problem, why, []);
  }

  /** Puts the focus where it was, among rows made anew. */
  #focusPlace(): (() => void) | undefined {
    const inputs = [...this.#rows.querySelectorAll('input')];
    const at = inputs.findIndex((input) => input === document.activeElement);
    return at === -1
      ? undefined
      : () => focusInSight(this.#rows.querySelectorAll('input').item(at));
  }

  #addRow(values: readonly string[]): HTMLElement {
    const row = element('div', 'row');
    setAttribute(row, 'role', 'group');
    for (const [place, column] of this.#columns.entries()) {
      const input = element('input', column.isNumber === true ? 'narrow' : 'code');
      input.type = column.isNumber === true ? 'number' : 'text';
      if (column.isNumber === true) {
        input.min = '0';
        input.step = 'any';
      }
      input.value = values[place] ?? '';
      input.placeholder = column.placeholder;
      input.spellcheck = false;
      input.addEventListener('change', () => this.#changed());
      input.addEventListener('keydown', (event) => {
        if (event.key === 'Enter') {
          event.preventDefault();
          this.#changed();
        }
      });
      row.append(input);
    }
    const remove = button('icon-button', strokeIcon(REMOVE_SIGN), '', () => {
      const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector('input');
      row.remove();
      focusInSight(next ?? this.#add);
      this.#number();
      this.#changed();
    });
    row.append(remove);
    this.#rows.append(row);
    return row;
  }

  /** Rows are told apart by their number. */
  #number(): void {
    const rows = [...this.#rows.children];
    rows.forEach((row, index) => {
      const named = `${this.#noun} ${index + 1}`;
      setAttribute(row, 'aria-label', named);
      row.querySelectorAll('input').forEach((input, place) => {
        setAttribute(input, 'aria-label', `${this.#columns[place]?.name ?? ''} of ${named}`);
      });
      const remove = row.querySelector('button');
      if (remove !== null) {
        setAttribute(remove, 'aria-label', `Remove ${named}`);
        remove.title = `Remove ${named}`;
      }
    });
    this.#none.hidden = rows.length > 0;
  }

  #written(): readonly (readonly string[])[] {
    return [...this.#rows.children]
      .map((row) => [...row.querySelectorAll('input')].map(({ value }) => value))
      .filter((values) => values.some((value) => value.trim() !== ''));
  }

  #changed(): void {
    const rows = this.#written();
    if (JSON.stringify(rows) !== this.#shown) {
      this.#commit(rows);
    }
  }
}
