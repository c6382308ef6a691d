import fs from 'node:fs/promises';
import { attemptsOf, type TaskState } from './domain/runState.ts';
import type { BlobRef } from './domain/event.ts';

/**
 * What a task has printed so far; `undefined`: nothing.
 * @param liveFile of an attempt that is not over @param read gives a kept log, or says why it cannot
 */
export async function logOf(
  state: TaskState | undefined,
  liveFile: (attempt: number) => string,
  read: (ref: BlobRef) => Promise<Uint8Array>,
): Promise<Uint8Array | undefined> {
  const isParked = state?.kind === 'pending' && state.parked !== undefined;
  if (state?.kind === 'running' || isParked) {
    return await fs.readFile(liveFile(attemptsOf(state))).catch(() => undefined);
  }
  return state !== undefined && 'log' in state && state.log !== undefined
    ? await read(state.log)
    : undefined;
}
