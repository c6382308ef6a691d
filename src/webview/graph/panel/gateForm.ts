import type { DetailGate } from '../../../core/projections/detailPicture.ts';
import type { GraphPageMessage } from '../../protocol.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';

type Answer = Extract<GraphPageMessage, { readonly type: 'answer' }>;

export interface GateActions {
  answer(message: Omit<Answer, 'type' | 'task'>): void;
  verb(verb: string): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Between two answers of one person, in milliseconds: a double click is one. */
const APART_MS = 700;
/** The value of the choice that is not written yet. */
const OWN = 'own';

let forms = 0;

/**
 * What a person answers a gate with. What they have chosen and written stays for as long as the gate asks about the same
 * content; an answer holds the digest of what they saw.
 */
export class GateForm {
  readonly element: HTMLFormElement;
  readonly #gate: DetailGate;
  readonly #actions: GateActions;
  readonly #radios: HTMLInputElement[] = [];
  readonly #own: HTMLTextAreaElement | undefined;
  readonly #problem = element('p', 'form-problem');
  readonly #note = element('textarea', '');
  readonly #noteBox: HTMLElement;
  readonly #noteProblem = element('p', 'form-problem');
  readonly #changes: HTMLButtonElement;
  readonly #showChanges: HTMLButtonElement;
  readonly #identical: HTMLButtonElement;
  #answeredAt = -Infinity;

  constructor(gate: DetailGate, actions: GateActions) {
    this.#gate = gate;
    this.#actions = actions;
    forms += 1;
    const id = `gate-form-${forms}`;
    const choices = this.#choiceFields(id);
    this.#own = gate.takesText ? this.#ownField(id) : undefined;
    this.#problem.id = `${id}-problem`;
    setAttribute(this.#problem, 'role', 'alert');

    const approve = button('primary', 'Approve', 'Approve', () => this.#approve());
    this.#changes = button('secondary', 'Request changes…', 'Request changes…', () =>
      this.#toggleNote(),
    );
    setAttribute(this.#changes, 'aria-expanded', 'false');
    const reject = button('secondary', 'Reject…', 'Reject…', () =>
      this.#send({ decision: 'rejected' }),
    );
    this.#showChanges = button('secondary', 'Show changes', 'Show changes', () =>
      actions.verb('changes'),
    );
    this.#identical = button('secondary wide', '', '', () => actions.verb('approve-identical'));
    this.#changes.hidden = !gate.takesChanges;

    this.#note.rows = 4;
    this.#note.id = `${id}-note`;
    this.#note.required = true;
    this.#noteProblem.id = `${id}-note-problem`;
    setAttribute(this.#noteProblem, 'role', 'alert');
    const noteLabel = element('label', '', 'What should be different?');
    noteLabel.htmlFor = this.#note.id;
    this.#noteBox = element(
      'div',
      'note',
      noteLabel,
      this.#note,
      this.#noteProblem,
      element(
        'div',
        'buttons',
        button('primary', 'Send', 'Send what should be different', () => this.#sendNote()),
        button('secondary', 'Cancel', 'Cancel', () => this.#closeNote()),
      ),
    );
    this.#noteBox.hidden = true;
    this.#noteBox.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        this.#closeNote();
      } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        this.#sendNote();
      }
    });

    this.element = element(
      'form',
      'gate-form',
      ...choices,
      ...(this.#own === undefined ? [] : [this.#ownBox(this.#own, id)]),
      this.#problem,
      element('div', 'buttons', approve, this.#changes, reject, this.#showChanges),
      this.#identical,
      this.#noteBox,
    );
    this.element.noValidate = true;
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#approve();
    });
    // Letters are answers on the graph; here they are written.
    this.element.addEventListener('keydown', (event) => {
      if (event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement) {
        event.stopPropagation();
      }
    });
    // Errors stand until something is said about them.
    this.element.addEventListener('input', () => this.#say(this.#problem, ''));
  }

  /** What can change while the question stays. */
  update({ identical }: DetailGate, verbs: readonly string[]): void {
    this.#showChanges.hidden = !verbs.includes('changes');
    this.#identical.hidden = identical === 0;
    const label = `Approve all ${identical + 1} that ask the same…`;
    setText(this.#identical, label);
    setAttribute(this.#identical, 'aria-label', label);
  }

  #choiceFields(id: string): HTMLElement[] {
    const { choices, takesText } = this.#gate;
    if (choices.length === 0) {
      return [];
    }
    const legend = element('legend', '', 'Approve with');
    const fieldset = element('fieldset', 'choices', legend);
    const options = [...choices, ...(takesText ? ['Another answer'] : [])];
    options.forEach((choice, place) => {
      const radio = element('input', '');
      radio.type = 'radio';
      radio.name = id;
      radio.id = `${id}-${place}`;
      radio.value = place < choices.length ? String(place) : OWN;
      const label = element('label', '', choice);
      label.htmlFor = radio.id;
      this.#radios.push(radio);
      fieldset.append(element('div', 'choice', radio, label));
    });
    return [fieldset];
  }

  #ownField(id: string): HTMLTextAreaElement {
    const field = element('textarea', '');
    field.id = `${id}-own`;
    field.rows = 2;
    field.addEventListener('input', () => {
      const own = this.#radios.find(({ value }) => value === OWN);
      if (own !== undefined && field.value !== '') {
        own.checked = true;
      }
    });
    return field;
  }

  #ownBox(field: HTMLTextAreaElement, id: string): HTMLElement {
    const label = element(
      'label',
      '',
      this.#radios.length === 0 ? 'Your answer' : 'Your own words',
    );
    label.htmlFor = `${id}-own`;
    return element('div', 'own', label, field);
  }

  #approve(): void {
    const { choices, takesText } = this.#gate;
    if (choices.length === 0 && !takesText) {
      this.#send({ decision: 'approved' });
      return;
    }
    const picked = this.#radios.find(({ checked }) => checked)?.value;
    const written = this.#own?.value.trim() ?? '';
    const choice =
      picked === undefined || picked === OWN ? written : (choices[Number(picked)] ?? '');
    if (choice !== '') {
      this.#send({ decision: 'approved', choice });
      return;
    }
    const isWritten = picked === OWN || choices.length === 0;
    this.#say(this.#problem, isWritten ? 'Write your answer first.' : 'Choose one first.');
    (isWritten ? this.#own : this.#radios[0])?.focus();
  }

  #toggleNote(): void {
    if (this.#noteBox.hidden) {
      this.#noteBox.hidden = false;
      setAttribute(this.#changes, 'aria-expanded', 'true');
      this.#note.focus();
    } else {
      this.#closeNote();
    }
  }

  #closeNote(): void {
    this.#noteBox.hidden = true;
    setAttribute(this.#changes, 'aria-expanded', 'false');
    this.#changes.focus();
  }

  #sendNote(): void {
    const note = this.#note.value.trim();
    if (note === '') {
      this.#say(this.#noteProblem, 'Say what should be different: the agent works with it.');
      this.#note.focus();
      return;
    }
    this.#say(this.#noteProblem, '');
    this.#send({ decision: 'changes-requested', note });
  }

  #send(answer: Omit<Answer, 'type' | 'task' | 'digest'>): void {
    const now = this.#actions.now();
    if (now - this.#answeredAt > APART_MS) {
      this.#answeredAt = now;
      this.#actions.answer({ ...answer, digest: this.#gate.digest });
    }
  }

  #say(place: HTMLElement, text: string): void {
    setText(place, text);
  }
}
