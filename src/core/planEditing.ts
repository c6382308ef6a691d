import { err, ok, type Result } from './base/result.ts';
import { plainText } from './base/text.ts';
import type { Diagnostic } from './domain/diagnostic.ts';
import { indexAgents, type AgentEntry, type AgentIndex } from './definitions/entries.ts';
import { agentOfRole } from './definitions/imports/settledTodos.ts';
import { editTodoList, type TodoListFormat } from './definitions/imports/todoEdits.ts';
import { textIn, textsIn, TodoList, type Todo } from './definitions/imports/todoList.ts';
import { editedText, inverseOf, type TextEdit } from './definitions/source/lines.ts';
import type { SourceDocument } from './definitions/source/sourceDocument.ts';
import type { MapNode, SourceNode } from './definitions/source/sourceNode.ts';
import { documentOf } from './definitions/source/treeEdits.ts';
import type {
  PlanEdit,
  PlanField,
  PlanPicture,
  PlanProblem,
  PlanRule,
  PlanTest,
  PlanTodo,
} from './projections/planPicture.ts';

/** Which part of a todo is about what its file calls this. */
const FIELDS: Readonly<Record<string, PlanField>> = {
  id: 'id',
  title: 'title',
  description: 'description',
  agent_role: 'agent',
  dependencies: 'dependencies',
  parent_id: 'dependencies',
  owns: 'owns',
  never: 'never',
  acceptance_criteria: 'tests',
  validation_rules: 'rules',
};

export interface PlanSource {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  /** As it is in the editor, without a byte order mark. */
  readonly text: string;
  readonly isUnsaved: boolean;
  /** Of this text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A todo list as its file has it, also where much is wrong with it. */
export function planOf(source: PlanSource, entries: readonly AgentEntry[]): PlanPicture {
  const agents = indexAgents(entries);
  const { file, text, isUnsaved, diagnostics } = source;
  const document = documentOf(text);
  const list = document && TodoList.of(document);
  const todos = document === undefined ? [] : (list?.todos ?? []);
  const placed = diagnostics.map((diagnostic) => placeOf(diagnostic, todos, document));
  const problemsOf = (todo: Todo | undefined): readonly PlanProblem[] =>
    placed.flatMap((place) => (place.todo === todo ? place.problem : []));
  return {
    file,
    todos: todos.map((todo) => todoOf(todo, agents, problemsOf(todo))),
    agents: agents.names.map((name) => name as string),
    problems: problemsOf(undefined),
    isUnsaved,
  };
}

/** A change of a plan's text. */
export interface PlanChange {
  /** Offsets are UTF-16. */
  readonly edits: readonly PlanTextEdit[];
  /** After it. */
  readonly text: string;
  /** Edits of that text after which it is as before. */
  readonly back: readonly PlanTextEdit[];
}

export type PlanTextEdit = TextEdit;

/** What a person asked for, as a change of the file's text. An error is a sentence for them. */
export function changePlan(
  text: string,
  format: TodoListFormat,
  edit: PlanEdit,
): Result<PlanChange, string> {
  const edits = editTodoList(text, format, edit);
  if (!edits.ok) {
    return err(edits.error);
  }
  const made = editedText(text, edits.value);
  if (!made.ok) {
    throw new Error('Internal error: edits of a plan overlap');
  }
  return ok({ edits: edits.value, text: made.value, back: inverseOf(text, edits.value) });
}

interface Placed {
  /** `undefined`: it is about the whole list. */
  readonly todo: Todo | undefined;
  readonly problem: PlanProblem;
}

function placeOf(
  { range, severity, message }: Diagnostic,
  todos: readonly Todo[],
  document: SourceDocument | undefined,
): Placed {
  const at = document?.source.offsetAt(range.start) ?? 0;
  const todo = todos.find(({ node }) => node.start <= at && at < node.end);
  const field = [...(todo?.node.fields ?? [])].find(
    ([, { keyStart, keyEnd, node }]) => keyStart <= at && at < Math.max(keyEnd, node.end),
  );
  return {
    todo,
    problem: { severity, message: plainText(message), field: field && FIELDS[field[0]] },
  };
}

function todoOf(
  { id, node, dependencies, parent }: Todo,
  agents: AgentIndex,
  problems: readonly PlanProblem[],
): PlanTodo {
  const role = textIn(node, 'agent_role') ?? '';
  const agent = agents.named(agentOfRole(role, agents))?.name;
  return {
    id,
    title: textIn(node, 'title') ?? '',
    description: textIn(node, 'description') ?? '',
    role,
    agent,
    dependencies,
    parent,
    owns: textsIn(node, 'owns'),
    never: textsIn(node, 'never'),
    tests: mapsIn(mapIn(node, 'acceptance_criteria'), 'tests').map(testOf),
    rules: mapsIn(node, 'validation_rules').map(ruleOf),
    problems,
  };
}

function mapIn(node: MapNode, field: string): MapNode | undefined {
  const value = node.fields.get(field)?.node;
  return value?.kind === 'map' ? value : undefined;
}

function mapsIn(node: MapNode | undefined, field: string): readonly MapNode[] {
  const list: SourceNode | undefined = node?.fields.get(field)?.node;
  return list?.kind === 'list' ? list.items.filter((item) => item.kind === 'map') : [];
}

function testOf(node: MapNode): PlanTest {
  const seconds = node.value['timeout_seconds'];
  return {
    cmd: textIn(node, 'cmd') ?? '',
    seconds: typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : undefined,
  };
}

function ruleOf(node: MapNode): PlanRule {
  return { type: textIn(node, 'type') ?? '', command: textIn(node, 'command') ?? '' };
}
