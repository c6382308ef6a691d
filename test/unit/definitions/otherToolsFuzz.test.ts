import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hasErrors } from '../../../src/core/domain/diagnostic.ts';
import { judgeWorkflows } from '../../../src/core/definitions/workflows/judgeWorkflows.ts';
import { ProductSchemas } from '../../../src/core/definitions/workflows/productSchemas.ts';
import { decodeSource } from '../../../src/core/definitions/source/sourceText.ts';
import { parseWorkflowFile } from '../../../src/core/definitions/workflows/workflowEntry.ts';
import { writeWorkflow } from '../../../src/core/definitions/imports/writeWorkflow.ts';
import { sampleOf } from '../../support/sample.ts';
import { agentsNamed, readWorkflowText, sourceOf } from './marked.ts';

const AGENTS = agentsNamed('a', 'b');
const SCHEMAS = new ProductSchemas(new Map(), () => undefined);

/** Names that readers look for, and some that no reader should trip over. */
const field = fc.constantFrom(
  ...['todos', 'tasks', 'todo_list', 'id', 'title', 'agent_role', 'dependencies', 'parent_id'],
  ...['acceptance_criteria', 'tests', 'cmd', 'timeout_seconds', 'validation_rules', 'command'],
  ...['branch_reason', 'max_debug_attempts', 'is_temporary', 'failure_routing', 'name'],
  ...['owns', 'never', 'produces', 'approval', 'request', 'max_branch_depth', 'report', 'sandbox'],
  ...['timeout', 'flaky_test', 'kind', 'route_to'],
  ...['workflows', 'steps', 'agent', 'task', 'prompt', 'needs', 'cache', 'ttl_hours', 'enabled'],
  ...['performance', 'max_concurrent_agents', 'features', 'exclude_agents', 'agents'],
  ...['constructor', '__proto__', 'toString', 'metadata'],
);
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'value' },
    fc.constantFrom('a', 'b', 's', 't', '${{ x', 'a | b', '', 5, 0.5, true, null, -1),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(field, tie('value'), { maxKeys: 6 }),
  ),
}));

const some = (...values: readonly unknown[]) => fc.constantFrom(...values);
const id = some('s', 't', 'u', 5, 'a b');
const ids = some([], ['s'], ['t', 'u'], 's', null);
const todo = fc.record(
  {
    id,
    agent_role: some('A', 'b', 'nobody'),
    title: some('T', '${{', null),
    dependencies: ids,
    parent_id: some('s', 't', null, "o'x"),
    debug_instructions: some('x', '- a: b\n'),
    max_debug_attempts: some(1, 10, 11),
    max_branch_depth: some(1, 5, null, 6),
    failure_routing: some(
      { timeout: 'a', flaky_test: null },
      { luck: 'a' },
      [{ on: 'timeout', route_to: 'B' }],
      [{ reason: 'timeout' }, 5],
      null,
    ),
    owns: some('src/**', ['docs', 'x${{ y }}'], [], null),
    produces: some('a.md', [{ path: 'docs/b.json', schema: {} }], null),
    acceptance_criteria: some(
      { tests: [{ cmd: 'a', timeout_seconds: 1e-9 }] },
      { tests: [{ cmd: 'a `b` "c', timeout_seconds: 600, report: 'r.xml', sandbox: false }] },
      { tests: [{ cmd: 'a', sandbox: { timeout: '1s' }, report: null }] },
      { tests: 5 },
      [],
    ),
    validation_rules: some([{ type: 'x', command: "a 'b c'" }], [5]),
  },
  { requiredKeys: ['id', 'agent_role'] },
);
const step = fc.record(
  { id, agent: some('a', 'b', 5), task: some('x', '${{ y }}', []), dependencies: ids, needs: ids },
  { requiredKeys: ['id', 'agent'] },
);
const nearly = fc.oneof(
  fc.record(
    {
      todos: fc.array(todo, { minLength: 1, maxLength: 4 }),
      approval: some(true, false, null, 1),
      request: some('R\n${{', null),
      max_branch_depth: some(1, null),
      max_parallel: some(3, 65),
    },
    { requiredKeys: ['todos'] },
  ),
  fc.record({
    workflows: fc.dictionary(
      fc.constantFrom('w', 'v', ' x'),
      fc.oneof(
        fc.record({ steps: fc.array(step, { maxLength: 4 }) }),
        some(['a', 'b', 'a'], ['a', {}], []),
      ),
      { maxKeys: 2 },
    ),
    cache: some({ ttl_hours: 1e-9 }, { enabled: 1 }, []),
  }),
);

const FILES = ['.sluice/todos/x.json', '.claude/claude.json', '.sluice/workflows/x.json'];

/** How many of its workflows are right ones; each of those is written as a right one too. */
function readEveryWay(value: unknown): number {
  let valid = 0;
  for (const file of FILES) {
    const source = decodeSource(file, Buffer.from(JSON.stringify(value, null, 1)));
    assert.ok(source.ok);
    const lineCount = source.value.text.split('\n').length;
    const { workflows, diagnostics } = parseWorkflowFile(source.value);
    const entries = judgeWorkflows(workflows, AGENTS, SCHEMAS);
    for (const { range, message } of [
      ...diagnostics,
      ...entries.flatMap((one) => one.diagnostics),
    ]) {
      assert.ok(range.start.line >= 1 && range.end.line <= lineCount, message);
    }
    for (const entry of entries) {
      assert.equal(entry.kind === 'invalid', hasErrors(entry.diagnostics));
      if (entry.kind === 'valid') {
        valid += 1;
        const text = writeWorkflow(entry.workflow);
        const again = readWorkflowText(sourceOf('w.yaml', text), AGENTS);
        assert.equal(again.kind, 'valid', text);
      }
    }
  }
  return valid;
}

describe("A file of another tool's format", function () {
  this.timeout(sampleOf(60_000));

  it('is read without a throw whatever its fields hold', () => {
    fc.assert(
      fc.property(anything, (value) => void readEveryWay(value)),
      { numRuns: sampleOf(350) },
    );
  });

  it('is read without a throw when it is nearly right, and written right when it is', () => {
    let valid = 0;
    fc.assert(
      fc.property(nearly, (value) => {
        valid += readEveryWay(value);
      }),
      { numRuns: sampleOf(350) },
    );
    assert.ok(valid > 0);
  });

  const chain = (length: number) =>
    Array.from({ length }, (_, at) => ({
      id: `t${at}`,
      agent_role: 'A',
      dependencies: at === 0 ? [] : [`t${at - 1}`],
    }));

  it('may hold ten thousand todos', () => {
    const file = sourceOf('.sluice/todos/x.json', JSON.stringify({ todos: chain(10_000) }));
    const [entry] = judgeWorkflows(parseWorkflowFile(file).workflows, AGENTS, SCHEMAS);
    assert.ok(entry?.kind === 'valid');
    assert.equal(entry.workflow.steps.length, 10_000);
  });

  it('may hold thousands of todos behind one approval, and is written as a right workflow', () => {
    assert.ok(readEveryWay({ todos: chain(3000), approval: true }) > 0);
  });
});
