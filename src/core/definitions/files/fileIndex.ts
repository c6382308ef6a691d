import type { Clock } from '../../base/clock.ts';
import type { Digest } from '../../base/digest.ts';
import { Slices } from '../../base/slices.ts';
import { identityNow, isSameFile, isSettled, type FileIdentity } from './fileIdentity.ts';
import type { FileParser, ReadFiles } from './fileParser.ts';
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
  readonly read: ReadFiles;
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
    const asked: string[] = [];
    const slices = new Slices(this.#options.clock, signal);
    let turn = Promise.resolve();
    const readAll = async <Parsed>(files: readonly string[], parser: FileParser<Parsed>) => {
      const all: Parsed[] = [];
      for (const file of files) {
        if (slices.isOver) {
          await slices.next();
        }
        const key = keyOf(file, parser.id);
        const [one, parsed] = this.#lookAt(file, parser, known.get(key) ?? before.get(key));
        if (one !== undefined) {
          known.set(key, one);
        }
        all.push(parsed);
      }
      return all;
    };
    return {
      read: (files, parser) => {
        asked.push(...files);
        // In turn: two at once would take two slices before the program could do anything else.
        const reading = turn.then(() => readAll(files, parser));
        turn = reading.then(
          () => undefined,
          () => undefined,
        );
        return reading;
      },
      end: () => {
        this.#known = known;
        this.#files = [...new Set(asked)];
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
