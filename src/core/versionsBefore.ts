import fs from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from './base/digest.ts';
import type { KeptResult } from './domain/cache.ts';
import type { BlobRef, FileVersion } from './domain/event.ts';
import type { LaidFile } from './engine/parts.ts';

interface Beginning {
  /** Absolute: the tree all copies of the run are made of. */
  readonly folder: string;
  /** What is laid over it. */
  readonly laid: readonly LaidFile[];
  readonly blobs: {
    /** Leaves the file where it is. */
    copy(file: string): Promise<BlobRef>;
  };
}

/**
 * A result that was made elsewhere, as a change of what a task here would begin with: each of its files with what
 * stands there, and of the removed ones those that are there. Rejects as the disk does.
 */
export async function withVersionsBefore<Result extends Pick<KeptResult, 'artifacts' | 'removed'>>(
  result: Result,
  beginning: Beginning,
): Promise<Result> {
  const artifacts = await Promise.all(
    result.artifacts.map(async (artifact) => {
      const was = await versionOf(artifact.path, beginning);
      return { ...artifact, ...(was && { was }) };
    }),
  );
  const removed = await Promise.all(
    (result.removed ?? []).map(async ({ path: file }) => {
      const was = await versionOf(file, beginning);
      return was === undefined ? [] : [{ path: file, was }];
    }),
  );
  return { ...result, artifacts, ...(removed.flat().length > 0 && { removed: removed.flat() }) };
}

async function versionOf(
  file: string,
  { folder, laid, blobs }: Beginning,
): Promise<FileVersion | undefined> {
  const over = laid.find((one) => one.path === file);
  if (over !== undefined) {
    return 'removed' in over ? undefined : versionOfLaid(over);
  }
  const absolute = path.join(folder, ...file.split('/'));
  const status = await fs.lstat(absolute).catch(() => undefined);
  return status?.isFile() === true
    ? { ...(await blobs.copy(absolute)), executable: (status.mode & 0o100) !== 0 }
    : undefined;
}

function versionOfLaid({
  blob: digest,
  bytes,
  executable,
}: {
  readonly blob: Digest;
  readonly bytes: number;
  readonly executable: boolean;
}): FileVersion {
  return { digest, bytes, executable };
}
