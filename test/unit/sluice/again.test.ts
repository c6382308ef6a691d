import assert from 'node:assert/strict';
import { taskIdOf, stepId, type RunId } from '../../../src/core/domain/ids.ts';
import type { RunRequest } from '../../../src/core/domain/request.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { kinds, reached, seen, start, taskOf, until } from '../../support/runs.ts';
import { digestCheckout, problemsIn } from '../../support/tempRepository.ts';

describe('A run that a person goes back to', function () {
  this.timeout(30_000);

  let project: TempProject;
  let sluice: Sluice;
  const never = new AbortController().signal;

  beforeEach(() => {
    project = new TempProject();
  });
  afterEach(() => project.dispose());

  const id = (name: string) => taskIdOf(stepId(name));

  async function ask(
    run: RunId,
    request: { kind: RunRequest['kind'] } & Record<string, unknown>,
    of: Sluice = sluice,
  ) {
    const outcome = await of.request(run, { by: of.actor, ...request } as unknown as RunRequest);
    assert.deepEqual(outcome, { kind: 'accepted' });
  }

  const rerun = (task: string) =>
    ({ kind: 'rerun', task: id(task), prompt: undefined, model: undefined }) as const;

  it('makes a task of a finished run again; its branch goes on, and each result keeps its tag', async () => {
    project.agent(
      'draft',
      `note('drafts'); fs.writeFileSync('draft.md', String(process.env.SLUICE_ATTEMPT).split('.')[1][0]);`,
    );
    project.workflow('write', { draft: { agent: 'draft', produces: 'draft.md' } });
    const base = project.repository.commit();
    const before = digestCheckout(project.folder);
    sluice = await project.open();
    const { run, ended } = await start(sluice, 'write');
    await ended;
    await ask(run, rerun('draft'));
    assert.deepEqual(await sluice.active(run)?.ended, { kind: 'finished', status: 'succeeded' });

    const git = (...args: string[]) => project.repository.git(...args).trim();
    const branch = `ai/generated/${run}/draft`;
    const [newest, first] = git('rev-list', branch).split('\n');
    assert.equal(git('rev-parse', `${branch}~2`), base);
    assert.equal(git('show', `${branch}:draft.md`), '2');
    assert.equal(git('rev-parse', `workflow_${run}_draft`), first);
    assert.equal(git('rev-parse', `workflow_${run}_draft__2`), newest);
    assert.equal(problemsIn(project.folder), '');
    assert.deepEqual(digestCheckout(project.folder), before);
    assert.deepEqual(project.notes(), ['drafts', 'drafts']);
  });

  it('is seen to go on by another program that had seen its end', async () => {
    project.agent('held', `note('begun'); await sign('go');`);
    project.workflow('one', { a: { agent: 'held' } });
    project.repository.commit();
    sluice = await project.open();
    const { run, ended } = await start(sluice, 'one');
    const viewer = await project.open();
    project.give('go');
    await ended;
    await until(viewer, () => seen(viewer, run).state.phase.kind === 'finished');
    await ask(run, rerun('a'));
    await until(viewer, () => {
      const a = taskOf(viewer, run, 'a');
      return a.kind === 'succeeded' && a.attempt === 2;
    });
    await sluice.active(run)?.ended;
  });

  it('lets a command run in a copy of what a task made, and in the copy it works in', async () => {
    project.agent('maker', `fs.writeFileSync('made.txt', 'made'); note('made'); await sign('go');`);
    project.workflow('one', { a: { agent: 'maker', produces: 'made.txt' } });
    project.write('there.txt', 'there');
    project.repository.commit();
    sluice = await project.open();
    const { run, ended } = await start(sluice, 'one');
    await project.noted('made');
    const cat = ['cat', 'made.txt', 'there.txt'] as const;
    const live = await sluice.runInWorkspace(run, id('a'), [...cat], never);
    assert.deepEqual(live, { ok: true, value: { exitCode: 0, output: 'madethere' } });
    project.give('go');
    await ended;
    const after = await sluice.runInWorkspace(run, id('a'), [...cat], never);
    assert.deepEqual(after, { ok: true, value: { exitCode: 0, output: 'madethere' } });
    assert.equal(seen(sluice, run).state.phase.kind, 'finished');
    const none = await sluice.runInWorkspace(run, id('b'), ['true'], never);
    assert.deepEqual(none, { ok: false, error: `${run} has no task b` });
  });

  it('runs lanes, a nested workflow and phases as they are written', async () => {
    project.agent('say', `process.stdout.write(process.env.WHAT); note(process.env.WHAT);`, {
      env: { WHAT: '${{ inputs.what }}' },
    });
    project.agent('lane', `process.stdout.write('lane ' + process.env.X + '\\n');`);
    project.agent('join', `note(process.env.ALL.replaceAll('\\n', '/'));`);
    project.workflow(
      'inner',
      { greet: { agent: 'say', env: { WHAT: 'hello ${{ inputs.who }}' } } },
      { inputs: { who: { description: 'whom' } } },
    );
    project.workflow('outer', {
      search: { agent: 'lane', matrix: { x: ['one', 'two'] }, env: { X: '${{ matrix.x }}' } },
      join: { agent: 'join', needs: 'search', env: { ALL: '${{ steps.search.output }}' } },
      sub: {
        workflow: 'inner',
        needs: 'join',
        with: { who: '${{ matrix.n }}' },
        matrix: { n: ['ada', 'bob'] },
      },
    });
    project.repository.commit();
    sluice = await project.open();
    const { run, ended } = await start(sluice, 'outer');
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(Object.keys(kinds(sluice, run)), [
      'search.one',
      'search.two',
      'join',
      'sub.ada.greet',
      'sub.bob.greet',
    ]);
    const [joined, ...greeted] = project.notes();
    assert.equal(joined, 'lane one//lane two');
    assert.deepEqual(greeted.sort(), ['hello ada', 'hello bob']);
  });

  it('waits in the journal for its next attempt, and goes on with that after a restart', async () => {
    project.agent(
      'flaky',
      `note('tries'); if (!fs.existsSync(process.env.DONE)) { fs.writeFileSync(process.env.DONE, ''); process.exit(3); }`,
      { env: { DONE: `${project.parent}/tried` } },
    );
    project.workflow('one', { a: { agent: 'flaky', retry: { attempts: 3, delay: '1s' } } });
    project.repository.commit();
    sluice = await project.open();
    const { run } = await start(sluice, 'one');
    await until(sluice, () => seen(sluice, run).state.frontier.delayed.size === 1);
    await sluice.close();
    sluice = await project.open();
    assert.equal(seen(sluice, run).state.frontier.delayed.size, 1);
    await sluice.resumeInterrupted();
    assert.deepEqual(await sluice.active(run)?.ended, { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(project.notes(), ['tries', 'tries']);
    await reached(sluice, run, 'a', 'succeeded');
  });
});
