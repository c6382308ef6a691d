import { agentsOverlay } from '../definitions/agents/agentOverlay.ts';
import * as agentProblems from '../definitions/agents/agentProblems.ts';
import { agentFile } from '../definitions/agents/agents.ts';
import { layOverlays } from '../definitions/agents/applyOverlays.ts';
import { settleSchemas } from '../definitions/agents/settleSchemas.ts';
import { indexAgents, type AgentEntry, type WorkflowEntry } from '../definitions/entries.ts';
import { judgeAmong } from '../definitions/workflows/judgeWorkflows.ts';
import { readFresh } from '../definitions/files/readSource.ts';
import { inReadingOrder } from '../definitions/source/problem.ts';
import { loadSchemas } from '../definitions/workflows/productSchemas.ts';
import type { SourceText } from '../definitions/source/sourceText.ts';
import { workflowFile, type ParsedFile } from '../definitions/workflows/workflowEntry.ts';
import { withUniqueNames } from '../definitions/workflows/workflowNames.ts';
import type { Diagnostic } from '../domain/diagnostic.ts';
import type { DefinitionKind } from './definitionKind.ts';

/** All agents and workflows of the folder, as they are on the disk. */
export interface Definitions {
  readonly agents: readonly AgentEntry[];
  readonly workflows: readonly WorkflowEntry[];
}

/**
 * Everything wrong in a workflow's text, as if it stood on the disk beside all that does.
 * @param folder absolute
 * @throws the signal's reason once it aborts
 */
export async function judgeWorkflowText(
  folder: string,
  source: SourceText,
  known: Definitions,
  signal: AbortSignal,
): Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly parsed: ParsedFile }> {
  const { file } = source;
  const parsed = workflowFile.parse(source);
  const drafts = parsed.workflows.flatMap((one) => (one.kind === 'parsed' ? [one.draft] : []));
  const schemas = await loadSchemas(folder, drafts, signal);
  const agents = indexAgents(known.agents);
  const judged = parsed.workflows.map((one) =>
    one.kind === 'parsed' ? judgeAmong(one, known.workflows, agents, schemas) : one,
  );
  const at = known.workflows.findIndex((entry) => entry.file === file);
  const before = at === -1 ? known.workflows : known.workflows.slice(0, at);
  const behind = known.workflows.slice(before.length).filter((entry) => entry.file !== file);
  const named = withUniqueNames([...before, ...judged, ...behind]);
  const own = named.filter((entry) => entry.file === file);
  return {
    diagnostics: inReadingOrder([
      ...parsed.diagnostics,
      ...own.flatMap(({ diagnostics }) => diagnostics),
    ]),
    parsed,
  };
}

/** Told of an agent because of other files, which its own text changes nothing about. */
const STANDING: readonly string[] = [
  agentProblems.shadowed('', '').code,
  agentProblems.brokenOverlay('').code,
  agentProblems.sameTool('', '').code,
  agentProblems.askedInCircle(['']).code,
];

/**
 * Everything wrong in the text of an agent's file, or in that of `.sluice/agents.yaml`.
 * @param folder absolute
 * @throws the signal's reason once it aborts
 */
export async function judgeAgentText(
  folder: string,
  source: SourceText,
  kind: Exclude<DefinitionKind, { kind: 'workflow' }>,
  known: Definitions,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const { file } = source;
  const read = readFresh(folder, signal);
  if (kind.kind === 'additions') {
    const written = { drafts: [], overlays: agentsOverlay.parse(source) };
    const { overlays } = await settleSchemas(folder, written, read);
    signal.throwIfAborted();
    const { diagnostics } = layOverlays(known.agents, overlays);
    return inReadingOrder(diagnostics.filter((one) => one.file === file));
  }
  const written = { drafts: agentFile(kind.format).parse(source), overlays: undefined };
  const { drafts } = await settleSchemas(folder, written, read);
  signal.throwIfAborted();
  return inReadingOrder(
    drafts.flatMap(({ name, place, diagnostics }) => {
      const entry = known.agents.find((one) => one.file === file && one.name === name);
      const standing = entry?.diagnostics.filter(({ code }) => STANDING.includes(code)) ?? [];
      return [...diagnostics, ...standing.map((one) => ({ ...one, range: place.range }))];
    }),
  );
}
