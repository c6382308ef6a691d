import { err, ok, type Result } from '../../base/result.ts';
import { isStepId, STEP_ID_RULE } from '../../domain/ids.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import type { TextEdit } from '../source/lines.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { MapNode } from '../source/sourceNode.ts';
import type { ListItem, TreeChange } from '../source/treeChanges.ts';
import { documentOf, treeEdits } from '../source/treeEdits.ts';
import { mergedItems } from './todoItems.ts';
import { textIn, TodoList, type Todo } from './todoList.ts';

/** One thing that a person changes in a todo list. */
export type TodoEdit =
  /** What depends on it, and what is there for its failure, follows. */
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  /** @param title empty: it has none */
  | { readonly kind: 'retitle'; readonly id: string; readonly title: string }
  | { readonly kind: 'describe'; readonly id: string; readonly description: string }
  /** With `rewire` what depended on it depends on what it depended on. */
  | { readonly kind: 'remove'; readonly id: string; readonly rewire: boolean }
  | {
      readonly kind: 'add';
      readonly id: string;
      /** Empty: none. */
      readonly title: string;
      readonly agent_role: string;
      readonly dependencies: readonly string[];
      /** The todo it stands behind. Left out: it is the last. */
      readonly after?: string;
    }
  | { readonly kind: 'dependencies'; readonly id: string; readonly list: readonly string[] }
  | { readonly kind: 'agent'; readonly id: string; readonly role: string }
  | { readonly kind: 'tests'; readonly id: string; readonly tests: readonly TodoTest[] }
  | { readonly kind: 'rules'; readonly id: string; readonly rules: readonly TodoRule[] }
  | { readonly kind: 'owns' | 'never'; readonly id: string; readonly globs: readonly string[] };

export interface TodoTest {
  readonly cmd: string;
  /** Left out: what is usual. */
  readonly timeout_seconds?: number;
}

export interface TodoRule {
  /** What kind of rule it is. */
  readonly type?: string;
  readonly command?: string;
}

export type TodoListFormat = 'yaml' | 'json';

/** Fields of a todo in the order people read them. */
const ORDER = [
  'id',
  'title',
  'description',
  'agent_role',
  'parent_id',
  'branch_reason',
  'debug_instructions',
  'dependencies',
  'owns',
  'never',
  'acceptance_criteria',
  'validation_rules',
] as const;

/**
 * Edits of a todo list's text: afterwards it reads as the list with this one change, and whatever else stands in it,
 * comments, order, quotes and layout, is as it was. An error is a sentence for the person who asked.
 * @param text without a byte order mark; offsets of the edits are UTF-16
 */
export function editTodoList(
  text: string,
  format: TodoListFormat,
  edit: TodoEdit,
): Result<readonly TextEdit[], string> {
  const document = documentOf(text);
  if (document === undefined) {
    return err('The file cannot be read as it stands: mend what is wrong in it first.');
  }
  const list = TodoList.of(document);
  if (list === undefined) {
    return err('This file holds no list of todos.');
  }
  const changes = changesOf(list, edit);
  if (!changes.ok) {
    return changes;
  }
  const edits = treeEdits(document, changes.value, format === 'json');
  return edits.ok ? edits : err(refusal(edits.error));
}

function refusal(fault: 'anchors' | 'layout'): string {
  return fault === 'anchors'
    ? 'This change touches what a YAML anchor (&name, *name) shares with other places: make it in the file.'
    : 'This cannot be changed without spoiling how the file is written: make the change in the file.';
}

type Changes = Result<readonly TreeChange[], string>;

function changesOf(list: TodoList, edit: TodoEdit): Changes {
  switch (edit.kind) {
    case 'rename':
      return renaming(list, edit.from, edit.to);
    case 'add':
      return adding(list, edit);
    default: {
      const todo = list.named(edit.id);
      return todo.ok ? changesOfTodo(list, todo.value, edit) : todo;
    }
  }
}

