import path from 'node:path';
import type { Diagnostic } from '../../domain/diagnostic.ts';
import { AGENTS_OVERLAY } from '../agents/agentPlaces.ts';
import type { AgentEntry } from '../entries.ts';

/**
 * All that is wrong in a file that says something of agents; `undefined`: it does not.
 * @param folder absolute
 * @param file absolute, or relative to the folder
 */
export function problemsOfAgentFile(
  folder: string,
  file: string,
  known: {
    readonly agents: readonly AgentEntry[];
    readonly diagnostics: readonly Diagnostic[];
  },
): readonly Diagnostic[] | undefined {
  const absolute = path.resolve(folder, file);
  const isIt = (other: string) => path.resolve(folder, other) === absolute;
  const isAgents =
    isIt(AGENTS_OVERLAY) ||
    known.agents.some((entry) => isIt(entry.file) || isIt(entry.place.file));
  return isAgents ? known.diagnostics.filter((diagnostic) => isIt(diagnostic.file)) : undefined;
}
