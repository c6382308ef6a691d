import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTemplate, renderTemplate } from '../../../src/core/domain/expression.ts';
import { readAnswer, rowsOf } from '../../../src/core/drafting/answer.ts';
import { readsAsSentence } from '../../../src/core/drafting/faults.ts';
import { isPlanOf, planText, type PlanOrigin } from '../../../src/core/drafting/planText.ts';
import { projectCommands, type Manifest } from '../../../src/core/drafting/projectCommands.ts';
import { draftPrompt, isRound, repairPrompt } from '../../../src/core/drafting/prompt.ts';
import {
  LONGEST_REQUEST,
  planNameFault,
  planNameOf,
  requestFault,
} from '../../../src/core/drafting/wish.ts';
import { parse } from 'yaml';

const ORIGIN: PlanOrigin = {
  request: 'Do it.',
  run: 'plan-3',
  answeredAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  agent: 'planner',
  model: 'anthropic/x',
};

describe('A request', () => {
  it('is any text that says something and is not longer than a planner is asked again with', () => {
    assert.equal(requestFault(`  ${'x'.repeat(LONGEST_REQUEST)}\n`), undefined);
    assert.match(requestFault('x'.repeat(LONGEST_REQUEST + 1)) ?? '', /50,001 characters/);
    assert.match(requestFault('\n\t ') ?? '', /empty/);
    assert.match(requestFault('a\u0000b') ?? '', /NUL/);
  });

  it('gives its plan a name that can be a file everywhere, whatever anybody called it', () => {
    const nothing = { name: '', title: '' };
    assert.equal(planNameOf('', { name: 'Add Login!', title: '' }, 'x'), 'add-login');
    assert.equal(planNameOf('Mine', { name: 'add', title: '' }, 'x'), 'Mine');
    assert.equal(planNameOf('', { name: 'con', title: 'The console' }, 'x'), 'the-console');
    assert.equal(planNameOf('', nothing, '日本語'), 'request');
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (name, title, request) => {
        assert.equal(planNameFault(planNameOf('', { name, title }, request)), undefined);
      }),
    );
  });
});

describe('The prompt of a planner', () => {
  const facts = {
    agents: [{ name: 'coder' as never, description: 'Uses ${{ this }}' }],
    commands: [{ what: 'test', line: 'echo ${{ x }}', from: 'package.json' }],
    workflows: ['a', 'b'],
  };
  const rendered = (text: string, request: string) => {
    const template = parseTemplate(text);
    assert.ok(template.ok);
    const filled = renderTemplate(template.value, { inputs: { request } });
    assert.ok(filled.ok);
    return filled.value;
  };

  it('is filled in with the request alone: what files say is no expression', () => {
    const text = rendered(draftPrompt(facts), 'R');
    assert.match(text, /<request>\nR\n<\/request>/);
    assert.match(text, /- coder: Uses \$\{\{ this \}\}\n/);
    assert.match(text, /- test: echo \$\{\{ x \}\} \(package\.json\)/);
  });

  it('has, in a further round, the list and its problems, whatever stands in them', () => {
    const prompt = draftPrompt(facts);
    fc.assert(
      fc.property(fc.string(), fc.string(), (draft, message) => {
        const again = repairPrompt(prompt, draft, [{ message, line: 3 }]);
        assert.ok(isRound(prompt, again) && !isRound(prompt, prompt));
        assert.ok(rendered(again, 'R').startsWith(rendered(prompt, 'R')));
      }),
    );
    const again = repairPrompt(prompt, 'a: ${{ x }}', [{ message: 'No ${{ y }}.', line: 7 }]);
    assert.match(
      rendered(again, 'R'),
      /- line 7: No \$\{\{ y \}\}\.\n[^]*<list>\na: \$\{\{ x \}\}\n/,
    );
  });

  it('stays of a size, however many agents, problems and todos there are', () => {
    const many = Array.from({ length: 500 }, (_, n) => n);
    const prompt = draftPrompt({
      ...facts,
      agents: many.map((n) => ({ name: `a${n}` as never, description: 'x'.repeat(5000) })),
    });
    assert.match(prompt, /- and 440 more/);
    const faults = many.map((n) => ({ message: 'x'.repeat(5000), line: n }));
    assert.ok(repairPrompt(prompt, 'x\n'.repeat(200_000), faults).length < 150_000);
  });
});

