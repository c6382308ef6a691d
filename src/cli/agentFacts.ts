import type { RunnerSpec } from '../core/domain/agent.ts';
import type { AgentEntry } from '../core/definitions/entries.ts';

/** What `--json` tells of an agent: the contract of `docs/cli.md`. Of instructions only their length. */
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
  if (runner.kind !== 'model') {
    return runner;
  }
  const { instructions, ...rest } = runner;
  return { ...rest, instructionsLength: instructions.length };
}
