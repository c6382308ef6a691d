import type { PlanEdit, PlanPicture, PlanTodo } from '../../../core/projections/planPicture.ts';

// What the page says of a plan, and what it works out of one.

/** What was done, as a sentence that "Undo" follows. */
export function doneText(edit: PlanEdit): string {
  switch (edit.kind) {
    case 'rename':
      return `${edit.from} is called ${edit.to} now.`;
    case 'retitle':
      return `${edit.id} has another title.`;
    case 'describe':
      return `${edit.id} has another description.`;
    case 'remove':
      return `${edit.id} is removed.`;
    case 'add':
      return `${edit.id} is added.`;
    case 'dependencies':
      return `${edit.id} needs others now.`;
    case 'agent':
      return `${edit.role} works on ${edit.id} now.`;
    case 'tests':
      return `${edit.id} has other acceptance tests.`;
    case 'rules':
      return `${edit.id} has other validation rules.`;
    case 'owns':
    case 'never':
      return `What ${edit.id} may change is another.`;
  }
}

/** The part of a todo's form where it is said why an edit was refused. */
export function fieldOf(edit: PlanEdit): string {
  switch (edit.kind) {
    case 'rename':
      return 'id';
    case 'retitle':
      return 'title';
    case 'describe':
      return 'description';
    case 'remove':
    case 'add':
      return 'todo';
    default:
      return edit.kind;
  }
}

/** Todos that would need themselves if this one needed them, itself among them. */
export function dependentsOf({ todos }: PlanPicture, id: string): ReadonlySet<string> {
  const found = new Set([id]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const { id: other, dependencies, parent } of todos) {
      if (
        (parent !== undefined && found.has(parent)) ||
        dependencies.some((one) => found.has(one))
      ) {
        found.add(other);
      }
    }
  }
  return found;
}

/** An id no todo has: `todo-7` for the seventh. */
export function freeId({ todos }: PlanPicture): string {
  const taken = new Set(todos.map(({ id }) => id));
  for (let number = todos.length + 1; ; number += 1) {
    if (!taken.has(`todo-${number}`)) {
      return `todo-${number}`;
    }
  }
}

/** As a select shows it. */
export function agentLabel({ role, agent }: Pick<PlanTodo, 'role' | 'agent'>): string {
  return agent ?? (role === '' ? 'No agent' : `${role} (unknown)`);
}

/** One glob a line, as people write and read them. */
export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What is wrong with the file as a whole; empty: nothing. */
export function troubleOf(plan: PlanPicture | undefined): string {
  const { problems = [], isUnsaved = false } = plan ?? {};
  const [worst] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return worst !== undefined
    ? `${worst.message}${more}`
    : isUnsaved
      ? 'The file is not saved: a run would not see these changes.'
      : '';
}
