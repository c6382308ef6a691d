import fs from 'node:fs/promises';
import path from 'node:path';
import { AttemptFolder, type CopyBlob } from './attemptFolder.ts';
import type { Base } from './baseRecord.ts';
import { collectFiles, type CollectedFiles } from './collect.ts';
import type { LeftOut } from './copyTree.ts';
import { layIn, type LaidFile } from './layIn.ts';
import {
  treeChanges,
  versionBefore,
  type TreeBegun,
  type TreeChange,
  type VersionBefore,
} from './treeChanges.ts';
import type { TreeState } from './treeState.ts';

const NEVER = new AbortController().signal;

/** Where a copy comes from, and where it goes. */
export interface CopyOrigin {
  /** Absolute: the run's tree. */
  readonly base: string;
  /** `undefined`: it is not there any more. */
  readonly made: Base | undefined;
  /** Of the copy when it was made; `undefined`: another program made it. */
  readonly state: TreeState | undefined;
  readonly copyBlob: CopyBlob;
  readonly rest: () => void;
  readonly dispose: () => Promise<void>;
}

/** One task's folders. Paths are absolute. */
export class WorkspaceCopy extends AttemptFolder {
  readonly folder: string;
  /** What of the folder is not in the copy. */
  readonly leftOut: readonly LeftOut[];
  readonly #origin: CopyOrigin;
  #laid: readonly LaidFile[] | undefined;

  constructor(at: string, origin: CopyOrigin) {
    super(at, origin.copyBlob);
    this.#origin = origin;
    this.folder = path.join(at, 'tree');
    this.leftOut = origin.made?.leftOut ?? [];
  }

  /**
   * Puts files into the copy and takes paths out of it, in this order, each in the place of what is there.
   * @throws what the disk throws, and for a file that would not lie in the copy itself
   */
  async layIn(files: readonly LaidFile[]): Promise<void> {
    if (files.length === 0) {
      return;
    }
    const laid = [...(await this.#laidBefore()), ...files];
    for (const file of files) {
      await layIn(this.folder, file, this.copyBlob);
    }
    this.#laid = laid;
    await fs.writeFile(this.#laidFile, JSON.stringify(laid));
  }

  /**
   * Asked later, tells what has changed by then of what the attempt began with: the run's tree and what was laid into
   * the copy. That stands with the copy, so also of an attempt that another program began. To be asked when nothing
   * works in the copy any more. Rejects as the disk does, on the signal, and when the run's tree is gone.
   */
  async watchChanges(
    _begun: 'forget' | 'keep' | 'recall',
    signal: AbortSignal,
  ): Promise<() => Promise<readonly TreeChange[]>> {
    // Read before the attempt begins: it could write another one.
    await this.#laidBefore();
    return () => this.changes(signal);
  }

  /** In the order of the paths; as what `watchChanges` gives. */
  async changes(signal: AbortSignal = NEVER): Promise<readonly TreeChange[]> {
    return treeChanges(await this.#begun(), this.folder, signal);
  }

  /** What stood at a path, relative with `/`, when the attempt began; `undefined`: no plain file. */
  async versionBefore(file: string): Promise<VersionBefore | undefined> {
    return versionBefore(await this.#begun(), file);
  }

  /** The declared files that were made, and those that were not or are no plain files inside the copy. */
  collect(paths: readonly string[]): Promise<CollectedFiles> {
    return collectFiles(this.folder, paths);
  }

  /** It stays as it is and nobody works in it for now, so that nobody who needs room waits for it. */
  rest(): void {
    this.#origin.rest();
  }

  /** Nothing of the attempt runs any more: the copy is made what it was for another attempt, or removed. */
  dispose(): Promise<void> {
    return this.#origin.dispose();
  }

  async #begun(): Promise<TreeBegun> {
    const { base, made, state } = this.#origin;
    if (made === undefined) {
      throw new Error(
        'The tree this copy was made of is not there any more, so what has changed in it cannot be told',
      );
    }
    return { base: made, folder: base, laid: await this.#laidBefore(), state };
  }

  get #laidFile(): string {
    return path.join(this.at, 'laid.json');
  }

  async #laidBefore(): Promise<readonly LaidFile[]> {
    try {
      this.#laid ??= JSON.parse(await fs.readFile(this.#laidFile, 'utf8')) as LaidFile[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw error;
      }
      this.#laid = [];
    }
    return this.#laid;
  }
}
