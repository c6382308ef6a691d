import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { OWN_TOOLS } from '../../../src/core/tools/names/toolNames.ts';
import { toolsMeant } from '../../../src/core/tools/names/toolsMeant.ts';
import { anyText } from '../../support/anyText.ts';

/** A public collection of agents as their authors wrote them; it is no part of this repository. */
const CORPUS = path.join(import.meta.dirname, '../../../../shared/corpus/claude-agents');

/** Only what is not empty. */
function meant(...names: string[]): Record<string, unknown> {
  const { own, ...rest } = toolsMeant(names);
  const entries = Object.entries({ own: [...own].sort(), ...rest });
  const isEmpty = (value: unknown) =>
    value === undefined || value === false || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value)));
}

describe('names of tools', () => {
  it('mean the usual ones where there are none, and none where the list is empty', () => {
    assert.deepEqual([...toolsMeant(undefined).own], ['read', 'list', 'search', 'edit', 'write']);
    assert.deepEqual(meant(), {});
    assert.deepEqual(meant('', ' '), {});
  });

  it('are ours as they are', () => {
    for (const tool of OWN_TOOLS) {
      assert.ok(toolsMeant([tool]).own.has(tool), tool);
    }
    assert.deepEqual(meant(...OWN_TOOLS), { own: [...OWN_TOOLS].sort() });
  });

  it('of Claude Code mean ours, or nothing that an agent misses', () => {
    const own: Record<string, readonly string[]> = {
      Read: ['read'],
      Grep: ['search'],
      Glob: ['list'],
      LS: ['list'],
      Bash: ['shell'],
      Edit: ['edit'],
      MultiEdit: ['edit'],
      Write: ['write'],
      NotebookEdit: ['edit'],
      WebFetch: ['fetch'],
      bash: ['shell'],
      WEBFETCH: ['fetch'],
    };
    for (const [name, tools] of Object.entries(own)) {
      assert.deepEqual(meant(name), { own: tools }, name);
    }
    assert.deepEqual(meant('WebSearch', 'TodoWrite', 'AskUserQuestion'), {
      noted: ['WebSearch', 'TodoWrite', 'AskUserQuestion'],
    });
    assert.deepEqual(meant('Task'), { anyAgent: true });
    assert.deepEqual(meant('Task(reviewer, tester)'), { agents: ['reviewer', 'tester'] });
  });

  it('of VS Code mean ours, or nothing that an agent misses', () => {
    const own: Record<string, readonly string[]> = {
      read: ['read'],
      edit: ['edit', 'write'],
      search: ['list', 'search'],
      execute: ['shell'],
      web: ['fetch'],
      'search/*': ['list', 'search'],
      'search/codebase': ['list', 'search'],
      'search/textSearch': ['search'],
      'search/fileSearch': ['list'],
      'edit/editFiles': ['edit', 'write'],
      'edit/createFile': ['write'],
      'read/readFile': ['read'],
      'execute/runInTerminal': ['shell'],
      'execute/getTerminalOutput': ['shell'],
      'web/fetch': ['fetch'],
      runCommands: ['shell'],
      codebase: ['list', 'search'],
      fetch: ['fetch'],
      '#codebase': ['list', 'search'],
      '#tool:search/codebase': ['list', 'search'],
    };
    for (const [name, tools] of Object.entries(own)) {
      assert.deepEqual(meant(name), { own: tools }, name);
    }
    const noted = ['todo', 'githubRepo', 'vscode/anythingNew', 'web/githubRepo', 'read/problems'];
    assert.deepEqual(meant(...noted), { noted });
    assert.deepEqual(meant('agent', 'agent/runSubagent'), { anyAgent: true });
  });

  it('may belong to servers, to extensions, or to agents', () => {
    assert.deepEqual(
      meant('github/*', 'mcp__github__search', 'mcp__github', 'a/b/c', 'My Server/x'),
      {
        mcp: [
          { server: 'github', tool: '*' },
          { server: 'github', tool: 'search' },
          { server: 'a/b', tool: 'c' },
          { server: 'My Server', tool: 'x' },
        ],
      },
    );
    assert.deepEqual(meant('ms-python.python/configure'), {
      hosted: ['ms-python.python/configure'],
    });
    assert.deepEqual(meant('classify-relationship', 'toString', '__proto__'), {
      agents: ['classify-relationship', 'toString', '__proto__'],
    });
  });

  it('are unknown where nobody can have such a tool', () => {
    const unknown = ['no tool!', 'edit/editFile', '/x', 'x/', 'Foo(bar)', 'search/'];
    assert.deepEqual(meant(...unknown), { unknown });
  });

  it('mean everything with a star', () => {
    assert.deepEqual(meant('*'), {
      own: [...OWN_TOOLS].sort(),
      mcp: [{ server: '*', tool: '*' }],
      hosted: ['*'],
      anyAgent: true,
    });
  });

  it('keep the shell to commands, unless it is named without', () => {
    assert.deepEqual(meant('Bash(git:*)', 'Bash(npm test)', 'Bash(gh pr *)'), {
      own: ['shell'],
      shellPrefixes: ['git', 'npm test', 'gh pr'],
    });
    assert.deepEqual(meant('Bash(git:*)', 'shell'), { own: ['shell'] });
    assert.deepEqual(meant('Bash(git:*)', '*')['shellPrefixes'], undefined);
    assert.deepEqual(meant('Bash(*)'), { own: ['shell'] });
    assert.deepEqual(meant('Edit(docs/**)', 'WebFetch(domain:x.test)'), {
      own: ['edit', 'fetch'],
      unkept: ['Edit(docs/**)', 'WebFetch(domain:x.test)'],
    });
  });

  it('never break anything, and each has a place', function () {
    this.timeout(10_000);
    const name = fc.oneof(
      fc.string(),
      anyText(),
      fc
        .array(
          fc.constantFrom('mcp__', '/', '*', '(', ')', '#', '.', 'Bash', 'edit', 'x', ' ', ','),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(name, (one) => {
        const found = toolsMeant([one]);
        const { own, mcp, hosted, agents, anyAgent, unknown, noted } = found;
        const places = [...own, ...mcp, ...hosted, ...agents, ...unknown, ...noted];
        const isNothing = one.trim().replace(/^#(?:tool:)?/, '') === '';
        assert.equal(places.length > 0 || anyAgent, !isNothing, JSON.stringify(one));
      }),
      { numRuns: 1000 },
    );
    const began = performance.now();
    toolsMeant(['mcp__'.repeat(20_000), '('.repeat(100_000), `${'a'.repeat(100_000)}(`]);
    assert.ok(performance.now() - began < 500);
  });

  it('of a public collection of agents nearly all mean something', function () {
    if (!fs.existsSync(CORPUS)) {
      this.skip();
    }
    const names = namesIn(CORPUS);
    const places = { own: 0, noted: 0, mcp: 0, agents: 0, unknown: [] as string[] };
    for (const name of names) {
      const { own, noted, mcp, agents, anyAgent, unknown } = toolsMeant([name]);
      places.own += own.size > 0 ? 1 : 0;
      places.noted += noted.length;
      places.mcp += mcp.length;
      places.agents += anyAgent ? 1 : 0;
      places.unknown.push(...unknown, ...agents);
    }
    console.log(
      `      ${names.size} names: ${places.own} are ours, ${places.noted} harmless, ${places.mcp} of servers, ${places.agents} of agents, unknown: ${places.unknown.join(', ') || 'none'}`,
    );
    assert.ok(names.size >= 10);
    assert.deepEqual(places.unknown, []);
  });
});

/** All that stands in `tools` and its like in the front matter of the files. */
function namesIn(folder: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const text = file.endsWith('.md') ? fs.readFileSync(path.join(folder, file), 'utf8') : '';
    const matter = /^---\n([^]*?)\n---/.exec(text)?.[1];
    let fields: Record<string, unknown>;
    try {
      fields = (parse(matter ?? '') ?? {}) as Record<string, unknown>;
    } catch {
      continue;
    }
    for (const key of ['tools', 'allowed-tools', 'disallowedTools']) {
      const value = fields[key];
      // Commas between brackets belong to the pattern.
      const list = typeof value === 'string' ? value.split(/,\s*(?![^(]*\))/) : value;
      if (Array.isArray(list)) {
        list.forEach((name) => names.add(String(name).trim()));
      }
    }
  }
  return names;
}
