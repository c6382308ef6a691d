import assert from 'node:assert/strict';
import { agentsNamed, lines, readWorkflowText, said, sourceOf } from './marked.ts';
import { check } from './workflowCases.ts';

const NEVER = 'unreachable: This step never runs: its condition can never hold.';
const needs = (id: string) =>
  `unreachable: This step never runs: it needs "${id}", which never runs.`;

describe('A step that never runs', () => {
  check([
    [
      'has a condition that is never true by itself',
      lines`
        steps:
          a: { agent: tsc, if: «false» }
          b: { agent: tsc, if: «"'a' == 'b'"» }
          c: { agent: tsc, if: «"contains('abc', 'x') || 1 > 2"» }
          d: { agent: tsc, if: «"!always()"» }
          e: { agent: tsc, if: "'a' == 'a' && 3 >= 2" }`,
      NEVER,
      NEVER,
      NEVER,
      NEVER,
    ],
    [
      'has a condition that says two things of one value',
      lines`
        inputs: { mode: , depth: { type: number } }
        steps:
          a: { agent: tsc, if: «inputs.mode == 'full' && inputs.mode == 'quick'» }
          b: { agent: tsc, if: inputs.mode == 'full' && inputs.depth == 'quick' }
          c: { agent: tsc, if: inputs.mode == '1' && inputs.mode == '1.0' }
          d: { agent: tsc, if: inputs.mode != 'full' && inputs.mode != 'quick' }
          e: { agent: tsc, if: "inputs.mode == 'full' && contains(inputs.mode, 'x')" }
          f: { agent: tsc, if: «success() && failure()» }`,
      NEVER,
      NEVER,
    ],
    [
      'asks a value for what it can never be',
      lines`
        inputs: { mode: { options: [quick, full] }, deep: { type: boolean } }
        steps:
          a: { agent: tsc, if: «inputs.mode == 'fulll'» }
          b: { agent: tsc, matrix: { os: [linux, macos] }, if: «matrix.os == 'windows'» }
          c: { agent: tsc, if: «inputs.deep == 'yes'» }
          d: { agent: tsc, needs: a2, if: «steps.a2.status == 'done'» }
          a2: { agent: tsc }
          e: { agent: tsc, if: inputs.mode != 'quick' && inputs.deep }
          f: { agent: tsc, matrix: { os: [linux, macos] }, if: matrix.os == 'macos' }`,
      NEVER,
      NEVER,
      NEVER,
      NEVER,
    ],
    [
      'needs one that never runs, directly or not',
      lines`
        steps:
          a: { agent: tsc, if: «false» }
          b: { gate: Sure?, needs: [ok, «a»] }
          c: { agent: tsc, needs: «b» }
          d: { agent: tsc, needs: a, if: always() }
          e: { agent: tsc, needs: [d, ok] }
          ok: { agent: tsc }`,
      NEVER,
      needs('a'),
      needs('b'),
    ],
    [
      'waits for an end that what it needs cannot have',
      lines`
        steps:
          a: { agent: tsc, if: «false» }
          b: { agent: tsc, needs: a, if: «failure()» }
          c: { agent: tsc, needs: [a, ok], if: failure() }
          d: { agent: tsc, needs: [a, ok], if: «success()» }
          e: { agent: tsc, needs: a, if: «steps.a.status == 'succeeded'» }
          f: { agent: tsc, needs: a, if: steps.a.status == 'skipped' }
          ok: { agent: tsc }`,
      NEVER,
      NEVER,
      NEVER,
      NEVER,
    ],
    [
      'is none that may run where its workflow is part of another',
      lines`
        steps:
          a: { agent: tsc, if: failure() }
          b: { agent: tsc, if: "!success()" }`,
    ],
    [
      'is not guessed of steps in a circle or with conditions nobody can read',
      lines`
        steps:
          a: { agent: tsc, needs: «‹b›» }
          b: { agent: tsc, needs: ‹a› }
          c: { agent: tsc, if: 1 «=» 2 }
          d: { agent: tsc, needs: c }`,
      'cycle: These steps need each other in a circle, so none can start: a → b → a.',
      'bad-expression: "=" cannot stand here (equality is "=="): "&&", "||", a comparison or the end of the condition must follow.',
    ],
  ]);

  it('is found among thousands of them, in time', function () {
    this.timeout(20_000);
    const values = Array.from({ length: 20 }, (_, n) => `inputs.x == '${n}'`).join(' || ');
    const text = `inputs: { x: }\nsteps:\n  s0: { agent: a, if: false }\n${Array.from(
      { length: 3000 },
      (_, n) => `  s${n + 1}: { agent: a, needs: s${n}, if: "always() && (${values})" }\n`,
    ).join('')}`.slice(0, 1_000_000);
    const started = performance.now();
    const entry = readWorkflowText(
      sourceOf('w.yaml', text.slice(0, text.lastIndexOf('\n'))),
      agentsNamed('a'),
    );
    const ms = performance.now() - started;
    assert.deepEqual(said(entry.diagnostics), [NEVER]);
    assert.ok(ms < 5000, `${ms.toFixed()} ms`);
  });

  it('is told for each of ten thousand that need it', function () {
    this.timeout(20_000);
    const text = `steps:\n  s0: { agent: a, if: false }\n${Array.from(
      { length: 9999 },
      (_, n) => `  s${n + 1}: { agent: a, needs: s${n} }\n`,
    ).join('')}`;
    const started = performance.now();
    const { diagnostics } = readWorkflowText(sourceOf('w.yaml', text), agentsNamed('a'));
    const ms = performance.now() - started;
    assert.equal(diagnostics.length, 10_000);
    assert.ok(ms < 5000, `${ms.toFixed()} ms`);
  });
});
