import assert from 'node:assert/strict';
import { mayPass, type Failure } from '../../../src/core/domain/failure.ts';
import { NO_TERMS, plainCacheRule, termsOver } from '../../../src/core/domain/terms.ts';
import { indexAgents, type AgentEntry } from '../../../src/core/definitions/entries.ts';
import type { AgentStep, Step, Workflow } from '../../../src/core/domain/workflow.ts';
import { RETRYABLE } from '../../../src/core/definitions/workflows/stepSchema.ts';
import { agentsNamed, lines, readWorkflowText, said, sourceOf, validAgent } from './marked.ts';

/** `a` is a command, `m` a language model. */
const AGENTS = indexAgents([validAgent('a'), modelAgent('m')]);

function modelAgent(name: string): AgentEntry {
  const entry = validAgent(name);
  assert.ok(entry.kind === 'valid');
  const runner = { kind: 'model', instructions: 'Help.', models: [], mcpServers: [] } as const;
  return { ...entry, agent: { ...entry.agent, runner } };
}

function workflowIn(text: string, ...others: [name: string, text: string][]): Workflow {
  const entry = readWorkflowText(
    sourceOf('.sluice/workflows/w.yaml', text),
    AGENTS,
    ...others.map(([name, other]) => sourceOf(`.sluice/workflows/${name}.yaml`, other)),
  );
  assert.deepEqual(said(entry.diagnostics), []);
  assert.ok(entry.kind === 'valid');
  return entry.workflow;
}

