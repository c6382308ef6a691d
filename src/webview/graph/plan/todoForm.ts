import type {
  PlanEdit,
  PlanField,
  PlanPicture,
  PlanProblem,
  PlanTodo,
} from '../../../core/projections/planPicture.ts';
import { element, setAttribute } from '../../shared/dom.ts';
import { Field, showProblems } from './field.ts';
import { NeedsField } from './needsField.ts';
import { RemovalRow } from './removalRow.ts';
import { RowsField } from './rowsField.ts';
import { agentLabel, linesOf } from './words.ts';
import { bringIntoSight, focusInSight } from './inSight.ts';

export interface FormActions {
  /** A person wants this; the form changes by the plan that comes back. */
  change(edit: PlanEdit): void;
  /** Another todo is to be shown. */
  open(id: string): void;
  addAfter(id: string): void;
}

/**
 * One todo as a person changes it: title, id, agent, what it needs, may change and has to pass. Each part is sent as
 * soon as it is left; the form keeps nothing but what is being written.
 */
export class TodoForm {
  readonly element: HTMLFormElement = element('form', 'todo-form');
  readonly #title: Field<HTMLInputElement>;
  readonly #id: Field<HTMLInputElement>;
  readonly #agent: Field<HTMLSelectElement>;
  readonly #description: Field<HTMLTextAreaElement>;
  readonly #needs: NeedsField;
  readonly #owns: Field<HTMLTextAreaElement>;
  readonly #never: Field<HTMLTextAreaElement>;
  readonly #tests: RowsField;
  readonly #rules: RowsField;
  readonly #removal: RemovalRow;
  readonly #problem = element('p', 'field-problem');
  #todo: PlanTodo | undefined;
  #agentsOf = '';

