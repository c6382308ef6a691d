import type { Digest } from '../base/digest.ts';
import type { AgentName } from './ids.ts';

/** Who wrote the file's format. */
export type AgentFormat = 'sluice' | 'vscode' | 'claude';

/** What executes an agent. */
export type RunnerSpec = CommandSpec | ModelSpec;

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
  /** Wall time in milliseconds. @default 600000 */
  readonly timeoutMs: number;
  /** Longest silence in milliseconds; `undefined`: silence is no reason to stop. */
  readonly idleTimeoutMs: number | undefined;
}

export interface ModelSpec {
  readonly kind: 'model';
  /** The system prompt. */
  readonly instructions: string;
  /** In order of preference; empty: the user's own choice. */
  readonly models: readonly string[];
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
  readonly format: AgentFormat;
  /** Relative to the folder, with `/`. */
  readonly file: string;
  /** Of the file's bytes. */
  readonly digest: Digest;
}

export const DEFAULT_CRITICALITY = 5;
export const CRITICAL_FROM = 8;
export const DEFAULT_TIMEOUT_MS = 600_000;
