import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CALL_FAILURES, type CallFailureKind } from '../../../../src/core/domain/call.ts';
import { mayPass } from '../../../../src/core/domain/failure.ts';
import type { FailedCall } from '../../../../src/core/domain/modelPort.ts';
import {
  attemptsFor,
  DEFAULT_MAX_WAIT_MS,
  REMEDIES,
  remedyFor,
} from '../../../../src/core/models/failures/remedy.ts';

const NOW = Date.UTC(2026, 10, 21, 10, 30);

function failed(
  kind: CallFailureKind,
  change: Partial<FailedCall> = {},
  notBefore?: number,
): FailedCall {
  return {
    model: {
      provider: 'p',
      model: 'm',
      account: 'a',
      contextTokens: undefined,
      canUseTools: true,
      canStructure: false,
    },
    failure: { kind, message: '', status: undefined, notBefore },
    tries: 1,
    waitedMs: 0,
    policy: undefined,
    criticality: 5,
    hasFallback: false,
    ...change,
  };
}

describe('what is done about a failed call', () => {
  it('is never the same call again where that is of no use', () => {
    const never = CALL_FAILURES.filter((kind) => REMEDIES[kind].attempts === 1);
    assert.deepEqual(never, [
      'authentication',
      'permission',
      'billing',
      'invalid-request',
      'context-length',
      'model-not-found',
      'content-refused',
    ]);
    for (const kind of never) {
      const policy = {
        attempts: 9,
        maxWaitMs: undefined,
        onOtherModel: undefined,
        maxTurns: undefined,
      };
      assert.deepEqual(remedyFor(failed(kind, { policy, criticality: 10 }), NOW, 0.5), {
        kind: 'give-up',
      });
      assert.deepEqual(remedyFor(failed(kind, { hasFallback: true }), NOW, 0.5), {
        kind: kind === 'invalid-request' ? 'give-up' : 'fallback',
      });
    }
  });

  it('is the same call later, until its tries are used up, and then the next model', () => {
    const tries = (criticality: number, attempts?: number) => {
      const policy =
        attempts === undefined
          ? undefined
          : { attempts, maxWaitMs: undefined, onOtherModel: undefined, maxTurns: undefined };
      for (let count = 1; ; count += 1) {
        const remedy = remedyFor(
          failed('server-error', { tries: count, criticality, policy, hasFallback: true }),
          NOW,
          0.5,
        );
        if (remedy.kind !== 'again') {
          assert.equal(remedy.kind, 'fallback');
          return count;
        }
      }
    };
    assert.deepEqual([tries(5), tries(8), tries(2), tries(5, 2), tries(5, 1)], [4, 6, 3, 2, 1]);
  });

  it('waits for the moment that the provider names, a little spread', () => {
    const at = (random: number) => {
      const remedy = remedyFor(failed('rate-limit', { tries: 3 }, NOW + 34_000), NOW, random);
      assert.equal(remedy.kind, 'again');
      return remedy.at - NOW;
    };
    assert.deepEqual([at(0), at(1)], [34_000, 34_500]);
  });

  it('waits longer each time, by chance, up to a bound', () => {
    const at = (tries: number, random: number) => {
      const remedy = remedyFor(failed('overloaded', { tries }), NOW, random);
      assert.equal(remedy.kind, 'again');
      return remedy.at - NOW;
    };
    assert.deepEqual(
      [1, 2, 3, 6].map((tries) => at(tries, 1)),
      [2000, 4000, 8000, 60_000],
    );
    assert.deepEqual([at(4, 0.5), at(4, 0)], [8000, 500]);
  });

  it('ends where a call would wait for longer than it may', () => {
    const waitedMs = DEFAULT_MAX_WAIT_MS - 10_000;
    assert.equal(remedyFor(failed('rate-limit', { waitedMs }, NOW + 9000), NOW, 0).kind, 'again');
    assert.equal(
      remedyFor(failed('rate-limit', { waitedMs }, NOW + 11_000), NOW, 0).kind,
      'give-up',
    );
    assert.equal(
      remedyFor(failed('rate-limit', { hasFallback: true }, NOW + 3_600_000), NOW, 0).kind,
      'fallback',
    );
    const policy = {
      attempts: undefined,
      maxWaitMs: 1000,
      onOtherModel: undefined,
      maxTurns: undefined,
    };
    assert.equal(remedyFor(failed('rate-limit', { policy }, NOW + 2000), NOW, 0).kind, 'give-up');
  });

  it('holds for every failure', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CALL_FAILURES),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 10 }),
        fc.nat(2_000_000),
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.option(fc.integer({ min: -5000, max: 2_000_000 }), { nil: undefined }),
        (kind, tries, criticality, waitedMs, hasFallback, random, notBeforeMs) => {
          const notBefore = notBeforeMs === undefined ? undefined : NOW + notBeforeMs;
          const call = failed(kind, { tries, criticality, waitedMs, hasFallback }, notBefore);
          const remedy = remedyFor(call, NOW, random);
          if (remedy.kind === 'again') {
            assert.ok(tries < attemptsFor(kind, criticality, undefined));
            assert.ok(remedy.at > NOW && remedy.at >= (notBefore ?? 0));
            assert.ok(waitedMs + remedy.at - NOW <= DEFAULT_MAX_WAIT_MS);
          } else {
            assert.ok(hasFallback || remedy.kind === 'give-up');
          }
        },
      ),
    );
  });

  it('agrees with what the engine takes for passing', () => {
    for (const kind of CALL_FAILURES) {
      const isPassing = mayPass({
        reason: 'call-failed',
        provider: 'p',
        model: 'm',
        failure: { kind, message: '', status: undefined, notBefore: undefined },
        tries: 1,
      });
      assert.ok(!isPassing || REMEDIES[kind].attempts > 1, kind);
    }
  });
});
