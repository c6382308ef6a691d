import assert from 'node:assert/strict';
import type { AgentEntry } from '../../../src/core/definitions/entries.ts';
import { agentLines, groupAgents, groupDescription } from '../../../src/vscode/views/agentWords.ts';
import { AgentRig, claudeFile } from '../definitions/agentRig.ts';

describe('What the Agents view says', () => {
  let rig: AgentRig;
  beforeEach(() => {
    rig = new AgentRig();
    rig.write('.sluice/agents/broken.yaml', 'comand: [x]');
    rig.write('.sluice/agents/lint.yaml', 'command: [eslint, .]\ncriticality: 9');
    rig.write('.claude/agents/review.md', claudeFile('review'));
    rig.writeHome('.claude/agents/mine.md', claudeFile('mine'));
  });
  afterEach(() => rig.dispose());

  const groups = async (criticalOnly: boolean) =>
    groupAgents((await rig.find(rig.home)).agents, criticalOnly).map((group) => [
      group.origin.label,
      groupDescription(group),
      ...group.entries.map(({ name }) => name),
    ]);

  it('is grouped by place, in order of precedence, broken files with the others', async () => {
    assert.deepEqual(await groups(false), [
      ['.sluice/agents', '2 agents', 'broken', 'lint'],
      ['.claude/agents', '1 agent', 'review'],
      ['~/.claude/agents', '1 agent · yours in every folder', 'mine'],
    ]);
  });

  it('may be of critical agents only', async () => {
    assert.deepEqual(await groups(true), [['.sluice/agents', '1 agent', 'lint']]);
  });

  async function linesOf(name: string): Promise<string[]> {
    const { agents } = await rig.find(rig.home);
    const entry = agents.find((one): one is Extract<AgentEntry, { kind: 'valid' }> => {
      return one.name === name && one.kind === 'valid';
    });
    assert.ok(entry);
    return agentLines(entry).filter((line) => line !== undefined && line !== '') as string[];
  }

  it('is all there is to know of an agent', async () => {
    rig.write(
      '.sluice/agents/all.md',
      `---
description: Does all.
version: 1.2
model: [opus, sonnet]
tools: Read, Write
domains: [care]
criticality: 8
owns: [src/**]
never: [src/api/**]
permissions: plan
budget: { tokens: 20000, usd: 2.5, time: 1m }
cache: { ttl: 90s }
---
Help.`,
    );
    assert.deepEqual(await linesOf('all'), [
      'all 1.2',
      'Does all.',
      'Model: opus, sonnet',
      'Criticality 8 (critical)',
      'Tools: Read, Write',
      'Domains: care',
      'Owns: src/**',
      'Never changes: src/api/**',
      'Permissions: plan',
      'Budget: 20,000 tokens, $2.5, 1 min 00 s',
      'Cache: for 1 min 30 s',
      '.sluice/agents/all.md',
    ]);
  });

  it('tells who hides an agent, whose it is, and what was laid over it', async () => {
    rig.write('.github/agents/mine.md', 'Mine.');
    rig.write('.sluice/agents.yaml', 'review: { command: [tool], owns: [], cache: false }\n');
    const home = (await linesOf('mine')).at(-1);
    assert.equal(home, '.github/agents/mine.md');
    assert.deepEqual(await linesOf('review'), [
      'review',
      'Does.',
      'Command: tool',
      'Its own text, 15 characters, is for a model; .sluice/agents.yaml runs this command instead',
      'Criticality 5',
      'Owns: nothing',
      'Cache: never',
      'With what .sluice/agents.yaml adds',
      '.claude/agents/review.md',
    ]);
    const hidden = (await rig.find(rig.home)).agents.find(
      ({ shadowedBy }) => shadowedBy !== undefined,
    );
    assert.ok(hidden?.kind === 'valid');
    assert.deepEqual(agentLines(hidden).slice(-3), [
      'Hidden: .github/agents/mine.md has the same name and wins',
      undefined,
      `${hidden.file} (yours in every folder)`,
    ]);
  });

  it('tells every way a coding agent can be started', async () => {
    rig.write(
      '.sluice/agents/acp.json',
      '{ "id": "acp", "distribution": { "npx": { "package": "a" }, "binary": { "linux-x86_64": { "cmd": "./a" } } } }',
    );
    assert.deepEqual((await linesOf('acp')).slice(1, 3), [
      'Coding agent: npx --yes a',
      'Coding agent: ./a (linux-x86_64)',
    ]);
  });
});
