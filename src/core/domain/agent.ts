import type { Digest } from '../base/digest.ts';
import type { AgentName } from './ids.ts';
import type { SandboxRule } from './sandbox.ts';
import type { Terms } from './terms.ts';
import type { JsonValue } from './workflow.ts';

/** Whose format the file has. `claude-json`: Markdown that `.claude/claude.json` names; `acp`: an ACP registry's entry. */
export type AgentFormat = 'sluice' | 'vscode' | 'claude' | 'claude-json' | 'acp';

/** What executes an agent. */
export type RunnerSpec = CommandSpec | ModelSpec | AcpSpec | ClaudeCodeSpec;

/** In milliseconds. Defaults: ten minutes, no limit, five seconds. */
export interface Limits {
  /** Wall time. */
  readonly timeoutMs: number;
  /** Longest silence; `undefined`: silence is no reason to stop. */
  readonly idleTimeoutMs: number | undefined;
  /** From the request to end to the order to. */
  readonly graceMs: number;
}

/** A program that judges by its exit code: 0 is good. Never a shell line. */
export interface Check {
  readonly command: readonly [string, ...string[]];
  /** Wall time in milliseconds. */
  readonly timeoutMs: number;
  /** A file in the copy to which it reports its tests, relative with `/`. Left out: what it prints is read. */
  readonly report?: string | undefined;
  /** How it is shut in, over what its task says. */
  readonly sandbox?: SandboxRule | undefined;
}

/**
 * `copy`: all it does is in its workspace copy, so an attempt that was cut off is thrown away and made
 * again. `external`: it changes something else; an attempt that was cut off is shown to a person, or to
 * the agent's own `probe`, and never repeated unasked.
 */
export type Effects = 'copy' | 'external';

export interface CommandSpec {
  readonly kind: 'command';
  /** The program and its arguments; never a shell line. */
  readonly command: readonly [string, ...string[]];
  /** Exit codes that mean the work was done: a linter that found something did its work. @default [0] */
  readonly successCodes: readonly number[];
  /** Variables for the command beside the allowed ones; values may hold `${{ … }}`. */
  readonly env: Readonly<Record<string, string>>;
  /** What a person does when the program is not there, e.g. `npm install --save-dev eslint`. */
  readonly install: string | undefined;
  readonly limits: Limits;
  /** @default 'copy' */
  readonly effects: Effects;
  /**
   * Tells after a crash whether an external effect has happened: 0 it has, 1 it has not, anything else
   * is for a person to find out. Runs in a copy with the attempt's environment.
   */
  readonly probe: Check | undefined;
  /** `messages`: standard input stays open after the prompt; what a person says arrives as lines. */
  readonly stdin: 'prompt' | 'messages';
}

export interface ModelSpec {
  readonly kind: 'model';
  /** The system prompt. */
  readonly instructions: string;
  /** In order of preference; empty: the user's own choice. */
  readonly models: readonly string[];
  /** MCP servers: names of those the project or the user has, or what to start or reach. */
  readonly mcpServers: readonly McpServerRef[];
}

export type McpServerRef = string | { readonly name: string; readonly server: McpServer };

/** A server of tools, as `.mcp.json` and its like write it. */
export type McpServer =
  | {
      readonly kind: 'stdio';
      readonly command: readonly [string, ...string[]];
      readonly env: Readonly<Record<string, string>>;
    }
  /** `sse`: the older of the two transports over HTTP. */
  | {
      readonly kind: 'http' | 'sse';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    };

/** The command `claude -p`: Claude Code without its terminal. */
export interface ClaudeCodeSpec {
  readonly kind: 'claude-code';
  /** Appended to its own system prompt. */
  readonly instructions: string;
  /** In order of preference; empty: its own choice. */
  readonly models: readonly string[];
}

/** An agent that other agents can ask while they work. */
export interface AgentAsTool {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  /** JSON Schema of what it is asked with; the prompt is that input as JSON. */
  readonly inputSchema: JsonValue;
}

/** A coding agent that speaks the Agent Client Protocol over standard input and output. */
export interface AcpSpec {
  readonly kind: 'acp';
  /** Ways to start it, the first that can be goes before the others. */
  readonly launches: readonly AcpLaunch[];
}

export interface AcpLaunch {
  readonly kind: 'npx' | 'uvx' | 'binary';
  /** The program and its arguments; of a binary relative to its unpacked archive. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Where it runs, such as `linux-x86_64`; `undefined`: everywhere. */
  readonly platform: string | undefined;
  /** Address a binary is downloaded from, by a person. */
  readonly archive: string | undefined;
}

export interface Agent {
  readonly name: AgentName;
  readonly description: string;
  /** 1 to 10; 8 and more is critical. @default 5 */
  readonly criticality: number;
  readonly version: string | undefined;
  readonly domains: readonly string[];
  /** Tool names as the file writes them; `undefined`: the runner's own default. */
  readonly tools: readonly string[] | undefined;
  readonly runner: RunnerSpec;
  /** A JSON Schema its output must satisfy, as JSON; `undefined`: any text. */
  readonly outputSchema: JsonValue | undefined;
  readonly asTool: AgentAsTool | undefined;
  readonly terms: Terms;
  readonly format: AgentFormat;
  /** Relative to the folder, with `/`; absolute for an agent of the user, who has it in every folder. */
  readonly file: string;
  /** Of the file's bytes. */
  readonly digest: Digest;
}

export const DEFAULT_CRITICALITY = 5;
export const CRITICAL_FROM = 8;
export const DEFAULT_TIMEOUT_MS = 600_000;
export const DEFAULT_GRACE_MS = 5000;
/** Of a coding agent, which does the work of many turns in one attempt. */
export const DEFAULT_CODING_TIMEOUT_MS = 1_800_000;

/** Agents that go on with another model at their next turn. */
export const CHANGES_MODEL: ReadonlySet<RunnerSpec['kind']> = new Set<RunnerSpec['kind']>([
  'model',
  'acp',
]);

/** How long an attempt of the agent may take, as far as its file says so. */
export function limitsOf({ runner }: Agent): Limits {
  switch (runner.kind) {
    case 'command':
      return runner.limits;
    case 'model':
      return DEFAULT_LIMITS;
    case 'acp':
    case 'claude-code':
      return { ...DEFAULT_LIMITS, timeoutMs: DEFAULT_CODING_TIMEOUT_MS };
  }
}

const DEFAULT_LIMITS: Limits = {
  timeoutMs: DEFAULT_TIMEOUT_MS,
  idleTimeoutMs: undefined,
  graceMs: DEFAULT_GRACE_MS,
};

/** Texts of an agent in which `${{ … }}` is filled in. */
export function textsOfAgent(agent: Agent | undefined): readonly string[] {
  return agent?.runner.kind === 'command' ? Object.values(agent.runner.env) : [];
}
