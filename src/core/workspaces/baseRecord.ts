import fs from 'node:fs/promises';
import type { CopiedTree } from './copyTree.ts';

/** The tree that every copy of a run is made of. */
export interface Base extends CopiedTree {
  /** Folders that are linked instead of copied. */
  readonly linked: readonly string[];
  /** Of the source's files when they were copied, in the order of `files`; `0`: not known. */
  readonly identities?: readonly (string | 0)[];
}

/** `undefined` unless all of it stands there. A record of a version that noted no identities is read without. */
export async function readBase(file: string): Promise<Base | undefined> {
  try {
    const base = JSON.parse(await fs.readFile(file, 'utf8')) as Partial<Base>;
    const { files, folders, leftOut, linked, identities } = base;
    if (!files || !folders || !leftOut || !linked) {
      return undefined;
    }
    return {
      ...{ files, folders, leftOut, linked },
      ...(identities?.length === files.length ? { identities } : {}),
    };
  } catch {
    return undefined;
  }
}

export async function writeBase(file: string, base: Base): Promise<void> {
  await fs.writeFile(`${file}.new`, JSON.stringify(base));
  await fs.rename(`${file}.new`, file);
}
