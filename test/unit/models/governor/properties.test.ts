import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { ManualClock } from '../../../support/manualClock.ts';
import { CALL_FAILURES } from '../../../../src/core/domain/call.ts';
import type { BreakerState } from '../../../../src/core/domain/modelPort.ts';
import { NO_LIMITS } from '../../../../src/core/models/failures/limitHeaders.ts';
import { Breaker } from '../../../../src/core/models/governor/breaker.ts';
import {
  Concurrency,
  CUT_PAUSE_MS,
  FLOOR,
} from '../../../../src/core/models/governor/concurrency.ts';
import { Governor } from '../../../../src/core/models/governor/governor.ts';
import type { Permit } from '../../../../src/core/models/governor/permit.ts';
import { seeded } from './simulation.ts';

const step = fc.oneof(
  fc.record({
    do: fc.constant('ask' as const),
    model: fc.constantFrom('one', 'two'),
    criticality: fc.integer({ min: 1, max: 10 }),
    tokens: fc.integer({ min: 0, max: 20_000 }),
  }),
  fc.record({
    do: fc.constant('answer' as const),
    which: fc.nat(40),
    remaining: fc.option(fc.nat(50), { nil: undefined }),
    resetMs: fc.integer({ min: -1000, max: 90_000 }),
  }),
  fc.record({
    do: fc.constant('fail' as const),
    which: fc.nat(40),
    kind: fc.constantFrom(...CALL_FAILURES),
    waitMs: fc.option(fc.integer({ min: -5000, max: 120_000 }), { nil: undefined }),
  }),
  fc.record({ do: fc.constant('cancel' as const), which: fc.nat(40) }),
  fc.record({ do: fc.constant('abort' as const), which: fc.nat(40) }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 70_000 }) }),
  fc.record({
    do: fc.constant('recall' as const),
    kind: fc.constantFrom(...CALL_FAILURES),
    ms: fc.integer({ min: -1000, max: 100_000 }),
  }),
);

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('the governor, whatever happens', function () {
  this.timeout(120_000);

  it('never has more calls than the ceiling, leaks no permit and no timer, and serves everybody', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (steps, ceiling) => {
          const clock = new ManualClock();
          const governor = new Governor({ clock, random: seeded(1), ceiling: () => ceiling });
          const moves: BreakerState[] = [];
          const running: Permit[] = [];
          const leaving: AbortController[] = [];
          let asked = 0;
          let served = 0;
          let left = 0;

          const ask = async (model: string, criticality: number, tokens: number) => {
            asked += 1;
            const stop = new AbortController();
            setMaxListeners(0, stop.signal);
            leaving.push(stop);
            for (;;) {
              try {
                const admission = await governor.admit(
                  { account: 'a', provider: 'p', model, tokens, criticality },
                  (state) => model === 'one' && moves.push(state),
                  stop.signal,
                );
                if (admission.kind === 'go') {
                  running.push(admission.permit);
                  served += 1;
                  return;
                }
                assert.ok(Number.isInteger(admission.until) && admission.until > clock.now());
                await new Promise<void>(
                  (resolve) => void clock.timer(admission.until - clock.now(), resolve),
                );
              } catch (thrown) {
                assert.equal(thrown, stop.signal.reason);
                left += 1;
                return;
              }
            }
          };
          const check = () => {
            const standing = governor.standing();
            const now = standing.reduce((sum, one) => sum + one.running, 0);
            assert.equal(now, running.length, 'each permit is counted');
            assert.ok(now <= ceiling, `${now} over the ceiling ${ceiling}`);
            assert.ok(standing.every(({ limit }) => limit >= 1 && limit <= ceiling));
          };

          for (const one of steps) {
            const permit =
              'which' in one && one.do !== 'abort'
                ? running[one.which % running.length]
                : undefined;
            switch (one.do) {
              case 'ask':
                void ask(one.model, one.criticality, one.tokens);
                break;
              case 'answer':
                permit?.end({
                  kind: 'answered',
                  tokens: 100,
                  limits: {
                    ...NO_LIMITS,
                    requests:
                      one.remaining === undefined
                        ? undefined
                        : {
                            limit: 50,
                            remaining: one.remaining,
                            resetAt: clock.now() + one.resetMs,
                          },
                  },
                });
                break;
              case 'fail':
                permit?.end({
                  kind: 'failed',
                  failure: {
                    kind: one.kind,
                    message: '',
                    status: undefined,
                    notBefore: one.waitMs === undefined ? undefined : clock.now() + one.waitMs,
                  },
                  limits: undefined,
                });
                break;
              case 'cancel':
                permit?.end({ kind: 'cancelled' });
                break;
              case 'abort':
                leaving[one.which % Math.max(1, leaving.length)]?.abort(new Error('stop'));
                break;
              case 'advance':
                clock.advance(one.ms);
                break;
              case 'recall':
                governor.recall({
                  provider: 'p',
                  model: 'one',
                  because: one.kind,
                  until: clock.now() + one.ms,
                });
                break;
            }
            if (permit !== undefined) {
              running.splice(running.indexOf(permit), 1);
            }
            await tick();
            check();
          }
          // From now on all goes well: everybody is served within a bounded time.
          const end = clock.monotonic() + 3_600_000;
          while (served + left < asked) {
            assert.ok(clock.monotonic() < end, 'nobody waits for ever');
            running
              .splice(0)
              .forEach((permit) =>
                permit.end({ kind: 'answered', tokens: 100, limits: undefined }),
              );
            await tick();
            if (running.length === 0 && served + left < asked) {
              assert.ok(clock.advanceToNextTimer(), 'who waits has a timer, or a call to wait for');
              await tick();
            }
            check();
          }
          running.splice(0).forEach((permit) => permit.end({ kind: 'cancelled' }));
          assert.deepEqual(
            governor.standing().map((one) => one.running),
            governor.standing().map(() => 0),
          );
          // Timers that are left are those of calls that were aborted while parked.
          while (clock.advanceToNextTimer()) {
            await tick();
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the concurrency of a model', () => {
  it('stays between its floor and its ceiling, and halves once in five seconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.array(fc.record({ good: fc.boolean(), ms: fc.nat(3000) }), { maxLength: 300 }),
        (ceiling, events) => {
          const concurrency = new Concurrency(() => ceiling);
          let now = 0;
          let cutAt = -Infinity;
          for (const { good, ms } of events) {
            now += ms;
            const before = concurrency.limit;
            if (good) {
              concurrency.answered(before, now);
            } else {
              concurrency.overrun(now);
            }
            const after = concurrency.limit;
            assert.ok(after >= FLOOR && after <= ceiling);
            assert.ok(after <= before + 1);
            if (after < before) {
              assert.equal(after, Math.max(FLOOR, Math.floor(before / 2)));
              assert.ok(now - cutAt >= CUT_PAUSE_MS);
              cutAt = now;
            }
          }
        },
      ),
    );
  });
});

