import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { staleSchemas } from '../../../scripts/schemas.ts';
import { agentsNamed, readWorkflowText, sourceOf, readAgent } from './marked.ts';

const SCHEMAS = path.join(import.meta.dirname, '../../../resources/schemas');

function validator(name: string) {
  const schema = JSON.parse(fs.readFileSync(path.join(SCHEMAS, name), 'utf8')) as object;
  // `type: [string, number]` is what an editor shows best for a text.
  return new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
}

describe('The JSON Schemas that ship', () => {
  it('are made from the schemas that files are parsed with', async () => {
    assert.deepEqual(
      await staleSchemas(),
      [],
      'write them by "node --import tsx scripts/schemas.ts"',
    );
  });

  // What is wrong only in its meaning is none of a schema's business.
  const workflows: [shape: boolean, text: string][] = [
    [true, 'steps: { a: { agent: x } }'],
    [
      true,
      'name: w\ninputs: { a: 1, b: , c: { default: x } }\nsteps: { a: { agent: x, timeout: 5m, env: { A: 1 } } }',
    ],
    [true, 'steps: { a: { agent: x }, g: { gate: { ask: Sure?, show: [] }, needs: a } }'],
    [true, 'steps: [{ id: a, agent: x }, { id: g, gate: Sure?, dependencies: [a] }]'],
    [true, 'steps: [x, x]'],
    [true, '[x, x]'],
    [
      true,
      'fail-fast: true\nsteps: { a: { agent: x, if: true, matrix: { v: [1, y] }, retry: 3, grace: 1s, effects: external } }',
    ],
    [
      true,
      'inputs: { l: x }\nsteps: { a: { agent: x, matrix: { v: "${{ inputs.l }}" }, retry: { attempts: 2, on: [exited] } } }',
    ],
    [
      true,
      'steps: { a: { agent: x, produces: [a, { path: b, schema: { type: object } }], checks: [npm test, [a, 1], { command: a b, timeout: 5m }] } }',
    ],
    [true, 'steps: { a: { agent: x } }\nphases: [{ name: p, steps: [a], checks: [[x]] }]'],
    [
      true,
      'steps: { a: { agent: x, checks: [{ run: a b, report: r.xml, sandbox: true }, { command: [a], sandbox: { cpus: 2 } }] } }',
    ],
    [true, 'steps: { a: { agent: x, debug: true }, b: { agent: x, debug: false } }'],
    [
      true,
      'steps: { a: { agent: x, debug: { attempts: 10, depth: 5, routing: { timeout: x } } } }',
    ],
    [false, 'steps: { a: { agent: x, debug: 3 } }'],
    [false, 'steps: { a: { agent: x, debug: { attempts: 11 } } }'],
    [false, 'steps: { a: { agent: x, debug: { depth: 0 } } }'],
    [false, 'steps: { a: { agent: x, debug: { routing: { luck: x } } } }'],
    [false, 'steps: { a: { gate: Sure?, debug: true } }'],
    [false, 'steps: { a: { workflow: other, debug: true } }'],
    [false, 'steps: { a: { agent: x, checks: [{ command: a, sandbox: { gpus: 1 } }] } }'],
    [true, 'on-failure: stop\nphases: [{ name: p, steps: { a: { agent: x } } }]'],
    [true, 'steps: { a: { workflow: other, with: { i: 1 } } }'],
    [true, 'steps: [{ id: a, workflow: other, matrix: { v: [1] }, if: always() }]'],
    [
      true,
      'steps: { a: { uses: ./other.yaml, with: { i: 1 }, max-parallel: 2, matrix: { v: [1] } } }',
    ],
    [
      true,
      'budget: { usd: 1.5, time: 1h }\nmetadata: [1]\nsteps: { a: { agent: x, owns: a, never: [b], cache: { ttl: 1h }, budget: { time: 1h }, metadata: { b: } } }',
    ],
    [
      true,
      'inputs: { a: { type: number, default: 3 }, b: { options: [x, 1], required: true }, c: { type: boolean } }\nsteps: [x]',
    ],
    [true, 'steps: { a: { agent: x, matrix: { v: { files: ["*.md"] }, w: { files: x } } } }'],
    [false, 'steps: { a: { uses: ./other.yaml, workflow: other } }'],
    [false, 'steps: { a: { agent: x, matrix: { v: { glob: x } } } }'],
    [false, 'steps: { a: { agent: x, matrix: { v: [1] }, max-parallel: 65 } }'],
    [false, 'steps: { a: { agent: x, budget: { tokens: 0 } } }'],
    [false, 'steps: { a: { agent: x, permissions: all } }'],
    [false, 'inputs: { a: { type: text } }\nsteps: [x]'],
    [false, 'inputs: { a: { options: [] } }\nsteps: [x]'],
    [false, 'name: w'],
    [false, 'phases: []'],
    [false, 'phases: [{ steps: { a: { agent: x } } }]'],
    [false, 'steps: { a: { agent: x } }\nphases: []'],
    [false, 'steps: { a: { agent: x } }\nphases: [{ name: p, steps: { b: { agent: x } } }]'],
    [false, 'steps: { a: { agent: x } }\non-failure: halt'],
    [false, 'steps: { a: { workflow: other, prompt: x } }'],
    [false, 'steps: { a: { workflow: other, agent: x } }'],
    [false, 'steps: { a: { agent: x, retry: 1 } }'],
    [false, 'steps: { a: { agent: x, retry: { attempts: 2, on: [rejected] } } }'],
    [false, 'steps: { a: { agent: x, matrix: { v: [] } } }'],
    [false, 'steps: { a: { agent: x, matrix: { "a b": [1] } } }'],
    [false, 'steps: { a: { agent: x, checks: ["a | b"] } }'],
    [false, 'steps: { a: { agent: x, checks: ["A=b c"] } }'],
    [false, 'steps: { a: { agent: x, produces: [{ schema: {} }] } }'],
    [false, 'steps: { a: { agent: x, timeout: 5 } }'],
    [false, 'steps: { a: { agent: x, timeout: soon } }'],
    [false, 'steps: { a: { agnt: x } }'],
    [false, 'steps: { a: { agent: x, gate: y } }'],
    [false, 'steps: { a b: { agent: x } }'],
    [false, 'steps: { a: { agent: x, env: { "A B": x } } }'],
    [false, 'steps: { a: { agent: x } }\nmax-parallel: 65'],
    [false, 'steps: { a: { agent: x } }\nextra: 1'],
    [false, 'steps: [{ agent: x }]'],
    [false, 'steps: { a: { gate: { show: [] } } }'],
    [false, 'inputs: { two words: x }\nsteps: { a: { agent: x } }'],
  ];
  const agents: [shape: boolean, text: string][] = [
    [true, 'command: [x]'],
    [
      true,
      'name: a\nrunner: command\ncommand: [x, 1]\nsuccess-codes: [0, 1]\nversion: 1.0\ncriticality: 10',
    ],
    [true, 'command: [x]\neffects: external\nprobe: a b\nstdin: messages\ngrace: 1s'],
    [true, 'command: [x]\neffects: external\nprobe: { command: [a], timeout: 5s }'],
    [false, 'command: [x]\neffects: none'],
    [false, 'command: [x]\nstdin: open'],
    [true, 'instructions: Help.\nmodel: [a, b]\ntools: [x]'],
    [false, 'name: a'],
    [false, 'command: x'],
    [false, 'command: []'],
    [false, 'command: [x]\ncriticality: 0'],
    [false, 'command: [x]\ninstructions: Help.'],
    [false, 'runner: other\ncommand: [x]'],
    [false, 'instructions: ""'],
  ];

  it('agree with the reader on workflows', () => {
    const validate = validator('workflow.schema.json');
    for (const [shape, text] of workflows) {
      assert.equal(validate(parse(text)), shape, text);
      const other = sourceOf('other.yaml', 'inputs: { i: 1 }\nsteps: [x]');
      const entry = readWorkflowText(sourceOf('w.yaml', text), agentsNamed('x'), other);
      assert.equal(entry.kind, shape ? 'valid' : 'invalid', text);
    }
  });

  it('agree with the reader on agents', () => {
    const validate = validator('agent.schema.json');
    for (const [shape, text] of agents) {
      assert.equal(validate(parse(text)), shape, text);
      const entry = readAgent(sourceOf('a.yaml', text), 'sluice');
      assert.equal(entry.kind, shape ? 'valid' : 'invalid', text);
    }
  });

  it('agree with the reader on todo lists', () => {
    const validate = validator('todo.schema.json');
    for (const [shape, text] of TODO_LISTS) {
      assert.equal(validate(parse(text)), shape, text);
      const entry = readWorkflowText(sourceOf('.sluice/todos/w.yaml', text), agentsNamed('x'));
      assert.equal(entry.kind, shape ? 'valid' : 'invalid', text);
    }
  });

  it('describe every field for the person who types it', () => {
    for (const name of ['agent.schema.json', 'workflow.schema.json', 'todo.schema.json']) {
      const undescribed: string[] = [];
      const walk = (schema: unknown): void => {
        if (typeof schema !== 'object' || schema === null) {
          return;
        }
        const { properties } = schema as { properties?: Record<string, object> };
        for (const [field, property] of Object.entries(properties ?? {})) {
          if (!('description' in property)) {
            undescribed.push(field);
          }
        }
        Object.values(schema).forEach(walk);
      };
      walk(JSON.parse(fs.readFileSync(path.join(SCHEMAS, name), 'utf8')));
      assert.deepEqual(undescribed, [], name);
    }
  });
});

