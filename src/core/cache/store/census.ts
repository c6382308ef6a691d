import path from 'node:path';
import { isDigest, type Digest } from '../../base/digest.ts';
import type { FileStatus } from '../../base/fileStatus.ts';
import type { Slices } from '../../base/slices.ts';
import type { Entries } from './entries.ts';
import type { Kept } from './entry.ts';
import type { Shelf, StoreFiles } from './storeFiles.ts';

/** Milliseconds in one go: whoever looks at all there is does so beside tasks that are looked up. */
export const SLICE_MS = 1;

export interface CountedFile {
  readonly name: Digest;
  readonly seen: FileStatus;
}

export interface CountedEntry extends CountedFile {
  readonly answers: readonly CountedAnswer[];
}

/** What of an answer those need who look at all of them. */
export interface CountedAnswer {
  readonly id: Digest;
  readonly at: number;
  readonly expiresAt: number;
  readonly namespace: string;
  readonly agent: string | undefined;
  readonly run: string | undefined;
  /** What it takes of its entry, about. */
  readonly bytes: number;
  /** Its values in files of their own. */
  readonly values: readonly Digest[];
}

/** Everything that is kept now. Damaged entries are dropped on the way. @throws the signal's reason, by `slices` */
export async function censusOf(
  files: StoreFiles,
  entries: Entries,
  slices: Slices,
): Promise<{
  readonly entries: readonly CountedEntry[];
  readonly values: ReadonlyMap<Digest, FileStatus>;
  readonly notes: readonly CountedFile[];
}> {
  // Values first: what is put meanwhile is in an entry that is read, and not among the values nobody needs.
  const values = new Map<Digest, FileStatus>();
  for await (const { name, seen } of filesOf('values', files, slices)) {
    values.set(name, seen);
  }
  const counted: CountedEntry[] = [];
  for await (const { name, seen } of filesOf('answers', files, slices)) {
    const kept = (await entries.load(name, true)).kept;
    if (kept.length > 0) {
      counted.push({
        name,
        seen,
        answers: kept.map((one) => answerOf(one, seen.size / kept.length)),
      });
    }
  }
  const notes: CountedFile[] = [];
  for await (const note of filesOf('notes', files, slices)) {
    notes.push(note);
  }
  return { entries: counted, values, notes };
}

function answerOf({ answer, values }: Kept, bytes: number): CountedAnswer {
  const { id, at, expiresAt, namespace, agent, run } = answer;
  const apart = values.filter(({ inline }) => inline === undefined).map(({ digest }) => digest);
  return { id, at, expiresAt, namespace, agent, run, bytes, values: apart };
}

async function* filesOf(
  shelf: Shelf,
  files: StoreFiles,
  slices: Slices,
): AsyncGenerator<CountedFile> {
  const folder = path.join(files.folder, shelf);
  for (const shard of files.list(folder)) {
    for (const name of files.list(path.join(folder, shard))) {
      if (slices.isOver) {
        await slices.next();
      }
      const seen = isDigest(name) ? files.look(files.path(shelf, name)) : undefined;
      if (isDigest(name) && seen !== undefined) {
        yield { name, seen };
      }
    }
  }
}
