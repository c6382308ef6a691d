import assert from 'node:assert/strict';
import { languageOf, lines, textIn, typed, WORKFLOW } from './carets.ts';

const TEXT = lines`
  name: work
  inputs:
    topic: { description: About what, default: cats }
  steps:
    first:
      agent: lint
      prompt: |
        Look at everything.
        Twice.
      produces: [report.md]
    second:
      needs: [first]
      matrix: { node: [20, 22] }
      if: steps.first.status == 'failed' && inputs.topic != ''
      agent: test
      prompt: About ${'$'}{{ inputs.topic }} on ${'$'}{{ matrix.node }} after ${'$'}{{ steps.first.output }} in ${'$'}{{ run.id }}
    inner:
      workflow: other
      with: { team: us }
    ask:
      needs: [first]
      gate: { ask: Sure?, show: [report.md] }
`;

/** What is told where the text stands for the `nth` time, with the text it is told of. */
function hover(at: string, nth = 1, text = TEXT, file = WORKFLOW): string[] | undefined {
  let offset = -1;
  for (let count = 0; count < nth; count += 1) {
    offset = text.indexOf(at, offset + 1);
  }
  assert.notEqual(offset, -1, at);
  const marked = typed(`${text.slice(0, offset + 1)}¦${text.slice(offset + 1)}`);
  const told = languageOf().hoverAt(file, text, marked.position);
  return told && [textIn(text, told.range), told.title, told.text];
}

describe('A hover', () => {
  it('tells what a field is for', () => {
    assert.deepEqual(hover('needs'), [
      ...['needs', 'needs'],
      'Steps that must be done first. Steps that need nothing of each other run at once.',
    ]);
    assert.equal(hover('description')?.[2], 'What to give.');
    assert.equal(hover('show')?.[1], 'show');
    const cached = 'cache: { namespace: x, inputs: src }\nsteps: [lint]';
    assert.match(hover('cache', 1, cached)?.[2] ?? '', /^Whether earlier answers will do, /);
    assert.match(hover('namespace', 1, cached)?.[2] ?? '', /concept_data, dependency_graph, or /);
    assert.match(hover('inputs', 1, cached)?.[2] ?? '', /^Files that count for an agent that is /);
    const whole =
      'base: head\nvalidate: [npm test]\nsteps: { a: { agent: lint, sandbox: { disk: 1gb } } }';
    const mended = lines`
      steps:
        a:
          agent: lint
          checks: [{ command: x, report: r.xml }]
          debug: { attempts: 3, routing: { flaky_test: test } }
    `;
    assert.match(hover('debug', 1, mended)?.[2] ?? '', /^Whether its failures are mended/);
    assert.match(hover('attempts', 1, mended)?.[2] ?? '', /^Fixes in all/);
    assert.match(hover('flaky_test', 1, mended)?.[2] ?? '', /one time and passes another/);
    assert.match(hover('report', 1, mended)?.[2] ?? '', /^A file to which it reports its tests/);
    assert.deepEqual(hover('test', 2, mended)?.slice(1, 2), ['Agent test']);
    assert.match(hover('base', 1, whole)?.[2] ?? '', /^"head": tasks begin with the last commit/);
    assert.match(hover('validate', 1, whole)?.[2] ?? '', /in a copy with all results, once every/);
    assert.match(
      hover('sandbox', 1, whole)?.[2] ?? '',
      /^Whether its commands and checks are shut/,
    );
    assert.match(hover('disk', 1, whole)?.[2] ?? '', /Left out: 1gb\.$/);
  });

  it('tells who an agent is', () => {
    assert.deepEqual(hover('lint'), [
      ...['lint', 'Agent lint'],
      'Finds slips.\n\nCommand: true\nCriticality 5\n.sluice/agents/lint.yaml',
    ]);
  });

  it('tells what a step does, where it is needed, asked for or written', () => {
    const summary = 'Agent: lint\nLook at everything.';
    assert.deepEqual(hover('first]'), ['first', 'Step first', summary]);
    assert.deepEqual(hover('first:'), ['first', 'Step first', summary]);
    assert.deepEqual(hover('first.output'), [
      ...['steps.first.output', 'Step first'],
      `What it printed, without its last line end; of several tasks one after another.\n\n${summary}`,
    ]);
    assert.match(hover('status')?.[2] ?? '', /^How it ended/);
  });

  it('tells what inputs, matrix names and the run stand for', () => {
    const topic = 'About what\nDefault: cats';
    assert.deepEqual(hover('topic'), ['topic', 'Input topic', topic]);
    assert.deepEqual(hover('inputs.topic', 2), ['inputs.topic', 'Input topic', topic]);
    assert.deepEqual(hover('matrix.node'), ['matrix.node', 'Matrix node of second', '20, 22']);
    assert.equal(hover('run.id')?.[1], 'The run');
    assert.deepEqual(hover('team'), ['team', 'Input team', 'Who\nDefault: us']);
  });

  it('tells what workflows and shown files are', () => {
    assert.deepEqual(hover('other'), [
      ...['other', 'Workflow other'],
      'Another one.\n\nInputs: team, size\n.sluice/workflows/other.yaml',
    ]);
    assert.deepEqual(hover('report.md', 2), ['report.md', 'File report.md', 'Made by first']);
  });

  it('is there while another line is broken', () => {
    const broken = `${TEXT}  late:\n    needs: [first\n`;
    assert.equal(hover('lint', 1, broken)?.[1], 'Agent lint');
  });

  it('tells of the fields of other tools, and of agents in agents.yaml', () => {
    const file = '.github/agents/x.agent.md';
    assert.match(hover('handoffs', 1, '---\nhandoffs: []\n---\nHelp.', file)?.[2] ?? '', /buttons/);
    assert.equal(
      hover('lint', 1, 'lint: { criticality: 3 }', '.sluice/agents.yaml')?.[1],
      'Agent lint',
    );
  });

  it('is not there for what nobody knows', () => {
    assert.equal(hover('nobody', 1, 'steps: { a: { agent: nobody } }'), undefined);
    assert.equal(hover('x', 1, 'x', 'notes.yaml'), undefined);
  });
});
