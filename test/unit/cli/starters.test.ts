import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { TempProject } from '../../support/project.ts';
import { BuiltPacks } from '../starters/packRig.ts';
import { CapturedTerminal, objects, sluiceOn, type Told } from './commandLine.ts';

describe('sluice new, packs and add', function () {
  this.timeout(20_000);

  let built: BuiltPacks;
  let project: TempProject;
  before(() => {
    built = new BuiltPacks();
  });
  after(() => built.dispose());
  beforeEach(() => {
    project = new TempProject('plain');
  });
  afterEach(() => project.dispose());

  const ask = (...args: string[]): Promise<Told> => {
    const { environment, folder } = project;
    return sluiceOn(new CapturedTerminal(), { environment, folder, packs: built.folder }, ...args);
  };
  const has = (file: string) => fs.existsSync(path.join(project.folder, file));

  it('write an agent that runs as it is', async () => {
    assert.deepEqual(await ask('new', 'agent', 'looker'), {
      code: 0,
      out: '+ .sluice/agents/looker.yaml\n',
      err: '',
    });
    assert.deepEqual(await ask('new', 'workflow', 'looking'), {
      code: 0,
      out: '+ .sluice/workflows/looking.yaml\n',
      err: '',
    });
    const { code, out } = await ask('run', 'looking');
    assert.equal(code, 0, out);
  });

  it('say what a new workflow lacks, each at its place', async () => {
    const told = await ask('new', 'workflow', 'w', '--template', 'gate');
    assert.equal(told.code, 0);
    assert.match(told.out, /^\+ \.sluice\/workflows\/w\.yaml\n/);
    assert.match(told.out, /w\.yaml:5:12: error: There is no agent "first-agent"/);
    const [line] = objects(
      (await ask('new', 'workflow', 'v', '-t', 'list', '-a', 'x', '--json')).out,
    );
    assert.deepEqual(
      [line?.['kind'], line?.['name'], line?.['file'], line?.['valid']],
      ['workflow', 'v', '.sluice/workflows/v.yaml', false],
    );
  });

  it('make a workflow of the agents that are named, in their order', async () => {
    for (const name of ['a', 'b', 'c']) {
      project.command(name, ['node', '--version']);
    }
    await ask('new', 'workflow', 'w', '-t', 'fan-out', '-a', 'c', '-a', 'a', '-a', 'b');
    const text = fs.readFileSync(path.join(project.folder, '.sluice/workflows/w.yaml'), 'utf8');
    assert.deepEqual(text.match(/(?<=agent: )\w+/g), ['c', 'a', 'b']);
    assert.equal((await ask('validate')).code, 0);
  });

  it('refuse what cannot be, and write nothing', async () => {
    await ask('new', 'agent', 'one');
    for (const [args, problem] of [
      [['new', 'agent', 'ONE'], /There is an agent "one" already/],
      [['new', 'agent', 'a/b'], /"a\/b" cannot be its name/],
      [
        ['new', 'agent', 'two', '-t', 'robot'],
        /There is no template "robot"\. There are: command, model, claude\.\n/,
      ],
      [['new', 'workflow', 'two', '-t', 'x'], /There are: chain, fan-out, list, gate, phases\.\n/],
      [['new', 'agent', 'two', '-a', 'one'], /--agent is for a new workflow/],
      [['new', 'robot', 'two'], /Allowed choices are agent, workflow/],
      [
        ['add', 'physics'],
        /There is no pack "physics"\. There are: builders, code-quality, maths\.\n/,
      ],
    ] as const) {
      const { code, out, err } = await ask(...args);
      assert.deepEqual([code, out], [2, ''], args.join(' '));
      assert.match(err, problem);
    }
    assert.deepEqual(fs.readdirSync(path.join(project.folder, '.sluice')), ['agents']);
    assert.deepEqual(fs.readdirSync(path.join(project.folder, '.sluice/agents')), ['one.yaml']);
  });

  it('list the packs', async () => {
    const { code, out } = await ask('packs');
    assert.equal(code, 0);
    assert.deepEqual(out.match(/^\S+/gm), ['builders', 'code-quality', 'maths']);
    const packs = objects((await ask('packs', '--json')).out);
    assert.deepEqual(
      packs.map(({ name, workflow }) => [name, workflow]),
      [
        ['builders', 'build'],
        ['code-quality', 'code-quality'],
        ['maths', 'maths-concepts'],
      ],
    );
  });

  it('add a pack, with what the folder still needs', async () => {
    const { code, out, err } = await ask('add', 'code-quality');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^\+ \.sluice\/agents\/eslint\.yaml\n/);
    assert.match(out, /✓ Code quality: \d+ files added\n/);
    assert.match(out, /This folder still needs: npm install --save-dev eslint typescript mocha /);
    assert.match(out, /\nRun it: sluice run code-quality\n$/);
    assert.equal((await ask('validate')).code, 0);
    const [again] = objects((await ask('add', 'code-quality', '--json')).out);
    assert.deepEqual(again?.['added'], []);
    assert.deepEqual(again['different'], []);
  });

  it('never add a pack over files that differ: all of it, or with leave the rest', async () => {
    project.write('.sluice/agents/quality.md', 'Mine.');
    const refused = await ask('add', 'maths');
    assert.deepEqual([refused.code, refused.out], [2, '']);
    assert.match(
      refused.err,
      /1 file is there already and differs: \.sluice\/agents\/quality\.md\. Nothing was written\. With --skip-existing/,
    );
    assert.ok(!has('.sluice/workflows'));
    const { code, out } = await ask('add', 'maths', '--skip-existing');
    assert.equal(code, 0);
    assert.match(out, / {2}\.sluice\/agents\/quality\.md is yours and stays\n/);
    assert.ok(has('.sluice/workflows/maths-concepts.yaml'));
    assert.equal(
      fs.readFileSync(path.join(project.folder, '.sluice/agents/quality.md'), 'utf8'),
      'Mine.',
    );
  });

  it('say so where the packs are not there', async () => {
    const { environment, folder } = project;
    const told = await sluiceOn(new CapturedTerminal(), { environment, folder }, 'packs');
    assert.equal(told.code, 1);
    assert.match(told.err, /^sluice: The packs of Sluice cannot be read from nowhere: /);
  });
});
