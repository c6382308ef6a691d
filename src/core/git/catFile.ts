import type { ObjectId } from '../domain/ids.ts';
import type { GitConversation, GitProgram } from './gitProgram.ts';
import { READING } from './gitProgram.ts';
import type { ObjectHash, Objects, ObjectType } from './objects.ts';
import { UnreadableObject } from './objects.ts';

/**
 * Reads objects by the `git` program, which knows every place and form they can be in.
 *
 * C1. One `cat-file` process answers all that is asked while somebody is inside `during`; then it is gone.
 * C2. One question at a time: answers carry no name but the object's.
 */
export class CatFile implements Objects {
  readonly hash: ObjectHash;
  readonly #program: GitProgram;
  readonly #gitDir: string;
  #users = 0;
  #process: Process | undefined;
  /** The last question; C2. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(program: GitProgram, gitDir: string, hash: ObjectHash) {
    this.#program = program;
    this.#gitDir = gitDir;
    this.hash = hash;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await work();
    } finally {
      this.#users -= 1;
      const process = this.#process;
      if (this.#users === 0 && process !== undefined) {
        this.#process = undefined;
        await process.conversation.end();
      }
    }
  }

  read(id: ObjectId, type: ObjectType): Promise<Buffer> {
    return this.during(() => {
      const answer = this.#last.then(() => this.#ask(id, type));
      this.#last = answer.catch(() => undefined);
      return answer;
    });
  }

  async #ask(id: ObjectId, type: ObjectType): Promise<Buffer> {
    this.#process ??= await this.#start(id);
    const { conversation, output } = this.#process;
    await conversation.write(`${id}\n`);
    const header = await output.line();
    if (header === undefined) {
      // It has ended: on a damaged object, or because somebody killed it.
      this.#process = undefined;
      const ended = await conversation.end();
      throw new UnreadableObject(id, ended.ok ? 'git gave no answer' : ended.error.message);
    }
    const [, is, size] = /^\S+ (\S+)(?: (\d+))?$/.exec(header) ?? [];
    if (size === undefined) {
      throw new UnreadableObject(id, `it is ${is ?? header}`);
    }
    const body = await output.bytes(Number(size) + 1);
    if (body === undefined) {
      this.#process = undefined;
      const ended = await conversation.end();
      throw new UnreadableObject(id, ended.ok ? 'its end is missing' : ended.error.message);
    }
    if (is !== type) {
      throw new UnreadableObject(id, `it is a ${is ?? 'nothing'}, not a ${type}`);
    }
    return body.subarray(0, -1);
  }

  async #start(id: ObjectId): Promise<Process> {
    const started = await this.#program.start(['cat-file', '--batch'], {
      folder: this.#gitDir,
      env: { ...READING, GIT_DIR: this.#gitDir },
    });
    if (!started.ok) {
      throw new UnreadableObject(id, started.error.message);
    }
    return { conversation: started.value, output: new ByteReader(started.value.output) };
  }
}

interface Process {
  readonly conversation: GitConversation;
  readonly output: ByteReader;
}

/** Takes lines and counted bytes from what comes in pieces of any size. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer, unknown>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterator<Buffer, unknown>) {
    this.#source = source;
  }

  /** Without its end; `undefined` when there is none any more. */
  async line(): Promise<string | undefined> {
    for (let end = this.#rest.indexOf(LF); ; end = this.#rest.indexOf(LF)) {
      if (end >= 0) {
        const line = this.#rest.toString('utf8', 0, end);
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      const next = await this.#source.next();
      if (next.done === true) {
        return undefined;
      }
      this.#rest = Buffer.concat([this.#rest, next.value]);
    }
  }

  /** `undefined` when there are not so many. */
  async bytes(count: number): Promise<Buffer | undefined> {
    const pieces = [this.#rest];
    for (let have = this.#rest.length; have < count;) {
      const next = await this.#source.next();
      if (next.done === true) {
        return undefined;
      }
      pieces.push(next.value);
      have += next.value.length;
    }
    const all = pieces.length === 1 ? this.#rest : Buffer.concat(pieces);
    this.#rest = all.subarray(count);
    return all.subarray(0, count);
  }
}

const LF = 0x0a;
