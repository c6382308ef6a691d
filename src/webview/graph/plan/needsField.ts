import type { PlanPicture, PlanProblem, PlanTodo } from '../../../core/projections/planPicture.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { strokeIcon } from '../icons.ts';
import { setChildren } from '../panel/section.ts';
import { showProblems } from './field.ts';
import { dependentsOf } from './words.ts';
import { focusInSight } from './inSight.ts';

const REMOVE_SIGN = 'M5 5l6 6M11 5l-6 6';

/** What a todo needs: each with a button that takes it out, and a list of those it could need too. */
export class NeedsField {
  readonly element: HTMLFieldSetElement;
  readonly #commit: (needs: readonly string[]) => void;
  readonly #chips = element('ul', 'chips plain');
  readonly #none = element('p', 'quiet', 'Nothing: it can start at once.');
  readonly #parent = element('p', 'quiet');
  readonly #add = element('select', 'add-need');
  readonly #problem = element('p', 'field-problem');
  #needs: readonly string[] = [];
  #shown = '';
  #refused = '';

  constructor(commit: (needs: readonly string[]) => void, open: (id: string) => void) {
    this.#commit = commit;
    this.#open = open;
    setAttribute(this.#add, 'aria-label', 'Add a todo it needs');
    setAttribute(this.#problem, 'role', 'alert');
    this.#add.addEventListener('change', () => {
      const id = this.#add.value;
      this.#add.value = '';
      if (id !== '') {
        this.#commit([...this.#needs, id]);
      }
    });
    this.element = element(
      'fieldset',
      'field needs-field',
      element('legend', '', 'Needs'),
      this.#parent,
      this.#none,
      this.#chips,
      this.#add,
      this.#problem,
    );
  }

  readonly #open: (id: string) => void;

  show(
    plan: PlanPicture,
    { id, dependencies, parent }: PlanTodo,
    problems: readonly PlanProblem[],
  ): void {
    const ids = plan.todos.map((todo) => todo.id);
    const cannot = dependentsOf(plan, id);
    const could = ids.filter((other) => !cannot.has(other) && !dependencies.includes(other));
    const shown = JSON.stringify([id, dependencies, parent, ids, could]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#refused = '';
      this.#needs = dependencies;
      this.#showChips(new Set(ids));
      this.#add.replaceChildren(
        new Option(could.length === 0 ? 'Nothing else it could need' : 'Add a need…', ''),
        ...could.map((other) => new Option(other, other)),
      );
      this.#add.disabled = could.length === 0;
    }
    this.#none.hidden = dependencies.length > 0 || parent !== undefined;
    this.#parent.hidden = parent === undefined;
    setText(this.#parent, `It is there for when ${parent ?? ''} fails.`);
    showProblems(this.#problem, this.#refused, problems);
  }

  refuse(why: string): void {
    this.#refused = why;
    showProblems(this.#problem, why, []);
  }

  #showChips(known: ReadonlySet<string>): void {
    const hadFocus = this.#chips.contains(document.activeElement);
    const chips = this.#needs.map((need) => {
      const name = button('chip-name', need, `Show ${need}`, () => this.#open(need));
      name.disabled = !known.has(need);
      const remove = button(
        'chip-remove',
        strokeIcon(REMOVE_SIGN),
        `Do not need ${need} any more`,
        () => this.#commit(this.#needs.filter((other) => other !== need)),
      );
      remove.title = `Do not need ${need} any more`;
      const chip = element('li', 'need', name, remove);
      setAttribute(chip, 'data-unknown', known.has(need) ? undefined : '');
      return chip;
    });
    setChildren(this.#chips, chips);
    this.#chips.hidden = chips.length === 0;
    if (hadFocus) {
      focusInSight(this.#chips.querySelector<HTMLElement>('.chip-remove') ?? this.#add);
    }
  }
}
