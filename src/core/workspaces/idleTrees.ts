import fs from 'node:fs/promises';
import path from 'node:path';
import { isFolder } from './folders.ts';
import { removeFolder } from './removeFolder.ts';

/** A tree that waits for the next who needs one like it. */
export interface IdleRecord {
  readonly kind: 'copy' | 'base';
  /** Absolute: the folder it was made of. */
  readonly source: string;
  /** Of a run's tree: what it is of. */
  readonly key: string;
  /** As in `BaseVersion`: of the tree, or of that which it is a copy of. */
  readonly lineage: string;
  readonly generation: number;
  /** Taken on the disk. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface IdleTree extends IdleRecord {
  readonly id: string;
}

const RECORD = 'record.json';
const BODY = 'body.json';

/**
 * Trees that nobody has, each in a folder of its own: `<id>/tree`, what is to be known of it in `body.json`, and
 * `record.json`, which is written last. Programs share them: whoever moves a tree away has it.
 *
 * I1  A tree without its record is none: it may not be whole. So a kill at any moment leaves whole trees or rubbish.
 * I2  No list of them is kept, what lies there is the list.
 */
export class IdleTrees {
  readonly #folder: string;
  /** A record never changes. */
  readonly #known = new Map<string, IdleTree>();

  /** @param folder absolute; made when the first is put there */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The oldest first. */
  async list(): Promise<readonly IdleTree[]> {
    const found: IdleTree[] = [];
    for (const id of await this.#names()) {
      const known = this.#known.get(id) ?? (await readRecord(path.join(this.#folder, id, RECORD)));
      if (known !== undefined) {
        const idle = { ...known, id };
        this.#known.set(id, idle);
        found.push(idle);
      }
    }
    return found.sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
  }

  /** Moves the tree here. @param tree absolute @throws what the disk throws; the tree may be anywhere then */
  async put(record: IdleRecord, body: object, tree: string): Promise<void> {
    await fs.mkdir(this.#folder, { recursive: true });
    const at = await fs.mkdtemp(path.join(this.#folder, `${record.kind}-`));
    try {
      await fs.rename(tree, path.join(at, 'tree'));
      await fs.writeFile(path.join(at, BODY), JSON.stringify(body));
      const file = path.join(at, RECORD);
      await fs.writeFile(`${file}.new`, JSON.stringify(record));
      await fs.rename(`${file}.new`, file);
    } catch (error) {
      await removeFolder(at);
      throw error;
    }
  }

  /**
   * Moves a tree to `to`, which is not there, in a folder that is. `undefined`: somebody else has it.
   * @throws what the disk throws
   */
  async take({ id }: IdleTree, to: string): Promise<object | undefined> {
    const at = path.join(this.#folder, id);
    try {
      const body = JSON.parse(await fs.readFile(path.join(at, BODY), 'utf8')) as object;
      await fs.rename(path.join(at, 'tree'), to);
      return body;
    } catch (error) {
      if (!(error instanceof SyntaxError) && (error as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw error;
      }
      return undefined;
    } finally {
      this.#known.delete(id);
      await removeFolder(at);
    }
  }

  async remove({ id }: IdleTree): Promise<void> {
    this.#known.delete(id);
    await removeFolder(path.join(this.#folder, id));
  }

  /** Removes what is no whole tree. One that is being put here now is among that, and is lost. */
  async sweep(): Promise<void> {
    for (const id of await this.#names()) {
      const at = path.join(this.#folder, id);
      const record = await readRecord(path.join(at, RECORD));
      if (record === undefined || !(await isFolder(path.join(at, 'tree')))) {
        this.#known.delete(id);
        await removeFolder(at);
      }
    }
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await fs.readdir(this.#folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return [];
      }
      throw error;
    }
  }
}

async function readRecord(file: string): Promise<IdleRecord | undefined> {
  try {
    const record = JSON.parse(await fs.readFile(file, 'utf8')) as Partial<IdleRecord>;
    const { kind, source, key, lineage, generation, bytes, since } = record;
    return (kind === 'copy' || kind === 'base') &&
      source !== undefined &&
      key !== undefined &&
      lineage !== undefined &&
      typeof generation === 'number' &&
      typeof bytes === 'number' &&
      typeof since === 'number'
      ? { kind, source, key, lineage, generation, bytes, since }
      : undefined;
  } catch {
    return undefined;
  }
}
