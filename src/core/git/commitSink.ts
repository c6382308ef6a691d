import type { ObjectId } from '../domain/ids.ts';

/** Where the objects of one commit go. Either `commit` or `abandon` ends it. */
export interface CommitSink {
  /** Reads the bytes only when it is their turn. @throws what `read` or the disk throws */
  blob(read: () => Promise<Uint8Array>): Promise<ObjectId>;
  tree(body: Uint8Array): Promise<ObjectId>;
  /** Takes over a blob that the `git` program has written, so that it is as durable as the others. */
  adopt(id: ObjectId): Promise<void>;
  /** Durable when it resolves, with all that was given before. */
  commit(commit: NewCommit): Promise<ObjectId>;
  /** There will be no commit. What was written is named by nothing; Git clears it away in time. */
  abandon(): Promise<void>;
}

/** A commit, as its tree and as what makes that tree of the base's. */
export interface NewCommit {
  readonly tree: ObjectId;
  /** The tree it is laid over. */
  readonly base: ObjectId | undefined;
  readonly written: readonly WrittenFile[];
  /** From the root of the work tree, with `/`. */
  readonly removed: readonly string[];
  readonly parents: readonly ObjectId[];
  /** `name <email> seconds offset` of author and committer. */
  readonly who: string;
  readonly message: Buffer;
}

export interface WrittenFile {
  /** From the root of the work tree, with `/`. */
  readonly path: string;
  readonly mode: string;
  readonly id: ObjectId;
}

export function formatCommit({ tree, parents, who, message }: NewCommit): Buffer {
  const header = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${who}`,
    `committer ${who}`,
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(header.join('\n')), message]);
}