function changesOfTodo(
  list: TodoList,
  todo: Todo,
  edit: Exclude<TodoEdit, { readonly kind: 'rename' | 'add' }>,
): Changes {
  switch (edit.kind) {
    case 'retitle':
      return ok(textChange(todo, 'title', edit.title));
    case 'describe':
      return ok(textChange(todo, 'description', edit.description));
    case 'agent':
      return edit.role.trim() === ''
        ? err(`${todo.id} needs an agent: name one.`)
        : ok(textChange(todo, 'agent_role', edit.role));
    case 'remove':
      return removing(list, todo, edit.rewire);
    case 'dependencies':
      return depending(list, todo, edit.list);
    case 'owns':
    case 'never': {
      const globs = unique(edit.globs.map((glob) => glob.trim()).filter((glob) => glob !== ''));
      return ok(textsChange(todo, edit.kind, globs));
    }
    case 'tests':
      return testing(todo, edit.tests);
    case 'rules':
      return ruling(todo, edit.rules);
  }
}

function renaming(list: TodoList, from: string, to: string): Changes {
  const todo = list.named(from);
  if (!todo.ok || from === to) {
    return todo.ok ? ok([]) : todo;
  }
  if (!isStepId(to)) {
    return err(`"${to}" cannot be the id of a todo: use ${STEP_ID_RULE}.`);
  }
  if (list.has(to)) {
    return err(`Two todos would be called ${to}.`);
  }
  const value = to;
  return ok([
    { kind: 'value', path: [...todo.value.path, 'id'], value },
    ...list.todos.flatMap(({ path, node, parent }): TreeChange[] => [
      ...(parent === from ? [{ kind: 'value', path: [...path, 'parent_id'], value } as const] : []),
      ...placesOf(node, from).map(
        (index) => ({ kind: 'value', path: [...path, 'dependencies', index], value }) as const,
      ),
    ]),
  ]);
}

function removing(list: TodoList, { id, path, dependencies }: Todo, rewire: boolean): Changes {
  const child = list.todos.find(({ parent }) => parent === id);
  if (child !== undefined) {
    return err(`${child.id} is there for when ${id} fails: remove ${child.id} first.`);
  }
  if (list.size === 1) {
    return err(`${id} is the only todo of the list, and a list has at least one.`);
  }
  const gone = path.at(-1);
  const items = Array.from({ length: list.size }, (_, from) => ({ from }));
  return ok([
    ...list.todos.flatMap((todo) => {
      if (todo.id === id || !todo.dependencies.includes(id)) {
        return [];
      }
      const instead = rewire ? dependencies.filter((other) => other !== todo.id) : [];
      const needs = todo.dependencies.flatMap((other) => (other === id ? instead : [other]));
      return textsChange(todo, 'dependencies', unique(needs));
    }),
    { kind: 'list', path: list.path, items: items.filter(({ from }) => from !== gone) },
  ]);
}

function adding(
  list: TodoList,
  { id, title, agent_role, dependencies, after }: Extract<TodoEdit, { readonly kind: 'add' }>,
): Changes {
  if (!isStepId(id)) {
    return err(`"${id}" cannot be the id of a todo: use ${STEP_ID_RULE}.`);
  }
  if (list.has(id)) {
    return err(`Two todos would be called ${id}.`);
  }
  if (agent_role.trim() === '') {
    return err(`${id} needs an agent: name one.`);
  }
  const missing = dependencies.find((other) => !list.has(other));
  const before = after === undefined ? undefined : list.named(after);
  if (missing !== undefined || before?.ok === false) {
    return missing === undefined && before?.ok === false
      ? before
      : err(`There is no todo ${missing ?? ''}.`);
  }
  const cycle = list.cycleFrom(id, dependencies);
  if (cycle !== undefined) {
    return err(cycleText(id, cycle));
  }
  const needs = unique(dependencies);
  const value: JsonValue = {
    id,
    ...(title === '' ? {} : { title }),
    agent_role,
    ...(needs.length === 0 ? {} : { dependencies: needs }),
  };
  const at = before === undefined ? list.size : Number(before.value.path.at(-1)) + 1;
  const items: ListItem[] = Array.from({ length: list.size }, (_, from) => ({ from }));
  return ok([{ kind: 'list', path: list.path, items: items.toSpliced(at, 0, { value }) }]);
}

function depending(list: TodoList, todo: Todo, wanted: readonly string[]): Changes {
  const needs = unique(wanted);
  const missing = needs.find((other) => !list.has(other) && !todo.dependencies.includes(other));
  if (missing !== undefined) {
    return err(`There is no todo ${missing}.`);
  }
  // What is a circle already can be opened, one need at a time.
  const added = needs.filter((other) => !todo.dependencies.includes(other));
  const cycle = added.length === 0 ? undefined : list.cycleFrom(todo.id, added);
  return cycle === undefined
    ? ok(textsChange(todo, 'dependencies', needs))
    : err(cycleText(todo.id, cycle));
}

