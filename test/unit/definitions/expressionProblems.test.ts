import assert from 'node:assert/strict';
import type { Range } from '../../../src/core/domain/diagnostic.ts';
import { indexAgents } from '../../../src/core/definitions/entries.ts';
import {
  agentsNamed,
  readWorkflowText,
  said,
  sourceOf,
  unmark,
  readAgent,
  listed,
} from './marked.ts';

const FILE = '.sluice/workflows/w.yaml';

/** The steps under test, after one input and steps to name. */
function workflow(steps: string): string {
  return `inputs: { topic: tides }
steps:
  lint: { agent: a }
  unit.tests: { agent: a }
  lone: { agent: a }
  ok: { gate: Sure?, needs: lint }
${steps}`;
}

function check(marked: string, ...problems: string[]): void {
  const { text, ranges } = unmark(workflow(marked));
  const entry = readWorkflowText(sourceOf(FILE, text), agentsNamed('a'));
  assert.deepEqual(said(entry.diagnostics), problems);
  assert.deepEqual(
    entry.diagnostics.map(({ range }) => range),
    ranges,
  );
}

describe('Expressions in a workflow', () => {
  it('may name inputs, the run, and outputs of every step before', () => {
    check(`  next:
    agent: a
    needs: [ok, unit.tests]
    prompt: >-
      On \${{ inputs.topic }} in \${{ run.id }}:
      \${{ steps.lint.output }} and \${{ steps['unit.tests'].output }}
    env: { A: '\${{ inputs.topic }}', B: '$\${{ not.read }}' }
  last:
    gate: { ask: 'Is \${{ steps.lint.output }} fine?' }
    needs: [next]
`);
  });

  it('are checked in prompts, variables and questions', () => {
    check(
      `  next:
    agent: a
    prompt: \${{ inputs.«topik» }}
    env:
      A: \${{ inputs.«x» }}
  last:
    gate: \${{ inputs.«y» }}
  shown:
    gate:
      ask: \${{ inputs.«z» }}
`,
      'unknown-input: There is no input "topik". Did you mean "topic"?',
      'unknown-input: There is no input "x". Declare it under "inputs".',
      'unknown-input: There is no input "y". Declare it under "inputs".',
      'unknown-input: There is no input "z". Declare it under "inputs".',
    );
  });

  it('must name something there is', () => {
    check(
      `  next:
    agent: a
    needs: [lint, ok]
    prompt: |
      \${{ «github».sha }} \${{ «input».topic }} \${{ «inputs» }} \${{ «steps» }} \${{ «run» }}
      \${{ inputs.topic.«size» }} \${{ «steps.lint» }} \${{ steps.lint.«outptu» }}
      \${{ steps.lint.output.«x» }} \${{ run.«name» }} \${{ run.id.«x» }}
      \${{ steps.«lnit».output }} \${{ steps.«ok».output }} \${{ steps.«next».output }}
`,
      'unknown-value: "github" is no value here. There are inputs, steps, matrix and run; "$${{" stands for the plain characters.',
      'unknown-value: "input" is no value here. Did you mean "inputs"?',
      'unknown-value: inputs is no value: write inputs.<name>.',
      'unknown-value: steps is no value: write steps.<id>.output or steps.<id>.status.',
      'unknown-value: run is no value: write run.id.',
      'unknown-value: There is no value inputs.topic.size: there is inputs.topic.',
      'unknown-value: steps.lint is no value: write steps.lint.output or steps.lint.status.',
      'unknown-value: There is no value steps.lint.outptu: there is steps.lint.output and steps.lint.status.',
      'unknown-value: There is no value steps.lint.output.x: there is steps.lint.output and steps.lint.status.',
      'unknown-value: There is no value run.name: there is run.id.',
      'unknown-value: There is no value run.id.x: there is run.id.',
      'unknown-step: There is no step "lnit". Did you mean "lint"?',
      'unknown-value: "ok" is a gate that asks for no answer: it has no output. Give it "choices", or "input: true".',
      'missing-need: A step cannot read its own output.',
    );
  });

  it('must not read an output before it is there', () => {
    check(
      `  next: { agent: a, needs: ok, prompt: '\${{ steps.lint.output }} \${{ «steps.lone.output» }}' }
  last: { agent: a, prompt: "\${{ «steps['unit.tests'].output» }}" }
`,
      'missing-need: The output of "lone" is not there yet when this step starts: add "lone" to "needs".',
      'missing-need: The output of "unit.tests" is not there yet when this step starts: add "unit.tests" to "needs".',
    );
  });

  it('are not held against steps in a cycle, which is told by itself', () => {
    check(
      `  x: { agent: a, needs: «y», prompt: '\${{ steps.y.output }} \${{ steps.z.output }}' }
  y: { agent: a, needs: z }
  z: { agent: a, needs: x }
`,
      'cycle: These steps need each other in a circle, so none can start: x → y → z → x.',
    );
  });

  it('are found in every way YAML writes a text', () => {
    const unknown = 'unknown-input: There is no input "q". Declare it under "inputs".';
    for (const prompt of [
      'plain ${{ inputs.«q» }}',
      "'single ''quoted'' ${{ inputs.«q» }}'",
      '"double \\"quoted\\" ${{ inputs.«q» }}"',
      '|\n      block\n\n      ${{ inputs.«q» }}',
      '>-\n      folded\n      text ${{ inputs.«q» }}',
      'plain over\n      lines ${{ inputs.«q» }}',
      '|2-\n      "${{ inputs.topic }}" ${{ inputs.«q» }} ${{ inputs.topic }}',
      // Where the characters differ from the text they stand for, the whole is marked.
      '"over ${{ inputs.topic }} «${{\n      inputs.q\n      }}»"',
      '«"hidden \\x24{{ inputs.q }}"»',
    ]) {
      check(`  next:\n    agent: a\n    prompt: ${prompt}\n`, unknown);
    }
    check(
      '  one: { agent: a, prompt: &p "«${{ inputs.q }}»" }\n  two: { agent: a, prompt: «*p» }\n'.replace(
        '«${{ inputs.q }}»',
        '${{ inputs.«q» }}',
      ),
      unknown,
      unknown,
    );
  });

  it('are shown at the fault when they are not well formed', () => {
    check(
      `  next:
    agent: a
    prompt: |
      Use «\${{» inputs.topic
  last: { agent: a, prompt: '\${{ inputs.topic «|» upper }}' }
`,
      'bad-expression: "${{" is never closed: write "}}" behind the expression, or "$${{" for the plain characters.',
      'bad-expression: "|" cannot stand here: an expression names one value, such as inputs.topic or steps.lint.output, and ends in "}}".',
    );
  });

  it("of an agent's variables are checked at each step that uses the agent", () => {
    const agent = unmark(
      'name: tool\ncommand: [tool]\nenv:\n  TOPIC: ‹${{ inputs.subject }}›\n  LINT: ‹${{ steps.lint.output }}›\n',
    );
    const entry = readAgent(sourceOf('.sluice/agents/tool.yaml', agent.text), 'sluice');
    assert.deepEqual(entry.diagnostics, []);
    const { text, ranges } = unmark(`inputs: { topic: x }
steps:
  lint: { agent: «tool», env: { LINT: none } }
  next: { agent: ««tool»», needs: [] }
  fine: { agent: tool, needs: lint, env: { TOPIC: tides } }
`);
    const { diagnostics } = readWorkflowText(sourceOf(FILE, text), indexAgents([listed(entry)]));
    assert.deepEqual(said(diagnostics), [
      'unknown-input: In the agent "tool": There is no input "subject". Declare it under "inputs".',
      'unknown-input: In the agent "tool": There is no input "subject". Declare it under "inputs".',
      'missing-need: In the agent "tool": The output of "lint" is not there yet when this step starts: add "lint" to "needs".',
    ]);
    assert.deepEqual(
      diagnostics.map(({ range }) => range),
      ranges,
    );
    const [topic, lint] = agent.related;
    const set = (name: string, range: Range | undefined) => ({
      file: '.sluice/agents/tool.yaml',
      range,
      message: `"${name}" is set here.`,
    });
    assert.deepEqual(
      diagnostics.flatMap(({ related }) => related),
      [set('TOPIC', topic), set('TOPIC', topic), set('LINT', lint)],
    );
  });
});
