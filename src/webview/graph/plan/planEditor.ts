import type { PlanEdit, PlanPicture } from '../../../core/projections/planPicture.ts';
import type { GraphHostMessage, GraphPageMessage } from '../../protocol.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { strokeIcon } from '../icons.ts';
import { PlanTable } from './planTable.ts';
import { TodoForm } from './todoForm.ts';
import { doneText, fieldOf, freeId, troubleOf } from './words.ts';

type PlanNews = Extract<GraphHostMessage, { readonly type: 'plan' | 'plan-answer' }>;

/** What a plan asks of the page it is on. */
export interface PlanHost {
  post(message: GraphPageMessage): void;
  select(task: string | undefined): void;
  /** There is a plan, or there is none any more, or the one selected is another. */
  changed(): void;
}

const CLOSE_SIGN = 'M4.5 4.5l7 7M11.5 4.5l-7 7';
const RUN_SIGN = 'M5 3.2v9.6L12.6 8z';
const LOOK_SIGN = 'M3 8.5l3.2 3.2L13 4.8';

/**
 * A plan that has not run, as a person changes it: the form in the panel, the table beside the graph, what was done
 * last with its Undo, and the buttons of the whole plan. It holds the last plan it was told of; what a person does is
 * sent, and seen when the file says it.
 */
export class PlanEditor {
  readonly form: HTMLElement;
  readonly table: PlanTable;
  /** For the strip above the graph. */
  readonly bar: HTMLElement;
  /** What was done or refused last, and what is wrong with the file as a whole. */
  readonly notices = element('div', 'plan-notices');
  readonly #host: PlanHost;
  readonly #form: TodoForm;
  readonly #notice = element('div', 'plan-notice');
  readonly #said = element('p', '');
  readonly #trouble = element('div', 'plan-notice');
  readonly #troubleText = element('p', '');
  readonly #undo: HTMLButtonElement;
  #plan: PlanPicture | undefined;
  #selected: string | undefined;
  #shown: string | undefined;
  #number = 0;
  /** Sent, and not answered yet. */
  readonly #sent = new Map<number, { readonly edit: PlanEdit; readonly isFromTable: boolean }>();
  /** The change that Undo takes back. */
  #last: number | undefined;
  /** The id that became another on this page last: a name that is taken back leads back. */
  #renamed: { readonly from: string; readonly to: string } | undefined;
  #adding: string | undefined;