describe('The commands of a project', () => {
  const lines = (files: Partial<Record<Manifest, string>>) =>
    projectCommands(new Map(Object.entries(files) as [Manifest, string][])).map(
      ({ what, line }) => `${what}: ${line}`,
    );

  it('are read from its own files, in the words of its package manager', () => {
    const scripts = { test: 'x', lint: 'y', 'type-check': 'z', dev: 'w', start: 'v' };
    const manifest = JSON.stringify({ scripts });
    assert.deepEqual(lines({ 'package.json': manifest, 'tsconfig.json': '{}' }), [
      ...['test: npm test', 'lint: npm run lint', 'type-check: npm run type-check'],
    ]);
    assert.deepEqual(lines({ 'package.json': '{"scripts":{"test":"x"}}', 'pnpm-lock.yaml': '' }), [
      'test: pnpm test',
    ]);
    assert.deepEqual(
      lines({ 'pyproject.toml': '[tool.pytest.ini_options]\n[tool.ruff]\n', 'uv.lock': '' }),
      ['test: uv run python -m pytest', 'lint: uv run ruff check .'],
    );
    assert.deepEqual(
      lines({ 'Cargo.toml': '', Makefile: 'test:\n\tx\nlint: a\nX := y\nall: b\n' }),
      [...['test: cargo test', 'types: cargo check', 'test: make test', 'lint: make lint']],
    );
    assert.deepEqual(lines({ 'go.mod': '' }), ['test: go test ./...', 'lint: go vet ./...']);
  });

  it('are none where the files say none, or cannot be read', () => {
    const init = { scripts: { test: 'echo "Error: no test specified" && exit 1' } };
    assert.deepEqual(lines({ 'package.json': JSON.stringify(init) }), []);
    for (const text of ['{', 'null', '[]', '{"scripts":[1]}', '{"scripts":null}']) {
      assert.deepEqual(lines({ 'package.json': text }), []);
    }
  });
});

describe('A test', () => {
  it('reads as a sentence, or as a command', () => {
    for (const line of [
      ...['The login works', 'Make sure that it works', 'login should be possible.'],
      ...['Verify the page', 'all tests pass!'],
    ]) {
      assert.ok(readsAsSentence(line), line);
    }
    for (const line of [
      ...['npm test', 'npm run lint', 'cargo test', 'go vet ./...', 'test -f a.ts', 'vitest'],
      ...['python -m pytest tests/test_a.py', 'node --test', 'sh -c "the thing"', 'make check'],
    ]) {
      assert.ok(!readsAsSentence(line), line);
    }
  });
});

describe('The file of a plan', () => {
  const value: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 2 });
  const answers = fc.record({
    name: fc.string(),
    title: fc.string(),
    more: value,
    todos: fc.array(
      fc.record({
        id: fc.string(),
        description: fc.string(),
        owns: fc.array(fc.string()),
        x: value,
      }),
      { minLength: 1, maxLength: 4 },
    ),
  });

  it('says in YAML what the planner said in JSON, whatever that was', () => {
    fc.assert(
      fc.property(answers, fc.string(), (answer, request) => {
        const read = readAnswer(JSON.stringify(answer));
        assert.ok(read.ok);
        const text = planText('x', read.value, { ...ORIGIN, request });
        const file = parse(text) as Record<string, unknown>;
        assert.deepEqual(
          [file['name'], file['request'], file['approval'], file['run'], file['date']],
          ['x', request, true, 'plan-3', '2026-01-02T03:04:05.006Z'],
        );
        const todos = file['todos'] as Record<string, unknown>[];
        assert.deepEqual(
          todos.map(({ id, description, owns }) => ({ id, description, owns })),
          answer.todos.map(({ id, description, owns }) => ({ id, description, owns })),
        );
        assert.equal(rowsOf(read.value).length, answer.todos.length);
      }),
    );
  });

  it('asks before it is run, also where the planner would have it otherwise', () => {
    const read = readAnswer(
      '{"approval":false,"request":"mine","max_parallel":2,"todos":[{"id":1}]}',
    );
    assert.ok(read.ok);
    const file = parse(planText('x', read.value, ORIGIN)) as Record<string, unknown>;
    assert.deepEqual(
      [file['approval'], file['request'], file['max_parallel']],
      [true, 'Do it.', 2],
    );
  });

  it('is known for the plan of its answer when it was edited, and for that of no other', () => {
    const read = readAnswer('[{"id":"a"}]');
    assert.ok(read.ok);
    const text = planText('x', read.value, ORIGIN);
    assert.ok(isPlanOf(`${text}\n# more`, ORIGIN));
    assert.ok(isPlanOf(text.replace('run: plan-3', 'run: "plan-3"'), ORIGIN));
    assert.ok(!isPlanOf(text, { ...ORIGIN, answeredAt: ORIGIN.answeredAt + 1 }));
    assert.ok(!isPlanOf(text, { ...ORIGIN, run: 'plan-30' }));
    assert.ok(!isPlanOf('', ORIGIN));
  });
});
