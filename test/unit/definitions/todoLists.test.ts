import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import type { WorkflowEntry } from '../../../src/core/definitions/entries.ts';
import { commandOfLine } from '../../../src/core/definitions/imports/commandLine.ts';
import type { AgentStep, Workflow } from '../../../src/core/domain/workflow.ts';
import { indexAgents } from '../../../src/core/definitions/entries.ts';
import { DEFAULT_SANDBOX } from '../../../src/core/domain/sandbox.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import {
  agentsNamed,
  lines,
  readWorkflowText,
  said,
  sourceOf,
  unmark,
  validAgent,
} from './marked.ts';

const AGENTS = agentsNamed('coder', 'Code-Reviewer', 'debugger');

function readTodos(text: string, file = '.sluice/todos/list.yaml'): WorkflowEntry {
  return readWorkflowText(sourceOf(file, text), AGENTS);
}

function workflowOf(text: string, file?: string): Workflow {
  const entry = readTodos(text, file);
  assert.deepEqual(said(entry.diagnostics), []);
  assert.equal(entry.format, 'todo');
  assert.ok(entry.kind === 'valid');
  return entry.workflow;
}

function stepOf(fields: object): AgentStep {
  const todos = [
    { id: 'p', agent_role: 'coder' },
    { id: 't', agent_role: 'coder', ...fields },
  ];
  const step = workflowOf(JSON.stringify(todos)).steps.at(-1);
  assert.ok(step?.kind === 'agent');
  return step;
}

