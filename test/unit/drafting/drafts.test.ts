import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { runOffers } from '../../../src/vscode/offers.ts';
import { runId, seen } from '../../support/runs.ts';
import { DraftRig, kept, list, problem, says, todo } from './draftRig.ts';

describe('A plan from a request', function () {
  this.timeout(20_000);

  let rig: DraftRig;
  beforeEach(async () => {
    rig = await DraftRig.open();
  });
  afterEach(() => rig.dispose());

  const chain = list([todo('page'), todo('tests', { dependencies: ['page'] })]);

  it('is kept as a todo list that says where it comes from, and asks before it is run', async () => {
    rig.provider.next(says(chain));
    const plan = kept(await rig.plan({ request: 'Add a login page.\nWith a "remember me".' }));
    assert.deepEqual(plan.faults, []);
    assert.equal(plan.file, '.sluice/todos/add-login.yaml');
    assert.deepEqual(plan.todos[1], {
      id: 'tests',
      title: 'Do tests',
      agent: 'coder',
      needs: ['page'],
      owns: [],
      tests: ['node --version'],
    });
    const text = rig.read(plan.file);
    assert.match(text, /^# A plan, drafted by an agent\..*\n#.* Run it: sluice run add-login\n/);
    assert.match(text, /^name: add-login\ntitle: Add a login\n/m);
    assert.match(text, /^request: \|-?\n {2}Add a login page\.\n {2}With a "remember me"\.\n/m);
    assert.match(text, /^date: \d{4}-\d\d-\d\dT\S+Z\nrun: plan-1\nagent: planner\n/m);
    assert.match(text, /^model: anthropic\/served-model\napproval: true\n/m);
    assert.match(text, /^todos:\n {2}- id: page\n {4}title: Do page\n {4}agent_role: coder\n/m);
    const entry = await rig.sluice.findWorkflow('add-login');
    assert.equal(entry?.kind, 'valid', JSON.stringify(entry?.diagnostics));
  });

  it('tells the planner of the agents, the project and the request, and nobody else of it', async () => {
    rig.project.write('package.json', JSON.stringify({ scripts: { test: 'x', lint: 'y' } }));
    rig.provider.next(says(chain));
    kept(await rig.plan({ request: 'Write "${{ inputs.x }}" into a file.' }));
    const { prompt } = rig.provider.requests[0]!;
    assert.match(prompt, /- coder: Writes code\./);
    assert.doesNotMatch(prompt, /- planner:/);
    assert.match(
      prompt,
      /- test: npm test \(package\.json\)\n- lint: npm run lint \(package\.json\)/,
    );
    assert.match(prompt, /<request>\nWrite "\$\{\{ inputs\.x \}\}" into a file\.\n<\/request>/);
    assert.equal(rig.provider.requests.length, 1);
  });

  it('is asked for again by the model runner where the answer is no list, then kept', async () => {
    rig.provider.next(says('Sure! First we …'), says(`Here it is:\n\`\`\`json\n${chain}\n\`\`\``));
    const rounds: number[] = [];
    const plan = kept(await rig.plan({}, { sentBack: (round) => rounds.push(round) }));
    assert.deepEqual([plan.faults, rounds], [[], []]);
    assert.equal(rig.provider.requests.length, 2);
  });

  it('goes back to the planner with all that only the readers of the folder see', async () => {
    const bad = list([
      todo('a', { dependencies: ['b'] }),
      todo('b', { dependencies: ['a', 'nowhere'] }),
      todo('c', { agent_role: 'wizard' }),
      todo('d', { acceptance_criteria: { tests: [{ cmd: 'The login works as expected.' }] } }),
      todo('d'),
    ]);
    rig.provider.next(says(bad), says(chain));
    const told: (readonly string[])[] = [];
    const plan = kept(await rig.plan({}, { sentBack: (_, faults) => told.push(faults) }));
    assert.deepEqual(plan.faults, []);
    assert.equal(told.length, 1);
    const all = told[0]!.join('\n');
    assert.match(all, /nowhere/);
    assert.match(all, /wizard/);
    assert.match(all, /The test "The login works as expected\." of "d" is no command/);
    assert.match(all, /^line \d+: There are two steps "d"/m);
    const { prompt } = rig.provider.requests[1]!;
    assert.match(prompt, /<request>\nAdd a login page\.\n<\/request>/);
    assert.match(prompt, /Your last list cannot be run\./);
    assert.match(prompt, /<list>\n# A plan.*\n(?:.*\n)*?todos:\n {2}- id: a\n/);
    assert.deepEqual(rig.plans(), ['add-login.yaml']);
    // One run, whose journal has both answers.
    assert.deepEqual(
      rig.sluice.runs().map(({ run }) => run),
      ['plan-1'],
    );
  });

  it('that is a circle alone goes back too', async () => {
    const circle = list([todo('a', { dependencies: ['b'] }), todo('b', { dependencies: ['a'] })]);
    rig.provider.next(says(circle), says(chain));
    const told: (readonly string[])[] = [];
    kept(await rig.plan({}, { sentBack: (_, faults) => told.push(faults) }));
    assert.match(told[0]!.join('\n'), /circle|cycle|each other/i);
  });

  it('that is never right is kept after two rounds, with what is still wrong', async () => {
    const bad = list([todo('a', { agent_role: 'wizard' })]);
    rig.provider.next(says(bad), says(bad), says(bad));
    const rounds: number[] = [];
    const plan = kept(await rig.plan({}, { sentBack: (round) => rounds.push(round) }));
    assert.deepEqual(rounds, [1, 2]);
    assert.equal(rig.provider.requests.length, 3);
    assert.equal(plan.faults.length, 1);
    assert.match(plan.faults[0]!, /^line \d+: .*wizard/);
    // The editor shows the same, as of any file.
    const shown = await rig.sluice.diagnosticsOf(plan.file);
    assert.ok(shown.some(({ message }) => message.includes('wizard')));
  });

  it('that is never a list is no plan: what is wrong is told, and nothing is lost', async () => {
    rig.provider.next(...Array.from({ length: 6 }, () => says('I would rather not.')));
    const { kind, message } = problem(await rig.plan());
    assert.equal(kind, 'answer');
    assert.match(message, /^What the planner of plan-1 answered is no todo list/);
    assert.match(message, /\n- it is not JSON/);
    assert.match(message, /output of the task "plan"/);
    assert.deepEqual(rig.plans(), []);
    // Asked again by a person, the rounds begin anew, and the plan is kept by the same run.
    const by = rig.sluice.actor;
    rig.provider.next(says(chain));
    const task = [...seen(rig.sluice, runId('plan-1')).state.tasks.keys()][0]!;
    const again = { kind: 'rerun', task, prompt: undefined, model: undefined } as const;
    await rig.sluice.request(runId('plan-1'), { ...again, withoutCache: true, by });
    await rig.sluice.active(runId('plan-1'))?.ended;
    assert.equal(kept(await rig.drafts.settle(runId('plan-1'))).name, 'add-login');
  });

  it('never stands over a file: a number is added, also to a name a person gave', async () => {
    rig.project.write('.sluice/todos/add-login.yaml', 'mine');
    rig.project.workflow('Add-Login-2', { one: { agent: 'coder', prompt: 'x' } });
    rig.provider.next(says(chain), says(chain));
    assert.equal(kept(await rig.plan()).file, '.sluice/todos/add-login-3.yaml');
    assert.equal(rig.read('.sluice/todos/add-login.yaml'), 'mine');
    assert.equal(kept(await rig.plan({ name: 'add-login' })).name, 'add-login-4');
  });

  it('is called as its request begins where nobody gives it a name', async () => {
    rig.provider.next(says(list([todo('a')], { name: null, title: null })));
    const { name } = kept(
      await rig.plan({ request: 'Überall: make the  footer blue, please now' }),
    );
    assert.equal(name, 'uberall-make-the-footer-blue-please');
  });

  it('is kept once: whoever asks again is told where it stands, edited or not', async () => {
    rig.provider.next(says(chain));
    const first = kept(await rig.plan());
    fs.appendFileSync(path.join(rig.project.folder, first.file), '# mine\n');
    assert.ok(runOffers(seen(rig.sluice, first.run)).includes('keepPlan'));
    const again = kept(await rig.drafts.settle(first.run));
    assert.deepEqual([first.isNew, again.isNew, again.file], [true, false, first.file]);
    assert.match(rig.read(first.file), /# mine\n$/);
    assert.deepEqual(rig.plans(), ['add-login.yaml']);
  });

  it('may not change a file of the project, whatever its planner would', async () => {
    rig.project.agent(
      'hasty',
      `fs.writeFileSync('made.txt', 'x'); console.log(${JSON.stringify(chain)});`,
    );
    await rig.sluice.refreshDefinitions();
    const { message } = problem(await rig.plan({ agent: 'hasty' }));
    assert.match(message, /^"hasty" came to no plan: .*made\.txt/);
  });
});