  constructor(host: PlanHost) {
    this.#host = host;
    this.#form = new TodoForm({
      change: (edit) => this.#send(edit, false),
      open: (id) => host.select(id),
      addAfter: (id) => this.#add(id),
    });
    this.form = this.#form.element;
    this.table = new PlanTable({
      change: (edit) => this.#send(edit, true),
      select: (id) => host.select(id),
    });
    this.#undo = button('link', 'Undo', 'Undo', () => {
      if (this.#last !== undefined) {
        host.post({ type: 'plan-undo', number: this.#last });
        this.#last = undefined;
      }
    });
    const close = button('icon-button', strokeIcon(CLOSE_SIGN), 'Close', () => {
      this.#notice.hidden = true;
    });
    setAttribute(this.#said, 'role', 'status');
    this.#notice.append(this.#said, this.#undo, close);
    this.#notice.hidden = true;
    setAttribute(this.#troubleText, 'role', 'status');
    this.#trouble.append(
      this.#troubleText,
      button('link', 'Open File', 'Open File', () =>
        host.post({ type: 'plan-verb', verb: 'open' }),
      ),
    );
    this.#trouble.hidden = true;
    this.notices.append(this.#trouble, this.#notice);
    const verb = (className: string, sign: string, label: string, word: 'preflight' | 'run') => {
      const made = button(className, strokeIcon(sign), label, () =>
        host.post({ type: 'plan-verb', verb: word }),
      );
      made.append(element('span', '', label));
      made.removeAttribute('aria-label');
      return made;
    };
    this.bar = element(
      'div',
      'controls plan-controls',
      verb('plan-verb', LOOK_SIGN, 'Pre-flight', 'preflight'),
      verb('plan-verb primary', RUN_SIGN, 'Run Plan', 'run'),
    );
    setAttribute(this.bar, 'role', 'group');
    setAttribute(this.bar, 'aria-label', 'Plan');
    this.bar.hidden = true;
  }

  get isThere(): boolean {
    return this.#plan !== undefined;
  }

  receive(message: PlanNews): void {
    if (message.type === 'plan-answer') {
      this.#answered(message.number, message.refused);
      return;
    }
    this.#plan = message.plan;
    this.bar.hidden = message.plan === undefined;
    if (message.plan === undefined) {
      this.#notice.hidden = true;
    }
    const trouble = troubleOf(message.plan);
    setText(this.#troubleText, trouble);
    this.#trouble.hidden = trouble === '';
    this.#follow();
    this.#draw();
    this.#host.changed();
  }

  setSelected(id: string | undefined): void {
    this.#selected = id;
    this.table.setSelected(id);
    this.#draw();
  }

  /** Where the selected todo has another name by now, that one is selected; where it is gone, none. */
  #follow(): void {
    const selected = this.#selected;
    const { todos } = this.#plan ?? { todos: [] };
    const has = (id: string | undefined): boolean => todos.some((todo) => todo.id === id);
    if (this.#adding !== undefined && has(this.#adding)) {
      this.#host.select(this.#adding);
      this.#form.focusTitle();
      this.#adding = undefined;
      return;
    }
    if (selected === undefined || has(selected)) {
      return;
    }
    const isRemoved = [...this.#sent.values()].some(
      ({ edit }) => edit.kind === 'remove' && edit.id === selected,
    );
    const other = this.#otherName(selected);
    if (isRemoved) {
      this.#host.select(undefined);
    } else if (has(other)) {
      this.#host.select(other);
    }
  }

  #otherName(id: string | undefined): string | undefined {
    const { from, to } = this.#renamed ?? {};
    return id === undefined ? undefined : id === from ? to : id === to ? from : undefined;
  }

  #draw(): void {
    const plan = this.#plan;
    if (plan === undefined) {
      this.form.hidden = true;
      return;
    }
    const todo = plan.todos.find(({ id }) => id === this.#selected);
    const isOther = this.#shown !== todo?.id && this.#otherName(this.#shown) !== todo?.id;
    this.#shown = todo?.id;
    this.#form.show(plan, todo, isOther);
    this.table.show(plan);
  }

  #add(after: string): void {
    const plan = this.#plan;
    const before = plan?.todos.find(({ id }) => id === after);
    if (plan !== undefined && before !== undefined) {
      const id = freeId(plan);
      this.#adding = id;
      this.#send(
        { kind: 'add', id, title: '', agent_role: before.role, dependencies: [after], after },
        false,
      );
    }
  }

  #send(edit: PlanEdit, isFromTable: boolean): void {
    this.#number += 1;
    this.#sent.set(this.#number, { edit, isFromTable });
    if (edit.kind === 'rename') {
      this.#renamed = edit;
    }
    this.#host.post({ type: 'plan-edit', number: this.#number, edit });
  }

  #answered(number: number, refused: string | undefined): void {
    const sent = this.#sent.get(number);
    this.#sent.delete(number);
    if (refused !== undefined) {
      this.#adding = undefined;
      this.#renamed = sent?.edit.kind === 'rename' ? undefined : this.#renamed;
      const field = sent === undefined ? undefined : fieldOf(sent.edit);
      if (sent?.isFromTable === true) {
        this.table.refuse(refused);
      } else if (field !== undefined && !this.form.hidden) {
        this.#form.refuse(field, refused);
      } else {
        this.#say(refused, undefined);
      }
      return;
    }
    this.#say(
      sent === undefined ? 'The change is taken back.' : doneText(sent.edit),
      sent && number,
    );
  }

  #say(text: string, undo: number | undefined): void {
    const hadFocus = this.#undo === document.activeElement;
    this.#last = undo;
    setText(this.#said, text);
    this.#undo.hidden = undo === undefined;
    this.#notice.hidden = false;
    if (hadFocus && undo === undefined) {
      this.#notice.querySelector<HTMLElement>('.icon-button')?.focus();
    }
  }
}
