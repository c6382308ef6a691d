import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { ManualClock } from '../../../support/manualClock.ts';
import type { CallFailureKind } from '../../../../src/core/domain/call.ts';
import { START } from '../../../../src/core/models/governor/concurrency.ts';
import { NO_LIMITS } from '../../../../src/core/models/failures/limitHeaders.ts';
import { Governor, type GovernorOptions } from '../../../../src/core/models/governor/governor.ts';
import type {
  Admission,
  AdmitRequest,
  Permit,
  PermitEnd,
} from '../../../../src/core/models/governor/permit.ts';

const ANSWERED: PermitEnd = { kind: 'answered', tokens: 10, limits: undefined };

function failed(kind: CallFailureKind, notBefore?: number): PermitEnd {
  return {
    kind: 'failed',
    failure: { kind, message: '', status: undefined, notBefore },
    limits: undefined,
  };
}

class Rig {
  readonly clock = new ManualClock();
  readonly governor: Governor;
  readonly moves: string[] = [];
  readonly #stop = new AbortController();

  constructor(options: Partial<GovernorOptions> = {}) {
    setMaxListeners(0, this.#stop.signal);
    this.governor = new Governor({ clock: this.clock, random: () => 0.5, ...options });
  }

  /** What came of it once everything that can happen now has. */
  async ask(request: Partial<AdmitRequest> = {}, signal = this.#stop.signal): Promise<Asked> {
    const asked = new Asked(
      this.governor.admit(
        { account: 'a', provider: 'p', model: 'm', tokens: 10, criticality: 5, ...request },
        (state, until) =>
          this.moves.push(until === undefined ? state : `${state} ${until - this.clock.now()}`),
        signal,
      ),
    );
    await settled();
    return asked;
  }

  async askMany(count: number, request: Partial<AdmitRequest> = {}): Promise<readonly Asked[]> {
    const all: Asked[] = [];
    for (let index = 0; index < count; index += 1) {
      all.push(await this.ask(request));
    }
    return all;
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settled();
  }
}

class Asked {
  admission: Admission | undefined;
  rejected: unknown;

  constructor(promise: Promise<Admission>) {
    promise.then(
      (admission) => {
        this.admission = admission;
      },
      (reason: unknown) => {
        this.rejected = reason;
      },
    );
  }

  get went(): boolean {
    return this.admission?.kind === 'go';
  }

  get permit(): Permit {
    assert.equal(this.admission?.kind, 'go');
    return this.admission.permit;
  }

  get wait(): Extract<Admission, { kind: 'wait' }> {
    assert.equal(this.admission?.kind, 'wait');
    return this.admission;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the governor', () => {
  it('lets ten calls go at first, and one more for each that ends', async () => {
    const rig = new Rig();
    const asked = await rig.askMany(START + 2);
    assert.deepEqual(
      asked.map(({ went }) => went),
      [...Array.from({ length: START }, () => true), false, false],
    );
    asked[0]?.permit.end(ANSWERED);
    await settled();
    assert.deepEqual([asked[START]?.went, asked[START + 1]?.went], [true, false]);
    assert.equal(rig.clock.pending, 0, 'who waits for others needs no timer');
  });

  it('counts the end of a permit once', async () => {
    const rig = new Rig();
    const [first, ...others] = await rig.askMany(START + 2);
    first?.permit.end(ANSWERED);
    first?.permit.end(ANSWERED);
    first?.permit.end({ kind: 'cancelled' });
    await settled();
    assert.equal(others.filter(({ went }) => went).length, START);
  });

  it('grows by one for each full window of answers, up to the ceiling', async () => {
    const rig = new Rig({ ceiling: () => START + 2 });
    const limits: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const limit = rig.governor.standing()[0]?.limit ?? START;
      const calls = await rig.askMany(limit);
      calls.forEach((call) => call.permit.end(ANSWERED));
      limits.push(limit);
    }
    assert.deepEqual(limits.slice(0, 4), [START, START + 1, START + 2, START + 2]);
    assert.equal(Math.max(...limits), START + 2);
  });

  it('shares the ceiling of an account among its models, but not with other accounts', async () => {
    const rig = new Rig({ ceiling: (account) => (account === 'a' ? 5 : 1) });
    const asked = [
      ...(await rig.askMany(4, { model: 'one' })),
      ...(await rig.askMany(2, { model: 'two' })),
      ...(await rig.askMany(2, { account: 'b' })),
    ];
    assert.deepEqual(
      asked.map(({ went }) => went),
      [true, true, true, true, true, false, true, false],
    );
  });

