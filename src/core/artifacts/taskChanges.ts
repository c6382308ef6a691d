import type { FileVersion } from '../domain/event.ts';
import type { FileChange } from '../domain/merge.ts';
import type { TaskState } from '../domain/runState.ts';

/** What a task did to the files it was given, path by path in the order of the paths. */
export function changesOfTask({
  artifacts,
  removed,
}: Pick<
  Extract<TaskState, { readonly kind: 'succeeded' }>,
  'artifacts' | 'removed'
>): readonly FileChange[] {
  const changes: FileChange[] = [
    ...artifacts.map((artifact) => ({
      path: artifact.path,
      was: versionOf(artifact.was),
      is: versionOf(artifact),
    })),
    ...removed.map(({ path, was }) => ({ path, was: versionOf(was), is: undefined })),
  ];
  return changes
    .filter(({ was, is }) => was?.digest !== is?.digest || was?.executable !== is?.executable)
    .sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}

/** Nothing but the version, whatever else the event holds. */
function versionOf(version: FileVersion): FileVersion;
function versionOf(version: FileVersion | undefined): FileVersion | undefined;
function versionOf(version: FileVersion | undefined): FileVersion | undefined {
  return version === undefined
    ? undefined
    : { digest: version.digest, bytes: version.bytes, executable: version.executable };
}
