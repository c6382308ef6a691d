import { canonicalJson, type Digest } from '../base/digest.ts';
import type { Read, TreeFile, TreeView } from '../domain/trace.ts';
import type { BaseTree } from './baseTree.ts';
import { fileDigestOf, type KnownFile } from './fileDigest.ts';
import { foldersOf } from './folders.ts';
import type { LaidFile } from './layIn.ts';
import {
  digestAt,
  filesLike,
  filesWithin,
  globMeaning,
  pathsWithin,
  placeOf,
  realPath,
  type Dependency,
  type TreeEntries,
} from './treeEntries.ts';

type Asked = Extract<Read, { kind: 'asked' }>;

/** Asks a question of a folder again; `undefined`: it cannot be. @param folder absolute */
export type AskAgain = (read: Asked, folder: string) => Promise<Digest | undefined>;

/**
 * The files an attempt begins with, before its copy is made: the run's tree with artifacts of other tasks laid over it,
 * as `WorkspaceCopy.layIn` would lay them, in their order.
 */
export class TreeOverlay implements TreeView {
  readonly #base: BaseTree;
  readonly #again: AskAgain;
  readonly #laid: readonly LaidFile[];
  readonly #entries: TreeEntries;

  /** @param laid relative paths with `/`, none of which leads out of the tree */
  constructor(base: BaseTree, laid: readonly LaidFile[], again: AskAgain) {
    this.#base = base;
    this.#again = again;
    this.#laid = laid;
    this.#entries = laid.length === 0 ? base.entries : new LaidEntries(base.entries, laid);
  }

  digest(file: string): Promise<Digest | undefined> {
    return digestAt(this.#entries, file);
  }

  within(folder: string): Promise<readonly TreeFile[]> {
    return this.#laid.length === 0 ? this.#base.within(folder) : filesWithin(this.#entries, folder);
  }

  like(globs: readonly string[]): Promise<readonly TreeFile[]> {
    return filesLike(this.#entries, globs);
  }

  /** Only the run's tree lies on the disk: a question about files that are laid over it cannot be asked. */
  async askAgain(read: Asked): Promise<Digest | undefined> {
    const real = await realPath(this.#base.entries, read.within);
    if (real === undefined || this.#laid.some((file) => isAbout(file.path, real))) {
      return undefined;
    }
    if ((await realPath(this.#entries, read.within)) !== real) {
      return undefined;
    }
    const { tool, input, within } = read;
    return this.#base.askOnce(canonicalJson({ tool, input, within }), () =>
      this.#again(read, this.#base.folder),
    );
  }
}

/** One is the other, or lies in it. */
function isAbout(laid: string, asked: string): boolean {
  return (
    asked === '' || laid === asked || laid.startsWith(`${asked}/`) || asked.startsWith(`${laid}/`)
  );
}

class LaidEntries implements TreeEntries {
  readonly #base: TreeEntries;
  /** What stands in the end: a file that is laid may take the place of another one. */
  readonly #laid = new Map<string, KnownFile>();
  /** Where any was laid: nothing of the run's tree is there any more, nor below. */
  readonly #places = new Set<string>();
  /** The folders those lie in: no file or link of the run's tree is there any more. */
  readonly #folders = new Set<string>();
  #paths: readonly string[] | undefined;
  #folded: ReadonlyMap<string, string> | undefined;

  constructor(base: TreeEntries, laid: readonly LaidFile[]) {
    this.#base = base;
    for (const one of laid) {
      const file = one.path;
      if ('removed' in one) {
        this.#remove(file);
        continue;
      }
      const { blob, executable } = one;
      const kind = executable ? 'exec' : 'file';
      for (const folder of foldersOf(file)) {
        this.#laid.delete(folder);
        this.#folders.add(folder);
      }
      // Only a folder has something in it.
      if (this.#folders.has(file)) {
        for (const other of [...this.#laid.keys()].filter((key) => key.startsWith(`${file}/`))) {
          this.#laid.delete(other);
        }
      }
      this.#laid.set(file, { digest: fileDigestOf(blob, kind), kind });
      this.#places.add(file);
    }
  }

  /** What was laid there or below before, and what the run's tree has there. */
  #remove(file: string): void {
    if (foldersOf(file).some((folder) => this.#laid.has(folder))) {
      return;
    }
    for (const other of [...this.#laid.keys()]) {
      if (other === file || other.startsWith(`${file}/`)) {
        this.#laid.delete(other);
      }
    }
    for (const folder of [...this.#folders]) {
      if (folder === file || folder.startsWith(`${file}/`)) {
        this.#folders.delete(folder);
      }
    }
    this.#places.add(file);
  }

  get paths(): readonly string[] {
    this.#paths ??= this.#merge();
    return this.#paths;
  }

  has(file: string): boolean {
    return this.#laid.has(file) || (this.#base.has(file) && !this.#isHidden(file));
  }

  known(file: string): KnownFile | Promise<KnownFile> {
    return this.#laid.get(file) ?? this.#base.known(file);
  }

  prepare(paths: readonly string[]): Promise<void> {
    return this.#base.prepare(paths.filter((file) => !this.#laid.has(file)));
  }

  target(link: string): Promise<string> {
    return this.#base.target(link);
  }

  async matching(glob: string): Promise<readonly string[]> {
    const { means } = globMeaning(glob);
    const base = await this.#base.matching(glob);
    return [
      ...base.filter((file) => !this.#isHidden(file) && !this.#laid.has(file)),
      ...[...this.#laid.keys()].filter(means),
    ].sort();
  }

  /** A disk that takes a laid path in several spellings is not asked: on others that is one file too many, and no harm. */
  async spelled(file: string): Promise<string | undefined> {
    this.#folded ??= new Map(
      [...this.#folders, ...this.#laid.keys()].map((at) => [folded(at), at]),
    );
    const laid = this.#folded.get(folded(file));
    if (laid !== undefined || this.#isReplaced(file)) {
      return laid;
    }
    const spelled = await this.#base.spelled(file);
    return spelled === undefined || this.#isHidden(spelled) ? undefined : spelled;
  }

  dependency(file: string): Dependency | undefined {
    return this.#isHidden(file) ? undefined : this.#base.dependency(file);
  }

  #isHidden(file: string): boolean {
    return (
      this.#places.has(file) ||
      this.#folders.has(file) ||
      foldersOf(file).some((folder) => this.#places.has(folder))
    );
  }

  /** The run's tree would be asked about something that is not on the way any more. */
  #isReplaced(file: string): boolean {
    return [file, ...foldersOf(file)].some(
      (at) => this.#places.has(at) || (this.#folders.has(at) && this.#base.has(at)),
    );
  }

  #merge(): readonly string[] {
    const { paths } = this.#base;
    const hidden = [...this.#places].flatMap((file) => pathsWithin(paths, file));
    const above = [...this.#folders].filter((folder) => this.#base.has(folder));
    const gone = new Set([...hidden, ...above]);
    const added = [...this.#laid.keys()].sort();
    const merged: string[] = [];
    let at = 0;
    for (const file of added) {
      const next = placeOf(paths, file);
      for (; at < next; at += 1) {
        add(paths[at]);
      }
      merged.push(file);
    }
    for (; at < paths.length; at += 1) {
      add(paths[at]);
    }
    return merged;

    function add(file: string | undefined): void {
      if (file !== undefined && !gone.has(file)) {
        merged.push(file);
      }
    }
  }
}

function folded(file: string): string {
  return file.normalize('NFC').toLowerCase();
}
