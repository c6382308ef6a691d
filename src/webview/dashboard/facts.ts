import { element, setText } from '../shared/dom.ts';
import { tell } from './cell.ts';

/** Figures with their names, side by side. */
export class FactList<Name extends string> {
  readonly element = element('dl', 'facts');
  readonly #facts = new Map<Name, Fact>();

  constructor(names: readonly Name[]) {
    for (const name of names) {
      const fact = {
        figure: element('span', 'fact-value'),
        more: element('span', 'fact-more'),
        whole: element('div', 'fact'),
      };
      fact.whole.append(element('dt', '', name), element('dd', '', fact.figure, fact.more));
      this.#facts.set(name, fact);
      this.element.append(fact.whole);
    }
  }

  /**
   * @param more what stands beside the figure
   * @param title what the short text leaves out
   */
  tell(name: Name, text: string, more = '', title = ''): void {
    const fact = this.#facts.get(name);
    if (fact !== undefined) {
      tell(fact.figure, text, title);
      setText(fact.more, more);
      fact.more.hidden = more === '';
      fact.whole.hidden = false;
    }
  }

  /** For a figure that there is none of. */
  hide(name: Name): void {
    const fact = this.#facts.get(name);
    if (fact !== undefined) {
      fact.whole.hidden = true;
    }
  }
}

interface Fact {
  readonly whole: HTMLElement;
  readonly figure: HTMLElement;
  readonly more: HTMLElement;
}
