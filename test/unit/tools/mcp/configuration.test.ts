import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseJsonWithComments } from '../../../../src/core/tools/mcp/jsonWithComments.ts';
import { namesTool, referencesOf } from '../../../../src/core/tools/mcp/references.ts';
import { toolsMeant } from '../../../../src/core/tools/names/toolsMeant.ts';
import { ToolNames } from '../../../../src/core/tools/mcp/toolNames.ts';
import { expand } from '../../../../src/core/tools/mcp/variables.ts';
import { EVERYTHING, McpRig, namesOf, node, odd, use } from './mcpRig.ts';

describe('JSON with comments', () => {
  it('is JSON too', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.boolean(), (value, isIndented) => {
        const text = JSON.stringify(value, undefined, isIndented ? 2 : undefined);
        const parsed = parseJsonWithComments(text);
        assert.ok(parsed.ok);
        assert.equal(JSON.stringify(parsed.value), JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('may have comments, a byte order mark and a last comma', () => {
    const text =
      '\ufeff// first\n{ "a": [1, /* two */ 2,], // "x": 1\n "b//": "/* c */",\n}\n// end';
    assert.deepEqual(
      JSON.stringify(parseJsonWithComments(text)),
      '{"ok":true,"value":{"a":[1,2],"b//":"/* c */"}}',
    );
  });

  it('is told where it is wrong', () => {
    const wrong = (text: string) => {
      const parsed = parseJsonWithComments(text);
      return parsed.ok
        ? 'right'
        : `${parsed.error.line}:${parsed.error.column} ${parsed.error.message}`;
    };
    assert.deepEqual(
      [
        '',
        '{\n  "a" 1}',
        '{"a": 1\n"b": 2}',
        '[1,,2]',
        '{"a": "b\n"}',
        '{a: 1}',
        '[1] 2',
        '{"a": tru}',
        '[/* ',
      ].map(wrong),
      [
        '1:1 it ends too early',
        '2:7 a ":" was expected',
        '2:1 a "," or "}" was expected',
        '1:4 a value was expected',
        '1:7 the text in quotes is not closed, or has an unknown escape',
        '1:2 a name in double quotes was expected',
        '1:5 something follows the end',
        '1:7 a value was expected',
        '1:2 a value was expected',
      ],
    );
    assert.equal(wrong('['.repeat(100_000)), '1:66 it is nested more than 64 levels deep');
  });

  it('never throws and pollutes nothing', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            '"',
            ':',
            ',',
            '/',
            '*',
            '\\',
            ' ',
            '\n',
            '1',
            'a',
          ),
        }),
        (text) => {
          parseJsonWithComments(text);
        },
      ),
    );
    const parsed = parseJsonWithComments('{"__proto__": {"polluted": true}}');
    assert.ok(parsed.ok);
    assert.equal((parsed.value as Record<string, unknown>)['polluted'], undefined);
  });
});

describe('a text of a configuration', () => {
  const variables = {
    workspaceFolder: '/copy',
    home: '/home/me',
    env: { TOKEN: 't', EMPTY: '' },
  };
  const expanded = (text: string) => {
    const result = expand(text, variables);
    return result.ok ? result.value : `! ${result.error}`;
  };

  it('is filled in', () => {
    assert.equal(expanded('a${TOKEN}b${env:TOKEN}'), 'atbt');
    assert.equal(expanded('${NONE:-x y}|${EMPTY:-x}|${EMPTY}|${TOKEN:-x}'), 'x y|x||t');
    assert.equal(expanded('${workspaceFolder}/a ${userHome} $HOME'), '/copy/a /home/me $HOME');
  });

  it('is wrong for what is not there', () => {
    assert.equal(expanded('${NONE}'), '! the environment variable NONE is not set');
    assert.equal(expanded('${toString}'), '! the environment variable toString is not set');
    assert.match(expanded('${input:key}'), /only VS Code asks for/);
    assert.equal(expanded('${command:x}'), '! ${command:x} is nothing that Sluice can fill in');
  });
});

