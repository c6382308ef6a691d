import * as path from 'node:path';
import type { Disk } from '../base/disk.ts';
import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { ObjectId } from '../domain/ids.ts';
import { isObjectId } from '../domain/ids.ts';
import type { LandingRules } from '../domain/landing.ts';
import { DEFAULT_LANDING_RULES } from '../domain/landing.ts';
import { CatFile } from './catFile.ts';
import type { CommitProblem, CommitRequest } from './commit.ts';
import { writeCommit } from './commit.ts';
import { FastImport } from './fastImport.ts';
import type { RepositoryPlaces } from './findRepository.ts';
import { findRepository } from './findRepository.ts';
import type { GitProgram, GitProgramProblem } from './gitProgram.ts';
import { ObjectReader } from './objectReader.ts';
import type { Objects } from './objects.ts';
import { ID_DIGITS, UnreadableObject } from './objects.ts';
import { ObjectWriter } from './objectWriter.ts';
import type { RefOutcome } from './refs.ts';
import { DamagedRef, RefStore } from './refs.ts';
import { StoredForms } from './storedForms.ts';
import type { FileAt, PathChange } from './treeReading.ts';
import { changedPaths, readFileAt } from './treeReading.ts';

export type OpenedRepository =
  /** No folder above has a `.git`. */
  | { readonly kind: 'none' }
  /** There is one, but of a kind Sluice cannot write safely. `problem` continues "… because". */
  | { readonly kind: 'unsupported'; readonly problem: string }
  | { readonly kind: 'repository'; readonly repository: Repository };

export interface RepositoryOptions {
  readonly disk: Disk;
  readonly program: GitProgram;
}

/** What HEAD says. */
export interface Head {
  /** `undefined` on a branch without a commit. */
  readonly commit: ObjectId | undefined;
  /** Without `refs/heads/`; `undefined` when detached. */
  readonly branch: string | undefined;
}

export type RefWriteOutcome =
  | RefOutcome
  /** The commit the ref should name is not in the repository: a collection may have taken it. */
  | { readonly kind: 'missing-object'; readonly id: ObjectId };

/** Which branches may be written: those below `refs/heads/<prefix>/`. */
export interface RefRules extends Pick<LandingRules, 'prefix'> {
  /** What earlier tries were to write there, by programs that are gone: a lock that holds one of these is theirs. */
  readonly left?: readonly ObjectId[];
}

/** Finds the repository of `folder`, which may be any folder of its work tree. @throws when the folder is not there */
export async function openRepository(
  folder: string,
  options: RepositoryOptions,
): Promise<OpenedRepository> {
  const found = await findRepository(options.disk, folder);
  return found.kind === 'found'
    ? { kind: 'repository', repository: new Repository(found, options) }
    : found;
}

/**
 * A user's repository, as seen from one folder of its work tree. Writes objects and Sluice's own refs;
 * never the index, HEAD, the work tree, a reflog or the configuration. Paths and ids it gives are
 * current at the moment of the call: nothing is remembered but immutable objects.
 */
export class Repository {
  readonly workTree: string;
  readonly gitDir: string;
  readonly commonDir: string;
  /** The folder opened, relative to the work tree, with `/`; `''` for the work tree itself. */
  readonly prefix: string;
  readonly places: RepositoryPlaces;
  readonly #disk: Disk;
  readonly #program: GitProgram;
  readonly #objects: Objects;
  readonly #forms: StoredForms;
  readonly #refs: RefStore;

  constructor(places: RepositoryPlaces, { disk, program }: RepositoryOptions) {
    this.workTree = places.workTree;
    this.gitDir = places.gitDir;
    this.commonDir = places.commonDir;
    this.prefix = path.relative(places.workTree, places.folder).split(path.sep).join('/');
    this.places = places;
    this.#disk = disk;
    this.#program = program;
    const byProgram = new CatFile(program, places.commonDir, places.hash);
    this.#objects =
      places.access.by === 'program'
        ? byProgram
        : new ObjectReader(disk, places.commonDir, byProgram);
    this.#forms = new StoredForms(disk, program, places);
    this.#refs = new RefStore(disk, places.commonDir, ID_DIGITS[places.hash]);
  }

