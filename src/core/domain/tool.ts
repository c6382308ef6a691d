import type { Agent } from './agent.ts';
import type { JsonValue } from './workflow.ts';
import type { PermissionMode } from './terms.ts';
import type { ToolSpec } from './modelPort.ts';
import type { Read, Trace } from './trace.ts';

/**
 * What using a tool comes to. `read`: looks at the workspace copy. `edit`: changes files of the copy. `run`: starts a
 * program in it. `reach`: asks something outside without changing it. `other`: may change something outside.
 */
export type ToolDeed = 'read' | 'edit' | 'run' | 'reach' | 'other';

export interface Tool extends ToolSpec {
  readonly does: ToolDeed;
  /** One line for a person who is to allow it: `edit src/a.ts`. Takes any input. */
  summary(input: JsonValue): string;
  /** Never rejects; an input of the wrong shape is an error for the model to mend. */
  call(input: JsonValue, signal: AbortSignal): Promise<ToolAnswer>;
}

export interface ToolAnswer {
  /** For the model; at most 100,000 characters. */
  readonly text: string;
  readonly isError: boolean;
  /** What it looked at; left out: nothing that could change. */
  readonly reads?: readonly Read[];
  /** Files of the copy that it changed, relative with `/`; left out: none. */
  readonly writes?: readonly string[];
  /** Since when the answer stands that another use had asked for, in milliseconds since 1970; left out: asked now. */
  readonly keptFrom?: number;
  /** Models that answered for it; left out: none. */
  readonly models?: Trace['models'];
}

/** The tools of one attempt. */
export interface Toolbox {
  /** As they are now: servers may change theirs. */
  readonly tools: readonly Tool[];
  /** What the agent names and nobody has, and servers that could not be started: a sentence each. */
  readonly problems: readonly string[];
  /** Another time it may hold more: a server failed. Left out: it holds what it is to. */
  readonly isPartial?: boolean;
  /** Ends every program of it; resolves once they are gone. */
  close(): Promise<void>;
}

export interface ToolboxRequest {
  readonly agent: Agent;
  /** Absolute: the workspace copy. */
  readonly folder: string;
  /** Absolute: the attempt's own folder. */
  readonly scratch: string;
  /** Every process started for the attempt carries it, as in `ProcessIdentity`. */
  readonly marker: string;
  /** Rendered; over the allow-list of the host's variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Why a path of the copy, relative with `/`, may not be changed, as the end of a sentence; `undefined`: it may. */
  readonly whyNotWrite: (path: string) => string | undefined;
  /** Globs that grant a protected path where they name it without a wildcard. */
  readonly named: readonly string[];
  /** What it asks of the world outside may be answered by what others have asked, and answers them. */
  readonly shares: boolean;
}

export interface ToolPort {
  /** Rejects only for an aborted signal. */
  open(request: ToolboxRequest, signal: AbortSignal): Promise<Toolbox>;
}

/** What a permission mode says to a deed. `owned`: the paths a task may change are named. */
export function permissionFor(
  mode: PermissionMode,
  does: ToolDeed,
  owned: boolean,
): 'allow' | 'ask' | 'refuse' {
  if (does === 'read' || mode === 'bypassPermissions') {
    return 'allow';
  }
  switch (mode) {
    case 'plan':
      return 'refuse';
    case 'acceptEdits':
      return does === 'edit' ? 'allow' : 'ask';
    case 'default':
      return does === 'edit' && owned ? 'allow' : 'ask';
  }
}
