import path from 'node:path/posix';
import type { AgentFormat } from '../domain/agent.ts';
import { AGENT_FOLDERS, AGENTS_OVERLAY } from '../definitions/agents/agentPlaces.ts';
import { WORKFLOW_FOLDER, type DefinitionFolder } from '../definitions/files/discovery.ts';

/** What a file defines, by its place. */
export type DefinitionKind =
  | { readonly kind: 'workflow' }
  | {
      readonly kind: 'agent';
      readonly format: AgentFormat;
      /** Its fields stand in front matter, its instructions below. */
      readonly markdown: boolean;
    }
  /** `.sluice/agents.yaml`: what Sluice adds to agents that other tools own. */
  | { readonly kind: 'additions' };

/** @param file relative to the project's folder, with `/` */
export function definitionKindOf(file: string): DefinitionKind | undefined {
  if (file === AGENTS_OVERLAY) {
    return { kind: 'additions' };
  }
  if (isIn(WORKFLOW_FOLDER, file)) {
    return { kind: 'workflow' };
  }
  const folder = AGENT_FOLDERS.find((one) => isIn(one, file));
  return folder && { kind: 'agent', format: folder.format, markdown: /\.md$/i.test(file) };
}

function isIn({ path: folder, endings, nested }: DefinitionFolder, file: string): boolean {
  const inside = file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : undefined;
  return (
    inside !== undefined &&
    (nested || !inside.includes('/')) &&
    endings.includes(path.extname(inside).toLowerCase()) &&
    !/^(?:[._]|readme)/i.test(path.basename(inside))
  );
}
