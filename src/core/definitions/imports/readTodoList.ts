import type { Check } from '../../domain/agent.ts';
import { commandOfLine } from './commandLine.ts';
import { isName } from '../commonSchema.ts';
import { FILE_START } from '../../domain/diagnostic.ts';
import type { AgentIndex } from '../entries.ts';
import { keptFields } from './keptFields.ts';
import { literal, readListedSteps, type ListedStep } from '../workflows/listedSteps.ts';
import * as problems from '../problems.ts';
import { CHECK_TIMEOUT_MS } from '../readCommand.ts';
import { readList } from '../source/readParts.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { SourceNode } from '../source/sourceNode.ts';
import { TODO_LISTS, todoHeadSchema, todoSchema } from './todoSchema.ts';
import {
  agentStep,
  emptyDraft,
  type StepDraft,
  type WorkflowDraft,
  type Written,
} from '../workflows/workflowDraft.ts';

type TodoFields = ReturnType<typeof fieldsOf>;

/** True for what only a todo list looks like: a list of todos with an `agent_role`, or fields around one. */
export function looksLikeTodos(root: SourceNode): boolean {
  const list = root.kind === 'list' ? root : listIn(root)?.node;
  return (
    list?.kind === 'list' &&
    list.items.some((item) => item.kind === 'map' && item.fields.has('agent_role'))
  );
}

/**
 * A todo list as a workflow: each todo is a step, a todo for a failure runs only where its parent has
 * failed. Whatever does not have the shape it should is reported to `reader` and left out.
 * @param fileName without its ending: the name of a list that gives none
 */
export function readTodoList(reader: DocumentReader, fileName: string): WorkflowDraft {
  const { root } = reader.document;
  const readTodos = (path: SourcePath) =>
    readListedSteps(reader, path, (todo) => readTodo(reader, todo));
  if (root.kind === 'list') {
    return { ...emptyDraft(fileName), steps: readTodos([]) };
  }
  const list = listIn(root);
  if (root.kind !== 'map' || list?.node.kind !== 'list') {
    reportNoList(reader, root, list?.field);
    return emptyDraft(fileName);
  }
  const head = reader.fields(todoHeadSchema, [], root.value);
  const textOf = (field: 'name' | 'title' | 'description') =>
    head[field] === undefined || head[field] === null ? '' : reader.textAt([field]);
  const name = textOf('name');
  const others = keptFields(root, list.field, ...(isName(name) ? ['name'] : []), 'description');
  return {
    ...emptyDraft(isName(name) ? name : fileName),
    description: textOf('description') || textOf('title'),
    steps: readTodos([list.field]),
    metadata: others && { todo: others },
  };
}

/** The agent that a role means: the one of the name, else one that differs in case, `_` and `-` alone. */
export function agentOfRole(role: string, agents: AgentIndex): string {
  const plain = (name: string) => name.toLowerCase().replaceAll('_', '-');
  const wanted = plain(role);
  return agents.named(role) === undefined
    ? (agents.names.find((name) => plain(name) === wanted) ?? role)
    : role;
}

function listIn(root: SourceNode): { field: string; node: SourceNode } | undefined {
  for (const field of TODO_LISTS) {
    const node = root.kind === 'map' ? root.fields.get(field)?.node : undefined;
    if (node !== undefined) {
      return { field, node };
    }
  }
  return undefined;
}

function reportNoList(reader: DocumentReader, root: SourceNode, field: string | undefined): void {
  if (root.kind === 'scalar' && root.value === null) {
    reader.reportAt(FILE_START, problems.emptyFile('a list of todos'));
  } else if (field === undefined) {
    reader.report(['todos'], problems.missingField('"todos"'));
  } else {
    reader.report([field], problems.wrongValue(`"${field}"`, 'must be a list of todos'));
  }
}

function fieldsOf(reader: DocumentReader, { path, node }: ListedStep) {
  return reader.fields(todoSchema, path, node.value);
}

/** What stands in full in the fields of a step; all else is kept beside them. */
const IN_STEP = ['id', 'dependencies', 'description', 'debug_instructions'] as const;

function readTodo(reader: DocumentReader, todo: ListedStep): StepDraft {
  const { id, path, node } = todo;
  const others = keptFields(node, ...IN_STEP);
  const fields = fieldsOf(reader, todo);
  const isGiven = (field: keyof TodoFields) =>
    fields[field] !== undefined && fields[field] !== null;
  const needs = readList(reader, [...path, 'dependencies'], fields.dependencies ?? undefined);
  const parent: Written | undefined = isGiven('parent_id')
    ? { text: reader.textAt([...path, 'parent_id']), path: [...path, 'parent_id'] }
    : undefined;
  const asked = (['debug_instructions', 'title', 'description'] as const).filter(
    (field) => isGiven(field) && /\S/.test(reader.textAt([...path, field])),
  );
  const [first] = asked;
  return {
    ...agentStep(id, path),
    metadata: others && { todo: others },
    agent:
      fields.agent_role === undefined
        ? undefined
        : { text: reader.textAt([...path, 'agent_role']), path: [...path, 'agent_role'] },
    needs:
      parent === undefined ? needs : [parent, ...needs.filter(({ text }) => text !== parent.text)],
    condition: parent && { text: failureOf(parent.text, needs), path: parent.path },
    prompt:
      first === undefined
        ? undefined
        : {
            text: asked.map((field) => literal(reader.textAt([...path, field]))).join('\n\n'),
            path: [...path, first],
          },
    checks: [
      ...(fields.acceptance_criteria?.tests ?? []).map(({ cmd, timeout_seconds: seconds }) =>
        checkOf(cmd, seconds),
      ),
      ...(fields.validation_rules ?? []).flatMap(({ command }) =>
        typeof command === 'string' ? [checkOf(command, undefined)] : [],
      ),
    ],
  };
}

/** Whether the parent has failed, of all that the todo needs. */
function failureOf(parent: string, needs: readonly Written[]): string {
  return needs.every(({ text }) => text === parent)
    ? 'failure()'
    : `steps['${parent}'].status == 'failed'`;
}

function checkOf(line: string, seconds: number | null | undefined): Check {
  return {
    command: commandOfLine(line),
    timeoutMs:
      typeof seconds === 'number' ? Math.max(1, Math.round(seconds * 1000)) : CHECK_TIMEOUT_MS,
  };
}
