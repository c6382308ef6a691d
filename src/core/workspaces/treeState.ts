import { lstat, readdir, type BigIntStats, type Dirent } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { eachAtOnce } from './eachAtOnce.ts';
import { identityOf } from './fileIdentity.ts';

// What stands in a tree in which nobody works. Whoever writes to a file cannot set its change time back, so the same
// identity is the same content: but for a write within the tick of the disk's clock in which it was last written
// before. `settled` knows these.

export type EntryKind = 'file' | 'link' | 'folder' | 'other';

export interface SeenEntry {
  readonly kind: EntryKind;
  /** Of a folder: its mode and owner, since it is written to with everything in it. */
  readonly identity: string;
  readonly mode: number;
  /** It has other names than this one, here or elsewhere. */
  readonly isShared: boolean;
  /** Taken on the disk. */
  readonly bytes: number;
  /** Nanoseconds since 1970, by the disk's clock. */
  readonly touchedNs: bigint;
}

/** The identity of each entry, by relative path with `/`; the root's is that of ''. `UNSETTLED`: it tells nothing. */
export type TreeState = ReadonlyMap<string, string>;

export const UNSETTLED = '';

export const lstatOf = promisify(lstat);
const entriesOf = promisify(
  readdir as (
    folder: string,
    options: { withFileTypes: true },
    done: (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void,
  ) => void,
);
const FOLDERS_AT_ONCE = 12;

/** What bytes that are no text are read as. */
const NO_TEXT = '\ufffd';

/** With a name that is no text, or a path that is too long: it is there, and nobody reaches it by what is shown. */
const UNREACHABLE: SeenEntry = {
  kind: 'other',
  identity: UNSETTLED,
  mode: 0,
  isShared: true,
  bytes: 0,
  touchedNs: 0n,
};

export function seenOf(status: BigIntStats): SeenEntry {
  const kind = kindOf(status);
  return {
    kind,
    identity:
      kind === 'folder'
        ? `${status.mode.toString(36)}.${status.uid}.${status.gid}.${status.dev}`
        : identityOf(status),
    mode: Number(status.mode),
    isShared: kind === 'file' && status.nlink > 1n,
    // A disk that does not say how many blocks a file has takes about its size.
    bytes: Number(status.blocks > 0n ? status.blocks * 512n : status.size),
    touchedNs: status.ctimeNs > status.mtimeNs ? status.ctimeNs : status.mtimeNs,
  };
}

/**
 * Everything in a tree, the root as ''. Links are never followed.
 * @param tree absolute @param enter asked for each folder: false to leave alone what is in it
 * @throws what the disk throws, or the signal's reason
 */
export async function seeTree(
  tree: string,
  signal: AbortSignal,
  enter: (folder: string, seen: SeenEntry) => boolean | Promise<boolean> = () => true,
): Promise<Map<string, SeenEntry>> {
  const seen = new Map<string, SeenEntry>();
  const root = seenOf(await lstatOf(tree, { bigint: true }));
  seen.set('', root);
  let open = root.kind === 'folder' && (await enter('', root)) ? [''] : [];
  while (open.length > 0) {
    signal.throwIfAborted();
    const next: string[] = [];
    await eachAtOnce(
      open,
      async (folder) => {
        const found = await entriesOf(path.join(tree, folder), { withFileTypes: true });
        const within = (name: string) => (folder === '' ? name : `${folder}/${name}`);
        await Promise.all(
          found.map(async ({ name }) => {
            const relative = within(name);
            const status = await statusOf(path.join(tree, relative)).catch((error: unknown) => {
              if ((error as NodeJS.ErrnoException).code === 'ENAMETOOLONG') {
                seen.set(relative, UNREACHABLE);
                return undefined;
              }
              throw error;
            });
            if (status === undefined) {
              return;
            }
            const entry = seenOf(status);
            seen.set(relative, entry);
            if (entry.kind === 'folder' && (await enter(relative, entry))) {
              next.push(relative);
            }
          }),
        );
        if (found.some(({ name }) => name.includes(NO_TEXT))) {
          // After the others: one of them may truly be called what such a name is read as.
          for (const name of await namesThatAreNoText(path.join(tree, folder))) {
            seen.set(within(name), UNREACHABLE);
          }
        }
      },
      FOLDERS_AT_ONCE,
    );
    open = next;
  }
  return seen;
}

async function namesThatAreNoText(folder: string): Promise<readonly string[]> {
  const names = await fs.readdir(folder, { encoding: 'buffer' });
  return names.flatMap((name) => {
    const text = name.toString('utf8');
    return Buffer.from(text, 'utf8').equals(name) ? [] : [text];
  });
}

/** `undefined` for what is not there. @throws what the disk throws else */
export async function statusOf(at: string): Promise<BigIntStats | undefined> {
  try {
    return await lstatOf(at, { bigint: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw error;
  }
}

/**
 * What was seen, as it can be relied on later: whatever was touched in the tick of the disk's clock that is now
 * may be written to once more without its identity changing. To be called when nothing writes any more.
 * @param beside absolute: a folder on the tree's disk, outside the tree
 */
export async function settled(
  seen: ReadonlyMap<string, Pick<SeenEntry, 'kind' | 'identity' | 'touchedNs'>>,
  beside: string,
): Promise<TreeState> {
  const probe = await fs.mkdtemp(path.join(beside, 'tick-'));
  const { ctimeNs: tick } = await lstatOf(probe, { bigint: true });
  await fs.rmdir(probe);
  const state = new Map<string, string>();
  for (const [file, { kind, identity, touchedNs }] of seen) {
    state.set(file, kind === 'folder' || touchedNs < tick ? identity : UNSETTLED);
  }
  return state;
}

function kindOf(status: BigIntStats): EntryKind {
  if (status.isFile()) {
    return 'file';
  }
  return status.isDirectory() ? 'folder' : status.isSymbolicLink() ? 'link' : 'other';
}
