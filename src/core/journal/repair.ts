import path from 'node:path';
import { createFileDurably, hasCode, renameOver, syncFolder, type Disk } from '../base/disk.ts';
import type { TornTail } from './damage.ts';
import { listSegments, segmentFile } from './segments.ts';

// Recovery removes no byte: what it takes out of the journal stays beside it under another name.

/** Cuts the torn tail off, durably; returns the file it is kept in. */
export async function cutTail(disk: Disk, folder: string, tail: TornTail): Promise<string> {
  const file = segmentFile(folder, tail.segment);
  const torn = (await disk.readFile(file)).subarray(tail.offset);
  const kept = await keep(`${file}.torn-`, (name) => createFileDurably(disk, name, torn));
  for (const later of await listSegments(disk, folder)) {
    if (later > tail.segment) {
      const from = segmentFile(folder, later);
      await keep(`${from}.torn-`, async (name) => {
        if (await exists(disk, name)) {
          return false;
        }
        await renameOver(disk, from, name);
        return true;
      });
    }
  }
  const fd = await disk.open(file, 'r+');
  try {
    await disk.truncate(fd, tail.offset);
    await disk.fsync(fd);
  } finally {
    await disk.close(fd);
  }
  await syncFolder(disk, folder);
  return kept;
}

/**
 * Copies a damaged segment as it was found; one copy is enough, however often the run is opened.
 * Returns the copy, `undefined` when the segment is not there at all.
 */
export async function keepCopy(
  disk: Disk,
  folder: string,
  segment: number,
  now: number,
): Promise<string | undefined> {
  const file = segmentFile(folder, segment);
  const prefix = `${path.basename(file)}.corrupt-`;
  const earlier = (await disk.readdir(folder)).find((name) => name.startsWith(prefix));
  if (earlier !== undefined) {
    return path.join(folder, earlier);
  }
  try {
    const copy = path.join(folder, `${prefix}${now}`);
    await createFileDurably(disk, copy, await disk.readFile(file));
    return copy;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

/** The first of `prefix1`, `prefix2`, … that `take` gets. */
async function keep(prefix: string, take: (name: string) => Promise<boolean>): Promise<string> {
  for (let n = 1; ; n++) {
    const name = `${prefix}${n}`;
    if (await take(name)) {
      return name;
    }
  }
}

async function exists(disk: Disk, file: string): Promise<boolean> {
  try {
    await disk.lstat(file);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return false;
    }
    throw error;
  }
}
