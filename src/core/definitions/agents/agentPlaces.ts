import path from 'node:path';
import type { AgentFormat } from '../../domain/agent.ts';
import type { DefinitionFolder } from '../files/discovery.ts';
import type { AgentOrigin } from '../entries.ts';

/** A folder whose files are agents. */
export interface AgentFolder extends DefinitionFolder {
  readonly kind: 'folder';
  readonly format: AgentFormat;
  readonly origin: AgentOrigin;
}

/** A file that names the files of agents. */
export interface AgentList {
  readonly kind: 'list';
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly origin: AgentOrigin;
}

export type AgentPlace = AgentFolder | AgentList;

export const CLAUDE_JSON = '.claude/claude.json';

/** What Sluice adds to agents whose files other tools own. */
export const AGENTS_OVERLAY = '.sluice/agents.yaml';

/**
 * Where agents are looked for, in order of precedence: an earlier place's agent goes before a later
 * one's of the same name. Never above the folder.
 * @param home absolute; `undefined`: only what the folder holds counts
 */
export function agentPlaces(home: string | undefined): readonly AgentPlace[] {
  const own: AgentPlace[] = [
    folder('.sluice/agents', 'sluice', { endings: ['.yaml', '.yml', '.json', '.md'] }),
    { kind: 'list', file: CLAUDE_JSON, origin: { label: CLAUDE_JSON, scope: 'folder' } },
    folder('.github/agents', 'vscode'),
    folder('.claude/agents', 'claude', { nested: true }),
  ];
  return home === undefined
    ? own
    : [
        ...own,
        folder('.claude/agents', 'claude', { nested: true, home }),
        folder('.copilot/agents', 'vscode', { home }),
      ];
}

/** The folders of a project that hold agents, as `agentPlaces` has them. */
export const AGENT_FOLDERS: readonly AgentFolder[] = agentPlaces(undefined).filter(
  (place) => place.kind === 'folder',
);

function folder(
  relative: string,
  format: AgentFormat,
  {
    endings = ['.md'],
    nested = false,
    home,
  }: { endings?: readonly string[]; nested?: boolean; home?: string } = {},
): AgentFolder {
  return {
    kind: 'folder',
    path: home === undefined ? relative : path.join(home, relative),
    endings,
    nested,
    format,
    origin:
      home === undefined
        ? { label: relative, scope: 'folder' }
        : { label: `~/${relative}`, scope: 'user' },
  };
}
