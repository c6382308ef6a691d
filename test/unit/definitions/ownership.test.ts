import assert from 'node:assert/strict';
import { agentName } from '../../../src/core/domain/ids.ts';
import { NO_TERMS, type Terms } from '../../../src/core/domain/terms.ts';
import { indexAgents } from '../../../src/core/definitions/entries.ts';
import { agentsNamed, lines, readWorkflowText, said, sourceOf, validAgent } from './marked.ts';
import { check, checkFixes } from './workflowCases.ts';

const e = (expression: string) => `\${{ ${expression} }}`;
const together = (id: string) =>
  `overlapping-owns: "${id}" may run at the same time as this step and own some of the same paths: let one need the other, or give each its own paths.`;
const lanes = (...names: string[]) =>
  `overlapping-owns: The tasks of this matrix may run at the same time and own the same paths: use ${names.map((name) => e(`matrix.${name}`)).join(' and ')} in them, or run one at a time with "max-parallel: 1".`;

/** An agent with terms of its own. */
function agentWith(name: string, terms: Partial<Terms>) {
  const entry = validAgent(name);
  assert.ok(entry.kind === 'valid');
  return {
    ...entry,
    agent: { ...entry.agent, name: agentName(name), terms: { ...NO_TERMS, ...terms } },
  };
}

