import assert from 'node:assert/strict';
import type { RunnerSpec } from '../../../src/core/domain/agent.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import { keyOfProgram, type FoundProgram } from '../../../src/core/preflight/facts.ts';
import { plan, planWith, step, textInput } from '../../support/plans.ts';
import { command, model, pastOf, preflightOf, told, withAgent } from './preflightRig.ts';

const MISSING: FoundProgram = { kind: 'missing' };

function programs(found: Readonly<Record<string, FoundProgram>>, path?: string) {
  return new Map(
    Object.entries(found).map(([name, one]) => [keyOfProgram({ name, path }), one] as const),
  );
}

describe('What a pre-flight finds', () => {
  it('is nothing where everything is there', () => {
    const report = preflightOf(plan(step('a')));
    assert.deepEqual([report.verdict, report.findings], ['ready', []]);
  });

  it('is a program that is missing, with how to install it', () => {
    const runner = { ...command('eslint', '.'), install: 'npm i eslint' } as RunnerSpec;
    const made = withAgent(plan(step('lint')), 'lint-agent', { runner });
    const report = preflightOf(made, { programs: programs({ eslint: MISSING }) });
    assert.equal(report.verdict, 'cannot');
    assert.deepEqual(
      report.findings.map(({ severity, step: name, message, repair }) => [
        severity,
        name,
        message,
        repair,
      ]),
      [['error', 'lint', 'The command "eslint" was not found', 'Install it: npm i eslint']],
    );
    assert.deepEqual(report.steps[0]?.programs, [
      { use: 'agent', name: 'eslint', state: 'missing', file: undefined },
    ]);
  });

  it('is a program that may not be executed', () => {
    const made = withAgent(plan(step('a')), 'a-agent', { runner: command('./go') });
    const message = '/x/go is not executable';
    const report = preflightOf(made, {
      programs: programs({ './go': { kind: 'unusable', message } }),
    });
    assert.deepEqual(told(report), [`error a: "./go" could not be started: ${message}`]);
  });

  it('is only a warning for a step that may not run', () => {
    const condition = 'failure()';
    const made = plan(step('a', [], { condition: 'success()' }), step('b', ['a'], { condition }));
    const report = preflightOf(made, { programs: programs({ true: MISSING }) });
    assert.deepEqual(
      report.findings.map(({ severity, step: name }) => [severity, name]),
      [
        ['error', 'a'],
        ['warning', 'b'],
      ],
    );
    assert.deepEqual(report.steps[1]?.conditions, [condition]);
  });

  it('is a check whose program is missing, unless the agent may make it', () => {
    const checks = ['npm', 'npm', './made'].map((name) => ({
      command: [name] as const,
      timeoutMs: 1000,
    }));
    const report = preflightOf(plan(step('a', [], { checks })), {
      programs: programs({
        true: { kind: 'found', file: '/bin/true' },
        npm: MISSING,
        './made': MISSING,
      }),
    });
    assert.deepEqual(told(report), [
      'error a: A check is the program "npm", which was not found',
      'warning a: A check is the program "./made", which was not found; the agent may make it',
    ]);
  });

  it('knows that the check of a phase finds what the phase has made', () => {
    const check = { command: ['./dist/tool', '--check'] as const, timeoutMs: 1000 };
    const phases = [
      { name: 'Build', steps: plan(step('a')).tasks.map((task) => task.step.id), checks: [check] },
    ];
    const made = planWith({ workflow: { phases } }, step('a', [], { produces: ['dist/tool'] }));
    const report = preflightOf(made, {
      programs: programs({
        true: { kind: 'found', file: '/bin/true' },
        './dist/tool': MISSING,
      }),
    });
    assert.deepEqual(told(report), []);
    assert.deepEqual(
      report.steps.map(({ step: name, kind, needs, programs: uses }) => [
        name,
        kind,
        needs,
        uses.map(({ state }) => state),
      ]),
      [
        ['a', 'agent', [], ['found']],
        ['build.check', 'check', ['a'], ['made']],
      ],
    );
  });

  it('does not look where an expression says where to look', () => {
    const report = preflightOf(plan(step('a', [], { env: { PATH: '${{ inputs.bin }}' } })));
    assert.deepEqual(
      report.steps[0]?.programs.map(({ state }) => state),
      ['unchecked'],
    );
    assert.equal(report.verdict, 'ready');
  });

  it('looks on the PATH that a step declares', () => {
    const report = preflightOf(plan(step('a', [], { env: { PATH: '/opt/bin' } })), {
      programs: programs({ true: { kind: 'found', file: '/opt/bin/true' } }, '/opt/bin'),
    });
    assert.deepEqual(
      report.steps[0]?.programs.map(({ file }) => file),
      ['/opt/bin/true'],
    );
  });

  it('is an agent that nothing here can run, in the words the run would end with', () => {
    const made = withAgent(plan(step('a')), 'a-agent', {
      runner: model('claude-sonnet-4', 'gpt-5'),
      tools: ['read', 'edit'],
    });
    const report = preflightOf(made, { hasVariable: (name) => name === 'OPENAI_API_KEY' });
    assert.deepEqual(told(report), [
      'error a: Nothing here can run the agent "a-agent": it is a language model',
    ]);
    assert.deepEqual(report.steps[0]?.agent, {
      name: 'a-agent',
      file: '.sluice/agents/a-agent.yaml',
      runner: 'model',
      isServed: false,
      models: ['claude-sonnet-4', 'gpt-5'],
      keys: [
        { name: 'ANTHROPIC_API_KEY', isThere: false },
        { name: 'OPENAI_API_KEY', isThere: true },
      ],
      found: [],
      permissions: 'default',
      tools: ['read', 'edit'],
    });
    assert.deepEqual(report.expected.cost, {
      kind: 'sum',
      usd: undefined,
      isGuess: false,
      unpricedTasks: 0,
      unknownTasks: 1,
      most: undefined,
    });
  });

  it('is a key that is missing, by its name', () => {
    const made = withAgent(plan(step('a')), 'a-agent', { runner: model('gemini-2.5-pro') });
    const { findings } = preflightOf(made, { runners: new Set(['model'] as const) });
    assert.deepEqual(
      findings.map(({ severity, message }) => [severity, message]),
      [
        [
          'warning',
          'No key for the model gemini-2.5-pro: GEMINI_API_KEY or GOOGLE_API_KEY is not set',
        ],
      ],
    );
  });

  it("takes the models and the budget of the step before the agent's", () => {
    const budget = { tokens: undefined, usd: 2, timeMs: undefined };
    const terms = { ...NO_TERMS, models: ['local-one'], budget };
    const made = withAgent(plan(step('a', [], { terms })), 'a-agent', { runner: model('gpt-5') });
    const [report] = preflightOf(made).steps;
    assert.deepEqual(report?.agent?.models, ['local-one']);
    assert.deepEqual(report.agent.keys, []);
    assert.deepEqual(report.cost, { kind: 'unknown', most: budget });
  });

  it('is a coding agent that cannot be started, with the ways that were looked for', () => {
    const launch = { env: {}, archive: undefined };
    const runner: RunnerSpec = {
      kind: 'acp',
      launches: [
        { ...launch, kind: 'npx', command: ['npx', 'goose'], platform: undefined },
        { ...launch, kind: 'binary', command: ['./bin/goose'], platform: 'linux-x86_64' },
        { ...launch, kind: 'binary', command: ['./goose.exe'], platform: 'windows-x86_64' },
      ],
    };
    const made = withAgent(plan(step('a')), 'a-agent', { runner });
    const report = preflightOf(made, { programs: programs({ npx: MISSING, goose: MISSING }) });
    assert.deepEqual(told(report), [
      'error a: Nothing here can run the agent "a-agent": it is a coding agent',
      'error a: None of the ways to start this agent can be found on linux-x86_64',
    ]);
    assert.deepEqual(
      report.steps[0]?.programs.map(({ name, state }) => `${name} ${state}`),
      ['npx missing', 'goose missing'],
    );
  });

  it('is a time limit that past tasks would not have kept', () => {
    const { findings } = preflightOf(plan(step('a')), { pastOf: pastOf({ a: 90_000 }) });
    assert.deepEqual(
      findings.map(({ severity, message }) => [severity, message]),
      [['warning', 'It usually takes 1 min 30 s and would be stopped after 1 min 00 s']],
    );
  });

  it('is a variable that is nothing but an input without a value', () => {
    const report = preflightOf(
      planWith(
        { inputs: { key: '' }, workflow: { inputs: { key: textInput('') } } },
        step('a', [], { env: { API_KEY: '${{ inputs.key }}', OTHER: 'x${{ inputs.key }}' } }),
      ),
    );
    assert.deepEqual(told(report), [
      'warning a: Its variable API_KEY is empty, because the input key is',
    ]);
  });

  it('is a disk that is nearly full', () => {
    const folder = { makesBranches: true, branch: 'main', commit: undefined, freeBytes: 1000 };
    assert.deepEqual(told(preflightOf(plan(step('a')), { folder })), [
      'warning run: Only 1000 B are free where workspace copies are made',
    ]);
  });

  it('tells lanes, and of many the first twenty', () => {
    const n = Array.from({ length: 57 }, (_, at) => String(at));
    const [report] = preflightOf(plan(step('a', [], { matrix: { n } }))).steps;
    assert.ok(report?.lanes.kind === 'many');
    assert.equal(report.tasks, 57);
    assert.deepEqual(report.lanes.first.slice(0, 2), ['a.0', 'a.1']);
    assert.deepEqual([report.lanes.first.length, report.lanes.more], [20, 37]);
  });

  it('tells what lanes are made of that are known only later', () => {
    const matrix = { file: '${{ steps.list.output }}' };
    const { steps, expected } = preflightOf(
      plan(step('list'), step('each', ['list'], { matrix }), step('end', ['each'])),
    );
    assert.deepEqual(steps[1]?.lanes, { kind: 'later', values: ['file'], after: ['list'] });
    assert.equal(expected.tasks, 3);
  });
});

describe('A pre-flight', () => {
  it('of 1,000 steps takes at most 100 ms', function () {
    this.timeout(20_000);
    const steps = Array.from({ length: 1000 }, (_, at) =>
      step(`s${at}`, at < 10 ? [] : [`s${at - 10}`, `s${at - 1 - (at % 7)}`], {
        terms: { ...NO_TERMS, owns: [`src/${at}/**`, `docs/${at}.md`] },
      }),
    );
    const made = plan(...steps);
    let best = Infinity;
    for (let round = 0; round < 20 && best > 100; round += 1) {
      const start = performance.now();
      preflightOf(made);
      best = Math.min(best, performance.now() - start);
    }
    assert.ok(best <= 100, `${best.toFixed(1)} ms`);
  });

  it('is plain data that stays small', () => {
    const chain = Array.from({ length: 1000 }, (_, at) =>
      step(`s${at}`, at === 0 ? [] : [`s${at - 1}`]),
    );
    const report = preflightOf(plan(...chain));
    const text = JSON.stringify(report);
    assert.ok(text.length < 1_000_000, `${text.length} characters`);
    assert.deepEqual(report.together.apart[500], [
      [0, 499],
      [501, 999],
    ]);
  });
});
