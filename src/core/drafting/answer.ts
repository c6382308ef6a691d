import { err, ok, type Result } from '../base/result.ts';
import { thrownMessage } from '../base/text.ts';
import type { JsonValue } from '../domain/workflow.ts';
import { jsonSchemas } from '../definitions/jsonSchemas.ts';

type Fields = Readonly<Record<string, JsonValue>>;

/** What a planner answered, as far as a plan is made of it. */
export interface DraftAnswer {
  /** What stands around the todos; programs write `null` for what they leave out, which is left out here. */
  readonly head: Fields;
  readonly todos: readonly Fields[];
}

/** A row of the table a plan is shown as. */
export interface DraftedTodo {
  readonly id: string;
  readonly title: string;
  readonly agent: string;
  readonly needs: readonly string[];
  readonly owns: readonly string[];
  readonly tests: readonly string[];
}

/**
 * What the planner's answer must satisfy: a todo list as the file's schema has it, with its todos in `todos`. Of all
 * forms a file may have this is the one that can say what is wrong, where "one of four" could not.
 */
export function draftSchema(): JsonValue {
  const whole = jsonSchemas()['todo.schema.json'] as JsonValue;
  const forms = isFields(whole) && Array.isArray(whole['anyOf']) ? whole['anyOf'] : [];
  const form = (forms as readonly JsonValue[]).find(
    (one) => isFields(one) && isFields(one['properties']) && 'todos' in one['properties'],
  );
  if (form === undefined) {
    throw new Error('Internal error: the schema of todo lists has no form with "todos"');
  }
  return form;
}

/** The error continues "…, because". */
export function readAnswer(text: string): Result<DraftAnswer, string> {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (thrown) {
    return err(`it is no JSON: ${thrownMessage(thrown)}`);
  }
  const list = isFields(value) ? value['todos'] : value;
  if (!Array.isArray(list)) {
    return err('it holds no list of todos');
  }
  const { todos: _, ...head } = isFields(value) ? value : {};
  return ok({
    head: withoutNothing(head),
    todos: (list as readonly JsonValue[]).filter(isFields).map(withoutNothing),
  });
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

export function rowsOf({ todos }: DraftAnswer): DraftedTodo[] {
  return todos.map((todo) => ({
    id: textOf(todo['id']),
    title: textOf(todo['title']),
    agent: textOf(todo['agent_role']),
    needs: textsOf(todo['dependencies']),
    owns: textsOf(todo['owns']),
    tests: testsOf(todo),
  }));
}

/** The lines that are to exit with 0: its acceptance tests, then its rules. */
export function testsOf(todo: Fields): string[] {
  const criteria = todo['acceptance_criteria'];
  const tests = isFields(criteria) ? criteria['tests'] : undefined;
  const lines = (list: JsonValue | undefined, field: string) =>
    (Array.isArray(list) ? (list as readonly JsonValue[]) : []).flatMap((one) => {
      const line = isFields(one) ? textOf(one[field]) : '';
      return line === '' ? [] : [line];
    });
  return [...lines(tests, 'cmd'), ...lines(todo['validation_rules'], 'command')];
}

export function isFields(value: JsonValue | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textsOf(value: JsonValue | undefined): string[] {
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value ?? ''];
  return list.map(textOf).filter((text) => text !== '');
}

function withoutNothing(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
