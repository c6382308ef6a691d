import type { Digest } from '../../base/digest.ts';
import type { Log } from '../../base/log.ts';
import { thrownMessage } from '../../base/text.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { isObject, MOST_FACTS_BYTES } from './entry.ts';
import { framed, unframedNow, unframed } from './frame.ts';
import { KeyLocks } from './keyLocks.ts';
import { AT_ONCE_BYTES, type StoreFiles } from './storeFiles.ts';

/** Bytes of a file: more than that is not a note. */
const MOST_NOTE_BYTES = MOST_FACTS_BYTES + 1024;

/** Notes that outlive the answers, each a file under its name. */
export class Notes {
  readonly #files: StoreFiles;
  readonly #log: Log;
  readonly #onDamaged: () => void;
  readonly #locks = new KeyLocks();

  constructor(files: StoreFiles, log: Log, onDamaged: () => void) {
    this.#files = files;
    this.#log = log;
    this.#onDamaged = onDamaged;
  }

  async write(name: Digest, note: JsonValue): Promise<void> {
    const json = Buffer.from(JSON.stringify({ name, note }), 'utf8');
    if (json.length > MOST_FACTS_BYTES) {
      return;
    }
    try {
      await this.#locks.hold(name, () =>
        this.#files.replace(this.#files.path('notes', name), framed(json), 'any'),
      );
    } catch (error) {
      this.#log.debug(`Cache: a note was not written: ${thrownMessage(error)}`);
    }
  }

  async read(name: Digest): Promise<JsonValue | undefined> {
    const file = this.#files.path('notes', name);
    const seen = this.#files.look(file);
    if (seen === undefined) {
      return undefined;
    }
    try {
      const note = seen.size > MOST_NOTE_BYTES ? undefined : await this.#noteIn(file, seen.size);
      if (note?.['name'] === name && note['note'] !== undefined) {
        return note['note'];
      }
    } catch (error) {
      this.#log.debug(`Cache: a note was not read: ${thrownMessage(error)}`);
      return undefined;
    }
    this.#files.remove(file, seen);
    this.#onDamaged();
    return undefined;
  }

  async #noteIn(file: string, size: number): Promise<Record<string, JsonValue> | undefined> {
    const rest =
      size <= AT_ONCE_BYTES
        ? unframedNow(this.#files.readNow(file))
        : await unframed(await this.#files.read(file));
    const json: unknown = rest && JSON.parse(rest.toString('utf8'));
    return isObject(json) ? json : undefined;
  }
}
