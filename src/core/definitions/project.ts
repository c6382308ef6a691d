import path from 'node:path';
import pLimit from 'p-limit';
import { FILE_START, type Diagnostic } from '../domain/diagnostic.ts';
import type { Workflow } from '../domain/workflow.ts';
import { unreadAgent } from './agentParts.ts';
import { AGENT_FOLDERS, discover, WORKFLOW_FOLDER, type AgentFolder } from './discovery.ts';
import {
  indexAgents,
  indexWorkflows,
  type AgentEntry,
  type WorkflowEntry,
  type WorkflowIndex,
} from './entries.ts';
import { diagnosticAt, inReadingOrder } from './problem.ts';
import * as problems from './problems.ts';
import { readAgent } from './readAgent.ts';
import { readSource } from './readSource.ts';
import { judgeAmong, judgeWorkflows } from './judgeWorkflows.ts';
import { loadSchemas } from './productSchemas.ts';
import { parseWorkflow, unreadWorkflow } from './workflowEntry.ts';

export type { AgentEntry, WorkflowEntry, WorkflowIndex };

/** All agents and workflows of a folder, valid or not. */
export interface Definitions {
  /** By precedence of their folders, then by path. */
  readonly agents: readonly AgentEntry[];
  /** By path. */
  readonly workflows: readonly WorkflowEntry[];
  /** Of all entries, and of folders that could not be read; by file and place. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Files open at once: enough to keep a disk busy, far from any system's limit. */
const OPEN_FILES = 16;

/**
 * Reads what a folder defines. A file that is wrong becomes an invalid entry, never a rejection.
 * @param folder absolute
 * @throws the signal's reason once it aborts
 */
export async function readDefinitions(folder: string, signal: AbortSignal): Promise<Definitions> {
  const limit = pLimit(OPEN_FILES);
  const found = await Promise.all(AGENT_FOLDERS.map((at) => discover(folder, at, signal)));
  const foundWorkflows = await discover(folder, WORKFLOW_FOLDER, signal);

  const readOne = async (file: string, at: AgentFolder): Promise<AgentEntry> => {
    signal.throwIfAborted();
    const source = await readSource(folder, file);
    return source.ok
      ? readAgent(source.value, at.format)
      : unreadAgent(file, at.format, [source.error]);
  };
  const read = await Promise.all(
    AGENT_FOLDERS.flatMap((at, index) =>
      (found[index]?.files ?? []).map((file) => limit(readOne, file, at)),
    ),
  );
  const agents = withShadows(read);

  const parsed = await Promise.all(
    foundWorkflows.files.map((file) => limit(readWorkflow, folder, file, signal)),
  );
  const drafts = parsed.flatMap((one) => (one.kind === 'parsed' ? [one.draft] : []));
  const schemas = await loadSchemas(folder, drafts, signal);
  const workflows = withUniqueNames(judgeWorkflows(parsed, indexAgents(agents), schemas));
  return {
    agents,
    workflows,
    diagnostics: inReadingOrder(
      [...found, foundWorkflows, ...agents, ...workflows].flatMap(({ diagnostics }) => diagnostics),
    ),
  };
}

/**
 * Reads one workflow by its path, in the known folder or anywhere else.
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
  const parsed = await readWorkflow(folder, nameFile(folder, file), signal);
  if (parsed.kind !== 'parsed') {
    return parsed;
  }
  const schemas = await loadSchemas(folder, [parsed.draft], signal);
  return judgeAmong(parsed, known.workflows, indexAgents(known.agents), schemas);
}

/** The workflow of this name that a run may start, or a step may be; `undefined`: none is valid. */
export function workflowNamed(
  name: string,
  entries: readonly WorkflowEntry[],
): Workflow | undefined {
  const entry = indexWorkflows(entries).named(name);
  return entry?.kind === 'valid' ? entry.workflow : undefined;
}

async function readWorkflow(
  folder: string,
  file: string,
  signal: AbortSignal,
): Promise<ReturnType<typeof parseWorkflow>> {
  signal.throwIfAborted();
  const source = await readSource(folder, file);
  return source.ok ? parseWorkflow(source.value) : unreadWorkflow(file, [source.error]);
}

/** As diagnostics name files: relative with `/` inside the folder, else absolute. */
function nameFile(folder: string, file: string): string {
  const absolute = path.resolve(folder, file);
  const relative = path.relative(folder, absolute);
  const outside = relative === '' || /^\.\.(?:[\\/]|$)/.test(relative) || path.isAbsolute(relative);
  return outside ? absolute : relative.split(path.sep).join('/');
}

/**
 * Marks all but the first entry of each name, in order of precedence. A broken file still holds its
 * name, so that a slip in it does not quietly bring another agent to work; but a name that is only
 * guessed from a file's name holds nothing against one that is written.
 */
function withShadows(entries: readonly AgentEntry[]): AgentEntry[] {
  const isGuess = (entry: AgentEntry) => entry.kind === 'invalid' && entry.nameFrom === 'guess';
  const winners = new Map<string, AgentEntry>();
  const guesses = entries.filter(isGuess);
  for (const entry of [...entries.filter((other) => !isGuess(other)), ...guesses]) {
    if (!winners.has(entry.name)) {
      winners.set(entry.name, entry);
    }
  }
  return entries.map((entry) => {
    const winner = winners.get(entry.name);
    if (winner === undefined || winner === entry) {
      return entry;
    }
    const range = entry.source?.rangeOf(['name']) ?? FILE_START;
    const warning = diagnosticAt(entry.file, range, problems.shadowed(entry.name, winner.file), [
      {
        file: winner.file,
        range: winner.source?.rangeOf(['name']) ?? FILE_START,
        message: `"${winner.name}" is defined here first.`,
      },
    ]);
    return {
      ...entry,
      shadowedBy: winner.file,
      diagnostics: inReadingOrder([...entry.diagnostics, warning]),
    };
  });
}

/** Runs are started by name, so of two workflows with one name the later file is refused. */
function withUniqueNames(entries: readonly WorkflowEntry[]): WorkflowEntry[] {
  const first = new Map<string, WorkflowEntry>();
  return entries.map((entry) => {
    const earlier = first.get(entry.name);
    if (earlier === undefined) {
      first.set(entry.name, entry);
      return entry;
    }
    const range = entry.source?.nameRange ?? FILE_START;
    const problem = diagnosticAt(entry.file, range, problems.noSecondName(earlier.file), [
      {
        file: earlier.file,
        range: earlier.source?.nameRange ?? FILE_START,
        message: `"${entry.name}" is the name of this workflow.`,
      },
    ]);
    return {
      kind: 'invalid',
      file: entry.file,
      name: entry.name,
      source: entry.source,
      diagnostics: inReadingOrder([...entry.diagnostics, problem]),
    };
  });
}
