import type { Digest } from '../base/digest.ts';
import type { TreeFile } from '../domain/trace.ts';
import { BaseEntries, type BaseTreeOptions } from './baseEntries.ts';
import { digestAt, filesLike, filesWithin, type TreeEntries } from './treeEntries.ts';

/**
 * The tree all copies of a run are made of, as digests. What was asked once is known from then on; nothing is read
 * that nobody asks about. Rejects with what the disk throws when a file of it cannot be read.
 */
export class BaseTree {
  /** Absolute. Nobody may write there. */
  readonly folder: string;
  /** Files and links, relative with `/`, in their order. */
  readonly files: readonly string[];
  readonly entries: TreeEntries;
  #all: Promise<readonly TreeFile[]> | undefined;
  readonly #asked = new Map<string, Promise<Digest | undefined>>();

  constructor(options: BaseTreeOptions) {
    this.folder = options.folder;
    this.entries = new BaseEntries(options);
    this.files = this.entries.paths;
  }

  digest(file: string): Promise<Digest | undefined> {
    return digestAt(this.entries, file);
  }

  within(folder: string): Promise<readonly TreeFile[]> {
    if (folder !== '') {
      return filesWithin(this.entries, folder);
    }
    this.#all ??= filesWithin(this.entries, '').catch((error: unknown) => {
      this.#all = undefined;
      throw error;
    });
    return this.#all;
  }

  like(globs: readonly string[]): Promise<readonly TreeFile[]> {
    return filesLike(this.entries, globs);
  }

  /**
   * What was answered to the question before, or what `ask` gives: many tasks ask the same of the tree. Who asked
   * first may be stopped; then the next who waits asks.
   */
  async askOnce(
    question: string,
    ask: () => Promise<Digest | undefined>,
  ): Promise<Digest | undefined> {
    for (;;) {
      const other = this.#asked.get(question);
      if (other === undefined) {
        break;
      }
      const answer = await other.catch(() => undefined);
      if (answer !== undefined) {
        return answer;
      }
    }
    const own = this.#ask(question, ask);
    this.#asked.set(question, own);
    return own;
  }

  async #ask(
    question: string,
    ask: () => Promise<Digest | undefined>,
  ): Promise<Digest | undefined> {
    let answer: Digest | undefined;
    try {
      // Not before this promise is known to who asks next.
      answer = await Promise.resolve().then(ask);
    } finally {
      if (answer === undefined) {
        this.#asked.delete(question);
      }
    }
    return answer;
  }
}
