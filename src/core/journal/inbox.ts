import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { createFileDurablySync, hasCode, type Disk } from '../base/disk.ts';
import type { Digest } from '../base/digest.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunRequest } from '../domain/request.ts';

// How a program that does not drive a run asks the one that does: a file in the run's `inbox/`, whole
// from the moment it has its name. The driver takes files in the order of their names and removes each
// once its outcome stands in the journal; a file that is no request is set aside as `*.bad`.

const actor = z.object({ name: z.string().max(200), via: z.enum(['vscode', 'terminal']) });
const requestSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answer'),
    task: z.string().transform((task) => task as TaskId),
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .transform((digest) => digest as Digest),
    decision: z.enum(['approved', 'rejected']),
    by: actor,
    note: z.string().max(10_000).optional(),
  }),
  z.object({ kind: z.literal('cancel'), by: actor }),
]);

/** A posted request, still in the inbox. */
export interface PostedRequest {
  /** Of its file; no two are the same. */
  readonly name: string;
  readonly request: RunRequest;
  /** Call once its outcome stands in the journal, or it is refused. */
  remove(): void;
}

/** @param folder the run's. @returns whether the request is still waiting to be taken, each time it is called */
export function postRequest(
  disk: Disk,
  folder: string,
  now: number,
  request: RunRequest,
): () => boolean {
  // Ordered by time; the identifier keeps two of one millisecond apart.
  const name = `${String(now).padStart(15, '0')}-${randomUUID()}.json`;
  const file = path.join(folder, 'inbox', name);
  createFileDurablySync(disk, file, `${JSON.stringify(request)}\n`);
  return () => {
    try {
      disk.sync.stat(file);
      return true;
    } catch {
      return false;
    }
  };
}

/** What waits in the inbox, oldest first. */
export function takeRequests(disk: Disk, folder: string): PostedRequest[] {
  const inbox = path.join(folder, 'inbox');
  let names: string[];
  try {
    names = disk.sync.readdir(inbox);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return [];
    }
    throw error;
  }
  return names
    .filter((name) => /^\d{15}-[0-9a-f-]{36}\.json$/.test(name))
    .sort()
    .flatMap((name) => {
      const file = path.join(inbox, name);
      const request = readRequest(disk, file);
      if (request === undefined) {
        disk.sync.rename(file, `${file}.bad`);
        return [];
      }
      return [{ name, request, remove: () => disk.sync.unlink(file) }];
    });
}

function readRequest(disk: Disk, file: string): RunRequest | undefined {
  try {
    const parsed = requestSchema.parse(JSON.parse(disk.sync.readFile(file).toString('utf8')));
    return parsed.kind === 'answer' ? { ...parsed, note: parsed.note } : parsed;
  } catch {
    return undefined;
  }
}
