import type { Agent } from '../../domain/agent.ts';
import { findCycles } from '../../graph/cycles.ts';
import type { AgentEntry, ValidAgentEntry } from '../entries.ts';
import { diagnosticAt, inReadingOrder, type Problem } from '../source/problem.ts';
import * as agentProblems from './agentProblems.ts';

/**
 * Refuses agents that can be asked by nobody, since another is the tool of their name, and those that could ask each
 * other in a circle. @param entries as they stand among each other
 */
export function checkAsked(entries: readonly AgentEntry[]): readonly AgentEntry[] {
  const tools = new Map<string, ValidAgentEntry>();
  const refused = new Map<AgentEntry, { problem: Problem; related: readonly AgentEntry[] }>();
  for (const entry of entries) {
    if (
      entry.kind === 'invalid' ||
      entry.shadowedBy !== undefined ||
      entry.agent.asTool === undefined
    ) {
      continue;
    }
    const { name } = entry.agent.asTool;
    const first = tools.get(name);
    if (first === undefined) {
      tools.set(name, entry);
    } else {
      refused.set(entry, { problem: agentProblems.sameTool(name, first.name), related: [first] });
    }
  }
  if (tools.size === 0) {
    return entries;
  }
  const asked = [...tools.values()];
  const byName = new Map<string, ValidAgentEntry>(asked.map((entry) => [entry.name, entry]));
  const items = asked.map(({ name, agent }) => ({
    id: name,
    needs: namesAskedBy(agent, tools),
  }));
  for (const circle of findCycles(items)) {
    const members = circle.flatMap((name) => byName.get(name) ?? []);
    for (const entry of members) {
      refused.set(entry, { problem: agentProblems.askedInCircle(circle), related: members });
    }
  }
  return refused.size === 0
    ? entries
    : entries.map((entry) => {
        const found = refused.get(entry);
        return found === undefined || entry.kind === 'invalid' ? entry : refuse(entry, found);
      });
}

function namesAskedBy(
  { tools: named, runner }: Agent,
  tools: ReadonlyMap<string, ValidAgentEntry>,
): string[] {
  // Other runners have tools of their own.
  const own = runner.kind === 'model' ? (named ?? []) : [];
  return own.flatMap((tool) => tools.get(tool)?.name ?? []);
}

function refuse(
  entry: ValidAgentEntry,
  { problem, related }: { readonly problem: Problem; readonly related: readonly AgentEntry[] },
): AgentEntry {
  const { agent: _, ...rest } = entry;
  const { place } = entry;
  const others = related
    .filter((other) => other !== entry)
    .map((other) => ({ ...other.place, message: `"${other.name}" is defined here.` }));
  return {
    ...rest,
    kind: 'invalid',
    nameFrom: 'content',
    diagnostics: inReadingOrder([
      ...entry.diagnostics,
      diagnosticAt(place.file, place.range, problem, others),
    ]),
  };
}
