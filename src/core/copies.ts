import { globMatches, parseGlob } from './base/glob.ts';
import type { Place } from './place.ts';
import {
  WorkspaceCopies,
  type RememberedDigests,
  type WorkspaceCopiesOptions,
} from './workspaces/copies.ts';
import { walkFolder } from './workspaces/walk.ts';

/** Dependency folders that are linked into copies: too large to copy, and not a task's to change. */
const LINKED = new Set(['node_modules', '.venv']);

/** The copies of a folder: Git says which files belong to it, else a walk does. */
export function copiesFor(
  folder: string,
  { copies, repository }: Place,
  copyBlob: WorkspaceCopiesOptions['copyBlob'],
  digests: RememberedDigests,
): WorkspaceCopies {
  if (repository === undefined) {
    return new WorkspaceCopies({
      root: copies,
      source: folder,
      copyBlob,
      digests,
      list: (signal) => walkFolder(folder, LINKED, signal),
    });
  }
  return new WorkspaceCopies({
    root: copies,
    source: folder,
    copyBlob,
    digests,
    list: async (signal) => {
      const files = await repository.listFiles(signal);
      const ignored = await repository.listIgnoredFolders(signal);
      if (!files.ok) {
        throw new Error(files.error.message);
      }
      if (!ignored.ok) {
        throw new Error(ignored.error.message);
      }
      return {
        files: files.value,
        linked: ignored.value.filter((path) => LINKED.has(path.slice(path.lastIndexOf('/') + 1))),
      };
    },
  });
}

/** Files a copy would hold that globs mean, by glob. Rejects when they cannot be listed. */
export async function filesLike(
  copies: WorkspaceCopies,
  globs: readonly string[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const files = globs.length === 0 ? [] : await copies.listFiles(signal);
  return Object.fromEntries(
    globs.map((text) => {
      const glob = parseGlob(text);
      return [text, files.filter((file) => globMatches(glob, file))];
    }),
  );
}
