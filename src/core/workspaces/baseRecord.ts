import fs from 'node:fs/promises';
import type { ObjectId } from '../domain/ids.ts';
import type { CopiedTree } from './copyTree.ts';

/** What the tree of a run is made of: the folder as it stands, or a commit. */
export type BaseSource =
  { readonly kind: 'worktree' } | { readonly kind: 'commit'; readonly commit: ObjectId };

/** The tree that every copy of a run is made of. */
export interface Base extends CopiedTree {
  readonly source: BaseSource;
  /** Folders that are linked instead of copied. */
  readonly linked: readonly string[];
  /** Those of `files` that Git ignores and that were asked for all the same. */
  readonly included: readonly string[];
  /** Of the source's files when they were copied, in the order of `files`; `0`: not known. */
  readonly identities?: readonly (string | 0)[];
  /** Left out in records of earlier versions: no run takes such a tree over. */
  readonly version?: BaseVersion;
}

/** Tells of a tree that several runs have had, one after another, which of its files a copy of it is behind with. */
export interface BaseVersion {
  /** Names the tree, whichever run has it. No other has or had that name. */
  readonly lineage: string;
  /** How many times files of it were brought up to date. */
  readonly generation: number;
  /** The generation in which each was, in the order of `files`. */
  readonly since: readonly number[];
  /** Of the tree's own files, in the order of `files`: who finds another has found a tree somebody wrote to. */
  readonly own: readonly string[];
  /** Taken on the disk. */
  readonly bytes: number;
}

/** `undefined` unless all of it stands there. Records of earlier versions say less. */
export async function readBase(file: string): Promise<Base | undefined> {
  try {
    const base = JSON.parse(await fs.readFile(file, 'utf8')) as Partial<Base>;
    const { files, folders, leftOut, linked, identities, source, included, version } = base;
    if (!files || !folders || !leftOut || !linked) {
      return undefined;
    }
    return {
      ...{ files, folders, leftOut, linked },
      source: source ?? { kind: 'worktree' },
      included: included ?? [],
      ...(identities?.length === files.length ? { identities } : {}),
      ...(version?.own.length === files.length ? { version } : {}),
    };
  } catch {
    return undefined;
  }
}

export async function writeBase(file: string, base: Base): Promise<void> {
  await fs.writeFile(`${file}.new`, JSON.stringify(base));
  await fs.rename(`${file}.new`, file);
}

/** The same for sources that are the same. */
export function sourceKey(source: BaseSource): string {
  return source.kind === 'worktree' ? 'worktree' : `commit ${source.commit}`;
}
