import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { indexWorkflows, type WorkflowEntry } from '../../../src/core/definitions/entries.ts';
import { parseDuration } from '../../../src/core/definitions/duration.ts';
import { judgeWorkflows } from '../../../src/core/definitions/workflows/judgeWorkflows.ts';
import { ProductSchemas } from '../../../src/core/definitions/workflows/productSchemas.ts';
import { parseWorkflowFile } from '../../../src/core/definitions/workflows/workflowEntry.ts';
import { writeClaudeAgents } from '../../../src/core/definitions/imports/writeClaudeAgents.ts';
import { writeWorkflow } from '../../../src/core/definitions/imports/writeWorkflow.ts';
import { FAULT_KINDS } from '../../../src/core/domain/debugging.ts';
import { agentsNamed, readWorkflowText, said, sourceOf } from './marked.ts';

const AGENTS = agentsNamed(
  ...['coder', 'debugger', 'bug-investigator', 'code-reviewer', 'linter', 'writer'],
  ...FAULT_KINDS.map((_, at) => `route-${at}`),
);

function read(file: string, text: string): readonly WorkflowEntry[] {
  const { workflows, diagnostics } = parseWorkflowFile(sourceOf(file, text));
  const entries = judgeWorkflows(workflows, AGENTS, new ProductSchemas(new Map(), () => undefined));
  assert.deepEqual(said([...diagnostics, ...entries.flatMap((entry) => entry.diagnostics)]), []);
  return entries;
}

/** The workflows of a file as Sluice writes them, each of which is a right one. */
function converted(file: string, text: string): readonly string[] {
  return read(file, text).map((entry) => {
    assert.ok(entry.kind === 'valid');
    const written = writeWorkflow(entry.workflow);
    const again = readWorkflowText(sourceOf('.sluice/workflows/w.yaml', written), AGENTS);
    assert.deepEqual(said(again.diagnostics), [], written);
    return written;
  });
}

/** Every text, number, truth and nothing in it; keys too where they are names of the author. */
function leavesOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(leavesOf)
    : [value];
}

/** What of the source is in none of the converted: as a value, or as lines of a longer text. */
function lostFrom(source: unknown, texts: readonly string[]): readonly unknown[] {
  const kept = texts.flatMap((text) => leavesOf(parse(text)));
  const names = texts.flatMap((text) =>
    Object.keys((parse(text) as { steps?: object }).steps ?? {}),
  );
  return leavesOf(source).filter(
    (leaf) =>
      !kept.includes(leaf) &&
      !names.includes(String(leaf)) &&
      !kept.some(
        (other) =>
          typeof leaf === 'string' &&
          typeof other === 'string' &&
          `\n${other}\n`.includes(`\n${leaf}\n`),
      ),
  );
}

/** Every field of a todo list that there is. */
const TODOS = {
  name: 'everything',
  title: 'The title of all',
  description: 'What all is for.',
  request: 'Do all of it.',
  workflow_id: 'wf-1',
  approval: true,
  max_branch_depth: 4,
  max_parallel: 7,
  created_at: '2026-11-01',
  todos: [
    {
      id: 'first',
      title: 'First title',
      description: 'First line.\nSecond: line.',
      agent_role: 'Coder',
      dependencies: [],
      acceptance_criteria: {
        tests: [
          { cmd: 'npm test', timeout_seconds: 300 },
          { cmd: 'pytest -k "a b"', timeout_seconds: 12.5 },
          { cmd: 'a && b > c' },
        ],
        coverage: 80,
      },
      validation_rules: [
        { type: 'lint', command: 'npm run lint' },
        { type: 'schema', file: 'contract.json' },
      ],
      estimate: { hours: 2.25, sure: false },
    },
    ...FAULT_KINDS.map((reason, at) => ({
      id: `branch-${at}`,
      title: `Branch ${at}`,
      description: `About ${reason}`,
      agent_role: 'debugger',
      dependencies: at === 0 ? [] : [`branch-${at - 1}`],
      parent_id: 'first',
      branch_reason: reason,
      debug_instructions: `Look for ${reason}.`,
      is_temporary: at % 2 === 0,
      max_debug_attempts: at + 1,
      max_branch_depth: (at % 5) + 1,
      failure_routing:
        at % 2 === 0
          ? { [reason]: `route-${at}`, test_failure: null }
          : [{ reason, route_to: `route-${at}`, weight: at / 8 }],
    })),
    {
      id: 'bounded',
      agent_role: 'writer',
      owns: ['docs/**', 'README.md'],
      never: ['docs/api/**'],
      produces: ['docs/new.md', { path: 'docs/new.json', schema: { type: 'object' } }],
      acceptance_criteria: {
        tests: [
          { cmd: 'npm run links', report: 'links.xml', sandbox: { memory: '3gb' } },
          { cmd: 'npm run spell', timeout_seconds: 1234, sandbox: false },
          { cmd: 'npm run long', timeout_seconds: 4321 },
        ],
      },
    },
  ],
};

