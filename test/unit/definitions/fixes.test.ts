import assert from 'node:assert/strict';
import { agentsNamed, readWorkflowText, said, sourceOf } from './marked.ts';
import { checkFixes } from './workflowCases.ts';

const e = (expression: string) => `\${{ ${expression} }}`;

describe('The repair of a mistyped name', () => {
  checkFixes(
    [
      [
        'of an agent',
        'steps: { a: { agent: eslnt } }',
        'Change to "eslint"',
        'steps: { a: { agent: eslint } }',
      ],
      [
        'in its own quotes',
        'steps: { a: { agent: "eslnt" } }',
        'Change to "eslint"',
        'steps: { a: { agent: "eslint" } }',
      ],
      [
        'in single quotes too',
        "steps: { a: { agent: 'eslnt' } }",
        'Change to "eslint"',
        "steps: { a: { agent: 'eslint' } }",
      ],
      [
        'of a needed step',
        'steps:\n  lint: { agent: eslint }\n  b:\n    agent: tsc\n    needs:\n      - lnit # first\n',
        'Change to "lint"',
        'steps:\n  lint: { agent: eslint }\n  b:\n    agent: tsc\n    needs:\n      - lint # first\n',
      ],
      [
        'of a field',
        'steps: { a: { agent: eslint, promt: Hello } }',
        'Change to "prompt"',
        'steps: { a: { agent: eslint, prompt: Hello } }',
      ],
      [
        'of a field in JSON',
        '{ "steps": { "a": { "agent": "eslint", "promt": "Hello" } } }',
        'Change to "prompt"',
        '{ "steps": { "a": { "agent": "eslint", "prompt": "Hello" } } }',
      ],
      [
        'of an input in a text',
        `inputs: { topic: x }\nsteps: { a: { agent: eslint, prompt: "${e('inputs.topci')}" } }`,
        'Change to "topic"',
        `inputs: { topic: x }\nsteps: { a: { agent: eslint, prompt: "${e('inputs.topic')}" } }`,
      ],
      [
        'of a value of the matrix in a condition',
        "steps: { a: { agent: eslint, matrix: { system: [x, y] }, if: matrix.sytem == 'x' } }",
        'Change to "system"',
        "steps: { a: { agent: eslint, matrix: { system: [x, y] }, if: matrix.system == 'x' } }",
      ],
      [
        'of a root in a text',
        `inputs: { topic: x }\nsteps: { a: { agent: eslint, prompt: "${e('input.topic')}" } }`,
        'Change to "inputs"',
        `inputs: { topic: x }\nsteps: { a: { agent: eslint, prompt: "${e('inputs.topic')}" } }`,
      ],
      [
        'of a workflow',
        'steps: { a: { workflow: inenr } }',
        'Change to "inner"',
        'steps: { a: { workflow: inner } }',
      ],
      [
        'of a file of a workflow, from the file that names it',
        'steps: { a: { uses: ./inner.yml } }',
        'Change to "./inner.yaml"',
        'steps: { a: { uses: ./inner.yaml } }',
      ],
      [
        'of an input of a workflow',
        'steps: { a: { workflow: inner, with: { topci: x } } }',
        'Change to "topic"',
        'steps: { a: { workflow: inner, with: { topic: x } } }',
      ],
      [
        'of a default that is no option',
        'inputs: { mode: { options: [quick, full], default: ful } }\nsteps: { a: { agent: eslint } }',
        'Change to "full"',
        'inputs: { mode: { options: [quick, full], default: full } }\nsteps: { a: { agent: eslint } }',
      ],
      [
        'of a file that a gate shows',
        'steps: { a: { agent: eslint, produces: report.md }, g: { gate: { ask: Sure?, show: reprt.md }, needs: a } }',
        'Change to "report.md"',
        'steps: { a: { agent: eslint, produces: report.md }, g: { gate: { ask: Sure?, show: report.md }, needs: a } }',
      ],
    ],
    { inner: 'inputs: { topic: x }\nsteps: { s: { agent: eslint } }' },
  );
});

