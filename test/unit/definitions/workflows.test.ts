import assert from 'node:assert/strict';
import type { StepId } from '../../../src/core/domain/ids.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { Workflow } from '../../../src/core/domain/workflow.ts';
import { agentsNamed, lines, readWorkflowText, said, sourceOf, unmark } from './marked.ts';

const AGENTS = agentsNamed('eslint', 'tsc', 'reporter', 'Code Reviewer');

function read(text: string, file = '.sluice/workflows/check.yaml') {
  return readWorkflowText(sourceOf(file, text), AGENTS);
}

function workflowIn(text: string, file?: string): Workflow {
  const entry = read(text, file);
  assert.deepEqual(said(entry.diagnostics), []);
  assert.ok(entry.kind === 'valid');
  return entry.workflow;
}

/** What JSON keeps: without `undefined`, and with ordinary objects where the reader makes bare ones. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('A workflow', () => {
  it('is read with everything it says', () => {
    const text = lines`
      name: Code quality
      description: Checks everything.
      inputs:
        topic: tides
        depth: { description: How deep, default: 3 }
        who:
      max-parallel: 4
      steps:
        lint:
          agent: eslint
          env: { LEVEL: 1.0, DEBUG: true, HEX: 0x1F }
          timeout: 90s
        types: { agent: tsc }
        report:
          agent: reporter
          needs: [lint, types]
          prompt: |
            About $${'{{ inputs.topic }}'}.
          produces: [report.md, out/report.sarif]
        approve:
          gate: { ask: Fine?, show: report.md }
          needs: report
        done: { gate: Sure?, needs: [approve, report] }
        where:
          gate: { ask: Where to?, choices: [staging, production], input: true }
          needs: done
        go:
          agent: tsc
          needs: where
          prompt: $${'{{ steps.where.output }}'}
    `;
    assert.deepEqual(plain(workflowIn(text)), {
      name: 'Code quality',
      description: 'Checks everything.',
      inputs: {
        topic: { type: 'string', options: [], default: 'tides' },
        depth: { type: 'string', options: [], description: 'How deep', default: '3' },
        who: { type: 'string', options: [] },
      },
      steps: [
        {
          kind: 'agent',
          id: 'lint',
          needs: [],
          agent: 'eslint',
          prompt: '',
          env: { LEVEL: '1.0', DEBUG: 'true', HEX: '0x1F' },
          produces: [],
          checks: [],
          limits: { timeoutMs: 90_000 },
          terms: { never: [] },
        },
        {
          kind: 'agent',
          id: 'types',
          needs: [],
          agent: 'tsc',
          prompt: '',
          env: {},
          produces: [],
          checks: [],
          limits: {},
          terms: { never: [] },
        },
        {
          kind: 'agent',
          id: 'report',
          needs: ['lint', 'types'],
          agent: 'reporter',
          prompt: 'About ${{ inputs.topic }}.\n',
          env: {},
          produces: [{ path: 'report.md' }, { path: 'out/report.sarif' }],
          checks: [],
          limits: {},
          terms: { never: [] },
        },
        { kind: 'gate', id: 'approve', needs: ['report'], ask: 'Fine?', show: ['report.md'] },
        { kind: 'gate', id: 'done', needs: ['approve', 'report'], ask: 'Sure?', show: [] },
        {
          ...{ kind: 'gate', id: 'where', needs: ['done'], ask: 'Where to?', show: [] },
          ...{ choices: ['staging', 'production'], takesText: true },
        },
        {
          ...{ kind: 'agent', id: 'go', needs: ['where'], agent: 'tsc' },
          ...{ prompt: '${{ steps.where.output }}', env: {}, produces: [], checks: [] },
          ...{ limits: {}, terms: { never: [] } },
        },
      ],
      validate: [],
      phases: [],
      maxParallel: 4,
      onFailure: 'continue',
      file: '.sluice/workflows/check.yaml',
      digest: digestOf(text),
    });
  });

  it('takes its name from its file when it gives none', () => {
    assert.equal(workflowIn('steps: { a: { agent: tsc } }').name, 'check');
    assert.equal(
      workflowIn('steps: { a: { agent: tsc } }', '/elsewhere/my.flow.yml').name,
      'my.flow',
    );
  });

  it('keeps its steps in the order written, numbers too', () => {
    const { steps } = workflowIn(
      'steps: { 10: { agent: tsc }, b: { agent: tsc }, 9: { agent: tsc, needs: 10 } }',
    );
    assert.deepEqual(
      steps.map(({ id, needs }) => [id, ...needs]),
      [['10'], ['b'], ['9', '10']],
    );
  });

  it('may be a list of steps, in the words of other systems', () => {
    const { steps } = workflowIn(lines`
      steps:
        - id: linter
          agent: eslint
          task: Run the linter
          dependencies: []
        - id: final-review
          agent: Code Reviewer
          task: Review
          dependencies: [linter]
    `);
    assert.deepEqual(
      steps.map((step) => [step.id, step.needs, step.kind === 'agent' && step.prompt]),
      [
        ['linter', [], 'Run the linter'],
        ['final-review', ['linter'], 'Review'],
      ],
    );
  });

  for (const [title, text] of [
    ['under "steps"', 'name: chain\nsteps: [eslint, Code Reviewer, eslint, eslint]\n'],
    ['as the whole file', '- eslint\n- Code Reviewer\n- eslint\n- eslint\n'],
  ] as const) {
    it(`may be a plain list of agents, a chain, ${title}`, () => {
      const { steps } = workflowIn(text);
      assert.deepEqual(
        steps.map((step) => [step.id, step.kind === 'agent' && step.agent, ...step.needs]),
        [
          ['eslint', 'eslint'],
          ['code-reviewer', 'Code Reviewer', 'eslint'],
          ['eslint-2', 'eslint', 'code-reviewer'],
          ['eslint-3', 'eslint', 'eslint-2'],
        ],
      );
    });
  }

  it('may be JSON, with tabs and all', () => {
    const text = JSON.stringify(
      { name: 'j', steps: { a: { agent: 'tsc', needs: [] } } },
      null,
      '\t',
    );
    assert.equal(workflowIn(text, '.sluice/workflows/j.json').steps.length, 1);
  });

  it('may use anchors and aliases', () => {
    const { steps } = workflowIn(
      'steps: { a: { agent: tsc, env: &e { A: x } }, b: { agent: tsc, env: *e, needs: [a, a] } }',
    );
    assert.deepEqual(plain(steps[1]), {
      kind: 'agent',
      id: 'b',
      needs: ['a'],
      agent: 'tsc',
      prompt: '',
      env: { A: 'x' },
      produces: [],
      checks: [],
      limits: {},
      terms: { never: [] },
    });
  });

  it('has records without prototypes', () => {
    const workflow = workflowIn('steps: { a: { agent: tsc, env: { constructor: x } } }');
    const [step] = workflow.steps;
    assert.ok(step?.kind === 'agent');
    assert.equal(Object.getPrototypeOf(step.env), null);
    assert.equal(Object.getPrototypeOf(workflow.inputs), null);
    assert.deepEqual(Object.entries(step.env), [['constructor', 'x']]);
  });

  it('is read the same with a byte order mark and any line ends', () => {
    const text = 'steps:\n  a:\n    agent: tsc\n    prompt: |\n      one\n      two\n';
    const expected = plain(workflowIn(text).steps);
    for (const variant of [`\ufeff${text}`, text.replaceAll('\n', '\r\n')]) {
      assert.deepEqual(plain(workflowIn(variant).steps), expected);
    }
  });
});

describe('The source of a workflow', () => {
  const rangesIn = (marked: string, names: readonly [StepId, ...(string | number)[]][]) => {
    const { text, ranges } = unmark(marked);
    const { source } = read(text);
    assert.ok(source !== undefined);
    assert.deepEqual(
      names.map(([step, ...field]) =>
        field.length === 0 ? source.rangeOfStep(step) : source.rangeOf(step, field),
      ),
      ranges,
    );
  };
  const a = 'a' as StepId;
  const eslint = 'eslint' as StepId;

  it('knows where steps and their fields stand', () => {
    rangesIn(
      lines`
        steps:
          «a»:
            agent: «tsc»
            prompt: «|
              one
              two»
            needs: «[b, «"c"»]»
            env:
              «HOME»:`,
      [[a], [a, 'agent'], [a, 'prompt'], [a, 'needs'], [a, 'needs', 1], [a, 'env', 'HOME']],
    );
  });

  it('shows a field that is missing at the step', () => {
    rangesIn('steps: { «a»: { agent: x } }', [[a, 'timeout']]);
  });

  it('knows the steps of lists', () => {
    rangesIn('steps:\n  - id: «a»\n    agent: «x»\n', [[a], [a, 'agent']]);
    rangesIn('- «eslint»\n', [[eslint]]);
  });

  it('knows nothing of steps there are not', () => {
    const { source } = read('steps: { b: { agent: x } }');
    assert.equal(source?.rangeOfStep(a), undefined);
    assert.equal(source?.rangeOf(a, ['agent']), undefined);
  });

  it('counts columns as editors do and lines by any line end', () => {
    rangesIn('# 🌊\r\nsteps: { b: { prompt: "🌊🌊", agent: x }, «a»: { agent: «"é🌊"» } }\r\n', [
      [a],
      [a, 'agent'],
    ]);
  });
});