  constructor(actions: FormActions) {
    const send = (edit: (id: string) => PlanEdit): void => {
      if (this.#todo !== undefined) {
        actions.change(edit(this.#todo.id));
      }
    };
    const text = (): HTMLInputElement => element('input', '');
    const area = (rows: number, className = ''): HTMLTextAreaElement => {
      const made = element('textarea', className);
      made.rows = rows;
      return made;
    };
    const globs = (label: string, kind: 'owns' | 'never', placeholder: string) => {
      const input = area(2, 'code');
      input.spellcheck = false;
      input.placeholder = placeholder;
      return new Field(
        label,
        input,
        (value) => send((id) => ({ kind, id, globs: linesOf(value) })),
        'one a line',
      );
    };
    this.#title = new Field('Title', text(), (title) =>
      send((id) => ({ kind: 'retitle', id, title: title.trim() })),
    );
    const id = text();
    id.className = 'code';
    id.spellcheck = false;
    this.#id = new Field('Id', id, (to) =>
      send((from) => ({ kind: 'rename', from, to: to.trim() })),
    );
    this.#agent = new Field('Agent', element('select', ''), (role) =>
      send((one) => ({ kind: 'agent', id: one, role })),
    );
    this.#description = new Field('Description', area(4), (description) =>
      send((one) => ({ kind: 'describe', id: one, description })),
    );
    this.#needs = new NeedsField(
      (list) => send((one) => ({ kind: 'dependencies', id: one, list })),
      (one) => actions.open(one),
    );
    this.#owns = globs('May change', 'owns', 'src/**');
    this.#never = globs('Never changes', 'never', '*.lock');
    this.#tests = new RowsField(
      'Acceptance tests',
      'test',
      [
        { name: 'Command', placeholder: 'npm test' },
        { name: 'Seconds', placeholder: 'seconds', isNumber: true },
      ],
      (rows) =>
        send((one) => ({
          kind: 'tests',
          id: one,
          tests: rows.map(([cmd = '', seconds = '']) =>
            seconds === '' ? { cmd } : { cmd, timeout_seconds: Number(seconds) },
          ),
        })),
    );
    this.#rules = new RowsField(
      'Validation rules',
      'rule',
      [
        { name: 'Command', placeholder: 'npm run lint' },
        { name: 'Kind', placeholder: 'lint' },
      ],
      (rows) =>
        send((one) => ({
          kind: 'rules',
          id: one,
          rules: rows.map(([command = '', type = '']) => ({
            ...(type === '' ? {} : { type }),
            ...(command === '' ? {} : { command }),
          })),
        })),
    );
    this.#removal = new RemovalRow(
      (rewire) => send((one) => ({ kind: 'remove', id: one, rewire })),
      () => this.#todo !== undefined && actions.addAfter(this.#todo.id),
    );
    setAttribute(this.#problem, 'role', 'alert');
    this.element.noValidate = true;
    this.element.hidden = true;
    setAttribute(this.element, 'aria-label', 'Todo');
    this.element.append(
      this.#problem,
      this.#title.element,
      element('div', 'field-pair', this.#id.element, this.#agent.element),
      this.#description.element,
      this.#needs.element,
      this.#tests.element,
      this.#rules.element,
      element('div', 'field-pair', this.#owns.element, this.#never.element),
      this.#removal.element,
    );
    this.element.addEventListener('submit', (event) => event.preventDefault());
    // Letters are keys of the graph; here they are written.
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' && !event.ctrlKey && !event.metaKey) {
        event.stopPropagation();
      }
    });
  }

  /** @param todo `undefined`: what is selected is none. @param isOther the form showed another one before */
  show(plan: PlanPicture, todo: PlanTodo | undefined, isOther: boolean): void {
    this.#todo = todo;
    this.element.hidden = todo === undefined;
    if (todo === undefined) {
      return;
    }
    const of = (field: PlanField): readonly PlanProblem[] =>
      todo.problems.filter((problem) => problem.field === field);
    this.#title.show(todo.title, of('title'), isOther);
    this.#id.show(todo.id, of('id'), isOther);
    this.#offerAgents(plan, todo);
    this.#agent.show(todo.agent ?? todo.role, of('agent'), isOther);
    this.#description.show(todo.description, of('description'), isOther);
    this.#needs.show(plan, todo, of('dependencies'));
    this.#owns.show(todo.owns.join('\n'), of('owns'), isOther);
    this.#never.show(todo.never.join('\n'), of('never'), isOther);
    const tests = todo.tests.map(({ cmd, seconds }) => [cmd, String(seconds ?? '')]);
    this.#tests.show(tests, of('tests'), isOther);
    const rules = todo.rules.map(({ type, command }) => [command, type]);
    this.#rules.show(rules, of('rules'), isOther);
    this.#removal.show(plan, todo, isOther);
    showProblems(
      this.#problem,
      '',
      todo.problems.filter(({ field }) => field === undefined),
    );
  }

  /** @param field a part of the form, else all of it */
  refuse(field: string, why: string): void {
    const parts: Readonly<Record<string, { refuse(why: string): void }>> = {
      title: this.#title,
      id: this.#id,
      agent: this.#agent,
      description: this.#description,
      dependencies: this.#needs,
      owns: this.#owns,
      never: this.#never,
      tests: this.#tests,
      rules: this.#rules,
    };
    const part = parts[field];
    if (part === undefined) {
      showProblems(this.#problem, why, []);
      bringIntoSight(this.#problem);
    } else {
      part.refuse(why);
    }
  }

  /** For a todo that has just been added: what it is called comes first. */
  focusTitle(): void {
    focusInSight(this.#title.input);
  }

  #offerAgents({ agents }: PlanPicture, todo: PlanTodo): void {
    const agentsOf = JSON.stringify([agents, todo.role, todo.agent]);
    if (agentsOf === this.#agentsOf) {
      return;
    }
    this.#agentsOf = agentsOf;
    const unknown = todo.agent === undefined ? [new Option(agentLabel(todo), todo.role)] : [];
    this.#agent.input.replaceChildren(
      ...unknown,
      ...agents.map((agent) => new Option(agent, agent)),
    );
    this.#agent.input.value = todo.agent ?? todo.role;
  }
}
