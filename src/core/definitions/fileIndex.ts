import type { Clock } from '../base/clock.ts';
import type { Digest } from '../base/digest.ts';
import { Slices } from '../base/slices.ts';
import { identityNow, isSameFile, isSettled, type FileIdentity } from './fileIdentity.ts';
import type { FileParser, ReadFile } from './fileParser.ts';
import { readSourceFile, type SourceRead } from './readSource.ts';

// What files were read as, so that only those are read again that may have changed.
//
// X1  What is told of a file is what reading it afresh would tell: by the same parser, of the same text.
// X2  A file is read again unless it is sure to be the one that was read (`isSettled`). One that turns out
//     to hold the same text is not parsed again.
// X3  What could not be opened is tried again each time: why it could not may have gone without a trace.

/** What is known of one file. */
export interface KnownFile {
  readonly file: string;
  /** The id of the parser. */
  readonly parser: string;
  readonly identity: FileIdentity;
  /** Whether the identity alone says that its text is the same. */
  readonly settled: boolean;
  /** `undefined`: it is no text. */
  readonly digest: Digest | undefined;
  /** As the parser gave it. */
  readonly parsed: unknown;
}

export interface FileIndexOptions {
  /** Absolute. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** In its place tests count. */
  readonly read?: (folder: string, file: string) => SourceRead;
}

/** One reading of all files. */
export interface Reading {
  readonly read: ReadFile;
  /** Once all have been read: others are forgotten. */
  readonly end: () => void;
}

export class FileIndex {
  readonly #options: FileIndexOptions;
  readonly #readFile: (folder: string, file: string) => SourceRead;
  /** By the parser's id and the file. */
  #known: ReadonlyMap<string, KnownFile> = new Map();
  #files: readonly string[] = [];
  #filesRead = 0;

  constructor(options: FileIndexOptions) {
    this.#options = options;
    this.#readFile = options.read ?? readSourceFile;
  }

  /** Several readings may overlap. */
  begin(signal: AbortSignal): Reading {
    const before = this.#known;
    const known = new Map<string, KnownFile>();
    const files = new Set<string>();
    const turns = new Turns(new Slices(this.#options.clock, signal));
    return {
      read: (file, parser) => {
        files.add(file);
        return turns.take(() => {
          const key = keyOf(file, parser.id);
          const [one, parsed] = this.#lookAt(file, parser, known.get(key) ?? before.get(key));
          if (one !== undefined) {
            known.set(key, one);
          }
          return parsed;
        });
      },
      end: () => {
        this.#known = known;
        this.#files = [...files];
      },
    };
  }

  /** All that were asked for in the last reading, also those that are not there. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** How many files it took to read, in all readings. */
  get filesRead(): number {
    return this.#filesRead;
  }

  get known(): Iterable<KnownFile> {
    return this.#known.values();
  }

  /** Takes what an index of the same folder knew, in this program or another. */
  restore(known: Iterable<KnownFile>): void {
    this.#known = new Map(Array.from(known, (one) => [keyOf(one.file, one.parser), one]));
  }

  #lookAt<Parsed>(
    file: string,
    parser: FileParser<Parsed>,
    known: KnownFile | undefined,
  ): readonly [KnownFile | undefined, Parsed] {
    const { folder, clock } = this.#options;
    if (known?.settled === true) {
      const identity = identityNow(folder, file);
      if (identity !== undefined && isSameFile(identity, known.identity)) {
        return [known, known.parsed as Parsed];
      }
    }
    const readAt = clock.now();
    const { source, identity } = this.#readFile(folder, file);
    this.#filesRead += 1;
    const digest = source.ok ? source.value.digest : undefined;
    let parsed: Parsed;
    if (digest !== undefined && known?.digest === digest) {
      parsed = known.parsed as Parsed;
    } else {
      parsed = source.ok ? parser.parse(source.value) : parser.refuse(file, source.error);
    }
    const settled = identity !== undefined && isSettled(identity, readAt);
    const one = identity && { file, parser: parser.id, identity, settled, digest, parsed };
    return [one, parsed];
  }
}

function keyOf(file: string, parser: string): string {
  return `${parser} ${file}`;
}

/** Work that is asked for all at once and done in slices, in the order asked. */
class Turns {
  readonly #slices: Slices;
  #waiting: { readonly begin: () => void; readonly giveUp: (reason: unknown) => void }[] = [];

  constructor(slices: Slices) {
    this.#slices = slices;
  }

  take<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        try {
          resolve(work());
        } catch (thrown) {
          reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      };
      if (this.#waiting.length === 0 && !this.#slices.isOver) {
        begin();
        return;
      }
      this.#waiting.push({ begin, giveUp: reject });
      if (this.#waiting.length === 1) {
        void this.#workOff();
      }
    });
  }

  async #workOff(): Promise<void> {
    for (let next = 0; ;) {
      try {
        await this.#slices.next();
      } catch (thrown) {
        this.#waiting.slice(next).forEach(({ giveUp }) => giveUp(thrown));
        this.#waiting = [];
        return;
      }
      do {
        this.#waiting[next]?.begin();
        next += 1;
      } while (next < this.#waiting.length && !this.#slices.isOver);
      if (next >= this.#waiting.length) {
        this.#waiting = [];
        return;
      }
    }
  }
}
