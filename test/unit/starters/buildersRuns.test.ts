import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Script } from '../../../examples/scripted-model/script.mjs';
import { ScriptedModel } from '../../../examples/scripted-model/scriptedModel.mjs';
import type { Contract } from '../../../src/core/debugging/contract/contractSchema.ts';
import { runIdOf, type TaskId } from '../../../src/core/domain/ids.ts';
import { TempProject } from '../../support/project.ts';
import { sluice, type Told } from '../cli/commandLine.ts';
import { CONTRACT } from '../debugging/contractSample.ts';
import { BuiltPacks } from './packRig.ts';

// "build" and "build-alone" as the engine runs them in a Git repository, with the agents of the pack as they are: only
// what their language model says is from a script.

type Answer = Script['answers'][number];
type Turn = Answer['turns'][number];

const DOUBLING: Contract = {
  ...CONTRACT,
  name: 'doubling',
  summary: 'A function that doubles.',
  interfaces: [
    {
      name: 'double',
      kind: 'function',
      file: 'src/double.js',
      signature: 'double(n)',
      description: 'Twice as much.',
      errors: [],
    },
  ],
  data_models: [],
  tests: [
    { id: 'T1', name: 'doubles', given: '3', when: 'doubled', then: '6', covers: ['double'] },
  ],
  examples: [],
  validation_rules: [],
  owns: ['src/**'],
  questions: [],
};

const write = (file: string, content: string) => ({ write: { path: file, content } });
const say = (text: string): Turn => ({ say: text });
const contract = (value: unknown): [Turn, Turn] => [
  { use: [write('contracts/contract.json', JSON.stringify(value))] },
  say(JSON.stringify(value)),
];
const double = (body: string) => write('src/double.js', `module.exports = (n) => ${body};\n`);
const testOf = (file: string, name: string, from: number, to: number) =>
  write(
    file,
    `require('node:test')('${name}', () => require('node:assert').equal(require('${'../'.repeat(file.split('/').length - 1)}src/double.js')(${from}), ${to}));\n`,
  );
const UNIT = testOf('test/unit/double.test.js', 'nothing is nothing', 0, 0);
const ACCEPTANCE = testOf('test/acceptance/double.test.js', 'T1 doubles', 3, 6);

const architect: Answer = { agent: 'architect', turns: contract(DOUBLING) };
const tester: Answer = { agent: 'tester', turns: [{ use: [ACCEPTANCE] }, say('T1')] };
const coder = (body: string): Answer => ({
  agent: 'coder',
  prompt: '^(Implement|Do this by yourself)',
  turns: [{ use: [double(body), UNIT] }, say('It is built.')],
});
/** Whoever is called when something has failed. */
const mending = (...uses: NonNullable<Turn['use']>): Answer => ({
  prompt: 'asked to mend it',
  turns: [{ use: uses }, say('It is mended.')],
});