  /** @throws DamagedRef */
  async head(): Promise<Head> {
    const text = (await this.#disk.readFile(path.join(this.gitDir, 'HEAD'))).toString('utf8');
    const ref = /^ref:\s*(\S+)/.exec(text)?.[1];
    if (ref !== undefined) {
      return { commit: await this.resolve(ref), branch: ref.replace(/^refs\/heads\//, '') };
    }
    const commit = text.slice(0, ID_DIGITS[this.places.hash]);
    if (!isObjectId(commit)) {
      throw new DamagedRef('HEAD');
    }
    return { commit, branch: undefined };
  }

  /** What a full ref name (`refs/…`) names; `undefined` when there is no such ref. @throws DamagedRef */
  resolve(ref: string): Promise<ObjectId | undefined> {
    return this.#refs.resolve(ref);
  }

  /**
   * Files below the folder opened, relative to it, with `/`, sorted: those Git tracks that are there, and
   * those it does not track and does not ignore. Symbolic links are among them; submodules, nested repositories and names
   * that are no UTF-8 are not. Rejects only with the reason of `signal`.
   */
  async listFiles(signal: AbortSignal): Promise<Result<string[], GitProgramProblem>> {
    const listed = await this.#list(
      ['-t', '--stage', '--cached', '--deleted', '--others', '--exclude-standard'],
      signal,
    );
    if (!listed.ok) {
      return listed;
    }
    const present = new Set<string>();
    const gone = new Set<string>();
    for (const line of listed.value) {
      // "? path" for an untracked one, else "H 100644 <id> <stage>\tpath" with a letter for its state.
      const state = line.charAt(0);
      if (state === '?') {
        if (!line.endsWith('/')) {
          present.add(line.slice(2));
        }
        continue;
      }
      const file = line.slice(line.indexOf('\t') + 1);
      // R: deleted from the work tree. S: left out of it by a sparse checkout.
      if (state === 'R' || state === 'S') {
        gone.add(file);
      } else if (!line.startsWith('160000', 2)) {
        present.add(file);
      }
    }
    return ok([...present].filter((file) => !gone.has(file)).sort());
  }

  /**
   * Folders below the folder opened that Git ignores as a whole (`node_modules`), relative to it, with
   * `/`, sorted. Rejects only with the reason of `signal`.
   */
  async listIgnoredFolders(signal: AbortSignal): Promise<Result<string[], GitProgramProblem>> {
    const listed = await this.#list(
      ['--others', '--ignored', '--exclude-standard', '--directory'],
      signal,
    );
    return listed.ok
      ? ok(
          listed.value
            .filter((line) => line.endsWith('/'))
            .map((line) => line.slice(0, -1))
            .filter((folder) => folder !== '' && folder !== '.')
            .sort(),
        )
      : listed;
  }

  /**
   * Writes a commit that no ref names yet. Durable when it resolves; equal requests give the same commit.
   * @throws UnreadableObject for a damaged or missing base, and what the disk or a file's `read` throws
   */
  commit(request: CommitRequest): Promise<Result<ObjectId, CommitProblem>> {
    const [disk, program] = [this.#disk, this.#program];
    const sink =
      this.places.access.by === 'program'
        ? new FastImport({ ...this.places, disk, program })
        : new ObjectWriter(disk, path.join(this.commonDir, 'objects'));
    return writeCommit(
      { objects: this.#objects, sink, forms: this.#forms, prefix: this.prefix },
      request,
    );
  }

  /**
   * What a commit has at a path; `undefined`: nothing.
   * @param file relative to the folder opened, with `/`. @throws UnreadableObject
   */
  readFileAt(commit: ObjectId, file: string): Promise<FileAt | undefined> {
    const full = this.prefix === '' ? file : `${this.prefix}/${file}`;
    return this.#objects.during(() => readFileAt(this.#objects, commit, full));
  }

  /**
   * Files, links and submodules below the folder opened that are not the same in two commits, by their paths relative
   * to it, with `/`. Reads only the trees that differ. @param from `undefined`: all of `to` is new
   * @throws UnreadableObject
   */
  changedPaths(from: ObjectId | undefined, to: ObjectId): Promise<ReadonlyMap<string, PathChange>> {
    return this.#objects.during(() => changedPaths(this.#objects, from, to, this.prefix));
  }

  /**
   * Makes a new ref; a repeat that finds it done says `exists-same`.
   * @param rules of the run it is for: branches below its prefix only. @throws what the disk throws
   */
  createRef(
    ref: string,
    id: ObjectId,
    rules: RefRules = DEFAULT_LANDING_RULES,
  ): Promise<RefWriteOutcome> {
    return this.#writeRef(ref, id, undefined, rules);
  }

  /**
   * Moves a ref from `expected` to `id`; a repeat that finds it done says `exists-same`.
   * @param rules of the run it is for: branches below its prefix only. @throws what the disk throws
   */
  updateRef(
    ref: string,
    id: ObjectId,
    expected: ObjectId,
    rules: RefRules = DEFAULT_LANDING_RULES,
  ): Promise<RefWriteOutcome> {
    return this.#writeRef(ref, id, expected, rules);
  }

  async #writeRef(
    ref: string,
    id: ObjectId,
    expected: ObjectId | undefined,
    { prefix, left }: RefRules,
  ): Promise<RefWriteOutcome> {
    try {
      await this.#objects.read(id, 'commit');
    } catch (error) {
      if (error instanceof UnreadableObject) {
        return { kind: 'missing-object', id };
      }
      throw error;
    }
    return await this.#refs.write(ref, id, expected, prefix, left);
  }

  async #list(
    args: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<string[], GitProgramProblem>> {
    const printed = await this.#program.run(
      ['ls-files', '-z', ...args],
      {
        folder: this.places.folder,
        // Said outright, so that Git neither searches nor asks who owns the folder.
        env: { GIT_DIR: this.gitDir, GIT_WORK_TREE: this.workTree },
      },
      signal,
    );
    return printed.ok
      ? ok(
          printed.value
            .toString('utf8')
            .split('\0')
            .filter((line) => line !== '' && !line.includes('\ufffd')),
        )
      : printed;
  }
}
