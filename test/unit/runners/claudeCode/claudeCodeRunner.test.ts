import assert from 'node:assert/strict';
import path from 'node:path';
import type { ClaudeCodeSpec } from '../../../../src/core/domain/agent.ts';
import type { BudgetReached } from '../../../../src/core/domain/question.ts';
import { ClaudeCodeRunner } from '../../../../src/core/runners/claudeCode/claudeCodeRunner.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { CodingRig, fixture, hurrying, NO_WISHES, type CodingChanges } from '../acp/codingRig.ts';
import { itOnLinux } from '../commandRig.ts';

interface ClaudeChanges extends CodingChanges {
  readonly spec?: Partial<ClaudeCodeSpec>;
  readonly behaves?: string;
  readonly command?: string;
}

/** A stand-in for Claude Code, which does what the lines of its prompt say. */
function run(rig: CodingRig, prompt: readonly string[], changes: ClaudeChanges = {}) {
  const { spec, behaves = '', clock, command = fixture('claude.mjs'), ...others } = changes;
  const runner = new ClaudeCodeRunner({ ...rig.options(clock), command });
  return rig.run(
    runner,
    { kind: 'claude-code', instructions: '', models: [], ...spec },
    { prompt: prompt.join('\n'), env: { CLAUDE_BEHAVES: behaves }, ...others },
  );
}

const SPENT: BudgetReached = { scope: { kind: 'run' }, of: 'usd', spent: 2, limit: 1 };
const FAIL = {
  attempts: undefined,
  maxWaitMs: undefined,
  onOtherModel: 'fail',
  maxTurns: undefined,
} as const;

describe('Claude Code', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  it('streams what it says and does to the log, and its result is the output', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, [
      'think hm',
      'say Let me look: été',
      'tool Read file_path=a.ts',
      'retry rate_limit',
      'noise',
      'say Done.',
    ]);
    await attempt.done();
    assert.equal(attempt.output(), 'Done.');
    assert.equal(
      attempt.log(),
      '[model] claude-own-1\n[thought] hm\nLet me look: été\n[tool] Read: Read a.ts\n' +
        '[retry] 1 of 10 in 2.5 s: rate_limit\n[printed] [SandboxDebug] hello\n\nDone.',
    );
    assert.deepEqual(
      attempt.deeds.map((deed) => ({ ...deed, ...('durationMs' in deed && { durationMs: 0 }) })),
      [
        { type: 'call-started', call: 1, provider: 'claude-code', model: 'default' },
        { type: 'tool-called', use: 1, tool: 'Read', summary: 'Read a.ts' },
        { type: 'tool-ended', use: 1, outcome: 'done', durationMs: 0 },
        {
          type: 'call-ended',
          call: 1,
          served: 'claude-own-1',
          usage: { input: 0, output: 0, cachedInput: 0, reasoning: 0, counted: 'provider' },
          usd: 0,
          durationMs: 0,
          failure: undefined,
        },
      ],
    );
    assert.deepEqual(rig.survivors(), []);
  });

  it('is started with what agent and step say, and without the hooks of the project', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['args'], {
      spec: { instructions: '--dangerous is what you are not', models: ['opus', 'sonnet'] },
      outputSchema: { type: 'object' },
      terms: { permissions: 'plan', calls: { ...FAIL, onOtherModel: undefined, maxTurns: 7 } },
      tools: ['Read', 'search', 'someones/own'],
    });
    await attempt.done();
    assert.deepEqual(JSON.parse(attempt.output()), [
      '-p',
      '--output-format=stream-json',
      '--input-format=stream-json',
      '--verbose',
      '--include-partial-messages',
      '--permission-prompt-tool=stdio',
      '--permission-mode=plan',
      '--setting-sources=user',
      '--strict-mcp-config',
      '--model=opus',
      '--fallback-model=sonnet',
      '--tools=Read,Grep,Glob',
      '--max-turns=7',
      '--append-system-prompt=--dangerous is what you are not',
      '--json-schema={"type":"object"}',
    ]);
  });

  it('is told instructions that are too long for an argument before the prompt', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['args'], { spec: { instructions: 'say so\n'.repeat(5000) } });
    await attempt.done();
    assert.doesNotMatch(attempt.output(), /append-system-prompt/);
    assert.match(attempt.log(), /so/);
  });

  it('gives its structured output where there is a schema', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['say in words', 'json {"a":[1]}'], { outputSchema: true });
    await attempt.done();
    assert.equal(attempt.output(), '{"a":[1]}');
  });

  it('is told once what is wrong with its output, and fails when it is still wrong', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['json {"a":1}'], {
      outputSchema: true,
      schemaProblems: (_, text) => Promise.resolve(text === 'good' ? [] : ['x\nsay good']),
    });
    await attempt.done();
    assert.equal(attempt.output(), 'good');
    const failure = await run(rig, ['json 1'], {
      outputSchema: true,
      schemaProblems: () => Promise.resolve(['it is bad']),
    }).failure();
    assert.deepEqual(failure, { reason: 'bad-output', problems: ['it is bad'] });
  });

  it('hears people after its turn, and its sums are told apart by turn', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['cost 0.5', 'ask Bash command=ls']);
    const question = await attempt.question();
    attempt.steer?.('cost 0.25\nsay second');
    question.reply({ kind: 'allow', always: false });
    await attempt.done();
    assert.equal(attempt.output(), 'second');
    const ends = attempt.did('call-ended');
    assert.deepEqual(
      ends.map(({ usd, usage }) => [usd, usage.input, usage.output, usage.cachedInput]),
      [
        [0.5, 1500, 100, 500],
        [0.25, 1500, 100, 500],
      ],
    );
  });
});

