import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from '../scripts/paths.mjs';
import { median, printRows } from './table.ts';

// A folder of 5,000 files: how long until a copy of it can be worked in, made or used again, beside `git worktree add`
// of the same commit; how long until a run's only task can begin; and what twenty copies at once take of the disk.

export interface CopiesFigures {
  /** Milliseconds, one for each round, by what was done. */
  readonly rounds: Readonly<Record<CopiesStep, readonly number[]>>;
  /** Twenty asked for at once, with room for so many. */
  readonly capped: { readonly room: number; readonly most: number; readonly ms: number };
}

export type CopiesStep = (typeof STEPS)[number];

export const STEPS = [
  'git worktree add',
  'copy, made',
  'copy, used again',
  'copy, used again after 20 edits',
  'given back after 20 edits',
  'reader of the run’s tree',
  'first run: tree and copy',
  'next run: tree and copy',
  'next run after 20 edits: tree and copy',
  'next run, copies removed: tree and copy',
] as const;

export function benchCopies(): Promise<void> {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', path.join(root, 'bench/copiesCell.ts')],
    { encoding: 'utf8', cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) {
    throw new Error(`it failed: ${stderr}`);
  }
  const { rounds, capped } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as CopiesFigures;
  printRows(
    'A folder of 5,000 files',
    'ms',
    'git worktree add',
    STEPS.map((name) => ({ name, rounds: rounds[name] })),
  );
  const ratio = median(rounds['copy, made']) / median(rounds['git worktree add']);
  const again = median(rounds['copy, used again']);
  console.log(
    `\n  goals: made ${ratio.toFixed(2)} x git worktree add (at most 1.2), used again ${again.toFixed(0)} ms (at most 100)`,
  );
  console.log(
    `  20 copies asked for at once with room for ${capped.room}: at most ${capped.most} at a time, all through after ${capped.ms.toFixed(0)} ms`,
  );
  return Promise.resolve();
}