/** Every field of the format, and some that it does not know. */
const CLAUDE = {
  version: '1.0.0',
  name: 'Agent force',
  description: 'All of it',
  agents: {
    'code-reviewer': {
      file: 'agents/code-reviewer.md',
      contract: 'contracts/code-reviewer.contract',
      domains: ['code-quality', 'style'],
      priority: 1,
    },
    linter: { path: 'agents/linter.md', criticality: 7, version: '2.1', own: { x: [1.25] } },
  },
  workflows: {
    'bug-fix': ['bug-investigator', 'code-reviewer', 'linter'],
    'code-quality-check': {
      name: 'Code quality check',
      description: 'Everything at once',
      owner: 'the team',
      steps: [
        {
          id: 'lint-it',
          agent: 'linter',
          task: 'Run Python linter',
          dependencies: [],
          weight: 3.5,
        },
        {
          id: 'final',
          agent: 'code-reviewer',
          task: 'Look\nagain',
          dependencies: ['lint-it'],
          tags: ['x', null],
        },
      ],
    },
  },
  cache: { enabled: true, ttl_hours: 36, max_size_mb: 150, exclude_agents: ['random-one'] },
  performance: { async_enabled: true, max_concurrent_agents: 11, mode: 'fast' },
  features: { async_enabled: true, cache_enabled: true, parallel_workflows_enabled: true },
  governance: { reviewers: ['ada'], strict: false },
  skills_integration: { folder: 'skills/', depth: 4 },
  paths: { agents: 'agents/', logs: 'logs/' },
  rules: { 'no-todo': 'error' },
};

describe('A converted workflow', () => {
  it('holds every value of a todo list', () => {
    const texts = converted('.sluice/todos/everything.json', JSON.stringify(TODOS));
    assert.deepEqual(lostFrom(TODOS, texts), []);
  });

  it('holds every value of .claude/claude.json, with what is said of its agents', () => {
    const text = JSON.stringify(CLAUDE);
    const texts = converted('.claude/claude.json', text);
    const { agents, ...rest } = CLAUDE;
    assert.deepEqual(lostFrom(rest, texts), []);
    const [entry] = read('.claude/claude.json', text);
    const written = writeClaudeAgents(entry!.source!.document) ?? '';
    for (const leaf of leavesOf(agents)) {
      assert.ok(written.includes(String(leaf)), `${String(leaf)} is not in\n${written}`);
    }
    assert.deepEqual(parse(written), {
      'code-reviewer': { domains: ['code-quality', 'style'] },
      linter: { criticality: 7, version: '2.1' },
    });
  });

  it('means what the file means', () => {
    for (const [file, value] of [
      ['.sluice/todos/everything.json', TODOS],
      ['.claude/claude.json', CLAUDE],
    ] as const) {
      const before = read(file, JSON.stringify(value));
      const after = converted(file, JSON.stringify(value)).map((text) =>
        readWorkflowText(sourceOf('.sluice/workflows/w.yaml', text), AGENTS),
      );
      const index = indexWorkflows(after);
      for (const entry of before) {
        const other = index.named(entry.name);
        assert.ok(entry.kind === 'valid' && other?.kind === 'valid');
        const { file: _, digest: __, ...meant } = entry.workflow;
        const { file: ___, digest: ____, ...written } = other.workflow;
        assert.deepEqual(JSON.parse(JSON.stringify(written)), JSON.parse(JSON.stringify(meant)));
      }
    }
  });

  it('has durations where the list has seconds', () => {
    const [text = ''] = converted('.sluice/todos/everything.json', JSON.stringify(TODOS));
    const { steps } = parse(text) as { steps: { first: { checks: { timeout?: string }[] } } };
    assert.deepEqual(
      steps.first.checks.slice(0, 2).map(({ timeout }) => parseDuration(timeout ?? '')),
      [300_000, 12_500],
    );
  });
});

describe('docs/migrating.md', () => {
  const text = fs.readFileSync(
    path.join(import.meta.dirname, '../../../docs/migrating.md'),
    'utf8',
  );
  const examples = [...text.matchAll(/```(json|yaml)\n(.*?)```/gs)].map(([, , code = '']) => code);

  it('shows what a todo list becomes', () => {
    const [todo = '', yaml] = examples;
    assert.deepEqual(converted('.sluice/todos/login.json', todo), [yaml]);
  });

  it('shows what a workflow of .claude/claude.json becomes, and its agents', () => {
    const [, , claude = '', yaml, agents] = examples;
    assert.deepEqual(converted('.claude/claude.json', claude)[1], yaml);
    const [entry] = read('.claude/claude.json', claude);
    assert.equal(writeClaudeAgents(entry!.source!.document), agents);
    assert.equal(examples.length, 5);
  });

  it('names every field of both formats', () => {
    const names = (value: object): string[] =>
      Array.isArray(value)
        ? value.flatMap((item: unknown) =>
            typeof item === 'object' && item !== null ? names(item) : [],
          )
        : Object.keys(value);
    const fields = [
      ...names(TODOS.todos.slice(0, 2)),
      ...names(TODOS.todos.slice(-1)),
      ...Object.keys(TODOS),
      ...Object.keys(CLAUDE),
      ...Object.keys(CLAUDE.features),
    ].filter((name) => !['estimate', 'version', 'name', 'workflows', 'created_at'].includes(name));
    for (const field of fields) {
      assert.match(text, new RegExp(`\\b${field}\\b`), field);
    }
  });
});
