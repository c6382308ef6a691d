import type { McpServerRef, RunnerSpec } from '../core/domain/agent.ts';
import type { AgentEntry } from '../core/definitions/entries.ts';

/**
 * What `--json` tells of an agent: the contract of `docs/cli.md`. Of instructions only their length, and of servers of
 * tools no variables and headers: people keep keys there.
 */
export function agentFacts(entry: AgentEntry): object {
  const { file, name, format, origin, shadowedBy, overlay, priority, diagnostics } = entry;
  return {
    name,
    file,
    format,
    origin: origin.label,
    scope: origin.scope,
    valid: entry.kind === 'valid',
    shadowedBy,
    ...(entry.kind === 'valid' ? { ...entry.agent, runner: runnerFacts(entry.agent.runner) } : {}),
    priority,
    overlay: overlay && {
      file: overlay.place.file,
      replaced: overlay.replaced && runnerFacts(overlay.replaced),
    },
    diagnostics,
  };
}

function runnerFacts(runner: RunnerSpec): object {
  if (runner.kind !== 'model' && runner.kind !== 'claude-code') {
    return runner;
  }
  const { instructions, ...rest } = runner;
  const facts = { ...rest, instructionsLength: instructions.length };
  return 'mcpServers' in facts
    ? { ...facts, mcpServers: facts.mcpServers.map(serverFacts) }
    : facts;
}

function serverFacts(ref: McpServerRef): object {
  if (typeof ref === 'string') {
    return { name: ref };
  }
  const { name, server } = ref;
  return server.kind === 'stdio'
    ? { name, kind: server.kind, program: server.command[0] }
    : { name, kind: server.kind };
}
