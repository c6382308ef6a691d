import { z } from 'zod';

// A contract is what an architect and those who build agree on: what there will be, how it is called, how it fails,
// and which tests decide. Descriptions are read by the model that writes one; messages are the rest of a sentence
// that begins with the JSON pointer of the clause, and say what to do.

/** Characters of any text in a contract. */
const MOST_CHARACTERS = 4000;
const MOST_NAME_CHARACTERS = 200;
/** Clauses of one kind beside each other: more than that no person agrees to. */
const MOST_CLAUSES = 60;
const MOST_VERSION = 1_000_000;

export const INTERFACE_KINDS = ['function', 'class', 'module', 'endpoint', 'cli', 'type'] as const;

const text = words(MOST_CHARACTERS);
const name = words(MOST_NAME_CHARACTERS);

function words(most: number) {
  return z
    .string({ error: 'must be a text: write it in quotes' })
    .regex(/\S/, { error: 'is empty: write it out' })
    .max(most, { error: `is longer than ${most} characters: shorten it` });
}

function list<Item extends z.ZodType>(item: Item, least = 0) {
  return z
    .array(item, { error: 'must be a list: write [ … ]' })
    .min(least, { error: 'must have at least one entry: add it' })
    .max(MOST_CLAUSES, { error: `has more than ${MOST_CLAUSES} entries: make the task smaller` });
}

function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  // What is unknown is told by `contractProblems`, which knows what would be known there.
  return z.strictObject(shape);
}

// eslint-disable-next-line no-control-regex -- NUL is what is refused
const file = text.regex(/^(?!\/|[A-Za-z]:|(?:.*\/)?\.\.(?:\/|$))[^\\\r\n\u0000]+$/, {
  error: 'must be a path in the folder: relative, with "/", without ".."',
});

const glob = text.regex(
  // eslint-disable-next-line no-control-regex -- as above
  /^(?!\/|[A-Za-z]:|(?:.*\/)?\.\.(?:\/|$)|\*\*(?:\/\*{1,2})?$|(?:.*\/)?\.(?:git|github|vscode|sluice)(?:\/|$))[^\\\r\n\u0000]+$/,
  {
    error:
      'must be a glob of paths that may be changed: relative, not everything ("**"), and nothing of .git, .github, .vscode or .sluice',
  },
);

const error = fields({
  when: text.describe('What leads to it.'),
  what: text.describe('What the caller then sees: error, code, message.'),
});

const errors = list(error).describe(
  'How it fails, each way one entry; an empty list where it cannot.',
);

const method = fields({
  name: name.describe('As the code has it.'),
  signature: text.describe('Exactly as the code has it, with types.'),
  description: text.describe('What it does, seen by a caller.'),
  errors,
});

const contractInterface = fields({
  name: name.describe(
    'As the code has it; of an endpoint such as "GET /tasks", of a cli such as "tasks add".',
  ),
  kind: z
    .enum(INTERFACE_KINDS, { error: `must be one of ${INTERFACE_KINDS.join(', ')}` })
    .describe('What sort of thing callers meet.'),
  file: file.describe('Where it lives, relative to the folder, with "/".'),
  signature: text.describe('Exactly as the code has it, with types.'),
  description: text.describe('What it does, seen by a caller.'),
  methods: list(method).optional().describe('Of a class or a module. Left out: none.'),
  errors,
});

const dataModel = fields({
  name: name.describe('As the code has it.'),
  description: text.describe('What one of them stands for.'),
  fields: list(
    fields({
      name: name.describe('As the code has it.'),
      type: text.describe('Its type, in the language of the folder.'),
      required: z
        .boolean({ error: 'must be true or false' })
        .describe('false: it may be left out.'),
      description: text.describe('What it means.'),
      limits: text.optional().describe('Which values are good. Left out: all of its type.'),
    }),
    1,
  ).describe('All it has.'),
});

const test = fields({
  id: name
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/, {
      error: 'must be a letter with letters, digits and "_" after it, such as T1',
    })
    .describe('Unique, such as T1. The test that is written carries it in its name.'),
  name: name.describe('What it shows, a sentence.'),
  given: text.describe('What is there before.'),
  when: text.describe('What is done.'),
  then: text.describe('What must be seen, exactly.'),
  covers: list(name, 1).describe(
    'What it tries: names of interfaces and data models, or "Interface.method".',
  ),
});

export const contractSchema = fields({
  $schema: text.optional().describe('Where its schema is; for editors.'),
  version: z
    .int({ error: 'must be a whole number, 1 at first' })
    .min(1, { error: 'must be 1 or more' })
    .max(MOST_VERSION, { error: `must be at most ${MOST_VERSION}` })
    .describe('1 at first, one more each time the contract is changed.'),
  name: name
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, {
      error: 'must be small letters, digits and "-", such as task-search',
    })
    .describe('What it is called: small letters, digits and "-".'),
  summary: text.describe('What will be there that is not there now, in at most five sentences.'),
  interfaces: list(contractInterface, 1).describe('What callers meet.'),
  data_models: list(dataModel).describe('What is passed and kept; empty where nothing is new.'),
  tests: list(test, 1).describe(
    'Skeletons of the tests that decide: each sentence of the request, edges and failures too.',
  ),
  examples: list(
    fields({
      title: text.describe('What it shows.'),
      input: z.unknown().describe('Any JSON; code and command lines as a text.'),
      output: z.unknown().describe('What comes of it: any JSON.'),
    }),
  ).describe('Inputs with what comes of them; values of the tests, not others.'),
  validation_rules: list(
    fields({
      type: name.describe('What sort of rule: lint, types, security, test, format.'),
      command: text.describe('A command of the folder that must exit with 0.'),
    }),
  ).describe('What else must pass, by the own tools of the folder; empty where these are known.'),
  owns: list(glob, 1).describe('Globs of the paths that may be changed, tests among them.'),
  dependencies: list(
    fields({
      name: name.describe('Of the package.'),
      version: name.optional().describe('Which versions will do. Left out: the newest.'),
      why: text.describe('What it is needed for.'),
    }),
  ).describe('Packages that are new; empty unless the request needs one.'),
  questions: list(
    fields({
      question: text.describe('What only a person can decide.'),
      assumed: text.describe('What holds until somebody does.'),
    }),
  ).describe('What the request leaves open; empty where it leaves nothing open.'),
}).meta({
  title: 'Contract',
  description: 'What is to be built, and how it is judged.',
});

export type Contract = z.infer<typeof contractSchema>;

/** The JSON Schema (draft 7) in resources/schemas/contract.schema.json. */
export function contractJsonSchema(): unknown {
  return z.toJSONSchema(contractSchema, { io: 'input', target: 'draft-7' });
}