/** What is said of it, at the marks, in the order of their places. */
function expect(marked: string, ...messages: readonly string[]): void {
  const { text, ranges } = unmark(marked);
  const { diagnostics } = readTodos(text);
  assert.deepEqual(said(diagnostics), messages);
  assert.deepEqual(
    diagnostics.map(({ range }) => range),
    ranges,
  );
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('A todo list', () => {
  it('is told by its folder, or by its shape among workflows', () => {
    const list = '[{ "id": "a", "agent_role": "coder" }]';
    for (const [text, file] of [
      [list, '.sluice/todos/x.json'],
      [list, '.sluice/workflows/x.json'],
      [`todos: ${list}`, '.sluice/workflows/x.yaml'],
      [`tasks: ${list}`, '.sluice/workflows/x.yaml'],
      [`{ "todo_list": ${list} }`, '/elsewhere/x.json'],
    ] as const) {
      assert.equal(workflowOf(text, file).steps.length, 1, text);
    }
    for (const text of ['[coder]', 'steps: [{ id: a, agent: coder }]']) {
      assert.equal(readTodos(text, '.sluice/workflows/x.yaml').format, 'sluice', text);
    }
  });

  it('is called by its name, else as its file is, and keeps what is said of the whole list', () => {
    const list = 'todos: [{ id: a, agent_role: coder }]';
    const named = workflowOf(
      `name: build\ntitle: T\ndescription: D\nworkflow_id: w-1\nx: [1]\n${list}`,
    );
    assert.deepEqual([named.name, named.description], ['build', 'D']);
    assert.deepEqual(plain(named.metadata), { todo: { title: 'T', workflow_id: 'w-1', x: [1] } });
    const titled = workflowOf(`title: T\n${list}`);
    assert.deepEqual([titled.name, titled.description], ['list', 'T']);
    const bare = workflowOf('[{ id: a, agent_role: coder }]');
    assert.deepEqual([bare.name, bare.metadata], ['list', undefined]);
  });

  it('finds the agent of a role whatever its case, "_" and "-"', () => {
    for (const role of ['Code-Reviewer', 'code_reviewer', 'CODE-REVIEWER', 'Code_reviewer']) {
      assert.equal(stepOf({ agent_role: role }).agent, 'Code-Reviewer', role);
    }
  });

  it('asks what its title and description say, character by character', () => {
    assert.equal(stepOf({ title: 'T', description: 'D\nE' }).prompt, 'T\n\nD\nE');
    assert.equal(stepOf({ title: ' ', description: 'D' }).prompt, 'D');
    assert.equal(stepOf({}).prompt, '');
    assert.equal(
      stepOf({ title: 'the ${{ steps.p.output }}' }).prompt,
      'the $${{ steps.p.output }}',
    );
  });

  it('needs its dependencies', () => {
    assert.deepEqual(stepOf({ dependencies: ['p'] }).needs, ['p']);
    assert.deepEqual(stepOf({ dependencies: null }).needs, []);
  });

  it('is done when its tests and rules pass', () => {
    const { checks } = stepOf({
      acceptance_criteria: {
        tests: [
          { cmd: 'npm test', timeout_seconds: 1.5 },
          { cmd: 'npm run e2e -- -g "a b"' },
          { cmd: 'npm test | tee log', timeout_seconds: null },
        ],
      },
      validation_rules: [{ type: 'lint', command: 'npm run lint' }, { type: 'looks good' }],
    });
    const sandbox = DEFAULT_SANDBOX;
    assert.deepEqual(checks, [
      { command: ['npm', 'test'], timeoutMs: 1500, sandbox },
      { command: ['npm', 'run', 'e2e', '--', '-g', 'a b'], timeoutMs: 600_000, sandbox },
      { command: ['sh', '-c', 'npm test | tee log'], timeoutMs: 600_000, sandbox },
      { command: ['npm', 'run', 'lint'], timeoutMs: 600_000 },
    ]);
  });

  it('shuts its tests in as far as each says, for as long as each may take', () => {
    const { checks } = stepOf({
      acceptance_criteria: {
        tests: [
          { cmd: 'a', sandbox: false, report: 'out/junit.xml' },
          { cmd: 'b', sandbox: null, report: null },
          { cmd: 'c', sandbox: { memory: '4gb', timeout: '1m' }, timeout_seconds: 900 },
          { cmd: 'd', timeout_seconds: 900 },
          { cmd: 'e', sandbox: false, timeout_seconds: 900 },
        ],
      },
    });
    assert.deepEqual(
      checks.map(({ report, sandbox, timeoutMs }) => [report, sandbox, timeoutMs]),
      [
        ['out/junit.xml', { ...DEFAULT_SANDBOX, use: false }, 600_000],
        [undefined, DEFAULT_SANDBOX, 600_000],
        [undefined, { ...DEFAULT_SANDBOX, memoryBytes: 4 * 1024 ** 3, timeoutMs: 60_000 }, 900_000],
        // Its own limit would end it after five minutes.
        [undefined, { ...DEFAULT_SANDBOX, timeoutMs: 900_000 }, 900_000],
        [undefined, { ...DEFAULT_SANDBOX, use: false }, 900_000],
      ],
    );
  });

  it('mends the failures of a todo, as often and as deep as it or the list says', () => {
    assert.deepEqual(stepOf({}).debug, { attempts: 3, depth: 2, routing: {} });
    assert.deepEqual(stepOf({ max_debug_attempts: 10, max_branch_depth: 5 }).debug, {
      attempts: 10,
      depth: 5,
      routing: {},
    });
    const { steps } = workflowOf(lines`
      max_branch_depth: 4
      todos:
        - { id: a, agent_role: coder, max_branch_depth: 1 }
        - { id: b, agent_role: coder, max_branch_depth: null, max_debug_attempts: null }
    `);
    assert.deepEqual(
      steps.map((step) => step.kind === 'agent' && step.debug),
      [
        { attempts: 3, depth: 1, routing: {} },
        { attempts: 3, depth: 4, routing: {} },
      ],
    );
  });

  it('leaves a todo that the list has fixes for to these', () => {
    const { steps } = workflowOf(lines`
      - { id: p, agent_role: coder, max_debug_attempts: 5 }
      - { id: b, agent_role: debugger, parent_id: p }
      - { id: c, agent_role: coder, dependencies: [p], parent_id: null }
    `);
    assert.deepEqual(
      steps.map((step) => [step.id, step.kind === 'agent' && step.debug !== undefined]),
      [
        ['p', false],
        ['b', true],
        ['c', true],
      ],
    );
  });

  it('routes failures to the agents of roles, in either form', () => {
    const routed = { timeout: 'Code-Reviewer', spec_mismatch: 'coder' };
    for (const failure_routing of [
      { timeout: 'code_reviewer', spec_mismatch: 'CODER', flaky_test: null },
      [
        { reason: 'timeout', route_to: 'CODE-REVIEWER', own: 1 },
        { kind: 'spec_mismatch', agent_role: 'Coder', on: null },
      ],
      [
        { on: 'timeout', agent: 'code-reviewer' },
        { reason: 'spec_mismatch', agent: 'coder', route_to: null },
      ],
    ]) {
      assert.deepEqual(stepOf({ failure_routing }).debug?.routing, routed);
    }
    assert.deepEqual(stepOf({ failure_routing: null }).debug?.routing, {});
    assert.deepEqual(stepOf({ failure_routing: [] }).debug?.routing, {});
  });

  it('owns what it says, else what its agent does, else the whole folder, beside others too', () => {
    const bounded = validAgent('bounded');
    assert.ok(bounded.kind === 'valid');
    const agents = indexAgents([
      { ...bounded, agent: { ...bounded.agent, terms: { ...NO_TERMS, owns: ['docs/**'] } } },
      validAgent('coder'),
    ]);
    const list = lines`
      - { id: a, agent_role: coder }
      - { id: b, agent_role: coder }
      - { id: c, agent_role: Bounded }
      - { id: d, agent_role: coder, owns: [src/**, test], never: src/api/**, produces: [src/x.ts] }
      - { id: e, agent_role: coder, never: secret/** , produces: any.md }
    `;
    const entry = readWorkflowText(sourceOf('.sluice/todos/list.yaml', list), agents);
    assert.deepEqual(said(entry.diagnostics), []);
    assert.ok(entry.kind === 'valid');
    assert.deepEqual(
      entry.workflow.steps.map(
        (step) =>
          step.kind === 'agent' && [
            step.terms.owns,
            step.terms.never,
            step.produces.map(({ path }) => path),
          ],
      ),
      [
        [['**'], [], []],
        [['**'], [], []],
        [undefined, [], []],
        [['src/**', 'test'], ['src/api/**'], ['src/x.ts']],
        [['**'], ['secret/**'], ['any.md']],
      ],
    );
  });

  it('keeps what was asked for, which is its description where there is no other', () => {
    const list = 'todos: [{ id: a, agent_role: coder }]';
    const asked = workflowOf(`request: Make it fast.\nmax_parallel: 3\n${list}`);
    assert.deepEqual(
      [asked.description, asked.maxParallel, plain(asked.metadata)],
      ['Make it fast.', 3, { todo: { request: 'Make it fast.' } }],
    );
    const titled = workflowOf(`request: R\ntitle: T\nmax_parallel: null\n${list}`);
    assert.deepEqual([titled.description, titled.maxParallel], ['T', undefined]);
    assert.deepEqual(plain(titled.metadata), { todo: { title: 'T', request: 'R' } });
  });

  describe('that is to be approved', () => {
    const LIST = lines`
      approval: true
      todos:
        - id: design
          title: Draw
            it
          agent_role: Code-Reviewer
          description: Once.
        - id: build
          agent_role: coder
          dependencies: [design]
          owns: [src/**, "a b"]
          acceptance_criteria: { tests: [{ cmd: npm test }, { cmd: "echo \`date\` '$\{{ x }}'" }] }
        - { id: mend, agent_role: debugger, parent_id: build }
        - { id: guide, title: "Write it", agent_role: coder }
    `
      .replaceAll('\\`', '`')
      .replace('$\\{{', '${{');

    it('begins with a gate that everything waits for, and that tells each todo', () => {
      const { steps, metadata } = workflowOf(LIST);
      assert.deepEqual(
        steps.map(({ id, kind, needs }) => [id, kind, needs]),
        [
          ['approve-plan', 'gate', []],
          ['design', 'agent', ['approve-plan']],
          ['build', 'agent', ['design']],
          ['mend', 'agent', ['build']],
          ['guide', 'agent', ['approve-plan']],
        ],
      );
      assert.equal(metadata, undefined);
      const [gate] = steps;
      assert.ok(gate?.kind === 'gate');
      assert.deepEqual(gate.ask.split('\n').slice(0, -1), [
        'Approve this plan of 4 todos?',
        '',
        '- `design` Draw it (Code-Reviewer); may change anything; no tests',
        "- `build` (coder); needs design; owns `src/**`, `a b`; tests `npm test`, `` echo `date` '$${{ x }}' ``",
        '- `mend` (debugger); needs build; only where build fails; may change anything; no tests',
        '- `guide` Write it (coder); may change anything; no tests',
        '',
      ]);
    });

    it('asks another question once anything in it has changed', () => {
      const askOf = (text: string) => {
        const [gate] = workflowOf(text).steps;
        return gate?.kind === 'gate' ? gate.ask : '';
      };
      assert.equal(askOf(LIST), askOf(LIST));
      assert.notEqual(askOf(LIST), askOf(LIST.replace('Once.', 'Twice.')));
      assert.match(askOf(LIST), /\nThe whole list: `[0-9a-f]{16}`$/);
    });

    it('has no gate where it says nothing of it, and no todo may be called as the gate', () => {
      for (const word of ['false', 'null']) {
        const { steps } = workflowOf(LIST.replace('approval: true', `approval: ${word}`));
        assert.equal(steps.length, 4);
      }
      expect(
        'approval: true\ntodos: [{ id: «approve-plan», agent_role: coder }]',
        'duplicate-id: "approve-plan" is the gate that "approval" begins with: rename this todo.',
      );
    });
  });

  it('runs a branch todo only where its parent has failed', () => {
    const alone = stepOf({ parent_id: 'p', title: 'T', debug_instructions: 'Look.' });
    assert.deepEqual(
      [alone.needs, alone.condition, alone.prompt],
      [['p'], 'failure()', 'Look.\n\nT'],
    );
    const { steps } = workflowOf(
      lines`
        - { id: p, agent_role: coder }
        - { id: q, agent_role: coder }
        - { id: b, agent_role: debugger, parent_id: p, dependencies: [q, p] }
        - { id: after, agent_role: coder, dependencies: [p] }
      `,
    );
    assert.deepEqual(
      steps.map(({ needs, condition }) => [needs, condition]),
      [
        [[], undefined],
        [[], undefined],
        [['p', 'q'], "steps['p'].status == 'failed'"],
        [['p'], undefined],
      ],
    );
  });

  it('keeps every field that a step has no place for', () => {
    const kept = {
      title: 'T',
      agent_role: 'Debugger',
      acceptance_criteria: {
        tests: [{ cmd: 'true', timeout_seconds: 5, name: 'n' }],
        notes: ['n'],
      },
      validation_rules: [{ type: 'lint', command: 'true', severity: 1 }],
      parent_id: 'p',
      branch_reason: 'flaky_test',
      is_temporary: true,
      max_debug_attempts: 3,
      failure_routing: { timeout: 'coder', flaky_test: null },
      max_branch_depth: 2,
      priority: 9_007_199_254_740_991,
      own: { a: [{ b: 1.5 }] },
    };
    const { metadata } = stepOf({
      ...kept,
      description: 'D',
      debug_instructions: 'I',
      dependencies: [],
    });
    assert.deepEqual(plain(metadata), { todo: kept });
  });
});

describe('What is wrong in a todo list', () => {
  it('is told at its character, all at once', () => {
    expect(
      lines`
        - { id: a, agent_role: «codr», dependencies: [«b»] }
        - { id: «a», agent_role: coder, max_debug_attempts: «11» }
        - { id: c, agent_role: coder, parent_id: a, branch_reason: «bad_luck», is_temporary: «maybe» }
        - { id: «d e», agent_role: coder, validation_rules: [{ type: x, command: «7» }] }
      `,
      'unknown-agent: There is no agent "codr". Did you mean "coder"?',
      'unknown-need: There is no step "b".',
      'duplicate-id: There are two steps "a": rename one.',
      'wrong-value: "max_debug_attempts" must be a whole number from 1 to 10.',
      'wrong-value: "branch_reason" must be test_failure or spec_mismatch or timeout or implementation_bug or missing_dependency or flaky_test.',
      'wrong-value: "is_temporary" must be true or false.',
      'bad-step-id: "d e" cannot be a step\'s name: use letters, digits, ".", "_" and "-", starting with a letter or digit, at most 81 characters, without ".." and not ending in "." or ".lock".',
      'wrong-type: "command" must be a text, not 7.',
    );
  });

  it('is a route for a kind that there is not, or to nobody', () => {
    expect(
      lines`
        - { id: a, agent_role: coder, failure_routing: { «timeuot»: coder } }
        - { id: b, agent_role: coder, failure_routing: { timeout: «codr», flaky_test: debugger } }
        - { id: c, agent_role: coder, failure_routing: [{ on: «luck», agent: coder }] }
        - { id: d, agent_role: coder, failure_routing: [«{ on: timeout }», «{ agent: coder }»] }
        - { id: e, agent_role: coder, failure_routing: [{ on: timeout, agent: coder }, { kind: «timeout», agent: debugger }] }
        - { id: f, agent_role: coder, failure_routing: «coder» }
      `,
      'unknown-field: There is no field "timeuot". Did you mean "timeout"?',
      'unknown-agent: There is no agent "codr". Did you mean "coder"?',
      'wrong-value: "on" must be test_failure or spec_mismatch or timeout or implementation_bug or missing_dependency or flaky_test.',
      'missing-field: "agent" is missing.',
      'missing-field: "kind" is missing.',
      'duplicate-value: "timeout" is routed twice: keep one of them.',
      'wrong-type: "failure_routing" must be fields or a list, not a text.',
    );
  });

  it('is what it owns, makes or reports to, told as in steps', () => {
    expect(
      lines`
        max_branch_depth: «6»
        todos:
          - { id: a, agent_role: coder, owns: «"../x"», produces: «/y» }
          - { id: b, agent_role: coder, owns: src }
          - { id: c, agent_role: coder, owns: [«src/x»], produces: [src/x, «docs/y»] }
          - { id: d, agent_role: coder, acceptance_criteria: { tests: [{ cmd: x, report: «../r.xml» }, { cmd: y, report: r.xml, sandbox: true }] } }
          - { id: e, agent_role: coder, acceptance_criteria: { tests: [{ cmd: x, sandbox: { «gpus»: 1 } }] } }
      `,
      'wrong-value: "max_branch_depth" must be a whole number from 1 to 5.',
      'wrong-value: "owns" holds "..": write it relative to the folder, without "." and "..".',
      'bad-artifact-path: "/y" must be relative to the folder.',
      'overlapping-owns: "b" may run at the same time as this step and own some of the same paths: let one need the other, or give each its own paths.',
      'product-not-owned: "docs/y" is none of the paths this step owns: add it to "owns".',
      'wrong-value: "report" must stay inside the folder: remove "..".',
      'unknown-field: There is no field "gpus". Did you mean "cpus"?',
    );
  });

  it('is a todo without an id or a role, a list without todos, or something else altogether', () => {
    expect(
      '- ««{ title: x }»»',
      'missing-field: "id" is missing.',
      'missing-field: "agent_role" is missing.',
    );
    expect('todos: «[]»', 'empty-steps: A workflow needs at least one step.');
    expect(
      '- «coder»',
      'wrong-type: An item of this list must be made of fields, one "name: value" a line.',
    );
    expect('todos: «soon»', 'wrong-value: "todos" must be a list of todos.');
    expect('«»title: x', 'missing-field: "todos" is missing.');
    expect('«»', 'empty-file: This file is empty: it should hold a list of todos.');
  });

  it('is a circle, also through a parent', () => {
    const { diagnostics } = readTodos(
      '[{ id: a, agent_role: coder, dependencies: [b] }, { id: b, agent_role: coder, parent_id: a }]',
    );
    assert.deepEqual(said(diagnostics), [
      'cycle: These steps need each other in a circle, so none can start: a → b → a.',
    ]);
  });
});

describe('A line for the shell', () => {
  it('is cut into words where no shell is needed', () => {
    for (const [line, words] of [
      ['npm test', ['npm', 'test']],
      ['  npm   test ', ['npm', 'test']],
      ['pytest -k "a b" \'c "d"\' ""', ['pytest', '-k', 'a b', 'c "d"', '']],
      ['x --a="b c"d', ['x', '--a=b cd']],
      ['./run 1%', ['./run', '1%']],
    ] as const) {
      assert.deepEqual(commandOfLine(line), words, line);
    }
  });

  it('is given to one where it is', () => {
    const needy = [
      ...[
        'a | b',
        'a && b',
        'a; b',
        'a > b',
        'ls *.ts',
        'echo $HOME',
        'echo "$HOME"',
        'a `b`',
        'a &',
      ],
      ...['A=1 b', 'cd x', '! a', 'a # b', 'a\nb', 'a "b', "it's", 'a\\ b', '{ a; }', '~/x', '""'],
    ];
    for (const line of needy) {
      assert.deepEqual(commandOfLine(line), ['sh', '-c', line], line);
    }
  });

  it('means what it means to a shell', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    this.timeout(30_000);
    const piece = fc.constantFrom(
      ...[
        'a',
        'b',
        ' ',
        '  ',
        '"',
        "'",
        '"a b"',
        "'a \"b'",
        '=',
        '-',
        '%',
        '@',
        ',',
        ':',
        '/',
        '^',
        '+',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        const line = `x ${parts.join('')}`;
        const words = commandOfLine(line);
        if (words[0] !== 'sh') {
          const script = `x() { printf '%s\\0' x "$@"; }\n${line}`;
          const seen = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0');
          assert.deepEqual(words, seen.slice(0, -1), line);
        }
      }),
      { numRuns: 150 },
    );
  });
});
