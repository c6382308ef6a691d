import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import type { WorkflowEntry } from '../../../src/core/definitions/entries.ts';
import { commandOfLine } from '../../../src/core/definitions/imports/commandLine.ts';
import type { AgentStep, Workflow } from '../../../src/core/domain/workflow.ts';
import { agentsNamed, lines, readWorkflowText, said, sourceOf, unmark } from './marked.ts';

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
    assert.deepEqual(checks, [
      { command: ['npm', 'test'], timeoutMs: 1500 },
      { command: ['npm', 'run', 'e2e', '--', '-g', 'a b'], timeoutMs: 600_000 },
      { command: ['sh', '-c', 'npm test | tee log'], timeoutMs: 600_000 },
      { command: ['npm', 'run', 'lint'], timeoutMs: 600_000 },
    ]);
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
      failure_routing: { timeout: 'coder', default: null },
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
