import { oneLine } from '../../base/text.ts';
import { literal } from '../../domain/expression.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import {
  unknownStep,
  type AgentStepDraft,
  type GateStepDraft,
  type StepDraft,
} from '../workflows/workflowDraft.ts';
import * as problems from './importProblems.ts';

/** The gate at which a person approves a todo list before anything of it begins. */
export const APPROVAL_ID = 'approve-plan';

/** Longest title, and longest command, of a todo in the question. */
const MOST_TITLE = 200;
const MOST_COMMAND = 1000;

/**
 * The list behind a gate that asks for its approval. An approval is for the question it was given to, so the question
 * tells each todo, and the digest of the list stands for what it leaves out.
 * @param path of the field that wants it
 */
export function withApproval(
  reader: DocumentReader,
  path: SourcePath,
  steps: readonly StepDraft[],
): readonly StepDraft[] {
  const taken = steps.find(({ id }) => id === APPROVAL_ID);
  if (taken !== undefined) {
    reader.report([...taken.path, 'id'], problems.idOfApproval(APPROVAL_ID));
    return steps;
  }
  const gate: GateStepDraft = {
    ...unknownStep(APPROVAL_ID, path),
    kind: 'gate',
    ask: { text: literal(questionFor(reader, steps)), path },
    show: [],
    choices: [],
    takesText: false,
  };
  const first = { text: APPROVAL_ID, path };
  return [
    gate,
    ...steps.map((step) => (step.needs.length === 0 ? { ...step, needs: [first] } : step)),
  ];
}

function questionFor(reader: DocumentReader, steps: readonly StepDraft[]): string {
  const count = `${steps.length.toLocaleString('en')} ${steps.length === 1 ? 'todo' : 'todos'}`;
  const todos = steps.flatMap((step) => (step.kind === 'agent' ? [lineOf(reader, step)] : []));
  const { digest } = reader.document.source;
  return [
    `Approve this plan of ${count}?`,
    '',
    ...todos,
    '',
    `The whole list: ${code(digest.replace(/^.*:/, '').slice(0, 16))}`,
  ].join('\n');
}

function lineOf(reader: DocumentReader, todo: AgentStepDraft): string {
  const { id, path, agent, needs, owns, condition } = todo;
  const title = oneLine(textAt(reader, [...path, 'title']), MOST_TITLE);
  const tests = commandsOf(reader, path);
  return [
    `- ${code(id)}${title === '' ? '' : ` ${title}`} (${agent?.text ?? 'no agent'})`,
    ...(needs.length === 0 ? [] : [`needs ${needs.map(({ text }) => text).join(', ')}`]),
    ...(condition === undefined ? [] : [`only where ${needs[0]?.text ?? ''} fails`]),
    owns.length === 0
      ? 'may change anything'
      : `owns ${owns.map(({ text }) => code(text)).join(', ')}`,
    tests.length === 0 ? 'no tests' : `tests ${tests.map(code).join(', ')}`,
  ].join('; ');
}

function commandsOf(reader: DocumentReader, todo: SourcePath): readonly string[] {
  const at = [...todo, 'acceptance_criteria', 'tests'];
  const node = reader.document.nodeAt(at);
  return node?.kind === 'list'
    ? node.items.map((_, index) => oneLine(textAt(reader, [...at, index, 'cmd']), MOST_COMMAND))
    : [];
}

function textAt(reader: DocumentReader, path: SourcePath): string {
  const node = reader.document.nodeAt(path);
  return node?.kind === 'scalar' && node.value !== null ? reader.textAt(path) : '';
}

/** As a piece of Markdown in which nothing means anything. */
function code(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  return runs.length === 0 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}
