import assert from 'node:assert/strict';
import type http from 'node:http';
import { MemoryAnswers } from '../../support/memoryAnswers.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { LocalWeb, say } from './localWeb.ts';
import { type BoxChanges, dataIn, ToolRig } from './toolRig.ts';

/** A server that answers when the test says so. */
class HeldWeb {
  readonly #held: http.ServerResponse[] = [];
  #told: (() => void)[] = [];
  closed = 0;

  readonly answer = (_request: http.IncomingMessage, response: http.ServerResponse) => {
    this.#held.push(response);
    response.once('close', () => {
      this.closed += 1;
      this.#told.splice(0).forEach((tell) => tell());
    });
    this.#told.splice(0).forEach((tell) => tell());
  };

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => this.#told.push(resolve));
    }
  }

  async next(): Promise<http.ServerResponse> {
    await this.until(() => this.#held.length > 0);
    return this.#held.shift()!;
  }
}

async function turns(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise(setImmediate);
  }
}

describe('what agents look up outside', () => {
  let shared: MemoryAnswers;

  beforeEach(() => (shared = new MemoryAnswers()));

  const changes = (over: Partial<BoxChanges> = {}): BoxChanges => ({
    ...over,
    options: { shared, ...over.options },
  });

  it('ten agents at once get one page by one request, each behind its own mark', async () => {
    await using web = await LocalWeb.start(say('the page'));
    const rigs = Array.from({ length: 10 }, () => new ToolRig());
    const boxes = await Promise.all(rigs.map((rig) => web.open(rig, web.web, changes())));
    const answers = await Promise.all(
      boxes.map((box, index) => box.call('fetch', { url: web.url(`/a#${index}`) })),
    );
    assert.equal(web.asked.length, 1);
    assert.equal(shared.asked.length, 10);
    assert.deepEqual([...new Set(answers.map(({ text }) => dataIn(text)))], ['the page']);
    const marks = answers.map(({ text }) => /id="(\w{12})"/.exec(text)?.[1]);
    assert.equal(new Set(marks).size, 10);
    assert.equal(answers.filter(({ keptFrom }) => keptFrom === undefined).length, 1);
    assert.ok(answers.every(({ reads }) => reads?.[0]?.kind === 'web'));
    await Promise.all(rigs.map((rig) => rig[Symbol.asyncDispose]()));
  });

  it('a page is kept whole: who goes on with it asks nobody, and is told since when it stands', async () => {
    await using rig = new ToolRig();
    const long = 'x'.repeat(50_000);
    await using web = await LocalWeb.start(say(long));
    const clock = new ManualClock();
    const box = await web.open(rig, web.web, changes({ options: { clock } }));
    const first = await box.call('fetch', { url: web.url() });
    assert.match(first.text, /go on with offset 40000/);
    const asked = clock.now();
    clock.advance(7_200_000);
    const rest = await box.call('fetch', { url: web.url(), offset: 40_000 });
    assert.equal(dataIn(rest.text).length, 10_000);
    assert.deepEqual([first.keptFrom, rest.keptFrom], [undefined, asked]);
    assert.equal(web.asked.length, 1);
  });

  it('asks for itself where its attempt shares nothing', async () => {
    await using rig = new ToolRig();
    await using web = await LocalWeb.start(say('the page'));
    for (let n = 0; n < 2; n += 1) {
      const box = await web.open(rig, web.web, changes({ shares: false }));
      await box.ok('fetch', { url: web.url() });
    }
    assert.equal(web.asked.length, 2);
    assert.deepEqual(shared.asked, []);
  });

  it('one that is stopped leaves the request to the others, and the last ends it', async () => {
    await using rig = new ToolRig();
    await using other = new ToolRig();
    const held = new HeldWeb();
    await using web = await LocalWeb.start(held.answer);
    const boxes = [
      await web.open(rig, web.web, changes()),
      await web.open(other, web.web, changes()),
    ] as const;
    const stop = new AbortController();
    const leader = boxes[0].call('fetch', { url: web.url() }, stop.signal);
    const response = await held.next();
    const follower = boxes[1].call('fetch', { url: web.url() });
    await turns(() => shared.waiting === 2);
    stop.abort();
    assert.match((await leader).text, /Stopped/);
    // Its box may close: the request is not its own any more.
    await boxes[0].box.close();
    response.end('for the other');
    assert.equal(dataIn((await follower).text), 'for the other');
    assert.equal(web.asked.length, 1);

    held.closed = 0;
    const [a, b] = [new AbortController(), new AbortController()];
    const both = [a, b].map(({ signal }) => boxes[1].call('fetch', { url: web.url('/b') }, signal));
    await held.next();
    await turns(() => shared.waiting === 2);
    b.abort();
    await turns(() => shared.waiting === 1);
    assert.equal(held.closed, 0);
    a.abort();
    await held.until(() => held.closed === 1);
    assert.deepEqual(
      (await Promise.all(both)).map(({ isError }) => isError),
      [true, true],
    );
  });

  it('what fails is told to who asked, is not kept, and does not fail for the next', async () => {
    await using rig = new ToolRig();
    const held = new HeldWeb();
    await using web = await LocalWeb.start(held.answer);
    const box = await web.open(rig, web.web, changes());
    const first = box.call('fetch', { url: web.url() });
    const broken = await held.next();
    const second = box.call('fetch', { url: web.url() });
    await turns(() => shared.waiting === 2);
    broken.writeHead(503).end();
    const failed = await first;
    assert.match(failed.text, /HTTP 503/);
    assert.equal(failed.isError, true);
    (await held.next()).end('there it is');
    assert.equal(dataIn((await second).text), 'there it is');
    assert.equal(shared.kept.size, 1);
    assert.equal(web.asked.length, 2);
  });

  it('tells nothing that was kept of a host that is named no longer', async () => {
    await using rig = new ToolRig();
    await using web = await LocalWeb.start(say('inside'));
    const named = { ...web.web, isPublic: () => false, namedHosts: new Set(['site.test']) };
    await (await web.open(rig, named, changes())).ok('fetch', { url: web.url() });
    const box = await web.open(rig, { ...named, namedHosts: new Set() }, changes());
    assert.match(await box.error('fetch', { url: web.url() }), /private network/);
  });

  it('keeps no secret of a page', async () => {
    await using rig = new ToolRig();
    const secret = `ghp_${'a1'.repeat(18)}`;
    await using web = await LocalWeb.start(say(`key ${secret}, and word hunter2-hunter2`));
    const redact = (text: string) => text.replaceAll('hunter2-hunter2', '[hidden]');
    const box = await web.open(rig, web.web, changes());
    await box.ok('fetch', { url: web.url('/a') });
    const other = await web.open(rig, web.web, changes({ options: { redact } }));
    await other.ok('fetch', { url: web.url('/b') });
    const [first = '', second = ''] = [...shared.kept.values()];
    assert.ok(first.includes('key [hidden]') && !first.includes(secret));
    assert.ok(!second.includes('hunter2'));
  });

  it('asks again where what was kept cannot be read', async () => {
    await using rig = new ToolRig();
    await using web = await LocalWeb.start(say('the page'));
    const box = await web.open(rig, web.web, changes());
    await box.ok('fetch', { url: web.url() });
    for (const damaged of ['', 'null', '{"text": 7}']) {
      [...shared.kept.keys()].forEach((key) => shared.kept.set(key, damaged));
      assert.equal(dataIn(await box.ok('fetch', { url: web.url() })), 'the page');
    }
    assert.equal(web.asked.length, 4);
  });
});
