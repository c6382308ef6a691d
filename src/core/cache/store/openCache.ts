import type { Clock } from '../../base/clock.ts';
import type { Disk } from '../../base/disk.ts';
import type { Log } from '../../base/log.ts';
import type { CacheDesk, CacheSettings } from '../../domain/cache.ts';
import type { SharedAnswers } from '../../domain/sharing.ts';
import type { AnswerStore, SharedTier } from '../parts.ts';
import { Answers } from './answers.ts';
import type { Counted, Whose } from './counts.ts';
import { cacheDesk } from './desk.ts';
import { Entries } from './entries.ts';
import { Ledger } from './ledger.ts';
import { Memory } from './memory.ts';
import { Notes } from './notes.ts';
import { Shared } from './shared.ts';
import { StoreFiles } from './storeFiles.ts';
import { Sweeper } from './sweeper.ts';
import { GuardedTier } from './tier.ts';
import { Values } from './values.ts';

export interface CacheOptions {
  /** Absolute; made with the first answer. Several programs may have it open. */
  readonly folder: string;
  readonly disk: Disk;
  readonly clock: Clock;
  /** Asked again each time. */
  readonly settings: () => CacheSettings;
  readonly log: Log;
  /** Behind the disk; left out: none. */
  readonly shared?: SharedTier | undefined;
}

export interface OpenCache {
  readonly answers: AnswerStore;
  readonly shared: SharedAnswers;
  readonly desk: CacheDesk;
  /** Adds to what is told of a namespace's answers that are kept elsewhere. */
  readonly count: (whose: Whose, part: Partial<Counted>) => void;
  /** Removes what has stood its time, and what is more than the limit. It is done by itself now and then. */
  readonly sweep: () => Promise<void>;
  /** Writes what was counted, and waits for what is under way. Never rejects. */
  readonly close: () => Promise<void>;
}

/** The cache of a folder. Nothing is read or written before it is asked. */
export function openCache({ folder, disk, clock, settings, log, shared }: CacheOptions): OpenCache {
  const files = new StoreFiles(disk, clock, folder);
  const memory = new Memory(clock);
  const ledger = new Ledger(files, disk, clock, log);
  const onDamaged = (): void => ledger.count(undefined, { damaged: 1 });
  const entries = new Entries(files, memory, log, onDamaged);
  const values = new Values(files, memory);
  const notes = new Notes(files, log, onDamaged);
  const tier = shared && new GuardedTier(shared, clock, log);
  const sweeper = new Sweeper({ files, entries, values, ledger, clock, settings }, log);
  const answers = new Answers({
    ...{ entries, values, notes, ledger, tier, clock, settings, log },
    onPut: (bytes) => sweeper.put(bytes),
  });
  return {
    answers,
    shared: new Shared({ answers, ledger, clock, settings }),
    desk: cacheDesk({ files, entries, values, memory, ledger, clock }),
    count: (whose, part) => ledger.count(whose, part),
    sweep: () => sweeper.sweep(),
    close: async () => {
      await sweeper.close();
      await tier?.settled();
      await ledger.close();
    },
  };
}
