import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { rgPath } from '@vscode/ripgrep';
import { systemClock } from '../../../src/core/base/clock.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { Tool } from '../../../src/core/domain/tool.ts';
import type { McpTools } from '../../../src/core/tools/parts.ts';
import { Tools } from '../../../src/core/tools/toolbox.ts';
import { ALL, NEVER, realPrograms, ToolRig } from './toolRig.ts';

function tool(name: string, call: Tool['call']): Tool {
  return {
    name,
    description: '',
    inputSchema: { type: 'object' },
    does: 'other',
    summary: () => name,
    call,
  };
}

const said = (text: string) => () => Promise.resolve({ text, isError: false });

describe('a toolbox', () => {
  it('holds what the agent names', async () => {
    await using rig = new ToolRig();
    const names = async (tools: readonly string[] | undefined) => (await rig.open({ tools })).names;
    assert.deepEqual(await names(undefined), ['read', 'list', 'search', 'edit', 'write']);
    assert.deepEqual(await names([]), []);
    assert.deepEqual(await names(['Bash', 'Read', 'WebFetch']), ['read', 'shell', 'fetch']);
    const { box } = await rig.open({
      tools: ['read', 'no tool!', 'pub.ext/gone', 'Edit(docs/**)', 'TodoWrite', 'some-agent'],
    });
    assert.deepEqual(
      box.problems.map((problem) => problem.replace(/[:,].*/, '')),
      [
        'No tool is called "no tool!"',
        'The pattern in "Edit(docs/**)" is not kept to',
        'The tool "pub.ext/gone" is not there',
      ],
    );
  });

  it('says of each tool what it does, and what a use of it would do', async () => {
    await using rig = new ToolRig();
    const box = await rig.open();
    const facts = box.box.tools.map(({ name, does }) => [name, does]);
    assert.deepEqual(facts, [
      ['read', 'read'],
      ['list', 'read'],
      ['search', 'read'],
      ['edit', 'edit'],
      ['write', 'edit'],
      ['shell', 'run'],
      ['fetch', 'reach'],
    ]);
    const summaries: [string, Record<string, string>, string][] = [
      ['read', { path: 'a.ts' }, 'read a.ts'],
      ['list', { path: 'src', glob: '*.ts' }, 'list src (*.ts)'],
      ['search', { pattern: 'x' }, 'search . for x'],
      ['edit', { path: 'a.ts', old: 'a', new: 'b' }, 'edit a.ts'],
      ['write', { path: 'a.ts', content: 'a\nb\n' }, 'write a.ts (2 lines)'],
      ['shell', { command: 'npm test\nrm -rf \u202e x' }, 'run npm test rm -rf x'],
      ['fetch', { url: 'https://x.test/' }, 'fetch https://x.test/'],
    ];
    for (const [name, input, summary] of summaries) {
      assert.equal(box.tool(name).summary(input), summary);
      for (const odd of [null, 7, 'text', [], { path: 7 }]) {
        assert.equal(box.tool(name).summary(odd), name === 'list' && odd === null ? 'list' : name);
      }
    }
  });

  it('has schemas every provider takes, and answers a wrong input with what is wrong', async () => {
    await using rig = new ToolRig();
    const box = await rig.open();
    const ajv = new Ajv({ strict: true });
    for (const { name, inputSchema, description } of box.box.tools) {
      assert.ok(ajv.validateSchema(inputSchema as object), name);
      const schema = inputSchema as Record<string, unknown>;
      assert.equal(schema['type'], 'object');
      assert.equal(schema['additionalProperties'], false);
      assert.ok(!('$schema' in schema));
      assert.ok(description.length > 40 && description.length < 1000, name);
      for (const odd of [null, 7, 'text', [], { path: 7 }, { nonsense: 1 }]) {
        assert.match(await box.error(name, odd), new RegExp(`^Wrong input for ${name}: `));
      }
    }
    assert.match(
      await box.error('read', { path: 'a', offset: 0, limit: '7' }),
      /^Wrong input for read: offset: .*; limit: .* Call it again/,
    );
  });

  it('adds tools of servers and of the host, the first of each name', async () => {
    await using rig = new ToolRig();
    const closed: string[] = [];
    const mcp: McpTools = {
      digestFor: () => Promise.resolve(digestOf('')),
      open: (agent, { folder }) => {
        assert.equal(agent.name, 'worker');
        assert.equal(folder, rig.folder);
        return Promise.resolve({
          tools: [tool('read', said('evil')), tool('my_server_x', said('from the server'))],
          problems: ['The server "gone" could not be started.'],
          close: () => {
            closed.push('servers');
            return Promise.resolve();
          },
        });
      },
    };
    const hosted = {
      list: () => [
        { ...tool('repo', said('repo')), alsoKnownAs: ['githubX'] },
        tool('plain', said('plain')),
        tool('unasked', said('')),
        { ...tool('ext_tool', said('')), alsoKnownAs: ['pub.ext/tool'] },
      ],
    };
    rig.write('a.txt', 'own');
    const tools = ['read', 'githubX', 'plain', 'pub.ext/tool', 'my.server/x', 'pub.ext/gone'];
    const box = await rig.open({ tools, options: { mcp, hosted } });
    assert.deepEqual(box.names, ['read', 'my_server_x', 'repo', 'plain', 'ext_tool']);
    assert.match(await box.ok('read', { path: 'a.txt' }), /own/);
    assert.equal(await box.ok('my_server_x', {}), 'from the server');
    assert.deepEqual(
      box.box.problems.map((problem) => problem.slice(0, 30)),
      ['The tool "pub.ext/gone" is not', 'The server "gone" could not be'],
    );
    await box.box.close();
    assert.deepEqual(closed, ['servers']);
    const all = await rig.open({ tools: ['*'], options: { mcp, hosted } });
    assert.deepEqual(all.names, [...ALL, 'my_server_x', 'repo', 'plain', 'unasked', 'ext_tool']);
  });

  it('answers for tools that throw, hang or say too much', async () => {
    await using rig = new ToolRig();
    const calls: AbortSignal[] = [];
    const hosted = {
      list: () => [
        tool('throws', () => Promise.reject(new Error(`no ${rig.folder}/x`))),
        tool('throws-now', () => {
          throw new Error('at once');
        }),
        tool('hangs', (_input, signal) => {
          calls.push(signal);
          return new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve({ text: '', isError: false }));
          });
        }),
        tool('talks', said(`${'😀'.repeat(100_000)}end`)),
      ],
    };
    const box = await rig.open({ tools: ['*'], options: { hosted } });
    assert.equal(await box.error('throws', {}), 'That did not work: no ./x');
    assert.equal(await box.error('throws-now', {}), 'That did not work: at once');
    const text = await box.ok('talks', {});
    assert.ok(text.length <= 100_000);
    assert.match(text, /^😀+\n… \d+ characters left out …\n😀+end$/u);
    const stop = new AbortController();
    const stopped = box.call('hangs', {}, stop.signal);
    stop.abort();
    assert.match((await stopped).text, /^Stopped/);
    assert.match((await box.call('hangs', {}, stop.signal)).text, /^Stopped/);
    assert.equal(calls.length, 1);
    const atEnd = box.call('hangs', {});
    await box.box.close();
    assert.match((await atEnd).text, /^Stopped/);
    assert.ok(calls.every(({ aborted }) => aborted));
    assert.match((await box.call('hangs', {})).text, /are closed/);
  });

  it('leaves no listener on a signal that outlives its calls', async () => {
    await using rig = new ToolRig();
    rig.write('a.txt', 'one');
    const box = await rig.open();
    let listeners = 0;
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    await Promise.all(
      Array.from({ length: 30 }, () => box.call('read', { path: 'a.txt' }, signal)),
    );
    assert.equal(listeners, 0);
  });

  it('leaves no file open, whatever was asked of it', async () => {
    await using rig = new ToolRig();
    rig.write('a.txt', 'one\n');
    rig.write('bin', Buffer.from([0, 1]));
    const box = await rig.open();
    const open = () =>
      fs.readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(rig.root);
        } catch {
          return false;
        }
      });
    for (const file of ['a.txt', 'bin', '.', 'gone', 'node_modules', '.git/x', 'a.txt/b']) {
      await box.call('read', { path: file });
      await box.call('list', { path: file });
      await box.call('search', { pattern: 'x', path: file });
      await box.call('edit', { path: file, old: 'one', new: 'two' });
      await box.call('write', { path: file, content: 'three' });
    }
    await box.call('write', { path: 'p/q/r.txt', content: '' });
    assert.deepEqual(open(), []);
  });

  it('is not opened for an attempt that is over, and ends servers it was opened for', async () => {
    await using rig = new ToolRig();
    const stop = new AbortController();
    let closed = 0;
    const mcp: McpTools = {
      digestFor: () => Promise.resolve(digestOf('')),
      open: () => {
        stop.abort(new Error('over'));
        const close = () => {
          closed += 1;
          return Promise.resolve();
        };
        return Promise.resolve({ tools: [], problems: [], close });
      },
    };
    const tools = new Tools({
      runProgram: realPrograms(),
      findRipgrep: () => Promise.resolve(rgPath),
      clock: systemClock,
      mcp,
    });
    await assert.rejects(tools.open(rig.request({ tools: ALL }), stop.signal), /over/);
    assert.equal(closed, 1);
    await assert.rejects(tools.open(rig.request({ tools: ALL }), stop.signal), /over/);
    assert.equal(closed, 1);
  });

  it('refuses everything in a copy that is not there', async () => {
    await using rig = new ToolRig();
    const tools = new Tools({
      runProgram: realPrograms(),
      findRipgrep: () => Promise.resolve(rgPath),
      clock: systemClock,
    });
    const request = { ...rig.request({ tools: ['read', 'list', 'search', 'write'] }) };
    const folder = path.join(rig.root, 'gone');
    const box = await tools.open({ ...request, folder }, NEVER);
    for (const [name, input] of [
      ['read', { path: 'a' }],
      ['list', {}],
      ['search', { pattern: 'x' }],
      ['write', { path: 'a', content: '' }],
    ] as const) {
      const found = box.tools.find((one) => one.name === name)!;
      assert.equal((await found.call(input, NEVER)).isError, true, name);
    }
    assert.ok(!fs.existsSync(folder));
    await box.close();
  });
});
