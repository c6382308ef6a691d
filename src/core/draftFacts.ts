import fs from 'node:fs/promises';
import path from 'node:path';
import { err, ok, type Result } from './base/result.ts';
import { indexAgents } from './definitions/entries.ts';
import type { Definitions } from './definitions/project.ts';
import type { Agent } from './domain/agent.ts';
import { MANIFESTS, type Manifest } from './drafting/projectCommands.ts';
import type { DraftProblem } from './draftsApi.ts';
import { findProgram } from './runners/program.ts';

// What a folder says that plans are drafted from.

/** Larger ones say nothing that a planner needs. */
const MAX_MANIFEST_BYTES = 1024 * 1024;
/** Where projects keep programs of their own. */
const OWN_PROGRAMS = ['node_modules/.bin', '.venv/bin', '.venv/Scripts'];

/** Those that can be asked. */
export function usableAgents({ agents }: Definitions): readonly Agent[] {
  return agents.flatMap((entry) =>
    entry.kind === 'valid' && entry.shadowedBy === undefined ? [entry.agent] : [],
  );
}

export function plannerNamed(name: string, definitions: Definitions): Result<Agent, DraftProblem> {
  const entry = indexAgents(definitions.agents).named(name);
  if (entry?.kind === 'valid') {
    return ok(entry.agent);
  }
  if (entry !== undefined) {
    const [first] = entry.diagnostics;
    const why = first === undefined ? '.' : `: ${first.message}`;
    const message = `The agent "${name}" cannot plan before its file ${entry.file} is mended${why}`;
    return err({ kind: 'request', message, at: first });
  }
  const known = usableAgents(definitions).map((agent) => agent.name);
  const others = known.length === 0 ? '' : ` There are: ${known.join(', ')}.`;
  const message = `There is no agent "${name}" here that could plan.${others}`;
  return err({ kind: 'no-agent', message, at: undefined });
}

/** Texts of the files that say how a project proves itself. @param folder absolute */
export async function readManifests(folder: string): Promise<ReadonlyMap<Manifest, string>> {
  const found = new Map<Manifest, string>();
  for (const name of MANIFESTS) {
    const file = path.join(folder, name);
    // What cannot be read tells the planner nothing; it is no reason not to plan.
    const status = await fs.stat(file).catch(() => undefined);
    if (status?.isFile() === true) {
      const isSmall = status.size <= MAX_MANIFEST_BYTES;
      found.set(name, isSmall ? await fs.readFile(file, 'utf8').catch(() => '') : '');
    }
  }
  return found;
}

/** Whether a command's first word is a program, of the machine or of the folder. @param folder absolute */
export async function hasProgram(
  name: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const own = OWN_PROGRAMS.map((at) => path.join(folder, at));
  const extensions = environment['PATHEXT'];
  const found = await findProgram(name, folder, {
    PATH: [...own, environment['PATH'] ?? ''].join(path.delimiter),
    ...(extensions === undefined ? {} : { PATHEXT: extensions }),
  });
  return found.kind !== 'missing';
}
