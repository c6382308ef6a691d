import { z } from 'zod';
import { text, wholeNumber } from '../commonSchema.ts';

// A todo list as Forge writes it. Todos are read one by one, so that a fault in one does not hide
// faults in the others; the whole schema is what editors get. Fields not named here are kept.

export const BRANCH_REASONS = [
  'test_failure',
  'spec_mismatch',
  'timeout',
  'implementation_bug',
  'missing_dependency',
  'flaky_test',
] as const;

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

const testSchema = z.looseObject({
  cmd: line.describe('A line for the shell that must exit with 0.'),
  timeout_seconds: optional(
    z
      .number({ error: secondsRule })
      .positive({ error: secondsRule })
      .max(MAX_SECONDS, { error: secondsRule }),
  ).describe('Longest run, in seconds. Left out: 10 minutes.'),
});

const ruleSchema = z.looseObject({
  type: optional(text).describe('What kind of rule it is.'),
  command: optional(line).describe('A line for the shell that must exit with 0.'),
});

export const todoSchema = z.looseObject({
  id: text.describe('Name of the todo, unique in the list.'),
  title: optional(text).describe('What is to be done, in a few words.'),
  description: optional(text).describe('What is asked of the agent.'),
  agent_role: text.describe('The agent that works on it; case, "_" and "-" make no difference.'),
  dependencies: optional(z.array(text)).describe('Todos that must be done first.'),
  acceptance_criteria: optional(
    z.looseObject({
      tests: optional(z.array(testSchema)).describe('Commands that must exit with 0.'),
    }),
  ).describe('When it is done.'),
  validation_rules: optional(z.array(ruleSchema)).describe('More commands that must exit with 0.'),
  parent_id: optional(text).describe('The todo whose failure this one is for.'),
  branch_reason: optional(z.enum(BRANCH_REASONS)).describe('Why the parent failed.'),
  debug_instructions: optional(text).describe('How to find and mend what failed.'),
  is_temporary: optional(z.boolean({ error: 'must be true or false' })).describe(
    'Only there until the failure is mended.',
  ),
  max_debug_attempts: optional(wholeNumber(1, 10)).describe(
    'How often mending may be tried, 1 to 10. Left out: 3.',
  ),
  failure_routing: z.unknown().optional().describe('Which agent gets which failure.'),
});

/** A todo list but for its todos. */
export const todoHeadSchema = z.looseObject({
  name: optional(text).describe('What the workflow is called. Left out: the name of the file.'),
  title: optional(text).describe('What the list is for, in a few words.'),
  description: optional(text).describe('What the list is for.'),
  workflow_id: optional(text).describe('What Forge calls it.'),
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
