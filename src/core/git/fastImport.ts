import * as path from 'node:path';
import pLimit from 'p-limit';
import type { Disk } from '../base/disk.ts';
import { hasCode, syncFolder } from '../base/disk.ts';
import type { ObjectId } from '../domain/ids.ts';
import { objectId } from '../domain/ids.ts';
import { ByteReader } from './catFile.ts';
import type { CommitSink, NewCommit } from './commitSink.ts';
import { formatCommit } from './commitSink.ts';
import type { GitConversation, GitProgram } from './gitProgram.ts';
import { DURABLY, READING } from './gitProgram.ts';
import type { ObjectHash } from './objects.ts';
import { objectIdOf } from './objects.ts';
import { ObjectWriter } from './objectWriter.ts';

export interface FastImportOptions {
  readonly disk: Disk;
  readonly program: GitProgram;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly hash: ObjectHash;
}

/**
 * Writes one commit by one `git fast-import` process, which knows every kind of repository there is.
 *
 * G1. It leaves objects and nothing else: the branch that fast-import wants for a commit is reset before the
 *     process ends, so that it is never written.
 * G2. Git flushes files when told to, but not their names; those are flushed here once the process has ended.
 */
export class FastImport implements CommitSink {
  readonly #options: FastImportOptions;
  readonly #names: ObjectWriter;
  /** The stream is one. So one file is in memory at a time. */
  readonly #turn = pLimit(1);
  readonly #ids = new Set<ObjectId>();
  #process: GitConversation | undefined;

  constructor(options: FastImportOptions) {
    this.#options = options;
    this.#names = new ObjectWriter(options.disk, path.join(options.commonDir, 'objects'));
  }

  blob(read: () => Promise<Uint8Array>): Promise<ObjectId> {
    return this.#turn(async () => {
      const bytes = await read();
      const id = objectIdOf(this.#options.hash, 'blob', bytes);
      if (!this.#ids.has(id)) {
        const process = await this.#started();
        await process.write(`blob\ndata ${bytes.length}\n`);
        await process.write(bytes);
        await process.write('\n');
        this.#ids.add(id);
      }
      return id;
    });
  }

  /** Fast-import makes the trees itself; the name is needed for what lies above. */
  tree(body: Uint8Array): Promise<ObjectId> {
    const id = objectIdOf(this.#options.hash, 'tree', body);
    this.#ids.add(id);
    return Promise.resolve(id);
  }

  adopt(id: ObjectId): Promise<void> {
    return this.#names.adopt(id);
  }

  async commit(commit: NewCommit): Promise<ObjectId> {
    const process = await this.#started();
    await process.write(commandsOf(commit));
    const made = await new ByteReader(process.output).line();
    await this.#end(process);
    if (made === undefined) {
      throw new Error('"git fast-import" did not tell which commit it made');
    }
    this.#ids.add(objectIdOf(this.#options.hash, 'commit', formatCommit(commit)));
    this.#ids.add(objectId(made));
    await Promise.all([...this.#ids].map((id) => this.#names.adopt(id)));
    await this.#names.flush();
    // Where many objects come at once, or the user says so, they stay in a pack.
    await syncFolder(this.#options.disk, path.join(this.#options.commonDir, 'objects', 'pack'));
    return objectId(made);
  }

  async abandon(): Promise<void> {
    const process = this.#process;
    if (process !== undefined) {
      this.#process = undefined;
      await process.end();
      await this.#removeReport(process);
    }
  }

  async #started(): Promise<GitConversation> {
    if (this.#process === undefined) {
      const { program, gitDir, commonDir } = this.#options;
      const started = await program.start(
        [...DURABLY, 'fast-import', '--quiet', '--date-format=raw'],
        { folder: commonDir, env: { ...READING, GIT_DIR: gitDir } },
      );
      if (!started.ok) {
        throw new Error(started.error.message);
      }
      this.#process = started.value;
    }
    return this.#process;
  }

  async #end(process: GitConversation): Promise<void> {
    this.#process = undefined;
    const ended = await process.end();
    if (!ended.ok) {
      await this.#removeReport(process);
      throw new Error(ended.error.message);
    }
  }

  /** It writes one beside HEAD when it fails. */
  async #removeReport({ pid }: GitConversation): Promise<void> {
    const { disk, gitDir } = this.#options;
    try {
      await disk.unlink(path.join(gitDir, `fast_import_crash_${pid ?? 'none'}`));
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) {
        throw error;
      }
    }
  }
}

/** Never written; see G1. */
const BRANCH = 'refs/sluice/commit';

function commandsOf({ base, parents, written, removed, who, message }: NewCommit): Buffer {
  const [first, ...others] = parents;
  const head = [
    `commit ${BRANCH}`,
    'mark :1',
    `author ${who}`,
    `committer ${who}`,
    `data ${message.length}`,
    '',
  ];
  const tail = [
    '',
    ...(first === undefined ? [] : [`from ${first}`]),
    ...others.map((parent) => `merge ${parent}`),
    'deleteall',
    ...(base === undefined ? [] : [`M 040000 ${base} ""`]),
    // First, because a file may come in the place of a folder that becomes empty, and the other way round.
    ...removed.map((file) => `D ${quoted(file)}`),
    ...written.map(({ mode, id, path: file }) => `M ${mode} ${id} ${quoted(file)}`),
    '',
    `reset ${BRANCH}`,
    'get-mark :1',
    '',
  ];
  return Buffer.concat([Buffer.from(head.join('\n')), message, Buffer.from(tail.join('\n'))]);
}

function quoted(file: string): string {
  return `"${file.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
