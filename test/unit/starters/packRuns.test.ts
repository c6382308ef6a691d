import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { runIdOf } from '../../../src/core/domain/ids.ts';
import type { TaskId } from '../../../src/core/domain/ids.ts';
import { TempProject } from '../../support/project.ts';
import { sluice, type Told } from '../cli/commandLine.ts';
import { BuiltPacks } from './packRig.ts';

// The workflows of the packs as the engine runs them, with programs in the place of language models:
// everything but what a model would say is real.

describe('A run of a pack', function () {
  this.timeout(60_000);

  let packs: BuiltPacks;
  let project: TempProject;
  before(() => {
    packs = new BuiltPacks();
  });
  after(() => packs.dispose());
  beforeEach(() => {
    project = new TempProject('plain');
  });
  afterEach(() => project.dispose());

  /** A program that answers as an agent of the pack. @param script has `asked`, what the agent is asked */
  function standIn(name: string, script: string): void {
    project.remove(`.sluice/agents/${name}.md`);
    project.agent(name, `const asked = fs.readFileSync(0, 'utf8'); ${script}`);
  }

  /** Between two tries it waits for a second, which shows nothing here. */
  function hurry(file: string): void {
    const text = fs.readFileSync(path.join(project.folder, file), 'utf8');
    assert.match(text, /retry: 3$/m);
    project.write(file, text.replaceAll(/retry: 3$/gm, 'retry: { attempts: 3, delay: 1ms }'));
  }

  async function artifact(workflow: string, task: string, file: string): Promise<string> {
    const opened = await project.open();
    const bytes = await opened.artifact(runIdOf(workflow, 1), task as TaskId, file);
    assert.ok(bytes, `${task} has made no ${file}`);
    return new TextDecoder().decode(bytes);
  }

  describe('maths', () => {
    const CONCEPT = `const concept = /^Concept: (.*)$/m.exec(asked)[1];`;
    const answer = (fields: string) =>
      `${CONCEPT} console.log(JSON.stringify({ concept, ${fields} }));`;

    beforeEach(async () => {
      await packs.add('maths', project.folder);
      hurry('.sluice/workflows/maths-concept.yaml');
      standIn('meta-orchestrator', `console.log('Heard: ' + asked.split('\\n')[0]);`);
      standIn('research', answer('facts: []'));
      standIn(
        'knowledge-builder',
        answer(`summary: 's', explanation: 'e', terms: [], results: [], abilities: ['a']`),
      );
      standIn(
        'example-generator',
        answer(
          `examples: [{ shows: 's', difficulty: 1, problem: 'p', solution: ['s'], answer: 'a' }]`,
        ),
      );
      standIn(
        'dependency-mapper',
        answer(`
          requires: {
            B: [{ concept: 'A', relation: 'prerequisite', confidence: 0.9 }],
            C: [{ concept: 'B', relation: 'applies', confidence: 0.8 }, { concept: 'Z', relation: 'applies', confidence: 0.8 }],
            A: [{ concept: 'C', relation: 'applies', confidence: 0.2 }],
          }[concept] ?? [],
          outside: []`),
      );
      standIn(
        'quality',
        answer(`
          verdict: { B: 'revise', D: 'splendid' }[concept] ?? 'accept',
          score: concept === 'B' ? 40 : 90,
          problems: concept === 'B' ? [{ part: 'examples', severity: 'major', what: 'It is | wrong.' }] : []`),
      );
    });

    const run = (concepts: readonly string[]): Promise<Told> =>
      sluice(
        project,
        ...['run', 'maths-concepts', '--approve', 'all'],
        ...['-i', `concepts=${JSON.stringify(concepts)}`],
      );

    it('joins what was found of each concept into one graph and one order', async () => {
      const { code, out } = await run(['C', 'B', 'A']);
      assert.equal(code, 0, out);
      const graph: unknown = JSON.parse(
        await artifact('maths-concepts', 'graph', 'maths/graph.json'),
      );
      assert.deepEqual(graph, {
        concepts: [
          { name: 'C', verdict: 'accept', score: 90 },
          { name: 'B', verdict: 'revise', score: 40 },
          { name: 'A', verdict: 'accept', score: 90 },
        ],
        edges: [
          { from: 'B', to: 'C', relation: 'applies', confidence: 0.8 },
          { from: 'A', to: 'B', relation: 'prerequisite', confidence: 0.9 },
        ],
        order: ['A', 'B', 'C'],
        circles: [['A', 'B', 'C']],
        dropped: [{ from: 'C', to: 'A', confidence: 0.2 }],
        missing: [],
        outside: ['Z'],
      });
      const page = await artifact('maths-concepts', 'graph', 'maths/graph.md');
      assert.match(page, /^3 concepts, 2 requirements, mean score 73\.3\.$/m);
      assert.match(page, /^- B \(40\): It is {1,3}wrong\.$/m);
      assert.match(page, /^ {2}c3 --> c2$/m);
    });

    it('goes on without a concept that failed, and says that it is missing', async () => {
      const { code, out } = await run(['A', 'D']);
      assert.equal(code, 4, out);
      const page = await artifact('maths-concepts', 'graph', 'maths/graph.md');
      assert.match(page, /Missing:\n\n- D\n/);
    });

    it('fails where no concept has a record', async () => {
      const { code, out } = await run(['D']);
      assert.equal(code, 1, out);
    });
  });
});
