import assert from 'node:assert/strict';
import { DEFAULT_DEBUG_RULE, type DebugRule } from '../../../src/core/domain/debugging.ts';
import { DEFAULT_SANDBOX } from '../../../src/core/domain/sandbox.ts';
import type { AgentStep, Workflow } from '../../../src/core/domain/workflow.ts';
import { writeWorkflow } from '../../../src/core/definitions/imports/writeWorkflow.ts';
import { agentsNamed, lines, readAgent, readWorkflowText, said, sourceOf } from './marked.ts';
import { check, checkFixes } from './workflowCases.ts';

const AGENTS = agentsNamed('coder', 'tester');

function workflowOf(text: string): Workflow {
  const entry = readWorkflowText(sourceOf('.sluice/workflows/w.yaml', text), AGENTS);
  assert.ok(entry.kind === 'valid', said(entry.diagnostics).join('\n'));
  return entry.workflow;
}

function stepOf(fields: string): AgentStep {
  const [step] = workflowOf(`steps: { a: { agent: coder, ${fields} } }`).steps;
  assert.ok(step?.kind === 'agent');
  return step;
}

function ruleOf(debug: string): DebugRule | undefined {
  return stepOf(`debug: ${debug}`).debug;
}

describe('What is said of mending', () => {
  it('is all or a part of it', () => {
    assert.deepEqual(ruleOf('true'), DEFAULT_DEBUG_RULE);
    assert.deepEqual(ruleOf('{ attempts: 10 }'), { attempts: 10, depth: 2, routing: {} });
    assert.deepEqual(ruleOf('{ depth: 5 }'), { attempts: 3, depth: 5, routing: {} });
    assert.deepEqual(ruleOf('{ routing: { timeout: tester, implementation_bug: coder } }'), {
      attempts: 3,
      depth: 2,
      routing: { implementation_bug: 'coder', timeout: 'tester' },
    });
    assert.deepEqual(ruleOf('{ routing: {} }'), DEFAULT_DEBUG_RULE);
  });

  it('is nothing where it is false or left out, and then the step has no such field', () => {
    for (const fields of ['debug: false', 'prompt: x']) {
      assert.ok(!('debug' in stepOf(fields)), fields);
    }
  });

  it('is written as short as it can be', () => {
    const written = (debug: string) =>
      /debug:.*?(?=\n[^ ]|\n {4}[^ ]|$)/s
        .exec(writeWorkflow(workflowOf(`steps: { a: { agent: coder, debug: ${debug} } }`)))?.[0]
        .trimEnd();
    assert.equal(written('{ attempts: 3, depth: 2, routing: {} }'), 'debug: true');
    assert.equal(written('{ depth: 1 }'), 'debug:\n      depth: 1');
    assert.equal(
      written('{ attempts: 4, routing: { timeout: tester } }'),
      'debug:\n      attempts: 4\n      routing:\n        timeout: tester',
    );
    assert.equal(written('false'), undefined);
  });
});

