import type { PlanProblem } from '../../../core/projections/planPicture.ts';
import { element, setAttribute, setText } from '../../shared/dom.ts';

let fields = 0;

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/**
 * A labelled part of the form, with what is wrong with it below. What a person is writing is theirs: a value from
 * outside waits until they have left it.
 */
export class Field<Input extends Control> {
  readonly element: HTMLElement;
  readonly input: Input;
  readonly #problem = element('p', 'field-problem');
  readonly #commit: (value: string) => void;
  /** As it is in the file. */
  #value = '';
  #refused = '';
  /** Sent and not in the file: it is not sent twice. */
  #tried: string | undefined;

  /** @param commit a person has left it with another value, or pressed Enter */
  constructor(label: string, input: Input, commit: (value: string) => void, hint = '') {
    fields += 1;
    this.input = input;
    this.#commit = commit;
    input.id = `plan-field-${fields}`;
    this.#problem.id = `${input.id}-problem`;
    setAttribute(this.#problem, 'role', 'alert');
    const named = element('label', '', label);
    named.htmlFor = input.id;
    const hinted = element('span', 'field-hint', hint);
    hinted.id = `${input.id}-hint`;
    setAttribute(
      input,
      'aria-describedby',
      hint === '' ? this.#problem.id : `${hinted.id} ${this.#problem.id}`,
    );
    this.element = element(
      'div',
      'field',
      element('div', 'field-label', named, ...(hint === '' ? [] : [hinted])),
      input,
      this.#problem,
    );
    input.addEventListener('change', () => this.#leave());
    input.addEventListener('keydown', (event) => {
      if (!(event instanceof KeyboardEvent)) {
        return;
      }
      if (event.key === 'Escape' && input.value !== this.#value) {
        // The first Escape takes back what was written, the next closes the panel.
        event.preventDefault();
        event.stopPropagation();
        this.#refused = '';
        this.#tried = undefined;
        input.value = this.#value;
        this.#showProblem([]);
      } else if (event.key === 'Enter' && input instanceof HTMLInputElement) {
        event.preventDefault();
        this.#leave();
      }
    });
  }

  /** @param isOther of another todo: what was written belongs to the one before */
  show(value: string, problems: readonly PlanProblem[], isOther: boolean): void {
    const isWriting = document.activeElement === this.input && this.input.value !== this.#value;
    if (isOther || value !== this.#value) {
      this.#refused = '';
      this.#tried = undefined;
    }
    if (isOther || (!isWriting && this.#refused === '')) {
      if (this.input.value !== value) {
        this.input.value = value;
      }
    }
    this.#value = value;
    this.#showProblem(problems);
  }

  refuse(why: string): void {
    this.#refused = why;
    this.#showProblem([]);
  }

  #leave(): void {
    const { value } = this.input;
    if (value !== this.#value && value !== this.#tried) {
      this.#refused = '';
      this.#tried = value;
      this.#commit(value);
    }
  }

  #showProblem(problems: readonly PlanProblem[]): void {
    showProblems(this.#problem, this.#refused, problems);
    const isWrong = this.#problem.textContent !== '';
    setAttribute(this.input, 'aria-invalid', isWrong ? 'true' : undefined);
  }
}

/** What was refused stands before what is wrong in the file. */
export function showProblems(
  place: HTMLElement,
  refused: string,
  problems: readonly PlanProblem[],
): void {
  const said = refused === '' ? problems.map(({ message }) => message) : [refused];
  const isError = refused !== '' || problems.some(({ severity }) => severity === 'error');
  setText(place, said.join(' '));
  setAttribute(place, 'data-severity', isError ? 'error' : 'warning');
}
