import type { Contract } from '../../../src/core/debugging/contract/contractSchema.ts';

/** A good contract, small, with one clause of each kind. */
export const CONTRACT: Contract = {
  version: 1,
  name: 'task-search',
  summary: 'Tasks can be searched by a word of their title.',
  interfaces: [
    {
      name: 'searchTasks',
      kind: 'function',
      file: 'src/search.ts',
      signature: 'searchTasks(tasks: readonly Task[], word: string): readonly Task[]',
      description: 'The tasks whose title has the word, in their order.',
      errors: [{ when: 'the word is empty', what: 'throws EmptyWordError' }],
    },
    {
      name: 'TaskStore',
      kind: 'class',
      file: 'src/taskStore.ts',
      signature: 'class TaskStore',
      description: 'Keeps tasks.',
      methods: [
        { name: 'add', signature: 'add(task: Task): void', description: 'Keeps one.', errors: [] },
        {
          name: 'get',
          signature: 'get(id: string): Task',
          description: 'One by its id.',
          errors: [{ when: 'it is not there', what: 'throws "no such task"' }],
        },
      ],
      errors: [],
    },
    {
      name: 'GET /tasks/search',
      kind: 'endpoint',
      file: 'src/server.ts',
      signature: 'GET /tasks/search?word=… → 200 Task[]',
      description: 'The same over HTTP.',
      errors: [],
    },
  ],
  data_models: [
    {
      name: 'Task',
      description: 'What is to be done.',
      fields: [
        { name: 'title', type: 'string', required: true, description: 'In a few words.' },
        {
          name: 'dueAt',
          type: 'Date',
          required: false,
          description: 'When it must be done.',
          limits: 'not in the past',
        },
      ],
    },
  ],
  tests: [
    {
      id: 'T1',
      name: 'finds tasks by a word of their title',
      given: 'two tasks',
      when: 'a word of one is searched',
      then: 'that one is found',
      covers: ['searchTasks', 'Task'],
    },
    {
      id: 'T2',
      name: 'tells of a task that is not there',
      given: 'an empty store',
      when: 'a task is asked for',
      then: 'it throws "no such task"',
      covers: ['TaskStore.get'],
    },
    {
      id: 'T3',
      name: 'answers a search over HTTP',
      given: 'a server with two tasks',
      when: 'the path is asked',
      then: 'the status is 200',
      covers: ['GET /tasks/search'],
    },
  ],
  examples: [{ title: 'one of two', input: { word: 'milk' }, output: ['Buy milk'] }],
  validation_rules: [{ type: 'lint', command: 'npm run lint' }],
  owns: ['src/**', 'test/acceptance/**'],
  dependencies: [],
  questions: [{ question: 'Does case count?', assumed: 'no' }],
};

/** A copy in which a value stands at a JSON pointer; `undefined` removes it. */
export function contractWith(pointer: string, value: unknown): unknown {
  const copy = structuredClone(CONTRACT) as unknown;
  const path = pointer.split('/').slice(1);
  const last = path.pop() ?? '';
  let at = copy as Record<string, unknown>;
  for (const part of path) {
    at = at[part] as Record<string, unknown>;
  }
  if (value === undefined) {
    Reflect.deleteProperty(at, last);
  } else {
    at[last] = value;
  }
  return copy;
}
