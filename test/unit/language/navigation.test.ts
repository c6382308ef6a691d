import assert from 'node:assert/strict';
import { indexAgents } from '../../../src/core/definitions/entries.ts';
import type { Definitions } from '../../../src/core/language/judgeText.ts';
import { readWorkflowText, sourceOf } from '../definitions/marked.ts';
import { definitions, languageOf, lines, textIn, typed, WORKFLOW } from './carets.ts';

const OTHER = '.sluice/workflows/other.yaml';

const TEXT = lines`
  name: work
  inputs: { topic: cats }
  steps:
    first:
      agent: lint
      produces: [report.md]
    second:
      needs: [first]
      matrix: { node: [20, 22] }
      if: steps.first.status == 'failed' && inputs.topic != ''
      agent: test
      prompt: About ${'$'}{{ inputs.topic }} on ${'$'}{{ matrix.node }} after ${'$'}{{ steps.first.output }}
    inner:
      workflow: other
      with: { team: us }
    file:
      uses: ./other.yaml
      with: { size: 1 }
    ask:
      needs: [first]
      gate: { ask: Sure?, show: [report.md] }
`;

/** The texts a name leads to, by file and line. */
function targets(marked: string, file = WORKFLOW): string[] {
  const { text, position } = typed(marked);
  const found = languageOf().definitionAt(file, text, position);
  return (found?.targets ?? []).map(
    (target) =>
      `${target.file}:${target.range.start.line}: ${target.file === file ? textIn(text, target.range) : ''}`,
  );
}

async function references(
  marked: string,
  { file = WORKFLOW, withDeclaration = true, known = all(typed(marked).text) } = {},
): Promise<string[]> {
  const { text, position } = typed(marked);
  const texts = new Map([[file, text]]);
  for (const one of known.workflows) {
    texts.set(one.file, texts.get(one.file) ?? one.source?.document.source.text ?? '');
  }
  const found = await languageOf(known).referencesAt(
    file,
    position,
    texts,
    withDeclaration,
    new AbortController().signal,
  );
  return found.map(
    (place) =>
      `${place.file === file ? '' : `${place.file}:`}${place.range.start.line}: ${textIn(texts.get(place.file) ?? '', place.range)}`,
  );
}

/** The workflow beside the others. */
function all(text: string): Definitions {
  const known = definitions();
  const own = readWorkflowText(sourceOf(WORKFLOW, text), indexAgents(known.agents));
  return { ...known, workflows: [...known.workflows, own] };
}

const at = (text: string, nth = 1) => {
  let offset = -1;
  for (let count = 0; count < nth; count += 1) {
    offset = TEXT.indexOf(text, offset + 1);
  }
  return `${TEXT.slice(0, offset)}¦${TEXT.slice(offset)}`;
};

describe('A definition', () => {
  it('of an agent is its file', () => {
    assert.deepEqual(targets(at('lint')), ['.sluice/agents/lint.yaml:1: ']);
    assert.deepEqual(targets('lint¦: { criticality: 3 }', '.sluice/agents.yaml'), [
      '.sluice/agents/lint.yaml:1: ',
    ]);
  });

  it('of a step is where it is written, from needs, expressions and conditions', () => {
    const first = [`${WORKFLOW}:4: first`];
    assert.deepEqual(targets(at('first]')), first);
    assert.deepEqual(targets(at('steps.first.output')), first);
    assert.deepEqual(targets(at('steps.first.status')), first);
    assert.deepEqual(
      targets('steps:\n  - id: a\n    agent: lint\n  - { id: b, agent: lint, needs: a¦ }'),
      [`${WORKFLOW}:2: a`],
    );
  });

  it('of inputs, matrix names and shown files too', () => {
    assert.deepEqual(targets(at('inputs.topic', 2)), [`${WORKFLOW}:2: topic`]);
    assert.deepEqual(targets(at('matrix.node')), [`${WORKFLOW}:9: node`]);
    assert.deepEqual(targets(at('report.md', 2)), [`${WORKFLOW}:6: report.md`]);
  });

  it('of a workflow is its name in its file, and of what it is given the input there', () => {
    assert.deepEqual(targets(at('other')), [`${OTHER}:1: `]);
    assert.deepEqual(targets(at('./other.yaml')), [`${OTHER}:1: `]);
    assert.deepEqual(targets(at('team')), [`${OTHER}:4: `]);
    assert.deepEqual(targets(at('size')), [`${OTHER}:5: `]);
  });

  it('is not there for what is no name', () => {
    assert.deepEqual(targets(at('agent')), []);
    assert.deepEqual(targets('steps: { a: { agent: nobody¦ } }'), []);
    assert.deepEqual(targets('¦'), []);
  });
});

