import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../../../../src/core/base/processes.ts';
import type { AcpSpec } from '../../../../src/core/domain/agent.ts';
import type { BudgetReached } from '../../../../src/core/domain/question.ts';
import { AcpRunner } from '../../../../src/core/runners/acp/acpRunner.ts';
import { bundled } from '../../../support/bundle.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { itOnLinux, turning } from '../commandRig.ts';
import { CodingRig, hurrying, NO_WISHES, type CodingChanges } from './codingRig.ts';

/** The fixture agent, which does what the lines of its prompt say. */
function run(
  rig: CodingRig,
  prompt: readonly string[],
  changes: CodingChanges & { readonly behaves?: readonly string[] } = {},
) {
  const { behaves = [], clock, ...others } = changes;
  const spec: AcpSpec = {
    kind: 'acp',
    launches: [
      {
        kind: 'binary',
        command: [process.execPath, bundled('test/fixtures/agents/acpAgent.mjs'), ...behaves],
        env: {},
        platform: undefined,
        archive: undefined,
      },
    ],
  };
  const runner = new AcpRunner(rig.options(clock));
  return rig.run(runner, spec, { prompt: prompt.join('\n'), ...others });
}

const ALLOWED = { wished: { allowed: new Set(['execute']) } };
const SPENT: BudgetReached = { scope: { kind: 'run' }, of: 'usd', spent: 2, limit: 1 };

describe('an agent that speaks ACP', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  it('streams its answer to the output, and all it does to the log', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, [
      'think hm',
      'say one ',
      'say two',
      'tool Look around',
      'plan p',
      'say three',
    ]);
    await attempt.done();
    assert.equal(attempt.output(), 'one two\n\nthree');
    assert.equal(
      attempt.log(),
      '[thought] hm\none two\n[tool] read: Look around\n[plan] to do: p\n\nthree',
    );
    assert.deepEqual(rig.survivors(), []);
  });

  it('has a call in the ledger for its turn, with its money, and says that tokens are estimated', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['usage 0.25', 'say 12345678'], {
      counted: { calls: 3, uses: 5, openCalls: [], openUses: [] },
    });
    await attempt.done();
    const [started] = attempt.did('call-started');
    const [ended] = attempt.did('call-ended');
    assert.deepEqual(started, {
      type: 'call-started',
      call: 4,
      provider: 'acp:coder',
      model: 'small',
    });
    assert.deepEqual(
      { ...ended, durationMs: 0 },
      {
        type: 'call-ended',
        call: 4,
        served: 'small',
        usage: { input: 6, output: 2, cachedInput: 0, reasoning: 0, counted: 'estimate' },
        usd: 0.25,
        durationMs: 0,
        failure: undefined,
      },
    );
  });

  it('has money of another currency counted as no price, and tokens as it tells them', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['usage 5 EUR', 'tokens 700']);
    await attempt.done();
    const [ended] = attempt.did('call-ended');
    assert.equal(ended?.usd, undefined);
    assert.deepEqual(ended?.usage, {
      input: 700,
      output: 700,
      cachedInput: 0,
      reasoning: 0,
      counted: 'provider',
    });
  });

  it('is told what people say after its turn, in the same session', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['usage 0.1', 'say first', 'ask execute - one']);
    const question = await attempt.question();
    attempt.steer?.('usage 0.4\nsay second');
    question.reply({ kind: 'allow', always: false });
    await attempt.done();
    assert.match(attempt.output(), /first[^]*second/);
    const costs = attempt.did('call-ended').map(({ usd }) => usd?.toFixed(2));
    assert.deepEqual(costs, ['0.10', '0.30']);
  });

  it('gives the last message only where the output has a schema, without its fence', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['say I will look', 'tool Look', 'say {"a": 1}'], {
      outputSchema: { type: 'object' },
    });
    await attempt.done();
    assert.equal(attempt.output(), '{"a": 1}');
  });

  it('is told once what is wrong with such a message, and fails when it is still wrong', async () => {
    using rig = new CodingRig();
    const schemaProblems = (_: unknown, text: string) =>
      Promise.resolve(text === 'good' ? [] : ['say good']);
    const schema = { outputSchema: { type: 'object' }, schemaProblems };
    const bad = run(rig, ['say bad'], schema);
    // The fixture does what each line says, and the problem is listed behind a dash.
    assert.deepEqual(await bad.failure(), { reason: 'bad-output', problems: ['say good'] });
    assert.equal(bad.did('call-started').length, 2);
    const mended = run(rig, ['say bad'], {
      ...schema,
      schemaProblems: (_, text) => Promise.resolve(text === 'good' ? [] : ['x\nsay good']),
    });
    await mended.done();
    assert.equal(mended.output(), 'good');
  });

  it('takes notices between its messages for what they are', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['noise', 'say fine'], { behaves: ['chatty'] });
    await attempt.done();
    assert.equal(attempt.output(), 'fine');
    assert.match(attempt.log(), /\[printed\] npm notice/);
  });
});

