import assert from 'node:assert/strict';
import { ManualClock } from '../../../support/manualClock.ts';
import { McpRig, namesOf, odd, toolOf, use } from './mcpRig.ts';

async function opened(rig: McpRig, more: Parameters<McpRig['open']>[1] = {}) {
  return await rig.open({ mcpServers: ['odd'] }, more);
}

/** What is told of a server that cannot be used, and that nothing of it is left. */
async function problemOf(how: string): Promise<string> {
  await using rig = new McpRig({ odd: odd(how) });
  const servers = await opened(rig);
  assert.deepEqual(servers.tools, []);
  assert.deepEqual(rig.living(), []);
  assert.equal(servers.problems.length, 1);
  return servers.problems[0] ?? '';
}

const NOT_STARTED = 'The MCP server odd of .mcp.json is not started: ';

describe('a server that is no good', () => {
  it('exits at once: its last words are told', async () => {
    assert.equal(
      await problemOf('exits'),
      `${NOT_STARTED}its program ended with exit code 3: Error: no licence key found.`,
    );
  });

  it('speaks a version of the protocol that nobody knows', async () => {
    assert.equal(
      await problemOf('old'),
      `${NOT_STARTED}Server's protocol version is not supported: 1999-01-01.`,
    );
  });

  it('has no tools, or a list that is none', async () => {
    assert.equal(await problemOf('no-tools'), `${NOT_STARTED}it has no tools.`);
    assert.equal(
      await problemOf('bad-list'),
      `${NOT_STARTED}its answer does not have the shape that the protocol asks for.`,
    );
  });

  it('closes its output and goes on', async () => {
    assert.equal(
      await problemOf('closes'),
      `${NOT_STARTED}its program has closed its standard output.`,
    );
  });

  it('never answers: it is given half a minute', async () => {
    await using rig = new McpRig({ odd: odd('silent') });
    const clock = new ManualClock();
    const opening = opened(rig, { clock });
    while (rig.living().length === 0) {
      await new Promise(setImmediate);
    }
    clock.advance(30_000);
    assert.deepEqual((await opening).problems, [`${NOT_STARTED}it has not answered for 30.0 s.`]);
    assert.deepEqual(rig.living(), []);
  });

  it('never answers, but prints: what it printed is told', async () => {
    await using rig = new McpRig({ odd: odd('silent-garbage') });
    const clock = new ManualClock();
    const opening = opened(rig, { clock });
    await rig.printed();
    clock.advance(30_000);
    assert.deepEqual((await opening).problems, [
      `${NOT_STARTED}it does not answer, and prints what is no message: "I only talk to people".`,
    ]);
  });

  it('is not waited for once nobody wants it any more', async () => {
    await using rig = new McpRig({ odd: odd('silent') });
    const stop = new AbortController();
    const opening = opened(rig, { signal: stop.signal });
    while (rig.living().length === 0) {
      await new Promise(setImmediate);
    }
    stop.abort(new Error('enough'));
    await assert.rejects(opening, /enough/);
    assert.deepEqual(rig.living(), []);
  });
});

describe('a server', () => {
  it('may print what is no message', async () => {
    await using rig = new McpRig({ odd: odd('greets') });
    const servers = await opened(rig);
    assert.deepEqual(servers.problems, []);
    assert.deepEqual(await use(servers, 'odd_work', { a: 1 }), {
      text: JSON.stringify({ input: { a: 1 }, cwd: rig.copy }),
      isError: false,
    });
  });

  it('is used but for the tools whose descriptions are wrong', async () => {
    await using rig = new McpRig({ odd: odd('bad-schema') });
    const servers = await opened(rig);
    assert.deepEqual(namesOf(servers), ['odd_good', 'odd_untyped']);
    const left = (tool: string, why: string) =>
      `The tool ${tool} of the MCP server odd is left out: ${why}.`;
    assert.deepEqual(servers.problems, [
      left('list', 'its input schema is not one of an object'),
      left(
        'banana',
        'its input schema is no JSON Schema: /properties/a/type must be equal to one of the allowed values',
      ),
      left('none', 'its description is wrong at "inputSchema"'),
      left('(without a name)', 'its description is wrong at "name"'),
      left('(without a name)', 'its description is wrong'),
      left('tasked', 'it answers only as a task of the protocol, which Sluice does not follow'),
    ]);
  });

  it('may tell its tools in pages, and is not asked for ever', async () => {
    await using rig = new McpRig({ odd: odd('pages') });
    assert.deepEqual(namesOf(await opened(rig)), ['odd_tool0', 'odd_tool1', 'odd_tool2']);
    await using other = new McpRig({ odd: odd('endless') });
    assert.equal((await opened(other)).tools.length, 100);
  });

  it('has tools with names that every provider takes', async () => {
    await using rig = new McpRig({ odd: odd('long-names') });
    const names = namesOf(await opened(rig));
    assert.equal(new Set(names).size, 4);
    assert.ok(
      names.every((name) => /^[\w-]{1,64}$/.test(name)),
      names.join(', '),
    );
    assert.deepEqual(names[2], 'odd_a_b');
  });

  it('may change its tools, which keep their names', async () => {
    await using rig = new McpRig({ odd: odd('changes') });
    const servers = await opened(rig);
    assert.deepEqual(namesOf(servers), ['odd_grow']);
    await use(servers, 'odd_grow');
    while (servers.tools.length < 2) {
      await new Promise(setImmediate);
    }
    assert.deepEqual(namesOf(servers), ['odd_grow', 'odd_grown1']);
  });

  it('gives content of many kinds, and none is passed over in silence', async () => {
    await using rig = new McpRig({ odd: odd('odd') });
    const { text, isError } = await use(await opened(rig), 'odd_work');
    assert.equal(isError, false);
    assert.deepEqual(text.split('\n\n'), [
      'words',
      '[image, image/png, 3.0 KB: not shown]',
      '[audio, of unknown type, 3 B: not shown]',
      '[resource file:///a.txt]\ninside',
      '[resource file:///a.bin, x/y, 3 B: not shown]',
      '[resource file:///b] b another',
      '[content that is not known: {"type":"hologram","depth":3}]',
      '{\n  "answer": 42\n}',
    ]);
  });

  it('is not told everything that it knows: long answers are cut, secrets left out', async () => {
    await using rig = new McpRig({ odd: odd('wordy') });
    const { text } = await use(await opened(rig), 'odd_work');
    assert.ok(text.length <= 100_000);
    assert.match(text, /é\n\n\[50100 more characters are left out\]$/);
    const leaks = { ...odd('leaks', 'plain'), env: { API_KEY: '${MY_KEY}' } };
    await using other = new McpRig({ odd: leaks });
    const servers = await opened(other, { environment: { MY_KEY: 'sk-123456' } });
    assert.equal((await use(servers, 'odd_work')).text, '… plain');
  });
});

