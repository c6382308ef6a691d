import assert from 'node:assert/strict';
import { CALL_FAILURES } from '../../../src/core/domain/call.ts';
import { failureText } from '../../../src/core/domain/failureText.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';

function failed(over: Partial<Extract<Failure, { reason: 'call-failed' }>> = {}): Failure {
  return {
    reason: 'call-failed',
    provider: 'anthropic',
    model: 'claude-opus',
    failure: {
      kind: 'authentication',
      message: 'invalid x-api-key',
      status: 401,
      notBefore: undefined,
    },
    tries: 1,
    ...over,
  };
}

describe('The words for a call that failed', () => {
  it('say what happened, what to do, and what the provider said', () => {
    assert.deepEqual(failureText(failed()), {
      title: 'anthropic/claude-opus was not asked: the provider does not accept the key',
      fix: 'Set the key: Sluice: Set API Key in VS Code, the variable of the provider in a terminal.',
      detail: 'HTTP 401: invalid x-api-key',
    });
  });

  it('are there for every kind of failure, each with something to do, and differ', () => {
    const texts = CALL_FAILURES.map((kind) =>
      failureText(
        failed({ failure: { kind, message: '', status: undefined, notBefore: undefined } }),
      ),
    );
    for (const { title, fix, detail } of texts) {
      assert.match(title, /^anthropic\/claude-opus [a-z]/);
      assert.match(fix ?? '', /^[A-Z].*\.$/);
      assert.equal(detail, undefined);
    }
    assert.equal(new Set(texts.map(({ title }) => title)).size, CALL_FAILURES.length);
  });

  it('say how often it was tried', () => {
    assert.match(failureText(failed({ tries: 4 })).title, /, also after 4 tries$/);
  });

  it('cannot draw on the screen whatever the provider says', () => {
    const hostile = '\u001b[2Jgone\u202e';
    const { title, detail } = failureText(
      failed({
        provider: hostile,
        model: hostile,
        failure: { kind: 'unknown', message: hostile, status: undefined, notBefore: undefined },
      }),
    );
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    assert.doesNotMatch(`${title}${detail ?? ''}`, /[\u001b\u202e]/);
  });
});

describe('The words for what else ends the work of a model', () => {
  const title = (failure: Failure) => failureText(failure).title;

  it('name the budget in its unit, and whose it is', () => {
    const task = { kind: 'task', task: 'a' as never } as const;
    assert.equal(
      title({ reason: 'budget-spent', scope: { kind: 'run' }, of: 'usd', spent: 2.1, limit: 2 }),
      "The run's budget of $2.00 is spent",
    );
    assert.equal(
      title({ reason: 'budget-spent', scope: task, of: 'tokens', spent: 5, limit: 5 }),
      'Its budget of 5 tokens is spent',
    );
    assert.equal(
      title({ reason: 'budget-spent', scope: task, of: 'time', spent: 5, limit: 60_000 }),
      'Its budget of 1 min 00 s is spent',
    );
  });

  it('say which model answered, which clause failed, and what nobody serves', () => {
    assert.equal(
      title({ reason: 'other-model', requested: 'a', served: 'b' }),
      'b answered, although a was asked',
    );
    assert.deepEqual(
      failureText({ reason: 'bad-output', problems: ['/x must be text', '/y'] }).detail,
      '/x must be text\n/y',
    );
    assert.deepEqual(
      failureText({ reason: 'no-model', problems: ['Set a key.'] }).detail,
      'Set a key.',
    );
    assert.match(title({ reason: 'too-many-turns', turns: 50 }), /^Stopped after 50 answers/);
    assert.match(
      title({ reason: 'agent-broke', command: 'npx', message: 'It left.', tail: '' }),
      /^The coding agent "npx" broke off: It left\./,
    );
    assert.equal(
      title({ reason: 'no-runner', agent: 'x', kind: 'claude-code' }),
      'Nothing here can run the agent "x": it is Claude Code',
    );
  });
});