  it('lets the more critical go first, else who came first', async () => {
    const rig = new Rig({ ceiling: () => 1 });
    const running = await rig.ask();
    const [a, b, critical] = [
      await rig.ask(),
      await rig.ask(),
      await rig.ask({ criticality: 9, model: 'another' }),
    ];
    running.permit.end(ANSWERED);
    await settled();
    assert.deepEqual([a.went, b.went, critical.went], [false, false, true]);
    critical.permit.end(ANSWERED);
    await settled();
    assert.deepEqual([a.went, b.went], [true, false]);
  });

  it('lets a call leave the queue when its signal aborts, with its reason', async () => {
    const rig = new Rig({ ceiling: () => 1 });
    const running = await rig.ask();
    const stop = new AbortController();
    const leaving = await rig.ask({}, stop.signal);
    const next = await rig.ask();
    const reason = new Error('stopped');
    stop.abort(reason);
    await settled();
    assert.equal(leaving.rejected, reason);
    assert.equal((await rig.ask({}, stop.signal)).rejected, reason, 'nor does it enter');
    running.permit.end(ANSWERED);
    await settled();
    assert.equal(next.went, true);
    assert.equal(rig.governor.standing()[0]?.waiting, 0);
  });

  it('waits up to a second in the queue, and tells of a longer wait', async () => {
    const rig = new Rig();
    const [first, second] = await rig.askMany(2);
    first?.permit.end(failed('overloaded', rig.clock.now() + 900));
    const soon = await rig.ask();
    assert.equal(soon.admission, undefined);
    assert.equal(rig.clock.pending, 1);
    await rig.advance(900);
    assert.equal(soon.went, true);
    second?.permit.end(ANSWERED);
    soon.permit.end(failed('rate-limit', rig.clock.now() + 30_000));
    const later = await rig.ask();
    assert.equal(later.wait.because, 'rate-limit');
    assert.ok(later.wait.until >= rig.clock.now() + 30_000);
    assert.equal(rig.clock.pending, 0);
  });

  it('tells those that already wait, once they will wait for longer', async () => {
    const rig = new Rig({ ceiling: () => 2 });
    const [first, second, waiting] = await rig.askMany(3);
    first?.permit.end(failed('rate-limit', rig.clock.now() + 30_000));
    await settled();
    assert.ok((waiting?.wait.until ?? 0) >= rig.clock.now() + 30_000);
    second?.permit.end({ kind: 'cancelled' });
    assert.equal(rig.governor.standing()[0]?.running, 0);
  });

  it('gives 200 calls moments at which there is room for them', async () => {
    const rig = new Rig();
    // 20 requests a minute, as its headers tell.
    const start = rig.clock.now();
    const first = await rig.ask();
    first.permit.end({
      kind: 'answered',
      tokens: 10,
      limits: {
        ...NO_LIMITS,
        requests: { limit: 20, remaining: 0, resetAt: start + 60_000 },
      },
    });
    const asked = await rig.askMany(200);
    const moments = asked.map(({ wait }) => wait.until - start);
    assert.ok(Math.min(...moments) >= 60_000);
    for (let window = 1; window <= 3; window += 1) {
      const inside = moments.filter(
        (at) => at >= window * 60_000 && at < (window + 1) * 60_000,
      ).length;
      // Far ones are only to look again.
      assert.ok(inside === 20 || window > 1, `${inside} in window ${window}`);
    }
    assert.deepEqual(
      [...moments].sort((a, b) => a - b),
      moments,
      'who came first comes first',
    );
    await rig.advance(60_000 - (rig.clock.now() - start));
    for (const at of moments.slice(0, 20)) {
      await rig.advance(Math.max(0, start + at - rig.clock.now()));
      const back = await rig.ask();
      assert.equal(back.went, true, `room at ${at}`);
      back.permit.end(ANSWERED);
    }
    assert.equal((await rig.ask()).went, false, 'and no more than the limit');
  });

  it('gives room again that is not used', async () => {
    const rig = new Rig();
    const start = rig.clock.now();
    const first = await rig.ask();
    first.permit.end({
      kind: 'answered',
      tokens: 10,
      limits: { ...NO_LIMITS, requests: { limit: 2, remaining: 0, resetAt: start + 10_000 } },
    });
    await rig.askMany(2);
    await rig.advance(10_000);
    await rig.advance(6000);
    assert.deepEqual(
      (await rig.askMany(2)).map(({ went }) => went),
      [true, true],
    );
  });