describe('what an agent that speaks ACP asks leave for', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  for (const [reply, word, outcome] of [
    [{ kind: 'allow', always: false }, 'yes', 'done'],
    [{ kind: 'allow', always: true }, 'yes-ever', 'done'],
    [{ kind: 'deny', note: undefined }, 'no', 'refused'],
  ] as const) {
    it(`is a question, and the answer reaches it: ${word}`, async () => {
      using rig = new CodingRig();
      const attempt = run(rig, ['tool first', 'ask execute - npm test']);
      const { key, question, reply: answer } = await attempt.question();
      assert.equal(key, 'tool:2');
      assert.deepEqual(question, {
        kind: 'permission',
        tool: 'execute',
        summary: 'npm test',
        detail: '{\n  "path": "-"\n}',
      });
      answer(reply);
      await attempt.done();
      assert.match(attempt.output(), new RegExp(`answer=${word}$`));
      const ends = attempt.did('tool-ended').map(({ use, outcome: how }) => [use, how]);
      assert.deepEqual(ends, [
        [1, 'done'],
        [2, outcome],
      ]);
    });
  }

  it('is allowed once where it offers no more', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['ask-once execute - x']);
    (await attempt.question()).reply({ kind: 'allow', always: true });
    await attempt.done();
    assert.match(attempt.output(), /answer=yes$/);
  });

  it('is refused with words by a person, who are its next message', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['ask execute - x']);
    (await attempt.question()).reply({ kind: 'deny', note: 'say understood' });
    await attempt.done();
    assert.match(attempt.output(), /answer=no\n\nunderstood$/);
  });

  const answers = async (rig: CodingRig, line: string, changes: CodingChanges) => {
    const attempt = run(rig, [line], changes);
    await attempt.done();
    assert.deepEqual(attempt.asked, []);
    return attempt.output();
  };

  const bypass = { permissions: 'bypassPermissions' } as const;
  const plan = { permissions: 'plan' } as const;
  for (const [what, line, changes, word] of [
    ['an edit of owned files', 'ask edit src/a.ts x', { terms: { owns: ['src/**'] } }, 'yes'],
    ['a look', 'ask read src/a.ts x', {}, 'yes'],
    ['anything, with bypassPermissions', 'ask execute - x', { terms: bypass }, 'yes'],
    ['more than a look, in a plan', 'ask execute - x', { terms: plan }, 'no'],
    ['a tool allowed for good', 'ask execute - x', ALLOWED, 'yes'],
    ['what a person chose since', 'ask execute - x', { terms: bypass, wished: plan }, 'no'],
  ] as const) {
    it(`is answered by the mode without a person: ${what}`, async () => {
      using rig = new CodingRig();
      assert.equal(await answers(rig, line, changes), `answer=${word}`);
    });
  }

  it('is refused for paths that must not be changed, whatever the mode', async () => {
    using rig = new CodingRig();
    const terms = { permissions: 'bypassPermissions' } as const;
    const whyNotWrite = (file: string) => (file === 'src/b.ts' ? 'nobody owns it' : undefined);
    assert.equal(await answers(rig, 'ask edit src/b.ts x', { terms, whyNotWrite }), 'answer=no');
    assert.equal(await answers(rig, 'ask edit src/a.ts x', { terms, whyNotWrite }), 'answer=yes');
    assert.equal(await answers(rig, 'ask edit .git/config x', { terms }), 'answer=no');
  });

  it('is a question outside of the copy even for a look', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['ask read /etc/passwd x']);
    (await attempt.question()).reply({ kind: 'deny', note: undefined });
    await attempt.done();
    assert.match(attempt.output(), /answer=no/);
  });

  it('waits for a person without a limit', async () => {
    using rig = new CodingRig();
    const clock = new ManualClock();
    const attempt = run(rig, ['ask execute - x'], {
      clock,
      limits: { timeoutMs: 60_000, idleTimeoutMs: 60_000 },
    });
    const question = await attempt.question();
    clock.advance(3_600_000);
    question.reply({ kind: 'allow', always: false });
    assert.ok((await turning(clock, attempt.result)).ok);
  });
});

