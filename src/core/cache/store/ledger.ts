import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Disk } from '../../base/disk.ts';
import type { Disposable } from '../../base/disposables.ts';
import type { Log } from '../../base/log.ts';
import { thrownMessage } from '../../base/text.ts';
import {
  count,
  emptyTally,
  sinceThen,
  sumOf,
  tallyFromJson,
  tallyToJson,
  type Counted,
  type Tally,
  type Whose,
} from './counts.ts';
import { isObject } from './entry.ts';
import { framed, unframedNow } from './frame.ts';
import type { StoreFiles } from './storeFiles.ts';

/** Milliseconds from the first count until it is written: a kill loses no more. */
const WRITTEN_AFTER_MS = 5_000;
/** Milliseconds after which a program that did not end its file is taken to be gone. */
const LEFT_MS = 7 * 24 * 60 * 60 * 1000;

/** Milliseconds in which whoever has renamed a file has folded it in, or was killed. */
const FOLDED_MS = 60 * 60 * 1000;

/** What is in a file. */
interface Page {
  readonly tally: Tally;
  /** Names of files whose counts are in `tally`, and that are about to be removed. */
  readonly taken: readonly string[];
  /** The program writes no more. */
  readonly isClosed: boolean;
}

/**
 * What all programs have counted, each in a file of its own.
 *
 * L1. Only its own program writes a file. Whoever folds another's in renames it first, which of several one can, then
 *     writes its own with the other's counts and name in it, then removes the other. The new name tells when, so that
 *     nobody else takes it meanwhile. So a kill anywhere counts nothing twice or not at all.
 * L2. A program whose file another has folded in, because it had been idle for long, begins anew.
 */
export class Ledger {
  readonly #files: StoreFiles;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #disk: Disk;
  readonly #name: string;
  #mine = emptyTally();
  #hasCounted = false;
  /** As it stands in the file; `undefined`: there is none yet. */
  #written: Tally | undefined;
  #taken: readonly string[] = [];
  #writing: Promise<boolean> = Promise.resolve(true);
  #due: Disposable | undefined;
  #isClosed = false;

  constructor(files: StoreFiles, disk: Disk, clock: Clock, log: Log) {
    this.#files = files;
    this.#clock = clock;
    this.#log = log;
    this.#disk = disk;
    this.#name = `${disk.unique()}.json`;
  }

  count(whose: Whose, part: Partial<Counted>): void {
    count(this.#mine, whose, part);
    this.#hasCounted = true;
    if (!this.#isClosed) {
      this.#due ??= this.#clock.timer(WRITTEN_AFTER_MS, () => {
        this.#due = undefined;
        void this.#write();
      });
    }
  }

  /** Of all programs. */
  sum(): Tally {
    this.#beginAnewIfFolded();
    const pages = this.#names().flatMap((name) => {
      const page = name === this.#name ? undefined : this.#read(name);
      return page === undefined ? [] : [{ name, page }];
    });
    const taken = new Set([...this.#taken, ...pages.flatMap(({ page }) => page.taken)]);
    return pages
      .filter(({ name }) => !taken.has(name))
      .reduce((sum, { page }) => sumOf(sum, page.tally), this.#mine);
  }

  /** Takes over what programs that are gone have counted. */
  async fold(): Promise<void> {
    const pages = this.#names().map((name) => ({ name, page: this.#read(name) }));
    const taken = new Set([...this.#taken, ...pages.flatMap(({ page }) => page?.taken ?? [])]);
    const folded: string[] = [];
    for (const { name, page } of pages) {
      if (name === this.#name || !this.#isLeft(name, page)) {
        continue;
      }
      if (page === undefined || taken.has(name)) {
        this.#files.remove(this.#path(name), undefined);
        continue;
      }
      const takeover = `taken-${Math.floor(this.#clock.now())}-${this.#disk.unique()}.json`;
      const tally = this.#rename(name, takeover) ? this.#read(takeover)?.tally : undefined;
      if (tally !== undefined) {
        this.#mine = sumOf(this.#mine, tally);
        folded.push(takeover);
      }
    }
    if (folded.length > 0) {
      this.#hasCounted = true;
      this.#taken = [...this.#taken, ...folded];
      if (await this.#write()) {
        this.#letTakenGo();
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#due?.dispose();
    this.#due = undefined;
    if (this.#hasCounted) {
      await this.#write();
    }
  }

  /** One after another, so that the last is what stays. */
  #write(): Promise<boolean> {
    this.#writing = this.#writing.then(() => this.#writeNow());
    return this.#writing;
  }

  async #writeNow(): Promise<boolean> {
    this.#beginAnewIfFolded();
    const tally = sumOf(this.#mine, emptyTally());
    const page = { tally: tallyToJson(tally), taken: this.#taken, isClosed: this.#isClosed };
    try {
      await this.#files.replace(
        this.#path(this.#name),
        framed(Buffer.from(JSON.stringify(page), 'utf8')),
        'any',
      );
    } catch (error) {
      this.#log.debug(`Cache: what was counted was not written: ${thrownMessage(error)}`);
      return false;
    }
    this.#written = tally;
    return true;
  }

  #letTakenGo(): void {
    this.#taken = this.#taken.filter((name) => {
      const file = this.#path(name);
      return !this.#files.remove(file, undefined) && this.#files.look(file) !== undefined;
    });
  }

  /** L2 */
  #beginAnewIfFolded(): void {
    const written = this.#written;
    if (written !== undefined && this.#files.look(this.#path(this.#name)) === undefined) {
      this.#mine = sinceThen(this.#mine, written);
      this.#written = undefined;
    }
  }

  #isLeft(name: string, page: Page | undefined): boolean {
    const takenAt = /^taken-(\d+)-/.exec(name)?.[1];
    if (takenAt !== undefined && Math.abs(this.#clock.now() - Number(takenAt)) < FOLDED_MS) {
      return false;
    }
    const modified = this.#files.look(this.#path(name))?.modified;
    return (
      page?.isClosed === true || (modified !== undefined && this.#clock.now() - modified > LEFT_MS)
    );
  }

  #names(): string[] {
    return this.#files
      .list(path.join(this.#files.folder, 'statistics'))
      .filter((name) => name.endsWith('.json'));
  }

  #path(name: string): string {
    return path.join(this.#files.folder, 'statistics', name);
  }

  #rename(from: string, to: string): boolean {
    return this.#files.rename(this.#path(from), this.#path(to));
  }

  #read(name: string): Page | undefined {
    try {
      const rest = unframedNow(this.#files.readNow(this.#path(name)));
      return rest && pageOf(JSON.parse(rest.toString('utf8')));
    } catch {
      return undefined;
    }
  }
}

function pageOf(json: unknown): Page | undefined {
  if (!isObject(json) || !Array.isArray(json['taken'])) {
    return undefined;
  }
  const tally = tallyFromJson(json['tally']);
  const taken = json['taken'].filter((name) => typeof name === 'string');
  return tally && { tally, taken, isClosed: json['isClosed'] === true };
}