describe('References', () => {
  it('of a step are all needs and expressions', async () => {
    assert.deepEqual(await references(at('first:')), [
      ...['4: first', '8: first', '10: first', '12: first', '20: first'],
    ]);
    assert.deepEqual(await references(at('first]'), { withDeclaration: false }), [
      ...['8: first', '10: first', '12: first', '20: first'],
    ]);
  });

  it('of an agent are the steps that use it, also from its own file', async () => {
    assert.deepEqual(await references(at('test')), [`11: test`, `${OTHER}:7: test`]);
    const known = all(TEXT);
    for (const [marked, file] of [
      ['command: [tr¦ue]\n', '.sluice/agents/test.yaml'],
      ['na¦me: test\ncommand: [true]\n', '.sluice/agents/test.yaml'],
    ] as const) {
      const found = await references(marked, { file, known, withDeclaration: false });
      assert.deepEqual(found, [`${OTHER}:7: test`, `${WORKFLOW}:11: test`], marked);
    }
  });

  it('of a workflow are the steps that are it, by name and by file', async () => {
    const known = all(TEXT);
    const text = known.workflows[0]?.source?.document.source.text ?? '';
    assert.deepEqual(await references(`¦${text}`, { file: OTHER, known, withDeclaration: false }), [
      `${WORKFLOW}:14: other`,
      `${WORKFLOW}:17: ./other.yaml`,
    ]);
    assert.deepEqual(await references(at('./other.yaml'), { withDeclaration: false }), [
      ...['14: other', '17: ./other.yaml'],
    ]);
  });

  it('of an input are the expressions and what steps of other workflows give', async () => {
    assert.deepEqual(await references(at('topic')), ['2: topic', '10: topic', '12: topic']);
    assert.deepEqual(await references(at('team')), ['15: team', `${OTHER}:4: team`]);
  });

  it('end when nobody waits for them', async () => {
    const given = new AbortController();
    given.abort(new Error('no'));
    const { text, position } = typed(at('test'));
    await assert.rejects(
      languageOf(all(TEXT)).referencesAt(
        WORKFLOW,
        position,
        new Map([[WORKFLOW, text]]),
        true,
        given.signal,
      ),
      /no/,
    );
  });
});

describe('Lenses', () => {
  const shown = (file: string, text: string, known = all(text)) =>
    languageOf(known)
      .lensesOf(file, text)
      .map(({ title, name, does, range }) => `${range.start.line}: ${title}: ${does} ${name}`);

  it('stand over a workflow at its name, or at its beginning', () => {
    assert.deepEqual(shown(WORKFLOW, 'description: x\nname: work\nsteps: [lint]\n'), [
      '2: ▶ Run: run-workflow work',
      '2: ◇ Show graph: show-graph work',
      '2: ✓ Pre-flight: pre-flight work',
    ]);
    assert.equal(shown(WORKFLOW, 'steps: [lint]\n')[0], '1: ▶ Run: run-workflow work');
    assert.equal(shown(WORKFLOW, 'steps: [\n').length, 3);
  });

  it('stand over an agent that can run', () => {
    const agent = '.sluice/agents/lint.yaml';
    assert.deepEqual(shown(agent, '\ncommand: [x]\nname: lint\n', definitions()), [
      '3: ▶ Run: run-agent lint',
    ]);
    const [entry] = definitions().agents;
    assert.ok(entry);
    const hidden = { ...definitions(), agents: [{ ...entry, shadowedBy: 'x' }] };
    assert.deepEqual(shown(agent, 'command: [x]\n', hidden), []);
  });

  it('are not there for a file that is not known yet', () => {
    assert.deepEqual(shown(WORKFLOW, 'steps: [lint]\n', definitions()), []);
    assert.deepEqual(shown('notes.yaml', 'steps: [lint]\n'), []);
  });
});
