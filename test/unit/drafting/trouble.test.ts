import assert from 'node:assert/strict';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import { answer, kinds, reached, runId, start } from '../../support/runs.ts';
import { DraftRig, kept, list, problem, says, todo } from './draftRig.ts';

describe('A plan in trouble', function () {
  this.timeout(20_000);

  let rig: DraftRig;
  beforeEach(async () => {
    rig = await DraftRig.open();
  });
  afterEach(() => rig.dispose());

  const good = list([todo('page'), todo('tests', { dependencies: ['page'] })]);

  it('loses nothing to a full disk: the list stays with its run, and is kept when there is room', async () => {
    rig.provider.next(says(good));
    const full = new FaultyDisk({ kind: 'error', at: 1, code: 'ENOSPC' });
    await rig.reopen({}, full.disk);
    const { kind, message } = problem(await rig.plan());
    assert.equal(kind, 'file');
    assert.match(
      message,
      /^The plan was not kept: "\.sluice\/todos\/add-login\.yaml" could not be written.*ENOSPC/,
    );
    assert.match(message, /The list stands in plan-1; keep its plan again/);
    assert.deepEqual(rig.plans(), []);
    await rig.reopen();
    assert.equal(kept(await rig.drafts.settle(runId('plan-1'))).isNew, true);
    assert.equal(rig.provider.requests.length, 1);
  });

  it('is written by another program where the first one was gone between answer and file', async () => {
    rig.provider.next(says(good));
    const run = await rig.begin({ request: 'Add a login.', name: 'mine' });
    await rig.sluice.active(run)?.ended;
    await rig.sluice.close();
    await rig.reopen();
    const plan = kept(await rig.drafts.settle(run));
    assert.deepEqual([plan.name, plan.isNew], ['mine', true]);
    assert.equal(rig.provider.requests.length, 1);
  });

  it('is told where no model can be asked, and stays to be asked for again', async () => {
    rig.project.write(
      '.sluice/agents/planner.md',
      '---\nname: planner\ndescription: Plans.\nmodel: openai/none\n---\n\nx\n',
    );
    await rig.sluice.refreshDefinitions();
    const { kind, message } = problem(await rig.plan());
    assert.equal(kind, 'answer');
    assert.match(message, /^"planner" came to no plan: .*openai/);
    assert.match(message, /The request is kept with plan-1/);
  });

  it('is told of a planner whose file is wrong, at its place', async () => {
    rig.project.write('.sluice/agents/planner.md', '---\nname: planner\nowns: 7\n---\n\nx\n');
    await rig.sluice.refreshDefinitions();
    const { kind, message, at } = problem(await rig.drafts.prepare({ request: 'x' }));
    assert.equal(kind, 'request');
    assert.match(
      message,
      /The agent "planner" cannot plan before its file .*planner\.md is mended/,
    );
    assert.equal(at?.file, '.sluice/agents/planner.md');
  });

  it('is of no run that drafts none', async () => {
    rig.project.agent('quick', '');
    rig.project.workflow('plan', { plan: { agent: 'quick' } });
    await rig.sluice.refreshDefinitions();
    const { run, ended } = await start(rig.sluice, 'plan');
    await ended;
    assert.match(problem(await rig.drafts.settle(run)).message, /plan-1 drafts no plan/);
    assert.match(problem(await rig.drafts.settle(runId('plan-9'))).message, /not a run/);
  });

  it('is cancelled like any run, and what was asked stays with it', async () => {
    rig.project.agent('slow', "note('begun'); await sign('never');");
    await rig.sluice.refreshDefinitions();
    const run = await rig.begin({ request: 'x', agent: 'slow' });
    const settling = rig.drafts.settle(run);
    await rig.project.noted('begun');
    await rig.sluice.request(run, { kind: 'cancel', by: rig.sluice.actor });
    assert.match(problem(await settling).message, /^plan-1 was cancelled before there was a plan/);
  });

  it('goes back to its planner where todos that may run side by side own the same paths', async () => {
    const both = list([todo('a', { owns: ['src/**'] }), todo('b', { owns: ['src/x.ts'] })]);
    rig.provider.next(says(both), says(good));
    const told: (readonly string[])[] = [];
    kept(await rig.plan({}, { sentBack: (_, faults) => told.push(faults) }));
    assert.match(told[0]?.join('\n') ?? '', /may run at the same time.*own some of the same paths/);
  });

  it('is a workflow once it is kept: it begins with the gate, and then with its todos, again and again', async () => {
    rig.project.agent('worker', "note('worked');");
    await rig.sluice.refreshDefinitions();
    rig.provider.next(says(list([todo('page', { agent_role: 'Worker' })])));
    const { name } = kept(await rig.plan());
    for (let times = 1; times <= 2; times += 1) {
      const { run, ended } = await start(rig.sluice, name);
      await reached(rig.sluice, run, 'approve-plan', 'waiting');
      assert.deepEqual(kinds(rig.sluice, run), { 'approve-plan': 'waiting', page: 'pending' });
      await answer(rig.sluice, run, 'approve-plan', 'approved');
      await ended;
      assert.deepEqual(kinds(rig.sluice, run), { 'approve-plan': 'approved', page: 'succeeded' });
    }
  });
});