/** The last step, an agent's. @param fields of it, one a line */
function stepWith(fields: string, before = '', agent = 'a'): AgentStep {
  const indented = fields.replace(/^/gm, '    ');
  const step = workflowIn(
    `inputs: { list: x }\nsteps:\n${before}  s:\n    agent: ${agent}\n${indented}\n`,
  ).steps.at(-1);
  assert.ok(step?.kind === 'agent');
  return step;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('A condition of a step', () => {
  const before = '  lint: { agent: a }\n';

  it('is kept as it is written, without the braces around it', () => {
    for (const written of [
      "inputs.list == 'x'",
      '"inputs.list == \'x\'"',
      "${{ inputs.list == 'x' }}",
      "|\n  ${{inputs.list == 'x'}}",
    ]) {
      assert.equal(stepWith(`if: ${written}`).condition, "inputs.list == 'x'", written);
    }
  });

  it('may ask how needed steps ended, and stand at every kind of step', () => {
    assert.equal(
      stepWith("if: failure() && steps.lint.status == 'failed'\nneeds: lint", before).condition,
      "failure() && steps.lint.status == 'failed'",
    );
    const { steps } = workflowIn(
      'steps: { g: { gate: Sure?, if: true }, n: { workflow: b, if: always() } }',
      ['b', '[a]'],
    );
    assert.deepEqual(
      steps.map(({ condition }) => condition),
      ['true', 'always()'],
    );
  });

  it('is none where none is written', () => {
    assert.equal(stepWith('prompt: x').condition, undefined);
  });
});

describe('The matrix of a step', () => {
  it('is values as they are written, in their order, or a text that gives them', () => {
    const { matrix } = stepWith(
      "matrix:\n  node: [20, 1.0, true, x]\n  os: '${{ inputs.list }}'\nprompt: ${{ matrix.node }}",
    );
    assert.deepEqual(Object.entries(matrix ?? {}), [
      ['node', ['20', '1.0', 'true', 'x']],
      ['os', '${{ inputs.list }}'],
    ]);
    assert.equal(Object.getPrototypeOf(matrix), null);
  });

  it('may be the paths of files, and what an earlier step prints', () => {
    const { matrix, maxParallel } = stepWith(
      "needs: [b]\nmatrix:\n  page: { files: [docs/*.md, docs/*.md, '*.txt'] }\n  one: { files: x }\n  line: '${{ steps.list.output }}'\nmax-parallel: 3",
      '  list: { agent: a }\n  b: { agent: a, needs: list }\n',
    );
    assert.deepEqual(Object.entries(matrix ?? {}), [
      ['page', { files: ['docs/*.md', '*.txt'] }],
      ['one', { files: ['x'] }],
      ['line', '${{ steps.list.output }}'],
    ]);
    assert.equal(maxParallel, 3);
  });

  it('is made of an earlier output for a workflow and a gate too', () => {
    const { steps } = workflowIn(
      "steps: { l: { agent: a }, n: { uses: ./b.yaml, needs: l, matrix: { x: '${{ steps.l.output }}' }, max-parallel: 1 }, g: { gate: '${{ matrix.x }}?', needs: n, matrix: { x: '${{ steps.l.output }}' } } }",
      ['b', '[a]'],
    );
    assert.deepEqual(
      steps.map(({ maxParallel }) => maxParallel),
      [undefined, 1, undefined],
    );
  });

  it('gives names to every text of its step, and to its condition', () => {
    const { steps } = workflowIn(
      lines`
        steps:
          s: { agent: a, matrix: { x: [1] }, env: { A: '$${'{{ matrix.x }}'}' }, if: matrix.x == 1 }
          g: { gate: '$${'{{ matrix.x }}'}?', matrix: { x: [1] } }
          n: { workflow: b, matrix: { x: [1] }, with: { i: '$${'{{ matrix.x }}'}' } }
          all: { agent: a, needs: s, prompt: '$${'{{ steps.s.output }}'}' }`,
      ['b', 'inputs: { i: }\nsteps: [a]'],
    );
    assert.deepEqual(
      steps.map(({ matrix }) => plain(matrix ?? {})),
      [{ x: ['1'] }, { x: ['1'] }, { x: ['1'] }, {}],
    );
  });
});

describe('A retry', () => {
  it('may be a number of attempts', () => {
    assert.deepEqual(stepWith('retry: 3').retry, {
      attempts: 3,
      delayMs: 1000,
      maxDelayMs: 60_000,
      on: undefined,
    });
  });

  it('may say when, and after what', () => {
    assert.deepEqual(
      stepWith('retry: { attempts: 10, delay: 2s, max-delay: 5m, on: [exited, timed-out, exited] }')
        .retry,
      { attempts: 10, delayMs: 2000, maxDelayMs: 300_000, on: ['exited', 'timed-out'] },
    );
  });

  it('waits no shorter than it says where only the first wait is given', () => {
    assert.equal(stepWith('retry: { attempts: 2, delay: 10m }').retry?.maxDelayMs, 600_000);
  });

  it('may name exactly the failures that another attempt may cure', () => {
    const reasons: Record<Failure['reason'], true> = {
      'command-not-found': true,
      'spawn-failed': true,
      exited: true,
      signalled: true,
      'timed-out': true,
      'output-cap': true,
      'not-produced': true,
      'bad-product': true,
      'check-failed': true,
      'out-of-bounds': true,
      overlap: true,
      expression: true,
      'no-runner': true,
      'no-model': true,
      'call-failed': true,
      'other-model': true,
      'too-many-turns': true,
      'bad-output': true,
      'budget-spent': true,
      'agent-broke': true,
      workspace: true,
      landing: true,
      rejected: true,
      cancelled: true,
      interrupted: true,
      internal: true,
      'sandbox-limit': true,
      'no-sandbox': true,
    };
    const failure = { kind: 'network', message: '', status: undefined, notBefore: undefined };
    assert.deepEqual(
      Object.keys(reasons)
        .filter((reason) => mayPass({ reason, failure } as Failure))
        .sort(),
      [...RETRYABLE].sort(),
    );
  });
});

describe('What else a step may say', () => {
  it('are limits over those of its agent, only those it names', () => {
    assert.deepEqual(stepWith('timeout: 2m\nidle-timeout: 30s\ngrace: 250ms').limits, {
      timeoutMs: 120_000,
      idleTimeoutMs: 30_000,
      graceMs: 250,
    });
    assert.deepEqual(stepWith('grace: 1s').limits, { graceMs: 1000 });
  });

  it('are its effects', () => {
    assert.equal(stepWith('effects: external').effects, 'external');
    assert.equal(stepWith('effects: copy').effects, 'copy');
    assert.equal(stepWith('prompt: x').effects, undefined);
  });

  it('are products with a schema written there', () => {
    const { produces } = stepWith(
      'produces: [a.txt, { path: b.json, schema: { type: object, required: [n] } }, a.txt]',
    );
    assert.deepEqual(produces, [
      { path: 'a.txt', schema: undefined },
      { path: 'b.json', schema: { type: 'object', required: ['n'] } },
    ]);
    const [, second] = produces;
    assert.equal(Object.getPrototypeOf(second?.schema), Object.prototype);
  });

  it('are checks in every spelling', () => {
    assert.deepEqual(
      stepWith(
        'checks: [npm test, [npm, run, "a b", 1.0], { command: tsc -p ., timeout: 5m }, { command: [x] }]',
      ).checks,
      [
        { command: ['npm', 'test'], timeoutMs: 600_000 },
        { command: ['npm', 'run', 'a b', '1.0'], timeoutMs: 600_000 },
        { command: ['tsc', '-p', '.'], timeoutMs: 300_000 },
        { command: ['x'], timeoutMs: 600_000 },
      ],
    );
  });
});

describe('How models are called', () => {
  const policy = {
    attempts: undefined,
    maxWaitMs: undefined,
    onOtherModel: undefined,
    maxTurns: undefined,
  };

  it('is said by a step field by field over its agent', () => {
    const said = stepWith('model-policy: { attempts: 2, on-other-model: fail }', '', 'm').terms;
    const agent = { ...NO_TERMS, calls: { ...policy, attempts: 5, maxTurns: 7 } };
    assert.deepEqual(termsOver(said, agent).calls, {
      ...policy,
      attempts: 2,
      onOtherModel: 'fail',
      maxTurns: 7,
    });
    assert.deepEqual(termsOver(NO_TERMS, agent).calls, agent.calls);
    assert.equal(termsOver(NO_TERMS, NO_TERMS).calls, undefined);
  });
});

describe('The terms of a step', () => {
  it('are what it says, and nothing else', () => {
    assert.deepEqual(
      stepWith(
        'owns: [src/**, docs]\nnever: src/api/**\nmodel: [one, two]\nbudget: { time: 30m }\ncache: { ttl: 24h }',
        '',
        'm',
      ).terms,
      {
        owns: ['src/**', 'docs'],
        never: ['src/api/**'],
        models: ['one', 'two'],
        permissions: undefined,
        budget: { tokens: undefined, usd: undefined, timeMs: 1_800_000 },
        cache: { ...plainCacheRule(true), ttlMs: 86_400_000 },
        calls: undefined,
        sandbox: undefined,
      },
    );
    assert.deepEqual(stepWith('model: 4.1\npermissions: plan\ncache: false', '', 'm').terms, {
      owns: undefined,
      never: [],
      models: ['4.1'],
      permissions: 'plan',
      budget: undefined,
      cache: plainCacheRule(false),
      calls: undefined,
      sandbox: undefined,
    });
    assert.deepEqual(stepWith('prompt: x').terms, NO_TERMS);
  });

  it('may hold inputs and values of its matrix in paths', () => {
    assert.deepEqual(
      stepWith("matrix: { x: [1, 2] }\nowns: 'src/${{ matrix.x }}/${{ inputs.list }}'").terms.owns,
      ['src/${{ matrix.x }}/${{ inputs.list }}'],
    );
  });
});

describe('Metadata', () => {
  it('is carried as it stands, by steps of every kind and by the workflow', () => {
    const workflow = workflowIn(
      lines`
        metadata: { owner: { team: [a, 1, true, null] } }
        steps:
          s: { agent: a, metadata: text }
          g: { gate: Sure?, metadata: [1.5] }
          n: { workflow: b, metadata: { constructor: x } }
          e: { agent: a, metadata: }`,
      ['b', '[a]'],
    );
    assert.deepEqual(workflow.metadata, { owner: { team: ['a', 1, true, null] } });
    assert.deepEqual(
      workflow.steps.map(({ metadata }) => metadata),
      ['text', [1.5], { constructor: 'x' }, null],
    );
  });
});

describe('The inputs of a workflow', () => {
  it('have types, and a type where they have options', () => {
    const { inputs } = workflowIn(lines`
      inputs:
        depth: { type: number, default: 3 }
        all: { type: boolean, required: true }
        mode: { options: [quick, 1.0], default: quick, description: How, required: false }
        kind: { type: choice, options: [x] }
        any: { type: string }
      steps: [a]`);
    assert.deepEqual(plain(inputs), {
      depth: { type: 'number', options: [], default: '3' },
      all: { type: 'boolean', options: [] },
      mode: { type: 'choice', options: ['quick', '1.0'], default: 'quick', description: 'How' },
      kind: { type: 'choice', options: ['x'] },
      any: { type: 'string', options: [] },
    });
  });
});

describe('A step that is a workflow', () => {
  const inner = 'inputs: { topic:, depth: 3 }\nsteps: { s: { agent: a, produces: deep.md } }';

  it('gives the other its inputs', () => {
    const [, step] = workflowIn(
      "steps: { first: { agent: a }, n: { workflow: inner, needs: first, with: { topic: '${{ steps.first.output }}' } } }",
      ['inner', inner],
    ).steps;
    assert.deepEqual(plain(step), {
      kind: 'workflow',
      id: 'n',
      needs: ['first'],
      workflow: 'inner',
      with: { topic: '${{ steps.first.output }}' },
    });
  });

  it('may be one of a list', () => {
    const { steps } = workflowIn('steps: [{ id: n, workflow: b }]', ['b', '[a]']);
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['workflow'],
    );
  });

  it('lets a gate show what it makes at any depth', () => {
    const { steps } = workflowIn(
      'steps: { n: { workflow: outer }, g: { gate: { ask: Sure?, show: deep.md }, needs: n } }',
      ['outer', 'steps: { n: { workflow: inner, with: { topic: x } } }'],
      ['inner', inner],
    );
    assert.deepEqual((steps[1] as Step & { kind: 'gate' }).show, ['deep.md']);
  });

  it('may stand twice in one workflow', () => {
    const { steps } = workflowIn(
      'steps: { x: { workflow: b }, y: { workflow: b }, z: { workflow: c } }',
      ['b', '[a]'],
      ['c', 'steps: { n: { workflow: b } }'],
    );
    assert.equal(steps.length, 3);
  });
});

