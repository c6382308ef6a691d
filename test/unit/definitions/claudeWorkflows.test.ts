import assert from 'node:assert/strict';
import type { Diagnostic } from '../../../src/core/domain/diagnostic.ts';
import type { WorkflowEntry } from '../../../src/core/definitions/entries.ts';
import { judgeWorkflows } from '../../../src/core/definitions/workflows/judgeWorkflows.ts';
import { ProductSchemas } from '../../../src/core/definitions/workflows/productSchemas.ts';
import { parseWorkflowFile } from '../../../src/core/definitions/workflows/workflowEntry.ts';
import { withUniqueNames } from '../../../src/core/definitions/workflows/workflowNames.ts';
import { plainCacheRule } from '../../../src/core/domain/terms.ts';
import type { AgentStep, Workflow } from '../../../src/core/domain/workflow.ts';
import { agentsNamed, said, sourceOf, unmark } from './marked.ts';

const AGENTS = agentsNamed('linter', 'reviewer', 'random-generator');
const FILE = '.claude/claude.json';

function readFile(
  text: string,
  file = FILE,
): { entries: WorkflowEntry[]; others: readonly Diagnostic[] } {
  const { workflows, diagnostics } = parseWorkflowFile(sourceOf(file, text));
  const schemas = new ProductSchemas(new Map(), () => undefined);
  return { entries: judgeWorkflows(workflows, AGENTS, schemas), others: diagnostics };
}

/** The only workflow of a file with these blocks. */
function workflowOf(workflow: unknown, blocks: object = {}): Workflow {
  const { entries, others } = readFile(JSON.stringify({ workflows: { w: workflow }, ...blocks }));
  const [entry] = entries;
  assert.deepEqual(said([...(entry?.diagnostics ?? []), ...others]), []);
  assert.ok(entry?.kind === 'valid');
  return entry.workflow;
}

const cacheOf = (workflow: Workflow) =>
  workflow.steps.map((step) => (step as AgentStep).terms.cache);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('A workflow of .claude/claude.json', () => {
  it('is a chain where it is a plain list', () => {
    const { steps } = workflowOf(['linter', 'reviewer', 'linter']);
    assert.deepEqual(
      steps.map(({ id, needs }) => [id, needs]),
      [
        ['linter', []],
        ['reviewer', ['linter']],
        ['linter-2', ['reviewer']],
      ],
    );
  });

  it('is a graph of steps where they say what they depend on', () => {
    const workflow = workflowOf({
      name: 'The check',
      description: 'Checks.',
      steps: [
        { id: 'a', agent: 'linter', task: 'Run ${{ it }}', dependencies: [], weight: 2 },
        { id: 'b', agent: 'reviewer', task: 'Look', needs: ['a'] },
      ],
    });
    assert.deepEqual([workflow.name, workflow.description], ['w', 'Checks.']);
    assert.deepEqual(
      workflow.steps.map((step) => [step.id, step.needs, (step as AgentStep).prompt]),
      [
        ['a', [], 'Run $${{ it }}'],
        ['b', ['a'], 'Look'],
      ],
    );
    assert.deepEqual(plain(workflow.steps[0]?.metadata), { claude: { weight: 2 } });
    assert.equal(workflow.steps[1]?.metadata, undefined);
    assert.deepEqual(workflowOf({ name: 'T', steps: ['linter'] }).description, 'T');
  });

  it('has as many tasks at once as the file says', () => {
    const most = (blocks: object) => workflowOf(['linter'], blocks).maxParallel;
    assert.equal(most({}), 10);
    assert.equal(most({ performance: { max_concurrent_agents: 3 } }), 3);
    assert.equal(most({ performance: { max_concurrent_agents: 100 } }), 64);
    assert.equal(most({ performance: { async_enabled: false, max_concurrent_agents: 3 } }), 1);
    assert.equal(most({ features: { parallel_workflows_enabled: false } }), 1);
    assert.equal(most({ features: { async_enabled: false } }), 1);
  });

  it('reuses answers as the file says', () => {
    const rules = (blocks: object) => cacheOf(workflowOf(['linter', 'random-generator'], blocks));
    const day = { ...plainCacheRule(true), ttlMs: 86_400_000 };
    const never = plainCacheRule(false);
    assert.deepEqual(rules({}), [day, never]);
    assert.deepEqual(rules({ cache: {} }), [day, never]);
    assert.deepEqual(rules({ cache: { exclude_agents: ['linter'], ttl_hours: 0.5 } }), [
      never,
      { ...plainCacheRule(true), ttlMs: 1_800_000 },
    ]);
    assert.deepEqual(rules({ cache: { enabled: false } }), [never, never]);
    assert.deepEqual(rules({ features: { cache_enabled: false } }), [never, never]);
    assert.deepEqual(
      rules({ cache: { ttl_hours: 1e6 } })[0],
      { ...plainCacheRule(true), ttlMs: 604_800_000 },
      'nothing stands longer than 7 days',
    );
  });

  it('keeps every block of the file, and fills in those that are not there', () => {
    const blocks = {
      version: '1.0.0',
      governance: { rules: [{ id: 1, on: null }] },
      skills_integration: { enabled: true },
      paths: { agents: 'agents/' },
      rules: {},
      cache: { enabled: true },
    };
    assert.deepEqual(plain(workflowOf({ owner: 'me', steps: ['linter'] }, blocks).metadata), {
      claude: {
        performance: { async_enabled: true, max_concurrent_agents: 10 },
        ...blocks,
        workflow: { owner: 'me' },
      },
    });
  });

  it('is told by its shape in any other file', () => {
    const { entries } = readFile(
      '{ "workflows": { "w": ["linter"], "v": ["reviewer"] } }',
      'x.json',
    );
    assert.deepEqual(
      entries.map(({ name, file, format, kind }) => [name, file, format, kind]),
      [
        ['w', 'x.json', 'claude-json', 'valid'],
        ['v', 'x.json', 'claude-json', 'valid'],
      ],
    );
  });

  it('is none where the file defines agents alone', () => {
    assert.deepEqual(readFile('{ "agents": {} }'), { entries: [], others: [] });
  });
});

