import fs from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';

/** The blob as a file at `to`, which does not exist. */
export type CopyBlob = (digest: Digest, to: string) => Promise<void>;

/** What an attempt has beside a tree. Paths are absolute. */
export class AttemptFolder {
  readonly at: string;
  readonly scratch: string;
  readonly outputFile: string;
  readonly logFile: string;
  /** For whatever works in the copy, to go on with later. Need not be there. */
  readonly sessionFile: string;
  protected readonly copyBlob: CopyBlob;

  constructor(at: string, copyBlob: CopyBlob) {
    this.at = at;
    this.copyBlob = copyBlob;
    this.scratch = path.join(at, 'scratch');
    this.outputFile = path.join(at, 'output');
    this.logFile = path.join(at, 'log');
    this.sessionFile = path.join(at, 'session');
  }

  /** Lays files out below `<scratch>/needs/`: facts as JSON, and blobs as files of their own. */
  async provide(
    files: readonly ({ readonly path: string } & (
      { readonly json: object } | { readonly blob: Digest }
    ))[],
  ): Promise<void> {
    for (const file of files) {
      const at = path.join(this.scratch, 'needs', ...file.path.split('/'));
      await fs.mkdir(path.dirname(at), { recursive: true });
      await ('json' in file
        ? fs.writeFile(at, `${JSON.stringify(file.json, null, 2)}\n`)
        : this.copyBlob(file.blob, at));
    }
  }
}
