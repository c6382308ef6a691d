import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { bundled } from '../../support/bundle.ts';
import { TempProject } from '../../support/project.ts';
import { CapturedTerminal, objects, sluice, sluiceOn } from './commandLine.ts';

const GOOD = JSON.stringify({
  name: 'add-login',
  todos: [
    {
      id: 'page',
      title: 'The page',
      agent_role: 'coder',
      description: 'Write it.',
      acceptance_criteria: { tests: [{ cmd: 'node --version' }] },
    },
    { id: 'link', title: 'The link', agent_role: 'coder', dependencies: ['page'] },
  ],
});
const BAD = GOOD.replace('"coder"', '"wizard"');

describe('sluice plan', function () {
  this.timeout(30_000);

  let project: TempProject;
  beforeEach(() => {
    project = new TempProject();
    project.agent('coder', "note('coded');");
  });
  afterEach(() => project.dispose());

  /** A planner that is a program; what it was asked stands in `asked`. */
  function planner(script: string, name = 'planner'): void {
    project.agent(name, `const asked = fs.readFileSync(0, 'utf8'); ${script}`, {
      description: 'Plans.',
    });
  }

  const answers = (text: string) => `console.log(${JSON.stringify(text)});`;

  function plans(): string[] {
    const folder = path.join(project.folder, '.sluice/todos');
    return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  }

  function read(name: string): string {
    return fs.readFileSync(path.join(project.folder, '.sluice/todos', name), 'utf8');
  }

  it('shows the plan as a table, and what to do next', async () => {
    planner(answers(GOOD));
    const { code, out, err } = await sluice(project, 'plan', 'Add', 'a', 'login.');
    assert.equal(code, 0, err);
    assert.match(out, /✓ add-login: 2 todos in \.sluice\/todos\/add-login\.yaml\n/);
    assert.match(out, /^id {4}title {5}agent {2}needs {2}owns {2}tests\n/m);
    assert.match(out, /^page {2}The page {2}coder {2}- {6}- {5}node --version\n/m);
    assert.match(out, /^link {2}The link {2}coder {2}page {3}- {5}-\n/m);
    assert.match(out, /Run it: sluice run add-login /);
    assert.match(out, /sluice validate \.sluice\/todos\/add-login\.yaml\n$/);
    assert.match(read('add-login.yaml'), /^request: Add a login\.\n/m);
    const listed = await sluice(project, 'workflows');
    assert.match(listed.out, /^add-login /m);
  });

  it('reads the request from standard input', async () => {
    planner(answers(GOOD));
    const child = spawn(
      process.execPath,
      [bundled('src/cli.ts'), '-C', project.folder, 'plan', '-', '--json'],
      { env: project.environment, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    child.stdin.end('First line.\nSecond line.\n');
    const code = await new Promise((resolve) => child.on('close', resolve).stdout.resume());
    assert.equal(code, 0);
    assert.match(read('add-login.yaml'), /^request: \|-\n {2}First line\.\n {2}Second line\.\n/m);
  });

  it('gives the plan as one JSON object behind the events', async () => {
    planner(answers(GOOD));
    const { code, out } = await sluice(project, 'plan', 'x y', '--json', '--name', 'mine');
    assert.equal(code, 0);
    const last = objects(out).at(-1)!;
    const { type, name, file, run, faults } = last;
    assert.deepEqual(
      { type, name, file, run, faults },
      { type: 'plan', name: 'mine', file: '.sluice/todos/mine.yaml', run: 'plan-1', faults: [] },
    );
    assert.equal((last['todos'] as unknown[]).length, 2);
  });

  it('refuses what is no request before anything is begun', async () => {
    planner(answers(GOOD));
    for (const [args, said] of [
      [[], /Say what is to be done: sluice plan "<request>"/],
      [['  '], /the request is empty/],
      [['x'.repeat(100 * 1024)], /has 102,400 characters; 50,000 are the most\. Put the long part/],
      [['x', '--name', 'a/b'], /"a\/b" cannot be the name of a plan/],
      [['x', '--from', 'last'], /--from keeps the plan of a run that is there/],
      [['x', '--approve', 'all'], /--approve is for --run/],
    ] as const) {
      const { code, err } = await sluice(project, 'plan', ...args);
      assert.equal(code, 2, args.join(' ').slice(0, 40));
      assert.match(err, said);
    }
    assert.equal((await sluice(project, 'runs')).out, 'Nothing has run here yet.\n');
  });

  it('says which command brings a planner, or brings it when told to', async () => {
    const { code, err } = await sluice(project, 'plan', 'x');
    assert.equal(code, 2);
    assert.match(err, /There is no agent "planner" here that could plan\. There are: coder\./);
    assert.match(err, /Add one: sluice add builders {3}or say --add-pack/);
    const other = await sluice(project, 'plan', 'x', '--agent', 'ada', '--add-pack');
    assert.match(other.err, /no agent "ada".* Name another with --agent\./);
    // A pack of the test's own, in the place of the one that comes with Sluice.
    const packs = path.join(project.parent, 'packs');
    const files = path.join(packs, 'builders/files/.sluice/agents');
    fs.mkdirSync(files, { recursive: true });
    const pack = {
      ...{ name: 'builders', title: 'Builders', description: 'x', workflow: 'x', opens: 'x' },
      ...{ packages: [], notes: [], next: [] },
    };
    fs.writeFileSync(path.join(packs, 'builders/pack.json'), JSON.stringify(pack));
    const command = [process.execPath, '-e', answers(GOOD)];
    fs.writeFileSync(
      path.join(files, 'planner.json'),
      JSON.stringify({ name: 'planner', command }),
    );
    fs.writeFileSync(path.join(files, 'coder.json'), '{}');
    const { folder, environment } = project;
    const terminal = new CapturedTerminal();
    const added = await sluiceOn(
      terminal,
      { folder, environment, packs },
      ...['plan', 'x', '--add-pack'],
    );
    assert.equal(added.code, 0, added.err);
    assert.match(
      added.err,
      /^Builders: 1 file added\.\n1 file is there already and differs: .*coder\.json\. Yours stay\.\n/m,
    );
    assert.deepEqual(plans(), ['add-login.yaml']);
  });

  it('sends a wrong list back, and keeps one that stays wrong with its problems', async () => {
    planner(
      `console.log(asked.includes('cannot be run') ? ${JSON.stringify(GOOD)} : ${JSON.stringify(BAD)});`,
    );
    const good = await sluice(project, 'plan', 'x');
    assert.equal(good.code, 0, good.err);
    assert.match(
      good.err,
      /The list has 1 problem; it goes back to the planner \(round 1\):\n- line \d+: .*"wizard"/,
    );
    planner(answers(BAD));
    const bad = await sluice(project, 'plan', 'x', '--run');
    assert.equal(bad.code, 1);
    assert.match(bad.err, /round 2/);
    assert.match(
      bad.err,
      /still wrong.*Mend it in \.sluice\/todos\/add-login-2\.yaml:\n- line \d+: .*"wizard"/,
    );
    assert.match(bad.out, /✗ add-login-2: 2 todos/);
    assert.match(bad.out, /sluice validate \.sluice\/todos\/add-login-2\.yaml\n$/);
    assert.match((await sluice(project, 'runs')).out, /^plan-2 .*\nplan-1 .*\n$/);
  });

  it('says where the answer is that is no list, and what goes on from there', async () => {
    planner(answers('No.'));
    const { code, err } = await sluice(project, 'plan', 'x');
    assert.equal(code, 1);
    assert.match(err, /no todo list, also not when it was told:\n- it is not JSON/);
    assert.match(err, /See what it answered: sluice show plan-1 plan\n/);
    assert.match(err, /Ask again: sluice rerun plan-1 plan {3}then: sluice plan --from plan-1\n/);
    assert.match((await sluice(project, 'show', 'plan-1', 'plan')).out, /No\./);
    planner(answers(GOOD));
    assert.equal((await sluice(project, 'plan', '--from', 'code')).code, 2);
  });

  it('keeps the plan where it is told, and never over a file', async () => {
    planner(answers(GOOD));
    const there = path.join(project.parent, 'kept.yaml');
    const { code, out, err } = await sluice(project, 'plan', 'x', '--out', there);
    assert.equal(code, 0, err);
    assert.ok(out.includes(`Run it: sluice run ${there}`), out);
    assert.deepEqual(plans(), []);
    const again = await sluice(project, 'plan', 'y', '--out', there);
    assert.equal(again.code, 2);
    assert.match(again.err, /is there already and is never written over\. Give another file\./);
    assert.doesNotMatch((await sluice(project, 'runs')).out, /plan-2/);
    // What stands there is another answer's.
    assert.equal((await sluice(project, 'plan', 'y')).code, 0);
    const late = await sluice(project, 'plan', '--from', 'plan-2', '--out', there);
    assert.equal(late.code, 1);
    assert.match(late.err, /Keep it with: sluice plan --from plan-2\n/);
    assert.deepEqual(plans(), ['add-login.yaml']);
  });

  it('runs the plan at once, up to the gate that asks about it', async () => {
    planner(answers(GOOD));
    const { code, out } = await sluice(project, 'plan', 'x', '--run');
    assert.equal(code, 3, out);
    assert.match(out, /Answer with: sluice approve add-login-\d approve-plan /);
    assert.deepEqual(project.notes(), []);
    const approved = await sluice(project, 'plan', 'y', '--run', '--approve', 'approve-plan');
    assert.equal(approved.code, 0, approved.err);
    assert.equal(project.notes().length, 2);
  });

  it('works in a folder without Git', async () => {
    await project.dispose();
    project = new TempProject('plain');
    project.agent('coder', '');
    planner(answers(GOOD));
    const { code } = await sluice(project, 'plan', 'x');
    assert.equal(code, 0);
    assert.deepEqual(plans(), ['add-login.yaml']);
  });

  it('goes on where a planner was killed at its work', async () => {
    planner(`note('asked'); await sign('go'); ${answers(GOOD)}`);
    const killed = project.spawn('plan', 'Add a login.');
    await project.noted('asked');
    killed.process.kill('SIGKILL');
    await killed.ended;
    project.give('go');
    const { code, err } = await sluice(project, 'plan', '--from', 'last');
    assert.equal(code, 0, err);
    assert.match(read('add-login.yaml'), /^request: Add a login\.\n(?:.*\n)*run: plan-1\n/m);
    assert.deepEqual(plans(), ['add-login.yaml']);
  });

  it('goes on with a list that had gone back, and pays for no answer twice', async () => {
    planner(
      `note(asked.includes('cannot be run') ? 'again' : 'first'); if (!asked.includes('cannot be run')) { console.log(${JSON.stringify(BAD)}); return; } await sign('go'); ${answers(GOOD)}`,
    );
    const killed = project.spawn('plan', 'x');
    await project.noted('again');
    killed.process.kill('SIGKILL');
    await killed.ended;
    project.give('go');
    const { code, err } = await sluice(project, 'plan', '--from', '1');
    assert.equal(code, 0, err);
    assert.equal(project.notes().filter((note) => note === 'first').length, 1);
    assert.deepEqual(plans(), ['add-login.yaml']);
    const again = await sluice(project, 'plan', '--from', '1');
    assert.match(again.out, /\(it stood there already\)/);
  });
});