describe('what Claude Code asks leave for', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  for (const [reply, word, outcome] of [
    [{ kind: 'allow', always: false }, 'allow', 'done'],
    [{ kind: 'deny', note: undefined }, 'deny: Not allowed: a person said no.', 'refused'],
    [{ kind: 'deny', note: 'Use make.' }, 'deny: Use make.', 'refused'],
  ] as const) {
    it(`is a question, and the answer reaches it: ${word}`, async () => {
      using rig = new CodingRig();
      const attempt = run(rig, ['ask Bash command=ls']);
      const { key, question, reply: answer } = await attempt.question();
      assert.equal(key, 'tool:1');
      assert.deepEqual(question, {
        kind: 'permission',
        tool: 'Bash',
        summary: 'Bash ls',
        detail: '{\n  "command": "ls"\n}',
      });
      answer(reply);
      await attempt.done();
      assert.equal(attempt.output(), word);
      assert.deepEqual(
        attempt.did('tool-ended').map(({ outcome: how }) => how),
        [outcome],
      );
    });
  }

  const bypass = { permissions: 'bypassPermissions' } as const;
  for (const [line, changes, answer] of [
    ['ask Bash command=ls', { terms: bypass }, /^allow/],
    ['ask Bash command=ls', { terms: { permissions: 'plan' } }, /^deny: Not allowed: .*plan/],
    ['ask Write file_path=src/a.ts', { terms: { owns: ['src/**'] } }, /^allow/],
    ['ask Write file_path=.git/config', { terms: bypass }, /^deny: .*\.git is protected/],
    ['ask Read file_path=a.ts', {}, /^allow/],
  ] as const) {
    it(`is answered without a person: ${line}, ${JSON.stringify(changes)}`, async () => {
      using rig = new CodingRig();
      const attempt = run(rig, [line], changes);
      await attempt.done();
      assert.match(attempt.output(), answer);
      assert.deepEqual(attempt.asked, []);
    });
  }
});

describe('the model of Claude Code', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  it('changes while it works', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['ask Bash command=ls', 'model']);
    const question = await attempt.question();
    attempt.wishes = { ...NO_WISHES, model: 'anthropic/opus' };
    await attempt.until(() => attempt.did('model-changed').length > 0);
    question.reply({ kind: 'allow', always: false });
    await attempt.done();
    assert.equal(attempt.output(), 'opus');
    assert.equal(attempt.did('call-ended')[0]?.served, 'opus');
  });

  it('stays what it is where the change is refused', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['ask Bash command=ls', 'model']);
    const question = await attempt.question();
    attempt.wishes = { ...NO_WISHES, model: 'sold-out' };
    await attempt.printed('sold-out was not taken: no such model');
    question.reply({ kind: 'allow', always: false });
    await attempt.done();
    assert.deepEqual(attempt.did('model-changed'), []);
  });

  it('that is another than asked stands in the ledger, or fails by policy', async () => {
    using rig = new CodingRig();
    const changes = { behaves: 'serves-another', spec: { models: ['opus'] } };
    const shown = run(rig, ['say x'], changes);
    await shown.done();
    assert.equal(shown.did('call-ended')[0]?.served, 'claude-other-2');
    const failure = await run(rig, ['say x'], { ...changes, terms: { calls: FAIL } }).failure();
    const expected = { reason: 'other-model', requested: 'opus', served: 'claude-other-2' };
    assert.deepEqual(failure, expected);
  });
});