describe('a call of a tool', () => {
  const failed = (why: string) => ({
    text: `The MCP server odd did not do it: ${why}.`,
    isError: true,
  });

  it('is an error when its server dies, and so is every later one', async () => {
    await using rig = new McpRig({ odd: odd('dies') });
    const servers = await opened(rig);
    const died = failed('its program ended with exit code 1: out of memory');
    assert.deepEqual(await use(servers, 'odd_work'), died);
    assert.deepEqual(await use(servers, 'odd_work'), died);
  });

  it('is an error when its server is killed in the middle', async () => {
    await using rig = new McpRig({ odd: odd('hangs') });
    const servers = await opened(rig);
    const calls = Promise.all([use(servers, 'odd_work'), use(servers, 'odd_work')]);
    rig.living().forEach((pid) => process.kill(pid, 'SIGKILL'));
    const killed = failed('its program was ended by SIGKILL');
    assert.deepEqual(await calls, [killed, killed]);
  });

  it('is an error when the answer is a line of ten megabytes', async () => {
    await using rig = new McpRig({ odd: odd('long-line') });
    const servers = await opened(rig);
    const tooLong = failed('it sent a line of more than 8.0 MB');
    assert.deepEqual(await use(servers, 'odd_work'), tooLong);
    assert.deepEqual(await use(servers, 'odd_work'), tooLong);
  });

  it('is an error when the answer has no shape, or the server has closed its output', async () => {
    await using rig = new McpRig({ odd: odd('shapeless') });
    assert.deepEqual(
      await use(await opened(rig), 'odd_work'),
      failed('its answer does not have the shape that the protocol asks for'),
    );
    await using other = new McpRig({ odd: odd('stdout-ends') });
    assert.deepEqual(
      await use(await opened(other), 'odd_work'),
      failed('its program has closed its standard output'),
    );
  });

  it('is an error when its input is no object', async () => {
    await using rig = new McpRig({ odd: odd('plain') });
    const servers = await opened(rig);
    for (const input of ['text', 1, null, [1]]) {
      assert.deepEqual(await use(servers, 'odd_work', input), {
        text: 'The input of this tool is to be an object.',
        isError: true,
      });
    }
    assert.equal(toolOf(servers, 'odd_work').summary('text'), 'odd: work "text"');
  });

  it('ends at once when it is cancelled, and its server hears of it', async () => {
    await using rig = new McpRig({ odd: odd('hangs') });
    const servers = await opened(rig);
    const stop = new AbortController();
    const calling = use(servers, 'odd_work', {}, stop.signal);
    await new Promise(setImmediate);
    const begin = performance.now();
    stop.abort();
    assert.deepEqual(await calling, failed('it was cancelled'));
    assert.ok(performance.now() - begin < 100);
    assert.deepEqual(
      await use(servers, 'odd_work', {}, AbortSignal.abort()),
      failed('it was cancelled'),
    );
  });

  it('is given up after a silence, which progress is not', async () => {
    await using rig = new McpRig({ odd: { ...odd('progresses'), timeout: 1000 } });
    const clock = new ManualClock();
    const servers = await opened(rig, { clock });
    const calling = use(servers, 'odd_work');
    let told = 0;
    const timer = clock.timer.bind(clock);
    clock.timer = (ms, fire) => {
      told += ms === 1000 ? 1 : 0;
      return timer(ms, fire);
    };
    clock.advance(900);
    while (told === 0) {
      await new Promise(setImmediate);
    }
    clock.advance(900);
    clock.advance(100);
    assert.deepEqual(await calling, failed('it has not answered for 1.0 s'));
  });
});
