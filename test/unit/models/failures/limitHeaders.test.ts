import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  durationMs,
  NO_LIMITS,
  retryMoment,
  toldLimits,
} from '../../../../src/core/models/failures/limitHeaders.ts';

const NOW = Date.UTC(2026, 10, 21, 10, 30);

describe('when a provider says to come again', () => {
  it('is a number of seconds, of milliseconds, or a date', () => {
    assert.equal(retryMoment('2', undefined, NOW), NOW + 2000);
    assert.equal(retryMoment('1.5', undefined, NOW), NOW + 1500);
    assert.equal(retryMoment('3600', undefined, NOW), NOW + 3_600_000);
    assert.equal(retryMoment('20', '250', NOW), NOW + 250);
    assert.equal(retryMoment(new Date(NOW + 9000).toUTCString(), undefined, NOW), NOW + 9000);
    assert.equal(retryMoment('2026-11-21T10:30:05Z', undefined, NOW), NOW + 5000);
  });

  it('is nothing where it is 0, past, junk or beyond belief', () => {
    for (const text of ['0', '-5', '', 'soon', 'NaN', '1e3', '99999999999', '2', undefined].filter(
      (one) => one !== '2',
    )) {
      assert.equal(retryMoment(text, undefined, NOW), undefined, String(text));
    }
    assert.equal(retryMoment(new Date(NOW - 9000).toUTCString(), undefined, NOW), undefined);
    assert.equal(retryMoment('3', '0', NOW), undefined, 'milliseconds go before');
  });
});

describe('durations', () => {
  it('are read in the forms that providers send', () => {
    assert.deepEqual(
      ['20ms', '1s', '1m30s', '6m0s', '2h', '1h2m3.5s', '34.5s', '1d', '', 'x', '5', 's'].map(
        durationMs,
      ),
      [
        20,
        1000,
        90_000,
        360_000,
        7_200_000,
        3_723_500,
        34_500,
        86_400_000,
        undefined,
        undefined,
        undefined,
        undefined,
      ],
    );
  });
});

describe('limits that are told', () => {
  it('are read from the headers of Anthropic', () => {
    const told = toldLimits(
      {
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-requests-reset': '2026-11-21T10:30:10Z',
        'anthropic-ratelimit-input-tokens-limit': '40000',
        'anthropic-ratelimit-input-tokens-remaining': '39000',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-21T10:30:02Z',
        'anthropic-ratelimit-output-tokens-limit': '8000',
        'anthropic-ratelimit-output-tokens-remaining': '1000',
        'anthropic-ratelimit-output-tokens-reset': '2026-11-21T10:31:00Z',
        'x-should-retry': 'false',
      },
      NOW,
    );
    assert.deepEqual(told, {
      requests: { limit: 50, remaining: 49, resetAt: NOW + 10_000 },
      tokens: { limit: 8000, remaining: 1000, resetAt: NOW + 60_000 },
      notBefore: undefined,
      shouldRetry: false,
    });
  });

  it('are read from the headers of OpenAI and of those like it', () => {
    const told = toldLimits(
      {
        'X-RateLimit-Limit-Requests': '60',
        'X-RateLimit-Remaining-Requests': '59',
        'X-RateLimit-Reset-Requests': '1s',
        'x-ratelimit-limit-tokens': '150000',
        'x-ratelimit-remaining-tokens': '149984',
        'x-ratelimit-reset-tokens': '6m0s',
        'retry-after-ms': '700',
      },
      NOW,
    );
    assert.deepEqual(told, {
      requests: { limit: 60, remaining: 59, resetAt: NOW + 1000 },
      tokens: { limit: 150_000, remaining: 149_984, resetAt: NOW + 360_000 },
      notBefore: NOW + 700,
      shouldRetry: undefined,
    });
    const resets = [String(NOW / 1000 + 5), String(NOW + 5000), '5', '5s'].map(
      (reset) =>
        toldLimits(
          { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': reset },
          NOW,
        ).requests?.resetAt,
    );
    assert.deepEqual(resets, [NOW + 5000, NOW + 5000, NOW + 5000, NOW + 5000]);
  });

  it('are nothing where there are none, and never a number that is none', () => {
    assert.deepEqual(toldLimits({}, NOW), NO_LIMITS);
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.anything(), (a, b, body) => {
        const told = toldLimits(
          {
            'retry-after': a,
            'x-ratelimit-remaining-requests': b,
            'x-ratelimit-reset-requests': a,
          },
          NOW,
          body,
        );
        for (const value of [told.notBefore, told.requests?.remaining, told.requests?.resetAt]) {
          assert.ok(value === undefined || (Number.isFinite(value) && value >= 0));
        }
        assert.ok(told.notBefore === undefined || told.notBefore > NOW);
      }),
    );
  });
});
