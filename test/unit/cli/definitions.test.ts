import assert from 'node:assert/strict';
import path from 'node:path';
import { TempProject } from '../../support/project.ts';
import { objects, sluice } from './commandLine.ts';

describe('sluice agents, workflows and validate', function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject('plain');
  });
  afterEach(() => project.dispose());

  function writeGood(): void {
    project.write(
      '.sluice/agents/eslint.yaml',
      'name: eslint\ndescription: Lints.\ncommand: [eslint, .]\ncriticality: 8\nversion: 1.10\ndomains: [code]\ntools: read\n',
    );
    project.write(
      '.github/agents/plan.agent.md',
      '---\nname: plan\ndescription: Plans.\n---\nPlan.',
    );
    project.write(
      '.sluice/workflows/check.yaml',
      'name: check\ndescription: Checks.\nmax-parallel: 2\ninputs:\n  depth: "1"\nsteps:\n  lint:\n    agent: eslint\n  ask:\n    needs: lint\n    gate: Go on?\n',
    );
  }

  function writeBad(): void {
    project.write('.sluice/agents/tsc.yaml', 'comand: [tsc]\n');
    project.write(
      '.sluice/workflows/broken.yaml',
      'steps:\n  lint:\n    agent: eslint\n    neds: [a]\n  a: { agent: nobody, needs: b }\n  b: { agent: eslint, needs: a }\n',
    );
    project.write('.sluice/workflows/torn.yaml', 'steps: [\n');
  }

  it('say so when there is nothing', async () => {
    assert.deepEqual(await sluice(project, 'agents'), {
      code: 0,
      out: 'No agents here. An agent is a file in .sluice/agents, .github/agents or .claude/agents, or named in .claude/claude.json.\n',
      err: '',
    });
    assert.deepEqual(await sluice(project, 'workflows'), {
      code: 0,
      out: 'No workflows here. A workflow is a file in .sluice/workflows.\n',
      err: '',
    });
    assert.deepEqual(await sluice(project, 'validate'), {
      code: 0,
      out: '✓ 0 agents and 0 workflows: nothing wrong\n',
      err: '',
    });
    for (const command of ['agents', 'workflows', 'validate']) {
      assert.deepEqual(await sluice(project, command, '--json'), { code: 0, out: '', err: '' });
    }
  });

  it('list what is found as a table', async () => {
    writeGood();
    assert.equal(
      (await sluice(project, 'agents')).out,
      [
        'eslint  command  8  .sluice/agents  .sluice/agents/eslint.yaml    Lints.',
        'plan    model    5  .github/agents  .github/agents/plan.agent.md  Plans.',
        '',
      ].join('\n'),
    );
    assert.equal(
      (await sluice(project, 'agents', '--critical', '8')).out,
      'eslint  command  8  .sluice/agents  .sluice/agents/eslint.yaml  Lints.\n',
    );
    assert.equal(
      (await sluice(project, 'workflows')).out,
      'check  2  .sluice/workflows/check.yaml  Checks.\n',
    );
  });

  it('list what is found as objects with the fields that docs/cli.md promises', async () => {
    writeGood();
    const [eslint, plan] = objects((await sluice(project, 'agents', '--json')).out);
    const { runner, diagnostics, digest, terms, ...facts } = eslint!;
    assert.deepEqual(facts, {
      name: 'eslint',
      description: 'Lints.',
      criticality: 8,
      version: '1.10',
      domains: ['code'],
      tools: ['read'],
      format: 'sluice',
      file: '.sluice/agents/eslint.yaml',
      origin: '.sluice/agents',
      scope: 'folder',
      valid: true,
    });
    assert.deepEqual(terms, { never: [] });
    assert.deepEqual(diagnostics, []);
    assert.match(String(digest), /^[0-9a-f]{64}$/);
    assert.deepEqual(Object.entries(runner as object)[0], ['kind', 'command']);
    assert.deepEqual([plan?.['name'], plan?.['format']], ['plan', 'vscode']);
    assert.deepEqual(plan?.['runner'], {
      kind: 'model',
      models: [],
      mcpServers: [],
      instructionsLength: 5,
    });
    const [check] = objects((await sluice(project, 'workflows', '--json')).out);
    assert.deepEqual(
      [check?.['name'], check?.['description'], check?.['inputs'], check?.['maxParallel']],
      ['check', 'Checks.', { depth: { default: '1', type: 'string', options: [] } }, 2],
    );
    assert.deepEqual(
      (check?.['steps'] as { id: string; kind: string }[]).map(({ id, kind }) => `${kind} ${id}`),
      ['agent lint', 'gate ask'],
    );
  });

  it('list what is invalid with its first error, and an agent that another hides', async () => {
    writeGood();
    writeBad();
    project.write('.claude/agents/eslint.md', '---\nname: eslint\ndescription: d\n---\nLint.');
    const { code, out } = await sluice(project, 'agents');
    assert.equal(code, 0);
    assert.match(
      out,
      /^tsc +invalid +\.sluice\/agents +\.sluice\/agents\/tsc\.yaml +.*"command".* is missing/m,
    );
    assert.match(out, /\.claude\/agents\/eslint\.md \(hidden by \.sluice\/agents\/eslint\.yaml\)/);
    const agents = objects((await sluice(project, 'agents', '--json')).out);
    assert.deepEqual(
      agents.map(({ file, valid, shadowedBy }) => [file, valid, shadowedBy]),
      [
        ['.sluice/agents/eslint.yaml', true, undefined],
        ['.sluice/agents/tsc.yaml', false, undefined],
        ['.github/agents/plan.agent.md', true, undefined],
        ['.claude/agents/eslint.md', true, '.sluice/agents/eslint.yaml'],
      ],
    );
    assert.match(
      (await sluice(project, 'workflows')).out,
      /^broken +invalid .*There is no field "neds"/m,
    );
  });

  it('list the agents a user has in every folder, for which a check of the folder never fails', async () => {
    project.writeHome('.claude/agents/mine.md', '---\nname: mine\ndescription: d\n---\nHelp.');
    project.writeHome('.copilot/agents/torn.md', '---\nname: [\n---\nHelp.');
    const agents = objects((await sluice(project, 'agents', '--json')).out);
    assert.deepEqual(
      agents.map(({ name, origin, scope, valid }) => [name, origin, scope, valid]),
      [
        ['mine', '~/.claude/agents', 'user', true],
        ['torn', '~/.copilot/agents', 'user', false],
      ],
    );
    assert.equal((await sluice(project, 'validate')).code, 0);
    const file = `${project.environment['HOME']}/.copilot/agents/torn.md`;
    assert.equal((await sluice(project, 'validate', file)).code, 2);
  });

  it('check what is said of agents beside their files', async () => {
    project.write('.claude/agents/a.md', '---\nname: a\ndescription: d\n---\nHelp.');
    project.write('.sluice/agents.yaml', 'a: { criticality: 11 }\n');
    project.write('.claude/claude.json', '{ "agents": { "b": { "file": "gone.md" } } }');
    const { code, out } = await sluice(project, 'validate');
    assert.equal(code, 2);
    assert.match(out, /^\.sluice\/agents\.yaml:1:19: error: /m);
    assert.match(out, /^\.claude\/agents\/a\.md:2:7: error: What \.sluice\/agents\.yaml says/m);
    assert.match(out, /^\.claude\/claude\.json:1:30: error: /m);
    for (const [file, problems] of [
      ['.sluice/agents.yaml', 1],
      ['.claude/claude.json', 1],
      ['.claude/agents/a.md', 1],
    ] as const) {
      const told = objects((await sluice(project, 'validate', '--json', file)).out);
      assert.deepEqual(
        told.map((problem) => problem['file']),
        Array.from({ length: problems }, () => file),
      );
    }
  });

  it('tell every problem at its line and column, and exit with 2', async () => {
    writeGood();
    writeBad();
    const { code, out, err } = await sluice(project, 'validate');
    assert.equal(code, 2);
    assert.equal(err, '');
    const places = out
      .split('\n')
      .map((line) =>
        /^(\S+:\d+:\d+): (error|warning): .+ \[([a-z-]+)\]$/.exec(line)?.slice(1).join(' '),
      )
      .filter((place) => place !== undefined);
    assert.deepEqual(places, [
      '.sluice/agents/tsc.yaml:1:1 error missing-field',
      '.sluice/agents/tsc.yaml:1:1 error unknown-field',
      '.sluice/workflows/broken.yaml:4:5 error unknown-field',
      '.sluice/workflows/broken.yaml:5:15 error unknown-agent',
      '.sluice/workflows/broken.yaml:5:30 error cycle',
      '.sluice/workflows/torn.yaml:2:1 error yaml-syntax',
    ]);
    const told = objects((await sluice(project, 'validate', '--json')).out);
    assert.deepEqual(
      told.map(({ file, code, severity }) => [file, code, severity].join(' ')),
      places.map((place) => place.replace(/^(\S+?):\S+ (\S+) (\S+)$/, '$1 $3 $2')),
    );
    assert.deepEqual(told[2]?.['range'], {
      start: { line: 4, column: 5 },
      end: { line: 4, column: 9 },
    });
  });

  it('check only the files that are named, wherever they are', async () => {
    writeGood();
    writeBad();
    project.write('elsewhere/own.yaml', '- eslint\n- nobody\n');
    assert.deepEqual(
      await sluice(
        project,
        'validate',
        '.sluice/agents/eslint.yaml',
        '.sluice/workflows/check.yaml',
      ),
      {
        code: 0,
        out: '✓ .sluice/agents/eslint.yaml, .sluice/workflows/check.yaml: nothing wrong\n',
        err: '',
      },
    );
    const named = await sluice(project, 'validate', 'elsewhere/own.yaml');
    assert.equal(named.code, 2);
    assert.match(named.out, /^elsewhere\/own\.yaml:2:3: error: There is no agent "nobody"/);
    const absolute = await sluice(
      project,
      'validate',
      path.join(project.folder, 'elsewhere/own.yaml'),
    );
    assert.equal(absolute.out, named.out);
    assert.deepEqual(await sluice(project, 'validate', 'nowhere.yaml'), {
      code: 2,
      out: 'nowhere.yaml:1:1: error: This cannot be read: it is not there. [unreadable]\n',
      err: '',
    });
  });

  it('show nothing of a file that would act on the terminal', async () => {
    project.write('.sluice/agents/x\u001b[31m.yaml', 'comand: "\u001b]0;title\u0007"\n');
    project.write('.sluice/workflows/w.yaml', '["\\e[31mred"]\n');
    for (const args of [['agents'], ['workflows'], ['validate'], ['run', 'w']]) {
      const { out, err } = await sluice(project, ...args);
      // eslint-disable-next-line no-control-regex -- what must not be there
      assert.doesNotMatch(out + err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/, args.join(' '));
    }
  });
});
