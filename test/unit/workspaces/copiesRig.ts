import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Digest } from '../../../src/core/base/digest.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import {
  runIdOf,
  stepId,
  taskIdOf,
  type RunId,
  type TaskId,
} from '../../../src/core/domain/ids.ts';
import { WorkspaceCopies, type PoolLimits } from '../../../src/core/workspaces/copies.ts';
import type { FolderListing } from '../../../src/core/workspaces/makeBase.ts';
import { walkFolder } from '../../../src/core/workspaces/walk.ts';

export const run = (number: number): RunId => runIdOf('example', number);
export const task = (name: string): TaskId => taskIdOf(stepId(name));

/** A folder, and programs that make copies of it and use them again. */
export class CopiesRig {
  readonly scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-pool-')));
  readonly source = path.join(this.scratch, 'source');
  readonly root = path.join(this.scratch, 'copies');
  readonly logged: string[] = [];
  limits: PoolLimits = { mostCopies: 4, mostBytes: 1024 * 1024 * 1024 };
  /** Ignored files that are asked for all the same. */
  included: readonly string[] = [];
  /** Files of a commit, by its id; `-> a/b` is a link. */
  readonly commits = new Map<string, Readonly<Record<string, string>>>();
  /** Commits that were checked out. */
  readonly checkedOut: string[] = [];
  readonly #blobs = new Map<Digest, string>();

  /** As a program would open them. */
  open(list?: (signal: AbortSignal) => Promise<FolderListing>): WorkspaceCopies {
    return new WorkspaceCopies({
      root: this.root,
      source: this.source,
      list:
        list ??
        (async (signal) => {
          const found = await walkFolder(this.source, new Set(['node_modules']), signal);
          const files = found.files.filter((file) => !file.startsWith('.env'));
          return { ...found, files, included: this.included };
        }),
      copyBlob: (digest, to) =>
        fs.promises.writeFile(to, this.#blobs.get(digest) ?? '', { flag: 'wx', mode: 0o444 }),
      checkOut: (commit, folder) => {
        this.checkedOut.push(commit);
        const files = this.commits.get(commit) ?? {};
        for (const [file, text] of Object.entries(files)) {
          if (text.startsWith('-> ')) {
            fs.symlinkSync(text.slice(3), path.join(folder, file));
          } else {
            put(path.join(folder, file), text);
          }
        }
        return Promise.resolve(Object.keys(files));
      },
      pool: {
        limits: () => this.limits,
        // Files that were just written count as old.
        clock: { now: () => Date.now() + 60_000 },
        log: { info: (line) => this.logged.push(line), debug: (line) => this.logged.push(line) },
      },
    });
  }

  /** So that the disk's clock has ticked since it was written before. */
  write(file: string, text: string, mode = 0o644): void {
    const at = path.join(this.source, file);
    const before = fs.lstatSync(at, { bigint: true, throwIfNoEntry: false })?.ctimeNs;
    do {
      put(at, text, mode);
    } while (fs.lstatSync(at, { bigint: true }).ctimeNs === before);
  }

  laid(file: string, text: string, executable = false) {
    const blob = digestOf(text);
    this.#blobs.set(blob, text);
    return { path: file, blob, bytes: Buffer.byteLength(text), executable };
  }

  /** Trees that wait to be used again. */
  idle(kind: 'copy' | 'base'): readonly string[] {
    const folder = path.join(this.root, '.pool');
    return fs.existsSync(folder)
      ? fs.readdirSync(folder).filter((name) => name.startsWith(`${kind}-`))
      : [];
  }

  dispose(): void {
    fs.rmSync(this.scratch, { recursive: true, force: true });
  }
}

export function put(at: string, text: string, mode = 0o644): void {
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(at, text, { mode });
}

/** Everything in a folder with its mode: bytes of files, targets of links. */
export function walked(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const look = (at: string): void => {
    const full = path.join(folder, at);
    const status = fs.lstatSync(full);
    const mode = status.mode.toString(8);
    if (status.isDirectory()) {
      found[at] = mode;
      fs.readdirSync(full).forEach((name) => look(path.join(at, name)));
    } else {
      found[at] = status.isSymbolicLink()
        ? `-> ${fs.readlinkSync(full)}`
        : `${mode} ${status.isFile() ? fs.readFileSync(full, 'latin1') : 'no file'}`;
    }
  };
  look('');
  return found;
}