describe('an entry of an agent’s tools', () => {
  const servers = [
    'github',
    'io.github.github/github-mcp-server',
    'my server',
    'my',
    'my_server__x',
  ];
  const reference = (entry: string) =>
    toolsMeant([entry])
      .mcp.flatMap((one) => referencesOf(one, servers))
      .map(({ server, tool }) => `${server}: ${tool}`)
      .join(', ');

  it('names a server’s tool in the words of VS Code or of Claude', () => {
    assert.equal(reference('github/*'), 'github: *');
    assert.equal(reference('github/create_issue'), 'github: create_issue');
    assert.equal(
      reference('io.github.github/github-mcp-server/*'),
      'io.github.github/github-mcp-server: *',
    );
    assert.equal(reference('mcp__github'), 'github: *');
    assert.equal(reference('mcp__github__create_issue'), 'github: create_issue');
    assert.equal(reference('mcp__my_server__do__it'), 'my server: do__it');
    assert.equal(reference('mcp__my_server__x__it'), 'my_server__x: it');
    assert.equal(reference('mcp__my'), 'my: *');
  });

  it('names none where there is no such server', () => {
    for (const entry of [
      'search/codebase',
      'Read',
      'mcp__gitlab__x',
      'github',
      '/x',
      'mcp__githubs',
    ]) {
      assert.equal(reference(entry), '');
    }
  });

  it('may hold wildcards', () => {
    const names = (tool: string, name: string) => namesTool({ server: '', tool }, name);
    assert.ok(names('*', 'anything') && names('get_*', 'get_a') && names('*_a', 'get_a'));
    assert.ok(names('g*t*a', 'get_a') && names('get_a', 'get_a') && names('get_a', 'get.a'));
    assert.ok(!names('get_*', 'set_a') && !names('*_b', 'get_a') && !names('a*a', 'a'));
    assert.ok(!names('get', 'get_a') && !names('GET_A', 'get_a'));
  });
});

describe('the name of a tool for models', () => {
  it('is one that every provider takes, and belongs to one tool alone', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'b', '_', '.', '/', 'é', ' '),
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part), { maxLength: 40 }), (tools) => {
        const names = new ToolNames();
        const given = new Map(
          tools.map(([server, tool]) => [`${server}\n${tool}`, names.nameOf(server, tool)]),
        );
        assert.equal(new Set(given.values()).size, given.size);
        for (const [key, name] of given) {
          assert.match(name, /^[A-Za-z0-9_-]{1,64}$/);
          const [server = '', tool = ''] = key.split('\n');
          assert.equal(names.nameOf(server, tool), name);
        }
      }),
    );
  });
});

