import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Agent, CommandSpec } from '../../../src/core/domain/agent.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';
import { stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import type { RetryRule, RunPlan } from '../../../src/core/domain/workflow.ts';
import { DriverRig, PERSON } from '../../support/driverRig.ts';
import { plan, planWith, step } from '../../support/plans.ts';

describe('The attempts of a task', () => {
  let rig: DriverRig;

  function drive(what: RunPlan): void {
    rig = new DriverRig(what);
    rig.start();
  }

  afterEach(() => rig.dispose());

  const id = (name: string) => taskIdOf(stepId(name));

  function failureOf(name: string): Failure | undefined {
    const task = rig.state().tasks.get(id(name));
    return task?.kind === 'failed' ? task.failure : undefined;
  }

  /** A plan whose agents have these parts. */
  function withRunner(of: RunPlan, parts: Partial<CommandSpec>): RunPlan {
    const agents = Object.entries(of.agents).map(([name, agent]): [string, Agent] => [
      name,
      { ...agent, runner: { ...(agent.runner as CommandSpec), ...parts } },
    ]);
    return { ...of, agents: Object.fromEntries(agents) };
  }

  describe('that may be repeated', () => {
    const retry: RetryRule = { attempts: 3, delayMs: 1000, maxDelayMs: 1500, on: undefined };

    it('are made again after a wait that doubles, up to its limit, and then the task fails', async () => {
      drive(plan(step('a', [], { retry })));
      (await rig.attempt('a')).fail();
      await rig.until(() => rig.types().includes('task-retried'));
      // The rig draws no chance: the lower half of the spread.
      assert.deepEqual([...rig.state().frontier.delayed.values()], [rig.clock.now() + 500]);
      rig.clock.advance(499);
      assert.equal(rig.begun('a', 2), undefined);
      rig.clock.advance(1);
      (await rig.until(() => rig.begun('a', 2))).fail();
      await rig.until(() => rig.state().frontier.delayed.size === 1);
      assert.deepEqual([...rig.state().frontier.delayed.values()], [rig.clock.now() + 750]);
      rig.clock.advance(750);
      (await rig.until(() => rig.begun('a', 3))).fail();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'failed' });
    });

    it('wait on after a crash for what is left of the time', async () => {
      drive(plan(step('a', [], { retry })));
      (await rig.attempt('a')).fail();
      await rig.until(() => rig.types().includes('task-retried'));
      rig.detach();
      await rig.end();
      rig.clock.advance(400);
      rig.start();
      rig.clock.advance(99);
      assert.equal(rig.begun('a', 2), undefined);
      rig.clock.advance(1);
      (await rig.until(() => rig.begun('a', 2))).succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });

    it('are not made again for what another attempt cannot cure, or what is not named', async () => {
      drive(
        plan(step('a', [], { retry }), step('b', [], { retry: { ...retry, on: ['timed-out'] } })),
      );
      (await rig.attempt('a')).fail({
        reason: 'command-not-found',
        command: 'x',
        install: undefined,
      });
      (await rig.attempt('b')).fail();
      await rig.end();
      assert.deepEqual(
        [failureOf('a')?.reason, failureOf('b')?.reason],
        ['command-not-found', 'exited'],
      );
    });

    it('are counted anew when a person asks for the task again', async () => {
      drive(plan(step('a', [], { retry: { ...retry, attempts: 2 } })));
      (await rig.attempt('a')).fail();
      await rig.until(() => rig.types().includes('task-retried'));
      rig.clock.advance(1000);
      (await rig.until(() => rig.begun('a', 2))).fail();
      await rig.end();
      rig.start();
      await rig.ask({
        kind: 'rerun',
        task: id('a'),
        prompt: undefined,
        model: undefined,
        withoutCache: false,
        by: PERSON,
      });
      (await rig.until(() => rig.begun('a', 3))).fail();
      await rig.until(() => rig.state().frontier.delayed.size === 1);
      rig.clock.advance(1000);
      (await rig.until(() => rig.begun('a', 4))).succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });
  });

  describe('with conditions', () => {
    it('are made only where these hold, and nothing went wrong where they do not', async () => {
      drive(
        planWith(
          { inputs: { deep: 'no' } },
          step('a', [], { condition: "inputs.deep == 'yes'" }),
          step('after-a', ['a']),
          step('b', [], { condition: "inputs.deep != 'yes'" }),
        ),
      );
      (await rig.attempt('b')).succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
      assert.deepEqual(rig.kinds(), { a: 'skipped', 'after-a': 'skipped', b: 'succeeded' });
    });

    it('see how a step ended and what it said', async () => {
      drive(
        plan(
          step('lint'),
          step('fix', ['lint'], { condition: "steps.lint.output == 'dirty'" }),
          step('tests'),
          step('report', ['tests'], { condition: "steps.tests.status == 'failed'" }),
          step('always', ['tests'], { condition: 'always()' }),
          step('success', ['tests'], { condition: 'success()' }),
        ),
      );
      (await rig.attempt('lint')).succeed('dirty\n');
      (await rig.attempt('tests')).fail();
      for (const wanted of ['fix', 'report', 'always']) {
        (await rig.attempt(wanted)).succeed();
      }
      await rig.end();
      assert.equal(rig.kinds()['success'], 'skipped');
    });

    it('fail where they cannot be judged', async () => {
      drive(plan(step('a', [], { condition: 'inputs.nothing' })));
      await rig.end();
      assert.deepEqual(failureOf('a'), {
        reason: 'expression',
        where: 'a.if',
        message: 'There is no value inputs.nothing.',
      });
    });

    it('let the next phase begin when a step of this one was not wanted', async () => {
      const check = { command: ['make', 'check'] as const, timeoutMs: 1000 };
      drive(
        planWith(
          {
            workflow: {
              phases: [
                { name: 'build', steps: [stepId('a'), stepId('b')], checks: [check] },
                { name: 'ship', steps: [stepId('c')], checks: [] },
              ],
            },
          },
          step('a', [], { produces: ['out.txt'] }),
          step('b', [], { condition: "run.id == 'x'" }),
          step('c'),
        ),
      );
      (await rig.attempt('a')).succeed('', { 'out.txt': 'made' });
      const checked = await rig.attempt('build.check');
      const laid = fs.readFileSync(path.join(checked.request.folder, 'out.txt'), 'utf8');
      assert.equal(laid, 'made', 'the check sees what the phase made');
      assert.equal(rig.kinds()['c'], 'pending');
      checked.succeed();
      (await rig.attempt('c')).succeed();
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });
  });

  describe('that are looked at before they count', () => {
    const produces = [
      { path: 'out.json', schema: { type: 'object', required: ['total'] } },
    ] as const;

    it('fail when a file is not as its schema says', async () => {
      drive(plan(step('a', [], { produces })));
      (await rig.attempt('a')).succeed('', { 'out.json': '{}' });
      await rig.end();
      const failure = failureOf('a');
      assert.equal(failure?.reason, 'bad-product');
    });

    it('count when it is', async () => {
      drive(plan(step('a', [], { produces })));
      (await rig.attempt('a')).succeed('', { 'out.json': '{"total": 3}' });
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });

    it('fail at the first check that does not exit with 0, and keep what it printed', async () => {
      const check = (word: string) => ({ command: [word] as const, timeoutMs: 1000 });
      rig = new DriverRig(plan(step('a', [], { checks: [check('first'), check('second')] })));
      const ran: string[] = [];
      for (const [word, code] of [
        ['first', 1],
        ['second', 0],
      ] as const) {
        rig.checks.set(word, () => {
          ran.push(word);
          return { code, tail: 'no' };
        });
      }
      rig.start();
      (await rig.attempt('a')).succeed();
      await rig.end();
      assert.deepEqual(failureOf('a'), {
        reason: 'check-failed',
        command: 'first',
        code: 1,
        tail: 'no',
      });
      assert.deepEqual(ran, ['first']);
    });
  });

  describe('with effects elsewhere', () => {
    const external = plan(step('a', [], { effects: 'external', produces: ['made'] }));

    /** Drives until the attempt of `a` has a process, and cuts it off as a crash does. */
    async function cutOff(of: RunPlan, files: Readonly<Record<string, string>> = {}) {
      rig = new DriverRig(of);
      rig.stopsAtOnce = true;
      rig.start();
      const a = await rig.attempt('a');
      for (const [name, content] of Object.entries(files)) {
        fs.writeFileSync(path.join(a.request.folder, name), content);
      }
      a.begin();
      await rig.until(() => rig.types().includes('task-process'));
      rig.detach();
      await rig.end();
    }

    it('are shown to a person when they were cut off, who counts what they made', async () => {
      await cutOff(external, { made: 'x' });
      rig.start();
      await rig.until(() => rig.kinds()['a'] === 'unknown');
      const outcome = await rig.ask({ kind: 'accept', task: id('a'), by: PERSON });
      assert.deepEqual(outcome, { kind: 'accepted' });
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
      const a = rig.state().tasks.get(id('a'));
      assert.deepEqual(a?.kind === 'succeeded' && [a.accepted, a.artifacts.length], [PERSON, 1]);
    });

    it('are not counted when what they must make is not there', async () => {
      await cutOff(external);
      rig.start();
      await rig.until(() => rig.kinds()['a'] === 'unknown');
      const outcome = await rig.ask({ kind: 'accept', task: id('a'), by: PERSON });
      assert.match(outcome.kind === 'refused' ? outcome.why : '', /made/);
      assert.equal(rig.kinds()['a'], 'unknown');
      await rig.ask({
        kind: 'rerun',
        task: id('a'),
        prompt: undefined,
        model: undefined,
        withoutCache: false,
        by: PERSON,
      });
      (await rig.until(() => rig.begun('a', 2))).succeed('', { made: 'y' });
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    });

    it('are looked into by their own probe first', async () => {
      const probe = { command: ['probe'] as const, timeoutMs: 1000 };
      const expected = { 0: 'succeeded', 1: 'running', 2: 'unknown' } as const;
      for (const code of [0, 1, 2] as const) {
        await cutOff(withRunner(external, { probe }), { made: 'x' });
        rig.checks.set('probe', () => ({ code, tail: '' }));
        rig.start();
        await rig.until(() => rig.kinds()['a'] === expected[code]);
        rig.detach();
        await rig.end();
        rig.dispose();
      }
    });

    it('are never repeated unasked when a pause interrupts them', async () => {
      drive(external);
      const a = await rig.attempt('a');
      a.begin();
      await rig.until(() => rig.types().includes('task-process'));
      await rig.ask({ kind: 'pause', running: 'interrupt', by: PERSON });
      await rig.until(() => rig.kinds()['a'] === 'unknown');
      await rig.ask({ kind: 'unpause', by: PERSON });
      assert.equal(rig.kinds()['a'], 'unknown');
      await rig.ask({ kind: 'cancel', by: PERSON });
      assert.deepEqual(await rig.end(), { kind: 'finished', status: 'cancelled' });
    });
  });
});
