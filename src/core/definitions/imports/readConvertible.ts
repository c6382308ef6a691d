import type { Workflow } from '../../domain/workflow.ts';
import { indexAgents, type WorkflowEntry } from '../entries.ts';
import { surroundingsAmong } from '../workflows/judgeWorkflows.ts';
import { loadSchemas } from '../workflows/productSchemas.ts';
import { parseFile, type Definitions } from '../project.ts';
import { convertible, judgeWorkflow } from '../workflows/workflowEntry.ts';

/** A workflow of any format, with what can be written of it in Sluice's own. */
export interface Convertible {
  readonly entry: WorkflowEntry;
  /** Also where its agents are not there yet; `undefined`: more than that is wrong with it. */
  readonly workflow: Workflow | undefined;
}

/**
 * Every workflow of one file.
 * @param folder absolute
 * @param file absolute, or relative to the folder
 * @param known of the folder, as `readDefinitions` gives them
 * @throws the signal's reason once it aborts
 */
export async function readConvertible(
  folder: string,
  file: string,
  known: Pick<Definitions, 'agents' | 'workflows'>,
  signal: AbortSignal,
): Promise<readonly Convertible[]> {
  const { workflows } = await parseFile(folder, file, signal);
  const drafts = workflows.flatMap((one) => (one.kind === 'parsed' ? [one.draft] : []));
  const schemas = await loadSchemas(folder, drafts, signal);
  const agents = indexAgents(known.agents);
  return workflows.map((one) => {
    if (one.kind !== 'parsed') {
      return { entry: one, workflow: undefined };
    }
    const surroundings = surroundingsAmong(one, known.workflows, agents, schemas);
    return {
      entry: judgeWorkflow(one, surroundings),
      workflow: convertible(one, surroundings),
    };
  });
}