describe('A workflow', () => {
  it('goes on after a failure or stops, in two words', () => {
    const steps = 'steps: { s: { agent: a } }';
    for (const [line, expected] of [
      ['', 'continue'],
      ['on-failure: stop\n', 'stop'],
      ['on-failure: continue\n', 'continue'],
      ['fail-fast: true\n', 'stop'],
      ['fail-fast: false\n', 'continue'],
    ] as const) {
      assert.equal(workflowIn(line + steps).onFailure, expected, line);
    }
  });

  it('may name its steps in phases', () => {
    const { phases } = workflowIn(lines`
      steps: { x: { agent: a }, y: { agent: a }, z: { agent: a, needs: [x] } }
      phases:
        - { name: Build, steps: [y, x], checks: [[npm, test]] }
        - { name: Ship it, steps: [z] }`);
    assert.deepEqual(phases, [
      {
        name: 'Build',
        steps: ['y', 'x'],
        checks: [{ command: ['npm', 'test'], timeoutMs: 600_000 }],
      },
      { name: 'Ship it', steps: ['z'], checks: [] },
    ]);
  });

  it('may hold its steps in phases', () => {
    const { phases, steps } = workflowIn(lines`
      phases:
        - name: Build
          steps: { x: { agent: a }, y: { agent: a, needs: x } }
        - name: Ship
          steps: { z: { gate: Sure?, needs: [x] } }`);
    assert.deepEqual(
      steps.map(({ id, needs }) => [id, ...needs]),
      [['x'], ['y', 'x'], ['z', 'x']],
    );
    assert.deepEqual(
      phases.map(({ name, steps: ids }) => [name, ...ids]),
      [
        ['Build', 'x', 'y'],
        ['Ship', 'z'],
      ],
    );
  });
});

describe('The source of a workflow', () => {
  it('knows the steps inside phases', () => {
    const entry = readWorkflowText(
      sourceOf('w.yaml', 'phases: [{ name: P, steps: { s: { agent: a } } }]'),
      agentsNamed('a'),
    );
    const id = entry.kind === 'valid' ? entry.workflow.steps[0]?.id : undefined;
    assert.ok(id !== undefined);
    assert.deepEqual(entry.source?.rangeOfStep(id), {
      start: { line: 1, column: 30 },
      end: { line: 1, column: 31 },
    });
  });
});