describe('files of an agent that speaks ACP', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  it('are read and written in the copy', async () => {
    using rig = new CodingRig();
    writeFileSync(path.join(rig.folder, 'a.txt'), 'hello');
    const at = (name: string) => path.join(rig.folder, name);
    const attempt = run(rig, [`read ${at('a.txt')}`, `write ${at('new/b.txt')} written text`], {
      terms: { permissions: 'acceptEdits' },
    });
    await attempt.done();
    assert.equal(attempt.output(), 'hello\n\nwritten');
    assert.equal(readFileSync(at('new/b.txt'), 'utf8'), 'written text');
  });

  it('are refused outside of it, through links, and where they must not be changed', async () => {
    using rig = new CodingRig();
    const outside = path.join(rig.root, 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'secret'), 'secret');
    symlinkSync(outside, path.join(rig.folder, 'link'));
    symlinkSync(path.join(outside, 'none'), path.join(rig.folder, 'dangling'));
    const at = (name: string) => path.join(rig.folder, name);
    const attempt = run(
      rig,
      [
        `read ${outside}/secret`,
        `read ${at('link/secret')}`,
        `read ${at('../outside/secret')}`,
        `write ${at('link/secret')} x`,
        `write ${at('dangling')} x`,
        `write ${at('.git/hooks/pre-commit')} x`,
        `write ${at('mine')} x`,
      ],
      {
        terms: { permissions: 'bypassPermissions' },
        whyNotWrite: (file) => (file === 'mine' ? 'nobody owns it' : undefined),
      },
    );
    await attempt.done();
    assert.equal(attempt.output().match(/error: /g)?.length, 7, attempt.output());
    assert.doesNotMatch(attempt.output(), /written|^secret/);
    assert.match(attempt.output(), /mine may not be changed: nobody owns it/);
    assert.equal(readFileSync(path.join(outside, 'secret'), 'utf8'), 'secret');
  });

  it('are written without a second question where the edit was allowed', async () => {
    using rig = new CodingRig();
    const file = path.join(rig.folder, 'a.txt');
    const attempt = run(rig, [`ask edit ${file} x`, `write ${file} y`]);
    (await attempt.question()).reply({ kind: 'allow', always: false });
    await attempt.done();
    assert.equal(attempt.asked.length, 1);
    assert.equal(readFileSync(file, 'utf8'), 'y');
  });
});

