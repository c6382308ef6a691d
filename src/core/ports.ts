import type { Clock } from './base/clock.ts';
import type { Disk } from './base/disk.ts';
import type { Log } from './base/log.ts';
import type { Actor } from './domain/actor.ts';
import type { Approvals } from './domain/approvals.ts';
import type { CacheSettings } from './domain/cache.ts';
import type { CopySettings } from './domain/copySettings.ts';
import type { Models } from './models/models.ts';
import type { HostedTools } from './tools/parts.ts';

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
  /** Absolute. Where other tools keep the agents their user has in every folder; `undefined`: not looked for. */
  readonly home: string | undefined;
  /**
   * Language models, the same for all folders of the program, loaded by whoever asks first; left out: agents that are a
   * model do not run.
   */
  readonly models?: (() => Promise<Models>) | undefined;
  /** As the user has set it, asked anew each time; left out: there is no cache. */
  readonly cacheSettings?: (() => CacheSettings) | undefined;
  /** Tools the host itself has; left out: none. */
  readonly tools?: HostedTools | undefined;
  /** Absolute. Where the host may have ripgrep; it is looked for on PATH else. */
  readonly ripgrep?: readonly string[] | undefined;
  /** How copies are made, as the user has set it, asked anew for each run; left out: `DEFAULT_COPY_SETTINGS`. */
  readonly copySettings?: (() => CopySettings) | undefined;
  /**
   * Files, absolute, that the user saved, made or removed in this program since then (milliseconds since 1970); left
   * out: nobody notes them.
   */
  readonly savedSince?: ((since: number) => ReadonlySet<string>) | undefined;
  /** Tells who gave an answer at a gate, loaded with the first run that is driven; left out: every answer is taken. */
  readonly approvals?: (() => Promise<Approvals>) | undefined;
  /** Tells one build of Sluice from another; left out: nothing that was parsed is kept for the next program. */
  readonly build?: string | undefined;
  /** Absolute. Holds what may be lost: workspace copies, what agents' files were parsed to. */
  readonly cacheFolder: string;
  /** Absolute. Holds the journals of folders without a Git repository. */
  readonly stateFolder: string;
}
