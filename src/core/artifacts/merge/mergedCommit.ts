import { count, oneLine } from '../../base/text.ts';
import type { ConflictChoice } from '../../domain/merge.ts';
import type { ObjectId, RunId, TaskId } from '../../domain/ids.ts';
import type { Author } from '../../domain/landing.ts';
import type { LandingCommit } from '../landing.ts';
import { trailerLines } from '../trailers.ts';
import type { MergedChanges } from './mergeChanges.ts';
import type { ReadVersion } from './mergeFile.ts';

/** Choices named one by one. */
const MAX_LISTED = 100;

/** A task's result that was put over what was merged before. */
export interface MergedResult {
  readonly run: RunId;
  readonly task: TaskId;
  /** What it was put over: the commit of the merge before it, or the one that the merge began on. */
  readonly onto: ObjectId | undefined;
  /** The task's own commit. */
  readonly commit: ObjectId;
  readonly merged: Pick<
    Extract<MergedChanges, { readonly kind: 'merged' }>,
    'files' | 'removed' | 'chosen'
  >;
  readonly author: Author;
  /** Milliseconds since 1970; fixed for the merge, so that a repeat gives the same commit. */
  readonly at: number;
  /** Of all versions, merged ones too. */
  readonly read: ReadVersion;
}

/** The merge commit of one result. Equal results give equal commits. */
export function mergedCommit(result: MergedResult): LandingCommit {
  const { run, task, onto, commit, merged, author, at, read } = result;
  const more = merged.chosen.length - MAX_LISTED;
  return {
    base: onto,
    parents: onto === undefined || onto === commit ? [commit] : [onto, commit],
    files: merged.files.map(({ path, version }) => ({
      path,
      executable: version.executable,
      read: () => read(version),
    })),
    removed: merged.removed,
    message: [
      `Merge ${task} of ${run}`,
      '',
      ...(merged.chosen.length === 0
        ? []
        : [
            ...merged.chosen
              .slice(0, MAX_LISTED)
              .map(({ path, choice }) => `- ${oneLine(path, 300)}: ${CHOSEN[choiceName(choice)]}`),
            ...(more > 0 ? [`- and ${count(more, 'more choice')}`] : []),
            '',
          ]),
      ...trailerLines([
        ['Sluice-Run', run],
        ['Sluice-Merged-Task', task],
        ['Sluice-Merged-Commit', commit],
        ['Sluice-Files', String(merged.files.length + merged.removed.length)],
        ...merged.chosen
          .slice(0, MAX_LISTED)
          .map(({ path, choice }) => ['Sluice-Chosen', `${choiceName(choice)} ${path}`] as const),
      ]),
      '',
    ].join('\n'),
    author,
    timestamp: { seconds: Math.floor(at / 1000), offsetMinutes: 0 },
  };
}

const CHOSEN = {
  ours: 'kept as it was merged before',
  theirs: 'taken from the task',
  edited: 'written by hand',
} as const;

function choiceName(choice: ConflictChoice): keyof typeof CHOSEN {
  return typeof choice === 'string' ? choice : 'edited';
}