  it('opens the breaker after five failures in a row, lets one call try, and closes', async () => {
    const rig = new Rig();
    for (let index = 0; index < 5; index += 1) {
      (await rig.ask()).permit.end(failed('server-error'));
    }
    assert.deepEqual(rig.moves, ['open 5000']);
    const told = await rig.askMany(3);
    assert.deepEqual(
      told.map(({ wait }) => wait.because),
      ['server-error', 'server-error', 'server-error'],
    );
    assert.equal(told[0]?.wait.until, rig.clock.now() + 5000);
    assert.ok((told[1]?.wait.until ?? 0) > rig.clock.now() + 5000, 'others give the first time');
    await rig.advance(5000);
    const probe = await rig.ask();
    assert.equal(probe.went, true);
    assert.equal((await rig.ask()).went, false);
    probe.permit.end(ANSWERED);
    assert.deepEqual(rig.moves, ['open 5000', 'half-open', 'closed']);
    assert.equal(rig.governor.standing()[0]?.breaker, 'closed');
  });

  it('does not open for what only concerns one request', async () => {
    const rig = new Rig();
    for (const kind of ['authentication', 'invalid-request', 'content-refused'] as const) {
      for (let index = 0; index < 5; index += 1) {
        (await rig.ask()).permit.end(failed(kind));
      }
    }
    assert.equal((await rig.ask()).went, true);
    assert.deepEqual(rig.moves, []);
  });

  it('knows after a restart what a journal remembers', async () => {
    const rig = new Rig();
    const until = rig.clock.now() + 30_000;
    const wait = { provider: 'p', model: 'm', because: 'rate-limit', until } as const;
    rig.governor.recall(wait);
    const early = await rig.ask();
    assert.ok(early.wait.until >= until);
    assert.equal((await rig.ask({ model: 'other' })).went, true);
    await rig.advance(30_000);
    assert.equal((await rig.ask()).went, true);
    // Also of a model that was used already, and of one that was down.
    rig.governor.recall({ ...wait, because: 'overloaded', until: rig.clock.now() + 4000 });
    assert.equal((await rig.ask()).wait.because, 'overloaded');
    assert.equal(rig.governor.standing()[0]?.breaker, 'open');
    rig.governor.recall({ ...wait, until: rig.clock.now() - 1 });
  });

  it('tells people how it stands, and when that changes', async () => {
    const rig = new Rig();
    let changes = 0;
    rig.governor.onDidChange(() => {
      changes += 1;
    });
    const call = await rig.ask();
    assert.deepEqual(rig.governor.standing(), [
      {
        account: 'a',
        provider: 'p',
        model: 'm',
        limit: START,
        running: 1,
        waiting: 0,
        breaker: 'closed',
        until: undefined,
      },
    ]);
    const before = changes;
    call.permit.end(failed('rate-limit', rig.clock.now() + 20_000));
    assert.ok(changes > before);
    assert.equal(rig.governor.standing()[0]?.until, rig.clock.now() + 20_000);
    assert.equal(rig.governor.standing()[0]?.limit, START / 2);
  });

  it('is not confused when somebody sets the date', async () => {
    const rig = new Rig();
    (await rig.ask()).permit.end(failed('rate-limit', rig.clock.now() + 20_000));
    rig.clock.setDate(-3_600_000);
    const told = await rig.ask();
    assert.ok(told.wait.until - rig.clock.now() < 25_000);
    await rig.advance(20_000);
    assert.equal((await rig.ask()).went, true);
  });

  it('lets a call go that is larger than all tokens of a window, when all are there', async () => {
    const rig = new Rig();
    (await rig.ask()).permit.end({
      kind: 'answered',
      tokens: 10,
      limits: {
        ...NO_LIMITS,
        tokens: { limit: 1000, remaining: 400, resetAt: rig.clock.now() + 30_000 },
      },
    });
    const large = await rig.ask({ tokens: 5000 });
    assert.ok(large.wait.until >= rig.clock.now() + 30_000);
    await rig.advance(large.wait.until - rig.clock.now());
    assert.equal((await rig.ask({ tokens: 5000 })).went, true);
  });
});