const TODO_LISTS: readonly [shape: boolean, text: string][] = [
  [true, '[{ id: a, agent_role: x }]'],
  [true, 'tasks: [{ id: a, agent_role: x }]\nname: n\nown: 1'],
  [true, 'todo_list: [{ id: 1, agent_role: x, own: {}, parent_id: , dependencies: }]'],
  [
    true,
    'todos: [{ id: a, agent_role: x, max_debug_attempts: 10, acceptance_criteria: { tests: [{ cmd: a | b, timeout_seconds: 0.5 }] } }]',
  ],
  [true, '[{ id: a, agent_role: x, validation_rules: [{ type: t }], failure_routing: [] }]'],
  [true, '[{ id: a, agent_role: x, failure_routing: { timeout: x, flaky_test: null } }]'],
  [true, '[{ id: a, agent_role: x, failure_routing: [{ on: timeout, agent: x, own: 1 }] }]'],
  [
    true,
    'todos: [{ id: a, agent_role: x, owns: src, never: [a], produces: [src/b, { path: src/c }], max_branch_depth: 5 }]\nrequest: r\napproval: true\nmax_branch_depth: 1\nmax_parallel: 64',
  ],
  [
    true,
    '[{ id: a, agent_role: x, acceptance_criteria: { tests: [{ cmd: a, report: r.xml, sandbox: { cpus: 2 } }, { cmd: a, sandbox: false }] } }]',
  ],
  [false, '[{ id: a, agent_role: x, failure_routing: [1] }]'],
  [false, '[{ id: a, agent_role: x, failure_routing: { luck: x } }]'],
  [false, '[{ id: a, agent_role: x, failure_routing: [{ on: luck, agent: x }] }]'],
  [false, '[{ id: a, agent_role: x, max_branch_depth: 6 }]'],
  [false, 'todos: [{ id: a, agent_role: x }]\napproval: maybe'],
  [false, 'todos: [{ id: a, agent_role: x }]\nmax_parallel: 0'],
  [
    false,
    '[{ id: a, agent_role: x, acceptance_criteria: { tests: [{ cmd: a, sandbox: { gpus: 2 } }] } }]',
  ],
  [false, '[]'],
  [false, 'name: n'],
  [false, '[{ id: a }]'],
  [false, '[{ agent_role: x }]'],
  [false, '[{ id: a, agent_role: x, branch_reason: luck }]'],
  [false, '[{ id: a, agent_role: x, max_debug_attempts: 0 }]'],
  [false, '[{ id: a, agent_role: x, is_temporary: 1 }]'],
  [false, '[{ id: a, agent_role: x, dependencies: b }]'],
  [false, '[{ id: a, agent_role: x, validation_rules: [{ command: "" }] }]'],
  [
    false,
    '[{ id: a, agent_role: x, acceptance_criteria: { tests: [{ cmd: a, timeout_seconds: 0 }] } }]',
  ],
];
