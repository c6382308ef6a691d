import assert from 'node:assert/strict';
import { stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import type { Step } from '../../../src/core/domain/workflow.ts';
import { DriverRig, PERSON } from '../../support/driverRig.ts';
import { nested, planWith, step, textInput, workflowOf } from '../../support/plans.ts';

const OUT = '${{ steps.list.output }}';
const id = (name: string) => taskIdOf(stepId(name));

describe('A step whose lanes are what another has printed', () => {
  let rig: DriverRig;

  function drive(...steps: readonly Step[]): void {
    rig = new DriverRig(
      planWith(
        {
          maxParallel: 10,
          workflows: [
            {
              ...workflowOf(
                'inner',
                step('x', [], { prompt: '${{ inputs.it }}' }),
                step('y', ['x']),
              ),
              inputs: { it: textInput() },
            },
          ],
        },
        ...steps,
      ),
    );
    rig.start();
  }

  afterEach(() => rig.dispose());

  async function succeed(task: string, output = '', attempt = 1): Promise<void> {
    (await rig.until(() => rig.begun(task, attempt))).succeed(output);
    await rig.until(() => rig.kinds()[task] === 'succeeded');
  }

  const lanesOf = (name: string) =>
    Object.keys(rig.kinds()).filter((task) => task.startsWith(`${name}.`));

  it('stands for them until they are known, and becomes them', async () => {
    drive(
      step('list'),
      step('each', ['list'], { matrix: { it: OUT }, prompt: 'on ${{ matrix.it }}' }),
      step('sum', ['each'], { prompt: '${{ steps.each.output }}' }),
    );
    await rig.attempt('list');
    assert.deepEqual(rig.kinds(), { list: 'running', each: 'pending', sum: 'pending' });
    await succeed('list', '["one", "two"]\n');
    assert.equal((await rig.attempt('each.one')).request.prompt, 'on one');
    assert.deepEqual(Object.keys(rig.kinds()), ['list', 'each.one', 'each.two', 'sum']);
    await succeed('each.two', 'II');
    assert.equal(rig.kinds()['sum'], 'pending');
    await succeed('each.one', 'I');
    assert.equal((await rig.attempt('sum')).request.prompt, 'I\n\nII');
    await succeed('sum');
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    assert.equal(rig.types().filter((type) => type === 'plan-changed').length, 1);
  });

  it('is followed lane by lane by a step of the same lanes', async () => {
    drive(
      step('list'),
      step('each', ['list'], { matrix: { it: OUT } }),
      step('then', ['each'], { matrix: { it: OUT }, prompt: '${{ steps.each.output }}' }),
    );
    await succeed('list', 'one\ntwo');
    await succeed('each.two', 'II');
    assert.equal((await rig.attempt('then.two')).request.prompt, 'II');
    assert.deepEqual(rig.running(), ['each.one', 'then.two']);
  });

  it('may be a whole workflow', async () => {
    drive(
      step('list'),
      nested('each', ['list'], 'inner', { matrix: { it: OUT }, with: { it: '${{ matrix.it }}' } }),
      step('sum', ['each']),
    );
    await rig.attempt('list');
    assert.deepEqual(lanesOf('each'), ['each.x', 'each.y']);
    await succeed('list', '["one", "two"]');
    assert.equal((await rig.attempt('each.two.x')).request.prompt, 'two');
    assert.deepEqual(lanesOf('each'), ['each.one.x', 'each.one.y', 'each.two.x', 'each.two.y']);
  });

  it('may take its lanes from lanes', async () => {
    drive(
      step('list'),
      step('each', ['list'], { matrix: { it: OUT } }),
      step('file', ['each'], { matrix: { f: '${{ steps.each.output }}' } }),
    );
    await succeed('list', 'one\ntwo');
    await succeed('each.one', 'a\nb');
    assert.deepEqual(lanesOf('file'), []);
    await succeed('each.two', 'c');
    await rig.attempt('file.c');
    assert.deepEqual(lanesOf('file'), ['file.a', 'file.b', 'file.c']);
    assert.equal(rig.kinds()['each.one'], 'succeeded');
  });

  it('fails with the reason where they cannot be told, and can be told again', async () => {
    drive(step('list'), step('each', ['list'], { matrix: { it: OUT } }), step('other'));
    await succeed('list', '[{"no": "text"}]');
    await rig.until(() => rig.kinds()['each'] === 'failed');
    const failed = rig.state().tasks.get(id('each'));
    assert.match(JSON.stringify(failed), /each\.matrix.*cannot be a value/);
    assert.deepEqual(
      await rig.ask({
        kind: 'rerun',
        task: id('list'),
        prompt: undefined,
        model: undefined,
        withoutCache: false,
        by: PERSON,
      }),
      { kind: 'accepted' },
    );
    await succeed('list', 'fine', 2);
    await succeed('each.fine');
    await succeed('other');
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('is skipped with what it was to be told from', async () => {
    drive(step('list'), step('each', ['list'], { matrix: { it: OUT } }));
    (await rig.attempt('list')).fail();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'failed' });
    assert.deepEqual(rig.kinds(), { list: 'failed', each: 'skipped' });
  });

  it('is told anew when that is made again; lanes that come back know of their attempts', async () => {
    drive(
      step('list'),
      step('each', ['list'], { matrix: { it: OUT } }),
      step('more'),
      step('side', ['more'], { matrix: { s: '${{ steps.more.output }}' } }),
    );
    await succeed('list', 'one\ntwo');
    await succeed('more', 'left\nright');
    for (const task of ['each.one', 'each.two', 'side.left', 'side.right']) {
      await succeed(task);
    }
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    rig.start({ leaveAtGates: true });
    await rig.ask({
      kind: 'rerun',
      task: id('list'),
      prompt: undefined,
      model: undefined,
      withoutCache: false,
      by: PERSON,
    });
    await rig.until(() => rig.begun('list', 2));
    assert.deepEqual(rig.kinds(), {
      list: 'running',
      each: 'pending',
      more: 'succeeded',
      'side.left': 'succeeded',
      'side.right': 'succeeded',
    });
    await succeed('list', 'two\nthree', 2);
    await succeed('each.two', '', 2);
    await succeed('each.three');
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(Object.keys(rig.kinds()), [
      'list',
      'each.two',
      'each.three',
      'more',
      'side.left',
      'side.right',
    ]);
  });

  it('is held with all its lanes by who held it before they were known', async () => {
    drive(
      step('list'),
      step('each', ['list'], { matrix: { it: OUT } }),
      step('side', ['list'], { matrix: { it: OUT } }),
    );
    const hold = (task: string, kind: 'hold' | 'release') =>
      rig.ask({ kind, task: id(task), by: PERSON });
    assert.deepEqual(await hold('each', 'hold'), { kind: 'accepted' });
    await succeed('list', 'one\ntwo');
    await succeed('side.one');
    await succeed('side.two');
    assert.deepEqual([...rig.state().held.keys()], ['each.one', 'each.two']);
    assert.deepEqual(rig.running(), []);
    assert.deepEqual(await hold('each.one', 'release'), { kind: 'accepted' });
    await succeed('each.one');
    assert.deepEqual(await hold('each.two', 'release'), { kind: 'accepted' });
    await succeed('each.two');
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('is the same for the next driver', async () => {
    drive(step('list'), step('each', ['list'], { matrix: { it: OUT } }));
    await succeed('list', 'one\ntwo');
    await succeed('each.one');
    await rig.attempt('each.two');
    rig.detach();
    await rig.end();
    rig.start();
    (await rig.until(() => rig.begun('each.two', 2))).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('has no more lanes under way than it says', async () => {
    drive(
      step('free'),
      nested('each', [], 'inner', {
        matrix: { it: ['1', '2', '3'] },
        maxParallel: 2,
        with: { it: '${{ matrix.it }}' },
      }),
    );
    await rig.attempt('free');
    assert.deepEqual(rig.running(), ['each.1.x', 'each.2.x', 'free']);
    await succeed('each.2.x');
    await rig.attempt('each.2.y');
    assert.deepEqual(rig.running(), ['each.1.x', 'each.2.y', 'free']);
    await succeed('each.2.y');
    await rig.attempt('each.3.x');
    assert.deepEqual(rig.running(), ['each.1.x', 'each.3.x', 'free']);
  });
});
