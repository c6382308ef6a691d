import { z } from 'zod';
import {
  DEFAULT_DEBUG_RULE,
  FAULT_KINDS,
  MAX_BRANCH_DEPTH,
  MAX_DEBUG_ATTEMPTS,
} from '../../domain/debugging.ts';
import { text, wholeNumber } from '../commonSchema.ts';
import { byFaultKind, debugAttempts, debugDepth } from '../debugRule.ts';
import { globList } from '../globList.ts';
import { sandboxSchema } from '../sandboxRule.ts';
import { products } from '../workflows/stepSchema.ts';

// A todo list as Forge writes it. Todos are read one by one, so that a fault in one does not hide
// faults in the others; the whole schema is what editors get, and what a planner answers by. Fields not
// named here are kept.

/** Names of the field that holds the todos, in order of precedence. */
export const TODO_LISTS = ['todos', 'tasks', 'todo_list'] as const;

/** Seconds in the 7 days that nothing runs longer than. */
const MAX_SECONDS = 604_800;

/** Programs write `null` for what they leave out. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullable().optional();
}

const line = z
  .string()
  .regex(/\S/, { error: 'must name a program' })
  .refine((written) => !written.includes('\u0000'), { error: 'cannot hold NUL characters' });

const secondsRule = `must be a number of seconds above 0 and at most ${MAX_SECONDS}`;

export const testSchema = z.looseObject({
  cmd: line.describe('A line for the shell that must exit with 0.'),
  timeout_seconds: optional(
    z
      .number({ error: secondsRule })
      .positive({ error: secondsRule })
      .max(MAX_SECONDS, { error: secondsRule }),
  ).describe('Longest run, in seconds. Left out: 5 minutes, or 10 minutes outside the sandbox.'),
  report: optional(text).describe(
    'A file to which it reports its tests, relative to the folder: JUnit, TAP or JSON. Left out: what it prints is read.',
  ),
  sandbox: optional(sandboxSchema).describe(
    'Whether it is shut in, without network: true, false, or how far, e.g. {memory: 4gb}. Left out: true.',
  ),
});

const ruleSchema = z.looseObject({
  type: optional(text).describe('What kind of rule it is, such as lint, types or security.'),
  command: optional(line).describe('A line for the shell that must exit with 0.'),
});

const role = text.describe('An agent; case, "_" and "-" make no difference.');
const kind = z.enum(FAULT_KINDS);

/** Words of a route for the kind of failure, and for who gets it, in order of precedence. */
export const KIND_WORDS = ['kind', 'reason', 'on'] as const;
export const ROUTE_WORDS = ['agent', 'route_to', 'agent_role'] as const;

const routeSchema = z
  .looseObject({
    kind: optional(kind).describe('The kind of failure.'),
    reason: optional(kind).describe('Another word for "kind".'),
    on: optional(kind).describe('Another word for "kind".'),
    agent: optional(role).describe('The agent that mends it.'),
    route_to: optional(role).describe('Another word for "agent".'),
    agent_role: optional(role).describe('Another word for "agent".'),
  })
  .refine((route) => KIND_WORDS.some((word) => typeof route[word] === 'string'), {
    path: ['kind'],
  })
  .refine((route) => ROUTE_WORDS.some((word) => !isNothing(route[word])), { path: ['agent'] });

const routingSchema = z.union([
  z.strictObject(byFaultKind(z.union([z.string(), z.null()]))).describe('Agents by kind.'),
  z.array(routeSchema).describe('A kind and an agent each.'),
]);

const maxDepth = (leftOut: string) =>
  optional(debugDepth).describe(
    `How deep a fix of a fix may go, 1 to ${MAX_BRANCH_DEPTH}. Left out: ${leftOut}.`,
  );

export const todoSchema = z
  .looseObject({
    id: text.describe('Name of the todo, unique in the list: letters, digits, ".", "_" and "-".'),
    title: optional(text).describe('What is to be done, in a few words.'),
    description: optional(text).describe(
      'What is asked of the agent: all it has to know, for it sees no other todo.',
    ),
    agent_role: text.describe(
      'The agent that works on it; case, "_" and "-" make no difference. One that is there.',
    ),
    dependencies: optional(z.array(text)).describe(
      'Ids of todos that must be done first. Todos that need nothing of each other run at once.',
    ),
    owns: optional(globList).describe(
      'Paths it may change, as globs from the folder, e.g. src/**. Left out: any, and then it works alone.',
    ),
    never: optional(globList).describe(
      'Paths it must not change, also where "owns" names them, as globs from the folder.',
    ),
    produces: optional(products).describe(
      'Files that must be there at the end, relative to the folder.',
    ),
    acceptance_criteria: optional(
      z.looseObject({
        tests: optional(z.array(testSchema)).describe(
          'Commands that must exit with 0, one after another, shut in without network.',
        ),
      }),
    ).describe('When it is done.'),
    validation_rules: optional(z.array(ruleSchema)).describe(
      "More commands that must exit with 0, behind the tests: the project's own linters and checks.",
    ),
    max_debug_attempts: optional(debugAttempts).describe(
      `Fixes in all before a person is asked, 1 to ${MAX_DEBUG_ATTEMPTS}. Left out: ${DEFAULT_DEBUG_RULE.attempts}.`,
    ),
    max_branch_depth: maxDepth(`as the list says, else ${DEFAULT_DEBUG_RULE.depth}`),
    failure_routing: optional(routingSchema).describe(
      'Which agent mends which kind of failure: agents by kind, or a list of {kind, agent}. Left out: the one of its usual role.',
    ),
    parent_id: optional(text).describe(
      'The todo whose failure this one mends: it runs only where that has failed.',
    ),
    branch_reason: optional(kind).describe('Why the parent failed.'),
    debug_instructions: optional(text).describe('How to find and mend what failed.'),
    is_temporary: optional(z.boolean({ error: 'must be true or false' })).describe(
      'Only there until the failure is mended.',
    ),
  })
  .meta({ title: 'Todo' });

/** A todo list but for its todos. */
export const todoHeadSchema = z.looseObject({
  name: optional(text).describe('What the workflow is called. Left out: the name of the file.'),
  title: optional(text).describe('What the list is for, in a few words.'),
  description: optional(text).describe('What the list is for.'),
  request: optional(text).describe('What was asked for, in the words of whoever asked.'),
  workflow_id: optional(text).describe('What Forge calls it.'),
  approval: optional(z.boolean({ error: 'must be true or false' })).describe(
    'True: a person approves the whole list before anything of it begins.',
  ),
  max_branch_depth: maxDepth(`${DEFAULT_DEBUG_RULE.depth}`),
  max_parallel: optional(wholeNumber(1, 64)).describe(
    "Todos under way at once, 1 to 64. Left out: the user's setting.",
  ),
});

const todos = z.array(todoSchema).min(1);

export const todoFileSchema = z
  .union([
    todos,
    ...TODO_LISTS.map((field) =>
      todoHeadSchema.extend({ [field]: todos.describe('What is to be done.') }),
    ),
  ])
  .meta({
    title: 'Todo list',
    description: 'A file in .sluice/todos: a todo list as Forge writes it, run as a workflow.',
  });

/** True for what a program that leaves a field out may write. */
export function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
