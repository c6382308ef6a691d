import assert from 'node:assert/strict';
import { indexAgents } from '../../../src/core/definitions/entries.ts';
import { readWorkflowText, said, sourceOf } from '../definitions/marked.ts';
import { definitions, languageOf, WORKFLOW } from './carets.ts';

async function judged(text: string, file = WORKFLOW): Promise<readonly string[] | undefined> {
  const diagnostics = await languageOf().judgeText(file, text);
  return diagnostics?.map(({ code, range }) => `${code} ${range.start.line}:${range.start.column}`);
}

describe('The text of the editor', () => {
  it('is judged as if it were saved', async () => {
    assert.deepEqual(await judged('steps:\n  a: { agent: lint }\n'), []);
    assert.deepEqual(await judged('steps:\n  a: { agent: lnt, needs: [b] }\n'), [
      'unknown-agent 2:15',
      'unknown-need 2:28',
    ]);
    assert.deepEqual(await judged('steps: [\n'), ['yaml-syntax 2:1']);
    assert.deepEqual(await judged('steps:\n  a: { workflow: other }\n'), ['missing-input 2:18']);
  });

  it('takes part among the workflows of the folder in place of its own file', async () => {
    const taken = 'name: other\nsteps: [lint]\n';
    assert.deepEqual(await judged(taken), ['duplicate-name 1:7']);
    assert.deepEqual(await judged(taken, '.sluice/workflows/other.yaml'), []);
  });

  it('is judged by the format of its folder', async () => {
    assert.deepEqual(await judged('comand: [x]\n', '.sluice/agents/x.yaml'), [
      ...((await judged('comand: [x]\n', '.sluice/agents/x.yml')) ?? []),
    ]);
    assert.ok((await judged('---\nname: x\n---\nHelp.', '.claude/agents/x.md'))?.length);
    assert.deepEqual(await judged('---\nname: x\n---\nHelp.', '.github/agents/x.md'), []);
    assert.ok((await judged('nobody: { criticality: 3 }\n', '.sluice/agents.yaml'))?.length);
  });

  it('is judged with the schemas an agent declares, and without what it no longer says', async () => {
    const file = '.sluice/agents/x.yaml';
    assert.deepEqual(
      await judged(
        'instructions: x\noutput-schema: { type: 5 }\ntool: { name: a, input: lost.json }\n',
        file,
      ),
      ['bad-schema 2:16', 'bad-schema 3:25'],
    );
    assert.deepEqual(await judged('instructions: x\noutput-schema: { type: array }\n', file), []);
    assert.deepEqual(await judged('lint:\n  output-schema: lost.json\n', '.sluice/agents.yaml'), [
      'misplaced-overlay 1:1',
      'bad-schema 2:18',
    ]);
  });

  it('keeps what other files make of an agent', async () => {
    const known = definitions();
    const [lint, test] = known.agents;
    assert.ok(lint && test);
    const shadowed = {
      file: lint.file,
      range: { start: { line: 9, column: 9 }, end: { line: 9, column: 9 } },
      severity: 'warning' as const,
      code: 'shadowed-agent',
      message: 'Hidden.',
      related: [],
    };
    const agents = [{ ...lint, diagnostics: [shadowed] } as typeof lint, test];
    const told = await languageOf({ ...known, agents }).judgeText(
      lint.file,
      '# moved\nname: lint\ncommand: [x]\n',
    );
    assert.deepEqual(
      told?.map(({ code, range }) => [code, range.start.line]),
      [['shadowed-agent', 2]],
    );
  });

  it('is refused as a file would be', async () => {
    assert.deepEqual(await judged('a: \u0000'), ['not-text 1:1']);
    assert.deepEqual(await judged('#'.repeat(2 * 1024 * 1024)), ['too-large 1:1']);
  });

  it('is nobody’s affair where files define nothing', async () => {
    assert.equal(await judged('x', 'notes.yaml'), undefined);
  });

  it('says what the files themselves would, for every workflow', async () => {
    const known = definitions();
    const text = 'steps:\n  a: { agent: test, needs: a, prompt: "${{ inputs.x }}" }\n';
    const entry = readWorkflowText(sourceOf(WORKFLOW, text), indexAgents(known.agents));
    assert.deepEqual(
      said((await languageOf(known).judgeText(WORKFLOW, text)) ?? []),
      said(entry.diagnostics),
    );
  });
});