describe('The repair of a duration', () => {
  checkFixes(
    [
      ['10', '10s'],
      ['5 min', '5m'],
      ['1 h', '1h'],
      ['"2 hours"', '"2h"'],
      ["'90 SECONDS'", "'90s'"],
      ['250 ms', '250ms'],
    ].map(([wrong = '', right = '']) => [
      `${wrong} is ${right}`,
      `steps: { a: { agent: eslint, timeout: ${wrong} } }`,
      `Change to "${right.replace(/["']/g, '')}"`,
      `steps: { a: { agent: eslint, timeout: ${right} } }`,
    ]),
  );
});

describe('The repair of a missing need', () => {
  const prompt = `prompt: "${e('steps.a.output')}"`;
  const a = '  a: { agent: eslint }\n';
  const add = 'Add "a" to "needs"';

  checkFixes([
    [
      'gives a step of several lines the field, behind its first',
      `steps:\n${a}  b:\n    agent: tsc # types\n    ${prompt}\n`,
      add,
      `steps:\n${a}  b:\n    agent: tsc # types\n    needs: [a]\n    ${prompt}\n`,
    ],
    [
      'or before its first, where that goes over several lines',
      `steps:\n${a}  b:\n    prompt: |\n      ${e('steps.a.output')}\n    agent: tsc\n`,
      add,
      `steps:\n${a}  b:\n    needs: [a]\n    prompt: |\n      ${e('steps.a.output')}\n    agent: tsc\n`,
    ],
    [
      'gives a step in braces the field',
      `steps:\n${a}  b: { agent: tsc, ${prompt} }\n`,
      add,
      `steps:\n${a}  b: { agent: tsc, needs: [a], ${prompt} }\n`,
    ],
    [
      'makes a list of a text',
      `steps:\n${a}  c: { agent: tsc }\n  b:\n    agent: tsc\n    needs: c\n    ${prompt}\n`,
      add,
      `steps:\n${a}  c: { agent: tsc }\n  b:\n    agent: tsc\n    needs: [c, a]\n    ${prompt}\n`,
    ],
    [
      'goes into brackets',
      `steps:\n${a}  c: { agent: tsc }\n  b: { agent: tsc, needs: [ c ], ${prompt} }\n`,
      add,
      `steps:\n${a}  c: { agent: tsc }\n  b: { agent: tsc, needs: [ c, a ], ${prompt} }\n`,
    ],
    [
      'goes into empty brackets',
      `steps:\n${a}  b: { agent: tsc, needs: [], ${prompt} }\n`,
      add,
      `steps:\n${a}  b: { agent: tsc, needs: [a], ${prompt} }\n`,
    ],
    [
      'goes behind the last line of a list, and its comment',
      `steps:\n${a}  c: { agent: tsc }\n  b:\n    agent: tsc\n    needs:\n    - c # after types\n\n    ${prompt}\n`,
      add,
      `steps:\n${a}  c: { agent: tsc }\n  b:\n    agent: tsc\n    needs:\n    - c # after types\n    - a\n\n    ${prompt}\n`,
    ],
    [
      'keeps the line ends of the file',
      `steps:\r\n  a: { agent: eslint }\r\n  b:\r\n    agent: tsc\r\n    ${prompt}`,
      add,
      `steps:\r\n  a: { agent: eslint }\r\n  b:\r\n    agent: tsc\r\n    needs: [a]\r\n    ${prompt}`,
    ],
    [
      'keeps the word that stands there',
      `steps:\n- id: a\n  agent: eslint\n- id: c\n  agent: eslint\n- id: b\n  agent: tsc\n  dependencies: [c]\n  ${prompt}\n`,
      'Add "a" to "dependencies"',
      `steps:\n- id: a\n  agent: eslint\n- id: c\n  agent: eslint\n- id: b\n  agent: tsc\n  dependencies: [c, a]\n  ${prompt}\n`,
    ],
    [
      'gives a step of a list the field',
      `steps:\n  - id: a\n    agent: eslint\n  -   id: b\n      agent: tsc\n      ${prompt}\n`,
      add,
      `steps:\n  - id: a\n    agent: eslint\n  -   id: b\n      needs: [a]\n      agent: tsc\n      ${prompt}\n`,
    ],
    [
      'is JSON in JSON',
      `{"steps":{"a":{"agent":"eslint"},"b":{"agent":"tsc","prompt":"${e('steps.a.output')}"}}}`,
      add,
      `{"steps":{"a":{"agent":"eslint"},"b":{"agent":"tsc", "needs": ["a"],"prompt":"${e('steps.a.output')}"}}}`,
    ],
    [
      'is JSON on lines of its own where JSON stands so',
      `{\n  "steps": {\n    "a": { "agent": "eslint" },\n    "b": {\n      "agent": "tsc",\n      "prompt": "${e('steps.a.output')}"\n    }\n  }\n}\n`,
      add,
      `{\n  "steps": {\n    "a": { "agent": "eslint" },\n    "b": {\n      "agent": "tsc",\n      "needs": ["a"],\n      "prompt": "${e('steps.a.output')}"\n    }\n  }\n}\n`,
    ],
    [
      'makes a list of a text in JSON',
      `{"steps":{"a":{"agent":"eslint"},"c":{"agent":"tsc"},"b":{"agent":"tsc","needs":"c","prompt":"${e('steps.a.output')}"}}}`,
      add,
      `{"steps":{"a":{"agent":"eslint"},"c":{"agent":"tsc"},"b":{"agent":"tsc","needs":["c", "a"],"prompt":"${e('steps.a.output')}"}}}`,
    ],
    [
      'is for a condition too',
      `steps:\n${a}  b: { agent: tsc, if: steps.a.status == 'failed' }\n`,
      add,
      `steps:\n${a}  b: { agent: tsc, needs: [a], if: steps.a.status == 'failed' }\n`,
    ],
    [
      'is for the values of a matrix too',
      `steps:\n${a}  b: { agent: tsc, matrix: { x: "${e('steps.a.output')}" } }\n`,
      add,
      `steps:\n${a}  b: { agent: tsc, needs: [a], matrix: { x: "${e('steps.a.output')}" } }\n`,
    ],
    [
      'is for what a gate shows too',
      'steps:\n  a: { agent: eslint, produces: x.md }\n  g: { gate: { ask: Sure?, show: x.md } }\n',
      add,
      'steps:\n  a: { agent: eslint, produces: x.md }\n  g: { gate: { ask: Sure?, show: x.md }, needs: [a] }\n',
    ],
  ]);
});

