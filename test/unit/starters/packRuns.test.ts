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

  describe('builders', () => {
    const CONTRACT = {
      title: 'Doubling',
      summary: 'A function that doubles.',
      owns: ['src/**'],
      interfaces: [
        {
          name: 'double',
          file: 'src/double.js',
          signature: 'double(n)',
          does: 'doubles',
          errors: [],
        },
      ],
      models: [],
      acceptance: [{ name: 'doubles', given: 'two', when: 'it is doubled', then: 'four' }],
      dependencies: [],
      questions: [],
    };
    const SAYS_CONTRACT = `console.log(${JSON.stringify(JSON.stringify(CONTRACT))});`;
    const write = (file: string, text: string) =>
      `fs.mkdirSync(require('node:path').dirname('${file}'), { recursive: true }); fs.writeFileSync('${file}', ${JSON.stringify(text)});`;
    const changed = (...files: readonly string[]) =>
      write('build/changed.json', JSON.stringify(files));
    const double = (body: string) =>
      write('src/double.js', `module.exports = (n) => ${body};\n`) + changed('src/double.js');

    beforeEach(async () => {
      await packs.add('builders', project.folder);
      project.write('package.json', '{ "scripts": { "test": "node --test test/" } }');
      standIn(
        'architect',
        `${write('build/contract.json', JSON.stringify(CONTRACT))} note(asked); ${SAYS_CONTRACT}`,
      );
      standIn(
        'tester',
        `if (fs.existsSync('src')) throw new Error('saw the code');
        ${write(
          'test/double.test.js',
          "require('node:test')('doubles', () => require('node:assert').equal(require('../src/double.js')(2), 4) || require('node:assert').equal(require('../src/double.js')(3), 6));\n",
        )}
        ${changed('test/double.test.js')}`,
      );
      standIn(
        'debugger',
        `note('debugged');
        const { execFileSync, spawnSync } = require('node:child_process');
        execFileSync('node', ['.sluice/builders/layInChanges.mjs']);
        const { status } = spawnSync('node', ['.sluice/builders/checkProject.mjs', 'test']);
        if (status === 0) throw new Error('could not reproduce it');
        ${double('n * 2')}`,
      );
    });

    const build = (): Promise<Told> =>
      sluice(project, 'run', 'build', '--approve', 'all', '-i', 'request=Double it');

    it('goes from request to accepted change, and wakes no debugger where all is well', async () => {
      standIn('coder', double('n * 2'));
      const { code, out } = await build();
      assert.equal(code, 0, out);
      assert.deepEqual(project.notes(), ['Double it']);
      const change = JSON.parse(await artifact('build', 'code', 'build/change.json')) as unknown;
      assert.deepEqual(change, {
        files: [
          { path: 'src/double.js', text: 'module.exports = (n) => n * 2;\n', executable: false },
        ],
        removed: [],
      });
      assert.deepEqual(fs.readdirSync(project.folder).sort(), ['.sluice', 'package.json']);
    });

    it('has what fails debugged over the work of both, and verified', async () => {
      standIn('coder', double('n * n'));
      const { out } = await build();
      assert.deepEqual(project.notes(), ['Double it', 'debugged'], out);
      const fix = await artifact('build', 'debug', 'build/fix.json');
      assert.match(fix, /n \* 2/);
      assert.match(out, /✓ accept/);
    });

    it('refuses a contract that is none, and builds nothing', async () => {
      standIn('coder', `note('built');`);
      project.agent('architect', write('build/contract.json', '{ "title": "x" }') + SAYS_CONTRACT);
      const { code, out } = await build();
      assert.equal(code, 1, out);
      assert.match(out, /contract\.json/);
      assert.deepEqual(project.notes(), []);
    });

    for (const [what, file, why] of [
      ['leaves the folder', '../outside.js', 'leads out of the folder'],
      ['is out of bounds', '.github/workflows/x.yml', 'is out of bounds'],
      ['is a link', 'link.js', 'leads through the link link.js'],
    ] as const) {
      it(`carries no change that ${what}`, async () => {
        standIn(
          'coder',
          `fs.symlinkSync('package.json', 'link.js'); ${write('build/changed.json', JSON.stringify([file]))}`,
        );
        const { code, out } = await build();
        assert.equal(code, 1, out);
        const page = await (await project.open()).taskPage(runIdOf('build', 1), 'code' as TaskId);
        assert.match(page, new RegExp(`"${file}" ${why}\\.`));
        assert.ok(!fs.existsSync(path.join(project.parent, 'outside.js')));
      });
    }
  });
});