describe('Paths that steps own', () => {
  check([
    [
      'may not overlap where neither needs the other',
      lines`
        steps:
          a: { agent: tsc, owns: ‹src/core/**› }
          b: { agent: tsc, owns: [docs, «"src/**/*.ts"»] }`,
      together('a'),
    ],
    [
      'may overlap where one needs the other, directly or not',
      lines`
        steps:
          a: { agent: tsc, owns: src/** }
          g: { gate: Sure?, needs: a }
          b: { agent: tsc, owns: src/core/**, needs: g }`,
    ],
    [
      'may overlap in different phases',
      lines`
        steps: { a: { agent: tsc, owns: src }, b: { agent: tsc, owns: src/x } }
        phases: [{ name: P, steps: [a] }, { name: Q, steps: [b] }]`,
    ],
    [
      'may not overlap in one phase',
      lines`
        phases:
          - name: P
            steps: { a: { agent: tsc, owns: ‹src› }, b: { agent: tsc, owns: «src/x» } }`,
      together('a'),
    ],
    [
      'are not judged of steps that own nothing in particular',
      lines`
        steps:
          a: { agent: tsc }
          b: { agent: tsc, owns: src }`,
    ],
    [
      'may be the whole folder beside anything: the run lets one wait for the other',
      lines`
        steps:
          a: { agent: tsc, owns: "**" }
          b: { agent: tsc, owns: ["**", ‹src/x›], produces: any.md }
          c: { agent: tsc, owns: «src/**» }`,
      together('b'),
    ],
    [
      'are apart where one must not change what the other owns',
      lines`
        steps:
          a: { agent: tsc, owns: src/**, never: src/api/** }
          b: { agent: tsc, owns: src/api/x.ts }
          c: { agent: tsc, owns: docs/** }`,
    ],
    [
      'overlap beside what one must not change',
      lines`
        steps:
          a: { agent: tsc, owns: ‹src/**›, never: src/api/** }
          b: { agent: tsc, owns: [«src/api/x.ts», src/core] }`,
      together('a'),
    ],
    [
      'may overlap in a circle, which is told by itself',
      lines`
        steps:
          a: { agent: tsc, owns: src, needs: «‹b›» }
          b: { agent: tsc, owns: src, needs: ‹a› }`,
      'cycle: These steps need each other in a circle, so none can start: a → b → a.',
    ],
    [
      'hold values of the matrix as they are written',
      lines`
        steps:
          a: { agent: tsc, matrix: { x: [core, vscode] }, owns: 'src/${e('matrix.x')}/**' }
          b: { agent: tsc, owns: src/cli/** }`,
    ],
    [
      'hold any text where a value is not known',
      lines`
        inputs: { where: }
        steps:
          a: { agent: tsc, owns: ‹'src/${e('inputs.where')}/**'› }
          b: { agent: tsc, owns: «src/cli/x.ts» }
          c: { agent: tsc, owns: docs/x.ts }`,
      together('a'),
    ],
    [
      'may be part of a name where a value is not known',
      lines`
        inputs: { what: }
        steps:
          a: { agent: tsc, owns: ‹'docs/${e('inputs.what')}.md'› }
          b: { agent: tsc, owns: «docs/x.md» }
          c: { agent: tsc, owns: [docs/x.txt, docs/deep/x.md] }`,
      together('a'),
    ],
    [
      'of lanes must hold what tells these apart',
      lines`
        steps:
          a: { agent: tsc, matrix: { x: [1, 2] }, owns: «src/**» }
          b: { agent: tsc, matrix: { x: [1, 2] }, owns: 'b/${e('matrix.x')}/**' }
          c: { agent: tsc, matrix: { x: [1, 2], y: [3, 4], z: [5] }, owns: «'c/${e('matrix.x')}'» }
          d: { agent: tsc, matrix: { x: [1, 2] }, max-parallel: 1, owns: d }
          f: { agent: tsc, matrix: { x: [1] }, owns: f }
          g: { agent: tsc, matrix: { x: { files: '*.md' } }, owns: «g» }`,
      lanes('x'),
      lanes('y'),
      lanes('x'),
    ],
    [
      'can be named by inputs and the matrix alone',
      lines`
        steps:
          a: { agent: tsc }
          b: { agent: tsc, needs: a, owns: ['${e('«steps.a.output»')}', '${e('«run.id»')}', 'x/${e('matrix.«y»')}'] }`,
      'unknown-value: steps.a.output cannot be part of a path here: only inputs and values of the matrix can.',
      'unknown-value: run.id cannot be part of a path here: only inputs and values of the matrix can.',
      'unknown-matrix: This step has no matrix, so there is no matrix.y: give it a "matrix" with "y".',
    ],
    [
      'hold what a step produces, and what it must never change does not',
      lines`
        steps:
          a: { agent: tsc, owns: docs, produces: [docs/a.md, «report.md»] }
          b: { agent: tsc, never: [secret/**, lib], produces: [«secret/x», «lib/y.js», z] }
          c: { agent: tsc, owns: out/**, never: out/x.md, produces: [«out/x.md», «"../x"»] }
          d: { agent: tsc, owns: 'd/${e('inputs.x')}', produces: [d/any.md] }
        inputs: { x: }`,
      'product-not-owned: "report.md" is none of the paths this step owns: add it to "owns".',
      'product-forbidden: "secret/x" must not be changed by this step: "never" holds "secret/**".',
      'product-forbidden: "lib/y.js" must not be changed by this step: "never" holds "lib".',
      'product-forbidden: "out/x.md" must not be changed by this step: "never" holds "out/x.md".',
      'bad-artifact-path: "../x" must stay inside the folder: remove "..".',
    ],
    [
      'are those of files where they end in a name with an ending',
      lines`
        inputs: { what: { options: [one, two] } }
        steps:
          a: { agent: tsc, owns: '**/*.ts' }
          b: { agent: tsc, owns: [docs/x.md, '**/*.{html,css}'] }
          c: { agent: tsc, owns: ['docs/*.txt', 'src/${e('inputs.what')}.js'] }
          d: { agent: tsc, owns: src/three.js }`,
    ],
    [
      'are globs in the folder',
      lines`
        steps:
          a: { agent: tsc, owns: [«/etc», «"src/[a"»], never: «..» }`,
      'wrong-value: An item of "owns" is absolute: write it relative to the folder.',
      'wrong-value: An item of "owns" has a "[" without "]".',
      'wrong-value: "never" holds "..": write it relative to the folder, without "." and "..".',
    ],
  ]);

  it('are told once a step, with every other', () => {
    const { diagnostics } = readWorkflowText(
      sourceOf(
        'w.yaml',
        'steps: { a: { agent: a, owns: s }, b: { agent: a, owns: s }, c: { agent: a, owns: [s, s/x] } }',
      ),
      agentsNamed('a'),
    );
    assert.deepEqual(
      diagnostics.map(({ message, related }) => [message, ...related.map((one) => one.message)]),
      [
        [together('a').replace('overlapping-owns: ', ''), '"a" owns "s".'],
        [
          together('a').replace('overlapping-owns: ', '').replace('"a"', '"a" and 1 more'),
          '"a" owns "s".',
          '"b" owns "s".',
        ],
      ],
    );
  });

  const agents = indexAgents([
    agentWith('core', { owns: ['src/core/**'], never: ['src/core/api/**'] }),
    agentWith('any', {}),
  ]);

  check(
    [
      [
        'are those of its agent where the step says nothing',
        lines`
          steps:
            a: { agent: any, owns: ‹src/**› }
            b: { agent: «core» }
            c: { agent: core, owns: docs, produces: [docs/x] }
            d: { agent: core, needs: [a, b], owns: [lib], produces: «src/core/api/x» }`,
        together('a'),
        'product-forbidden: "src/core/api/x" must not be changed by this step: "never" holds "src/core/api/**".',
      ],
    ],
    {},
    agents,
  );

  check(
    [
      [
        'are those of the steps of a workflow inside it, with its inputs',
        lines`
          steps:
            a: { workflow: ‹inner›, with: { where: lib } }
            b: { agent: tsc, owns: «lib/x» }
            c: { workflow: inner, with: { where: other } }
            d: { workflow: «inner», matrix: { x: [1, 2] }, with: { where: fourth } }
            f: { workflow: inner, matrix: { x: [p, q] }, with: { where: '${e('matrix.x')}' } }`,
        together('a'),
        lanes('x'),
      ],
    ],
    {
      inner: `inputs: { where: }\nsteps: { n: { workflow: innermost, with: { place: '${e('inputs.where')}' } } }`,
      innermost: `inputs: { place: }\nsteps: { s: { agent: tsc, owns: '${e('inputs.place')}/**' } }`,
    },
  );
});

