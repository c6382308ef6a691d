import { button, element, setAttribute } from '../shared/dom.ts';
import { strokeIcon } from './icons.ts';

const RESUME_SIGN = 'M5 3.2v9.6L12.6 8z';

/** The verbs a run has buttons for here, in their order; others are in its menu. */
const VERBS = [
  ['pause', 'M5.5 3.5v9M10.5 3.5v9', 'Pause the run', 'Pause the run; running tasks finish'],
  ['unpause', RESUME_SIGN, 'Resume the run', 'Resume the run'],
  ['resume', RESUME_SIGN, 'Resume the run', 'Resume the run: no program drives it'],
  ['cancel', 'M4 4h8v8H4z', 'Cancel the run', 'Cancel the run'],
] as const;

/** What can be asked of the run, as buttons of its strip. */
export class RunControls {
  readonly element: HTMLElement;
  readonly #buttons: ReadonlyMap<string, HTMLButtonElement>;

  constructor(ask: (verb: string) => void) {
    this.#buttons = new Map(
      VERBS.map(([verb, sign, label, title]) => {
        const made = button('', strokeIcon(sign), label, () => ask(verb));
        made.title = title;
        made.hidden = true;
        return [verb, made];
      }),
    );
    this.element = element('div', 'controls run-controls', ...this.#buttons.values());
    setAttribute(this.element, 'role', 'group');
    setAttribute(this.element, 'aria-label', 'Run');
  }

  /** Whoever has just pressed one of the buttons finds the next under the same key. */
  offer(verbs: readonly string[]): void {
    const all = [...this.#buttons.values()];
    const focused = all.find((one) => one === document.activeElement);
    for (const [verb, made] of this.#buttons) {
      made.hidden = !verbs.includes(verb);
    }
    if (focused?.hidden === true) {
      all.find(({ hidden }) => !hidden)?.focus();
    }
  }
}
