import fs from 'node:fs/promises';
import path from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import { workspaceFailure, type Failure } from '../../domain/failure.ts';
import { DiskLooks, type DiskLooksOptions } from './diskLooks.ts';

/** The folders that copies share with what they are copies of. */
export interface Dependencies {
  /** Absolute: what copies are copies of. */
  readonly source: string;
  /** Whether copies link this folder of it instead of copying it. The path is relative, with `/`. */
  readonly isLinked: (path: string) => boolean;
}

/** The folders of an attempt as they are before its command is started. */
export interface FoldersBefore {
  readonly disk: DiskLooks;
  /** Absolute folders outside that the copy links to. */
  readonly linked: readonly string[];
}

/** Goes through the folders once: for what they take, and for where they lead. */
export async function foldersBefore(
  options: DiskLooksOptions,
  dependencies: Dependencies | undefined,
): Promise<Result<FoldersBefore, Failure>> {
  try {
    const links: string[] = [];
    const disk = await DiskLooks.begin(options, (link) => links.push(link));
    const linked: string[] = [];
    for (const link of links) {
      const target = await fs.readlink(link);
      if (isDependency(options.folders[0], link, target, dependencies)) {
        linked.push(target);
      }
    }
    return ok({ disk, linked });
  } catch (error) {
    return err(workspaceFailure(error));
  }
}

/**
 * A copy links `a/node_modules` to that of its source and to nothing else. Whatever other link stands in it, somebody
 * made: what it leads to is not shown.
 */
function isDependency(
  copy: string,
  link: string,
  target: string,
  dependencies: Dependencies | undefined,
): boolean {
  const relative = path.relative(copy, link);
  return (
    dependencies !== undefined &&
    target === path.join(dependencies.source, relative) &&
    dependencies.isLinked(relative.split(path.sep).join('/'))
  );
}
