import fs from 'node:fs/promises';
import path from 'node:path';
import { AttemptFolder, type CopyBlob } from './attemptFolder.ts';
import type { Base } from './baseRecord.ts';
import { collectFiles, type CollectedFiles } from './collect.ts';
import type { LeftOut } from './copyTree.ts';
import type { LaidFile } from './layIn.ts';
import { removeFolder } from './removeFolder.ts';
import { versionBefore, type TreeChange, type VersionBefore } from './treeChanges.ts';
import { statusOf } from './treeState.ts';

/** Tells a reader's folder from one whose copy is gone. */
const MARK = 'reader';

/** For a task that only answers: it reads the run's tree itself, and has nothing but its own files beside it. */
export class ReaderCopy extends AttemptFolder {
  readonly folder: string;
  readonly leftOut: readonly LeftOut[];
  readonly #base: Base;

  /** @param at absolute: where its own files are @param folder absolute: the run's tree */
  constructor(at: string, folder: string, base: Base, copyBlob: CopyBlob) {
    super(at, copyBlob);
    this.#base = base;
    this.folder = folder;
    this.leftOut = base.leftOut;
  }

  static async isAt(at: string): Promise<boolean> {
    return (await statusOf(path.join(at, MARK))) !== undefined;
  }

  async begin(): Promise<void> {
    await fs.mkdir(this.scratch, { recursive: true });
    await fs.writeFile(path.join(this.at, MARK), '');
  }

  /** It has no tree of its own: a task that others' files are laid in for is none that only answers. */
  layIn(files: readonly LaidFile[]): Promise<void> {
    return files.length === 0
      ? Promise.resolve()
      : Promise.reject(
          new Error(
            `Internal error: ${files[0]?.path ?? ''} is to be laid into the tree that all tasks of a run read`,
          ),
        );
  }

  watchChanges(): Promise<() => Promise<readonly TreeChange[]>> {
    return Promise.resolve(() => Promise.resolve([]));
  }

  changes(): Promise<readonly TreeChange[]> {
    return Promise.resolve([]);
  }

  versionBefore(file: string): Promise<VersionBefore | undefined> {
    const begun = { base: this.#base, folder: this.folder, laid: [], state: undefined };
    return versionBefore(begun, file);
  }

  collect(paths: readonly string[]): Promise<CollectedFiles> {
    return collectFiles(this.folder, paths);
  }

  rest(): void {
    // Nobody waits for it: it takes no room.
  }

  dispose(): Promise<void> {
    return removeFolder(this.at);
  }
}
