import assert from 'node:assert/strict';
import fc from 'fast-check';
import { questionKey } from '../../../../src/core/cache/store/questionKey.ts';
import type { OpenCache } from '../../../../src/core/cache/store/openCache.ts';
import type { SharedQuestion } from '../../../../src/core/domain/sharing.ts';
import { HOUR, StoreRig } from './storeRig.ts';

interface Call {
  readonly signal: AbortSignal;
  readonly answer: (text: string, keep?: boolean) => void;
  readonly fail: (reason: string) => void;
}

describe('Who asks the same at the same moment', () => {
  let rig: StoreRig;
  let program: OpenCache;
  let calls: Call[];

  beforeEach(() => {
    rig = new StoreRig();
    program = rig.program();
    calls = [];
  });
  afterEach(() => rig.dispose());

  const question: SharedQuestion = {
    namespace: 'web_search',
    facts: 'search',
    text: 'groups and rings',
    agent: 'reader',
  };

  function ask(
    signal: AbortSignal = new AbortController().signal,
    asked: SharedQuestion = question,
    by: OpenCache = program,
  ): Promise<string> {
    const asking = by.shared.share(
      asked,
      (calling) =>
        new Promise((resolve, reject) => {
          calls.push({
            signal: calling,
            answer: (text, keep = true) => resolve({ text, keep }),
            fail: (reason) => reject(new Error(reason)),
          });
        }),
      signal,
    );
    asking.catch(() => undefined);
    return asking;
  }

  /** Until there are so many calls, and what follows of itself has happened. */
  async function settled(count: number): Promise<void> {
    for (let n = 0; calls.length < count || n < 20; n += 1) {
      await new Promise(setImmediate);
    }
    assert.equal(calls.length, count);
  }

  async function counts() {
    const { hits, misses, coalesced, saved } = (await program.desk.statistics()).total;
    return { hits, misses, coalesced, calls: saved.calls };
  }

  it('waits for one call', async () => {
    const asking = Array.from({ length: 10 }, () => ask());
    await settled(1);
    calls[0]!.answer('found');
    assert.deepEqual(await Promise.all(asking), Array(10).fill('found'));
    assert.deepEqual(await counts(), { hits: 0, misses: 1, coalesced: 9, calls: 9 });
    const { agents, namespaces } = await program.desk.statistics();
    assert.equal(agents['reader']!.coalesced, 9);
    assert.equal(namespaces['web_search']!.entries, 1);
  });

  it('gets what was kept, also in another program, until its time is over', async () => {
    const first = ask();
    await settled(1);
    rig.clock.advance(700);
    calls[0]!.answer('found');
    await first;
    for (const by of [program, rig.program()]) {
      assert.equal(await ask(undefined, { ...question, agent: 'other' }, by), 'found');
    }
    assert.deepEqual(await counts(), { hits: 1, misses: 1, coalesced: 0, calls: 1 });
    const other = (await program.desk.statistics()).agents['other']!;
    assert.deepEqual(other.saved, { ms: 700, calls: 1, tokens: 0, usd: 0 });
    rig.settings = { ...rig.settings, ttlMs: { web_search: HOUR } };
    rig.clock.advance(24 * HOUR);
    void ask();
    await settled(2);
    calls[1]!.answer('again');
    await ask();
    rig.clock.advance(HOUR);
    void ask();
    await settled(3);
    calls[2]!.answer('and again');
  });

  it('does not wait for who asks something else', async () => {
    for (const other of [
      { ...question, facts: 'fetch' },
      { ...question, text: 'groups and ring' },
      { ...question, facts: 'searchg', text: 'roups and rings' },
    ]) {
      void ask(undefined, other);
    }
    await settled(3);
  });

  it('loses nothing when one who waits gives up', async () => {
    const leaving = new AbortController();
    const leader = ask();
    const follower = ask(leaving.signal);
    await settled(1);
    leaving.abort(new Error('enough'));
    await assert.rejects(follower, /enough/);
    assert.equal(calls[0]!.signal.aborted, false);
    calls[0]!.answer('found');
    assert.equal(await leader, 'found');
  });

  it('goes on with the call when who began it gives up', async () => {
    const leaving = new AbortController();
    const leader = ask(leaving.signal);
    const follower = ask();
    await settled(1);
    leaving.abort(new Error('enough'));
    await assert.rejects(leader, /enough/);
    assert.equal(calls[0]!.signal.aborted, false);
    calls[0]!.answer('found');
    assert.equal(await follower, 'found');
    assert.equal(await ask(), 'found');
    assert.equal(calls.length, 1);
  });

  it('ends the call when nobody waits any more, and a later one of the same is another', async () => {
    const leaving = [new AbortController(), new AbortController()];
    const asking = leaving.map(({ signal }) => ask(signal));
    await settled(1);
    leaving[1]!.abort(new Error('one'));
    leaving[0]!.abort(new Error('two'));
    await assert.rejects(asking[1]!, /one/);
    await assert.rejects(asking[0]!, /two/);
    assert.equal(calls[0]!.signal.aborted, true);
    const next = ask();
    await settled(2);
    // The first ends late, and neither answers for the second nor drives it out.
    calls[0]!.answer('cut off');
    const joined = ask();
    await settled(2);
    calls[1]!.answer('whole');
    assert.deepEqual([await next, await joined], ['whole', 'whole']);
    assert.equal(await ask(), 'whole');
  });

  it('fails for who began alone; the next makes the call anew for the others', async () => {
    const asking = Array.from({ length: 4 }, () => ask());
    await settled(1);
    calls[0]!.fail('no network');
    await assert.rejects(asking[0]!, /no network/);
    await settled(2);
    calls[1]!.fail('no network still');
    await assert.rejects(asking[1]!, /no network still/);
    await settled(3);
    calls[2]!.answer('found');
    assert.deepEqual([await asking[2], await asking[3]], ['found', 'found']);
  });

  it('makes the call anew when who began it has left and it fails', async () => {
    const leaving = new AbortController();
    const leader = ask(leaving.signal);
    const follower = ask();
    await settled(1);
    leaving.abort(new Error('enough'));
    await assert.rejects(leader, /enough/);
    calls[0]!.fail('no network');
    await settled(2);
    calls[1]!.answer('found');
    assert.equal(await follower, 'found');
  });

  it('gives an answer that is not to be kept to nobody else', async () => {
    const asking = [ask(), ask()];
    await settled(1);
    calls[0]!.answer('partly', false);
    assert.equal(await asking[0], 'partly');
    await settled(2);
    calls[1]!.answer('wholly');
    assert.equal(await asking[1], 'wholly');
    assert.equal(await ask(), 'wholly');
  });

  it('does not call for who has given up before asking', async () => {
    await assert.rejects(ask(AbortSignal.abort(new Error('before'))), /before/);
    rig.settings = { ...rig.settings, use: false };
    await assert.rejects(ask(AbortSignal.abort(new Error('before'))), /before/);
    assert.equal(calls.length, 0);
  });

  it('each makes a call of his own while the cache is switched off', async () => {
    rig.settings = { ...rig.settings, use: false };
    const asking = [ask(), ask()];
    await settled(2);
    calls[0]!.answer('one');
    calls[1]!.answer('two');
    assert.deepEqual(await Promise.all(asking), ['one', 'two']);
    assert.deepEqual(rig.files(), []);
  });

  it('gets any text as it was', async () => {
    const texts = ['', '\ud800 alone', 'ü'.repeat(100_000), `${'x'.repeat(70_000)}\udc00`];
    for (const [n, text] of texts.entries()) {
      const asked = { ...question, text: `${n}` };
      const first = ask(undefined, asked);
      await settled(n + 1);
      calls[n]!.answer(text);
      assert.equal(await first, text);
      for (const by of [program, rig.program(), rig.program()]) {
        assert.equal(await ask(undefined, asked, by), text);
      }
    }
  });

  it('is told apart by every character of facts and text, and by where one ends', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '1', ' ', '\n', 'é', 'ǩ', '\ud800', '\udc00'),
    });
    const parts = fc.tuple(text, text);
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const isSame = a[0] === b[0] && a[1] === b[1];
        assert.equal(questionKey(...a) === questionKey(...b), isSame);
      }),
    );
    const keys = ['a\ud800', 'a\ud801', 'a\ufffd', 'aé', 'aǩ', 'a', ''].map((text) =>
      questionKey('', text),
    );
    assert.equal(new Set([...keys, questionKey('a', '')]).size, 8);
  });
});
