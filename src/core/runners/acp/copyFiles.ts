import { constants } from 'node:fs';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import { oneLine, thrownMessage } from '../../base/text.ts';
import type { RunnerRequest } from '../../domain/runner.ts';
import { copyPlace, whyNotChange } from '../codingAgent/copyPlace.ts';

/** Largest file that is given to an agent, in bytes. */
const LARGEST_BYTES = 10 * 1024 * 1024;

type Copy = Pick<RunnerRequest, 'folder' | 'whyNotWrite' | 'named'>;

/** A text file of the copy for an agent, or some lines of it. @param line the first, from 1; errors are sentences */
export async function readCopyFile(
  copy: Copy,
  path: string,
  line: number | undefined,
  limit: number | undefined,
): Promise<Result<string, string>> {
  const place = await copyPlace(copy.folder, path);
  if (place === undefined) {
    return err(`${oneLine(path)} is not in the workspace copy`);
  }
  try {
    const { size } = await stat(place.file);
    if (size > LARGEST_BYTES) {
      return err(`${place.path} is larger than ${LARGEST_BYTES} bytes`);
    }
    const text = await readFile(place.file, 'utf8');
    return ok(line === undefined && limit === undefined ? text : linesOf(text, line ?? 1, limit));
  } catch (error) {
    return err(`${place.path} cannot be read: ${thrownMessage(error)}`);
  }
}

/** Makes the folders it needs. Errors are sentences. */
export async function writeCopyFile(
  copy: Copy,
  path: string,
  content: string,
): Promise<Result<undefined, string>> {
  const place = await copyPlace(copy.folder, path);
  if (place === undefined) {
    return err(`${oneLine(path)} is not in the workspace copy`);
  }
  const why = whyNotChange(place, copy);
  if (why !== undefined) {
    return err(`${place.path} may not be changed: ${why}`);
  }
  try {
    await mkdir(dirname(place.file), { recursive: true });
    // The place has no link in it; one that was put there meanwhile is not followed.
    const { O_CREAT, O_TRUNC, O_WRONLY } = constants;
    const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
    await using file = await open(place.file, O_WRONLY | O_CREAT | O_TRUNC | noFollow);
    await file.writeFile(content);
    return ok(undefined);
  } catch (error) {
    return err(`${place.path} cannot be written: ${thrownMessage(error)}`);
  }
}

function linesOf(text: string, first: number, limit: number | undefined): string {
  const lines = text.split('\n');
  const begin = Math.max(first, 1) - 1;
  return lines.slice(begin, limit === undefined ? undefined : begin + limit).join('\n');
}