describe('The repair of paths that overlap', () => {
  checkFixes([
    [
      'lets the later step need the earlier',
      'steps:\n  a: { agent: tsc, owns: src }\n  b: { agent: tsc, owns: src/x }\n',
      'Add "a" to "needs"',
      'steps:\n  a: { agent: tsc, owns: src }\n  b: { agent: tsc, needs: [a], owns: src/x }\n',
    ],
    [
      'lets it need all of them',
      'steps:\n  a: { agent: tsc, owns: a }\n  b: { agent: tsc, owns: b }\n  c: { agent: tsc, owns: [a, b] }\n',
      'Add "a", "b" to "needs"',
      'steps:\n  a: { agent: tsc, owns: a }\n  b: { agent: tsc, owns: b }\n  c: { agent: tsc, needs: [a, b], owns: [a, b] }\n',
    ],
    [
      'runs lanes one at a time',
      'steps:\n  a:\n    agent: tsc\n    matrix: { x: [1, 2] }\n    owns: src\n',
      'Add "max-parallel: 1"',
      'steps:\n  a:\n    agent: tsc\n    max-parallel: 1\n    matrix: { x: [1, 2] }\n    owns: src\n',
    ],
    [
      'gives a step the product it makes',
      'steps:\n  a:\n    agent: tsc\n    owns:\n      - src/**\n    produces: report.md\n',
      'Add "report.md" to "owns"',
      'steps:\n  a:\n    agent: tsc\n    owns:\n      - src/**\n      - report.md\n    produces: report.md\n',
    ],
  ]);
});

describe('Thousands of steps that own something', () => {
  const time = (text: string) => {
    const source = sourceOf('w.yaml', text);
    const agents = agentsNamed('a');
    const started = performance.now();
    const entry = readWorkflowText(source, agents);
    return { ms: performance.now() - started, codes: said(entry.diagnostics), entry };
  };
  const steps = (count: number, step: (index: number) => string) =>
    `steps:\n${Array.from({ length: count }, (_, index) => `  s${index}: ${step(index)}\n`).join('')}`;

  it('are judged quickly, whatever they own', function () {
    this.timeout(20_000);
    const cases: Readonly<Record<string, (index: number) => string>> = {
      'a folder each': (n) => `{ agent: a, owns: src/m${n}/** }`,
      'one folder, one after another': (n) =>
        `{ agent: a, owns: src/**${n === 0 ? '' : `, needs: s${n - 1}`} }`,
      'one folder at once': () => '{ agent: a, owns: src/** }',
      'names with wildcards': (n) => `{ agent: a, owns: "**/*.x${n}" }`,
      'files below one of them': (n) => `{ agent: a, owns: ${n === 0 ? 'src' : `src/${n}/a/b/c`} }`,
    };
    for (const [title, step] of Object.entries(cases)) {
      const { ms } = time(steps(3000, step));
      // Compared pair by pair they would take minutes.
      assert.ok(ms < 10_000, `${title}: ${ms.toFixed()} ms`);
    }
  });

  it('say that they were too many to compare, where they were', function () {
    this.timeout(20_000);
    const { codes } = time(steps(400, (n) => `{ agent: a, owns: "**/x${n}/*y" }`));
    assert.ok(codes.some((code) => code.startsWith('owns-not-compared')));
  });
});
