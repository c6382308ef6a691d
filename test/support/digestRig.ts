import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Disk } from '../../src/core/base/disk.ts';
import { nodeDisk } from '../../src/core/base/disk.ts';
import { runIdOf, type RunId } from '../../src/core/domain/ids.ts';
import type { DigestCounts } from '../../src/core/workspaces/baseEntries.ts';
import { WorkspaceCopies } from '../../src/core/workspaces/copies.ts';
import { walkFolder } from '../../src/core/workspaces/walk.ts';

export const run = (number: number): RunId => runIdOf('example', number);

/** A folder whose files' digests are asked for, and programs that run workflows in it. */
export class DigestRig {
  readonly scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-digests-')));
  readonly source = path.join(this.scratch, 'source');
  readonly copies = path.join(this.scratch, 'copies');
  readonly index = path.join(this.scratch, 'store', 'cache', 'file_read');
  /** How far the programs' clock is ahead of the disk's: files that were just written count as old. */
  aheadMs = 60_000;
  readonly clock = {
    now: () => Date.now() + this.aheadMs,
    monotonic: () => performance.now(),
  };

  /** As a program would open them. Counts into `counts`. */
  open(counts: { known: number; read: number } = { known: 0, read: 0 }, disk: Disk = nodeDisk) {
    return new WorkspaceCopies({
      root: this.copies,
      source: this.source,
      list: (stop) => walkFolder(this.source, new Set(['node_modules']), stop),
      copyBlob: () => Promise.reject(new Error('no blob is expected')),
      digests: {
        folder: this.index,
        clock: this.clock,
        disk,
        onDigests: ({ known, read }: DigestCounts) => {
          counts.known += known;
          counts.read += read;
        },
      },
    });
  }

  at(file: string): string {
    return path.join(this.source, file);
  }

  /** Writes a file in such a way that the disk's clock has ticked since it was written before. */
  write(file: string, text: string, mode = 0o644): void {
    const at = this.at(file);
    fs.mkdirSync(path.dirname(at), { recursive: true });
    const before = fs.lstatSync(at, { bigint: true, throwIfNoEntry: false })?.ctimeNs;
    do {
      fs.writeFileSync(at, text, { mode });
    } while (fs.lstatSync(at, { bigint: true }).ctimeNs === before);
  }

  link(file: string, target: string): void {
    fs.mkdirSync(path.dirname(this.at(file)), { recursive: true });
    fs.symlinkSync(target, this.at(file));
  }

  /** What a run reads of the folder, and that it was removed as when it has ended. */
  async readInRun(
    number: number,
    counts = { known: 0, read: 0 },
  ): Promise<{ known: number; read: number; files: Readonly<Record<string, string>> }> {
    const copies = this.open(counts);
    const tree = await copies.tree(run(number), new AbortController().signal);
    const files = await tree.within('');
    await copies.removeRun(run(number));
    return { ...counts, files: Object.fromEntries(files.map((file) => [file.path, file.digest])) };
  }

  dispose(): void {
    fs.rmSync(this.scratch, { recursive: true, force: true });
  }
}