describe('a spent budget of Claude Code', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  it('interrupts its turn, and more lets it go on', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['wait']);
    await attempt.printed('waiting');
    attempt.wishes = { ...NO_WISHES, spentBudget: SPENT };
    const { reply } = await attempt.question();
    attempt.wishes = NO_WISHES;
    reply({ kind: 'raise', to: 5 });
    await attempt.done();
    assert.equal(attempt.did('call-started').length, 2);
  });

  it('ends it where a person says so', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['wait']);
    await attempt.printed('waiting');
    attempt.wishes = { ...NO_WISHES, spentBudget: SPENT };
    (await attempt.question()).reply({ kind: 'stop' });
    assert.deepEqual(await attempt.failure(), { reason: 'budget-spent', ...SPENT });
    assert.deepEqual(rig.survivors(), []);
  });
});

describe('an end of Claude Code', function () {
  // Each starts a program, and others may want the machine.
  this.timeout(20_000);

  for (const [line, kind] of [
    ['api-error rate_limit API Error: slow down', 'rate-limit'],
    ['api-error overloaded API Error: 529', 'overloaded'],
    ['api-error authentication_failed Please run /login', 'authentication'],
    ['api-error billing_error Credit balance is too low', 'billing'],
    ['api-error max_output_tokens too much', 'truncated'],
    ['api-error unknown Prompt is too long', 'context-length'],
    ['end error_during_execution who knows', 'unknown'],
  ] as const) {
    it(`with an error is a failure and no answer: ${line}`, async () => {
      using rig = new CodingRig();
      const attempt = run(rig, [line]);
      const failure = await attempt.failure();
      assert.ok(failure.reason === 'call-failed');
      assert.equal(failure.failure.kind, kind);
      assert.equal(attempt.did('call-ended')[0]?.failure?.kind, kind);
      assert.equal(attempt.output(), '');
    });
  }

  it('says of too many turns and of a schema it could not satisfy what they are', async () => {
    using rig = new CodingRig();
    assert.deepEqual(await run(rig, ['end error_max_turns']).failure(), {
      reason: 'too-many-turns',
      turns: 3,
    });
    assert.deepEqual(
      await run(rig, ['end error_max_structured_output_retries a is missing']).failure(),
      { reason: 'bad-output', problems: ['a is missing'] },
    );
  });

  it('by an abort leaves no process', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['wait']);
    await attempt.printed('waiting');
    attempt.stop.abort();
    assert.deepEqual(await attempt.failure(), { reason: 'cancelled' });
    assert.deepEqual(rig.survivors(), []);
  });

  for (const [how, lines, message, tail] of [
    ['a code', ['die 3'], 'it ended with code 3 in the middle', 'segmentation fault'],
    ['143', ['die 143'], 'it was ended by SIGTERM in the middle', 'segmentation fault'],
  ] as const) {
    it(`in the middle is told with its last words: ${how}`, async () => {
      using rig = new CodingRig();
      const failure = await run(rig, lines).failure();
      assert.deepEqual(failure, { reason: 'agent-broke', command: 'claude -p', message, tail });
    });
  }

  itOnLinux('by a kill is told', async () => {
    using rig = new CodingRig();
    const attempt = run(rig, ['wait']);
    await attempt.printed('waiting');
    process.kill(attempt.process!.pid, 'SIGKILL');
    const failure = await attempt.failure();
    assert.ok(failure.reason === 'agent-broke');
    assert.match(failure.message, /SIGKILL/);
  });

  it('because it is too old for an option shows what it said', async () => {
    using rig = new CodingRig();
    const failure = await run(rig, [], { behaves: 'dies-at-once' }).failure();
    assert.ok(failure.reason === 'agent-broke');
    assert.match(failure.tail, /unknown option/);
  });

  it('is made by Sluice where it says nothing for a minute', async () => {
    using rig = new CodingRig();
    const clock = new ManualClock();
    const attempt = run(rig, [], { clock, behaves: 'silent' });
    await attempt.until(() => attempt.process !== undefined);
    const failure = await hurrying(clock, attempt.failure());
    assert.ok(failure.reason === 'agent-broke');
    assert.equal(failure.message, 'it said nothing for 60 s');
    assert.deepEqual(rig.survivors(), []);
  });

  it('that has not begun says how to install it', async () => {
    using rig = new CodingRig();
    const command = path.join(rig.root, 'claude');
    assert.deepEqual(await run(rig, [], { command }).failure(), {
      reason: 'command-not-found',
      command,
      install: 'npm install -g @anthropic-ai/claude-code',
    });
  });
});