describe('the model of an agent that speaks ACP', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  it('is the first of the wanted that it offers, by value or name', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['model'], { terms: { models: ['gpt', 'anthropic/Large', 'small'] } });
    await attempt.done();
    assert.equal(attempt.output(), 'model=large');
    assert.equal(attempt.did('call-started')[0]?.model, 'large');
  });

  it('is its own where it offers none of them, which the log says', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['model'], { terms: { models: ['gpt'] } });
    await attempt.done();
    assert.equal(attempt.output(), 'model=small');
    assert.match(attempt.log(), /does not offer the model gpt; it has small, large, huge/);
  });

  it('is a failure where the policy demands it', async () => {
    using rig = new CodingRig();
    const calls = {
      attempts: undefined,
      maxWaitMs: undefined,
      onOtherModel: 'fail',
      maxTurns: undefined,
    } as const;
    const missing = await run(rig, ['model'], { terms: { models: ['gpt'], calls } }).failure();
    assert.equal(missing.reason, 'no-model');
    const drifted = await run(rig, ['drift small'], {
      terms: { models: ['large'], calls },
    }).failure();
    assert.deepEqual(drifted, { reason: 'other-model', requested: 'large', served: 'small' });
  });

  it('that has taken over by itself stands in the ledger', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['drift small'], { terms: { models: ['large'] } });
    await attempt.done();
    assert.equal(attempt.did('call-started')[0]?.model, 'large');
    assert.equal(attempt.did('call-ended')[0]?.served, 'small');
  });

  it('changes while it works', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['ask execute - x', 'model']);
    const question = await attempt.question();
    attempt.wishes = { ...NO_WISHES, model: 'large' };
    await attempt.until(() => attempt.did('model-changed').length > 0);
    question.reply({ kind: 'allow', always: false });
    await attempt.done();
    assert.match(attempt.output(), /model=large$/);
    assert.deepEqual(attempt.did('model-changed'), [
      { type: 'model-changed', from: 'small', to: 'large', why: 'chosen' },
    ]);
  });

  it('stays what it is where the agent refuses the change', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['ask execute - x', 'model'], { behaves: ['refuses-large'] });
    const question = await attempt.question();
    attempt.wishes = { ...NO_WISHES, model: 'large' };
    await attempt.printed('sold out');
    question.reply({ kind: 'allow', always: false });
    await attempt.done();
    assert.match(attempt.output(), /model=small$/);
    assert.deepEqual(attempt.did('model-changed'), []);
  });
});

describe('a spent budget of an agent that speaks ACP', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  it('interrupts its turn, and more lets it go on in the same session', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['wait']);
    await attempt.printed('waiting');
    attempt.wishes = { ...NO_WISHES, spentBudget: SPENT };
    const { question, reply } = await attempt.question();
    assert.deepEqual(question, { kind: 'budget', ...SPENT });
    assert.equal(attempt.did('call-ended').length, 1);
    attempt.wishes = NO_WISHES;
    reply({ kind: 'cheaper', model: 'large', to: 5 });
    await attempt.done();
    assert.equal(attempt.did('call-started')[1]?.model, 'large');
  });

  it('ends it where a person says so', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['say never'], { wished: { spentBudget: SPENT } });
    (await attempt.question()).reply({ kind: 'stop' });
    assert.deepEqual(await attempt.failure(), { reason: 'budget-spent', ...SPENT });
    assert.deepEqual(attempt.did('call-started'), []);
  });
});

describe('stopping an agent that speaks ACP', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  it('tells it within 100 ms and leaves no process', async () => {
    using rig = new CodingRig();
    const cancelFile = path.join(rig.root, 'cancelled');
    const attempt = run(rig, ['child', 'open-tool Build', 'wait'], {
      env: { CANCEL_FILE: cancelFile },
    });
    await attempt.printed('waiting');
    const at = performance.timeOrigin + performance.now();
    attempt.stop.abort();
    assert.deepEqual(await attempt.failure(), { reason: 'cancelled' });
    const after = Number(readFileSync(cancelFile, 'utf8')) - at;
    assert.ok(after < 100, `the agent heard of it after ${after} ms`);
    assert.equal(attempt.did('tool-ended')[0]?.outcome, 'lost');
    assert.equal(attempt.did('call-ended').length, 1);
    assert.deepEqual(rig.survivors(), []);
  });

  it('while a person is being asked takes the question back', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['ask execute - x']);
    await attempt.question();
    attempt.stop.abort();
    assert.deepEqual(await attempt.failure(), { reason: 'cancelled' });
    assert.deepEqual(rig.survivors(), []);
  });

  it('waits two seconds for its turn to end, then ends it, and kills it after the grace', async () => {
    using rig = new CodingRig();
    const clock = new ManualClock();
    const attempt = run(rig, ['wait'], { clock, behaves: ['stubborn'], limits: { graceMs: 3000 } });
    await attempt.printed('waiting');
    const pid = attempt.process!.pid;
    attempt.stop.abort();
    clock.advance(1900);
    await new Promise(setImmediate);
    assert.ok(isAlive(pid, ''));
    assert.deepEqual(await turning(clock, attempt.failure()), { reason: 'cancelled' });
    assert.ok(!isAlive(pid, ''));
  });

  it('happens after its wall time and after too long a silence', async () => {
    for (const [limits, limit] of [
      [{ timeoutMs: 50_000 }, 'wall'],
      [{ idleTimeoutMs: 50_000 }, 'idle'],
    ] as const) {
      using rig = new CodingRig();
      const clock = new ManualClock();
      const attempt = run(rig, ['wait'], { clock, limits });
      await attempt.printed('waiting');
      clock.advance(50_000);
      const failure = await turning(clock, attempt.failure());
      assert.deepEqual(failure, { reason: 'timed-out', limit, afterMs: 50_000 });
      assert.deepEqual(rig.survivors(), []);
    }
  });
});

