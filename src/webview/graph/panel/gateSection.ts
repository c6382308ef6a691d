import type {
  DetailFact,
  DetailGate,
  TaskDetail,
} from '../../../core/projections/detailPicture.ts';
import { element, setText } from '../../shared/dom.ts';
import { GateForm, type GateActions } from './gateForm.ts';
import { factRow } from './listSections.ts';
import { MarkdownView } from './markdownView.ts';
import { KeptList, Section } from './section.ts';

/** What a gate that waits asks, what there is to go by, and the answer. */
export class GateSection {
  readonly element: HTMLElement;
  readonly #section = new Section('gate', 'Waiting for you');
  readonly #actions: GateActions;
  readonly #ask = element('p', 'ask');
  /** Of a gate whose question is a page of its own. */
  readonly #page = new MarkdownView();
  readonly #lapsed = element('p', 'lapsed');
  readonly #known = new KeptList<DetailFact>(element('dl', 'fact-list'), factRow);
  readonly #form = element('div', '');
  #of = '';
  #current: GateForm | undefined;

  constructor(actions: GateActions) {
    this.#actions = actions;
    this.element = this.#section.element;
    // The answer stands where it is seen at once, however much there is to go by.
    this.#page.element.classList.add('ask-page');
    this.#section.body.append(
      this.#ask,
      this.#page.element,
      this.#lapsed,
      this.#form,
      this.#known.element,
    );
  }

  show({ task, gate, verbs }: TaskDetail): void {
    this.element.hidden = gate === undefined;
    if (gate === undefined) {
      this.#of = '';
      this.#current = undefined;
      this.#form.replaceChildren();
      return;
    }
    const isPage = gate.isMarkdown === true;
    setText(this.#ask, isPage ? '' : gate.ask);
    this.#ask.hidden = isPage;
    this.#page.show(isPage ? gate.ask : '', 4);
    this.#page.element.hidden = !isPage;
    setText(this.#lapsed, gate.lapsed ?? '');
    this.#lapsed.hidden = gate.lapsed === undefined;
    const known = knownOf(gate);
    this.#known.show(known);
    this.#known.element.hidden = known.length === 0;
    const { digest, choices, takesText, takesChanges } = gate;
    const of = JSON.stringify([task, digest, choices, takesText, takesChanges]);
    if (of !== this.#of || this.#current === undefined) {
      this.#of = of;
      this.#current = new GateForm(gate, this.#actions);
      this.#form.replaceChildren(this.#current.element);
    }
    this.#current.update(gate, verbs);
  }
}

/** What there is to go by, in the order it is asked for. */
function knownOf({ makers, evidence, forecast, cost }: DetailGate): DetailFact[] {
  const pairs: readonly (readonly [string, string])[] = [
    ['Made by', makers.join('\n')],
    ['Evidence', evidence.join('\n')],
    ['Forecast', forecast ?? ''],
    ['Cost', cost],
  ];
  return pairs.flatMap(([name, value]) => (value === '' ? [] : [{ name, value }]));
}
