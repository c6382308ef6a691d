import * as path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { hasCode } from '../base/disk.ts';
import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { RepositoryPlaces } from './findRepository.ts';
import type { GitSetting } from './gitConfig.ts';
import { lastSetting, parseGitConfig } from './gitConfig.ts';
import type { GitProgram, GitProgramProblem } from './gitProgram.ts';

/** All that is configured for a repository: of the machine, the user, the repository and this work tree. */
export interface AllSettings {
  readonly settings: readonly GitSetting[];
  /** Where attributes are kept that hold for all repositories. They need not be there. */
  readonly attributeFiles: readonly string[];
  /** Something is configured under this section and subsection. */
  has(section: string, subsection: string): boolean;
}

/**
 * Asks the `git` program once, and again when a file has changed that a setting came from or that is the user's or
 * the repository's: where the machine's own settings are, only the program knows.
 */
export class GitSettings {
  readonly #disk: Disk;
  readonly #program: GitProgram;
  readonly #places: RepositoryPlaces;
  #known:
    | { readonly seen: string; readonly files: readonly string[]; readonly all: AllSettings }
    | undefined;

  constructor(disk: Disk, program: GitProgram, places: RepositoryPlaces) {
    this.#disk = disk;
    this.#program = program;
    this.#places = places;
  }

  async read(): Promise<Result<AllSettings, GitProgramProblem>> {
    const known = this.#known;
    if (known !== undefined && (await this.#look(known.files)) === known.seen) {
      return ok(known.all);
    }
    const { gitDir, commonDir, workTree } = this.#places;
    const asked = await this.#program.run(
      ['config', '-z', '--list', '--show-origin'],
      { folder: workTree, env: { GIT_DIR: gitDir, GIT_WORK_TREE: workTree } },
      new AbortController().signal,
    );
    if (!asked.ok && asked.error.reason === 'git-missing') {
      // Then there are no settings of a machine, and no programs that Git would start.
      return ok(settingsOf(await this.#own(), this.#program.userFiles.attributes));
    }
    if (!asked.ok) {
      return asked;
    }
    const { settings, origins } = parseList(asked.value.toString('utf8'));
    const files = new Set([
      path.join(commonDir, 'config'),
      path.join(gitDir, 'config.worktree'),
      ...this.#program.userFiles.config,
      ...origins.map((file) => path.resolve(workTree, file)),
    ]);
    const named = lastSetting(settings, 'core', 'attributesfile')?.value;
    const { attributes, home } = this.#program.userFiles;
    const all = settingsOf(
      settings,
      named === undefined
        ? attributes
        : [...attributes, path.resolve(workTree, named.replace(/^~(?=\/)/, home))],
    );
    this.#known = { seen: await this.#look([...files]), files: [...files], all };
    return ok(all);
  }

  /** Of the repository alone. */
  async #own(): Promise<GitSetting[]> {
    try {
      const file = path.join(this.#places.commonDir, 'config');
      return parseGitConfig((await this.#disk.readFile(file)).toString('utf8'));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        return [];
      }
      throw error;
    }
  }

  /** What would be another text if one of the files were another. */
  async #look(files: readonly string[]): Promise<string> {
    const looks = await Promise.all(
      files.map(async (file) => {
        try {
          const { size, modified, inode } = await this.#disk.stat(file);
          return `${size} ${modified} ${inode}`;
        } catch (error) {
          if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) {
            return 'none';
          }
          throw error;
        }
      }),
    );
    return looks.join('\n');
  }
}

function settingsOf(
  settings: readonly GitSetting[],
  attributeFiles: readonly string[],
): AllSettings {
  return {
    settings,
    attributeFiles,
    has: (section, subsection) =>
      settings.some((one) => one.section === section && one.subsection === subsection),
  };
}

/** `<origin> NUL <key> LF <value> NUL`, without LF and value where only the key stands there. */
function parseList(printed: string): {
  readonly settings: readonly GitSetting[];
  readonly origins: readonly string[];
} {
  const settings: GitSetting[] = [];
  const origins = new Set<string>();
  const parts = printed.split('\0');
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [origin = '', entry = ''] = parts.slice(at, at + 2);
    if (origin.startsWith('file:')) {
      origins.add(origin.slice('file:'.length));
    }
    const end = entry.indexOf('\n');
    const key = end < 0 ? entry : entry.slice(0, end);
    const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
    settings.push({
      section: key.slice(0, first),
      subsection: first === last ? undefined : key.slice(first + 1, last),
      name: key.slice(last + 1),
      value: end < 0 ? undefined : entry.slice(end + 1),
    });
  }
  return { settings, origins: [...origins] };
}
