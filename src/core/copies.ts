import { mkdir } from 'node:fs/promises';
import type { Result } from './base/result.ts';
import type { Log } from './base/log.ts';
import { globMatches, parseGlob } from './base/glob.ts';
import { DEFAULT_COPY_SETTINGS, type CopySettings } from './domain/copySettings.ts';
import { checkOutTree } from './git/checkOutTree.ts';
import { listIncluded, patternsOfGlobs, readWorktreeInclude } from './git/includedFiles.ts';
import { linkedFolders } from './git/linkedFolders.ts';
import type { Place } from './place.ts';
import type { Ports } from './ports.ts';
import {
  WorkspaceCopies,
  type FolderListing,
  type RememberedDigests,
  type WorkspaceCopiesOptions,
} from './workspaces/copies.ts';
import { walkFolder } from './workspaces/walk.ts';

/** Copies that wait to be used again: as many as one run usually has at work, and those of a second one. */
const MOST_IDLE_COPIES = 16;

type CopiesPorts = Pick<Ports, 'clock' | 'log' | 'copySettings'>;

/** The copies of a folder: Git says which files belong to it, else a walk does. */
export function copiesFor(
  folder: string,
  place: Place,
  copyBlob: WorkspaceCopiesOptions['copyBlob'],
  digests: RememberedDigests,
  ports: CopiesPorts,
): WorkspaceCopies {
  const settings = (): CopySettings => ports.copySettings?.() ?? DEFAULT_COPY_SETTINGS;
  const { repository, checkout } = place;
  const listing = new RepositoryListing(place.copies, ports.log);
  return new WorkspaceCopies({
    root: place.copies,
    source: folder,
    copyBlob,
    digests,
    list: (signal) =>
      repository === undefined || checkout === undefined
        ? walkFolder(folder, folderNames(settings().link), signal)
        : listing.list({ folder, repository, checkout }, settings(), signal),
    checkOut:
      checkout &&
      (async (commit, to, signal) => {
        await mkdir(to, { recursive: true });
        const temporaryIndex = `${to}.index`;
        const files = await checkOutTree(checkout, commit, to, { temporaryIndex }, signal);
        return valueOf(files);
      }),
    pool: {
      limits: () => ({ mostCopies: MOST_IDLE_COPIES, mostBytes: settings().maxBytes }),
      clock: ports.clock,
      log: ports.log,
    },
  });
}

/** What of a repository copies are made of. What is wrong in the settings is told once. */
class RepositoryListing {
  /** Absolute; ours. */
  readonly #scratch: string;
  readonly #log: Log;
  readonly #told = new Set<string>();

  constructor(scratch: string, log: Log) {
    this.#scratch = scratch;
    this.#log = log;
  }

  async list(
    { folder, repository, checkout }: ListedRepository,
    { include, link }: CopySettings,
    signal: AbortSignal,
  ): Promise<FolderListing> {
    const [files, ignored, own] = await Promise.all([
      repository.listFiles(signal),
      repository.listIgnoredFolders(signal),
      readWorktreeInclude(folder),
    ]);
    const globs = patternsOfGlobs(include);
    const { linked, faults } = linkedFolders(valueOf(ignored), link);
    const patterns = [...own.patterns, ...globs.patterns];
    this.#tell([...own.faults, ...globs.faults, ...faults]);
    if (patterns.length === 0) {
      return { files: valueOf(files), linked, included: [] };
    }
    await mkdir(this.#scratch, { recursive: true });
    const asked = { ...checkout, scratch: this.#scratch };
    const included = valueOf(await listIncluded(asked, patterns, linked, signal));
    this.#tell(
      included.unnamed.map(
        (file) =>
          `${file} holds secrets and is in no copy: no pattern of files to include names it`,
      ),
    );
    return { files: valueOf(files), linked, included: included.files };
  }

  #tell(sentences: readonly string[]): void {
    for (const sentence of sentences.filter((one) => !this.#told.has(one))) {
      this.#told.add(sentence);
      this.#log.warn(sentence);
    }
  }
}

interface ListedRepository {
  /** Absolute. */
  readonly folder: string;
  readonly repository: NonNullable<Place['repository']>;
  readonly checkout: NonNullable<Place['checkout']>;
}

/** Whether copies link a folder, relative with `/`, as the settings are when it is asked. */
export function linkedInCopies({ copySettings }: CopiesPorts): (folder: string) => boolean {
  return (folder) => {
    const { link } = copySettings?.() ?? DEFAULT_COPY_SETTINGS;
    return linkedFolders([folder], link).linked.length > 0;
  };
}

/** Where nothing is ignored a walk must know folders by their names. */
function folderNames(link: readonly string[]): ReadonlySet<string> {
  return new Set(link.filter((text) => !/[/*?[\]{}]/.test(text)));
}

function valueOf<T>(result: Result<T, { readonly message: string }>): T {
  if (!result.ok) {
    throw new Error(result.error.message);
  }
  return result.value;
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
