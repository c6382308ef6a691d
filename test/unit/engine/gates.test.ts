import assert from 'node:assert/strict';
import { approvalsWith } from '../../../src/core/approvalKeys.ts';
import type { RunEvent } from '../../../src/core/domain/event.ts';
import type { TaskId } from '../../../src/core/domain/ids.ts';
import type { RequestOutcome, RunRequest } from '../../../src/core/domain/request.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { openGates } from '../../../src/core/projections/gates.ts';
import { DriverRig, PERSON } from '../../support/driverRig.ts';
import { gate, plan, step } from '../../support/plans.ts';

type Answer = Extract<RunRequest, { kind: 'answer' }>;

describe('A gate', () => {
  let rig: DriverRig;
  const drive = (of: RunPlan): void => {
    rig = new DriverRig(of);
    rig.start();
  };
  const opened = (task = 'ok') =>
    rig.until(() => rig.state().tasks.get(task as TaskId)?.kind === 'waiting');
  const answer = (over: Partial<Answer>, task = 'ok'): Promise<RequestOutcome> =>
    rig.ask(answerOf(over, task));
  const answerOf = (over: Partial<Answer>, task = 'ok'): Answer => {
    const at = rig.state().tasks.get(task as TaskId);
    assert.ok(at?.kind === 'waiting');
    return {
      ...{ kind: 'answer', task: task as TaskId, digest: at.digest, decision: 'approved' },
      ...{ by: PERSON, note: undefined, ...over },
    };
  };
  const open = () => {
    const [found] = openGates(rig.plan, rig.state());
    assert.ok(found !== undefined);
    return found;
  };
  afterEach(() => rig.dispose());

  describe('whose changes are requested', () => {
    const draft = () =>
      plan(
        step('draft', [], { prompt: 'Write it.', produces: ['a.md'] }),
        gate('ok', ['draft']),
        step('publish', ['ok']),
      );

    it('has its maker do it again, told of the note and of what it made', async () => {
      drive(draft());
      const first = await rig.attempt('draft');
      first.succeed('I wrote a.md', { 'a.md': 'a long text' });
      await opened();
      assert.deepEqual(await answer({ decision: 'changes-requested', note: 'shorter' }), {
        kind: 'accepted',
      });
      const again = await rig.attemptAfter(first);
      assert.equal(
        again.request.prompt,
        [
          'Write it.',
          'You have done this before, and were asked for changes:',
          '- ada: shorter',
          'This is what you made last. Make it anew, with the changes.',
          '--- Your answer\nI wrote a.md',
          '--- a.md\na long text',
        ].join('\n\n'),
      );
      again.succeed('again', { 'a.md': 'short' });
      await opened();
      await answer({});
      (await rig.attempt('publish')).succeed();
      assert.equal((await rig.end()).kind, 'finished');
      assert.deepEqual(rig.landed, [`ai/generated/${rig.state().run}/draft`]);
    });

    it('tells every note, the oldest first', async () => {
      drive(draft());
      const first = await rig.attempt('draft');
      first.succeed('1', { 'a.md': '1' });
      await opened();
      await answer({ decision: 'changes-requested', note: 'shorter' });
      const second = await rig.attemptAfter(first);
      second.succeed('2', { 'a.md': '2' });
      await opened();
      await answer({ decision: 'changes-requested', note: 'funnier' });
      const { prompt } = (await rig.attemptAfter(second)).request;
      assert.match(prompt, /- ada: shorter\n- ada: funnier/);
      assert.match(prompt, /--- a\.md\n2$/);
      await rig.cancel();
    });

    it('needs to be told what is to change', async () => {
      drive(draft());
      (await rig.attempt('draft')).succeed('', { 'a.md': 'x' });
      await opened();
      assert.deepEqual(await answer({ decision: 'changes-requested', note: ' ' }), {
        kind: 'refused',
        why: 'it does not say what is to be changed',
      });
      await rig.cancel();
    });

    it('leaves alone what is not asked to be made again', async () => {
      drive(plan(step('a'), step('b'), gate('ok', ['a', 'b'])));
      const [a, b] = [await rig.attempt('a'), await rig.attempt('b')];
      a.succeed();
      b.succeed();
      await opened();
      assert.deepEqual(open().makers, ['a', 'b']);
      await answer({ decision: 'changes-requested', note: 'x', redo: ['b' as TaskId] });
      (await rig.attemptAfter(b)).succeed();
      await opened();
      assert.equal(rig.events.filter(({ type }) => type === 'task-started').length, 3);
      await rig.cancel();
    });

    it('takes back what another task has made of it', async () => {
      drive(plan(step('a'), step('report', ['a']), gate('ok', ['a'])));
      const a = await rig.attempt('a');
      a.succeed('old');
      const report = await rig.attempt('report');
      await opened();
      assert.deepEqual(await answer({ decision: 'changes-requested', note: 'x' }), {
        kind: 'refused',
        why: '"report", which works on what is to be changed, is running; stop it first',
      });
      report.succeed();
      await rig.until(() => rig.kinds()['report'] === 'succeeded');
      await answer({ decision: 'changes-requested', note: 'x' });
      assert.equal(rig.kinds()['report'], 'pending');
      (await rig.attemptAfter(a)).succeed('new');
      (await rig.attemptAfter(report)).succeed();
      await opened();
      await rig.cancel();
    });

    it('refuses where nobody can make it again, and for a task that is not before it', async () => {
      drive(plan(step('a'), gate('ok', []), step('b', ['ok'])));
      await opened();
      assert.deepEqual(await answer({ decision: 'changes-requested', note: 'x' }), {
        kind: 'refused',
        why: 'nobody can make again what "ok" asks about; reject it instead',
      });
      const stranger = await answer({
        decision: 'changes-requested',
        note: 'x',
        redo: ['a' as TaskId],
      });
      assert.equal(
        stranger.kind === 'refused' && stranger.why,
        '"a" is no task before the gate that an agent has done',
      );
      await rig.cancel();
    });

    it('goes on with it in the next program', async () => {
      drive(draft());
      (await rig.attempt('draft')).succeed('', { 'a.md': 'x' });
      await opened();
      await answer({ decision: 'changes-requested', note: 'shorter' });
      rig.detach();
      await rig.end();
      rig.start();
      assert.match((await rig.attempt('draft')).request.prompt, /- ada: shorter/);
      await rig.cancel();
    });
  });

  describe('that asks for an answer', () => {
    const asking = (over: Parameters<typeof gate>[3]) =>
      plan(
        gate('ok', [], 'Where to?', over),
        step('go', ['ok'], { prompt: 'Go to ${{ steps.ok.output }}.' }),
      );

    it('has the one chosen as its output', async () => {
      drive(asking({ choices: ['staging', 'production'] }));
      await opened();
      await answer({ choice: 'staging' });
      assert.equal((await rig.attempt('go')).request.prompt, 'Go to staging.');
      await rig.cancel();
    });

    it('takes no other, and not none', async () => {
      drive(asking({ choices: ['staging', 'production'] }));
      await opened();
      for (const [choice, why] of [
        [undefined, 'choose one of staging, production'],
        ['moon', '"moon" is none of staging, production'],
      ] as const) {
        assert.deepEqual(await answer({ choice }), { kind: 'refused', why });
      }
      await answer({ decision: 'rejected' });
      assert.equal(rig.kinds()['ok'], 'failed');
      await rig.end();
    });

    it('takes any text where it says so', async () => {
      drive(asking({ choices: ['staging'], takesText: true }));
      await opened();
      assert.deepEqual(await answer({ choice: ' ' }), {
        kind: 'refused',
        why: 'choose one of staging',
      });
      await answer({ choice: 'the moon' });
      assert.equal((await rig.attempt('go')).request.prompt, 'Go to the moon.');
      await rig.cancel();
    });

    it('is not approved on the command line, which knows no answer', async () => {
      rig = new DriverRig(asking({ choices: ['staging'] }));
      rig.start({ approveGate: () => true });
      await opened();
      await rig.cancel();
    });
  });

  describe('that is asked again', () => {
    const reviewed = () =>
      plan(step('draft', [], { produces: ['a.md'] }), gate('ok', ['draft']), step('last', ['ok']));
    const rerun = (task: string) =>
      rig.ask({
        ...{ kind: 'rerun', task: task as TaskId, prompt: undefined, model: undefined },
        ...{ withoutCache: false, by: PERSON },
      });
    const untilApproved = async () => {
      drive(reviewed());
      const draft = await rig.attempt('draft');
      draft.succeed('done', { 'a.md': 'text' });
      await opened();
      await answer({ note: 'fine' });
      const last = await rig.attempt('last');
      last.succeed();
      await rig.end();
      rig.start();
      await rerun('draft');
      return rig.attempt('draft');
    };

    it('stands approved where nothing has changed, and nobody is asked', async () => {
      const again = await untilApproved();
      again.succeed('done', { 'a.md': 'text' });
      (await rig.attempt('last')).succeed();
      await rig.end();
      const answers = rig.events.filter(
        (event): event is Extract<RunEvent, { type: 'gate-answered' }> =>
          event.type === 'gate-answered',
      );
      assert.deepEqual(
        answers.map(({ stands, by, note }) => [stands, by.name, note]),
        [
          [undefined, 'ada', 'fine'],
          [true, 'ada', 'fine'],
        ],
      );
    });

    it('says what has changed since the answer before', async () => {
      const again = await untilApproved();
      again.succeed('done too', { 'a.md': 'other' });
      await opened();
      const { lapsed } = open();
      assert.equal(lapsed?.by, 'ada');
      assert.equal(lapsed.decision, 'approved');
      assert.deepEqual(lapsed.changed, ['a.md changed', 'what draft answered changed']);
      await rig.cancel();
    });

    it('asks about files further upstream too, which its approval lets land', async () => {
      drive(
        plan(
          step('far', [], { produces: ['far.md'] }),
          step('near', ['far']),
          gate('ok', ['near']),
        ),
      );
      const far = await rig.attempt('far');
      far.succeed('done', { 'far.md': 'old' });
      const near = await rig.attempt('near');
      near.succeed('same');
      await opened();
      await answer({});
      await rig.end();
      rig.start();
      await rerun('far');
      (await rig.attempt('far')).succeed('done', { 'far.md': 'new' });
      (await rig.attempt('near')).succeed('same');
      await opened();
      assert.deepEqual(open().lapsed?.changed, ['far.md changed']);
      await rig.cancel();
    });

    it('is asked whatever was answered when a person reruns the gate itself', async () => {
      await untilApproved().then((again) => again.succeed('done', { 'a.md': 'text' }));
      (await rig.attempt('last')).succeed();
      await rig.end();
      rig.start();
      await rerun('ok');
      await opened();
      assert.equal(open().lapsed, undefined);
      await rig.cancel();
    });
  });

  describe('whose answers are sealed', () => {
    const key = (byte: number) => new Uint8Array(32).fill(byte);
    const ours = approvalsWith(key(1), key(2));
    const sealed = (request: Answer, approvals = ours, reader: 'own' | 'any' = 'any'): Answer => ({
      ...request,
      seal: approvals.seal({ run: rig.state().run, ...request }, 7, reader),
    });
    const begin = async () => {
      rig = new DriverRig(
        plan(step('a', [], { produces: ['x'] }), gate('ok', ['a']), step('b', ['ok'])),
      );
      rig.approvals = ours;
      rig.start();
      (await rig.attempt('a')).succeed('', { x: '1' });
      await opened();
    };

    it('takes what a program of this user says', async () => {
      await begin();
      assert.deepEqual(await rig.ask(sealed(answerOf({}))), { kind: 'accepted' });
      (await rig.attempt('b')).succeed();
      await rig.end();
    });

    it('refuses what nobody with the key says', async () => {
      await begin();
      const why = 'nobody who holds your key gave it';
      assert.deepEqual(await rig.ask(answerOf({})), { kind: 'refused', why });
      const strange = approvalsWith(key(9), key(9));
      assert.deepEqual(await rig.ask(sealed(answerOf({}), strange)), { kind: 'refused', why });
      await rig.cancel();
    });

    it('refuses an answer that was changed on its way', async () => {
      await begin();
      const request = sealed(answerOf({ decision: 'rejected' }));
      const outcome = await rig.ask({ ...request, decision: 'approved' });
      assert.match(
        outcome.kind === 'refused' ? outcome.why : '',
        /its seal is not over this answer/,
      );
      await rig.cancel();
    });

    it('asks again where the approval in the journal is not one of this user', async () => {
      await begin();
      await rig.ask(sealed(answerOf({})));
      await rig.attempt('b');
      rig.detach();
      await rig.end();
      const at = rig.events.findIndex(({ type }) => type === 'gate-answered');
      const event = rig.events[at];
      assert.ok(event?.type === 'gate-answered');
      for (const [forged, why] of [
        [{ ...event, seal: undefined }, 'unsealed'],
        [{ ...event, by: { name: 'mallory', via: 'terminal' } as const }, 'forged'],
      ] as const) {
        const events = [...rig.events];
        rig.events[at] = forged;
        rig.start();
        await opened();
        const doubt = rig.events.find(({ type }) => type === 'gate-doubted');
        assert.deepEqual(doubt?.type === 'gate-doubted' && [doubt.why, doubt.reset], [why, ['ok']]);
        assert.deepEqual(open().lapsed?.changed, ['nobody who holds your key gave that answer']);
        assert.equal(rig.kinds()['b'], 'pending');
        rig.detach();
        await rig.end();
        rig.events.splice(0, Infinity, ...events);
      }
    });

    it('goes on where it is, without asking', async () => {
      await begin();
      await rig.ask(sealed(answerOf({})));
      await rig.attempt('b');
      rig.detach();
      await rig.end();
      rig.start();
      (await rig.attempt('b')).succeed();
      await rig.end();
      assert.ok(!rig.types().includes('gate-doubted'));
    });
  });

  it('asks the same as another one about the same content', async () => {
    const ask = 'All right?';
    drive(
      plan(
        step('a'),
        step('b'),
        step('c'),
        gate('x', ['a'], ask),
        gate('y', ['b'], ask),
        gate('z', ['c'], ask),
      ),
    );
    (await rig.attempt('a')).succeed('same');
    (await rig.attempt('b')).succeed('same');
    (await rig.attempt('c')).succeed('other');
    await opened('x');
    await opened('y');
    await opened('z');
    const [x, y, z] = openGates(rig.plan, rig.state());
    assert.equal(x?.identical, y?.identical);
    assert.notEqual(x?.identical, z?.identical);
    await rig.cancel();
  });
});
