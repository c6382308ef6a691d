import assert from 'node:assert/strict';
import { DEFAULT_DEBUG_RULE, type DebugRule } from '../../../src/core/domain/debugging.ts';
import { agentName, type TaskId } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { DriverRig, PERSON, type HeldAttempt } from '../../support/driverRig.ts';
import { commandAgent, modelAgent, planWith, step, type StepParts } from '../../support/plans.ts';

const TEST = ['npm', 'test'] as const;
const ROLES = ['architect', 'coder', 'tester', 'debugger'];

/** A task "code" of the coder, which a check judges, and one that needs it. */
function planOf(over: Partial<DebugRule> = {}, parts: StepParts = {}): RunPlan {
  const agents = Object.fromEntries(ROLES.map((name) => [name, modelAgent(name)]));
  return planWith(
    { agents: { ...agents, [agentName('next-agent')]: commandAgent('next-agent') } },
    step('code', [], {
      agent: agentName('coder'),
      prompt: 'Build it.',
      checks: [{ command: TEST, timeoutMs: 1000 }],
      terms: { ...NO_TERMS, owns: ['src/**'] },
      debug: { ...DEFAULT_DEBUG_RULE, ...over },
      ...parts,
    }),
    step('next', ['code']),
  );
}

describe('A task whose failures are mended', () => {
  let rig: DriverRig;
  /** What the check finds in the file that decides. */
  let isGood: (file: string) => boolean;

  function drive(plan = planOf()): void {
    rig = new DriverRig(plan);
    isGood = (text) => text === 'right';
    rig.checks.set('npm test', ({ folder }) => judge(folder));
    rig.start();
  }

  function judge(folder: string) {
    const text = rig.fileIn(folder, 'src/a.ts');
    return isGood(text)
      ? { code: 0, tail: '' }
      : { code: 1, tail: `AssertionError: expected 'right' to equal '${text}'` };
  }

  afterEach(() => rig.dispose());

  const begun = (task: string, attempt = 1): Promise<HeldAttempt> =>
    rig.until(() => rig.begun(task, attempt));
  const kindIs = (task: string, kind: string) => rig.until(() => rig.kinds()[task] === kind);

  it('is mended by a fix that goes on from what it made, and proved without its agent', async () => {
    drive();
    (await begun('code')).succeed('I built it.', { 'src/a.ts': 'wrong', 'src/b.ts': 'kept' });
    const fix = await begun('code_branch_01');
    assert.equal(rig.fileIn(fix.request.folder, 'src/a.ts'), 'wrong');
    assert.equal(rig.kinds()['code'], 'pending');
    assert.equal(rig.kinds()['next'], 'pending');
    assert.match(fix.request.prompt, /The task "code" has failed/);
    assert.match(fix.request.prompt, /Build it\./);
    assert.match(fix.request.prompt, /expected 'right' to equal 'wrong'/);
    fix.succeed('I repaired it.', { 'src/a.ts': 'right' });
    const next = await begun('next');
    assert.equal(rig.fileIn(next.request.folder, 'src/a.ts'), 'right');
    assert.equal(rig.fileIn(next.request.folder, 'src/b.ts'), 'kept');
    next.succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
    const code = rig.state().tasks.get('code' as TaskId);
    assert.equal(code?.kind === 'succeeded' && code.attempt, 2);
    // Of a file that the task made there was nothing before, whoever changed it since.
    assert.deepEqual(
      code?.kind === 'succeeded' && code.artifacts.map(({ path, was }) => [path, was]),
      [
        ['src/a.ts', undefined],
        ['src/b.ts', undefined],
      ],
    );
    assert.deepEqual(rig.landed, ['ai/generated/example-1/code']);
  });

  it('keeps the answer of its agent through the proof', async () => {
    drive();
    (await begun('code')).succeed('I built it.', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).succeed('I repaired it.', { 'src/a.ts': 'right' });
    await kindIs('code', 'succeeded');
    assert.equal(rig.outputOf('code'), 'I built it.');
  });

  it('is gone on with deeper where a fix was not enough, and asks a person at the end of the depth', async () => {
    drive();
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).succeed('First.', { 'src/a.ts': 'less wrong' });
    const deeper = await begun('code_branch_01_branch_01');
    assert.equal(rig.fileIn(deeper.request.folder, 'src/a.ts'), 'less wrong');
    assert.match(deeper.request.prompt, /`code_branch_01` \(.*\) did its work: First\./);
    deeper.succeed('Second.', { 'src/a.ts': 'nearly' });
    await kindIs('code_branch_gate', 'waiting');
    const gate = rig.state().tasks.get('code_branch_gate' as TaskId);
    assert.match(gate?.kind === 'waiting' ? gate.ask : '', /^"code" still fails after 2 fixes\./);
    assert.match(gate?.kind === 'waiting' ? gate.ask : '', /code_branch_01_branch_01.*Second\./);
    assert.equal(rig.kinds()['next'], 'pending');
  });

  it('is tried again with the note of the person who approves, from what the task itself made', async () => {
    drive(planOf({ attempts: 1 }));
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).succeed('', { 'src/a.ts': 'other' });
    await kindIs('code_branch_gate', 'waiting');
    await rig.answer('code_branch_gate', 'approved', undefined, 'Read the standard.');
    const again = await begun('code_branch_02');
    assert.equal(rig.fileIn(again.request.folder, 'src/a.ts'), 'wrong');
    assert.match(again.request.prompt, /ada: Read the standard\./);
    again.succeed('', { 'src/a.ts': 'right' });
    (await begun('next')).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('is not tried again by an approval of all gates that was given beforehand', async () => {
    rig = new DriverRig(planOf({ attempts: 1 }));
    rig.checks.set('npm test', () => ({ code: 1, tail: 'no' }));
    rig.start({ approveGate: () => true, leaveAtGates: true });
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).succeed();
    assert.deepEqual(await rig.end(), { kind: 'waiting' });
    assert.equal(rig.kinds()['code_branch_gate'], 'waiting');
  });

  it('is mended where it changed what is protected, without that change', async () => {
    drive(planOf({}, { terms: { ...NO_TERMS, owns: ['**'] } }));
    const files = { 'src/a.ts': 'right', '.github/workflows/ci.yml': 'mine' };
    (await begun('code')).succeed('', files);
    const fix = await begun('code_branch_01');
    assert.deepEqual([fix.has('src/a.ts'), fix.has('.github/workflows/ci.yml')], [true, false]);
    fix.succeed();
    await kindIs('code', 'succeeded');
  });

  it('has failed once a person rejects, and what needs it does not run', async () => {
    drive(planOf({ attempts: 1 }));
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).succeed('', { 'src/a.ts': 'other' });
    await kindIs('code_branch_gate', 'waiting');
    await rig.answer('code_branch_gate', 'rejected', undefined, 'Leave it.');
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'failed' });
    const code = rig.state().tasks.get('code' as TaskId);
    assert.equal(code?.kind === 'failed' && code.failure.reason, 'check-failed');
    assert.equal(rig.kinds()['next'], 'skipped');
    assert.deepEqual(rig.landed, []);
  });

  it('has the last fix made again where changes are requested at the gate', async () => {
    drive(planOf({ attempts: 2 }));
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).succeed('', { 'src/a.ts': 'other' });
    (await begun('code_branch_01_branch_01')).succeed('', { 'src/a.ts': 'third' });
    await kindIs('code_branch_gate', 'waiting');
    await rig.answer('code_branch_gate', 'changes-requested', undefined, 'Mind the case.');
    const again = await begun('code_branch_01_branch_01', 2);
    assert.deepEqual(Object.keys(rig.kinds()).sort(), [
      'code',
      'code_branch_01',
      'code_branch_01_branch_01',
      'next',
    ]);
    assert.equal(rig.fileIn(again.request.folder, 'src/a.ts'), 'other');
    assert.match(again.request.prompt, /ada: Mind the case\./);
    again.succeed('', { 'src/a.ts': 'right' });
    (await begun('next')).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('begins anew with what it is built from, and forgets its fixes then too', async () => {
    drive(
      planWith(
        { agents: { [agentName('coder')]: modelAgent('coder') } },
        step('before', [], { agent: agentName('coder') }),
        step('code', ['before'], {
          agent: agentName('coder'),
          checks: [{ command: TEST, timeoutMs: 1000 }],
          terms: { ...NO_TERMS, owns: ['src/**'] },
          debug: DEFAULT_DEBUG_RULE,
        }),
      ),
    );
    (await begun('before')).succeed();
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).succeed('', { 'src/a.ts': 'right' });
    await rig.end();
    rig.start();
    const asked = { prompt: undefined, model: undefined, withoutCache: false, by: PERSON };
    await rig.ask({ kind: 'rerun', task: 'before' as TaskId, ...asked });
    (await begun('before', 2)).succeed();
    assert.deepEqual(Object.keys(rig.kinds()), ['before', 'code']);
    (await begun('code', 3)).succeed('', { 'src/a.ts': 'right' });
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('proves a fix again that a person wants made again', async () => {
    drive();
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).succeed('', { 'src/a.ts': 'less' });
    (await begun('code_branch_01_branch_01')).succeed('', { 'src/a.ts': 'right' });
    (await begun('next')).succeed();
    await rig.end();
    rig.start();
    const asked = { prompt: undefined, model: undefined, withoutCache: false, by: PERSON };
    await rig.ask({ kind: 'rerun', task: 'code_branch_01' as TaskId, ...asked });
    const fix = await begun('code_branch_01', 2);
    assert.deepEqual(Object.keys(rig.kinds()).sort(), ['code', 'code_branch_01', 'next']);
    assert.equal(rig.fileIn(fix.request.folder, 'src/a.ts'), 'wrong');
    fix.succeed('', { 'src/a.ts': 'right' });
    (await begun('next', 2)).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('begins another fix where the one before failed itself', async () => {
    drive();
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).fail({ reason: 'too-many-turns', turns: 9 });
    const other = await begun('code_branch_02');
    assert.match(other.request.prompt, /`code_branch_01` \(.*\) failed/);
    other.succeed('', { 'src/a.ts': 'right' });
    (await begun('next')).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('takes a check that passes when it is run again for one that fails by chance', async () => {
    drive();
    let runs = 0;
    isGood = () => ++runs !== 1;
    (await begun('code')).succeed('', { 'src/a.ts': 'right' });
    const fix = await begun('code_branch_01');
    assert.equal(fix.request.agent.name, 'tester');
    const before = runs;
    fix.succeed();
    await kindIs('code', 'succeeded');
    assert.equal(runs - before, 3, 'it must pass three times in a row');
  });

  it('asks whom the rule names', async () => {
    const routing = {
      implementation_bug: agentName('architect'),
      test_failure: agentName('architect'),
    };
    drive(planOf({ routing }));
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    assert.equal((await begun('code_branch_01')).request.agent.name, 'architect');
  });

  it('opens nothing for a failure that nobody can mend', async () => {
    drive();
    (await begun('code')).fail({ reason: 'no-model', problems: [] });
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'failed' });
    assert.ok(!rig.types().includes('fix-opened'));
  });

  it('goes on in another program wherever it stood', async () => {
    drive();
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    await begun('code_branch_01');
    rig.detach();
    await rig.end();
    rig.start();
    const fix = await begun('code_branch_01', 2);
    assert.equal(rig.fileIn(fix.request.folder, 'src/a.ts'), 'wrong');
    fix.succeed('', { 'src/a.ts': 'right' });
    (await begun('next')).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('forgets its fixes when a person wants it anew', async () => {
    drive(planOf({ attempts: 1 }));
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).succeed('', { 'src/a.ts': 'right' });
    (await begun('next')).succeed();
    await rig.end();
    rig.start();
    const asked = { prompt: undefined, model: undefined, withoutCache: false, by: PERSON };
    await rig.ask({ kind: 'rerun', task: 'code' as TaskId, ...asked });
    const again = await begun('code', 3);
    assert.deepEqual(Object.keys(rig.kinds()), ['code', 'next']);
    assert.equal(again.has('src/a.ts'), false);
    again.succeed('', { 'src/a.ts': 'wrong' });
    const fix = await begun('code_branch_01');
    assert.equal(fix.request.attempt, 1);
    fix.succeed('', { 'src/a.ts': 'right' });
    (await begun('next', 2)).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });

  it('leaves out a fix that made it worse', async () => {
    const checks = [
      { command: ['npm', 'run', 'types'] as const, timeoutMs: 1000 },
      { command: TEST, timeoutMs: 1000 },
    ];
    drive(planOf({}, { checks }));
    rig.checks.set('npm run types', ({ folder }) => ({
      code: rig.fileIn(folder, 'src/a.ts') === 'broken' ? 1 : 0,
      tail: '',
    }));
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).succeed('', { 'src/a.ts': 'broken' });
    const other = await begun('code_branch_02');
    assert.equal(rig.fileIn(other.request.folder, 'src/a.ts'), 'wrong');
    assert.match(other.request.prompt, /made it worse/);
    other.succeed('', { 'src/a.ts': 'right' });
    await kindIs('code', 'succeeded');
  });

  it('does not end a run that ends at its first failure while it is mended', async () => {
    const plan = planOf();
    drive({ ...plan, workflow: { ...plan.workflow, onFailure: 'stop' } });
    (await begun('code')).succeed('', { 'src/a.ts': 'wrong' });
    (await begun('code_branch_01')).fail({ reason: 'too-many-turns', turns: 9 });
    (await begun('code_branch_02')).succeed('', { 'src/a.ts': 'right' });
    (await begun('next')).succeed();
    assert.deepEqual(await rig.end(), { kind: 'finished', status: 'succeeded' });
  });
});
