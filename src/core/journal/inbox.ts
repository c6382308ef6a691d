import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { createFileDurablySync, hasCode, type Disk } from '../base/disk.ts';
import type { RequestOutcome, RunRequest } from '../domain/request.ts';
import { decision, mergeEvent, permissionMode, questionId, reply, seal } from './eventSchema.ts';
import { actor, digest, orUndefined, taskId } from './schemaParts.ts';

// How a program that does not drive a run asks the one that does: a file in the run's `inbox/`, whole
// from the moment it has its name. The driver takes files in the order of their names; once the outcome
// stands in the journal it puts it beside the file, as `*.answer`, and removes the file. Whoever asked
// removes the answer. A file that is no request is set aside as `*.bad`. Anybody who
// can write there may have put anything there, so what is no plain file is not opened, and neither the
// size of a file nor the number of files can hold the driver up.

const LARGEST_REQUEST_BYTES = 256 * 1024;
/** More than that many wait until the first are answered. */
const REQUESTS_AT_ONCE = 100;

const ofTask = { task: taskId, by: actor };
const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answer'),
    task: taskId,
    digest,
    decision,
    by: actor,
    note: orUndefined(z.string()),
    choice: z.string().optional(),
    redo: z.array(taskId).optional(),
    seal: seal.optional(),
  }),
  z.strictObject({ kind: z.literal('reply'), question: questionId, digest, reply, by: actor }),
  z.strictObject({ kind: z.literal('choose-model'), ...ofTask, model: z.string().min(1) }),
  z.strictObject({ kind: z.literal('choose-permissions'), ...ofTask, mode: permissionMode }),
  z.strictObject({ kind: z.literal('cancel'), by: actor }),
  z.strictObject({
    kind: z.literal('pause'),
    running: z.enum(['finish', 'interrupt']),
    by: actor,
  }),
  z.strictObject({ kind: z.literal('unpause'), by: actor }),
  z.strictObject({ kind: z.literal('stop'), ...ofTask }),
  z.strictObject({ kind: z.literal('hold'), ...ofTask }),
  z.strictObject({ kind: z.literal('release'), ...ofTask }),
  z.strictObject({
    kind: z.literal('rerun'),
    ...ofTask,
    prompt: orUndefined(z.string()),
    model: orUndefined(z.string()),
    // Programs from before the cache do not say.
    withoutCache: z.boolean().prefault(false),
  }),
  z.strictObject({ kind: z.literal('skip'), ...ofTask }),
  z.strictObject({ kind: z.literal('accept'), ...ofTask }),
  z.strictObject({ kind: z.literal('undo'), ...ofTask }),
  z.strictObject({ kind: z.literal('merge'), event: mergeEvent, by: actor }),
  z.strictObject({ kind: z.literal('steer'), ...ofTask, text: z.string() }),
  z.strictObject({
    kind: z.literal('command'),
    ...ofTask,
    command: z.array(z.string()),
    exitCode: orUndefined(z.int()),
  }),
]) satisfies z.ZodType<RunRequest>;

const outcomeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('accepted') }),
  z.strictObject({ kind: z.literal('refused'), why: z.string() }),
]) satisfies z.ZodType<RequestOutcome>;

/** A posted request, still in the inbox. */
export interface PostedRequest {
  /** Of its file; no two are the same. */
  readonly name: string;
  readonly request: RunRequest;
  /** Call once the outcome stands in the journal, or the request is refused. */
  settle(outcome: RequestOutcome): void;
}

/** A request this program has posted. */
export interface OwnRequest {
  /**
   * What became of it; `waiting`: nobody has answered. `gone`: it was taken, and the answer is lost, as when
   * the driver died in between or could not write it.
   */
  outcome(): RequestOutcome | 'waiting' | 'gone';
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
  const bytes = text(request);
  if (bytes.length > LARGEST_REQUEST_BYTES) {
    throw new Error(`the note is too long: a request holds at most ${LARGEST_REQUEST_BYTES} bytes`);
  }
  createFileDurablySync(disk, file, bytes);
  return {
    outcome: () => {
      if (isThere(disk, file)) {
        return 'waiting';
      }
      const answer = readOutcome(disk, answerTo(file));
      if (answer === undefined) {
        return 'gone';
      }
      tolerate(() => disk.sync.unlink(answerTo(file)));
      return answer;
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
          const settle = (outcome: RequestOutcome) => {
            tolerate(() => void createFileDurablySync(disk, answerTo(file), text(posted(outcome))));
            tolerate(() => disk.sync.unlink(file));
          };
          return [{ name, request: found, settle }];
        }
      }
    });
}

/** Where the answer to a request is put. */
function answerTo(request: string): string {
  return `${request}.answer`;
}

/** Programs of other versions read it, and accept no member they do not know. */
function posted(outcome: RequestOutcome): RequestOutcome {
  return outcome.kind === 'refused' ? { kind: 'refused', why: outcome.why } : outcome;
}

function text(content: RunRequest | RequestOutcome): Buffer {
  return Buffer.from(`${JSON.stringify(content)}\n`, 'utf8');
}

function isThere(disk: Disk, file: string): boolean {
  try {
    disk.sync.stat(file);
    return true;
  } catch {
    return false;
  }
}

function readOutcome(disk: Disk, file: string): RequestOutcome | undefined {
  try {
    const { kind, size } = disk.sync.lstat(file);
    return kind === 'file' && size <= LARGEST_REQUEST_BYTES
      ? outcomeSchema.parse(JSON.parse(disk.sync.readFile(file).toString('utf8')))
      : undefined;
  } catch {
    return undefined;
  }
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
