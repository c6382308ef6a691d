import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { ObjectId } from '../domain/ids.ts';
import { objectId } from '../domain/ids.ts';
import type { ObjectReader } from './objectReader.ts';
import type { ObjectWriter } from './objectWriter.ts';
import type { TreeEntry } from './tree.ts';
import { FOLDER_MODE, formatTree, isFolder, parseTree, treeName } from './tree.ts';
import { treePathProblem } from './treePath.ts';

export interface CommitRequest {
  /** The commit whose tree the files are put over; what else is in there stays. `undefined`: only the files. */
  readonly base: ObjectId | undefined;
  /** `undefined`: the commit has no parent. */
  readonly parent: ObjectId | undefined;
  readonly files: readonly CommitFile[];
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
  /** Called when it is the file's turn, so that not all are in memory at once. */
  readonly read: () => Promise<Uint8Array>;
}

/** Why no commit was made. `message` is one sentence for people and names the path. */
export type CommitProblem =
  /** A name that is not safe on every system; see treePath.ts. */
  | { readonly reason: 'bad-path'; readonly path: string; readonly message: string }
  /** Twice among the files, or a file where a folder has to be (or the other way round). */
  | { readonly reason: 'path-conflict'; readonly path: string; readonly message: string };

/**
 * Writes blobs, the trees on the way to them and the commit; no ref, nothing else. Durable when it
 * resolves. Equal requests give the same commit. @throws UnreadableObject, what the disk or a `read` throws
 */
export async function writeCommit(
  reader: ObjectReader,
  writer: ObjectWriter,
  prefix: string,
  request: CommitRequest,
): Promise<Result<ObjectId, CommitProblem>> {
  const root: Level = { path: '', folders: new Map(), files: new Map() };
  for (const file of request.files) {
    const problem = place(root, prefix, file);
    if (problem !== undefined) {
      return err(problem);
    }
  }
  const base =
    request.base === undefined
      ? undefined
      : treeOf(request.base, await reader.read(request.base, 'commit'));
  const planned = await plan(reader, root, base);
  if (!planned.ok) {
    return planned;
  }
  const tree = await write(writer, planned.value);
  const commit = await writer.write('commit', formatCommit(tree, request));
  await writer.flush();
  return ok(commit);
}

/** The new files of one folder and of those below it. */
interface Level {
  /** From the root of the work tree, for messages. */
  readonly path: string;
  readonly folders: Map<string, Level>;
  readonly files: Map<string, CommitFile>;
}

function place(root: Level, prefix: string, file: CommitFile): CommitProblem | undefined {
  const problem = treePathProblem(file.path);
  if (problem !== undefined) {
    return { reason: 'bad-path', path: file.path, message: `"${file.path}" ${problem}` };
  }
  const parts = `${prefix === '' ? '' : `${prefix}/`}${file.path}`.split('/');
  const last = parts.pop() ?? '';
  let level = root;
  for (const part of parts) {
    let next = level.folders.get(part);
    if (next === undefined) {
      next = {
        path: level.path === '' ? part : `${level.path}/${part}`,
        folders: new Map(),
        files: new Map(),
      };
      level.folders.set(part, next);
    }
    if (level.files.has(part)) {
      return conflict(file.path, `"${next.path}" is both a file and a folder`);
    }
    level = next;
  }
  if (level.files.has(last)) {
    return conflict(file.path, `"${file.path}" is there twice`);
  }
  if (level.folders.has(last)) {
    return conflict(file.path, `"${file.path}" is both a file and a folder`);
  }
  level.files.set(last, file);
  return undefined;
}

function conflict(path: string, message: string): CommitProblem {
  return { reason: 'path-conflict', path, message };
}

/** A folder with what is in the base and what comes over it. */
interface PlannedFolder {
  readonly kept: readonly TreeEntry[];
  readonly files: ReadonlyMap<string, CommitFile>;
  readonly folders: ReadonlyMap<string, PlannedFolder>;
}

/** Reads the trees that change and refuses before anything is written. */
async function plan(
  reader: ObjectReader,
  level: Level,
  base: ObjectId | undefined,
): Promise<Result<PlannedFolder, CommitProblem>> {
  const existing = new Map(
    base === undefined
      ? []
      : parseTree(await reader.read(base, 'tree')).map((entry) => [entry.name, entry]),
  );
  for (const [name, file] of level.files) {
    const there = existing.get(treeName(name));
    if (there !== undefined && (isFolder(there) || there.mode === SUBMODULE_MODE)) {
      return err(conflict(file.path, `"${file.path}" is a folder in the commit it is made on`));
    }
    existing.delete(treeName(name));
  }
  const folders = new Map<string, PlannedFolder>();
  for (const [name, next] of level.folders) {
    const there = existing.get(treeName(name));
    if (there !== undefined && !isFolder(there)) {
      const what = KINDS[there.mode] ?? 'a file';
      return err(conflict(next.path, `"${next.path}" is ${what} in the commit it is made on`));
    }
    const planned = await plan(reader, next, there?.id);
    if (!planned.ok) {
      return planned;
    }
    folders.set(name, planned.value);
    existing.delete(treeName(name));
  }
  return ok({ kept: [...existing.values()], files: level.files, folders });
}

async function write(writer: ObjectWriter, folder: PlannedFolder): Promise<ObjectId> {
  const entries = await allDone<TreeEntry>([
    ...[...folder.files].map(async ([name, file]) => ({
      mode: file.executable ? '100755' : '100644',
      name: treeName(name),
      id: await writer.writeFrom('blob', file.read),
    })),
    ...[...folder.folders].map(async ([name, next]) => ({
      mode: FOLDER_MODE,
      name: treeName(name),
      id: await write(writer, next),
    })),
  ]);
  return await writer.write('tree', formatTree([...folder.kept, ...entries]));
}

const SUBMODULE_MODE = '160000';
const KINDS: Readonly<Record<string, string>> = {
  '120000': 'a symbolic link',
  [SUBMODULE_MODE]: 'a submodule',
};

function treeOf(commit: ObjectId, body: Buffer): ObjectId {
  const line = /^tree ([0-9a-f]{40})\n/.exec(body.toString('latin1', 0, 46));
  if (line?.[1] === undefined) {
    throw new Error(`Git object ${commit} is no commit`);
  }
  return objectId(line[1]);
}

function formatCommit(tree: ObjectId, request: CommitRequest): Buffer {
  const { author, timestamp } = request;
  const minutes = Math.abs(timestamp.offsetMinutes);
  const offset = [Math.floor(minutes / 60), minutes % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join('');
  const sign = timestamp.offsetMinutes < 0 ? '-' : '+';
  const who = `${plainIdentity(author.name)} <${plainIdentity(author.email)}> ${timestamp.seconds} ${sign}${offset}`;
  return Buffer.from(
    [
      `tree ${tree}`,
      ...(request.parent === undefined ? [] : [`parent ${request.parent}`]),
      `author ${who}`,
      `committer ${who}`,
      '',
      `${request.message.replace(/\0/g, '').trimEnd()}\n`,
    ].join('\n'),
  );
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
