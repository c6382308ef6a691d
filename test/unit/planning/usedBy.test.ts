import assert from 'node:assert/strict';
import type { Agent } from '../../../src/core/domain/agent.ts';
import { agentName, type AgentName } from '../../../src/core/domain/ids.ts';
import { askedAmong, withAsked } from '../../../src/core/planning/usedBy.ts';
import { commandAgent } from '../../support/plans.ts';

const names = (...all: readonly string[]): AgentName[] => all.map(agentName);

function agent(name: string, tools: readonly string[] | undefined, tool?: string): Agent {
  return {
    ...commandAgent(name),
    runner: { kind: 'model', instructions: '', models: [], mcpServers: [] },
    tools,
    asTool: tool === undefined ? undefined : { name: tool, inputSchema: { type: 'object' } },
  };
}

describe('The agents a run knows', () => {
  it('are those that steps name and all whom these ask, once each, also in a circle', () => {
    const askedBy = askedAmong([
      agent('a', ['read', 'ask-b']),
      agent('b', ['ask-c'], 'ask-b'),
      agent('c', ['ask-b'], 'ask-c'),
      agent('d', undefined, 'ask-d'),
    ]);
    assert.deepEqual(withAsked(names('a'), askedBy), names('a', 'b', 'c'));
    assert.deepEqual(withAsked(names('d', 'nobody'), askedBy), names('d', 'nobody'));
  });

  it('are not those that a command or another runner has as tools', () => {
    const asking: Agent = { ...commandAgent('a'), tools: ['ask-b'] };
    const askedBy = askedAmong([asking, agent('b', [], 'ask-b')]);
    assert.deepEqual(askedBy(agentName('a')), []);
  });
});
