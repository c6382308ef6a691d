import type { PlanPicture, PlanTodo } from '../../../core/projections/planPicture.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { bringIntoSight, focusInSight } from './inSight.ts';

/** What a person does with the todo as a whole. One that others need is removed only after they said what becomes of those. */
export class RemovalRow {
  readonly element: HTMLElement;
  readonly #remove: HTMLButtonElement;
  readonly #question = element('div', 'removal-question');
  readonly #ask = element('p', '');
  readonly #rewire: HTMLButtonElement;
  #isNeeded = false;

  constructor(remove: (rewire: boolean) => void, add: () => void) {
    this.#remove = button('secondary', 'Remove', 'Remove', () => {
      if (this.#isNeeded) {
        this.#open();
      } else {
        remove(false);
      }
    });
    const done = (rewire: boolean) => () => {
      this.#close();
      remove(rewire);
    };
    this.#rewire = button('primary', 'Pass on what it needs', 'Pass on what it needs', done(true));
    this.#question.append(
      this.#ask,
      element(
        'div',
        'buttons',
        this.#rewire,
        button('secondary', 'Just remove', 'Just remove', done(false)),
        button('secondary', 'Cancel', 'Cancel', () => this.#close(true)),
      ),
    );
    this.#question.hidden = true;
    setAttribute(this.#question, 'role', 'group');
    setAttribute(this.#question, 'aria-label', 'Remove');
    this.#question.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        this.#close(true);
      }
    });
    this.element = element(
      'div',
      'removal',
      element(
        'div',
        'buttons',
        button('secondary', 'Add Todo After', 'Add Todo After', add),
        this.#remove,
      ),
      this.#question,
    );
  }

  show({ todos }: PlanPicture, { id, dependencies }: PlanTodo, isOther: boolean): void {
    const needing = todos.filter((todo) => todo.dependencies.includes(id)).map((todo) => todo.id);
    this.#isNeeded = needing.length > 0;
    const names = needing.slice(0, 3).join(', ') + (needing.length > 3 ? ', …' : '');
    const others =
      dependencies.length === 0 ? '' : ` They can need ${dependencies.join(', ')} instead.`;
    setText(
      this.#ask,
      needing.length === 1
        ? `${names} needs it.${others.replace('They', 'It')}`
        : `${needing.length} todos need it: ${names}.${others}`,
    );
    this.#rewire.hidden = dependencies.length === 0;
    if (isOther || !this.#isNeeded) {
      this.#close();
    }
  }

  #open(): void {
    this.#question.hidden = false;
    setAttribute(this.#remove, 'aria-expanded', 'true');
    this.#question
      .querySelector<HTMLElement>('button:not([hidden])')
      ?.focus({ preventScroll: true });
    bringIntoSight(this.#question);
  }

  #close(focuses = false): void {
    this.#question.hidden = true;
    setAttribute(this.#remove, 'aria-expanded', this.#isNeeded ? 'false' : undefined);
    if (focuses) {
      focusInSight(this.#remove);
    }
  }
}
