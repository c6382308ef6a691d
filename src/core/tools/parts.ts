import type { Clock } from '../base/clock.ts';
import type { Digest } from '../base/digest.ts';
import type { Agent } from '../domain/agent.ts';
import type { Tool, ToolboxRequest } from '../domain/tool.ts';
import type { LookUp } from './lookups.ts';

// What the tools need of others. The composition root fits them in.

/**
 * Runs a program to its end. Its variables are the allow-list of the host's with `env` over them. After
 * `signal` aborts, or `timeoutMs` milliseconds, it resolves without a code once every process of it is gone.
 * `output` is what it printed on both streams, of much the end at least; without a code its last line says
 * why there is none. Never rejects for anything the program does.
 */
export type RunProgram = (
  command: readonly [string, ...string[]],
  request: {
    /** Absolute: the working directory. */
    readonly folder: string;
    readonly scratch: string;
    readonly env: Readonly<Record<string, string>>;
    readonly marker: string;
    readonly timeoutMs: number;
  },
  signal: AbortSignal,
) => Promise<{ readonly code: number | undefined; readonly output: string }>;

/** Tools of MCP servers. */
export interface McpTools {
  /** Those of the servers that the agent declares or whose tools it names. Rejects only for an aborted signal. */
  open(
    agent: Agent,
    request: ToolboxRequest,
    lookUp: LookUp,
    signal: AbortSignal,
  ): Promise<OpenMcpTools>;
  /** Of what decides which servers it gets and what of them it may use; starts none. */
  digestFor(agent: Agent): Promise<Digest>;
}

export interface OpenMcpTools {
  readonly tools: readonly Tool[];
  /** Servers that could not be started, tools they do not have: a sentence each. */
  readonly problems: readonly string[];
  /** A server did not start although nothing is wrong with its declaration. */
  readonly hasFailed?: boolean;
  /** Resolves once their programs are gone. */
  close(): Promise<void>;
}

/** Tools that the host itself has, such as those of VS Code's extensions. */
export interface HostedTools {
  list(): readonly HostedTool[];
}

export interface HostedTool extends Tool {
  /** Other names agents may use for it: `githubRepo`, `publisher.extension/tool`. */
  readonly alsoKnownAs?: readonly string[];
}

/** Where and as whom the tools of one attempt work. */
export interface ToolPlace extends Pick<
  ToolboxRequest,
  'scratch' | 'marker' | 'env' | 'whyNotWrite' | 'named'
> {
  /** Absolute, every link resolved: the workspace copy. */
  readonly root: string;
  readonly clock: Clock;
  /** Asks the world outside. */
  readonly lookUp: LookUp;
}