describe('a breaker', () => {
  it('moves only along its arrows, and lets one probe through', () => {
    const arrows = new Set(['closed open', 'open half-open', 'half-open closed', 'half-open open']);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            what: fc.constantFrom('go', 'answer', 'fail', 'lose'),
            kind: fc.constantFrom(...CALL_FAILURES),
            ms: fc.nat(8000),
            notBefore: fc.option(fc.nat(20_000), { nil: undefined }),
            probe: fc.boolean(),
          }),
          { maxLength: 200 },
        ),
        (events) => {
          const breaker = new Breaker();
          let now = 0;
          let probing = false;
          for (const { what, kind, ms, notBefore, probe } of events) {
            now += ms;
            const before = breaker.state;
            const isProbe = probe && probing;
            if (what === 'go' && breaker.lets(now)) {
              probing = breaker.goes() !== undefined || probing;
            } else if (what === 'answer') {
              breaker.answered(isProbe);
            } else if (what === 'fail') {
              const later = notBefore === undefined ? undefined : now + notBefore;
              breaker.failed(kind, later, isProbe, now);
            } else if (what === 'lose' && isProbe) {
              breaker.probeLost(now);
            }
            const after = breaker.state;
            assert.ok(before === after || arrows.has(`${before} ${after}`), `${before} ${after}`);
            assert.ok(after !== 'half-open' || !breaker.lets(now), 'a second probe');
            assert.equal(breaker.until === undefined, after !== 'open');
            if (after !== 'half-open') {
              probing = false;
            }
          }
        },
      ),
    );
  });
});
