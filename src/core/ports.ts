import type { Clock } from './base/clock.ts';
import type { Disk } from './base/disk.ts';
import type { Log } from './base/log.ts';
import type { Actor } from './domain/actor.ts';

/** What a host (VS Code, the terminal) supplies. Core reaches the outside by nothing else but Node's files and processes. */
export interface Ports {
  readonly clock: Clock;
  /** Where runs are kept. */
  readonly disk: Disk;
  /** From 0 up to 1, for the spread of waits. */
  readonly random: () => number;
  readonly log: Log;
  readonly actor: Actor;
  /** The host's environment variables; runners pass on only an allow-list of them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute. Holds what may be lost: workspace copies. */
  readonly cacheFolder: string;
  /** Absolute. Holds the journals of folders without a Git repository. */
  readonly stateFolder: string;
}