describe('an agent that speaks ACP and breaks', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  itOnLinux('off by a kill in the middle of a turn is a failure that says so', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['child', 'open-tool Build', 'wait']);
    await attempt.printed('waiting');
    process.kill(attempt.process!.pid, 'SIGKILL');
    const failure = await attempt.failure();
    assert.ok(failure.reason === 'agent-broke');
    assert.equal(failure.message, 'it was ended by SIGKILL in the middle');
    assert.equal(attempt.did('tool-ended')[0]?.outcome, 'lost');
    assert.equal(attempt.did('call-ended')[0]?.failure?.kind, 'network');
    assert.deepEqual(rig.survivors(), []);
  });

  it('off by itself gives its last words', async () => {
    using rig = new CodingRig();
    const failure = await run(rig, ['die 7']).failure();
    assert.ok(failure.reason === 'agent-broke');
    assert.equal(failure.message, 'it ended with code 7 in the middle');
    assert.equal(failure.tail, 'out of ideas');
  });

  it('before its first word gives its last words', async () => {
    using rig = new CodingRig();
    const failure = await run(rig, [], { behaves: ['dies-at-once'] }).failure();
    assert.ok(failure.reason === 'agent-broke');
    assert.match(failure.message, /code 3/);
    assert.equal(failure.tail, 'cannot find my configuration');
  });

  it('by saying nothing is given up after 30 s', async () => {
    using rig = new CodingRig();
    const clock = new ManualClock();
    const attempt = run(rig, [], { clock, behaves: ['silent'] });
    await attempt.until(() => attempt.process !== undefined);
    const failure = await hurrying(clock, attempt.failure());
    assert.ok(failure.reason === 'agent-broke');
    assert.match(failure.message, /did not speak the Agent Client Protocol within 30 s/);
    assert.deepEqual(rig.survivors(), []);
  });

  it('by printing garbage without end is given up as well', async () => {
    using rig = new CodingRig();
    const clock = new ManualClock();
    const attempt = run(rig, [], { clock, behaves: ['babbles'] });
    await attempt.printed('not json');
    const failure = await hurrying(clock, attempt.failure());
    assert.ok(failure.reason === 'agent-broke');
    assert.match(failure.message, /within 30 s; it printed "/);
    assert.ok(attempt.log().length < 1_000_000);
    assert.deepEqual(rig.survivors(), []);
  });

  it('by speaking another version is told so', async () => {
    using rig = new CodingRig();
    const failure = await run(rig, [], { behaves: ['old'] }).failure();
    assert.ok(failure.reason === 'agent-broke');
    assert.match(failure.message, /speaks version 99 .*, and Sluice version 1/);
  });

  it('because nobody has logged in says how to', async () => {
    using rig = new CodingRig();
    const failure = await run(rig, [], { behaves: ['logged-out'] }).failure();
    assert.ok(failure.reason === 'call-failed');
    assert.equal(failure.failure.kind, 'authentication');
    assert.match(failure.failure.message, /run test-agent login/);
  });

  for (const [line, kind] of [
    ['stop max_tokens', 'truncated'],
    ['stop max_turn_requests', 'truncated'],
    ['stop refusal', 'content-refused'],
    ['fail 429 rate limit reached', 'rate-limit'],
    ['fail who knows', 'unknown'],
  ] as const) {
    it(`off with a reason of its own has that reason classified: ${line}`, async () => {
      using rig = new CodingRig();
      const attempt = run(rig, ['say half an', line]);
      const failure = await attempt.failure();
      assert.ok(failure.reason === 'call-failed');
      assert.equal(failure.failure.kind, kind);
      assert.equal(attempt.did('call-ended')[0]?.failure?.kind, kind);
    });
  }
});
