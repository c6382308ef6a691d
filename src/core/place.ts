import path from 'node:path';
import type { Disk } from './base/disk.ts';
import { digestOf } from './base/digest.ts';
import type { Base } from './domain/workflow.ts';
import type { CheckoutParts } from './git/checkoutState.ts';
import { gitProgram } from './git/gitProgram.ts';
import { openRepository, type Repository } from './git/repository.ts';
import type { Ports } from './ports.ts';

/** Where a folder's runs are kept, and what its artifacts can become. */
export interface Place {
  /** Absolute. `runs/`, `blobs/`: outside the working tree, shared by windows, worktrees and terminals. */
  readonly store: string;
  /** Absolute, in the user's cache: workspace copies of this repository. */
  readonly copies: string;
  /** As in the event `run-created`. */
  readonly folder: string;
  /** `undefined`: nothing is committed. */
  readonly repository: Repository | undefined;
  /** Where the repository's things are, and the `git` that is asked; `undefined`: none is used. */
  readonly checkout: CheckoutParts | undefined;
  /** What people should know about the folder, as a sentence. */
  readonly notice: string | undefined;
}

export async function findPlace(folder: string, ports: Ports, disk: Disk): Promise<Place> {
  const program = gitProgram(ports.environment);
  const opened = await openRepository(folder, { disk, program });
  if (opened.kind === 'repository') {
    const { repository } = opened;
    const main = path.dirname(repository.commonDir);
    return {
      store: path.join(repository.commonDir, 'sluice'),
      copies: path.join(ports.cacheFolder, 'copies', nameOf(repository.commonDir)),
      folder: path.relative(main, folder).split(path.sep).join('/'),
      repository,
      checkout: { places: repository.places, program },
      notice: undefined,
    };
  }
  return {
    store: path.join(ports.stateFolder, 'folders', nameOf(folder)),
    copies: path.join(ports.cacheFolder, 'copies', nameOf(folder)),
    folder: '',
    repository: undefined,
    checkout: undefined,
    notice:
      opened.kind === 'none'
        ? 'This folder is not in a Git repository: artifacts stay with their run, no branch is made. "git init" changes that.'
        : `Artifacts stay with their run, no branch is made, because ${opened.problem}`,
  };
}

/** What a run starting now is based on. */
export async function baseOf({ repository }: Place): Promise<Base> {
  if (repository === undefined) {
    return { kind: 'plain' };
  }
  const { commit, branch } = await repository.head();
  return { kind: 'git', commit, branch };
}

/** Short enough for the longest paths, and nobody else's. */
function nameOf(folder: string): string {
  return digestOf(folder).slice(0, 16);
}