function cycleText(id: string, way: readonly string[]): string {
  return way.length === 0
    ? `${id} cannot need itself.`
    : `${id} would need itself through ${way.join(' and ')}.`;
}

function testing(todo: Todo, tests: readonly TodoTest[]): Changes {
  const wrong = tests.find(({ cmd }) => !/\S/.test(cmd));
  if (wrong !== undefined) {
    return err('A test needs a command: write one, or remove the test.');
  }
  const criteria = todo.node.fields.get('acceptance_criteria')?.node;
  const path = [...todo.path, 'acceptance_criteria'];
  const items = tests.map(({ cmd, timeout_seconds: seconds }) => ({
    cmd,
    ...(seconds === undefined ? {} : { timeout_seconds: seconds }),
  }));
  if (criteria?.kind === 'map') {
    return ok(itemsChange(criteria, path, 'tests', items, ['cmd', 'timeout_seconds']));
  }
  return ok(tests.length === 0 ? [] : fieldChange(todo, 'acceptance_criteria', { tests: items }));
}

function ruling(todo: Todo, rules: readonly TodoRule[]): Changes {
  const isEmpty = ({ type = '', command = '' }: TodoRule): boolean => !/\S/.test(type + command);
  if (rules.some(isEmpty)) {
    return err('A rule needs a command: write one, or remove the rule.');
  }
  const items = rules.map(({ type, command }) => ({
    ...(type === undefined ? {} : { type }),
    ...(command === undefined ? {} : { command }),
  }));
  return ok(itemsChange(todo.node, todo.path, 'validation_rules', items, ['command', 'type']));
}

function itemsChange(
  map: MapNode,
  path: SourcePath,
  name: string,
  items: readonly { readonly [field: string]: JsonValue }[],
  fields: readonly [string, string],
): readonly TreeChange[] {
  const list = map.fields.get(name)?.node;
  const at = [...path, name];
  if (list?.kind === 'list') {
    return mergedItems(list, at, items, fields);
  }
  if (items.length === 0) {
    return [];
  }
  return list === undefined
    ? [{ kind: 'field', map: path, name, value: items, order: ORDER }]
    : [{ kind: 'value', path: at, value: items }];
}

/** @param text empty: the field goes */
function textChange(todo: Todo, field: string, text: string): readonly TreeChange[] {
  if (textIn(todo.node, field) === text) {
    return [];
  }
  if (text !== '') {
    return fieldChange(todo, field, text);
  }
  return todo.node.fields.has(field)
    ? [{ kind: 'field', map: todo.path, name: field, value: undefined, order: ORDER }]
    : [];
}

function fieldChange(todo: Todo, name: string, value: JsonValue): readonly TreeChange[] {
  return todo.node.fields.has(name)
    ? [{ kind: 'value', path: [...todo.path, name], value }]
    : [{ kind: 'field', map: todo.path, name, value, order: ORDER }];
}

/** Texts that stay keep what they are written as. */
function textsChange(todo: Todo, name: string, texts: readonly string[]): readonly TreeChange[] {
  const list = todo.node.fields.get(name)?.node;
  if (list?.kind !== 'list') {
    const isAsNow = textIn(todo.node, name) === texts[0] && texts.length < 2;
    return isAsNow ? [] : fieldChange(todo, name, [...texts]);
  }
  const known = list.items.map((item) => (item.kind === 'scalar' ? item.text : undefined));
  const items = texts.map((text): ListItem => {
    const from = known.indexOf(text);
    return from === -1 ? { value: text } : { from };
  });
  const isSame =
    items.length === known.length &&
    items.every((item, index) => 'from' in item && item.from === index);
  return isSame ? [] : [{ kind: 'list', path: [...todo.path, name], items }];
}

function placesOf(node: MapNode, id: string): readonly number[] {
  const list = node.fields.get('dependencies')?.node;
  const items = list?.kind === 'list' ? list.items : [];
  return items.flatMap((item, index) => (item.kind === 'scalar' && item.text === id ? index : []));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
