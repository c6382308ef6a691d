/** How far a command is shut in. Left out of its YAML, a limit is the default's. */
export interface SandboxRule {
  /** False: it runs as any other, where its agent or workflow would have it shut in. */
  readonly use: boolean;
  /** Processors it may keep busy. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** What it may add to its copy and its scratch folder. */
  readonly diskBytes: number;
  /** Wall time, in milliseconds; a shorter limit of the step goes before it. */
  readonly timeoutMs: number;
  /** A Docker image it runs in, where the user has Docker and names one; `undefined`: the system's own sandbox. */
  readonly image: string | undefined;
}

export const DEFAULT_SANDBOX: SandboxRule = {
  use: true,
  cpus: 1,
  memoryBytes: 2 * 1024 * 1024 * 1024,
  diskBytes: 1024 * 1024 * 1024,
  timeoutMs: 5 * 60 * 1000,
  image: undefined,
};

/** What shuts a command in here. */
export type SandboxKind = 'bubblewrap' | 'seatbelt' | 'docker';

/** Whether commands can be shut in on this machine, as a command that tried to break out has shown. */
export type SandboxFound =
  | { readonly kind: SandboxKind }
  /** Why not, as the end of a sentence, and what to do about it. */
  | { readonly kind: 'none'; readonly why: string; readonly cure: string };

/** What of its limits a command in a sandbox has reached. */
export type SandboxLimit = 'memory' | 'disk' | 'processes';
