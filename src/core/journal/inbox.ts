import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { createFileDurablySync, hasCode, type Disk } from '../base/disk.ts';
import type { RunRequest } from '../domain/request.ts';
import { actor, decision, digest, orUndefined, taskId } from './eventSchema.ts';

// How a program that does not drive a run asks the one that does: a file in the run's `inbox/`, whole
// from the moment it has its name. The driver takes files in the order of their names and removes each
// once its outcome stands in the journal; a file that is no request is set aside as `*.bad`. Anybody who
// can write there may have put anything there, so what is no plain file is not opened, and neither the
// size of a file nor the number of files can hold the driver up.

const LARGEST_REQUEST_BYTES = 256 * 1024;
/** More than that many wait until the first are answered. */
const REQUESTS_AT_ONCE = 100;

const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answer'),
    task: taskId,
    digest,
    decision,
    by: actor,
    note: orUndefined(z.string()),
  }),
  z.strictObject({ kind: z.literal('cancel'), by: actor }),
]) satisfies z.ZodType<RunRequest>;

/** A posted request, still in the inbox. */
export interface PostedRequest {
  /** Of its file; no two are the same. */
  readonly name: string;
  readonly request: RunRequest;
  /** Call once its outcome stands in the journal, or it is refused. */
  remove(): void;
}

/** A request this program has posted. */
export interface OwnRequest {
  /** False once the driver has answered it, or it was withdrawn. */
  isWaiting(): boolean;
  /** Nobody will take it any more; a driver that is answering it right now still may. */
  withdraw(): void;
}

/**
 * Puts a request into a run's inbox.
 * @param folder the run's
 * @param now milliseconds since 1970
 * @throws what the disk throws, and for a note of more than 250 kB
 */
export function postRequest(
  disk: Disk,
  folder: string,
  now: number,
  request: RunRequest,
): OwnRequest {
  // Ordered by time; the identifier keeps two of one millisecond apart.
  const name = `${String(Math.trunc(now)).padStart(15, '0')}-${randomUUID()}.json`;
  const file = path.join(folder, 'inbox', name);
  const bytes = Buffer.from(`${JSON.stringify(request)}\n`, 'utf8');
  if (bytes.length > LARGEST_REQUEST_BYTES) {
    throw new Error(`the note is too long: a request holds at most ${LARGEST_REQUEST_BYTES} bytes`);
  }
  createFileDurablySync(disk, file, bytes);
  return {
    isWaiting: () => {
      try {
        disk.sync.stat(file);
        return true;
      } catch {
        return false;
      }
    },
    withdraw: () => {
      try {
        disk.sync.unlink(file);
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) {
          throw error;
        }
      }
    },
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
    .slice(0, REQUESTS_AT_ONCE)
    .flatMap((name) => {
      const file = path.join(inbox, name);
      const found = readRequest(disk, file);
      switch (found) {
        case 'bad':
          tolerate(() => disk.sync.rename(file, `${file}.bad`));
          return [];
        case 'later':
          return [];
        default: {
          const remove = () => tolerate(() => disk.sync.unlink(file));
          return [{ name, request: found, remove }];
        }
      }
    });
}

/** `later`: it could not be read, which says nothing about what it holds. */
function readRequest(disk: Disk, file: string): RunRequest | 'bad' | 'later' {
  let text: string;
  try {
    const { kind, size } = disk.sync.lstat(file);
    if (kind !== 'file' || size > LARGEST_REQUEST_BYTES) {
      return 'bad';
    }
    text = disk.sync.readFile(file).toString('utf8');
  } catch {
    return 'later';
  }
  try {
    return requestSchema.parse(JSON.parse(text));
  } catch {
    return 'bad';
  }
}

/** A file that cannot be moved or removed now is found again at the next look. */
function tolerate(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) {
      throw error;
    }
  }
}
