import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import type { Diagnostic } from '../domain/diagnostic.ts';
import type { Workflow } from '../domain/workflow.ts';
import { DefinitionIndex, type Definitions } from './files/definitionIndex.ts';
import {
  indexAgents,
  indexWorkflows,
  type AgentEntry,
  type WorkflowEntry,
  type WorkflowIndex,
} from './entries.ts';
import { judgeAmong } from './workflows/judgeWorkflows.ts';
import { inReadingOrder } from './source/problem.ts';
import { loadSchemas } from './workflows/productSchemas.ts';
import { parseFresh } from './files/readSource.ts';
import { workflowFile, type ParsedFile } from './workflows/workflowEntry.ts';
import { severalWorkflows } from './workflows/workflowNames.ts';

export type { AgentEntry, Definitions, WorkflowEntry, WorkflowIndex };

/**
 * Reads what a folder defines, once. A file that is wrong becomes an invalid entry, never a rejection.
 * @param folder absolute
 * @param home absolute; left out: the agents a user has in every folder are not looked for
 * @throws the signal's reason once it aborts
 */
export function readDefinitions(
  folder: string,
  signal: AbortSignal,
  home?: string,
): Promise<Definitions> {
  return new DefinitionIndex({ folder, home, clock: systemClock }).refresh(signal);
}

/**
 * Reads one workflow by its path, in the known folder or anywhere else. Of a file that holds several
 * nobody knows which is meant, which is told as an invalid entry.
 * @param folder absolute
 * @param file absolute, or relative to the folder
 * @param known of the folder, as `readDefinitions` gives them
 * @throws the signal's reason once it aborts
 */
export async function readWorkflowFile(
  folder: string,
  file: string,
  known: Pick<Definitions, 'agents' | 'workflows'>,
  signal: AbortSignal,
): Promise<WorkflowEntry> {
  const { workflows } = await readWorkflows(folder, file, known, signal);
  const [first, ...others] = workflows;
  return first === undefined || others.length > 0
    ? severalWorkflows(nameFile(folder, file), workflows)
    : first;
}

/** Every workflow of one file, as `readWorkflowFile` reads it, and everything wrong in the file. */
export async function readWorkflows(
  folder: string,
  file: string,
  known: Pick<Definitions, 'agents' | 'workflows'>,
  signal: AbortSignal,
): Promise<{
  readonly workflows: readonly WorkflowEntry[];
  readonly diagnostics: readonly Diagnostic[];
}> {
  const parsed = await parseFile(folder, file, signal);
  const drafts = parsed.workflows.flatMap((one) => (one.kind === 'parsed' ? [one.draft] : []));
  const schemas = await loadSchemas(folder, drafts, signal);
  const agents = indexAgents(known.agents);
  const workflows = parsed.workflows.map((one) =>
    one.kind === 'parsed' ? judgeAmong(one, known.workflows, agents, schemas) : one,
  );
  return {
    workflows,
    diagnostics: inReadingOrder([parsed, ...workflows].flatMap(({ diagnostics }) => diagnostics)),
  };
}

/** The workflow of this name that a run may start, or a step may be; `undefined`: none is valid. */
export function workflowNamed(
  name: string,
  entries: readonly WorkflowEntry[],
): Workflow | undefined {
  const entry = indexWorkflows(entries).named(name);
  return entry?.kind === 'valid' ? entry.workflow : undefined;
}

/** @param file absolute, or relative to the folder */
export function parseFile(folder: string, file: string, signal: AbortSignal): Promise<ParsedFile> {
  return parseFresh(folder, nameFile(folder, file), workflowFile, signal);
}

/** As diagnostics name files: relative with `/` inside the folder, else absolute. */
function nameFile(folder: string, file: string): string {
  const absolute = path.resolve(folder, file);
  const relative = path.relative(folder, absolute);
  const outside = relative === '' || /^\.\.(?:[\\/]|$)/.test(relative) || path.isAbsolute(relative);
  return outside ? absolute : relative.split(path.sep).join('/');
}
