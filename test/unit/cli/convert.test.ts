import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { TempProject } from '../../support/project.ts';
import { objects, sluice } from './commandLine.ts';

const CLAUDE = JSON.stringify({
  agents: { coder: { file: 'agents/coder.md', domains: ['code'], priority: 1 } },
  workflows: { 'bug-fix': ['coder', 'coder'], 'bug fix': ['coder'] },
});
const TODO = '[{ "id": "a", "title": "Do it", "agent_role": "CODER" }]';
const CONVERTED_TODO = [
  '# Converted from .sluice/todos/list.json.',
  '',
  ...['name: list', 'steps:', '  a:', '    agent: coder', '    prompt: Do it', '    debug: true'],
  ...["    owns: ['**']", '    metadata:'],
  ...['      todo:', '        title: Do it', '        agent_role: CODER', ''],
].join('\n');

describe('sluice convert', function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject('plain');
    project.agent('coder', '');
    project.write('.sluice/todos/list.json', TODO);
  });
  afterEach(() => project.dispose());

  const textOf = (file: string) => fs.readFileSync(path.join(project.folder, file), 'utf8');

  it('prints a workflow by its name or its file', async () => {
    for (const way of ['list', '.sluice/todos/list.json']) {
      assert.deepEqual(await sluice(project, 'convert', way), {
        code: 0,
        out: CONVERTED_TODO,
        err: '',
      });
    }
  });

  it('writes it to a file, and over one that is there only when told so', async () => {
    const file = '.sluice/workflows/list.yaml';
    assert.deepEqual(await sluice(project, 'convert', 'list', '--out', file), {
      code: 0,
      out: `${path.normalize(file)}\n`,
      err: '',
    });
    assert.equal(textOf(file), CONVERTED_TODO);
    project.write(file, 'steps: [coder]');
    const list = '.sluice/todos/list.json';
    const refused = await sluice(project, 'convert', list, '--out', file);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /list\.yaml is there already: .* --force\.\n$/);
    assert.equal(textOf(file), 'steps: [coder]');
    assert.equal((await sluice(project, 'convert', list, '--out', file, '--force')).code, 0);
    assert.equal(textOf(file), CONVERTED_TODO);
    assert.deepEqual(
      objects((await sluice(project, 'workflows', '--json')).out).map(
        ({ file: of, format, valid, shadowedBy }) => [of, format, valid, shadowedBy],
      ),
      [
        [file, 'sluice', true, undefined],
        ['.sluice/todos/list.json', 'todo', true, file],
      ],
    );
    assert.equal((await sluice(project, 'validate')).code, 0, 'what is hidden is no error');
  });

  it('writes all of .claude/claude.json into a folder, and what is said of agents beside it', async () => {
    project.write('.claude/claude.json', CLAUDE);
    const { code, out, err } = await sluice(
      project,
      ...['convert', '.claude/claude.json', '--out', 'new/workflows'],
    );
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.replaceAll('\\', '/')),
      ['new/workflows/bug-fix.yaml', 'new/workflows/bug-fix-2.yaml', 'new/agents.yaml'],
    );
    assert.match(textOf('new/workflows/bug-fix-2.yaml'), /^name: bug fix$/m);
    assert.equal(
      textOf('new/agents.yaml'),
      '# file: "agents/coder.md"\n# priority: 1\n\ncoder:\n  domains: [code]\n',
    );
    assert.equal((await sluice(project, 'validate', 'new/workflows/bug-fix.yaml')).code, 0);
    const again = ['convert', '.claude/claude.json', '--out', 'new/workflows', '--force'];
    const refused = await sluice(project, ...again);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /agents\.yaml is there already and is not written over/);
  });

  it('says what a single file does not hold', async () => {
    project.write('.claude/claude.json', CLAUDE.replace(',"bug fix":["coder"]', ''));
    const { code, err } = await sluice(
      project,
      'convert',
      '.claude/claude.json',
      '--out',
      'a.yaml',
    );
    assert.equal(code, 0);
    assert.match(err, /^What it says of agents is not in a\.yaml: .*folder.*\n$/);
  });

  it('prints several as documents, or the one that is named', async () => {
    project.write('.claude/claude.json', CLAUDE);
    const all = await sluice(project, 'convert', '.claude/claude.json');
    assert.deepEqual(
      all.out.split('---\n').map((text) => /^(?:name: .*|\w+:)$/m.exec(text)?.[0]),
      ['name: bug-fix', 'name: bug fix', 'coder:'],
    );
    const one = await sluice(project, 'convert', '.claude/claude.json', '--workflow', 'bug fix');
    assert.match(one.out, /^# Converted from .*\n\nname: bug fix\n/);
    assert.equal(one.out.includes('---'), false);
  });

  it('converts what waits for its agents, and says which', async () => {
    project.write('.sluice/todos/list.json', TODO.replace('CODER', 'tester'));
    const { code, out, err } = await sluice(project, 'convert', 'list');
    assert.equal(code, 0);
    assert.match(out, /^ {4}agent: tester$/m);
    assert.match(err, /^\.sluice\/todos\/list\.json:1:47: error: There is no agent "tester"/);
  });

  it('refuses what is broken, is not there or holds nothing', async () => {
    project.write('.sluice/todos/list.json', TODO.replace('"id": "a"', '"id": "a b"'));
    project.write('.claude/claude.json', '{ "agents": {} }');
    for (const [args, problem] of [
      [['list'], /"a b" cannot be a step's name[^]*sluice: list cannot be converted before its/],
      [['nothing'], /There is no workflow or file "nothing" here\./],
      [['.claude/claude.json'], /\.claude\/claude\.json holds no workflow\./],
      [['.sluice/todos/list.json', '--workflow', 'x'], /holds no workflow "x", only list\./],
    ] as const) {
      const { code, out, err } = await sluice(project, 'convert', ...args);
      assert.deepEqual([code, out], [2, ''], args.join(' '));
      assert.match(err, problem);
    }
  });
});
