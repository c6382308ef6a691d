import assert from 'node:assert/strict';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { workflowOfAgent } from '../../../src/core/startRequest.ts';
import { reached, runId, seen, start, taskId } from '../../support/runs.ts';

describe('A run that is started', function () {
  this.timeout(20_000);

  let project: TempProject;
  let sluice: Sluice;

  beforeEach(() => {
    project = new TempProject('plain');
  });
  afterEach(() => project.dispose());

  async function problemOf(inputs: Readonly<Record<string, string>>): Promise<string | undefined> {
    const entry = await sluice.findWorkflow('greet');
    assert.equal(entry?.kind, 'valid');
    const { workflow } = entry;
    const started = await sluice.start({
      workflow,
      inputs,
      approveGate: () => false,
      leaveAtGates: false,
    });
    return started.ok ? undefined : started.error.message;
  }

  it('gets its inputs, their defaults, and is refused when one is missing or unknown', async () => {
    project.agent('echo', `note(process.env.WORDS + '|' + fs.readFileSync(0));`);
    project.workflow(
      'greet',
      {
        say: {
          agent: 'echo',
          prompt: 'Greet ${{ inputs.whom }} in ${{ run.id }}',
          env: { WORDS: '${{ inputs.words }}' },
        },
      },
      { inputs: { whom: null, words: 'Good morning' } },
    );
    sluice = await project.open();
    assert.equal(await problemOf({}), 'greet needs a value for whom.');
    assert.equal(
      await problemOf({ whom: 'Ada', who: 'Ada' }),
      'greet has no input who. It takes whom, words.',
    );
    assert.equal(
      await problemOf({ constructor: 'x' }),
      'greet has no input constructor. It takes whom, words.',
    );
    assert.deepEqual(sluice.runs(), [], 'nothing was started');
    const { ended } = await start(sluice, 'greet', { inputs: { whom: '$(Ada); `Bob`' } });
    await ended;
    assert.deepEqual(project.notes(), ['Good morning|Greet $(Ada); `Bob` in greet-1']);
  });

  it('is not changed by an edit of its workflow, its agents or the files it works on', async () => {
    project.write('text.txt', 'as it was\n');
    project.agent('holds', `note('holds'); await sign('edited');`);
    project.agent('tells', `note('told ' + fs.readFileSync('text.txt', 'utf8').trim());`);
    project.workflow('edited', {
      first: { agent: 'holds' },
      then: { agent: 'tells', needs: 'first' },
    });
    sluice = await project.open();
    const { run, ended } = await start(sluice, 'edited');
    await project.noted('holds');
    project.write('text.txt', 'as it became\n');
    project.agent('tells', `note('another agent');`);
    project.workflow('edited', {
      first: { agent: 'holds' },
      then: { agent: 'tells', needs: 'first' },
      more: { agent: 'tells' },
    });
    await sluice.refreshDefinitions();
    project.give('edited');
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    assert.deepEqual([...seen(sluice, run).state.tasks.keys()], ['first', 'then']);
    assert.deepEqual(project.notes(), ['holds', 'told as it was']);

    await (
      await start(sluice, 'edited')
    ).ended;
    assert.deepEqual(
      project.notes().slice(2).sort(),
      ['another agent', 'another agent', 'holds'],
      'the next run is of what is written now',
    );
  });

  it('works through files that were removed while it runs', async () => {
    project.agent('holds', `note('holds'); await sign('removed');`);
    project.workflow('gone', { only: { agent: 'holds' } });
    sluice = await project.open();
    const { run, ended } = await start(sluice, 'gone');
    await project.noted('holds');
    project.remove('.sluice');
    await sluice.refreshDefinitions();
    assert.deepEqual(sluice.definitions.workflows, []);
    project.give('removed');
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    assert.match(await sluice.taskPage(run, taskId('only')), /Agent: holds/);
  });

  it('may be of one agent by itself', async () => {
    project.agent('Check It!', `note('checked'); console.log('fine');`);
    sluice = await project.open();
    const [entry] = sluice.definitions.agents;
    assert.equal(entry?.kind, 'valid');
    const started = await sluice.start({
      workflow: workflowOfAgent(entry.agent),
      inputs: {},
      approveGate: () => false,
      leaveAtGates: false,
    });
    assert.ok(started.ok);
    assert.deepEqual(await started.value.ended, { kind: 'finished', status: 'succeeded' });
    assert.equal(started.value.run, 'check-it-1');
    assert.match(await sluice.taskPage(started.value.run, taskId('check-it')), /\nfine\n/);
  });

  it('keeps to as many tasks at once as it is told, else as its workflow says', async () => {
    project.agent('holds', `note('holds'); await sign('go');`);
    project.workflow(
      'wide',
      Object.fromEntries(['a', 'b', 'c'].map((id) => [id, { agent: 'holds' }])),
      {
        'max-parallel': 2,
      },
    );
    sluice = await project.open();
    const two = await start(sluice, 'wide', { usualParallel: 7 });
    await project.noted('holds', 2);
    assert.equal(seen(sluice, two.run).state.frontier.running.size, 2);
    const one = await start(sluice, 'wide', { maxParallel: 1 });
    await reached(sluice, one.run, 'a', 'running');
    assert.equal(seen(sluice, one.run).state.frontier.running.size, 1);
    project.give('go');
    await Promise.all([one.ended, two.ended]);
    assert.equal(project.notes().length, 6);
  });

  it('goes on when one of its tasks fails, and ends degraded', async () => {
    project.agent('fails', `console.error('no luck'); process.exitCode = 3;`);
    project.agent('works', '');
    project.workflow('mixed', {
      bad: { agent: 'fails' },
      good: { agent: 'works' },
      'after-bad': { agent: 'works', needs: 'bad' },
      'after-good': { agent: 'works', needs: 'good' },
    });
    sluice = await project.open();
    const { run, ended } = await start(sluice, 'mixed');
    assert.deepEqual(await ended, { kind: 'finished', status: 'degraded' });
    const bad = seen(sluice, run).state.tasks.get(taskId('bad'));
    assert.deepEqual(bad?.kind === 'failed' && bad.failure, {
      reason: 'exited',
      command: process.execPath,
      code: 3,
      tail: 'no luck',
    });
  });

  it('is not there to be asked anything when there is no such run', async () => {
    sluice = await project.open();
    const run = runId('nothing-9');
    assert.equal(sluice.run(run), undefined);
    assert.equal((await sluice.resume(run)).ok, false);
    assert.deepEqual(await sluice.request(run, { kind: 'cancel', by: sluice.actor }), {
      kind: 'refused',
      why: 'nothing-9 is not a run of this folder',
    });
    assert.equal(await sluice.taskPage(run, taskId('a')), 'There is no run nothing-9 here.\n');
    assert.equal(await sluice.artifact(run, taskId('a'), 'x'), undefined);
  });
});
