import type { Digest } from '../../../src/core/base/digest.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { FileVersion } from '../../../src/core/domain/event.ts';
import type { FileChange } from '../../../src/core/domain/merge.ts';
import type { CommitTree, OtherEntry } from '../../../src/core/artifacts/merge/mergeTree.ts';

/** Versions of files and their bytes, as a blob store has them. */
export class Versions {
  readonly #bytes = new Map<Digest, Uint8Array>();
  /** Of each time something was read. */
  readonly reads: Digest[] = [];

  of(content: string | Uint8Array, executable = false): FileVersion {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes);
    this.#bytes.set(digest, bytes);
    return { digest, bytes: bytes.length, executable };
  }

  keep(made: ReadonlyMap<Digest, Uint8Array>): void {
    for (const [digest, bytes] of made) {
      this.#bytes.set(digest, bytes);
    }
  }

  readonly read = (version: FileVersion): Promise<Uint8Array> => {
    this.reads.push(version.digest);
    const bytes = this.#bytes.get(version.digest);
    return bytes === undefined
      ? Promise.reject(new Error(`no bytes of ${version.digest}`))
      : Promise.resolve(bytes);
  };

  text(version: FileVersion | undefined): string | undefined {
    return version && Buffer.from(this.#bytes.get(version.digest) ?? []).toString();
  }
}

/** A commit's tree from the paths of its files, links and submodules. */
export function treeOf(files: ReadonlyMap<string, FileVersion | OtherEntry>): CommitTree {
  const names = new Map<string, Set<string>>();
  for (const path of files.keys()) {
    let folder = '';
    for (const name of path.split('/')) {
      names.set(folder, (names.get(folder) ?? new Set()).add(name));
      folder = folder === '' ? name : `${folder}/${name}`;
    }
  }
  return {
    at: (path) =>
      Promise.resolve(files.get(path) ?? (names.has(path) ? { kind: 'folder' } : undefined)),
    names: (folder) => Promise.resolve([...(names.get(folder) ?? [])]),
  };
}

/** What has to be done to come from one set of files to another. */
export function changesBetween(
  was: ReadonlyMap<string, FileVersion>,
  is: ReadonlyMap<string, FileVersion>,
): FileChange[] {
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((path) => ({ path, was: was.get(path), is: is.get(path) }))
    .filter(
      (change) =>
        change.was?.digest !== change.is?.digest ||
        change.was?.executable !== change.is?.executable,
    );
}
