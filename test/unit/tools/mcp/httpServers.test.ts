import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '../../../support/manualClock.ts';
import { McpRig, use } from './mcpRig.ts';

type Answer = (message: Message, response: ServerResponse, request: IncomingMessage) => void;

interface Message {
  readonly id?: number;
  readonly method: string;
}

/** A server of the protocol whose answers a test gives; what it does not, is given well. */
async function serving(answer: Answer) {
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => answer(JSON.parse(body) as Message, response, request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const json = (response: ServerResponse, value: unknown) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const well: Answer = ({ id, method }, response) => {
  const result = (value: unknown) => json(response, { jsonrpc: '2.0', id, result: value });
  switch (method) {
    case 'initialize':
      return result({
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'x', version: '1' },
      });
    case 'tools/list':
      return result({ tools: [{ name: 'work', inputSchema: { type: 'object' } }] });
    case 'tools/call':
      return result({ content: [{ type: 'text', text: 'done' }] });
    default:
      return response.writeHead(202).end();
  }
};

async function problemOf(answer: Answer, headers: Record<string, string> = {}): Promise<string> {
  using server = await serving(answer);
  await using rig = new McpRig({ web: { type: 'http', url: server.url, headers } });
  const { problems, tools } = await rig.open({ mcpServers: ['web'] });
  assert.equal(tools.length, 0);
  assert.equal(problems.length, 1);
  return (problems[0] ?? '').replace('The MCP server web of .mcp.json is not started: ', '');
}

/** What a call gives that is answered so. */
async function textOf(answer: Answer): Promise<string> {
  using server = await serving((message, ...more) =>
    (message.method === 'tools/call' ? answer : well)(message, ...more),
  );
  await using rig = new McpRig({ web: { type: 'http', url: server.url } });
  const servers = await rig.open({ mcpServers: ['web'] });
  const { text, isError } = await use(servers, 'web_work');
  assert.equal(isError, text !== 'done');
  return text.replace(/^The MCP server web did not do it: (.*)\.$/, '$1');
}

describe('a server over HTTP', () => {
  it('is sent the headers of its configuration, filled in', async () => {
    const seen: unknown[] = [];
    using server = await serving((message, response, request) => {
      seen.push(request.headers['authorization']);
      well(message, response, request);
    });
    const headers = { Authorization: 'Bearer ${TOKEN}' };
    await using rig = new McpRig({ web: { type: 'http', url: server.url, headers } });
    const servers = await rig.open(
      { tools: ['mcp__web__work'] },
      { environment: { TOKEN: 'secret-word' } },
    );
    assert.deepEqual(servers.problems, []);
    assert.equal((await use(servers, 'web_work')).text, 'done');
    assert.deepEqual(new Set(seen), new Set(['Bearer secret-word']));
  });

  it('that wants to know who asks is a problem, and no secret is told', async () => {
    const refuse: Answer = (_message, response) => response.writeHead(401).end();
    assert.equal(
      await problemOf(refuse),
      'it does not let Sluice in (HTTP 401); put a token into its "headers".',
    );
    const echo: Answer = (_message, response, { headers }) =>
      response.writeHead(500).end(`no good: ${headers['x-key'] as string}`);
    const told = await problemOf(echo, { 'x-key': 'abcdefgh' });
    assert.match(told, /no good: …\.$/);
  });

  it('that answers with a page, with nothing or with garbage is a problem', async () => {
    const page: Answer = (_message, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    assert.match(await problemOf(page), /Unexpected content type/);
    const nothing: Answer = (_message, response) => response.destroy();
    assert.match(await problemOf(nothing), /fetch failed/);
    const garbage: Answer = (_message, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"half":');
    assert.match(await problemOf(garbage), /JSON/);
  });

  it('that sends its clients elsewhere is not followed to another host', async () => {
    const elsewhere: Answer = (_message, response) =>
      response.writeHead(307, { location: 'http://127.0.0.2:9/mcp' }).end();
    assert.match(await problemOf(elsewhere), /redirect/i);
  });
});

describe('a server over HTTP that never answers', () => {
  /** Counts what still listens to it. */
  async function hanging() {
    const sockets = new Set<unknown>();
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const server = createServer((request, response) => {
      sockets.add(response);
      response.once('close', () => sockets.delete(response));
      if (request.method === 'GET') {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': wait\n\n');
      }
      asked();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
      isAsked,
      sockets,
      [Symbol.dispose]: () => {
        server.closeAllConnections();
        server.close();
      },
    };
  }

  for (const type of ['http', 'sse']) {
    it(`is given half a minute, or until nobody wants it any more (${type})`, async () => {
      using server = await hanging();
      await using rig = new McpRig({ web: { type, url: server.url } });
      const clock = new ManualClock();
      const opening = rig.open({ mcpServers: ['web'] }, { clock });
      await server.isAsked;
      for (let isOpen = false; !isOpen;) {
        // Its farewell is on the same clock.
        clock.advance(30_000);
        isOpen = await Promise.race([opening.then(() => true), soon()]);
      }
      assert.deepEqual((await opening).problems, [
        'The MCP server web of .mcp.json is not started: it has not answered for 30.0 s.',
      ]);
      const stop = new AbortController();
      const unwanted = rig.open({ mcpServers: ['web'] }, { signal: stop.signal });
      stop.abort(new Error('enough'));
      await assert.rejects(unwanted, /enough/);
      while (server.sockets.size > 0) {
        await soon();
      }
    });
  }

  const soon = () => new Promise<false>((resolve) => setImmediate(() => resolve(false)));
});

describe('a call of a tool over HTTP', () => {
  const events = { 'content-type': 'text/event-stream' };

  it('is answered in one piece or as events', async () => {
    assert.equal(await textOf(well), 'done');
    const streamed: Answer = ({ id }, response) => {
      const result = { content: [{ type: 'text', text: 'done' }] };
      const data = JSON.stringify({ jsonrpc: '2.0', id, result });
      response.writeHead(200, events).end(`event: message\ndata: ${data}\n\n`);
    };
    assert.equal(await textOf(streamed), 'done');
  });

  it('is an error when the answer breaks off, is too long or is no answer', async () => {
    const breaks: Answer = (_message, response) => {
      response.writeHead(200, events).end('event: message\ndata: {"json');
    };
    assert.equal(await textOf(breaks), 'its answer broke off');
    const long: Answer = (_message, response) => {
      response.writeHead(200, events).end(`data: ${'x'.repeat(10 * 1024 * 1024)}\n\n`);
    };
    assert.equal(await textOf(long), 'it sent a line of more than 8.0 MB');
    const longJson: Answer = (_message, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('x'.repeat(10 * 1024 * 1024));
    };
    assert.equal(await textOf(longJson), 'it sent a line of more than 8.0 MB');
    const failed: Answer = (_message, response) => response.writeHead(503).end('busy');
    assert.match(await textOf(failed), /busy/);
  }).timeout(20_000);
});
