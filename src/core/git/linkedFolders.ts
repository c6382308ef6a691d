import { globFault, globMatches, parseGlob } from '../base/glob.ts';

/** Dependency folders that are linked unless settings say otherwise: too large to copy, and not a task's to change. */
export const USUAL_LINKED_FOLDERS = ['node_modules', '.venv'] as const;

export interface LinkedFolders {
  /** Linked into copies; sorted. */
  readonly linked: readonly string[];
  /** Not in a copy, but for files in them that somebody names. */
  readonly others: readonly string[];
  /** Names that cannot be read, each as a sentence for people. */
  readonly faults: readonly string[];
}

/**
 * Which of the folders that Git ignores are linked into copies.
 * @param ignored folders that are ignored as a whole, relative to the folder opened, with `/`
 * @param names globs, as in `worktree.symlinkDirectories`: one without a slash means a folder of that name anywhere, others
 *   begin at the folder opened. A folder inside of one that is ignored as a whole is not found by its name
 */
export function linkedFolders(ignored: readonly string[], names: readonly string[]): LinkedFolders {
  const globs = names.map((name) => {
    const plain = name.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');
    return { name, text: plain.includes('/') ? plain : `**/${plain}`, isEmpty: plain === '' };
  });
  const faultOf = ({ text, isEmpty }: (typeof globs)[number]) =>
    isEmpty ? 'is empty' : globFault(text);
  const readable = globs.filter((glob) => faultOf(glob) === undefined);
  const parsed = readable.map(({ text }) => parseGlob(text));
  const isLinked = (folder: string) => parsed.some((glob) => globMatches(glob, folder));
  return {
    linked: ignored.filter(isLinked).sort(),
    others: ignored.filter((folder) => !isLinked(folder)).sort(),
    faults: globs.flatMap((glob) => {
      const fault = faultOf(glob);
      return fault === undefined ? [] : [`The name "${glob.name}" of folders to link ${fault}.`];
    }),
  };
}
