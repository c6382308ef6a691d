import { literal } from '../../domain/expression.ts';
import type { z } from 'zod';
import type { Check } from '../../domain/agent.ts';
import { DEFAULT_DEBUG_RULE } from '../../domain/debugging.ts';
import { FILE_START } from '../../domain/diagnostic.ts';
import { DEFAULT_SANDBOX } from '../../domain/sandbox.ts';
import { withApproval } from './approvePlan.ts';
import { commandOfLine } from './commandLine.ts';
import { isName } from '../commonSchema.ts';
import { keptFields } from './keptFields.ts';
import { readListedSteps, type ListedStep } from '../workflows/listedSteps.ts';
import * as problems from '../problems.ts';
import { CHECK_TIMEOUT_MS, readReport } from '../readCommand.ts';
import { readSandboxRule } from '../sandboxRule.ts';
import { readList, readText } from '../source/readParts.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { SourceNode } from '../source/sourceNode.ts';
import { readTerms } from '../terms.ts';
import { readRouting } from './todoRouting.ts';
import {
  isNothing,
  TODO_LISTS,
  todoHeadSchema,
  todoSchema,
  type testSchema,
} from './todoSchema.ts';
import { readProducts } from '../workflows/readAgentStep.ts';
import {
  agentStep,
  emptyDraft,
  type AgentStepDraft,
  type StepDraft,
  type WorkflowDraft,
  type Written,
} from '../workflows/workflowDraft.ts';

/** True for what only a todo list looks like: a list of todos with an `agent_role`, or fields around one. */
export function looksLikeTodos(root: SourceNode): boolean {
  const list = root.kind === 'list' ? root : listIn(root)?.node;
  return (
    list?.kind === 'list' &&
    list.items.some((item) => item.kind === 'map' && item.fields.has('agent_role'))
  );
}

/**
 * A todo list as a workflow: each todo is a step whose failures are mended, a todo for a failure runs only where its
 * parent has failed. Whatever does not have the shape it should is reported to `reader` and left out.
 * @param fileName without its ending: the name of a list that gives none
 */
export function readTodoList(reader: DocumentReader, fileName: string): WorkflowDraft {
  const { root } = reader.document;
  if (root.kind === 'list') {
    return { ...emptyDraft(fileName), steps: readTodos(reader, [], DEFAULT_DEBUG_RULE.depth) };
  }
  const list = listIn(root);
  if (root.kind !== 'map' || list?.node.kind !== 'list') {
    reportNoList(reader, root, list?.field);
    return emptyDraft(fileName);
  }
  const head = reader.fields(todoHeadSchema, [], root.value);
  const textOf = (field: 'name' | 'title' | 'description' | 'request') =>
    isNothing(head[field]) ? '' : reader.textAt([field]);
  const name = textOf('name');
  const steps = readTodos(reader, [list.field], head.max_branch_depth ?? DEFAULT_DEBUG_RULE.depth);
  const others = keptFields(
    root,
    list.field,
    ...(isName(name) ? ['name'] : []),
    ...['description', 'approval', 'max_parallel'],
  );
  return {
    ...emptyDraft(isName(name) ? name : fileName),
    description: textOf('description') || textOf('title') || textOf('request'),
    maxParallel: head.max_parallel ?? undefined,
    steps:
      head.approval === true && steps.length > 0
        ? withApproval(reader, ['approval'], steps)
        : steps,
    metadata: others && { todo: others },
  };
}