describe('A run of the builders', function () {
  this.timeout(60_000);

  let packs: BuiltPacks;
  let project: TempProject;
  let model: ScriptedModel | undefined;
  before(() => {
    packs = new BuiltPacks();
  });
  after(() => packs.dispose());
  beforeEach(async () => {
    project = new TempProject('git');
    await packs.add('builders', project.folder);
    project.write('package.json', '{ "scripts": { "test": "node --test" } }');
    project.write('test/old.test.js', "require('node:test')('is there', () => {});\n");
    edit('build', /^ +sandbox: \{.*\}\n/m, '');
    edit('build-alone', /^ +sandbox: \{.*\}\n/m, '');
    edit('build', /retry: 2$/m, 'retry: { attempts: 2, delay: 1ms }');
  });
  afterEach(async () => {
    await model?.close();
    model = undefined;
    await project.dispose();
  });

  /** What shuts commands in is not on every machine and is tried elsewhere, and waiting shows nothing here. */
  function edit(workflow: string, what: RegExp, by: string): void {
    const file = `.sluice/workflows/${workflow}.yaml`;
    const text = fs.readFileSync(path.join(project.folder, file), 'utf8');
    assert.match(text, what);
    project.write(file, text.replace(what, by));
  }

  async function run(workflow: string, ...answers: readonly Answer[]): Promise<Told> {
    model = await ScriptedModel.start({ 'scripted-model': 'Plays the builders.', answers });
    const settings = JSON.stringify(model.settings);
    for (const config of ['.config/sluice', 'Library/Application Support/sluice', 'local/Sluice']) {
      project.writeHome(`${config}/models.json`, settings);
    }
    project.repository.commit();
    return await sluice(
      project,
      ...['run', workflow, '-i', 'request=Double it'],
      '--approve',
      'all',
    );
  }

  /** Who was asked, and how it began, each conversation once. */
  function asked(): string[] {
    const firsts = (model?.seen ?? []).filter(({ turn }) => turn === 0);
    return firsts.map(({ system, prompt }) => {
      const who = /You are the (\w+)/.exec(system)?.[1] ?? '';
      return `${who}: ${prompt.split('\n')[0] ?? ''}`;
    });
  }

  const prompts = (): string[] => (model?.seen ?? []).map(({ prompt }) => prompt);
  const page = async (task: string) =>
    (await project.open()).taskPage(runIdOf('build', 1), task as TaskId);
  const git = (...args: readonly string[]) => project.repository.git(...args);
  /** What a task has put on its branch. */
  const landed = (task: string, workflow = 'build'): string[] =>
    git('diff', '--name-only', 'main', `ai/generated/${workflow}-1/${task}`)
      .split('\n')
      .filter((file) => file !== '');

  it('goes from a request to files on branches, and calls nobody to mend what is well', async () => {
    const { code, out } = await run('build', architect, coder('n * 2'), tester);
    assert.equal(code, 0, out);
    assert.deepEqual(asked().sort(), [
      'architect: Double it',
      'coder: Implement the contract in contracts/contract.json, with unit tests of your own.',
      'tester: Write the acceptance tests of the contract in contracts/contract.json.',
    ]);
    assert.deepEqual(landed('contract'), ['contracts/contract.json']);
    assert.ok(landed('code').includes('src/double.js'));
    assert.ok(landed('code').includes('test/unit/double.test.js'));
    assert.ok(landed('tests').includes('test/acceptance/double.test.js'));
    assert.ok(!landed('tests').includes('src/double.js'), 'the tester saw the code');
    assert.equal(git('status', '--porcelain'), '');
  });

  it('has mended what fails over the work of both, proves it again, and lands it with that task', async () => {
    const { code, out } = await run(
      'build',
      mending(double('n * 2')),
      architect,
      coder('n * n'),
      tester,
    );
    assert.equal(code, 0, out);
    const calls = asked().filter((call) => call.includes('has failed'));
    assert.equal(calls.length, 1);
    assert.match(calls[0] ?? '', /^(?:coder|debugger): The task "acceptance" has failed/);
    const prompt = prompts().find((one) => one.includes('asked to mend it')) ?? '';
    assert.match(prompt, /`\/tests\/0`: T1, doubles: given 3; when doubled; then 6/);
    assert.match(git('show', 'ai/generated/build-1/acceptance:src/double.js'), /n \* 2/);
    assert.match(out, /acceptance_branch_01/);
    assert.doesNotMatch(git('branch', '--list', '--all'), /branch_01/);
  });

  it('gives a contract that is not whole back to the architect, with the clause named', async () => {
    const { code, out } = await run(
      'build',
      { agent: 'architect', prompt: 'asked to mend it', turns: contract(DOUBLING) },
      {
        agent: 'architect',
        turns: contract({ ...DOUBLING, tests: [{ ...DOUBLING.tests[0], covers: ['twice'] }] }),
      },
      coder('n * 2'),
      tester,
    );
    assert.equal(code, 0, out);
    assert.ok(prompts().some((prompt) => prompt.includes('/tests/0/covers/0 names "twice"')));
    const contractThere = git('show', 'ai/generated/build-1/contract:contracts/contract.json');
    assert.deepEqual(JSON.parse(contractThere), DOUBLING);
  });

  it('tells an architect what is wrong with its answer, and builds on the mended one', async () => {
    const [made, good] = contract(DOUBLING);
    const { code, out } = await run(
      'build',
      { agent: 'architect', turns: [made, say('{ "name": "doubling" }'), good] },
      coder('n * 2'),
      tester,
    );
    assert.equal(code, 0, out);
    assert.equal(asked().filter((call) => call.startsWith('architect')).length, 1);
  });

  it('builds nothing where the answer stays no contract, and says which clauses are missing', async () => {
    const bad = say('{ "name": "doubling" }');
    const { code, out } = await run('build', { agent: 'architect', turns: [bad, bad, bad] });
    assert.equal(code, 1, out);
    assert.ok(asked().every((call) => call.startsWith('architect')));
    assert.match(await page('contract'), /not as its schema says/);
  });

  it('takes no tests that leave out one of the contract', async () => {
    const nameless = testOf('test/acceptance/double.test.js', 'doubles', 3, 6);
    const { code, out } = await run('build', mending(ACCEPTANCE), architect, coder('n * 2'), {
      agent: 'tester',
      turns: [{ use: [nameless] }, say('done')],
    });
    assert.equal(code, 0, out);
    assert.ok(prompts().some((prompt) => prompt.includes('write it, with T1 in its name')));
    assert.ok(asked().some((call) => call.startsWith('tester: The task "tests" has failed')));
    assert.match(git('show', 'ai/generated/build-1/tests:test/acceptance/double.test.js'), /T1/);
  });

  it('lets the coder change neither tests that decide, nor the contract, nor what is run', async () => {
    const others = [
      'test/acceptance/own.test.js',
      'test/old.test.js',
      'contracts/contract.json',
      'package.json',
      '.sluice/agents/coder.md',
    ];
    const { code, out } = await run(
      'build',
      architect,
      {
        agent: 'coder',
        turns: [
          { use: others.map((file) => write(file, '{}')) },
          { use: [double('n * 2'), UNIT] },
          say('done'),
        ],
      },
      tester,
    );
    assert.equal(code, 0, out);
    assert.deepEqual(landed('code'), ['src/double.js', 'test/unit/double.test.js']);
  });

  it('is done by one coder alone too, who mends its own work', async () => {
    edit('build-alone', /default: '\*\*'/, "default: 'src/**'");
    const wrong = testOf('test/double.test.js', 'doubles', 3, 6);
    const { code, out } = await run('build-alone', mending(double('n * 2')), {
      agent: 'coder',
      turns: [{ use: [double('n * n'), wrong] }, say('done')],
    });
    assert.equal(code, 0, out);
    assert.equal(asked().length, 2);
    assert.ok(asked().every((call) => call.startsWith('coder: ')));
    assert.deepEqual(landed('build', 'build-alone'), ['src/double.js', 'test/double.test.js']);
  });
});
