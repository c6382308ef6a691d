import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Digest } from '../../base/digest.ts';
import type { TreeFile } from '../../domain/trace.ts';

// A run has few lists of files, each asked for by many tasks, and such a list never changes: it is digested once.

/** Files digested in one go, about a millisecond: a window's other work waits that long. */
const AT_ONCE = 2000;

const digests = new WeakMap<readonly TreeFile[], Digest>();

/** Of the paths and the content of files, in their order. */
export function digestOfFiles(files: readonly TreeFile[]): Digest {
  const known = digests.get(files);
  if (known !== undefined) {
    return known;
  }
  const hash = createHash('sha256');
  for (let start = 0; start < files.length; start += AT_ONCE) {
    hash.update(textOf(files, start));
  }
  return remembered(files, hash.digest('hex') as Digest);
}

/** The same, with other work done in between. */
export async function digestOfFilesInSlices(files: readonly TreeFile[]): Promise<Digest> {
  if (files.length <= AT_ONCE || digests.has(files)) {
    return digestOfFiles(files);
  }
  const hash = createHash('sha256');
  for (let start = 0; start < files.length; start += AT_ONCE) {
    hash.update(textOf(files, start));
    await setImmediate();
  }
  return remembered(files, hash.digest('hex') as Digest);
}

/** No path has a NUL and no digest a line end: two lists never give one text. */
function textOf(files: readonly TreeFile[], start: number): string {
  const end = Math.min(start + AT_ONCE, files.length);
  let text = '';
  for (let index = start; index < end; index += 1) {
    const { path, digest } = files[index] as TreeFile;
    text += `${path}\0${digest}\n`;
  }
  return text;
}

function remembered(files: readonly TreeFile[], digest: Digest): Digest {
  digests.set(files, digest);
  return digest;
}