describe('No repair is offered', () => {
  const p = `prompt: "${e('steps.a.output')}"`;
  const cases: Readonly<Record<string, string>> = {
    'where a step would come after itself': `steps: { a: { agent: eslint, needs: b }, b: { agent: tsc, ${p} } }`,
    'where what is needed is in a later phase': `steps: { a: { agent: eslint }, b: { agent: tsc, ${p} } }\nphases: [{ name: P, steps: [b] }, { name: Q, steps: [a] }]`,
    'where the needs stand elsewhere': `steps: { c: { agent: eslint, needs: &n [d] }, d: { agent: tsc }, a: { agent: eslint }, b: { agent: tsc, needs: *n, ${p} } }`,
    'where a key is written in a way of its own': `steps: { a: { agent: eslint }, b: { ? agent : tsc, ${p} } }`,
    'where the name is escaped': 'steps: { a: { agent: "e\\x73lnt" } }',
    'where the field it means is there': 'steps: { a: { agent: eslint, prompt: x, promt: y } }',
    'where nothing is near': 'steps: { a: { agent: carpenter } }',
  };
  for (const [title, text] of Object.entries(cases)) {
    it(title, () => {
      const { diagnostics } = readWorkflowText(
        sourceOf('.sluice/workflows/w.yaml', text),
        agentsNamed('eslint', 'tsc'),
      );
      assert.ok(diagnostics.length > 0);
      assert.deepEqual(
        diagnostics.flatMap(({ fixes }) => fixes ?? []),
        [],
      );
      assert.ok(!diagnostics.some(({ code }) => code === 'yaml-syntax'), said(diagnostics).join());
    });
  }
});

describe('Thousands of repairs', () => {
  it('are found in time', function () {
    this.timeout(20_000);
    const text = `steps:\n${Array.from(
      { length: 9000 },
      (_, n) =>
        `  s${n}:\n    agent: eslint\n    prompt: "${e(`steps.s${(n * 7 + 1) % 9000}.output`)}"\n`,
    ).join('')}`;
    const started = performance.now();
    const { diagnostics } = readWorkflowText(sourceOf('w.yaml', text), agentsNamed('eslint'));
    const ms = performance.now() - started;
    assert.equal(diagnostics.filter(({ fixes }) => fixes !== undefined).length, 9000);
    assert.ok(ms < 3000, `${ms.toFixed()} ms`);
  });
});
