import { error, warning, type Problem } from './source/problem.ts';

// What people read about sandboxes, in agents, in steps and in agents.yaml.

/** Where the rule is said, its agent is one that no sandbox of Sluice can hold. */
export function codingAgentNotShutIn(runner: 'acp' | 'claude-code'): Problem {
  const who = runner === 'acp' ? 'A coding agent' : 'Claude Code';
  return error(
    'not-sandboxed',
    `${who} brings its own tools, which Sluice cannot shut in: remove "sandbox" here, and let an agent that is a command do what must be shut in.`,
  );
}

/** @param tool as the agent's file writes it */
export function shellNotShutIn(tool: string): Problem {
  return warning(
    'not-sandboxed',
    `A sandbox shuts in commands and checks, and not what a model runs with its tool "${tool}": take that tool from it, and let an agent that is a command run what must be shut in.`,
  );
}
