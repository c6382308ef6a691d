import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { ObjectId } from '../domain/ids.ts';
import type { CommitSink, WrittenFile } from './commitSink.ts';
import type { PlannedFolder, PlannedFile } from './commitPlan.ts';
import { planCommit } from './commitPlan.ts';
import type { Objects } from './objects.ts';
import type { StoredForms } from './storedForms.ts';
import { StoredFormRefused } from './storedForms.ts';
import type { TreeEntry } from './tree.ts';
import { FOLDER_MODE, formatTree, treeName } from './tree.ts';
import { treeOf } from './treeReading.ts';

export interface CommitRequest {
  /** The commit whose tree the files are put over; what else is in there stays. `undefined`: only the files. */
  readonly base: ObjectId | undefined;
  /** The first is the one it follows; none: it is the first of its history. */
  readonly parents: readonly ObjectId[];
  readonly files: readonly CommitFile[];
  /**
   * Files and links of the base that are no more, relative to the folder that was opened, with `/`. One that is not
   * there is passed over; a folder with nothing left in it goes too.
   */
  readonly removed: readonly string[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly timestamp: {
    /** Seconds since 1970. */
    readonly seconds: number;
    /** Minutes east of UTC. */
    readonly offsetMinutes: number;
  };
}

export interface CommitFile {
  /** Relative to the folder that was opened, with `/`. */
  readonly path: string;
  readonly executable: boolean;
  /** As it lies in a work tree. Called when it is the file's turn, so that not all are in memory at once. */
  readonly read: () => Promise<Uint8Array>;
}

/** Why no commit was made. `message` is one sentence for people and names the path. */
export type CommitProblem =
  /** A name that is not safe on every system; see treePath.ts. */
  | { readonly reason: 'bad-path'; readonly path: string; readonly message: string }
  /**
   * Twice among the files, or a file where a folder has to be (or the other way round), or a folder or a submodule that
   * is to be removed.
   */
  | { readonly reason: 'path-conflict'; readonly path: string; readonly message: string }
  /** The program that makes of the file what Git stores has failed. `filter`: its name in `.gitattributes`. */
  | {
      readonly reason: 'filter-failed';
      readonly path: string;
      readonly filter: string | undefined;
      readonly message: string;
    }
  /** The `git` program, asked how files are stored here, gave no answer. */
  | { readonly reason: 'git-missing' | 'git-failed'; readonly message: string };

export interface CommitParts {
  readonly objects: Objects;
  readonly sink: CommitSink;
  readonly forms: StoredForms;
  /** The folder that paths are relative to, from the root of the work tree, with `/`. */
  readonly prefix: string;
}

/**
 * Writes blobs, the trees on the way to them and the commit; no ref, nothing else. Durable when it
 * resolves. Equal requests give the same commit. @throws UnreadableObject, what the disk or a `read` throws
 */
export function writeCommit(
  parts: CommitParts,
  request: CommitRequest,
): Promise<Result<ObjectId, CommitProblem>> {
  return parts.objects.during(async () => {
    try {
      return await write(parts, request);
    } catch (error) {
      await parts.sink.abandon();
      if (error instanceof StoredFormRefused) {
        return err(error.problem);
      }
      throw error;
    }
  });
}

async function write(
  { objects, sink, forms, prefix }: CommitParts,
  request: CommitRequest,
): Promise<Result<ObjectId, CommitProblem>> {
  for (const parent of request.parents) {
    if (parent !== request.base) {
      await objects.read(parent, 'commit');
    }
  }
  const base = request.base === undefined ? undefined : await treeOf(objects, request.base);
  const planned = await planCommit(objects, base, prefix, request.files, request.removed);
  if (!planned.ok) {
    return planned;
  }
  const { root, removed } = planned.value;
  const files = filesOf(root);
  const formOf = await forms.of(files.map((file) => file.path));
  if (!formOf.ok) {
    return formOf;
  }
  const written = new Map<PlannedFile, WrittenFile>();
  await allDone(
    files.map(async (planned) => {
      const id = await formOf.value(planned, sink, objects);
      const mode = planned.file.executable ? '100755' : '100644';
      written.set(planned, { path: planned.path, mode, id });
    }),
  );
  return ok(
    await sink.commit({
      tree: await writeTrees(sink, root, written),
      base,
      written: files.map((file) => known(written.get(file))),
      removed,
      parents: request.parents,
      who: identityOf(request),
      message: Buffer.from(`${request.message.replace(/\0/g, '').trimEnd()}\n`),
    }),
  );
}

function filesOf(folder: PlannedFolder): PlannedFile[] {
  return [...folder.files.values(), ...[...folder.folders.values()].flatMap(filesOf)];
}

async function writeTrees(
  sink: CommitSink,
  folder: PlannedFolder,
  written: ReadonlyMap<PlannedFile, WrittenFile>,
): Promise<ObjectId> {
  const files = [...folder.files].map(([name, file]): TreeEntry => {
    const { mode, id } = known(written.get(file));
    return { mode, id, name: treeName(name) };
  });
  const folders = await allDone(
    [...folder.folders].map(async ([name, next]): Promise<TreeEntry> => ({
      mode: FOLDER_MODE,
      name: treeName(name),
      id: await writeTrees(sink, next, written),
    })),
  );
  return await sink.tree(formatTree([...folder.kept, ...files, ...folders]));
}

function known(file: WrittenFile | undefined): WrittenFile {
  if (file === undefined) {
    throw new Error('Internal error: a file of a commit was not written');
  }
  return file;
}

/** `name <email> seconds offset` */
function identityOf({ author, timestamp }: CommitRequest): string {
  const minutes = Math.abs(timestamp.offsetMinutes);
  const offset = [Math.floor(minutes / 60), minutes % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join('');
  const sign = timestamp.offsetMinutes < 0 ? '-' : '+';
  return `${plainIdentity(author.name)} <${plainIdentity(author.email)}> ${timestamp.seconds} ${sign}${offset}`;
}

/** Without what would end the field in a commit, and without what Git strips from the ends. */
function plainIdentity(text: string): string {
  const plain = text.replace(/[<>\p{Cc}]/gu, '').replace(/^[ .,:;"'\\]+|[ .,:;"'\\]+$/g, '');
  return plain === '' ? 'unknown' : plain;
}

/** As `Promise.all`, but nothing is under way any more when it rejects. */
async function allDone<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}