describe('What is wrong about mending', () => {
  check(
    [
      [
        'is a number out of bounds, nothing at all, or a value of another kind',
        lines`
        steps:
          a: { agent: eslint, debug: { attempts: «0», depth: «6» } }
          b: { agent: eslint, debug: «{}» }
          c: { agent: eslint, debug: «3» }
          d: { agent: eslint, debug: «[true]» }
          e: { agent: eslint, debug: { attempts: «1.5» } }`,
        'wrong-value: "attempts" must be a whole number from 1 to 10.',
        'wrong-value: "depth" must be a whole number from 1 to 5.',
        'wrong-value: "debug" must say something: "attempts", "depth" or "routing"; or write true.',
        'wrong-value: "debug" must be true, false, or fields such as {attempts: 3}.',
        'wrong-value: "debug" must be true, false, or fields such as {attempts: 3}.',
        'wrong-value: "attempts" must be a whole number from 1 to 10.',
      ],
      [
        'is a kind of failure or a field that there is not',
        lines`
        steps:
          a: { agent: eslint, debug: { «atempts»: 3 } }
          b: { agent: eslint, debug: { routing: { «implmentation_bug»: tsc, «luck»: tsc } } }`,
        'unknown-field: There is no field "atempts". Did you mean "attempts"?',
        'unknown-field: There is no field "implmentation_bug". Did you mean "implementation_bug"?',
        'unknown-field: There is no field "luck".',
      ],
      [
        'is an agent that there is not',
        lines`
        steps:
          a: { agent: eslint, debug: { routing: { timeout: «eslnt», flaky_test: tsc } } }
          b: { agent: eslint, debug: { routing: { spec_mismatch: «architect» } } }`,
        'unknown-agent: There is no agent "eslnt". Did you mean "eslint"?',
        'unknown-agent: There is no agent "architect". Add a file for it to .sluice/agents.',
      ],
      [
        'is to say it of a gate or of a workflow',
        lines`
        steps:
          g: { gate: Sure?, «debug»: true }
          w: { workflow: other, «debug»: { attempts: 3 } }`,
        'unknown-field: Only an agent\'s step has a field "debug".',
        'unknown-field: Only an agent\'s step has a field "debug".',
      ],
    ],
    { other: 'steps: [eslint]' },
  );

  checkFixes([
    [
      'is repaired by the nearest agent',
      'steps: { a: { agent: eslint, debug: { routing: { timeout: repoter } } } }',
      'Change to "reporter"',
      'steps: { a: { agent: eslint, debug: { routing: { timeout: reporter } } } }',
    ],
  ]);
});

describe('A check', () => {
  it('may say where it reports its tests, and how it is shut in', () => {
    const { checks } = stepOf(
      'checks: [{ run: [npm, test], timeout: 5m, report: out/junit.xml, sandbox: true }, { command: npm test, sandbox: { memory: 4gb } }, { run: a b, sandbox: false }, { command: a }]',
    );
    assert.deepEqual(checks, [
      {
        command: ['npm', 'test'],
        timeoutMs: 300_000,
        report: 'out/junit.xml',
        sandbox: DEFAULT_SANDBOX,
      },
      {
        command: ['npm', 'test'],
        timeoutMs: 600_000,
        sandbox: { ...DEFAULT_SANDBOX, memoryBytes: 4 * 1024 ** 3 },
      },
      { command: ['a', 'b'], timeoutMs: 600_000, sandbox: { ...DEFAULT_SANDBOX, use: false } },
      { command: ['a'], timeoutMs: 600_000 },
    ]);
  });

  it('may do so in phases and in what validates the whole', () => {
    const { phases, validate } = workflowOf(lines`
      phases:
        - { name: P, steps: { a: { agent: coder } }, checks: [{ run: a, report: r.tap }] }
      validate: [{ command: [b], report: r.json }]
    `);
    assert.deepEqual([phases[0]?.checks[0]?.report, validate[0]?.report], ['r.tap', 'r.json']);
  });

  check([
    [
      'is wrong without a command, with two, or with a report outside of the folder',
      lines`
        steps:
          a:
            agent: eslint
            checks:
              - { «run»: a, command: b }
              - { run: a, report: «/tmp/r.xml» }
              - { run: a, report: «.git/r.xml» }
          b:
            agent: eslint
            checks:
              - «{ timeout: 5m }»
              - { run: «[]» }`,
      'duplicate-field: "run" is another word for "command": keep one of them.',
      'wrong-value: "report" must be relative to the folder.',
      'wrong-value: "report" is a file of Git itself, which no step may change.',
      'missing-field: "command" is missing.',
      'wrong-value: "run" must name a program.',
    ],
  ]);

  it('is more than the probe of an agent, which reports no tests', () => {
    const text = 'command: [x]\neffects: external\nprobe: { command: [y], report: r.xml }';
    const { diagnostics } = readAgent(sourceOf('.sluice/agents/a.yaml', text), 'sluice');
    assert.deepEqual(said(diagnostics), ['unknown-field: There is no field "report".']);
  });
});