/** @param usualDepth of fixes, where a todo does not say */
function readTodos(
  reader: DocumentReader,
  path: SourcePath,
  usualDepth: number,
): readonly StepDraft[] {
  const parents = new Set<string>();
  const steps = readListedSteps(reader, path, (todo) => {
    const step = readTodo(reader, todo, usualDepth);
    if (step.condition !== undefined) {
      parents.add(step.needs[0]?.text ?? '');
    }
    return step;
  });
  // What the list itself has fixes for is mended by these alone.
  return steps.map((step) =>
    step.kind === 'agent' && parents.has(step.id) ? { ...step, debug: undefined } : step,
  );
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

/** What stands in full in the fields of a step; all else is kept beside them. */
const IN_STEP = [
  'id',
  'dependencies',
  'description',
  'debug_instructions',
  'owns',
  'never',
  'produces',
] as const;

function readTodo(
  reader: DocumentReader,
  { id, path, node }: ListedStep,
  usualDepth: number,
): AgentStepDraft {
  const others = keptFields(node, ...IN_STEP);
  const fields = reader.fields(todoSchema, path, node.value);
  const at = (field: keyof typeof fields) => [...path, field];
  const needs = readList(reader, at('dependencies'), fields.dependencies ?? undefined);
  const parent: Written | undefined = isNothing(fields.parent_id)
    ? undefined
    : { text: reader.textAt(at('parent_id')), path: at('parent_id') };
  const asked = (['debug_instructions', 'title', 'description'] as const).filter(
    (field) => !isNothing(fields[field]) && /\S/.test(reader.textAt(at(field))),
  );
  const [first] = asked;
  return {
    ...agentStep(id, path),
    metadata: others && { todo: others },
    agent: readText(reader, at('agent_role'), fields.agent_role),
    needs:
      parent === undefined ? needs : [parent, ...needs.filter(({ text }) => text !== parent.text)],
    condition: parent && { text: failureOf(parent.text, needs), path: parent.path },
    prompt:
      first === undefined
        ? undefined
        : {
            text: asked.map((field) => literal(reader.textAt(at(field)))).join('\n\n'),
            path: at(first),
          },
    produces: readProducts(reader, at('produces'), fields.produces ?? undefined),
    terms: readTerms(reader, path, {
      owns: fields.owns ?? undefined,
      never: fields.never ?? undefined,
    }),
    owns: readList(reader, at('owns'), fields.owns ?? undefined),
    never: readList(reader, at('never'), fields.never ?? undefined),
    checks: [
      ...(fields.acceptance_criteria?.tests ?? []).map((test, index) =>
        testOf(reader, [...path, 'acceptance_criteria', 'tests', index], test),
      ),
      ...(fields.validation_rules ?? []).flatMap(({ command }) =>
        typeof command === 'string'
          ? [{ command: commandOfLine(command), timeoutMs: CHECK_TIMEOUT_MS }]
          : [],
      ),
    ],
    debug: {
      attempts: fields.max_debug_attempts ?? DEFAULT_DEBUG_RULE.attempts,
      depth: fields.max_branch_depth ?? usualDepth,
      routing: isNothing(fields.failure_routing) ? [] : readRouting(reader, at('failure_routing')),
    },
  };
}

/** Whether the parent has failed, of all that the todo needs. */
function failureOf(parent: string, needs: readonly Written[]): string {
  return needs.every(({ text }) => text === parent)
    ? 'failure()'
    : `steps['${parent}'].status == 'failed'`;
}

/** A test runs what an agent has written a moment ago, so it is shut in unless the list says otherwise. */
function testOf(
  reader: DocumentReader,
  path: SourcePath,
  test: z.output<typeof testSchema>,
): Check {
  const { cmd, timeout_seconds: seconds, report } = test;
  const sandbox = test.sandbox ?? true;
  const rule = readSandboxRule(sandbox) ?? DEFAULT_SANDBOX;
  const writtenMs = isNothing(seconds) ? undefined : Math.max(1, Math.round(seconds * 1000));
  const hasOwnLimit = typeof sandbox === 'object' && sandbox.timeout !== undefined;
  // The usual limit of a sandbox must not end a test that says it takes longer.
  const isLonger = rule.use && !hasOwnLimit && (writtenMs ?? 0) > rule.timeoutMs;
  return {
    command: commandOfLine(cmd),
    timeoutMs: writtenMs ?? CHECK_TIMEOUT_MS,
    ...(!isNothing(report) && { report: readReport(reader, [...path, 'report']) }),
    sandbox: isLonger ? { ...rule, timeoutMs: writtenMs ?? rule.timeoutMs } : rule,
  };
}
