import assert from 'node:assert/strict';
import { mayBeMended, type Failure } from '../../../src/core/domain/failure.ts';

describe('a failure may be mended', () => {
  it('where the work is what is wrong', () => {
    const failures: readonly Failure[] = [
      { reason: 'check-failed', command: 'npm test', code: 1, tail: '' },
      { reason: 'check-failed', command: 'npm test', code: undefined, tail: '' },
      { reason: 'exited', command: 'make', code: 2, tail: '' },
      { reason: 'signalled', command: 'make', signal: 'SIGSEGV', tail: '' },
      { reason: 'timed-out', limit: 'wall', afterMs: 1 },
      { reason: 'not-produced', paths: ['a'] },
      { reason: 'bad-product', path: 'a', problems: [] },
      { reason: 'out-of-bounds', paths: ['a'], count: 1 },
      { reason: 'landing', message: '"package.json" is protected' },
    ];
    assert.deepEqual(
      failures.filter((failure) => !mayBeMended(failure)),
      [],
    );
  });

  it('not where a person, a setting or the machine must change', () => {
    const failures: readonly Failure[] = [
      { reason: 'cancelled' },
      { reason: 'interrupted' },
      { reason: 'rejected', by: 'a', note: undefined },
      { reason: 'internal', message: '' },
      { reason: 'no-sandbox', why: '', cure: '' },
      { reason: 'no-model', problems: [] },
      { reason: 'no-runner', agent: 'a', kind: 'acp' },
      { reason: 'command-not-found', command: 'a', install: undefined },
      { reason: 'spawn-failed', command: 'a', message: '' },
      { reason: 'sandbox-limit', limit: 'memory', most: 1 },
      { reason: 'output-cap', limitBytes: 1 },
      { reason: 'too-many-turns', turns: 1 },
      { reason: 'bad-output', problems: [] },
      { reason: 'agent-broke', command: 'a', message: '', tail: '' },
      { reason: 'other-model', requested: 'a', served: 'b' },
      { reason: 'workspace', message: '' },
      { reason: 'overlap', path: 'a', tasks: [] },
      { reason: 'expression', where: 'a', message: '' },
    ];
    assert.deepEqual(failures.filter(mayBeMended), []);
  });
});
