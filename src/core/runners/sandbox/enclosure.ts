import type { Disposable } from '../../base/disposables.ts';
import type { Result } from '../../base/result.ts';
import type { Failure } from '../../domain/failure.ts';
import type { SandboxKind, SandboxRule } from '../../domain/sandbox.ts';

/** What is to be shut in. Paths are absolute. */
export interface ShutInPlace {
  /** The workspace copy: the working directory; may be written. */
  readonly folder: string;
  /** May be written too. */
  readonly scratch: string;
}

/** A command ready to be started so that it is shut in. Whoever has one calls `end`, whether or not it was started. */
export interface ShutInCommand {
  readonly argv: readonly [string, ...string[]];
  readonly folder: string;
  readonly environment: Record<string, string>;
  /** What it reads from its descriptor 3; `undefined`: it has none. */
  readonly handed: Uint8Array | undefined;
  /** Looks at what it takes until disposed; `reached` is called at most once. */
  watch(pid: number, reached: (failure: Failure) => void): Disposable;
  /** Called when the started program was ordered to end and has: ends whatever else there is, all at once. */
  endAll(): Promise<void>;
  /**
   * To be called when no process of it is left: resolves with the limit that only now is seen to have been passed.
   * Nothing of the sandbox is left afterwards.
   */
  end(): Promise<Failure | undefined>;
}

/** Shuts one command in. */
export interface Enclosure {
  readonly kind: SandboxKind;
  readonly rule: SandboxRule;
  /** What it is held to, for people: `no network, 1 CPU, …`. */
  readonly held: string;
  /**
   * @param environment all of the command's variables, as they would be outside
   * @param marker of the attempt, without spaces
   */
  shutIn(
    command: readonly [string, ...string[]],
    environment: Readonly<Record<string, string>>,
    marker: string,
  ): Promise<Result<ShutInCommand, Failure>>;
}

/**
 * Processes and threads it may have at once. No rule names them: enough for test runners and compilers, and a fork
 * bomb is over before the machine feels it.
 */
export const MOST_PROCESSES = 1000;
