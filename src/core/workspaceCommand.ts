import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import type { RunId, TaskId } from './domain/ids.ts';
import type { TaskState } from './domain/runState.ts';
import type { BaseSource } from './engine/parts.ts';
import type { CheckRunner } from './runners/check.ts';
import type { WorkspaceCopies } from './workspaces/copies.ts';

/** A person's command in a workspace copy is ended after this, in milliseconds. */
const LONGEST_MS = 3_600_000;

export interface CommandRequest {
  readonly run: RunId;
  readonly task: TaskId;
  /** As the task stands. */
  readonly state: TaskState;
  readonly command: readonly [string, ...string[]];
  /** What the run's copies are made of. */
  readonly source: BaseSource;
}

export interface CommandResult {
  /** `undefined`: it could not be started, or was stopped; the output says which. */
  readonly exitCode: number | undefined;
  readonly output: string;
}

/**
 * Runs a command in a task's workspace copy: the one it works in, or one made as its own was, with what it
 * made in it. Rejects when there is no such copy to be had.
 */
export async function runInCopy(
  { run, task, state, command, source }: CommandRequest,
  copies: WorkspaceCopies,
  checks: CheckRunner,
  signal: AbortSignal,
): Promise<CommandResult> {
  const isLive = state.kind === 'running' || state.kind === 'unknown';
  const live = isLive ? await copies.reopen(run, task, state.attempt) : undefined;
  // No attempt has this number.
  const copy = live ?? (await copies.create(run, task, 0, signal, source));
  const logFile = `${copy.logFile}.command-${randomUUID()}`;
  try {
    if (live === undefined && state.kind === 'succeeded') {
      await copy.layIn([
        ...state.artifacts.map((made) => ({ ...made, blob: made.digest })),
        ...state.removed.map(({ path }) => ({ path, removed: true }) as const),
      ]);
    }
    const { folder, scratch } = copy;
    const attempt = isLive ? state.attempt : 0;
    const timeoutMs = LONGEST_MS;
    const place = { folder, scratch, logFile };
    // A person's own command is the person's to watch.
    const doing = { command, timeoutMs, env: {}, sandbox: undefined };
    const request = { run, task, attempt, ...doing, ...place };
    const { code } = await checks.run(request, signal);
    // Its first line is the command.
    const output = (await fs.readFile(logFile, 'utf8')).replace(/^.*\n/, '');
    return { exitCode: code, output };
  } finally {
    await (live === undefined ? copy.dispose() : fs.rm(logFile, { force: true }));
  }
}