describe('What is wrong in .claude/claude.json', () => {
  it('is told at its character, and only of the workflow it is in', () => {
    const { text, ranges } = unmark(
      `{
      "workflows": {
        "good": ["linter"],
        "chain": ["lintr", «"nobody"», 5],
        "graph": { "steps": [
          { "id": "a", "agent": «"reviewr"», "dependencies": [«"c"»] },
          { "id": «"a"», "agent": "linter", "task": «null» },
          { "id": "b", «"b2": 1, "b2"»: 2, "agent": "linter" }
        ] },
        "none": «[]»,
        "text": «"linter"»
      }
    }`
        .replace('"lintr"', '«"lintr"»')
        .replace('«"b2": 1, "b2"»', '"b2": 1, «"b2"»')
        .replace(', 5]', ', «5»]'),
    );
    const { entries, others } = readFile(text);
    assert.deepEqual(others, []);
    assert.deepEqual(
      entries.map(({ name, kind, diagnostics }) => [name, kind, said(diagnostics)]),
      [
        ['good', 'valid', []],
        [
          'chain',
          'invalid',
          [
            'unknown-agent: There is no agent "lintr". Did you mean "linter"?',
            'unknown-agent: There is no agent "nobody". Add a file for it to .sluice/agents.',
            'unknown-agent: There is no agent "5". Add a file for it to .sluice/agents.',
          ],
        ],
        [
          'graph',
          'invalid',
          [
            'unknown-agent: There is no agent "reviewr". Did you mean "reviewer"?',
            'unknown-need: There is no step "c".',
            'duplicate-id: There are two steps "a": rename one.',
            'wrong-type: "task" has no value: give one or remove it.',
            'duplicate-key: "b2" stands here twice: remove or rename one.',
          ],
        ],
        ['none', 'invalid', ['empty-steps: A workflow needs at least one step.']],
        ['text', 'invalid', ['wrong-value: "text" must be a list of agents or steps.']],
      ],
    );
    assert.deepEqual(
      entries.flatMap(({ diagnostics }) => diagnostics.map(({ range }) => range)),
      ranges,
    );
  });

  it('is a warning where it is no part of a workflow, which then has the usual value', () => {
    const { text, ranges } = unmark(
      '{ "workflows": { "w": ["linter"] }, "cache": { "ttl_hours": «"long"» }, "performance": «5», "features": { "cache_enabled": «1» } }',
    );
    const { entries, others } = readFile(text);
    assert.equal(entries[0]?.kind, 'valid');
    assert.deepEqual(
      others.map(({ severity, message, range }) => [severity, message, range]),
      [
        ['warning', '"ttl_hours" must be a number above 0.', ranges[0]],
        ['warning', '"performance" must be made of fields, one "name: value" a line.', ranges[1]],
        ['warning', '"cache_enabled" must be true or false.', ranges[2]],
      ],
    );
  });

  it('makes one entry of a file that is nothing of the kind', () => {
    for (const [text, message] of [
      ['{', /not valid YAML|cannot stand here|expected/i],
      ['[]', /must be made of fields/],
      ['', /is empty/],
      ['{ "workflows": 5 }', /"workflows" must be made of fields/],
    ] as const) {
      const [entry, ...more] = readFile(text).entries;
      assert.deepEqual(
        [entry?.name, entry?.kind, entry?.format, more],
        ['claude', 'invalid', 'claude-json', []],
        text,
      );
      assert.match(entry?.diagnostics[0]?.message ?? '', message, text);
    }
  });
});

describe('A name that two workflows have', () => {
  it('is that of the first; the other is refused, or hidden where another tool owns it', () => {
    const schemas = new ProductSchemas(new Map(), () => undefined);
    const parsed = [
      sourceOf('.sluice/workflows/a.yaml', 'name: w\nsteps: [linter]'),
      sourceOf('.sluice/workflows/b.yaml', 'name: w\nsteps: [linter]'),
      sourceOf('.sluice/todos/w.json', '[{ "id": "a", "agent_role": "linter" }]'),
      sourceOf(FILE, '{ "workflows": { "v": ["linter"], "w": ["linter"] } }'),
    ].flatMap((source) => parseWorkflowFile(source).workflows);
    const entries = withUniqueNames(judgeWorkflows(parsed, AGENTS, schemas));
    assert.deepEqual(
      entries.map(({ file, name, kind, shadowedBy, diagnostics }) => [
        ...[file, name, kind, shadowedBy],
        diagnostics.map(({ code, range }) => `${code} ${range.start.line}:${range.start.column}`),
      ]),
      [
        ['.sluice/workflows/a.yaml', 'w', 'valid', undefined, []],
        ['.sluice/workflows/b.yaml', 'w', 'invalid', undefined, ['duplicate-name 1:7']],
        ['.sluice/todos/w.json', 'w', 'valid', '.sluice/workflows/a.yaml', ['hidden-workflow 1:1']],
        [FILE, 'v', 'valid', undefined, []],
        [FILE, 'w', 'valid', '.sluice/workflows/a.yaml', ['hidden-workflow 1:35']],
      ],
    );
  });
});
