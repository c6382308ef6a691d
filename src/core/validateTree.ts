import type { Check } from './domain/agent.ts';
import type { FileVersion } from './domain/event.ts';
import type { ObjectId, RunId, TaskId } from './domain/ids.ts';
import type { LaidFile } from './engine/parts.ts';
import type { FailedCheck } from './merging.ts';
import type { CheckRunner } from './runners/check.ts';
import type { WorkspaceCopies } from './workspaces/copies.ts';

/** A commit with files put over it, and out of it (`undefined`). */
export interface ValidatedTree {
  readonly onto: ObjectId | undefined;
  readonly files: ReadonlyMap<string, FileVersion | undefined>;
}

/** Names whose copies the checks between merges run in: the run's own are of another tree. */
export function mergeCopies(run: RunId): RunId {
  return run.replace(/-(\d+)$/, '-merge-$1') as RunId;
}

/** Runs the checks in a copy of the tree, one after another; the first that fails. Rejects as the disk does. */
export async function validateTree(
  name: RunId,
  { onto, files }: ValidatedTree,
  checks: readonly Check[],
  copies: WorkspaceCopies,
  runner: CheckRunner,
  signal: AbortSignal,
): Promise<FailedCheck | undefined> {
  const task = 'merged' as TaskId;
  const source =
    onto === undefined
      ? ({ kind: 'worktree' } as const)
      : ({ kind: 'commit', commit: onto } as const);
  const copy = await copies.create(name, task, 1, signal, source);
  try {
    await copy.layIn(
      [...files].map(([path, version]): LaidFile => {
        if (version === undefined) {
          return { path, removed: true };
        }
        const { digest: blob, bytes, executable } = version;
        return { path, blob, bytes, executable };
      }),
    );
    const { folder, scratch, logFile } = copy;
    for (const { command, timeoutMs } of checks) {
      const { code, tail } = await runner.run(
        {
          ...{ run: name, task, attempt: 1, command, timeoutMs, folder, scratch, logFile },
          env: {},
          sandbox: undefined,
        },
        signal,
      );
      signal.throwIfAborted();
      if (code !== 0) {
        return { command: command.join(' '), code, tail };
      }
    }
    return undefined;
  } finally {
    await copy.dispose();
  }
}
