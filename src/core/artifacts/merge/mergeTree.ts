import type { FileVersion } from '../../domain/event.ts';

/** What is at a path. */
export type Standing = FileVersion | OtherEntry | undefined;

export interface OtherEntry {
  readonly kind: 'link' | 'submodule' | 'folder';
}

/** What merging needs of a commit. Paths are relative to the folder of the run, with `/`. */
export interface CommitTree {
  at(path: string): Promise<Standing>;
  /** Names in a folder, in any order; `''` is the folder of the run. None where there is no folder. */
  names(folder: string): Promise<readonly string[]>;
}

/** The tree of a repository without a commit. */
export const EMPTY_TREE: CommitTree = {
  at: () => Promise.resolve(undefined),
  names: () => Promise.resolve([]),
};

/** A commit's tree with files put over it and taken out of it, in memory. Does not change: `with` makes another. */
export class MergeTree {
  readonly #commit: CommitTree;
  /** `undefined`: nothing is at the path, whatever the commit has. */
  readonly #over: ReadonlyMap<string, FileVersion | undefined>;
  /** By folder the names on the way to what is in `#over`: there something was put in or taken out. */
  readonly #touched: ReadonlyMap<string, ReadonlySet<string>>;

  private constructor(
    commit: CommitTree,
    over: ReadonlyMap<string, FileVersion | undefined>,
    touched: ReadonlyMap<string, ReadonlySet<string>>,
  ) {
    this.#commit = commit;
    this.#over = over;
    this.#touched = touched;
  }

  static of(commit: CommitTree): MergeTree {
    return new MergeTree(commit, new Map(), new Map());
  }

  /** @param changes a version for what is to be at the path, `undefined` for nothing */
  with(changes: ReadonlyMap<string, FileVersion | undefined>): MergeTree {
    return changes.size === 0
      ? this
      : new MergeTree(
          this.#commit,
          new Map([...this.#over, ...changes]),
          touchedBy(changes.keys(), this.#touched),
        );
  }

  /** All that is not as in the commit. */
  get changes(): ReadonlyMap<string, FileVersion | undefined> {
    return this.#over;
  }

  async at(path: string): Promise<Standing> {
    const version = this.#over.get(path);
    if (version !== undefined) {
      return version;
    }
    if (this.#touched.has(path)) {
      // Git keeps no folder of which all has been taken out.
      return (await this.names(path)).length > 0 ? { kind: 'folder' } : undefined;
    }
    return this.#over.has(path) ? undefined : await this.#commit.at(path);
  }

  /** Names of all that is in a folder. */
  async names(folder: string): Promise<readonly string[]> {
    const touched = this.#touched.get(folder) ?? new Set();
    const there = new Set(await this.#commit.names(folder));
    for (const name of touched) {
      if ((await this.at(joined(folder, name))) === undefined) {
        there.delete(name);
      } else {
        there.add(name);
      }
    }
    return [...there].sort();
  }

  /** Paths of all that is in a folder and below it, but folders. */
  async below(folder: string): Promise<readonly string[]> {
    const paths: string[] = [];
    for (const name of await this.names(folder)) {
      const path = joined(folder, name);
      paths.push(...(isFolder(await this.at(path)) ? await this.below(path) : [path]));
    }
    return paths;
  }
}

export function isFolder(standing: Standing): boolean {
  return standing !== undefined && 'kind' in standing && standing.kind === 'folder';
}

export function isFile(standing: Standing): standing is FileVersion {
  return standing !== undefined && !('kind' in standing);
}

export function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function touchedBy(
  paths: Iterable<string>,
  before: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const touched = new Map(before);
  const own = new Map<string, Set<string>>();
  for (const path of paths) {
    let folder = '';
    for (const name of path.split('/')) {
      const names = own.get(folder) ?? new Set(before.get(folder));
      names.add(name);
      own.set(folder, names);
      touched.set(folder, names);
      folder = joined(folder, name);
    }
  }
  return touched;
}
