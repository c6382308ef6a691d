import type { Digest } from '../base/digest.ts';
import type { AgentName } from './ids.ts';
import type { Terms } from './terms.ts';

/** Whose format the file has. `claude-json`: Markdown that `.claude/claude.json` names; `acp`: an ACP registry's entry. */
export type AgentFormat = 'sluice' | 'vscode' | 'claude' | 'claude-json' | 'acp';

/** What executes an agent. */
export type RunnerSpec = CommandSpec | ModelSpec | AcpSpec;

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

/** Texts of an agent in which `${{ … }}` is filled in. */
export function textsOfAgent(agent: Agent | undefined): readonly string[] {
  return agent?.runner.kind === 'command' ? Object.values(agent.runner.env) : [];
}