describe('the servers of an agent', () => {
  it('are none, and no file is read, for an agent that asks for none', async () => {
    await using rig = new McpRig({ everything: node(EVERYTHING) });
    rig.write('.mcp.json', '{');
    const servers = await rig.open({ tools: ['Read', 'Grep'] });
    assert.deepEqual([servers.tools, servers.problems], [[], []]);
    assert.deepEqual(rig.living(), []);
  });

  it('are those it names, with the tools it names', async () => {
    await using rig = new McpRig({ one: odd('pages'), two: odd('plain'), three: odd('plain') });
    const servers = await rig.open({
      tools: ['one/tool1', 'one/nothing', 'mcp__two', 'search/codebase', 'mcp__four__x'],
      mcpServers: ['five'],
    });
    assert.deepEqual(namesOf(servers), ['one_tool1', 'two_work']);
    assert.deepEqual(servers.problems, [
      "No MCP server five is declared; add it to .mcp.json or .vscode/mcp.json, or take it out of the agent's file.",
      "No MCP server four is declared; add it to .mcp.json or .vscode/mcp.json, or take it out of the agent's file.",
      'The MCP server one has no tool "nothing"; it has tool0, tool1, tool2.',
    ]);
    assert.equal(rig.living().length, process.platform === 'linux' ? 2 : 0);
  });

  it('are declared in four places, of which the first counts', async () => {
    await using rig = new McpRig({ a: odd('leaks', 'mcp') });
    rig.write(
      '.vscode/mcp.json',
      JSON.stringify({
        servers: {
          a: odd('leaks', 'vscode'),
          b: odd('leaks', 'vscode'),
          d: odd('leaks', 'vscode'),
        },
      }),
    );
    rig.write(
      '../home/.copilot/mcp-config.json',
      JSON.stringify({
        mcpServers: { b: odd('leaks', 'user'), c: { type: 'local', ...odd('leaks', 'user') } },
      }),
    );
    const { command, args } = odd('leaks', 'agent');
    const own = { kind: 'stdio' as const, command: [command, ...args] as const, env: {} };
    const servers = await rig.open({
      mcpServers: ['a', 'b', 'c', { name: 'd', server: { ...own, command: [command, ...args] } }],
    });
    assert.deepEqual(servers.problems, []);
    const said = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => use(servers, `${name}_work`)),
    );
    assert.deepEqual(
      said.map(({ text }) => text),
      ['undefined mcp', 'undefined vscode', 'undefined user', 'undefined agent'],
    );
  });

  it('are told what is wrong with their files, and the others go on', async () => {
    await using rig = new McpRig();
    rig.write('.mcp.json', '{\n  "mcpServers": {\n    "a": 1,,\n}}');
    const good = JSON.stringify(odd('plain'));
    rig.write('.vscode/mcp.json', `{ "inputs": [], /* mine */ "servers": { "good": ${good}, } }`);
    rig.write('../home/.copilot/mcp-config.json', '{"mcpServers": []}');
    const servers = await rig.open({ tools: ['good/*'] });
    assert.deepEqual(servers.problems, [
      '.mcp.json, line 3, column 12: a name in double quotes was expected; its MCP servers are not there.',
      '~/.copilot/mcp-config.json: "mcpServers" is to be an object with the settings of each MCP server by its name.',
    ]);
    assert.deepEqual(namesOf(servers), ['good_work']);
  });

  it('are each told why they cannot be started', async () => {
    const broken: Record<string, [unknown, string]> = {
      nothing: [null, 'its settings are wrong: Invalid input: expected object, received null'],
      empty: [{}, 'it has neither "command" nor "url"'],
      args: [
        { command: 'x', args: 'y' },
        'its settings are wrong at "args": Invalid input: expected array, received string',
      ],
      type: [{ type: 'ws', url: 'ws://x' }, 'its type "ws" is none of stdio, http and sse'],
      url: [
        { url: 'unix:///run/x' },
        'its "url" is no address that begins with http:// or https://',
      ],
      variable: [
        { command: 'x', env: { A: '${NONE}' } },
        'the environment variable NONE is not set',
      ],
      input: [
        { command: 'x', args: ['${input:key}'] },
        'it needs ${input:key}, which only VS Code asks for; use an environment variable instead',
      ],
      sandbox: [
        { command: 'x', sandboxEnabled: true },
        'it asks for a sandbox of VS Code, which Sluice cannot give it',
      ],
      headers: [
        { url: 'http://x', headersHelper: 'x' },
        'it has a "headersHelper", which Sluice does not run; use "headers"',
      ],
      envFile: [
        { command: 'node', envFile: '${workspaceFolder}/none.env' },
        'its "envFile" cannot be read: ENOENT: no such file or directory, open',
      ],
      program: [
        { command: 'no-such-program' },
        'the command "no-such-program" was not found; install it, or put it on PATH',
      ],
    };
    const declared = Object.fromEntries(
      Object.entries(broken).map(([name, [server]]) => [name, server]),
    );
    await using rig = new McpRig({ ...declared, good: odd('plain') });
    const servers = await rig.open({ mcpServers: [...Object.keys(broken), 'good'] });
    assert.deepEqual(namesOf(servers), ['good_work']);
    for (const [index, [name, [, why]]] of Object.entries(broken).entries()) {
      const problem = servers.problems[index] ?? '';
      assert.ok(
        problem.startsWith(`The MCP server ${name} of .mcp.json is not started: ${why}`),
        problem,
      );
      assert.ok(problem.endsWith('.'));
    }
  });

  it('run in the copy, with the variables of their file and of the step', async () => {
    await using rig = new McpRig();
    rig.write('keys.env', '# mine\nAPI_KEY="of-the-file"\n');
    rig.write(
      '.mcp.json',
      JSON.stringify({
        mcpServers: {
          a: { ...odd('leaks', '${STEP}:${HOST}'), envFile: '${workspaceFolder}/keys.env' },
          b: odd('plain'),
        },
      }),
    );
    const servers = await rig.open(
      { tools: ['a/*', 'b/*'] },
      { env: { STEP: 'step' }, environment: { STEP: 'host', HOST: 'host' } },
    );
    assert.deepEqual(servers.problems, []);
    // The value of a variable that is named like a secret is not shown.
    assert.equal((await use(servers, 'a_work')).text, '… step:host');
    assert.deepEqual(JSON.parse((await use(servers, 'b_work')).text), { input: {}, cwd: rig.copy });
  });
});
