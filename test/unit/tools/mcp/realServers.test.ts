import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { EVERYTHING, FILESYSTEM, McpRig, namesOf, node, toolOf, use } from './mcpRig.ts';

/** A server over HTTP in a process of its own, ready to be reached. */
class HttpServer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(kind: 'streamableHttp' | 'sse'): Promise<HttpServer> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const child = spawn(process.execPath, [EVERYTHING, kind], {
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await new Promise<void>((resolve) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes(`port ${port}`)) {
          resolve();
        }
      });
    });
    const path = kind === 'sse' ? 'sse' : 'mcp';
    return new HttpServer(child, `http://127.0.0.1:${port}/${path}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
  }
}

const ALL = { mcpServers: ['everything'] };

/** What each transport is to do alike. */
async function checkEverything(rig: McpRig): Promise<void> {
  const servers = await rig.open(ALL);
  assert.ok(servers.tools.length >= 10, namesOf(servers).join(', '));
  assert.ok(servers.tools.every(({ name }) => /^everything_[\w-]+$/.test(name)));
  const echo = await use(servers, 'everything_echo', { message: 'grüß' });
  assert.deepEqual([echo.text, echo.isError], ['Echo: grüß', false]);
  // It runs on this machine and does not say that it looks elsewhere.
  assert.deepEqual(echo.reads, [{ kind: 'tree' }, { kind: 'web' }]);
  const sum = await use(servers, 'everything_get-sum', { a: 'one', b: 2 });
  assert.equal(sum.isError, true);
  assert.match(sum.text, /expected number/);
  const image = await use(servers, 'everything_get-tiny-image');
  assert.match(image.text, /\[image, image\/png, [\d.]+ KB: not shown\]/);
  const structured = await use(servers, 'everything_get-structured-content', {
    location: 'New York',
  });
  assert.deepEqual(Object.keys(JSON.parse(structured.text) as object).sort(), [
    'conditions',
    'humidity',
    'temperature',
  ]);
  const long = { duration: 0.2, steps: 4 };
  assert.match(
    (await use(servers, 'everything_trigger-long-running-operation', long)).text,
    /^Long running operation completed/,
  );
}

/** @returns milliseconds between the abort and the end of the call */
async function cancelled(rig: McpRig): Promise<number> {
  const servers = await rig.open(ALL);
  const stop = new AbortController();
  const tool = 'everything_trigger-long-running-operation';
  const calling = use(servers, tool, { duration: 60, steps: 600 }, stop.signal);
  assert.match((await use(servers, 'everything_echo', { message: 'meanwhile' })).text, /meanwhile/);
  const begin = performance.now();
  stop.abort();
  assert.match((await calling).text, /it was cancelled/);
  const took = performance.now() - begin;
  assert.match((await use(servers, 'everything_echo', { message: 'after' })).text, /after/);
  return took;
}

describe('the server of everything', () => {
  it('is used over standard input and output', async () => {
    await using rig = new McpRig({ everything: node(EVERYTHING, 'stdio') });
    await checkEverything(rig);
    assert.ok((await cancelled(rig)) < 100);
  }).timeout(20_000);

  it('is used over HTTP', async () => {
    await using server = await HttpServer.start('streamableHttp');
    await using rig = new McpRig({ everything: { type: 'http', url: server.url } });
    await checkEverything(rig);
    assert.ok((await cancelled(rig)) < 100);
  }).timeout(20_000);

  it('is used over the older transport, asked for or found out', async () => {
    await using server = await HttpServer.start('sse');
    for (const type of ['sse', 'http']) {
      await using rig = new McpRig({ everything: { type, url: server.url } });
      await checkEverything(rig);
      assert.ok((await cancelled(rig)) < 100);
    }
  }).timeout(20_000);

  it('says what it would read only', async () => {
    await using rig = new McpRig({ everything: node(EVERYTHING) });
    const servers = await rig.open(ALL);
    const deeds = Object.fromEntries(servers.tools.map(({ name, does }) => [name, does]));
    assert.equal(deeds['everything_get-sum'], 'reach');
    assert.equal(deeds['everything_toggle-simulated-logging'], 'other');
  }).timeout(20_000);

  it('ends with its attempt, and its process is no longer there', async () => {
    await using rig = new McpRig({ everything: node(EVERYTHING) });
    const servers = await rig.open(ALL);
    assert.equal(rig.living().length, process.platform === 'linux' ? 1 : 0);
    const open = process.getActiveResourcesInfo().length;
    const calling = use(servers, 'everything_trigger-long-running-operation', { duration: 60 });
    await servers.close();
    assert.equal((await calling).isError, true);
    assert.deepEqual(rig.living(), []);
    assert.ok(process.getActiveResourcesInfo().length < open);
    assert.equal((await use(servers, 'everything_echo', { message: 'x' })).isError, true);
  }).timeout(20_000);

  it('that dies in the middle of a call over HTTP leaves an error, not a hang', async () => {
    await using server = await HttpServer.start('streamableHttp');
    await using rig = new McpRig({ everything: { type: 'http', url: server.url } });
    const servers = await rig.open(ALL);
    const calling = use(servers, 'everything_trigger-long-running-operation', { duration: 60 });
    await use(servers, 'everything_echo', { message: 'meanwhile' });
    await server[Symbol.asyncDispose]();
    const { text, isError } = await calling;
    assert.deepEqual(
      [text, isError],
      ['The MCP server everything did not do it: its answer broke off.', true],
    );
    assert.match((await use(servers, 'everything_echo', { message: 'x' })).text, /ECONNREFUSED/);
  }).timeout(20_000);

  it('that dies in the middle of a call over the older transport does the same', async () => {
    await using server = await HttpServer.start('sse');
    await using rig = new McpRig({ everything: { type: 'sse', url: server.url } });
    const servers = await rig.open(ALL);
    const calling = use(servers, 'everything_trigger-long-running-operation', { duration: 60 });
    await use(servers, 'everything_echo', { message: 'meanwhile' });
    await server[Symbol.asyncDispose]();
    const lost = 'The MCP server everything did not do it: the connection to it was lost.';
    const { text, isError } = await calling;
    assert.deepEqual([text, isError], [lost, true]);
    assert.equal((await use(servers, 'everything_echo', { message: 'x' })).text, lost);
  }).timeout(20_000);

  it('that is not there is a problem', async () => {
    await using rig = new McpRig({ everything: { type: 'http', url: 'http://127.0.0.1:1/mcp' } });
    const { problems } = await rig.open(ALL);
    assert.equal(problems.length, 1);
    assert.match(
      problems[0] ?? '',
      /^The MCP server everything of .mcp.json is not started: fetch failed/,
    );
  }).timeout(20_000);
});

describe('the server of files', () => {
  it('works in the copy', async () => {
    await using rig = new McpRig({ files: node(FILESYSTEM, '${workspaceFolder}') });
    writeFileSync(path.join(rig.copy, 'a.txt'), 'inside');
    const servers = await rig.open({ tools: ['files/read_text_file', 'mcp__files__write_file'] });
    assert.deepEqual(servers.problems, []);
    assert.deepEqual(namesOf(servers), ['files_read_text_file', 'files_write_file']);
    const read = (file: string) => use(servers, 'files_read_text_file', { path: file });
    assert.equal((await read(path.join(rig.copy, 'a.txt'))).text, 'inside');
    const outside = await read(path.join(rig.root, 'secret.txt'));
    assert.equal(outside.isError, true);
    assert.match(outside.text, /Access denied/);
    const written = { path: path.join(rig.copy, 'b.txt'), content: 'new' };
    assert.equal((await use(servers, 'files_write_file', written)).isError, false);
    assert.equal(readFileSync(path.join(rig.copy, 'b.txt'), 'utf8'), 'new');
    assert.equal(toolOf(servers, 'files_write_file').does, 'other');
  }).timeout(20_000);
});
