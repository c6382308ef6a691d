import assert from 'node:assert/strict';
import {
  watchedFetch,
  watchWire,
  type Wire,
} from '../../../../src/core/models/turn/watchedFetch.ts';

interface Told {
  opened: number[];
  moved: number;
  spoiled: string[];
  atOnce: string[];
  end: () => void;
}

function wired(): { readonly signal: AbortSignal; readonly told: Told } {
  const told: Told = { opened: [], moved: 0, spoiled: [], atOnce: [], end: () => undefined };
  const wire: Wire = {
    opened: (status) => told.opened.push(status),
    moved: () => {
      told.moved += 1;
    },
    spoiled: ({ kind, message }) => told.spoiled.push(`${kind}: ${message}`),
    toldAtOnce: (body) => told.atOnce.push(body),
    endsBy: (end) => {
      told.end = end;
    },
  };
  const { signal } = new AbortController();
  watchWire(signal, wire);
  return { signal, told };
}

function serving(
  body: ConstructorParameters<typeof Response>[0],
  init: ResponseInit = { headers: { 'content-type': 'text/event-stream' } },
): typeof fetch {
  return watchedFetch(() => Promise.resolve(new Response(body, init)));
}

/** So many chunks of so many bytes; counts those that were asked for. */
function chunks(
  count: number,
  bytes: number,
): { body: ReadableStream<Uint8Array>; given: () => number } {
  let given = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        given += 1;
        controller.enqueue(new Uint8Array(bytes).fill(120));
        if (given === count) {
          controller.close();
        }
      },
    },
    { highWaterMark: 0 },
  );
  return { body, given: () => given };
}

describe('a fetch that is watched', () => {
  it('changes nothing for who does not watch', async () => {
    const page = serving('<html>', { headers: { 'content-type': 'text/html' } });
    for (const signal of [undefined, new AbortController().signal]) {
      const response = await page('http://x', signal === undefined ? {} : { signal });
      assert.equal(await response.text(), '<html>');
    }
  });

  it('tells of headers and bytes, and passes them on as they are', async () => {
    const { signal, told } = wired();
    const response = await serving('data: {}\n\n')('http://x', { signal });
    assert.deepEqual(told.opened, [200]);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    assert.equal(await response.text(), 'data: {}\n\n');
    assert.equal(told.moved, 1);
    assert.deepEqual(told.spoiled, []);
  });

  it('reads no further than an event may be long, wherever its bytes are split', async () => {
    const { signal, told } = wired();
    const { body, given } = chunks(1_000, 64 * 1024);
    const response = await serving(body)('http://x', { signal });
    await assert.rejects(response.text());
    assert.match(told.spoiled.join(), /^malformed-output: .*4\.0 MB/);
    assert.ok(given() <= 66, `${given()} chunks`);
  });

  it('takes any number of events that are each short enough', async () => {
    const { signal, told } = wired();
    const event = Buffer.concat([Buffer.alloc(1024 * 1024, 'x'), Buffer.from('\n\n')]);
    let left = 20;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.enqueue(event);
        left -= 1;
        if (left === 0) {
          controller.close();
        }
      },
    });
    const response = await serving(body)('http://x', { signal });
    assert.equal((await response.arrayBuffer()).byteLength, 20 * event.length);
    assert.deepEqual(told.spoiled, []);
  });

  it('reads only the beginning of an explanation', async () => {
    const { signal } = wired();
    const { body, given } = chunks(1_000, 64 * 1024);
    const response = await serving(body, { status: 500 })('http://x', { signal });
    assert.equal(response.status, 500);
    assert.equal((await response.text()).length, 256 * 1024);
    assert.ok(given() <= 6, `${given()} chunks`);
  });

  it('says what came instead of a stream', async () => {
    const { signal, told } = wired();
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    await serving('<title>Log in\u202e to Wi-Fi</title>', { headers })('http://x', { signal });
    assert.deepEqual(told.spoiled, [
      'malformed-output: The provider answered with text/html; charset=utf-8 instead of a stream of events (a login page of the network?): Log in to Wi-Fi',
    ]);
  });

  it('hands over a JSON text that came instead of a stream', async () => {
    const { signal, told } = wired();
    const headers = { 'content-type': 'application/json' };
    await serving('{"error":{}}', { headers })('http://x', { signal });
    assert.deepEqual(told.atOnce, ['{"error":{}}']);
    assert.equal(told.spoiled.length, 1);
  });

  it('takes a stream that does not say what it is', async () => {
    const { signal, told } = wired();
    const bytes = new TextEncoder().encode('data: {}\n\n');
    const response = await serving(bytes, {})('http://x', { signal });
    assert.equal(response.headers.get('content-type'), null);
    assert.equal(await response.text(), 'data: {}\n\n');
    assert.deepEqual(told.spoiled, []);
  });

  it('can be ended as if the provider had', async () => {
    const { signal, told } = wired();
    let asked: (() => void) | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      pull: () =>
        new Promise((resolve) => {
          asked = resolve;
        }),
    });
    const response = await serving(body)('http://x', { signal });
    const text = response.text();
    await new Promise<void>((resolve) => setImmediate(resolve));
    told.end();
    told.end();
    assert.equal(await text, 'data: 1\n\n');
    asked?.();
  });
});
